"""What the commands of ``incahoots campaigns`` share: files, dates, ranges, and communities of several operations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from incahoots.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd

FILE = click.Path(path_type=Path, dir_okay=False)
DATE = click.DateTime(["%Y-%m-%d"])


def check_apart(output: Path | None, *inputs: Path | None) -> None:
    """See that what is written is not what is read."""
    if output and any(path and path.resolve() == output.resolve() for path in inputs):
        raise UsageError(f"{output} is read, and cannot be written.", "Give another name to -o.")


def merged(pairs: Iterable[str]) -> dict[str, list[str]]:
    """Read OPERATION=NAME: the operations of each name."""
    merge = defaultdict(list)
    for pair in pairs:
        operation, _, name = pair.partition("=")
        if not operation or not name:
            raise UsageError(f"{pair!r} is not OPERATION=NAME.", "Write --merge ru_2019=Russia.")
        merge[name].append(operation)
    return dict(merge)


def between(frame: pd.DataFrame, since: datetime | None, until: datetime | None) -> pd.DataFrame:
    """Take the days of a range; UsageError when it has none."""
    check_order(since, until)
    inside = frame
    if since:
        inside = inside[inside["date"] >= since.replace(tzinfo=UTC)]
    if until:
        inside = inside[inside["date"] < until.replace(tzinfo=UTC)]
    if inside.empty:
        words = f"There are days from {frame['date'].min():%Y-%m-%d} to {frame['date'].max():%Y-%m-%d}."
        raise UsageError("There are no days in the range.", words)
    return inside.reset_index(drop=True)


def check_order(since: datetime | None, until: datetime | None) -> None:
    """See that a range begins before it ends."""
    if since and until and since >= until:
        words = f"{since:%Y-%m-%d} is not before {until:%Y-%m-%d}."
        raise UsageError(words, "Give the first day to --since, and to --until the day after the last.")
