"""Labels, colours and sizes of accounts and edges, for any backend.

References
----------
Tol 2021, "Colour schemes": the scheme "light", which is safe for colour-blind readers and readable under dark text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from incahoots.analytics.pictures.style import labels, looks

#: The last click: an account; or an edge's source, target and behaviour (None where one line stands for all of them).
Clicked = str | tuple[str, str, str | None] | None

#: Colours of communities by number, used cyclically; paler than those of behaviours. The first half is Tol's.
_COMMUNITIES = (
    "#77aadd", "#ee8866", "#eedd88", "#ffaabb", "#99ddff", "#44bb99", "#bbcc33", "#aaaa00",
    "#c9a0dc", "#d2b48c", "#a3c9a3", "#b8b8f0", "#f3c9a5", "#aee5d8", "#dd9a9a", "#9fb3c8",
)  # fmt: skip

#: Colour of an account without a community.
ALONE = "#dddddd"


#: Mark of a pinned account: before its label, as long labels are cut at the end.
PINNED = "◉ "


@dataclass(frozen=True)
class Dot:
    """An account as it is drawn.

    Attributes
    ----------
    account_id, label, colour : str
    size : float
        In [0, 1]: the square root of the ratio to the largest weighted degree, so that areas are proportional.
    community : int or None
    weighted_degree, neighbours, neighbours_shown
        As in `Exploration.accounts`.
    """

    account_id: str
    label: str
    colour: str
    size: float
    community: int | None
    weighted_degree: float
    neighbours: int
    neighbours_shown: int


@dataclass(frozen=True)
class Line:
    """An edge as it is drawn.

    Attributes
    ----------
    source, target, behaviour : str
    weight : float
    colour : str
        The colour of the behaviour in all pictures.
    width : float
        In [0, 1]: the square root of the ratio to the largest weight.
    """

    source: str
    target: str
    behaviour: str
    weight: float
    colour: str
    width: float


@dataclass(frozen=True)
class Drawing:
    """Dots and lines for a backend to draw.

    Attributes
    ----------
    dots : list of Dot
        The largest first.
    lines : list of Line
        The heaviest first.
    behaviours : dict of str to str
        The colours of the behaviours that are drawn.
    communities : dict of int to str
        The colours of the communities that are drawn.
    """

    dots: list[Dot]
    lines: list[Line]
    behaviours: dict[str, str]
    communities: dict[int, str]

    @classmethod
    def of(cls, accounts: pd.DataFrame, edges: pd.DataFrame, *, names: bool = True) -> Drawing:
        """Choose labels, colours and sizes.

        Parameters
        ----------
        accounts, edges : pd.DataFrame
            As `Exploration` has them.
        names : bool
            Label accounts by their screen names; by their ids when False.
        """
        called = dict(zip(accounts["account_id"], accounts["screen_name"], strict=True)) if names else {}
        labelled = labels(accounts["account_id"], called)
        numbers = sorted(int(number) for number in accounts["community"].dropna().unique())
        communities = {number: _COMMUNITIES[number % len(_COMMUNITIES)] for number in numbers}
        behaviours = {name: look.colour for name, look in looks(edges["behaviour"]).items()}
        return cls(
            [_dot(row, labelled, communities) for row in _rows(accounts, size="weighted_degree")],
            [_line(row, behaviours) for row in _rows(edges, width="weight")],
            behaviours,
            communities,
        )


def _dot(row: dict[Any, Any], labelled: dict[str, str], communities: dict[int, str]) -> Dot:
    community = None if pd.isna(row["community"]) else int(row["community"])
    return Dot(
        row["account_id"],
        (PINNED if row["pinned"] else "") + labelled[row["account_id"]],
        ALONE if community is None else communities[community],
        row["size"],
        community,
        row["weighted_degree"],
        row["neighbours"],
        row["neighbours_shown"],
    )


def _line(row: dict[Any, Any], behaviours: dict[str, str]) -> Line:
    behaviour = row["behaviour"]
    return Line(row["source"], row["target"], behaviour, row["weight"], behaviours[behaviour], row["width"])


def _rows(frame: pd.DataFrame, **roots: str) -> list[dict[Any, Any]]:
    """Rows with added values: square roots of the ratios to the largest value of a column."""
    shares = {name: (frame[column] / frame[column].max()) ** 0.5 for name, column in roots.items()}
    return frame.assign(**{name: share.fillna(0.0) for name, share in shares.items()}).to_dict(orient="records")
