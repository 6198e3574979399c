"""Categories of hashtags or domains that the user gives."""

from __future__ import annotations

from pathlib import Path

from incahoots.analytics.tables import read_lookup


def read_categories(path: Path, of: str) -> dict[str, str]:
    """Read a table of categories.

    Parameters
    ----------
    path : Path
        A .csv with the columns ``category`` and ``of``.
    of : {"domain", "tag"}

    Returns
    -------
    dict of str to str
        Categories by domain or tag, in lower case and without ``#``.

    Raises
    ------
    InputError
        The file cannot be read, or lacks a column.
    """
    found = read_lookup(path, of, "category")
    return {name.strip().removeprefix("#").casefold(): category for name, category in found.items()}
