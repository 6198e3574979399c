"""Parts of a run that are written after it, scores and p-values: whole, absent, or named as incomplete."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from incahoots.errors import NotFoundError
from incahoots.locks import write

if TYPE_CHECKING:
    import pandas as pd

    from incahoots.cypher import Query
    from incahoots.database import Database

#: Parts that are written to a complete run, and the command that writes each.
SCORES, TESTS = "scores", "significance"
_WRITTEN_BY = {SCORES: "communities", TESTS: "significance"}


@contextmanager
def whole_or_absent(database: Database, run_id: str, part: str) -> Iterator[dict[str, Any]]:
    """Write a part of a run in the body of the ``with`` statement: until the end it counts as incomplete.

    Parameters
    ----------
    database : Database
    run_id : str
    part : str
        ``SCORES`` or ``TESTS``.

    Yields
    ------
    dict
        What is put into it is noted with the run in the end.
    """
    about: dict[str, Any] = {}
    write(database, "runs/begin_part", run_id=run_id, part=part)
    yield about
    write(database, "runs/finish_part", run_id=run_id, part=part, about=about)


def check_whole(run: pd.Series[Any], part: str) -> None:
    """See that a part of a run is not half written.

    Parameters
    ----------
    run : pd.Series
        Its row, as `find_run` gives it.
    part : str
        ``SCORES`` or ``TESTS``.

    Raises
    ------
    NotFoundError
        It is being written, or was interrupted.
    """
    if part in unfinished_parts(run):
        command = f"incahoots {_WRITTEN_BY[part]} {run['run_id']}"
        raise NotFoundError(
            f"The {part} of the run {run['run_id']!r} {'are' if part == SCORES else 'is'} incomplete: `{command}` was "
            "interrupted, or is still at work.",
            f"Call `{command}` again.",
        )


def unfinished_parts(run: pd.Series[Any]) -> list[str]:
    """What of a run was begun and is not complete."""
    return run["unfinished"] if isinstance(run["unfinished"], list) else []


@contextmanager
def unchanged(database: Database, run_id: str) -> Iterator[None]:
    """See that a run is not derived again, or removed, while the body of the ``with`` statement reads it.

    Parameters
    ----------
    database : Database
    run_id : str
        Edges without a note of their run are read as they are.

    Raises
    ------
    NotFoundError
        The run is being written, or was written while it was read.
    """
    before = _written(database, run_id)
    yield
    # No transaction covers all that is read, so the note of the run is looked at on both sides.
    if before and (before[1] is None or before != _written(database, run_id)):
        raise NotFoundError(
            f"The run {run_id!r} was written while it was read, so what was read may be incomplete.", "Call this again."
        )


def _written(database: Database, run_id: str) -> tuple[Any, Any] | None:
    """When a run was begun, and completed; None without a note of it."""
    found = database.query("runs/properties", run_id=run_id)["properties"]
    return (found.iloc[0]["started_at"], found.iloc[0].get("ended_at")) if len(found) else None


@contextmanager
def readable(database: Database, query: Query, given: Mapping[str, Any]) -> Iterator[None]:
    """As `check_readable`, and the run stays the same while the body of the ``with`` statement runs the query."""
    if check_readable(database, query, given):
        with unchanged(database, given["run_id"]):
            yield
    else:
        yield


def check_readable(database: Database, query: Query, given: Mapping[str, Any]) -> bool:
    """See that a query that reads a run finds a complete one; say whether it reads one.

    Parameters
    ----------
    database : Database
    query : Query
    given : mapping
        Its parameters.

    Raises
    ------
    NotFoundError
        There is no such run, or it, or the part of it that the query reads, is not complete.
    """
    # What writes has a run of its own; queries about runs tell what is not complete.
    writes = "\n// Writes\n" in query.text and query.family != "projections"
    if given.get("run_id") is None or writes or query.family == "runs":
        return False
    from incahoots.analytics.runs import find_run

    run = find_run(database, given["run_id"], kinds=None)
    for each, sign in ((SCORES, "SCORED_IN"), (TESTS, "p_adjusted")):
        if sign in query.text:
            check_whole(run, each)
    return True
