"""Bulk loading into an empty local server, with CSV files for ``neo4j-admin database import``.

The first row of every tweet is imported. The few rows that repeat a tweet are sent in batches afterwards, so that both
ways of loading treat duplicates with the same code and create the same graph.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import polars as pl

from incahoots.loaders.contradictions import Difference, contradictions
from incahoots.loaders.counts import Counts
from incahoots.loaders.graph_tables import (
    EDGES,
    NODES,
    EdgeTable,
    NodeTable,
    complete_accounts,
    first_known,
    graph_tables,
)
from incahoots.loaders.rows import ACCOUNTS, Rows
from incahoots.store.seen_keys import SeenKeys

#: Number of rows after which repeated ones are dropped.
FOLD_ROWS = 500_000
#: Longer texts are sent in batches.
MAX_TEXT_BYTES = 1 << 20

#: Types of properties in import headers, if not string.
_TYPES = {
    "ts": "long", "followers": "long", "following": "long", "like_count": "long", "retweet_count": "long",
    "reply_count": "long", "quote_count": "long", "created_at": "datetime", "created_on": "date",
    "is_retweet": "boolean", "ids_rounded": "boolean", "baseline": "boolean", "released_on": "date",
}  # fmt: skip


def _distinct(frame: pl.DataFrame) -> pl.DataFrame:
    """Drop repeated rows."""
    return frame.unique(maintain_order=True)


class Kept:
    """Rows kept in memory until the end, the first of each key; repeated ones are dropped from time to time.

    Dropping them after every chunk would process all rows each time.
    """

    def __init__(self, fold: Callable[[pl.DataFrame], pl.DataFrame]) -> None:
        self._fold = fold
        self._parts: list[pl.DataFrame] = []
        self._folded = 0

    def add(self, frame: pl.DataFrame) -> None:
        """Add rows."""
        self._parts.append(frame)
        if sum(part.height for part in self._parts) > 2 * self._folded + FOLD_ROWS:
            self.rows()

    def rows(self) -> pl.DataFrame:
        """Return the rows, each key once, in the order of first appearance."""
        self._parts = [self._fold(pl.concat(self._parts))]
        self._folded = self._parts[0].height
        return self._parts[0]


class Import:
    """The CSV files of an import, written in chunks.

    Keys of all nodes and profiles of accounts are kept in memory; everything else is written to disk immediately.

    Parameters
    ----------
    folder : Path
        Folder of the files, which take about as much space as the input.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._seen = SeenKeys()
        self._profiles = Kept(lambda frame: first_known(frame, "account_id"))
        self._profiles.add(pl.DataFrame(schema=ACCOUNTS))
        self._keys: defaultdict[str, Kept] = defaultdict(lambda: Kept(_distinct))
        self._members: defaultdict[str, Kept] = defaultdict(lambda: Kept(_distinct))
        self._own: list[pl.Series] = []
        self._n_later = 0
        #: Nodes and relationships in the files so far.
        self.n_records = 0

    def add(self, rows: Rows, operation_id: str | None) -> tuple[Counts, list[Difference], Path | None]:
        """Write a chunk.

        Returns
        -------
        Counts, list of Difference, Path or None
            Counts and differences, without posts that repeat a tweet: those are in the file, to be sent in batches.
        """
        again = self._seen.add(rows.posts["tweet_id"])
        # The importer's buffer has to hold the longest text.
        again |= (rows.posts["text"].str.len_bytes() > MAX_TEXT_BYTES).fill_null(value=False)
        posts = rows.posts.filter(~again)
        counts, differences = self._add_profiles(rows)
        counts += Counts(rows_read=posts.height + len(rows.rejects), loaded=posts.height, rejected=len(rows.rejects))
        if operation_id is not None:
            own = [posts["account_id"], rows.accounts.head(rows.n_account_rows)["account_id"]]
            self._members[operation_id].add(pl.concat(own).to_frame().unique(maintain_order=True))
        if posts.height:
            self._add_posts(posts)
        return counts, differences, self._put_aside(rows.posts.filter(again))

    def _add_posts(self, posts: pl.DataFrame) -> None:
        """Write posts and their relationships; keep keys that may be repeated."""
        tables = graph_tables(posts)
        own = pl.col("ts").is_not_null()
        self._append("tweets", tables["tweets"].filter(own))
        self._own.append(posts["tweet_id"])
        self._keys["stub tweets"].add(tables["tweets"].filter(~own).select("tweet_id"))
        for name in ("accounts", *_WRITTEN_LAST):
            self._keys[name].add(tables[name])
        for name in EDGES:
            if name != "on_domain":
                self._append(name, tables[name])

    def _put_aside(self, posts: pl.DataFrame) -> Path | None:
        """Write posts to a separate file."""
        if not posts.height:
            return None
        self._n_later += 1
        path = self.folder / f"later_{self._n_later}.arrow"
        posts.write_ipc(path)
        return path

    def finish(self) -> tuple[dict[str, list[Path]], dict[str, list[Path]]]:
        """Write accounts and other rows that are complete only at the end.

        Returns
        -------
        dict, dict
            Files by label and by relationship type, each a header and its data.
        """
        profiles = self._profiles.rows()
        self._append("accounts", complete_accounts(self._keys["accounts"].rows(), profiles) if self._own else profiles)
        if self._own:
            own = pl.concat(self._own).to_frame()
            self._append("tweets", self._keys["stub tweets"].rows().join(own, on="tweet_id", how="anti"))
            for name in _WRITTEN_LAST:
                self._append(name, self._keys[name].rows())
        for operation_id, members in self._members.items():
            self._append("operations", pl.DataFrame({"operation_id": [operation_id]}))
            self._append("part_of", members.rows().with_columns(operation_id=pl.lit(operation_id)))
        nodes = {table.label: self._files(name, _node_header(table)) for name, table in _ALL_NODES.items()}
        edges = {table.type: self._files(name, _edge_header(table)) for name, table in _ALL_EDGES.items()}
        return (
            {label: files for label, files in nodes.items() if files},
            {type_: files for type_, files in edges.items() if files},
        )

    def _add_profiles(self, rows: Rows) -> tuple[Counts, list[Difference]]:
        """Merge the profiles of a chunk into previous ones; count the rows that are accounts."""
        given = rows.accounts.head(rows.n_account_rows)
        counts, differences = Counts(given.height, given.height), []
        if given.height:
            known = self._profiles.rows().filter(_has_profile()).join(given, on="account_id", how="semi")
            both = pl.concat([known, given])
            counts.duplicates = both.height - both["account_id"].n_unique()
            counts.loaded -= counts.duplicates
            differences = contradictions(both, "account_id")
            counts.duplicates_differing = len(differences)
        self._profiles.add(rows.accounts)
        return counts, differences

    def _append(self, name: str, frame: pl.DataFrame) -> None:
        """Append rows to the file of a table."""
        if not frame.height:
            return
        self.n_records += frame.height
        table = _ALL_NODES.get(name) or _ALL_EDGES[name]
        columns = _columns(table)
        missing = [column for column in columns if column not in frame.columns]
        whole = frame.with_columns(pl.lit(None).alias(column) for column in missing).select(columns)
        with (self.folder / f"{name}.csv").open("ab") as out:
            whole.write_csv(out, include_header=False, quote_style="non_numeric", date_format="%Y-%m-%d")

    def _files(self, name: str, header: list[str]) -> list[Path]:
        """Return the header file and data file of a table, or nothing without rows."""
        data = self.folder / f"{name}.csv"
        if not data.exists():
            return []
        head = self.folder / f"{name}_header.csv"
        head.write_text(",".join(header) + "\n", encoding="utf-8")
        return [head, data]


_ALL_NODES = NODES | {"operations": NodeTable("Operation", "operation_id")}
_ALL_EDGES = EDGES | {"part_of": EdgeTable("PART_OF", ("Account", "account_id"), ("Operation", "operation_id"))}

#: Tables whose rows are repeated with other posts: all traces.
_WRITTEN_LAST = (*(name for name in NODES if name not in ("accounts", "tweets")), "on_domain")


def _has_profile() -> pl.Expr:
    """Whether an account has properties besides its key, like the query ``load/known_accounts``."""
    return pl.any_horizontal(pl.exclude("account_id").is_not_null()) & ~pl.col("account_id").str.starts_with("@")


def _columns(table: NodeTable | EdgeTable) -> list[str]:
    """Return the columns of a table's file, in order."""
    if isinstance(table, NodeTable):
        return [table.key, *table.properties]
    return [table.start[1], table.end[1], *table.properties]


def _node_header(table: NodeTable) -> list[str]:
    """Return the header of a file of nodes."""
    return [f"{table.key}:ID({table.label})", *map(_typed, table.properties)]


def _edge_header(table: EdgeTable) -> list[str]:
    """Return the header of a file of relationships."""
    return [f":START_ID({table.start[0]})", f":END_ID({table.end[0]})", *map(_typed, table.properties)]


def _typed(name: str) -> str:
    """Return a property's name with its type."""
    return f"{name}:{_TYPES.get(name, 'string')}"
