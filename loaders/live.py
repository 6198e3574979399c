"""The way into a live database: batches, each a transaction that is all there or not at all."""

from __future__ import annotations

from typing import Any

import neo4j
import neo4j.time
import polars as pl

from incahoots import cypher
from incahoots.database import Database
from incahoots.loaders.contradictions import Difference, contradictions, known_posts
from incahoots.loaders.counts import Counts
from incahoots.loaders.graph_tables import EDGES, NODES, first_known, graph_tables
from incahoots.loaders.rows import ACCOUNTS, Rows

#: Rows a transaction: large enough that commits do not count, small enough for the server's memory.
BATCH = 5_000


def write_rows(
    database: Database, rows: Rows, operation_id: str | None = None, batch: int = BATCH
) -> tuple[Counts, list[Difference]]:
    """Write a piece of a file.

    Every batch is one transaction, so a load can be killed anywhere and run again: what was committed is known then,
    what was not is loaded.

    Parameters
    ----------
    database : Database
        With its schema in place.
    rows : Rows
    operation_id : str, optional
        The operation that the accounts with rows of their own are part of; it must be there.
    batch : int
        Rows a transaction.

    Returns
    -------
    Counts, list of Difference
        What became of the rows, and the duplicates that contradict what was loaded first.
    """
    counts = Counts(rows_read=rows.n_read, rejected=len(rows.rejects))
    differences: list[Difference] = []
    with database.session() as session:
        for accounts in rows.accounts.head(rows.n_account_rows).iter_slices(batch):
            known, differing = session.execute_write(_write_accounts, accounts, operation_id)
            counts.duplicates += known
            counts.loaded += accounts.height - known
            counts.duplicates_differing += len(differing)
            differences += differing
        # Profiles that came along with posts are no rows of their own.
        for accounts in rows.accounts.slice(rows.n_account_rows).iter_slices(batch):
            session.execute_write(_write_accounts, accounts, None)
        for posts in rows.posts.iter_slices(batch):
            # A post that stands twice in a batch comes in two rounds: the second finds the first loaded.
            rounds = posts.with_columns(_round=pl.col("tweet_id").cum_count().over("tweet_id"))
            for turn in rounds.partition_by("_round", maintain_order=True, include_key=False):
                known, differing = session.execute_write(_write_posts, turn, operation_id)
                counts.duplicates += known
                counts.loaded += turn.height - known
                counts.duplicates_differing += len(differing)
                differences += differing
    return counts, differences


def _write_accounts(
    transaction: neo4j.ManagedTransaction, accounts: pl.DataFrame, operation_id: str | None
) -> tuple[int, list[Difference]]:
    """Write profiles; give how many of the rows describe an account whose profile was known, and what contradicts."""
    stored = _fetch(transaction, "load/known_accounts", account_ids=accounts["account_id"].unique().to_list())
    profiles = pl.DataFrame(
        {name: [_day(row["properties"].get(name)) for row in stored] for name in ACCOUNTS}, schema=ACCOUNTS
    )
    both = pl.concat([profiles, accounts])
    n_known = both.height - both["account_id"].n_unique()
    differing = contradictions(both, "account_id")
    _write(transaction, "accounts", first_known(accounts, "account_id"))
    _join_operation(transaction, accounts["account_id"], operation_id)
    return n_known, differing


def _write_posts(
    transaction: neo4j.ManagedTransaction, posts: pl.DataFrame, operation_id: str | None
) -> tuple[int, list[Difference]]:
    """Write posts, no tweet twice among them; give how many were loaded before, and what contradicts."""
    stored = known_posts(_fetch(transaction, "load/known_tweets", tweet_ids=posts["tweet_id"].to_list()))
    tables = graph_tables(posts)
    differing = stored.contradicted_by(posts, tables)
    for name in NODES:
        _write(transaction, name, tables[name])
    for name in EDGES:
        _write(transaction, name, stored.without_known(name, tables[name]))
    _join_operation(transaction, posts["account_id"], operation_id)
    return stored.n_posts, differing


def _join_operation(transaction: neo4j.ManagedTransaction, account_ids: pl.Series, operation_id: str | None) -> None:
    """Make accounts part of the operation."""
    if operation_id is not None:
        query = cypher.find("load/part_of")
        transaction.run(query.text, operation_id=operation_id, account_ids=account_ids.unique().to_list()).consume()


def _write(transaction: neo4j.ManagedTransaction, table: str, frame: pl.DataFrame) -> None:
    """Write one table."""
    if frame.height:
        transaction.run(cypher.find(f"load/{table}").text, rows=frame.to_dicts()).consume()


def _fetch(transaction: neo4j.ManagedTransaction, name: str, **parameters: Any) -> list[dict[str, Any]]:
    """Rows of a query inside the transaction."""
    return [record.data() for record in transaction.run(cypher.find(name).text, **parameters)]


def _day(value: Any) -> Any:
    """A date of the database as Python's; anything else as it is."""
    return value.to_native() if isinstance(value, neo4j.time.Date) else value
