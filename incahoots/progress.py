"""How long work tells how far it is: a function given by the caller, silent by default."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

T = TypeVar("T")

#: Seconds between two reports of what comes one by one.
_EVERY_S = 0.1


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
def part(report: Report, what: str, total: float = 1) -> Iterator[None]:
    """Report what cannot be counted as begun and as done; ``total`` where it is known how much it is as a whole."""
    report(what, 0, total)
    yield
    report(what, total, total)


@dataclass(frozen=True)
class Counted:
    """Reports what comes one by one as it comes, and is done with: call it with an iterable.

    Attributes
    ----------
    report : callable
    what : str
        As `Report` has it.
    total : float, optional
        How much there is; None where it is not known.
    size : callable, optional
        How much one of them counts; 1 when None.
    name : callable, optional
        What one of them is called: few that take long each are reported by name.
    """

    report: Report
    what: str
    total: float | None = None
    size: Callable[[Any], float] | None = None
    name: Callable[[Any], str] | None = None

    def __call__(self, items: Iterable[T]) -> Iterator[T]:
        """Give what comes, and report it."""
        done, last_s = 0.0, time.monotonic()
        self.report(self.what, 0, self.total)
        for item in items:
            if self.name:
                self._tell(f"{self.what}: {self.name(item)}", done)
            yield item
            done += self.size(item) if self.size else 1
            if time.monotonic() - last_s >= _EVERY_S:
                last_s = time.monotonic()
                self._tell(self.what, done)
        self.report(self.what, done, done)

    def _tell(self, what: str, done: float) -> None:
        """Report what is under way: it is not over before all of it is there, be it more than was thought."""
        self.report(what, done, None if self.total is None else max(self.total, done + 1))
