"""Queries that read a run: checks before that it is complete, and after that it has not changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pandas as pd

from incahoots import cypher
from incahoots.analytics.runs.parts import SCORES, TESTS, check_whole, unchanged
from incahoots.analytics.runs.store import find_run
from incahoots.cypher import Query
from incahoots.database import Connectable, Database, connect


@contextmanager
def readable(database: Database, query: Query, given: Mapping[str, Any]) -> Iterator[None]:
    """Check as `check_readable`, and that the run does not change while the body of the ``with`` statement runs."""
    if check_readable(database, query, given):
        with unchanged(database, given["run_id"]):
            yield
    else:
        yield


def check_readable(database: Database, query: Query, given: Mapping[str, Any]) -> bool:
    """Check that a query that reads a run reads a complete one; return whether it reads a run.

    `NotFoundError` if there is no such run, or the run or the part that the query reads is not complete.
    """
    # Queries that write make their own run; queries about runs also describe incomplete ones.
    writes = "\n// Writes\n" in query.text and query.family != "projections"
    if given.get("run_id") is None or writes or query.family == "runs":
        return False
    run = find_run(database, given["run_id"], kind=None)
    for each, sign in ((SCORES, "SCORED_IN"), (TESTS, "p_adjusted")):
        if sign in query.text:
            check_whole(run, each)
    return True


def query(database: Connectable, name: str, /, **parameters: Any) -> pd.DataFrame:
    """Run a shipped query and return its rows.

    Parameters
    ----------
    database : Database, neo4j.Driver, str or py2neo.Graph, optional
        As for `connect`.
    name : str
        A name that ``incahoots query`` lists, with or without the folder: ``top_edges``.
    **parameters
        Parameters of the query; its header has their defaults. Many queries have a ``limit``, such as 100 rows;
        ``limit=0`` returns all rows.

    Returns
    -------
    pd.DataFrame
        A column for each value that the query returns.

    Raises
    ------
    UsageError
        There is no such query, or a parameter is missing or unknown.
    NotFoundError
        The query reads a run that does not exist or is not complete.
    """
    found = cypher.find(name)
    found.bind(parameters)
    with connect(database) as opened, readable(opened, found, parameters):
        return opened.query(name, **parameters)
