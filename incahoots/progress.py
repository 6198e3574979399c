"""Progress of long work: a function that the caller passes, silent by default."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

T = TypeVar("T")

#: Seconds between two reports of `Counted`.
EVERY_S = 0.1


class Progress(Protocol):
    """The callback of long work."""

    def __call__(self, what: str, done: float, total: float | None = None) -> None:
        """Report that ``done`` of ``total`` (None: unknown) is done.

        ``what`` ends with a plural noun, the unit of the rate: ``writing edges``. The current item may follow a colon:
        ``deriving networks: co_link``. A step that cannot be counted has a total of 1.
        """


def silent(what: str, done: float, total: float | None = None) -> None:
    """Report nothing."""


@contextmanager
def part(progress: Progress, what: str, total: float = 1) -> Iterator[None]:
    """Report the beginning and the end of a step, with its size (``total``) if known."""
    progress(what, 0, total)
    yield
    progress(what, total, total)


@dataclass(frozen=True)
class Counted:
    """Reports the items of an iterable as they are consumed: call it with the iterable.

    Attributes
    ----------
    progress : callable
    what : str
        As for `Progress`.
    total : float, optional
        Total size; None if unknown.
    size : callable, optional
        Size of an item; 1 when None.
    name : callable, optional
        Name of an item, to report each before it is consumed: for few items that take long.
    """

    progress: Progress
    what: str
    total: float | None = None
    size: Callable[[Any], float] | None = None
    name: Callable[[Any], str] | None = None

    def __call__(self, items: Iterable[T]) -> Iterator[T]:
        """Yield the items, and report them."""
        done, last_s = 0.0, time.monotonic()
        self.progress(self.what, 0, self.total)
        for item in items:
            if self.name:
                self._tell(f"{self.what}: {self.name(item)}", done)
            yield item
            done += self.size(item) if self.size else 1
            if time.monotonic() - last_s >= EVERY_S:
                last_s = time.monotonic()
                self._tell(self.what, done)
        self.progress(self.what, done, done)

    def _tell(self, what: str, done: float) -> None:
        """Report a step that is not finished, even if there is more than expected."""
        self.progress(what, done, None if self.total is None else max(self.total, done + 1))
