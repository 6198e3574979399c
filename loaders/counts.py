"""Counts of rows: those that were loaded, duplicates and rejects add up to those that were read."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Self

from incahoots.errors import IncahootsError


@dataclass
class Counts:
    """Counts of input rows.

    Attributes
    ----------
    rows_read : int
        Posts and accounts in the files, valid or not.
    loaded : int
        New rows.
    duplicates : int
        Rows whose tweet or account was already loaded, by this load or an earlier one.
    duplicates_differing : int
        Duplicates that contradict the row that was loaded first, which is kept.
    rejected : int
        Rows that could not be loaded; the reject file lists them with reasons.
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
        """Raise an error if rows were lost, which would be a bug."""
        if self.rows_read != self.loaded + self.duplicates + self.rejected:
            raise IncahootsError(f"Rows do not add up: {self}.", "This is a bug in incahoots; please report it.")
