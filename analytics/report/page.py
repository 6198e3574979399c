"""The page: one file that fetches nothing, and in which text from posts is never anything but text."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from importlib import resources
from importlib.metadata import version
from typing import Any

import orjson
import pandas as pd
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from incahoots.analytics.pictures.page import as_uri
from incahoots.analytics.report.figure import network_figure, script
from incahoots.analytics.report.payload import packed
from incahoots.cells import cell, visible
from incahoots.progress import Counted, Report, silent


@dataclass(frozen=True)
class Part:
    """A part of a section: any of these that is not empty.

    Attributes
    ----------
    heading : str
    words, commands : sequence of str
        Paragraphs; what to call in a terminal.
    links : sequence of (str, str)
        What they are called, and where they lead.
    frame : pd.DataFrame, optional
        A table.
    picture : matplotlib.figure.Figure, optional
    group : (str, str), optional
        A run and a group of its network, to be shown there.
    """

    heading: str = ""
    words: Sequence[str] = ()
    commands: Sequence[str] = ()
    links: Sequence[tuple[str, str]] = ()
    frame: pd.DataFrame | None = None
    figure: Any = None
    group: tuple[str, str] | None = None

    @property
    def table(self) -> dict[str, Any] | None:
        """The table as the template takes it."""
        if self.frame is None:
            return None
        columns = [
            {"name": str(name), "number": bool(pd.api.types.is_numeric_dtype(self.frame[name]))} for name in self.frame
        ]
        rows = [[cell(value) for value in row] for row in self.frame.itertuples(index=False)]
        return {"columns": columns, "rows": rows}

    @cached_property
    def picture(self) -> str | None:
        """The picture as an address that holds it."""
        return None if self.figure is None else as_uri(self.figure)


@dataclass(frozen=True)
class Section:
    """A section of the page."""

    anchor: str
    heading: str
    parts: Sequence[Part] = field(default_factory=list)


def page(
    title: str, sections: Sequence[Section], data: Mapping[str, Any], *, own: bool, report: Report = silent
) -> str:
    """Write the page.

    Parameters
    ----------
    title : str
    sections : sequence of Section
    data : mapping
        As `incahoots.analytics.report.payload.payload` gives it.
    own : bool
        Whether accounts have their own names in it.
    report : callable
        Told of the progress.

    Returns
    -------
    str
        HTML. Its policy allows the scripts that are in it, by their hashes, and nothing from anywhere.
    """
    drawn = [part for section in sections for part in section.parts if part.figure is not None]
    for part in Counted(report, "drawing pictures", len(drawn))(drawn):
        # Now, as nobody can watch the template.
        part.picture  # noqa: B018
    files = resources.files(__package__) / "page"
    style, tools, ours, template = (
        (files / name).read_text(encoding="utf-8") for name in ("report.css", "tools.js", "report.js", "report.html")
    )
    networks = data["networks"]
    scripts = [script(), tools, ours] if networks else []
    figure = orjson.dumps(network_figure(max(len(each["behaviours"]) for each in networks))) if networks else b""
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, finalize=_shown)
    return environment.from_string(template).render(
        title=title, own=own, sections=sections, style=style, version=version("incahoots"),
        made_at=f"{datetime.now(UTC):%Y-%m-%d %H:%M}", policy=_policy(scripts), scripts=scripts,
        figure=figure.decode().replace("<", "\\u003c"), data=packed(data) if networks else "",
    )  # fmt: skip


def _shown(value: Any) -> Any:
    """A value of the template without control characters, unless it is mark-up of ours: names may hold any."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _policy(scripts: Sequence[str]) -> str:
    """What the page may do: run these scripts, show pictures that it holds, and no more."""
    hashes = [f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in scripts]
    allowed = " ".join(hashes) or "'none'"
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data: blob:; "
        "base-uri 'none'; form-action 'none'"
    )
