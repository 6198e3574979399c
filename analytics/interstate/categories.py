"""Tables of what hashtags or domains are about, which the user gives."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from incahoots.errors import InputError


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
        Categories by domain or tag, these in lower case and without ``#``.

    Raises
    ------
    InputError
        The file is not there, or lacks a column.
    """
    try:
        table = pl.read_csv(path, infer_schema=False)
    except (OSError, pl.exceptions.PolarsError) as problem:
        remedy = f"Give a .csv with the columns {of} and category."
        raise InputError(f"{path} cannot be read: {str(problem).splitlines()[0]}.", remedy) from None
    if missing := {of, "category"} - set(table.columns):
        raise InputError(f"{path} has no column {min(missing)}.", f"It needs the columns {of} and category.")
    name = pl.col(of).str.strip_chars().str.strip_prefix("#").str.to_lowercase()
    return dict(table.select(name, "category").drop_nulls().rows())
