"""What a click shows: posts and pairs of posts as HTML, in which nothing that somebody posted can do anything."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

import pandas as pd

from incahoots.analytics.explore.state import neighbours
from incahoots.analytics.pictures.style import counted, in_order, shown

#: Signs of a text that are shown: longer than any post of the platforms that limit them.
_SIGNS = 5_000

#: Neighbours that are named.
_NEIGHBOURS = 5

_TABLE = "border-spacing:1em 0.3em;line-height:1.3"


def words_page(words: str) -> str:
    """Plain words, a paragraph a line."""
    return "".join(_paragraph(line) for line in words.splitlines() if line)


def account_page(
    about: Mapping[Any, Any], edges: pd.DataFrame, posts: pd.DataFrame, *, names: bool = True, rows: int
) -> str:
    """Tell of an account: what it is in the network, and what it posted.

    Parameters
    ----------
    about : mapping
        What an exploration knows of it, whatever is shown: a row of its accounts.
    edges : pd.DataFrame
        Those that are shown.
    posts : pd.DataFrame
        Its posts, the earliest first; more than ``rows`` where there are more than are shown.
    names : bool
        Also tell its screen name.
    rows : int
        Posts that are shown at most.
    """
    account = about["account_id"]
    mine = edges[(edges["source"] == account) | (edges["target"] == account)]
    behaviours = mine["behaviour"].value_counts()
    beside = neighbours(mine, account)
    name = about["screen_name"] if names and about["screen_name"] != account else None
    facts = [
        f"@{name}" if isinstance(name, str) and name else "",
        "" if pd.isna(about["community"]) else f"community {about['community']}",
        f"{counted(about['neighbours'], 'neighbour')} in the run, {len(beside):,} shown",
        ", ".join(f"{each} {counted(behaviours[each], 'edge')}" for each in in_order(behaviours.index)),
        f"heaviest: {', '.join(beside[:_NEIGHBOURS])}{' …' if len(beside) > _NEIGHBOURS else ''}" if beside else "",
    ]
    table = _table(
        ["time (UTC)", "kind", "text", "links", "post"],
        (
            [_time(row["created_at"]), row["kind"], row["text"], " ".join(row["urls"]), row["tweet_id"]]
            for row in posts.head(rows).to_dict(orient="records")
        ),
    )
    return _heading(account) + _paragraph("; ".join(filter(None, facts))) + _more(len(posts), rows, "post") + table


def edge_page(source: str, target: str, behaviour: str | None, pairs: pd.DataFrame, *, rows: int) -> str:
    """Tell of an edge: the pairs of posts behind it.

    Parameters
    ----------
    source, target : str
        Account ids.
    behaviour : str or None
        The edge's; None for all between the two.
    pairs : pd.DataFrame
        As `incahoots.why` gives them.
    rows : int
        Pairs that are shown at most.
    """
    found = ", ".join(dict.fromkeys(pairs["behaviour"])) if behaviour is None else behaviour
    table = _table(
        ["behaviour", "in common", "time (UTC)", "post", "gap (s)", "other post"],
        (
            [row["behaviour"], row["trace"], _time(row["created_at"]), row["text"], row["gap_s"], row["other_text"]]
            for row in pairs.head(rows).to_dict(orient="records")
        ),
    )
    return _heading(f"{source} → {target}") + _paragraph(found) + _more(len(pairs), rows, "pair of posts") + table


def _table(columns: list[str], rows: Iterable[list[Any]]) -> str:
    head = "".join(f"<th style='text-align:left;white-space:nowrap'>{escape(column)}</th>" for column in columns)
    body = "".join(f"<tr>{''.join(f'<td>{_plain(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return (
        f"<div style='max-height:24em;overflow:auto'><table style='{_TABLE}'>"
        f"<thead><tr>{head}</tr></thead><tbody style='vertical-align:top'>{body}</tbody></table></div>"
    )


def _heading(text: str) -> str:
    return f"<h4>{_plain(text)}</h4>"


def _paragraph(text: str) -> str:
    return f"<p style='line-height:1.3'>{_plain(text)}</p>"


def _more(number: int, rows: int, what: str) -> str:
    """Say that there are more than are shown."""
    if number <= rows:
        return ""
    ask = "view.posts(account)" if what == "post" else "view.why(source, target)"
    return _paragraph(f"The first {rows:,}; {ask} gives all.")


def _plain(value: Any) -> str:
    """Text as text: no mark-up, no controls, and a line that is written from right to left stays in its place."""
    if not isinstance(value, str):
        return "" if value is None or pd.isna(value) else escape(str(value))
    return f"<bdi>{escape(shown(value, _SIGNS))}</bdi>" if value else ""


def _time(value: Any) -> str:
    return "" if pd.isna(value) else f"{value:%Y-%m-%d %H:%M:%S}"
