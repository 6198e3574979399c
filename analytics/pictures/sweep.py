"""The window sweep as a picture: what grows with the window, and where the groups hold still."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator, NullFormatter

from incahoots.analytics.pictures.style import legend, looks, new_figure, note, styled
from incahoots.errors import UsageError
from incahoots.windows import format_window

#: What is drawn: the column, and the words above it.
_PANELS = {
    "edges": "Edges",
    "largest_share": "Accounts in the largest component (share)",
    "communities": "Communities",
    "stability": "Stability: agreement with the window before (adjusted Rand)",
}


@styled
def draw_sweep(table: pd.DataFrame, *, title: str = "") -> Figure:
    """Draw a window sweep: four measures over the window, a line a behaviour.

    Parameters
    ----------
    table : pd.DataFrame
        As `incahoots.sweep` gives it.
    title : str

    Returns
    -------
    matplotlib.figure.Figure
        Windows stand at equal distances.

    Raises
    ------
    UsageError
        The table has no rows.
    """
    if table.empty:
        raise UsageError("There is no window to draw.", "Sweep at least one behaviour and one window.")
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
    legend(figure, grid[0][0].get_legend_handles_labels()[0], title)
    if (table["found_by"] == "components").any():
        note(figure, "Where a network is too large for Louvain, its communities are its connected components.")
    return figure


def _scale(axes: Axes, column: str, values: pd.Series[float]) -> None:
    """Edges by orders of magnitude from 0, shares from 0 to 1."""
    if column == "edges":
        axes.set_yscale("symlog", linthresh=1)
        axes.set_ylim(-0.1, 2 * max(values.max(), 1))
        # matplotlib's own would be written as a formula.
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
        axes.yaxis.set_minor_formatter(NullFormatter())
    elif column == "communities":
        axes.set_ylim(0, 1.1 * max(values.max(), 1))
        axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    else:
        # Partitions may agree less than by chance.
        axes.set_ylim(min(0, values.min() if values.notna().any() else 0) - 0.06, 1.06)
