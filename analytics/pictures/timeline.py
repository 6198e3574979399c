"""Draw a timeline: when accounts published coordinated posts."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from incahoots.analytics.pictures.style import (
    counted,
    date_numbers,
    label_dates,
    labels,
    legend,
    looks,
    note,
    one_panel,
    styled,
)
from incahoots.errors import UsageError

#: Largest number of accounts drawn.
LIMIT = 60

#: Above this many points they are rasterised, also in .svg and .pdf.
_MANY_POINTS = 5_000

_MINUTE = 1 / 1440


@styled
def draw_timeline(
    posts: pd.DataFrame, *, names: Mapping[str, str | None] | None = None, limit: int = LIMIT, title: str = ""
) -> Figure:
    """Draw coordinated posts over time: one row per account, one marker and colour per behaviour.

    Parameters
    ----------
    posts : pd.DataFrame
        Columns behaviour, account_id, created_at (UTC), as returned by `incahoots.coordinated_posts`.
    names : mapping of str to str, optional
        Screen names, by account id.
    limit : int
        Draw at most this many accounts, those with the most posts; the caption says so.
    title : str

    Returns
    -------
    matplotlib.figure.Figure
        Accounts are in the order of their first post, earliest at the top.

    Raises
    ------
    UsageError
        There are no posts to draw.
    """
    if posts.empty:
        raise UsageError("There are no coordinated posts to draw.", "Try another community or behaviour.")
    counts = posts.groupby("account_id").size().rename("posts").reset_index()
    most = counts.sort_values(["posts", "account_id"], ascending=[False, True])["account_id"].head(limit)
    kept = posts[posts["account_id"].isin(most)]
    first = kept.groupby("account_id")["created_at"].min().rename("at").reset_index()
    accounts = first.sort_values(["at", "account_id"])["account_id"].to_list()
    rows = {account: row for row, account in enumerate(accounts)}

    figure, axes = one_panel(10, 2.2 + 0.2 * len(accounts))
    styles = looks(kept["behaviour"])
    # A post may match by several behaviours: side by side, so that all are visible.
    steps = np.linspace(-0.25, 0.25, len(styles)) if len(styles) > 1 else np.zeros(1)
    for step, (behaviour, look) in zip(steps, styles.items(), strict=True):
        drawn = kept[kept["behaviour"] == behaviour]
        heights = drawn["account_id"].map(rows).to_numpy() + step
        axes.scatter(
            date_numbers(drawn["created_at"]), heights,
            s=14, c=look.colour, marker=look.marker, linewidths=0, alpha=0.8, rasterized=len(kept) > _MANY_POINTS,
            label=f"{behaviour} ({counted(len(drawn), 'post')})",
        )  # fmt: skip
    named = labels(accounts, names)
    axes.set_yticks(range(len(accounts)), [named[account] for account in accounts], fontsize=7, parse_math=False)
    axes.set_ylim(len(accounts) - 0.4, -0.6)
    axes.grid(axis="y", color="#eeeeee")
    axes.set_axisbelow(True)
    days = date_numbers(kept["created_at"])
    around = max(0.02 * float(np.ptp(days)), _MINUTE)
    axes.set_xlim(days.min() - around, days.max() + around)
    label_dates(axes)
    axes.set_xlabel("time (UTC)")
    legend(figure, title)
    if len(accounts) < len(counts):
        note(figure, f"Showing the {len(accounts)} accounts with the most coordinated posts, of {len(counts):,}.")
    return figure
