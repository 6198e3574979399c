"""Load rows into a running database, in batches that are each one transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import neo4j
import neo4j.time
import orjson
import polars as pl
from neo4j.exceptions import Neo4jError

from incahoots import cypher
from incahoots.database import Database
from incahoots.loaders.contradictions import KEYS, Difference, contradictions, known_posts
from incahoots.loaders.counts import Counts
from incahoots.loaders.graph_tables import EDGES, NODES, first_known, graph_tables
from incahoots.loaders.rows import ACCOUNTS, Reject, Rows
from incahoots.locks import LOAD, current

#: Rows of a transaction: large enough that commits are cheap, small enough for the server's memory.
BATCH = 5_000


@dataclass
class Written:
    """Result of loading a chunk.

    Attributes
    ----------
    counts : Counts
    differences : list of Difference
        Duplicates that contradict the row that was loaded first.
    refused : list of Reject
        Rows that the database rejected, and profiles that belong to posts (which are not rows and are not counted).
        As their lines are unknown, they have the line 0, and the row itself in JSON.
    """

    counts: Counts
    differences: list[Difference] = field(default_factory=list)
    refused: list[Reject] = field(default_factory=list)


#: Result of a batch: number of known rows, differences, and rejected rows.
_Outcome = tuple[int, list[Difference], list[Reject]]
_Write = Callable[[neo4j.ManagedTransaction, pl.DataFrame, str | None], tuple[int, list[Difference]]]


def write_rows(
    database: Database,
    rows: Rows,
    operation_id: str | None = None,
    batch: int = BATCH,
    *,
    told: Callable[[int], None] = lambda done: None,
) -> Written:
    """Write a chunk of a file.

    Every batch is a transaction, so a load can be killed at any time and repeated: rows that were committed are then
    duplicates. A batch that the database rejects is halved until the invalid rows are isolated.

    Parameters
    ----------
    database : Database
        Database with its schema.
    rows : Rows
    operation_id : str, optional
        Existing operation that accounts with rows of their own belong to.
    batch : int
        Rows of a transaction.
    told : callable
        Called after each batch with the number of rows done.

    Returns
    -------
    Written
    """
    written = Written(Counts(rows_read=rows.n_read, rejected=len(rows.rejects)))
    done = len(rows.rejects)
    with database.session() as session:
        for accounts in rows.accounts.head(rows.n_account_rows).iter_slices(batch):
            _note(written, accounts, _write_batch(session, _write_accounts, accounts, operation_id))
            told(done := done + accounts.height)
        for accounts in rows.accounts.slice(rows.n_account_rows).iter_slices(batch):
            written.refused += _write_batch(session, _write_accounts, accounts, None)[2]
        for posts in rows.posts.iter_slices(batch):
            # A post that is repeated in a batch is written in a second round, which finds the first loaded.
            rounds = posts.with_columns(_round=pl.col("tweet_id").cum_count().over("tweet_id"))
            for turn in rounds.partition_by("_round", maintain_order=True, include_key=False):
                _note(written, turn, _write_batch(session, _write_posts, turn, operation_id))
            told(done := done + posts.height)
    return written


def _note(written: Written, batch: pl.DataFrame, outcome: _Outcome) -> None:
    """Add up the results of a batch."""
    n_known, differing, refused = outcome
    written.counts += Counts(
        loaded=batch.height - n_known - len(refused),
        duplicates=n_known,
        duplicates_differing=len(differing),
        rejected=len(refused),
    )
    written.differences += differing
    written.refused += refused


def _write_batch(session: neo4j.Session, write: _Write, batch: pl.DataFrame, operation_id: str | None) -> _Outcome:
    """Write a batch in one transaction, or if the database rejects it, each half in one."""
    try:
        return (*session.execute_write(_if_held, write, batch, operation_id), [])
    except Neo4jError as problem:
        if not _is_of_a_row(problem):
            raise
        if batch.height == 1:
            raw = orjson.dumps(batch.to_dicts()[0]).decode()
            return 0, [], [Reject(0, "", "refused_by_database", raw, detail=(problem.message or "").partition("\n")[0])]
    half = batch.height // 2
    first = _write_batch(session, write, batch.head(half), operation_id)
    second = _write_batch(session, write, batch.slice(half), operation_id)
    return first[0] + second[0], first[1] + second[1], first[2] + second[2]


def _if_held(
    transaction: neo4j.ManagedTransaction, write: _Write, batch: pl.DataFrame, operation_id: str | None
) -> tuple[int, list[Difference]]:
    """Write a batch if this load still holds its lock, which cannot be taken before the commit."""
    if lock := current(LOAD):
        lock.check_within(transaction)
    return write(transaction, batch, operation_id)


def _is_of_a_row(problem: Neo4jError) -> bool:
    """Whether a constraint or an index, maybe one that the user created, rejects a value.

    Other errors, such as a full disk or a lost connection, are not caused by rows.
    """
    too_large = "too large to index" in (problem.message or "")
    return too_large or problem.code == "Neo.ClientError.Schema.ConstraintValidationFailed"


def _write_accounts(
    transaction: neo4j.ManagedTransaction, accounts: pl.DataFrame, operation_id: str | None
) -> tuple[int, list[Difference]]:
    """Write profiles; return the number of rows whose account had a profile, and the differences."""
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
    """Write posts with unique tweets; return the number that were already loaded, and the differences."""
    stored = known_posts(_fetch(transaction, "load/known_tweets", tweet_ids=posts["tweet_id"].to_list(), keys=KEYS))
    tables = graph_tables(posts)
    differing = stored.contradicted_by(posts, tables)
    for name in NODES:
        _write(transaction, name, tables[name])
    for name in EDGES:
        _write(transaction, name, stored.without_known(name, tables[name]))
    _join_operation(transaction, posts["account_id"], operation_id)
    return stored.n_posts, differing


def _join_operation(transaction: neo4j.ManagedTransaction, account_ids: pl.Series, operation_id: str | None) -> None:
    """Assign accounts to the operation."""
    if operation_id is not None:
        query = cypher.find("load/part_of")
        transaction.run(query.text, operation_id=operation_id, account_ids=account_ids.unique().to_list()).consume()


def _write(transaction: neo4j.ManagedTransaction, table: str, frame: pl.DataFrame) -> None:
    """Write a table, without nulls."""
    if frame.height:
        rows = [
            {name: value for name, value in row.items() if value is not None} for row in frame.iter_rows(named=True)
        ]
        transaction.run(cypher.find(f"load/{table}").text, rows=rows).consume()


def _fetch(transaction: neo4j.ManagedTransaction, name: str, **parameters: Any) -> list[dict[str, Any]]:
    """Run a query in the transaction and return its rows."""
    return [record.data() for record in transaction.run(cypher.find(name).text, **parameters)]


def _day(value: Any) -> Any:
    """Convert a date of the database to Python's; return other values unchanged."""
    return value.to_native() if isinstance(value, neo4j.time.Date) else value
