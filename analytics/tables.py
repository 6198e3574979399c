"""Tables as frames of known types: rows of a query, and lookup tables that the user gives."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl

from incahoots.errors import InputError


def typed(found: pd.DataFrame, kinds: Mapping[str, Any]) -> pl.DataFrame:
    """Convert columns of a query's result to these types; NaN becomes null.

    Parameters
    ----------
    found : pd.DataFrame
    kinds : mapping of str to polars type

    Returns
    -------
    pl.DataFrame
    """
    plain = {name: found[name].astype(object).where(found[name].notna(), None).to_list() for name in kinds}
    return pl.DataFrame(plain, schema=dict(kinds))


def read_lookup(path: Path, key: str, value: str) -> dict[str, str]:
    """Read a table of two columns as a mapping.

    Parameters
    ----------
    path : Path
        A .csv with the columns ``key`` and ``value``; where a key is repeated, its last row counts.
    key, value : str

    Returns
    -------
    dict of str to str
        Rows with an empty key or value are left out.

    Raises
    ------
    InputError
        The file does not exist, cannot be read, or lacks a column.
    """
    remedy = f"Give a .csv file with the columns {key} and {value}."
    try:
        table = pl.read_csv(path, infer_schema=False)
    except FileNotFoundError:
        raise InputError(f"There is no file {path}.", remedy) from None
    except (OSError, pl.exceptions.PolarsError) as problem:
        raise InputError(f"Cannot read {path}: {str(problem).splitlines()[0]}.", remedy) from None
    if missing := {key, value} - set(table.columns):
        raise InputError(f"{path} has no column {min(missing)}.", remedy)
    return dict(table.select(key, value).drop_nulls().rows())


def utc(ts: pd.Series[Any]) -> pd.Series[Any]:
    """Epoch seconds as times."""
    return pd.to_datetime(ts, unit="s", utc=True).astype("datetime64[us, UTC]")
