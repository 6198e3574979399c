"""Write networks as GEXF and GraphML, edge by edge.

networkx writes both too, but in GraphML it gives all edges of a behaviour one id, of which Gephi keeps the first only,
and in GEXF it supports neither kinds of parallel edges nor times of day.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, BinaryIO
from xml.sax.saxutils import XMLGenerator
from xml.sax.xmlreader import AttributesImpl

import pandas as pd

#: Characters that XML 1.0 forbids, even escaped.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

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


def write_graphml(edges: pd.DataFrame, stream: BinaryIO) -> None:
    """Write edges as GraphML: one directed edge per row, with a unique id and typed attributes.

    Parameters
    ----------
    edges : pd.DataFrame
        Columns source, target, and any others with numbers, Booleans, text or times.
    stream : binary file

    References
    ----------
    Brandes et al. 2002, "GraphML progress report"; http://graphml.graphdrawing.org/specification.html.
    """
    columns = attributes(edges)
    writer = _Writer(stream)
    with writer.element("graphml", {"xmlns": "http://graphml.graphdrawing.org/xmlns"}):
        for number, column in enumerate(columns):
            about = {"id": f"d{number}", "for": "edge", "attr.name": column.name, "attr.type": column.kind}
            writer.empty("key", about)
        with writer.element("graph", {"edgedefault": "directed"}):
            for account in _accounts(edges):
                writer.empty("node", {"id": account})
            for row, (source, target) in enumerate(_ends(edges)):
                with writer.element("edge", {"id": f"e{row}", "source": source, "target": target}):
                    for number, column in enumerate(columns):
                        if (value := column.values[row]) is not None:
                            writer.text("data", value, {"key": f"d{number}"})
    writer.close()


def write_gexf(edges: pd.DataFrame, stream: BinaryIO) -> None:
    """Write edges as GEXF 1.3; as a dynamic network if they have times.

    The behaviour is the ``kind`` of an edge, so that Gephi keeps parallel edges apart instead of merging them.

    Parameters
    ----------
    edges : pd.DataFrame
        Columns source, target, behaviour, weight; optionally first_at and last_at, the interval of the edge; and any
        others with numbers, Booleans, text or times.
    stream : binary file

    References
    ----------
    GEXF Working Group 2022, "GEXF 1.3 primer"; https://gexf.net.

    Notes
    -----
    Times are written as ``intervals``, not as ``start`` and ``end``: networkx 3.6 fails on the latter with the format
    ``dateTime``, and Gephi 0.10 reads both. They are also in the attributes first_at and last_at.
    """
    columns = attributes(edges)
    shown = [column for column in columns if column.name != "weight"]
    known = {column.name: column.values for column in columns}
    spans = _spans(known)
    about = {"defaultedgetype": "directed", "idtype": "string", "mode": "dynamic" if spans else "static"}
    if spans:
        about |= {"timeformat": "dateTime", "timerepresentation": "interval", "timezone": "UTC"}
    writer = _Writer(stream)
    with writer.element("gexf", {"xmlns": "http://gexf.net/1.3", "version": "1.3"}):
        with writer.element("meta"):
            writer.text("creator", "incahoots")
        with writer.element("graph", about):
            with writer.element("attributes", {"class": "edge", "mode": "static"}):
                for number, column in enumerate(shown):
                    writer.empty("attribute", {"id": str(number), "title": column.name, "type": column.kind})
            present = _presence(edges) if spans else {}
            accounts = _accounts(edges)
            with writer.element("nodes", {"count": str(len(accounts))}):
                for account in accounts:
                    writer.empty("node", {"id": account, "label": account} | present.get(account, {}))
            with writer.element("edges", {"count": str(len(edges))}):
                for row, (source, target) in enumerate(_ends(edges)):
                    kind, weight = known["behaviour"][row] or "", known["weight"][row] or "1"
                    edge = {"id": str(row), "source": source, "target": target, "weight": weight, "kind": kind}
                    with writer.element("edge", edge | {"label": kind} | (spans[row] if spans else {})):
                        _attvalues(writer, shown, row)
    writer.close()


def _attvalues(writer: _Writer, columns: list[Attribute], row: int) -> None:
    """Write the attributes of one edge in GEXF."""
    with writer.element("attvalues"):
        for number, column in enumerate(columns):
            if (value := column.values[row]) is not None:
                writer.empty("attvalue", {"for": str(number), "value": value})


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


def _spans(known: Mapping[str, list[str | None]]) -> list[dict[str, str]]:
    """The interval of each edge; an empty list if all are unknown."""
    if not {"first_at", "last_at"} <= known.keys():
        return []
    spans = [_interval(*pair) for pair in zip(known["first_at"], known["last_at"], strict=True)]
    return spans if any(spans) else []


def _interval(first: str | None, last: str | None) -> dict[str, str]:
    """A closed interval of time in GEXF 1.3; empty if unknown."""
    return {"intervals": f"<[{first}, {last}]>"} if first and last else {}


def _presence(edges: pd.DataFrame) -> dict[str, dict[str, str]]:
    """The interval in which each account has edges."""
    times = edges[["first_at", "last_at"]].apply(pd.to_datetime, utc=True)
    both = pd.concat([times.assign(account=[pair[place] for pair in _ends(edges)]) for place in (0, 1)])
    spans = both.groupby("account").agg({"first_at": "min", "last_at": "max"}).dropna()
    return {str(row.Index): _interval(iso(row.first_at), iso(row.last_at)) for row in spans.itertuples()}


class _Writer:
    """Writes XML, one element per line, so that people and ``grep`` can read it."""

    def __init__(self, stream: BinaryIO) -> None:
        self._xml = XMLGenerator(stream, encoding="utf-8", short_empty_elements=True)
        self._xml.startDocument()

    @contextmanager
    def element(self, name: str, about: Mapping[str, str] | None = None) -> Iterator[None]:
        """Open an element, and close it at the end."""
        self._start(name, about)
        self._xml.ignorableWhitespace("\n")
        yield
        self._end(name)

    def empty(self, name: str, about: Mapping[str, str]) -> None:
        """Write an element without content."""
        self._start(name, about)
        self._end(name)

    def text(self, name: str, words: str, about: Mapping[str, str] | None = None) -> None:
        """Write an element that holds text."""
        self._start(name, about)
        self._xml.characters(words)
        self._end(name)

    def close(self) -> None:
        """Finish the document."""
        self._xml.endDocument()

    def _start(self, name: str, about: Mapping[str, str] | None) -> None:
        self._xml.startElement(name, AttributesImpl(dict(about or {})))

    def _end(self, name: str) -> None:
        self._xml.endElement(name)
        self._xml.ignorableWhitespace("\n")
