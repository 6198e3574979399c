"""Write pictures and tables to one HTML page that needs no network."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from incahoots.analytics.networks.exports import check_format
from incahoots.analytics.pictures.files import render
from incahoots.private_files import replace_text

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; color: #222; background: #fff; max-width: 62rem; margin: 2rem auto;
  padding: 0 1rem; }
img { max-width: 100%; height: auto; } table { border-collapse: collapse; font-size: .85rem; }
th, td { text-align: left; padding: .15rem .8rem .15rem 0; border-bottom: 1px solid #ddd; } p { max-width: 46rem; }
"""


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


def save_page(title: str, words: str, sections: Sequence[Section], path: Path) -> None:
    """Write a page of pictures and tables.

    Parameters
    ----------
    title, words : str
        Title and introduction. All text on the page is escaped.
    sections : sequence of Section
    path : Path
        Ends in .html; replaced atomically.
    """
    check_format(path, (".html",))
    parts = [
        '<!doctype html><html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width">',
        # The browser fetches nothing, whatever the text holds.
        """<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; """
        """style-src 'unsafe-inline'">""",
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>",
        f"<h1>{escape(title)}</h1><p>{escape(words)}</p>",
    ]
    for section in sections:
        parts.append(f"<h2>{escape(section.heading)}</h2><p>{escape(section.words)}</p>")
        if isinstance(section.content, pd.DataFrame):
            parts.append(
                section.content.to_html(index=False, border=0, escape=True, na_rep="", float_format="{:.3f}".format)
            )
        else:
            parts.append(f'<img alt="{escape(section.heading)}" src="{as_uri(section.content)}">')
    text = "\n".join([*parts, "</body></html>\n"])
    replace_text(path, text)


def as_uri(figure: Figure) -> str:
    """A picture as a data URI."""
    stream = io.BytesIO()
    render(figure, stream, ".svg")
    return f"data:image/svg+xml;base64,{base64.b64encode(stream.getvalue()).decode()}"
