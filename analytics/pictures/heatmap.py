"""Draw the asymmetry heatmap: which of two accounts has the heavier edge to the other."""

from __future__ import annotations

from collections.abc import Mapping

import matplotlib as mpl
import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import TwoSlopeNorm
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from incahoots.analytics.pictures.style import (
    DIVERGING,
    INK,
    PALE,
    PAPER,
    heaviest,
    labels,
    note,
    one_panel,
    styled,
    titled,
    without_loops,
)

#: Largest number of accounts drawn.
LIMIT = 40

#: Up to this many accounts, cells show their numbers.
_WRITTEN = 15


def asymmetry(edges: pd.DataFrame) -> pd.DataFrame:
    r"""Difference between the weights of the two edges of each pair of accounts.

    .. math:: a_{ij} = w_{ij} - w_{ji}

    Parameters
    ----------
    edges : pd.DataFrame
        Columns source, target, weight; behaviours are summed, loops are left out.

    Returns
    -------
    pd.DataFrame
        Rows and columns are account ids, those that send the most more than they get first; missing on the diagonal
        and where neither has an edge to the other. Above 0: more posts of the row's account have one of the column's
        account near them than the other way round.

    References
    ----------
    Graham, Hames and Alpert 2024 (S3), Fig. 6. Its words are "the weighted out-degree of i and subtracting the weighted
    in-degree of j"; the difference within each pair is what its reading of the figure is about.

    Examples
    --------
    >>> asymmetry(pd.DataFrame({"source": ["b", "a"], "target": ["a", "b"], "weight": [5, 1]}))
         b    a
    b  NaN  4.0
    a -4.0  NaN
    """
    between = edges[edges["source"] != edges["target"]]
    accounts = sorted({*between["source"], *between["target"]})
    wide = between.groupby(["source", "target"])["weight"].sum().unstack()
    weights = wide.reindex(index=accounts, columns=accounts)
    present = (weights.notna() | weights.notna().T).to_numpy()
    forth = weights.fillna(0).to_numpy(dtype=float)
    difference = np.where(present, forth - forth.T, np.nan)
    order = np.argsort(-np.nansum(difference, axis=1), kind="stable")
    names = [accounts[place] for place in order]
    return pd.DataFrame(difference[np.ix_(order, order)], index=names, columns=names)


@styled
def draw_heatmap(
    edges: pd.DataFrame, *, names: Mapping[str, str | None] | None = None, limit: int = LIMIT, title: str = ""
) -> Figure:
    """Draw the asymmetry of each pair of accounts as a heatmap.

    Parameters
    ----------
    edges : pd.DataFrame
        Columns source, target, weight; of one cluster.
    names : mapping of str to str, optional
        Screen names, by account id.
    limit : int
        Draw at most this many accounts, those with the largest weighted degree; the caption says so.
    title : str

    Returns
    -------
    matplotlib.figure.Figure
        Red: the edge from row to column is heavier than the edge back. Blue: it is lighter. White: both are equal.
        Grey: there is no edge.

    Raises
    ------
    UsageError
        There are no edges to draw.
    """
    between = without_loops(edges)
    every = heaviest(between, len(between) * 2)
    chosen = every[:limit]
    inside = between[between["source"].isin(chosen) & between["target"].isin(chosen)]
    matrix = asymmetry(inside)
    order = [*matrix.index, *(account for account in chosen if account not in matrix.index)]
    numbers, n = matrix.reindex(index=order, columns=order).to_numpy(dtype=float), len(order)
    figure, axes = one_panel(3.6 + 0.24 * n, 2.8 + 0.24 * n)
    most = float(np.abs(np.nan_to_num(numbers)).max(initial=1.0))
    colours = mpl.colormaps[DIVERGING].with_extremes(bad=PALE)
    image = axes.imshow(numbers, cmap=colours, norm=TwoSlopeNorm(0.0, -most, most))
    named = labels(order, names)
    for axis, rotation in ((axes.xaxis, 90), (axes.yaxis, 0)):
        words = [named[account] for account in order]
        axis.set_ticks(range(n), labels=words, rotation=rotation, fontsize=7, parse_math=False)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    if n <= _WRITTEN:
        _write_numbers(axes, numbers, most)
    bar = figure.colorbar(image, ax=axes, shrink=0.7, label="weight(row → column) − weight(column → row)")
    bar.locator = MaxNLocator(integer=True)
    titled(axes, title, loc="center")
    left_out = (
        f"\nShowing the {n} accounts with the largest weighted degree, of {len(every):,}." if n < len(every) else ""
    )
    how = "Red: the edge from row to column is heavier than the edge back. Grey: no edge."
    note(figure, how + left_out)
    return figure


def _write_numbers(axes: Axes, numbers: npt.NDArray[np.float64], most: float) -> None:
    """Write the numbers into the cells."""
    for row, column in np.argwhere(~np.isnan(numbers)):
        value = numbers[row, column]
        colour = PAPER if abs(value) > 0.6 * most else INK
        axes.text(column, row, f"{value:+.0f}" if value else "0", ha="center", va="center", fontsize=6, color=colour)
