"""Draw the acts of states on each other: as a network, and over time."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib import dates
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch

from incahoots.analytics.pictures.style import (
    INK,
    PALETTE,
    counted,
    legend,
    new_figure,
    note,
    one_panel,
    plot_months,
    shown,
    styled,
    titled,
)
from incahoots.errors import UsageError

#: Panels per row of the picture of months, and most labels below one.
_COLUMNS, _MOST_LABELS = 3, 6


@styled
def draw_states(edges: pd.DataFrame, states: pd.DataFrame, *, title: str = "") -> Figure:
    """Draw the network of states.

    Parameters
    ----------
    edges : pd.DataFrame
        Columns source, target (states), weight; loops are left out.
    states : pd.DataFrame
        Columns state, accounts.
    title : str

    Returns
    -------
    matplotlib.figure.Figure
        Each dot is a state, with the logarithm of its accounts as area. Each arrow points from the acting state, in its
        colour, with the logarithm of the number of acts as width.

    Raises
    ------
    UsageError
        No state acts on another.
    """
    between = edges[edges["source"] != edges["target"]]
    if between.empty:
        raise UsageError("There is nothing to draw: no state acts on another.", "Load operations of several states.")
    names = sorted(set(between["source"]) | set(between["target"]))
    accounts = states.set_index("state")["accounts"].reindex(names).fillna(1)
    angles = np.pi / 2 - 2 * np.pi * np.arange(len(names)) / len(names)
    places = {name: (float(np.cos(angle)), float(np.sin(angle))) for name, angle in zip(names, angles, strict=True)}
    colours = {name: PALETTE[number % len(PALETTE)] for number, name in enumerate(names)}
    figure, axes = one_panel(7.5, 7.5)
    sizes = {name: 120 + 220 * np.log10(accounts[name] + 1) for name in names}
    # The widest last, so that they stay visible.
    for edge in between.sort_values("weight").itertuples():
        arrow = FancyArrowPatch(
            places[str(edge.source)], places[str(edge.target)],
            connectionstyle="arc3,rad=0.12", arrowstyle="-|>", mutation_scale=11, alpha=0.75,
            color=colours[str(edge.source)], linewidth=0.5 + 1.2 * np.log10(float(edge.weight)),  # type: ignore[arg-type]
            shrinkA=np.sqrt(sizes[str(edge.source)]) / 2, shrinkB=np.sqrt(sizes[str(edge.target)]) / 2 + 2,
        )  # fmt: skip
        axes.add_patch(arrow)
    for name in names:
        x, y = places[name]
        axes.scatter([x], [y], s=sizes[name], color=colours[name], edgecolor="white", zorder=3)
        axes.text(1.16 * x, 1.16 * y, shown(name), ha="center", va="center", color=INK, parse_math=False)
    axes.set(xlim=(-1.4, 1.4), ylim=(-1.3, 1.3), aspect="equal")
    axes.set_axis_off()
    titled(axes, title, loc="center")
    acts = int(between["weight"].sum())
    note(
        figure,
        f"{counted(acts, 'act')} between {counted(len(names), 'state')}. Arrows have the colour of the acting state.",
    )
    return figure


@styled
def draw_months(months: pd.DataFrame, *, title: str = "") -> Figure:
    """Draw the cumulative acts of each state over the months, on other states and on its own accounts.

    Parameters
    ----------
    months : pd.DataFrame
        As returned by `incahoots.analytics.interstate.months.monthly`.
    title : str

    Returns
    -------
    matplotlib.figure.Figure
        One panel per state; circles mark the month with the most acts.

    Raises
    ------
    UsageError
        There are no acts.
    """
    if months.empty:
        raise UsageError("There are no acts of states to draw.", "Load operations with their states.")
    states = sorted(months["state"].unique())
    columns = min(_COLUMNS, len(states))
    rows = -(-len(states) // columns)
    figure = new_figure(max(6.0, 11 * columns / _COLUMNS), 1.2 + 2.2 * rows)
    panels = list(figure.subplots(rows, columns, sharex=True, squeeze=False).flat)
    # At most `_MOST_LABELS` fit below a panel.
    every = -(-months["month"].nunique() // _MOST_LABELS)
    looks: dict[str, tuple[str, Any]] = {"inter": (PALETTE[1], "-"), "intra": (PALETTE[0], "--")}
    for axes, state in zip(panels, states, strict=False):
        for scope, (colour, dash) in looks.items():
            own = months[(months["state"] == state) & (months["scope"] == scope)]
            plot_months(axes, own["month"], own["cumulative"], own["partial"], hollow="s", color=colour, linestyle=dash)
            if own["count"].max() > 0:
                peak = own.loc[own["count"].idxmax()]
                axes.plot([peak["month"]], [peak["cumulative"]], marker="o", color=colour, markerfacecolor="none")
        axes.set_title(shown(state), loc="left", parse_math=False)
        axes.set_ylim(bottom=0)
        axes.xaxis.set_major_locator(dates.MonthLocator(interval=every))  # type: ignore[no-untyped-call]
        axes.xaxis.set_major_formatter(dates.DateFormatter("%Y-%m"))  # type: ignore[no-untyped-call]
        axes.tick_params(axis="x", rotation=30)
        axes.grid(color="#eeeeee")
    for axes in panels[len(states) :]:
        axes.set_axis_off()
    # A panel above an empty place needs its own labels.
    for axes in panels[len(states) - columns : len(states)]:
        axes.tick_params(axis="x", labelbottom=True)
    handles = [
        *(Line2D([], [], color=colour, linestyle=dash, label=f"{scope}-state acts, cumulative")
          for scope, (colour, dash) in looks.items()),
        Line2D([], [], color=INK, marker="o", markerfacecolor="none", linestyle="", label="month with the most acts"),
    ]  # fmt: skip
    if months["partial"].any():
        handles.append(
            Line2D([], [], color=INK, marker="s", markersize=4, markerfacecolor="none", linestyle="",
                   label="month covered only in part")
        )  # fmt: skip
    legend(figure, title, handles)
    return figure
