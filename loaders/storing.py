"""The post store of a database: write chunks of rows into it, each post once, and see whether the two agree."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path

import polars as pl

from incahoots.database import Database
from incahoots.errors import StoreError
from incahoots.loaders.contradictions import KnownPosts
from incahoots.loaders.graph_tables import EDGES, edge_tables
from incahoots.loaders.rows import Rows
from incahoots.store import NewLoad, Store
from incahoots.store.layout import TRACES_OF, numbered

log = logging.getLogger(__name__)

#: The edge table of each relationship that carries traces.
_TABLES = {table.type: name for name, table in EDGES.items() if table.type in TRACES_OF}


def store_rows(load: NewLoad, rows: Rows, operation_id: str | None = None) -> None:
    """Add a chunk of a file to a load of the store.

    A post that is there already keeps its row. Traces of kinds that it does not have yet are added, as in the graph.

    Parameters
    ----------
    load : NewLoad
    rows : Rows
    operation_id : str, optional
        The operation that accounts with rows of their own belong to.
    """
    turn = pl.col("tweet_id").cum_count().over("tweet_id").alias("_turn")
    for posts in rows.posts.with_columns(turn).partition_by("_turn", maintain_order=True, include_key=False):
        known = load.known(posts["tweet_id"])
        new = posts if known.is_empty() else posts.join(known, on="tweet_id", how="anti", maintain_order="left")
        if new.height:
            load.add(new, _shares(edge_tables(new)))
        if known.height:
            _add_traces(load, posts.join(known, on="tweet_id", how="semi", maintain_order="left"), known)
    if operation_id is not None:
        own = [rows.posts["account_id"], rows.accounts.head(rows.n_account_rows)["account_id"]]
        load.add_members(operation_id, pl.concat(own).unique(maintain_order=True))


def _add_traces(load: NewLoad, posts: pl.DataFrame, known: pl.DataFrame) -> None:
    """Add the traces of kinds that known posts do not have yet."""
    earlier = KnownPosts.of(known.select(posts.columns))
    tables = {name: earlier.without_known(name, table) for name, table in edge_tables(posts).items()}
    load.add_shares(_shares(tables), known.select("tweet_id", "post", "account"))


def _shares(tables: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """The tables with traces, by relationship."""
    return {share: tables[name] for share, name in _TABLES.items()}


def trace_texts(posts: pl.DataFrame, share: str, key: str | None) -> pl.DataFrame:
    """The traces of posts of the store, as text: post, trace (its number) and trace_text; for co_post, null."""
    if key is None:
        return posts.select("post", trace=pl.lit(0, pl.UInt64), trace_text=pl.lit(None, pl.String))
    table = edge_tables(posts)[_TABLES[share]].drop_nulls(key)
    named = numbered(table.with_columns(trace_text=key), [key]).join(posts.select("tweet_id", "post"), on="tweet_id")
    return named.select("post", "trace_text", trace=key).unique()


def store_folder(database: Database) -> Path | None:
    """Where the store of a database is: beside the local server; None for another database."""
    return database.server.home / "store" if database.server else None


def is_usable(folder: Path) -> bool:
    """Whether posts can be added to the store of a folder; a warning says why not."""
    try:
        Store(folder).loads  # noqa: B018
    except StoreError as problem:
        log.warning("The posts are loaded into the graph only. %s", problem.message)
        return False
    return True


def note_loads(database: Database) -> None:
    """Note in the graph that it has the loads of its store, if it has as many posts and traces."""
    folder = store_folder(database)
    if folder is not None and is_usable(folder) and (store := Store(folder)).counts == _counts(database):
        database.query("load/note_loads", loads=store.load_ids)


def agreed_store(database: Database) -> Store | None:
    """The store of a database, if both have the same loads, and as many posts and traces."""
    folder = store_folder(database)
    if folder is None:
        return None
    store = Store(folder)
    noted = database.query("load/noted_loads")["loads"].iloc[0] or []
    return store if noted == store.load_ids and store.counts == _counts(database) else None


def _counts(database: Database) -> dict[str, int]:
    """Number of relationships with traces of each kind in the graph."""
    found = database.query("fetch/share_counts")
    return {str(share): int(count) for share, count in zip(found["share"], found["count"], strict=True)}
