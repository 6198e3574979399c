"""Draw a network of influence: wedges from source to target, dots sized by influence, colours by class."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from incahoots.analytics.pictures.layout import layout
from incahoots.analytics.pictures.style import INK, counted, legend, note, one_panel, shown, styled
from incahoots.errors import UsageError

#: Largest numbers of accounts drawn and of accounts labelled.
LIMIT, _NAMED = 300, 8

#: Okabe and Ito's colours for classes; grey for edges between classes.
_COLOURS, _MIXED = ("#e69f00", "#0072b2", "#009e73", "#cc79a7", "#d55e00", "#56b4e9"), "#999999"

#: Class of accounts without a label.
_OTHER = "other"

_ENDS = ("source", "target")


@styled
def draw_influence(
    edges: pd.DataFrame,
    labels: Mapping[str, str] | None = None,
    *,
    entity: str = "all",
    limit: int = LIMIT,
    seed: int = 1,
    title: str = "",
) -> Figure:
    """Draw a network of influence.

    Parameters
    ----------
    edges : pd.DataFrame
        Columns source, target, entity, weight, as returned by `influence`.
    labels : mapping of str to str, optional
        Classes by account id, for example from `fetch_labels`.
    entity : str
        The network to draw, if there are several.
    limit : int
        Draw at most this many accounts, those that influence and are influenced most; the caption says how many are
        left out.
    seed : int
        Random seed of the layout.
    title : str

    Returns
    -------
    matplotlib.figure.Figure
        Each dot is an account, with its influence as area. Each wedge is an edge, wide at the source and pointed at the
        target; the wider, the heavier. The most influential accounts are labelled.

    Raises
    ------
    UsageError
        There are no edges of this entity.
    """
    if edges["entity"].nunique() > 1:
        edges = edges[edges["entity"] == entity]
    if edges.empty:
        raise UsageError("There are no edges to draw.", "Choose a longer time range or fewer least posts.")
    out = edges.groupby("source")["weight"].sum()
    both = out.add(edges.groupby("target")["weight"].sum(), fill_value=0)
    accounts = both.sort_values(ascending=False, kind="stable").index[:limit].tolist()
    inside = edges[edges["source"].isin(accounts) & edges["target"].isin(accounts)]
    places = layout(inside, accounts, seed)
    named = {account: (labels or {}).get(account) or _OTHER for account in accounts}
    classes = sorted(set(named.values()), key=lambda name: (name == _OTHER, name))
    colours = {name: _COLOURS[number % len(_COLOURS)] for number, name in enumerate(classes)}
    figure, axes = one_panel(10, 8.5)
    axes.set_aspect("equal")
    axes.set_axis_off()
    ends = [inside[end].map(named) for end in _ENDS]
    kind = ends[0].where(ends[0] == ends[1], "")
    # Grey edges lie below the others.
    for name in ("", *classes):
        own = inside[kind == name]
        heaviness = np.sqrt(own["weight"].to_numpy() / inside["weight"].max())
        wedges = _wedges(own, places, 0.002 + 0.008 * heaviness)
        axes.add_collection(
            PolyCollection(list(wedges), color=colours.get(name, _MIXED), alpha=0.45, zorder=1, linewidth=0)
        )
    influence = out.reindex(accounts).fillna(0)
    sizes = 12 + 380 * influence / max(float(influence.max()), 1e-300)
    spots = np.array([places[account] for account in accounts])
    axes.scatter(
        spots[:, 0], spots[:, 1], s=sizes, c=[colours[named[account]] for account in accounts], edgecolor="white",
        linewidth=0.6, zorder=2,
    )  # fmt: skip
    for account in influence.sort_values(ascending=False, kind="stable").index[:_NAMED]:
        x, y = places[account]
        axes.text(x, y, shown(account), color=INK, fontsize=8, ha="center", va="bottom", zorder=3, parse_math=False)
    axes.autoscale_view()
    counts = {name: int((kind == name).sum()) for name in ("", *classes)}
    handles = [
        Line2D([], [], color=colours[name], marker="o", label=f"{shown(name)} ({counted(counts[name], 'edge')} within)")
        for name in classes
    ]
    if counts[""]:
        handles.append(Line2D([], [], color=_MIXED, label=f"between classes ({counted(counts[''], 'edge')})"))
    legend(figure, title, handles)
    words = (
        "Each dot is an account, sized by its influence. Wedges point from source to target; wider wedges are heavier."
    )
    if len(accounts) < len(both):
        words += f"\nShowing {len(accounts):,} of {len(both):,} accounts and {len(inside):,} of {len(edges):,} edges."
    note(figure, words)
    return figure


def _wedges(edges: pd.DataFrame, places: Mapping[str, np.ndarray], width: np.ndarray) -> np.ndarray:
    """Triangles from each source to a point at the target; widths are shares of the picture's."""
    start, end = (np.array([places[str(account)] for account in edges[side]]).reshape(-1, 2) for side in _ENDS)
    every = np.array(list(places.values()))
    along = end - start
    across = along[:, ::-1] * (-1, 1) / np.maximum(np.hypot(*along.T), 1e-12)[:, None]
    half = across * (width * np.ptp(every, axis=0).max() / 2)[:, None]
    return np.stack([start - half, start + half, end], axis=1)
