"""Write pictures and tables to one HTML page that needs no network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import pandas as pd
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup
from matplotlib.figure import Figure

from incahoots.analytics.networks.exports import check_format
from incahoots.analytics.pictures.files import encoded
from incahoots.private_files import replace_text


@dataclass(frozen=True)
class Section:
    """A section of a page.

    Attributes
    ----------
    heading, words : str
    content : Figure or pd.DataFrame
    """

    heading: str
    words: str
    content: Figure | pd.DataFrame

    @property
    def html(self) -> Markup:
        """The picture or the table."""
        if isinstance(self.content, pd.DataFrame):
            table = self.content.to_html(index=False, border=0, escape=True, na_rep="", float_format="{:.3f}".format)
            return Markup(table)
        return Markup('<img alt="{}" src="{}">').format(self.heading, as_uri(self.content))


def save_page(title: str, words: str, sections: Sequence[Section], path: Path) -> None:
    """Write a page of pictures and tables to an .html file, replaced atomically. All text on the page is escaped."""
    check_format(path, (".html",))
    template = resources.files(__package__) / "page.html"
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    page = environment.from_string(template.read_text(encoding="utf-8"))
    replace_text(path, page.render(title=title, words=words, sections=sections))


def as_uri(figure: Figure) -> str:
    """A picture as a data URI."""
    return f"data:image/svg+xml;base64,{encoded(figure, '.svg')}"
