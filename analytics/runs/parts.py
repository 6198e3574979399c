"""Parts that are written to a complete run, scores and p-values: each is whole, absent, or reported as incomplete."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from incahoots.analytics.runs.run import Run
from incahoots.errors import NotFoundError, command
from incahoots.locks import write

if TYPE_CHECKING:
    from incahoots.database import Database

#: The parts, and the command that writes each.
SCORES, TESTS = "scores", "significance"
_WRITTEN_BY = {SCORES: "communities", TESTS: "significance"}


@contextmanager
def whole_or_absent(database: Database, run_id: str, part: str) -> Iterator[dict[str, Any]]:
    """Mark a part of a run as incomplete until the body of the ``with`` statement has written it.

    The body gets a dictionary, which becomes properties of the run when the body ends.
    """
    about: dict[str, Any] = {}
    write(database, "runs/begin_part", run_id=run_id, part=part)
    yield about
    write(database, "runs/finish_part", run_id=run_id, part=part, about=about)


def check_whole(run: Run, part: str) -> None:
    """Raise `NotFoundError` if a part of a run is half-written: it is being written, or that was interrupted."""
    if part in run.unfinished:
        again = command(_WRITTEN_BY[part], given=[run.run_id])
        raise NotFoundError(
            f"The {part} of the run {run.run_id!r} {'are' if part == SCORES else 'is'} incomplete: `{again}` was "
            "interrupted, or is still running.",
            f"Run `{again}` again.",
        )


@contextmanager
def unchanged(database: Database, run_id: str) -> Iterator[None]:
    """Raise `NotFoundError` if a run is written or removed while the body of the ``with`` statement reads it.

    Edges whose run is not in the graph are not checked.
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
