"""Write networks as GEXF and GraphML, edge by edge, with a template for each.

networkx writes both too, but it needs the whole document in memory, and in GEXF it supports neither kinds of parallel
edges nor times of day.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pandas as pd
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

#: Characters that XML 1.0 forbids, even escaped.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

#: What an attribute needs escaped beyond &, < and >.
_SIGNS = {'"': "&quot;", "\n": "&#10;", "\r": "&#13;", "\t": "&#9;"}

#: Columns with the ends of an edge; all others are attributes.
ENDS = ("source", "target")


@dataclass(frozen=True)
class Attribute:
    """A column of edges with its type in the formats.

    Attributes
    ----------
    name : str
    kind : str
        long, double, boolean or string; times are strings in ISO 8601, as neither format has a type for them.
    values : list of str or None
        As text; None if missing.
    """

    name: str
    kind: str
    values: list[str | None]


def attributes(edges: pd.DataFrame) -> list[Attribute]:
    """Convert all columns except the ends of edges to typed text.

    Examples
    --------
    >>> attributes(pd.DataFrame({"source": ["a"], "target": ["b"], "weight": [2], "p_value": [None]}))
    [Attribute(name='weight', kind='long', values=['2']), Attribute(name='p_value', kind='string', values=[None])]
    """
    return [_attribute(str(name), edges[name]) for name in edges.columns if name not in ENDS]


def iso(moment: datetime) -> str:
    """Format a time as ISO 8601 in UTC; times without a zone are UTC.

    Examples
    --------
    >>> iso(datetime(2020, 1, 2, 3, 4, 5))
    '2020-01-02T03:04:05Z'
    """
    there = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return there.isoformat().replace("+00:00", "Z")


def write_document(edges: pd.DataFrame, path: Path, template: str) -> None:
    """Write edges as GraphML or GEXF 1.3: one directed edge per row, with a unique id and typed attributes.

    In GEXF the behaviour is the ``kind`` of an edge, so that Gephi keeps parallel edges apart instead of merging them,
    and edges with times make a dynamic network.

    Parameters
    ----------
    edges : pd.DataFrame
        Columns source, target, behaviour, weight; optionally first_at and last_at, the interval of the edge; and any
        others with numbers, Booleans, text or times.
    path : Path
    template : {'graphml', 'gexf'}

    References
    ----------
    Brandes et al. 2002, "GraphML progress report"; http://graphml.graphdrawing.org/specification.html.
    GEXF Working Group 2022, "GEXF 1.3 primer"; https://gexf.net.

    Notes
    -----
    GEXF has times as ``intervals``, not as ``start`` and ``end``: networkx 3.6 fails on the latter with the format
    ``dateTime``, and Gephi 0.10 reads both. They are also in the attributes first_at and last_at.
    """
    every = attributes(edges)
    columns = every if template == "graphml" else [column for column in every if column.name != "weight"]
    known = {column.name: column.values for column in every}
    spans = _spans(known)
    present = _presence(edges) if spans else {}
    environment = Environment(undefined=StrictUndefined, trim_blocks=True, finalize=_escaped, autoescape=True)
    text = (resources.files(__package__) / f"{template}.xml").read_text(encoding="utf-8")
    stream = environment.from_string(text).stream(
        columns=columns, accounts=[(account, present.get(account)) for account in _accounts(edges)],
        edges=_rows(edges, columns, known, spans), n=len(edges), dynamic=bool(spans),
    )  # fmt: skip
    stream.enable_buffering(1_000)
    stream.dump(str(path), encoding="utf-8")


def _rows(
    edges: pd.DataFrame, columns: list[Attribute], known: Mapping[str, list[str | None]], spans: list[str]
) -> Iterator[dict[str, Any]]:
    """The edges as the templates need them; ``values`` has the number and text of each attribute that is known."""
    for row, (source, target) in enumerate(_ends(edges)):
        values = ((number, column.values[row]) for number, column in enumerate(columns))
        yield {
            "source": source, "target": target, "kind": known["behaviour"][row] or "",
            "weight": known["weight"][row] or "1", "span": spans[row] if spans else "",
            "values": [(number, value) for number, value in values if value is not None],
        }  # fmt: skip


def _escaped(value: Any) -> Any:
    """Escape text for XML, also white space, which readers would normalise in an attribute."""
    return Markup(escape(value, _SIGNS)) if isinstance(value, str) else value


def _attribute(name: str, values: pd.Series[Any]) -> Attribute:
    """A column with the type of its values."""
    held = pd.api.types.infer_dtype(values, skipna=True)
    if held.startswith("integer"):
        return Attribute(name, "long", [None if pd.isna(value) else str(int(value)) for value in values])
    if held in ("floating", "mixed-integer-float", "decimal"):
        return Attribute(name, "double", [None if pd.isna(value) else _double(float(value)) for value in values])
    if held == "boolean":
        return Attribute(name, "boolean", [None if pd.isna(value) else str(bool(value)).lower() for value in values])
    return Attribute(name, "string", [_spelled(value) for value in values])


def _double(value: float) -> str:
    """A number as in XML Schema: infinities are INF."""
    return repr(value).replace("inf", "INF")


def _spelled(value: Any) -> str | None:
    """Any other value as text that XML allows."""
    if isinstance(value, datetime) and not pd.isna(value):
        return iso(value)
    if isinstance(value, list | tuple):
        return allowed(", ".join(map(str, value)))
    return None if pd.isna(value) else allowed(str(value))


def allowed(text: str) -> str:
    r"""Escape characters that XML forbids as in Python, because ids of some platforms hold them.

    Examples
    --------
    >>> allowed("a\x0bb")
    'a\\x0bb'
    """
    return _NOT_XML.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def _ends(edges: pd.DataFrame) -> Iterator[tuple[str, str]]:
    """The two accounts of each edge."""
    return zip(*(map(allowed, edges[end].astype(str)) for end in ENDS), strict=True)


def _accounts(edges: pd.DataFrame) -> list[str]:
    """All accounts, in order of their first edge."""
    return list(dict.fromkeys(account for pair in _ends(edges) for account in pair))


def _spans(known: Mapping[str, list[str | None]]) -> list[str]:
    """The interval of each edge; an empty list if all are unknown."""
    if not {"first_at", "last_at"} <= known.keys():
        return []
    spans = [_interval(*pair) for pair in zip(known["first_at"], known["last_at"], strict=True)]
    return spans if any(spans) else []


def _interval(first: str | None, last: str | None) -> str:
    """A closed interval of time in GEXF 1.3; empty if unknown."""
    return f"<[{first}, {last}]>" if first and last else ""


def _presence(edges: pd.DataFrame) -> dict[str, str]:
    """The interval in which each account has edges."""
    times = edges[["first_at", "last_at"]].apply(pd.to_datetime, utc=True)
    both = pd.concat([times.assign(account=[pair[place] for pair in _ends(edges)]) for place in (0, 1)])
    spans = both.groupby("account").agg({"first_at": "min", "last_at": "max"}).dropna()
    return {str(row.Index): _interval(iso(row.first_at), iso(row.last_at)) for row in spans.itertuples()}
