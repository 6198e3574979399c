"""How long work tells how far it is: a function given by the caller, silent by default."""

from __future__ import annotations

from typing import Protocol


class Report(Protocol):
    """Called as work goes on."""

    def __call__(self, what: str, done: float, total: float | None = None) -> None:
        """Say that ``done`` of ``total`` (None: not known) of ``what`` is done."""


def silent(what: str, done: float, total: float | None = None) -> None:
    """Report to nobody."""
