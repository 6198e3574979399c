"""Draw a network of several behaviours: accounts as dots, edges as arcs, one colour and line style per behaviour."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from incahoots.analytics.pictures.layout import Points, layout
from incahoots.analytics.pictures.style import (
    INK,
    PAPER,
    Look,
    counted,
    heaviest,
    in_order,
    labels,
    legend,
    looks,
    note,
    one_panel,
    styled,
    without_loops,
)

#: Largest number of accounts drawn.
LIMIT = 300

#: Up to `_NAMED` accounts all are labelled; otherwise at most `_NAMED_OF_MANY`, where labels do not overlap.
_NAMED, _NAMED_OF_MANY = 40, 30

#: Width and height of a label, as shares of the picture.
_ROOM = np.array([0.19, 0.025])

#: Distance between two arcs of a pair, as a share of the distance between the accounts.
_SPREAD = 0.16

#: Length of an arrowhead, as a share of the picture.
_HEAD = 0.009

#: Positions of an arc's points.
_STEPS = np.linspace(0, 1, 15)


@styled
def draw_network(
    edges: pd.DataFrame,
    *,
    names: Mapping[str, str | None] | None = None,
    limit: int = LIMIT,
    seed: int = 1,
    title: str = "",
) -> Figure:
    """Draw a network of several behaviours.

    Parameters
    ----------
    edges : pd.DataFrame
        Columns source, target, behaviour, weight.
    names : mapping of str to str, optional
        Screen names, by account id.
    limit : int
        Draw at most this many accounts, those with the largest weighted degree; the caption says how many are left
        out.
    seed : int
        Random seed of the layout.
    title : str

    Returns
    -------
    matplotlib.figure.Figure
        Each dot is an account, sized by its weighted degree. Each arc is a pair of accounts and a behaviour, as wide as
        the weight of both directions together; an arrowhead marks an edge in one direction only.

    Raises
    ------
    UsageError
        There are no edges to draw.
    """
    between = without_loops(edges)
    every = heaviest(between, len(between) * 2)
    accounts = every[:limit]
    inside = between[between["source"].isin(accounts) & between["target"].isin(accounts)]
    places = layout(inside, accounts, seed)
    figure, axes = one_panel(10, 8.5)
    axes.set_aspect("equal")
    axes.set_axis_off()
    arcs = _arcs(inside)
    styles = looks(inside["behaviour"])
    for behaviour, look in styles.items():
        _draw_arcs(axes, arcs[arcs["behaviour"] == behaviour], places, look, float(arcs["weight"].max()))
    _draw_accounts(axes, between, accounts, places, labels(accounts, names))
    counts = inside.groupby("behaviour").size()
    words = {name: f"{name} ({counted(counts[name], 'edge')})" for name in styles}
    handles = [
        Line2D([], [], color=look.colour, linestyle=look.dash, linewidth=2.5, label=words[name])
        for name, look in styles.items()
    ]
    legend(figure, title, handles)
    about = ["Each dot is an account, sized by its total edge weight."]
    if (arcs["way"] != 0).any():
        about.append("Arrowheads mark edges in one direction only.")
    if len(accounts) < len(every):
        about.append(
            f"Showing the {len(accounts):,} accounts with the largest weighted degree, of {len(every):,}, and "
            f"{len(inside):,} of {len(between):,} edges."
        )
    note(figure, "\n".join(about))
    return figure


def _arcs(edges: pd.DataFrame) -> pd.DataFrame:
    """One row per pair of accounts and behaviour: weight of both directions, direction (0 for both), and curvature."""
    forth = edges["source"] < edges["target"]
    pairs = pd.DataFrame(
        {
            "one": edges["source"].where(forth, edges["target"]),
            "other": edges["target"].where(forth, edges["source"]),
            "behaviour": edges["behaviour"],
            "weight": edges["weight"],
            "way": np.where(forth, 1, -1),
        }
    )
    arcs = pairs.groupby(["one", "other", "behaviour"], as_index=False).sum()
    order = {name: place for place, name in enumerate(in_order(arcs["behaviour"]))}
    arcs = arcs.assign(order=arcs["behaviour"].map(order)).sort_values(["one", "other", "order"])
    grouped = arcs.groupby(["one", "other"])["behaviour"]
    arcs["bend"] = (grouped.cumcount() - (grouped.transform("size") - 1) / 2) * _SPREAD
    return arcs


def _draw_arcs(axes: Axes, arcs: pd.DataFrame, places: dict[str, Points], look: Look, most: float) -> None:
    """Draw the arcs of one behaviour."""
    start, end = (np.array([places[account] for account in arcs[side]]).reshape(-1, 2) for side in ("one", "other"))
    along = end - start
    aside = np.stack([-along[:, 1], along[:, 0]], axis=1)
    # The middle of a quadratic curve is half as far off the line as its control point.
    bent = (start + end) / 2 + 2 * arcs["bend"].to_numpy()[:, None] * aside
    t = _STEPS[None, :, None]
    curves = (1 - t) ** 2 * start[:, None] + 2 * t * (1 - t) * bent[:, None] + t**2 * end[:, None]
    widths = 0.6 + 3 * (arcs["weight"].to_numpy() / most) ** 0.5
    axes.add_collection(
        LineCollection(list(curves), colors=look.colour, linewidths=widths, linestyles=look.dash, alpha=0.75, zorder=1)
    )
    one_way = arcs["way"].to_numpy() != 0
    size = _HEAD * max(np.ptp(np.array(list(places.values())), axis=0))
    ahead = along[one_way] * arcs["way"].to_numpy()[one_way, None]
    _draw_heads(axes, curves[one_way, len(_STEPS) // 2], ahead, size, look)


def _draw_heads(axes: Axes, middles: Points, along: Points, size: float, look: Look) -> None:
    """Draw arrowheads in the middle of arcs."""
    length = np.linalg.norm(along, axis=1, keepdims=True)
    ahead = np.divide(along, length, out=np.zeros_like(along), where=length > 0)
    aside = np.stack([-ahead[:, 1], ahead[:, 0]], axis=1)
    corners = (ahead, -ahead / 2 + aside / 1.7, -ahead / 2 - aside / 1.7)
    heads = np.stack([middles + size * corner for corner in corners], axis=1)
    axes.add_collection(PolyCollection(list(heads), facecolors=look.colour, edgecolors="none", zorder=2))


def _draw_accounts(
    axes: Axes, edges: pd.DataFrame, accounts: list[str], places: dict[str, Points], named: dict[str, str]
) -> None:
    """Draw the accounts, and label the heaviest."""
    ends = pd.concat([edges.set_index(end)["weight"] for end in ("source", "target")]).groupby(level=0).sum()
    weights = ends[accounts].to_numpy(dtype=float)
    points = np.array([places[account] for account in accounts])
    # People judge a dot's size by its area, not its width.
    sizes = 10 + 120 * weights / weights.max()
    axes.scatter(points[:, 0], points[:, 1], s=sizes, c=INK, edgecolors=PAPER, linewidths=0.6, zorder=3)
    for account in _named(accounts, points):
        axes.annotate(
            named[account], tuple(places[account]), (4, 4), textcoords="offset points", fontsize=7, parse_math=False,
            zorder=4, bbox={"boxstyle": "round,pad=0.1", "facecolor": PAPER, "edgecolor": "none", "alpha": 0.7},
        )  # fmt: skip
    axes.margins(0.05)


def _named(accounts: list[str], points: Points) -> list[str]:
    """Choose the accounts to label: of many the heaviest, without overlapping labels."""
    if len(accounts) <= _NAMED:
        return accounts
    room = _ROOM * np.ptp(points, axis=0).max()
    named: list[int] = []
    for place, point in enumerate(points):
        apart = (np.abs(points[named] - point) > room).any(axis=1).all()
        if apart and len(named) < _NAMED_OF_MANY:
            named.append(place)
    return [accounts[place] for place in named]
