"""The way into an empty managed server: CSV files for ``neo4j-admin database import``.

The first row of every tweet is imported. Rows that repeat a tweet, and they are few, are sent afterwards as batches: so
both ways in treat a duplicate by the same code, and make the same graph.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
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

#: The type of a property in an import header, where it is not a string.
_TYPES = {
    "ts": "long", "followers": "long", "following": "long", "like_count": "long", "retweet_count": "long",
    "reply_count": "long", "quote_count": "long", "created_at": "datetime", "created_on": "date",
    "is_retweet": "boolean", "ids_rounded": "boolean", "baseline": "boolean", "released_on": "date",
}  # fmt: skip


class SeenKeys:
    """Remembers which keys came before, as 64-bit hashes in sorted runs: 8 bytes a key.

    Two keys of one hash only send a row the slow way round, where keys are compared in full.
    """

    def __init__(self) -> None:
        self._runs: list[np.ndarray] = []

    def add(self, keys: pl.Series) -> pl.Series:
        """Note keys; give for each whether it, or an equal one before it in the series, was there already."""
        hashes = keys.hash(seed=0).to_numpy()
        seen = np.zeros(len(hashes), dtype=bool)
        for run in self._runs:
            places = np.minimum(np.searchsorted(run, hashes), len(run) - 1)
            seen |= run[places] == hashes
        repeated = keys.to_frame("key").select(pl.col("key").cum_count().over("key") > 1).to_series().to_numpy()
        self._runs.append(np.unique(hashes))
        # Runs of like size are merged, so that there are never more than some log2(n) of them.
        while len(self._runs) > 1 and len(self._runs[-2]) <= 2 * len(self._runs[-1]):
            last = self._runs.pop()
            self._runs[-1] = np.union1d(self._runs[-1], last)
        return pl.Series(seen | repeated)


class Import:
    """The CSV files of an import, written piece by piece.

    In memory stay the keys of all nodes and the profiles of accounts; everything else goes to disk at once.

    Parameters
    ----------
    folder : Path
        Where the files go; they take about as much room as the input.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._seen = SeenKeys()
        self._profiles = pl.DataFrame(schema=ACCOUNTS)
        self._keys: dict[str, pl.DataFrame] = {}
        self._members: dict[str, pl.Series] = {}

    def add(self, rows: Rows, operation_id: str | None) -> tuple[Counts, list[Difference], Rows]:
        """Write a piece.

        Returns
        -------
        Counts, list of Difference, Rows
            What became of the rows, without those of the last: posts whose tweet came before, to be sent to the
            database once it is there.
        """
        again = self._seen.add(rows.posts["tweet_id"])
        posts = rows.posts.filter(~again)
        counts, differences = self._add_profiles(rows)
        counts += Counts(rows_read=posts.height + len(rows.rejects), loaded=posts.height, rejected=len(rows.rejects))
        tables = graph_tables(posts)
        self._append("tweets", tables["tweets"].filter(pl.col("ts").is_not_null()))
        self._note("own tweets", tables["tweets"].filter(pl.col("ts").is_not_null()).select("tweet_id"))
        self._note("stub tweets", tables["tweets"].filter(pl.col("ts").is_null()).select("tweet_id"))
        self._note("accounts", tables["accounts"])
        for name in ("hashtags", "urls", "domains", "on_domain"):
            self._note(name, tables[name])
        for name in EDGES:
            if name != "on_domain":
                self._append(name, tables[name])
        if operation_id is not None:
            own = pl.concat([posts["account_id"], rows.accounts.head(rows.n_account_rows)["account_id"]])
            known = self._members.get(operation_id, pl.Series(dtype=pl.String))
            self._members[operation_id] = pl.concat([known, own]).unique(maintain_order=True)
        later = rows.posts.filter(again)
        return counts, differences, Rows(later, pl.DataFrame(schema=ACCOUNTS), later.height)

    def finish(self) -> tuple[dict[str, list[Path]], dict[str, list[Path]]]:
        """Write what could only be known at the end.

        Returns
        -------
        dict, dict
            Files by label and by relationship type, each a header and its data.
        """
        keys = {name: self._known(name) for name in (*NODES, "on_domain", "stub tweets", "own tweets")}
        self._append("accounts", complete_accounts(keys["accounts"], self._profiles))
        self._append("tweets", keys["stub tweets"].join(keys["own tweets"], on="tweet_id", how="anti"))
        for name in ("hashtags", "urls", "domains", "on_domain"):
            self._append(name, keys[name])
        for operation_id, members in self._members.items():
            self._append("operations", pl.DataFrame({"operation_id": [operation_id]}))
            self._append("part_of", members.to_frame("account_id").with_columns(operation_id=pl.lit(operation_id)))
        nodes = {table.label: self._files(name, _node_header(table)) for name, table in _ALL_NODES.items()}
        edges = {table.type: self._files(name, _edge_header(table)) for name, table in _ALL_EDGES.items()}
        return (
            {label: files for label, files in nodes.items() if files},
            {type_: files for type_, files in edges.items() if files},
        )

    def _add_profiles(self, rows: Rows) -> tuple[Counts, list[Difference]]:
        """Fold the profiles of a piece into those before; count the rows that are accounts'."""
        given = rows.accounts.head(rows.n_account_rows)
        known = self._profiles.join(given, on="account_id", how="semi")
        both = pl.concat([known, given])
        again = both.height - both["account_id"].n_unique()
        differences = contradictions(both, "account_id")
        self._profiles = first_known(pl.concat([self._profiles, rows.accounts]), "account_id")
        return Counts(given.height, given.height - again, again, len(differences)), differences

    def _note(self, name: str, frame: pl.DataFrame) -> None:
        """Add keys to a table that is written at the end."""
        if name in self._keys:
            frame = pl.concat([self._keys[name], frame])
        self._keys[name] = frame.unique(maintain_order=True)

    def _known(self, name: str) -> pl.DataFrame:
        """All keys noted of a table."""
        column = "tweet_id" if name.endswith("tweets") else _ALL_NODES[name].key if name in NODES else "url"
        return self._keys.get(name, pl.DataFrame(schema={column: pl.String()}))

    def _append(self, name: str, frame: pl.DataFrame) -> None:
        """Add rows to a table's file."""
        if not frame.height:
            return
        table = _ALL_NODES.get(name) or _ALL_EDGES[name]
        columns = _columns(table)
        missing = [column for column in columns if column not in frame.columns]
        whole = frame.with_columns(pl.lit(None).alias(column) for column in missing).select(columns)
        with (self.folder / f"{name}.csv").open("ab") as out:
            whole.write_csv(out, include_header=False, quote_style="non_numeric", date_format="%Y-%m-%d")

    def _files(self, name: str, header: list[str]) -> list[Path]:
        """The header and the data of a table, or nothing where there are no rows."""
        data = self.folder / f"{name}.csv"
        if not data.exists():
            return []
        head = self.folder / f"{name}_header.csv"
        head.write_text(",".join(header) + "\n", encoding="utf-8")
        return [head, data]


_ALL_NODES = NODES | {"operations": NodeTable("Operation", "operation_id")}
_ALL_EDGES = EDGES | {"part_of": EdgeTable("PART_OF", ("Account", "account_id"), ("Operation", "operation_id"))}

#: Tables whose texts may hold line breaks: only these are read the slower way.
MULTILINE = ("tweets", "accounts", "mentions", "links_to", "urls")


def import_options(folder: Path) -> list[str]:
    """Options of ``neo4j-admin database import`` that go with these files."""
    multiline = [str(folder / f"{name}.csv") for name in MULTILINE if (folder / f"{name}.csv").exists()]
    return [f"--multiline-fields={','.join(multiline)}"] if multiline else []


def _columns(table: NodeTable | EdgeTable) -> list[str]:
    """The columns of a table's file, in order."""
    if isinstance(table, NodeTable):
        return [table.key, *table.properties]
    return [table.start[1], table.end[1], *table.properties]


def _node_header(table: NodeTable) -> list[str]:
    """The header of a file of nodes."""
    return [f"{table.key}:ID({table.label})", *map(_typed, table.properties)]


def _edge_header(table: EdgeTable) -> list[str]:
    """The header of a file of relationships."""
    return [f":START_ID({table.start[0]})", f":END_ID({table.end[0]})", *map(_typed, table.properties)]


def _typed(name: str) -> str:
    """A property's name with its type."""
    return f"{name}:{_TYPES.get(name, 'string')}"
