"""What all pictures share: colours, the look of each behaviour, and names that cannot break a picture.

References
----------
Okabe and Ito 2008, "Color universal design": colours that colour-blind people tell apart.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cache, wraps
from itertools import groupby
from typing import Any, Literal, ParamSpec

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib import font_manager
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from incahoots.colours import COLOURS, SPARE
from incahoots.cypher.behaviours import BEHAVIOURS
from incahoots.errors import UsageError

INK, PALE, PAPER = "#222222", "#e4e4e4", "#ffffff"

#: Red where the row has more, blue where the column has: also told apart by those who see no red or no green.
DIVERGING = "RdBu_r"

#: Signs of a name that are drawn.
LONGEST_NAME = 24

#: Marks on one letter that are drawn; more would climb over the neighbours.
_MARKS = 2

P = ParamSpec("P")

Dash = Literal["-", "--", ":", "-."]


@dataclass(frozen=True)
class Look:
    """How a behaviour is drawn: never by colour alone.

    Attributes
    ----------
    colour : str
    dash : str
        matplotlib's style of a line.
    marker : str
        matplotlib's sign for a point.
    """

    colour: str
    dash: Dash
    marker: str


#: Variants of a behaviour have its colour, and another line and sign.
_LINES: dict[str, tuple[Dash, str]] = {
    "co_retweet": ("-", "o"),
    "co_tweet": ("-", "s"),
    "co_link": ("-", "^"),
    "co_hashtag": ("-", "D"),
    "co_mention": ("-", "v"),
    "co_reply": ("-", "P"),
    "co_post": ("-", "X"),
    "co_tweet_no_url": ("--", "p"),
    "co_similarity": (":", "h"),
    "co_link_raw": ("--", "<"),
    "co_domain": (":", ">"),
}
_LOOKS = {name: Look(COLOURS[name], dash, marker) for name, (dash, marker) in _LINES.items()}

#: For higher-order behaviours and such as are not known here.
_DASHES: tuple[Dash, ...] = ("-", "--", ":", "-.")
_SPARE = [Look(colour, dash, "*") for dash in _DASHES for colour in SPARE]

# matplotlib knows the name of each setting as a type of its own.
_SETTINGS: dict[Any, Any] = {
    # A dollar sign in a name is a dollar sign.
    "text.parse_math": False,
    "text.usetex": False,
    "axes.formatter.use_mathtext": False,
    "timezone": "UTC",
    "axes.edgecolor": "#888888",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": "medium",
    "font.size": 9,
    "text.color": INK,
    # Text stays text, which can be searched and read aloud.
    "svg.fonttype": "none",
    "svg.hashsalt": "incahoots",
    "pdf.fonttype": 42,
}


#: Fonts with the signs of many scripts, of which a machine may have some: matplotlib's own has few.
_FONTS = (
    "DejaVu Sans", "Noto Sans CJK SC", "Noto Sans CJK JP", "Noto Sans Arabic", "Noto Sans Devanagari",
    "Arial Unicode MS", "Hiragino Sans", "PingFang SC", "Microsoft YaHei", "Yu Gothic", "Malgun Gothic", "Segoe UI",
)  # fmt: skip


def settings() -> AbstractContextManager[None]:
    """The settings of matplotlib under which pictures are drawn and saved; those of the user stay as they are."""
    return mpl.rc_context({**_SETTINGS, "font.family": _fonts()})


@cache
def _fonts() -> list[str]:
    """The fonts that are on this machine; whoever shows an .svg may have others."""
    there = set(font_manager.get_font_names())
    return [*(name for name in _FONTS if name in there), "sans-serif"]


def styled(draw: Callable[P, Figure]) -> Callable[P, Figure]:
    """Have a function draw under `settings`."""

    @wraps(draw)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> Figure:
        with settings():
            return draw(*args, **kwargs)

    return drawn


def new_figure(width: float, height: float) -> Figure:
    """An empty figure of a size in inches, apart from pyplot and whatever it shows."""
    figure = Figure(figsize=(width, height), layout="constrained", facecolor=PAPER)
    FigureCanvasAgg(figure)
    return figure


def in_order(behaviours: Iterable[str]) -> list[str]:
    """Behaviours as the table of behaviours has them, others after these by name.

    Examples
    --------
    >>> in_order(["link+mention", "co_link", "co_retweet", "co_link"])
    ['co_retweet', 'co_link', 'link+mention']
    """
    table = list(BEHAVIOURS)
    return sorted(set(behaviours), key=lambda name: (table.index(name) if name in table else len(table), name))


def looks(behaviours: Iterable[str]) -> dict[str, Look]:
    """Give each behaviour its look: the same in all pictures where it is known, and one of its own where not."""
    names = in_order(behaviours)
    others = [name for name in names if name not in _LOOKS]
    return {name: _LOOKS.get(name) or _SPARE[others.index(name) % len(_SPARE)] for name in names}


def shown(text: str, most: int = LONGEST_NAME) -> str:
    r"""Make text fit to be drawn: no controls, nothing that turns the line around, at most so many signs.

    Examples
    --------
    >>> shown("gpj.\u202eexe\n$x$"), shown("x" * 99, 5), shown("\u202e")
    ('gpj.exe $x$', 'xxxx…', '?')
    """
    plain = "".join(" " if sign.isspace() else sign for sign in text if sign.isspace() or _drawable(sign))
    groups = groupby(" ".join(plain.split()), key=lambda sign: unicodedata.category(sign) == "Mn")
    calm = "".join("".join(list(signs)[: _MARKS if marks else None]) for marks, signs in groups)
    return (calm if len(calm) <= most else f"{calm[: most - 1]}…") or "?"


def _drawable(sign: str) -> bool:
    """Whether a sign is drawn: not a control, a format, a surrogate, or what Unicode leaves to others or to later."""
    return not unicodedata.category(sign).startswith("C")


def labels(accounts: Iterable[str], names: Mapping[str, str | None] | None = None) -> dict[str, str]:
    """Label accounts by their names; by their ids where they have none, or share it with another.

    Parameters
    ----------
    accounts : iterable of str
        Account ids.
    names : mapping of str to str, optional
        Names by account id.
    """
    ids = list(dict.fromkeys(accounts))
    given = {account: (names or {}).get(account) for account in ids}
    # What a frame has where there is no name may be NaN.
    named = {account: shown(name if isinstance(name, str) and name else account) for account, name in given.items()}
    often = pd.Series(named.values(), dtype=str).value_counts()
    return {account: label if often[label] == 1 else shown(account) for account, label in named.items()}


def heaviest(edges: pd.DataFrame, limit: int) -> list[str]:
    """The accounts with the largest weighted degree (in and out), at most so many; of two alike the first by id."""
    ends = pd.concat([edges.set_index(end)["weight"] for end in ("source", "target")])
    weights = ends.groupby(level=0).sum().rename_axis("account_id").reset_index()
    found = weights.sort_values(["weight", "account_id"], ascending=[False, True])["account_id"]
    return [str(account) for account in found.head(limit)]


def without_loops(edges: pd.DataFrame) -> pd.DataFrame:
    """The edges between two accounts.

    Raises
    ------
    UsageError
        There is none, and so nothing to draw.
    """
    between = edges[edges["source"] != edges["target"]]
    if between.empty:
        raise UsageError("There are no edges between two accounts to draw.", "Try another community or behaviour.")
    return between


def plot_months(axes: Axes, months: Any, values: Any, partial: Any, *, hollow: str = "o", **how: Any) -> None:
    """Draw a line through whole months; those that posts cover only in part are hollow signs beside it.

    Parameters
    ----------
    axes : Axes
    months, values, partial : array-like of equal length
        When, how much, and whether posts cover the month only in part.
    hollow : str
        matplotlib's sign for a month of which there is only a part.
    **how
        As for matplotlib's ``plot``.
    """
    in_part = np.asarray(partial, dtype=bool)
    numbers = np.asarray(values, dtype=float)
    axes.plot(np.asarray(months), np.where(in_part, np.nan, numbers), **how)
    if in_part.any():
        axes.plot(
            np.asarray(months)[in_part], numbers[in_part], color=how["color"], linestyle="", marker=hollow,
            markersize=how.get("markersize", 4), markerfacecolor="none",
        )  # fmt: skip


#: Said below pictures with hollow signs.
IN_PART = "Hollow signs: months that the posts cover only in part."


def note(figure: Figure, words: str) -> None:
    """Say something below a picture: what is left out, how to read it."""
    figure.supxlabel(words, fontsize="small", color="#555555", parse_math=False)


def legend(figure: Figure, handles: Sequence[Artist], title: str) -> None:
    """Say above a picture what it is, and what its colours mean."""
    # In the legend, as the two would be written one over the other.
    about = {"title": shown(title, 100), "title_fontsize": "large"} if title else {}
    made = figure.legend(
        handles=list(handles), loc="outside upper center", ncols=min(4, len(handles)), frameon=False, **about
    )
    for text in (made.get_title(), *made.get_texts()):
        text.set_parse_math(False)


def counted(number: int, what: str) -> str:
    """A number of things in words.

    Examples
    --------
    >>> counted(1, "post"), counted(1234, "post")
    ('1 post', '1,234 posts')
    """
    return f"{number:,} {what}{'' if number == 1 else 's'}"
