"""Posts and pairs of posts as HTML for a click; text of posts is always escaped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

import pandas as pd

from incahoots.analytics.explore.state import neighbours
from incahoots.analytics.pictures.style import counted, in_order, shown

#: Characters of a text that are shown: more than platforms with a limit allow.
_SIGNS = 5_000

#: Neighbours that are listed.
_NEIGHBOURS = 5

_TABLE = "border-spacing:1em 0.3em;line-height:1.3"


def words_page(words: str) -> str:
    """Plain text, with a paragraph for each line."""
    return "".join(_paragraph(line) for line in words.splitlines() if line)


def account_page(
    about: Mapping[Any, Any], edges: pd.DataFrame, posts: pd.DataFrame, *, names: bool = True, rows: int
) -> str:
    """Describe an account: its place in the network, and its first posts, at most ``rows``.

    ``about`` is a row of the exploration's accounts, ``edges`` are those that are shown, and ``posts`` has more than
    ``rows`` posts if some are not shown. With ``names``, the screen name is shown, too.
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


def edge_page(source: str, target: str, behaviour: str, pairs: pd.DataFrame, *, rows: int) -> str:
    """Describe an edge by the pairs of posts behind it, as `incahoots.why` gives them; at most ``rows`` of them."""
    table = _table(
        ["behaviour", "in common", "time (UTC)", "post", "gap (s)", "other post"],
        (
            [row["behaviour"], row["trace"], _time(row["created_at"]), row["text"], row["gap_s"], row["other_text"]]
            for row in pairs.head(rows).to_dict(orient="records")
        ),
    )
    return _heading(f"{source} → {target}") + _paragraph(behaviour) + _more(len(pairs), rows, "pair of posts") + table


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
    """Say that only the first rows are shown."""
    if number <= rows:
        return ""
    ask = "view.posts(account)" if what == "post" else "view.why(source, target)"
    return _paragraph(f"These are the first {rows:,}; {ask} returns all.")


def _plain(value: Any) -> str:
    """Escape text: without mark-up or control characters; right-to-left text does not affect its surroundings."""
    if not isinstance(value, str):
        return "" if value is None or pd.isna(value) else escape(str(value))
    return f"<bdi>{escape(shown(value, _SIGNS))}</bdi>" if value else ""


def _time(value: Any) -> str:
    return "" if pd.isna(value) else f"{value:%Y-%m-%d %H:%M:%S}"
