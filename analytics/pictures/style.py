"""Colours and styles of all pictures, and names that are safe to draw.

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
import numpy.typing as npt
import pandas as pd
from matplotlib import dates, font_manager
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from incahoots.colours import COLOURS, SPARE
from incahoots.cypher.behaviours import BEHAVIOURS
from incahoots.errors import UsageError

INK, PALE, PAPER = "#222222", "#e4e4e4", "#ffffff"

#: Okabe and Ito's colours and some more, and markers, for things that are no behaviours.
PALETTE = (
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#882255", "#7f6a00", "#666666", "#000000",
)  # fmt: skip
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">", "p")

#: Red where the row's weight is larger, blue where the column's is; safe for colour-blind readers.
DIVERGING = "RdBu_r"

#: Longest name drawn, in characters.
LONGEST_NAME = 24

#: Most combining marks drawn on a letter; more would overlap other lines.
_MARKS = 2

P = ParamSpec("P")

Dash = Literal["-", "--", ":", "-."]


@dataclass(frozen=True)
class Look:
    """How a behaviour is drawn; never by colour alone.

    Attributes
    ----------
    colour : str
    dash : str
        matplotlib's line style.
    marker : str
        matplotlib's marker.
    """

    colour: str
    dash: Dash
    marker: str


#: Variants of a behaviour share its colour, with another line style and marker.
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

#: For higher-order and unknown behaviours.
_DASHES: tuple[Dash, ...] = ("-", "--", ":", "-.")
_SPARE = [Look(colour, dash, "*") for dash in _DASHES for colour in SPARE]

# matplotlib types each setting's name as a literal.
_SETTINGS: dict[Any, Any] = {
    # A dollar sign in a name starts no formula.
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


#: Fonts for many scripts, those that are installed are used; matplotlib's own covers few.
_FONTS = (
    "DejaVu Sans", "Noto Sans CJK SC", "Noto Sans CJK JP", "Noto Sans Arabic", "Noto Sans Devanagari",
    "Arial Unicode MS", "Hiragino Sans", "PingFang SC", "Microsoft YaHei", "Yu Gothic", "Malgun Gothic", "Segoe UI",
)  # fmt: skip


def settings() -> AbstractContextManager[None]:
    """Matplotlib's settings while pictures are drawn and saved; the user's own are unchanged."""
    return mpl.rc_context({**_SETTINGS, "font.family": _fonts()})


@cache
def _fonts() -> list[str]:
    """The installed fonts; a reader of an .svg may have others."""
    there = set(font_manager.get_font_names())
    return [*(name for name in _FONTS if name in there), "sans-serif"]


def styled(draw: Callable[P, Figure]) -> Callable[P, Figure]:
    """Decorate a function to draw under `settings`."""

    @wraps(draw)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> Figure:
        with settings():
            return draw(*args, **kwargs)

    return drawn


def new_figure(width: float, height: float) -> Figure:
    """An empty figure of this size in inches, independent of pyplot."""
    figure = Figure(figsize=(width, height), layout="constrained", facecolor=PAPER)
    FigureCanvasAgg(figure)
    return figure


def one_panel(width: float, height: float) -> tuple[Figure, Axes]:
    """An empty figure of this size in inches, and its only axes."""
    figure = new_figure(width, height)
    return figure, figure.add_subplot()


def titled(axes: Axes, title: str, loc: Literal["left", "center"] = "left") -> None:
    """Set the title of a panel, if there is one."""
    if title:
        axes.set_title(shown(title, 100), loc=loc, parse_math=False)


def in_order(behaviours: Iterable[str]) -> list[str]:
    """Sort behaviours as in the table of behaviours, then others by name.

    Examples
    --------
    >>> in_order(["link+mention", "co_link", "co_retweet", "co_link"])
    ['co_retweet', 'co_link', 'link+mention']
    """
    table = list(BEHAVIOURS)
    return sorted(set(behaviours), key=lambda name: (table.index(name) if name in table else len(table), name))


def looks(behaviours: Iterable[str]) -> dict[str, Look]:
    """Give each behaviour its look: a fixed one if it is known, otherwise a spare one."""
    names = in_order(behaviours)
    others = [name for name in names if name not in _LOOKS]
    return {name: _LOOKS.get(name) or _SPARE[others.index(name) % len(_SPARE)] for name in names}


def shown(text: str, most: int = LONGEST_NAME) -> str:
    r"""Make text safe to draw: no control or direction characters, at most ``most`` characters.

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
    """Whether a character is drawn: not a control, format, surrogate, private-use or unassigned one."""
    return not unicodedata.category(sign).startswith("C")


def labels(accounts: Iterable[str], names: Mapping[str, str | None] | None = None) -> dict[str, str]:
    """Label accounts by their names, by account id, or by their ids if a name is missing or shared."""
    ids = list(dict.fromkeys(accounts))
    given = {account: (names or {}).get(account) for account in ids}
    # A missing name may be NaN.
    named = {account: shown(name if isinstance(name, str) and name else account) for account, name in given.items()}
    often = pd.Series(named.values(), dtype=str).value_counts()
    return {account: label if often[label] == 1 else shown(account) for account, label in named.items()}


def heaviest(edges: pd.DataFrame, limit: int) -> list[str]:
    """The accounts with the largest weighted degree (in and out), at most ``limit``; ties by id."""
    ends = pd.concat([edges.set_index(end)["weight"] for end in ("source", "target")])
    weights = ends.groupby(level=0).sum().rename_axis("account_id").reset_index()
    found = weights.sort_values(["weight", "account_id"], ascending=[False, True])["account_id"]
    return [str(account) for account in found.head(limit)]


def without_loops(edges: pd.DataFrame) -> pd.DataFrame:
    """The edges between two accounts; `UsageError` if there are none."""
    between = edges[edges["source"] != edges["target"]]
    if between.empty:
        raise UsageError("There are no edges between two accounts to draw.", "Try another community or behaviour.")
    return between


def plot_months(axes: Axes, months: Any, values: Any, partial: Any, *, hollow: str = "o", **how: Any) -> None:
    """Draw a line through full months, and hollow markers for months that the posts cover only in part.

    Months, values and partial have the same length; other arguments are as for matplotlib's ``plot``.
    """
    in_part = np.asarray(partial, dtype=bool)
    numbers = np.asarray(values, dtype=float)
    axes.plot(np.asarray(months), np.where(in_part, np.nan, numbers), **how)
    if in_part.any():
        axes.plot(
            np.asarray(months)[in_part], numbers[in_part], color=how["color"], linestyle="", marker=hollow,
            markersize=how.get("markersize", 4), markerfacecolor="none",
        )  # fmt: skip


#: Caption of pictures with partial months.
IN_PART = "Hollow markers are months that the posts cover only in part."


def date_numbers(times: pd.Series[Any]) -> npt.NDArray[np.float64]:
    """Convert times to matplotlib's date numbers."""
    found: npt.NDArray[np.float64] = dates.date2num(times.dt.tz_localize(None).to_numpy())  # type: ignore[no-untyped-call]
    return found


def label_dates(axes: Axes) -> None:
    """Label the horizontal axis with dates."""
    locator = dates.AutoDateLocator()  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(dates.ConciseDateFormatter(locator))  # type: ignore[no-untyped-call]


def note(figure: Figure, words: str) -> None:
    """Write a caption below a picture."""
    figure.supxlabel(words, fontsize="small", color="#555555", parse_math=False)


def legend(figure: Figure, title: str, handles: Sequence[Artist] | None = None) -> None:
    """Put the title and the legend above a picture; by default that of the first panel."""
    shown_handles = figure.axes[0].get_legend_handles_labels()[0] if handles is None else list(handles)
    # As the legend's title: a title of its own would overlap it.
    about = {"title": shown(title, 100), "title_fontsize": "large"} if title else {}
    made = figure.legend(
        handles=shown_handles, loc="outside upper center", ncols=min(4, len(shown_handles)), frameon=False, **about
    )
    for text in (made.get_title(), *made.get_texts()):
        text.set_parse_math(False)


def counted(number: int, what: str) -> str:
    """A number with its noun.

    Examples
    --------
    >>> counted(1, "post"), counted(1234, "post")
    ('1 post', '1,234 posts')
    """
    return f"{number:,} {what}{'' if number == 1 else 's'}"
