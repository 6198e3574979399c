"""Tables as frames of known types: rows of a query, and lookup tables that the user gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl

from incahoots.errors import InputError, first_line

#: Names of lists of integers in the results of queries: times, counts of engagement, and codes of kinds of acts.
NUMBERS = ("times", "ts", "likes", "retweets", "replies", "quotes", "kinds")


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


def exploded(found: pd.DataFrame, columns: Sequence[str], lists: Mapping[str, str]) -> pl.DataFrame:
    """Convert a query's result, in which each row has lists of equal lengths, to one row per element.

    The database returns lists because the Neo4j driver spends more time on a row than on its values.

    Parameters
    ----------
    found : pd.DataFrame
    columns : sequence of str
        Columns of strings that are repeated for each element.
    lists : mapping of str to str
        Columns of lists, and the names of their elements. Columns named in ``NUMBERS`` hold integers, others strings.
    """
    kinds = {name: pl.List(pl.Int64 if name in NUMBERS else pl.String) for name in lists}
    return typed(found, dict.fromkeys(columns, pl.String) | kinds).explode(*lists).rename(dict(lists))


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
        raise InputError(f"Cannot read {path}: {first_line(problem)}.", remedy) from None
    if missing := {key, value} - set(table.columns):
        raise InputError(f"{path} has no column {min(missing)}.", remedy)
    return dict(table.select(key, value).drop_nulls().rows())


def utc(ts: pd.Series[Any]) -> pd.Series[Any]:
    """Epoch seconds as times."""
    return pd.to_datetime(ts, unit="s", utc=True).astype("datetime64[us, UTC]")
