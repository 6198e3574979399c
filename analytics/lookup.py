"""Tables of two columns that the user gives: what a domain, a hashtag or an account is."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from incahoots.errors import InputError


def read_lookup(path: Path, key: str, value: str) -> dict[str, str]:
    """Read a table as a mapping.

    Parameters
    ----------
    path : Path
        A .csv with the columns ``key`` and ``value``; of rows of one key the last one is right.
    key, value : str

    Returns
    -------
    dict of str to str
        Without rows in which one of the two is empty.

    Raises
    ------
    InputError
        The file is not there, or lacks a column.
    """
    try:
        table = pl.read_csv(path, infer_schema=False)
    except (OSError, pl.exceptions.PolarsError) as problem:
        remedy = f"Give a .csv with the columns {key} and {value}."
        raise InputError(f"{path} cannot be read: {str(problem).splitlines()[0]}.", remedy) from None
    if missing := {key, value} - set(table.columns):
        raise InputError(f"{path} has no column {min(missing)}.", f"It needs the columns {key} and {value}.")
    return dict(table.select(key, value).drop_nulls().rows())
