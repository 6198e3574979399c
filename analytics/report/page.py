"""The page: one file that fetches nothing, and shows the text of posts as text, never as mark-up."""

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
from incahoots.progress import Counted, Progress, silent


@dataclass(frozen=True)
class Part:
    """A part of a section: shows those of these that are not empty.

    Attributes
    ----------
    heading : str
    words, commands : sequence of str
        Paragraphs; commands for a terminal.
    links : sequence of (str, str)
        Their texts and addresses.
    frame : pd.DataFrame, optional
        A table.
    picture : matplotlib.figure.Figure, optional
    group : (str, str), optional
        A run and a community of it, for a button that shows it in the network.
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
        """The table in the form that the template needs."""
        if self.frame is None:
            return None
        columns = [
            {"name": str(name), "number": bool(pd.api.types.is_numeric_dtype(self.frame[name]))} for name in self.frame
        ]
        rows = [[cell(value) for value in row] for row in self.frame.itertuples(index=False)]
        return {"columns": columns, "rows": rows}

    @cached_property
    def picture(self) -> str | None:
        """The picture as a data URI."""
        return None if self.figure is None else as_uri(self.figure)


@dataclass(frozen=True)
class Section:
    """A section of the page."""

    anchor: str
    heading: str
    parts: Sequence[Part] = field(default_factory=list)


def page(
    title: str, sections: Sequence[Section], data: Mapping[str, Any], *, own: bool, progress: Progress = silent
) -> str:
    """Write the page as HTML, with data as `incahoots.analytics.report.payload.payload` gives it.

    Its content security policy allows only the scripts in it, by their hashes, and no address. With ``own``, accounts
    have their own names, not pseudonyms.
    """
    drawn = [part for section in sections for part in section.parts if part.figure is not None]
    for part in Counted(progress, "drawing pictures", len(drawn))(drawn):
        # Before the template is rendered, which cannot report progress.
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
    """Make control characters visible in the template's values, unless they are our own mark-up; names may have any."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _policy(scripts: Sequence[str]) -> str:
    """The content security policy: the page may run these scripts and show pictures that it contains."""
    hashes = [f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in scripts]
    allowed = " ".join(hashes) or "'none'"
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data: blob:; "
        "base-uri 'none'; form-action 'none'"
    )
