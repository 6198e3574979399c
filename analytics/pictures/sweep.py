"""Draw a window sweep: what grows with the window, and where communities are stable."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator, NullFormatter

from incahoots.analytics.pictures.style import legend, looks, new_figure, note, styled
from incahoots.errors import UsageError
from incahoots.windows import format_window

#: Columns drawn, and the titles of their panels.
_PANELS = {
    "edges": "Edges",
    "largest_share": "Accounts in the largest component (share)",
    "communities": "Communities",
    "stability": "Stability: agreement with the previous window (adjusted Rand index)",
}


@styled
def draw_sweep(table: pd.DataFrame, *, title: str = "") -> Figure:
    """Draw a window sweep: four measures by window, one line per behaviour.

    Parameters
    ----------
    table : pd.DataFrame
        As returned by `incahoots.sweep`.
    title : str

    Returns
    -------
    matplotlib.figure.Figure
        Windows are equally spaced.

    Raises
    ------
    UsageError
        The table has no rows.
    """
    if table.empty:
        raise UsageError("There are no windows to draw.", "Sweep at least one behaviour and one window.")
    windows = sorted({int(window_s) for window_s in table["window_s"]})
    figure = new_figure(10, 6.5)
    grid = figure.subplots(2, 2, sharex=True)
    styles = looks(table["behaviour"])
    for axes, (column, words) in zip(grid.flat, _PANELS.items(), strict=True):
        for behaviour, look in styles.items():
            drawn = table[table["behaviour"] == behaviour].sort_values("window_s")
            axes.plot(
                [windows.index(window_s) for window_s in drawn["window_s"]], drawn[column].to_numpy(dtype=float),
                color=look.colour, linestyle=look.dash, marker=look.marker, markersize=5, alpha=0.9, label=behaviour,
            )  # fmt: skip
        axes.set_title(words, loc="left")
        axes.set_xticks(range(len(windows)), [format_window(window_s) for window_s in windows])
        axes.grid(color="#eeeeee")
        _scale(axes, column, table[column])
    for axes in grid[1]:
        axes.set_xlabel("window")
    legend(figure, title)
    if (table["found_by"] == "components").any():
        note(figure, "Networks that are too large for Louvain show connected components as communities.")
    return figure


def _scale(axes: Axes, column: str, values: pd.Series[float]) -> None:
    """Set the vertical scale: logarithmic for edges, from 0 to 1 for shares."""
    if column == "edges":
        axes.set_yscale("symlog", linthresh=1)
        axes.set_ylim(-0.1, 2 * max(values.max(), 1))
        # matplotlib's own formatter writes formulas.
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
        axes.yaxis.set_minor_formatter(NullFormatter())
    elif column == "communities":
        axes.set_ylim(0, 1.1 * max(values.max(), 1))
        axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    else:
        # Agreement below chance is negative.
        axes.set_ylim(min(0, values.min() if values.notna().any() else 0) - 0.06, 1.06)
