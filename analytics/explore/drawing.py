"""How what is shown looks, whatever draws it: labels, colours, sizes.

References
----------
Tol 2021, "Colour schemes": the scheme "light", whose colours are told apart by the colour-blind and bear dark text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from incahoots.analytics.pictures.style import labels, looks

#: Of communities, by number; after the last it begins again. Pale, so that no dot is taken for a behaviour. The first
#: half is Tol's.
_COMMUNITIES = (
    "#77aadd", "#ee8866", "#eedd88", "#ffaabb", "#99ddff", "#44bb99", "#bbcc33", "#aaaa00",
    "#c9a0dc", "#d2b48c", "#a3c9a3", "#b8b8f0", "#f3c9a5", "#aee5d8", "#dd9a9a", "#9fb3c8",
)  # fmt: skip

#: Of an account that is in no community.
ALONE = "#dddddd"


#: Before the label of an account that is pinned: in front, as labels are cut where there is no room.
PINNED = "◉ "


@dataclass(frozen=True)
class Dot:
    """An account as it is drawn.

    Attributes
    ----------
    account_id, label, colour : str
    size : float
        In [0, 1]: the root of its share of the largest weighted degree, so that areas compare.
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
        That of the behaviour in all pictures.
    width : float
        In [0, 1]: the root of its share of the largest weight.
    """

    source: str
    target: str
    behaviour: str
    weight: float
    colour: str
    width: float


@dataclass(frozen=True)
class Drawing:
    """What a backend draws.

    Attributes
    ----------
    dots : list of Dot
        The largest first.
    lines : list of Line
        The heaviest first.
    behaviours : dict of str to str
        The colour of each behaviour that is drawn.
    communities : dict of int to str
        The colour of each community that is drawn; empty where there are none.
    """

    dots: list[Dot]
    lines: list[Line]
    behaviours: dict[str, str]
    communities: dict[int, str]

    @classmethod
    def of(cls, accounts: pd.DataFrame, edges: pd.DataFrame, *, names: bool = True) -> Drawing:
        """Give accounts and edges their looks.

        Parameters
        ----------
        accounts, edges : pd.DataFrame
            As an exploration has them.
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
    """Rows, with the root of each value's share of the largest one of its column."""
    shares = {name: (frame[column] / frame[column].max()) ** 0.5 for name, column in roots.items()}
    return frame.assign(**{name: share.fillna(0.0) for name, share in shares.items()}).to_dict(orient="records")
