"""What became of the rows: nothing is lost, and the sum says so."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Self

from incahoots.errors import IncahootsError


@dataclass
class Counts:
    """Rows of the input by what became of them.

    Attributes
    ----------
    rows_read : int
        Posts and accounts that the files hold, good or bad.
    loaded : int
        Rows that were not known before.
    duplicates : int
        Rows whose tweet or account was loaded already, by this load or an earlier one.
    duplicates_differing : int
        Those of the duplicates that contradict what was loaded first; what was first stays.
    rejected : int
        Rows that could not be loaded; each stands in the reject file with its reason.
    """

    rows_read: int = 0
    loaded: int = 0
    duplicates: int = 0
    duplicates_differing: int = 0
    rejected: int = 0

    def __iadd__(self, other: Self) -> Self:
        for name, value in asdict(other).items():
            setattr(self, name, getattr(self, name) + value)
        return self

    def check(self) -> None:
        """Raise when a row got lost on the way: that would be a mistake of ours, not of the input."""
        if self.rows_read != self.loaded + self.duplicates + self.rejected:
            raise IncahootsError(f"Rows do not add up: {self}.", "This is a bug in incahoots; please report it.")
