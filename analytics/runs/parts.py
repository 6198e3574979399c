"""Parts that are written to a complete run, scores and p-values: each is whole, absent, or reported as incomplete."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from incahoots.analytics.runs.run import Run
from incahoots.errors import NotFoundError
from incahoots.locks import write

if TYPE_CHECKING:
    from incahoots.database import Database

#: The parts, and the command that writes each.
SCORES, TESTS = "scores", "significance"
_WRITTEN_BY = {SCORES: "communities", TESTS: "significance"}


@contextmanager
def whole_or_absent(database: Database, run_id: str, part: str) -> Iterator[dict[str, Any]]:
    """Mark a part of a run as incomplete until the body of the ``with`` statement has written it.

    Parameters
    ----------
    database : Database
    run_id : str
    part : str
        ``SCORES`` or ``TESTS``.

    Yields
    ------
    dict
        Becomes properties of the run when the body ends.
    """
    about: dict[str, Any] = {}
    write(database, "runs/begin_part", run_id=run_id, part=part)
    yield about
    write(database, "runs/finish_part", run_id=run_id, part=part, about=about)


def check_whole(run: Run, part: str) -> None:
    """Check that a part of a run is not half-written.

    Parameters
    ----------
    run : Run
    part : str
        ``SCORES`` or ``TESTS``.

    Raises
    ------
    NotFoundError
        The part is being written, or writing it was interrupted.
    """
    if part in run.unfinished:
        command = f"incahoots {_WRITTEN_BY[part]} {run.run_id}"
        raise NotFoundError(
            f"The {part} of the run {run.run_id!r} {'are' if part == SCORES else 'is'} incomplete: `{command}` was "
            "interrupted, or is still running.",
            f"Run `{command}` again.",
        )


@contextmanager
def unchanged(database: Database, run_id: str) -> Iterator[None]:
    """Check that a run is not written or removed while the body of the ``with`` statement reads it.

    Parameters
    ----------
    database : Database
    run_id : str
        Edges whose run is not in the graph are not checked.

    Raises
    ------
    NotFoundError
        The run is being written, or was written or removed while it was read.
    """
    before = _written(database, run_id)
    yield
    # Reading takes several transactions, so the run's times are compared before and after.
    if before and (before[1] is None or before != _written(database, run_id)):
        raise NotFoundError(
            f"The run {run_id!r} was written while it was read, so the result may be incomplete.", "Try again."
        )


def _written(database: Database, run_id: str) -> tuple[Any, Any] | None:
    """The times at which a run was started and completed; None if it is not in the graph."""
    found = database.query("runs/properties", run_id=run_id)["properties"]
    return (found.iloc[0]["started_at"], found.iloc[0].get("ended_at")) if len(found) else None
