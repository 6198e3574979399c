"""Export networks for Gephi, Cytoscape, networkx and spreadsheets."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import networkx as nx
import pandas as pd

from incahoots.analytics.networks.formats import FORMATS, check_format
from incahoots.analytics.networks.gexf_graphml import ENDS, iso, write_document
from incahoots.csv_guard import guarded
from incahoots.private_files import replace_with

__all__ = ["FORMATS", "check_format", "network", "write", "write_table"]


def write(edges: pd.DataFrame, path: Path) -> None:
    """Write edges to a file; the ending selects the format.

    Parameters
    ----------
    edges : pd.DataFrame
        Columns source, target, behaviour, weight, window_s, and any others with numbers, Booleans, text or times. With
        first_at and last_at, GEXF is a dynamic network.
    path : Path
        Replaced atomically; only its owner can read it.
    """
    check_format(path)
    suffix = path.suffix.lower()
    if suffix in (".csv", ".parquet"):
        write_table(edges, path)
        return
    checked = edges.assign(weight=_numbers(edges["weight"]), window_s=_numbers(edges["window_s"]))
    replace_with(path, lambda part: write_document(checked, part, suffix[1:]))


def write_table(frame: pd.DataFrame, path: Path) -> None:
    """Write a table as .csv or .parquet, replaced atomically; only its owner can read it.

    In CSV, formulas are disarmed and times are ISO 8601 in UTC.
    """
    check_format(path, (".csv", ".parquet"))
    if path.suffix.lower() == ".parquet":
        replace_with(path, lambda part: frame.to_parquet(part, index=False))
    else:
        replace_with(path, lambda part: guarded(_plain_times(frame)).to_csv(part, index=False))


def _plain_times(frame: pd.DataFrame) -> pd.DataFrame:
    """Convert times to text."""
    times = frame.select_dtypes(["datetime", "datetimetz"]).columns
    return frame.assign(**{name: frame[name].astype(object).map(_iso_or_none) for name in times})


def _iso_or_none(moment: datetime) -> str | None:
    """A time as text, or None."""
    return None if pd.isna(moment) else iso(moment)


def network(edges: pd.DataFrame) -> nx.MultiDiGraph[str]:
    """Convert edges to a weighted multidigraph of networkx, with behaviours as keys.

    Parameters
    ----------
    edges : pd.DataFrame
        As for `write`; other columns become attributes, unless missing.

    Examples
    --------
    >>> frame = pd.DataFrame([("a", "b", "co_link", 2, 60)],
    ...                      columns=["source", "target", "behaviour", "weight", "window_s"])
    >>> network(frame)["a"]["b"]["co_link"]["weight"]
    2
    """
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    checked = edges.assign(weight=_numbers(edges["weight"]), window_s=_numbers(edges["window_s"]))
    for row in checked.to_dict(orient="records"):
        # networkx accepts keys of text, its type stubs do not.
        key: Any = row["behaviour"]
        more = {str(name): value for name, value in row.items() if name not in ENDS and not _missing(value)}
        graph.add_edge(row["source"], row["target"], key=key, **more)
    return graph


def _numbers(values: pd.Series[Any]) -> pd.Series[Any]:
    """Convert to integers if all values are whole; weights of co-activity are not."""
    numbers = pd.to_numeric(values).astype("Float64")
    return numbers.astype("Int64") if (numbers.dropna() % 1 == 0).all() else numbers


def _missing(value: Any) -> bool:
    """Whether a value is missing; an empty list is not."""
    return not isinstance(value, list | tuple) and bool(pd.isna(value))
