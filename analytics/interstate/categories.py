"""Categories of hashtags or domains that the user gives."""

from __future__ import annotations

from pathlib import Path

from incahoots.analytics.tables import read_lookup


def read_categories(path: Path, of: str) -> dict[str, str]:
    """Read a .csv with the columns ``category`` and ``of`` (domain or tag).

    Returns the categories by domain or tag, in lower case and without ``#``.

    Raises
    ------
    InputError
        The file cannot be read, or lacks a column.
    """
    found = read_lookup(path, of, "category")
    return {name.strip().removeprefix("#").casefold(): category for name, category in found.items()}
