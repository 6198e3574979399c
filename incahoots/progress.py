"""How long work tells how far it is: a function given by the caller, silent by default."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol


class Report(Protocol):
    """Called as work goes on."""

    def __call__(self, what: str, done: float, total: float | None = None) -> None:
        """Say that ``done`` of ``total`` (None: not known) of ``what`` is done.

        ``what`` ends with the plural of what is counted, so that a rate has a unit: ``writing edges``. After a colon
        may stand which one is next: ``deriving networks: co_link``. What cannot be counted has a total of 1.
        """


def silent(what: str, done: float, total: float | None = None) -> None:
    """Report to nobody."""


@contextmanager
def part(report: Report, what: str) -> Iterator[None]:
    """Report what cannot be counted as begun and as done."""
    report(what, 0, 1)
    yield
    report(what, 1, 1)
