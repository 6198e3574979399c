"""The empty Bokeh figure that the page's script fills, and Bokeh's script."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bokeh
from bokeh.core.types import ID
from bokeh.embed import json_item
from bokeh.models import ColumnDataSource, Range1d
from bokeh.plotting import figure


def network_figure(behaviours: int) -> dict[str, Any]:
    """Make the figure of the networks, for ``Bokeh.embed.embed_item``, which draws it into the element ``plot``.

    ``behaviours`` is the largest number of behaviours in one network: each has a renderer, as all lines of one have the
    same dash.
    """
    made = figure(
        name="figure", sizing_mode="stretch_both", tools="pan,wheel_zoom,box_zoom",
        x_range=Range1d(start=-1, end=1), y_range=Range1d(start=-1, end=1), active_scroll="wheel_zoom",
        toolbar_location="above",
    )  # fmt: skip
    made.toolbar.logo = None
    made.axis.visible = False
    made.grid.visible = False
    made.outline_line_color = None
    made.min_border = 0
    line: dict[str, list[float]] = {"x0": [], "y0": [], "x1": [], "y1": []}
    dot: dict[str, list[float]] = {"x": [], "y": [], "size": []}
    made.segment(
        "x0", "y0", "x1", "y1", source=_source(line), name="chosen-lines", line_width=5, line_alpha=0.35,
        line_cap="round",
    )  # fmt: skip
    for number in range(behaviours):
        made.segment(
            "x0", "y0", "x1", "y1", source=_source({**line, "width": []}), name=f"lines-{number}", line_width="width",
            line_alpha=0.6,
        )  # fmt: skip
    made.scatter("x", "y", size="size", source=_source(dot), name="chosen-dots", fill_alpha=0, line_width=2)
    made.scatter("x", "y", size="size", source=_source({**dot, "colour": []}), name="dots", fill_color="colour")
    made.text(
        "x", "y", "text", source=_source({"x": [], "y": [], "text": [], "align": [], "aside": []}), name="names",
        text_align="align", x_offset="aside", y_offset=-4, text_font_size="11px",
    )  # fmt: skip
    return dict(json_item(made, ID("plot")))


def script() -> str:
    """Bokeh's script, from its package."""
    return (Path(bokeh.__file__).parent / "server" / "static" / "js" / "bokeh.min.js").read_text(encoding="utf-8")


def _source(columns: dict[str, list[Any]]) -> ColumnDataSource:
    """A data source with empty columns."""
    return ColumnDataSource(dict(columns))
