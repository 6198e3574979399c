"""The data of the page's script: networks, posts and accounts, coded by numbers and compressed."""

from __future__ import annotations

import base64
import gzip
from collections.abc import Mapping, Sequence
from typing import Any

import orjson
import pandas as pd
import polars as pl

from incahoots.analytics.pictures.style import looks
from incahoots.analytics.report.drawn_networks import Network
from incahoots.analytics.report.posts_of_lines import MOST
from incahoots.analytics.report.pseudonyms import Naming
from incahoots.cells import visible
from incahoots.cypher.behaviours import BEHAVIOURS
from incahoots.errors import quoted

#: Characters of a post that are shown: more than a tweet has; posts of other platforms may be longer.
LONGEST_TEXT = 600

#: matplotlib's line styles, as dashes of a canvas.
_DASHES: Mapping[str, list[int]] = {"-": [], "--": [7, 4], ":": [2, 4], "-.": [7, 3, 2, 3]}

#: Relationships whose traces are ids or hashes, which tell a reader nothing.
_SILENT = ("RETWEETS", "REPLIES_TO", "POSTED", "MENTIONS")


def payload(networks: Sequence[Network], posts: pd.DataFrame, accounts: pd.DataFrame, naming: Naming) -> dict[str, Any]:
    """Code networks and the posts behind them by numbers, as JSON.

    ``posts`` are as from `incahoots.analytics.report.posts_of_lines.fetch_posts`; ``accounts`` has account_id and posts
    of every account of a network or a post. With pseudonyms, the result has no id of an account or a post.
    """
    ids = list(accounts["account_id"])
    number = {account: place for place, account in enumerate(ids)}
    post_number = {tweet_id: place for place, tweet_id in enumerate(posts["tweet_id"])}
    traces: dict[str, int] = {}
    return {
        "accounts": {
            "label": [naming.account(account) for account in ids],
            "id": ids if naming.own else None,
            "posts": accounts["posts"].to_list(),
        },
        "posts": {
            "account": posts["account_id"].map(number).to_list(),
            "ts": posts["ts"].to_list(),
            "text": [_text(naming, text) for text in posts["text"]],
            "id": posts["tweet_id"].to_list() if naming.own else None,
        },
        "networks": [_network(each, number, post_number, traces, naming) for each in networks],
        "traces": list(traces),
        "most": MOST,
    }


def packed(data: Mapping[str, Any]) -> str:
    """Write JSON, compressed, as text."""
    return base64.b64encode(gzip.compress(orjson.dumps(data), mtime=0)).decode()


def _text(naming: Naming, text: str | None) -> str:
    """The text of a post, or a note that it is missing."""
    if not isinstance(text, str):
        return "(no text in the data)"
    masked = naming.text(text)
    return masked if len(masked) <= LONGEST_TEXT else f"{masked[:LONGEST_TEXT]}…"


def _network(
    network: Network,
    accounts: Mapping[str, int],
    posts: Mapping[str, int],
    traces: dict[str, int],
    naming: Naming,
) -> dict[str, Any]:
    """Code one network as columns of numbers."""
    nodes, lines = network.nodes, network.lines
    place = {node: number for number, node in enumerate(nodes["node"])}
    groups = _groups(nodes["group"])
    names = list(dict.fromkeys(lines["behaviour"]))
    styles = looks(names)
    of_accounts = network.of == "accounts"
    return {
        "run": network.run_id,
        "shown": visible(network.run_id),
        # Quoted for a shell.
        "word": quoted(network.run_id),
        "title": visible(f"{network.run_id}: {network.title}"),
        "about": network.about,
        "words": f"{network.words} {network.left_out}".strip(),
        "of": network.of,
        "groups": [naming.text(group) for group in groups],
        "behaviours": [
            {"name": name, "colour": styles[name].colour, "dash": _DASHES[styles[name].dash]} for name in styles
        ],
        "nodes": {
            "account": [accounts[node] for node in nodes["node"]] if of_accounts else None,
            "label": None if of_accounts else [naming.text(node) for node in nodes["node"]],
            "group": [groups.get(group) for group in nodes["group"]],
            "x": nodes["x"].round(3).to_list(),
            "y": nodes["y"].round(3).to_list(),
            "size": nodes["size"].to_list(),
        },
        "lines": {
            "one": lines["one"].map(place).to_list(),
            "other": lines["other"].map(place).to_list(),
            "behaviour": lines["behaviour"].map({name: at for at, name in enumerate(styles)}).to_list(),
            "forth": lines["forth"].to_list(),
            "back": lines["back"].to_list(),
            "days": _lists(network.days, "day", len(lines)),
        },
        "evidence": _evidence(network, posts, traces, naming),
    }


def _groups(column: pd.Series[Any]) -> dict[str, int]:
    """Number the groups, the one with the most nodes first."""
    counts = column.dropna().value_counts().rename_axis("group").reset_index(name="n")
    ordered = counts.sort_values(["n", "group"], ascending=[False, True])["group"]
    return {str(group): number for number, group in enumerate(ordered)}


def _evidence(
    network: Network, posts: Mapping[str, int], traces: dict[str, int], naming: Naming
) -> list[list[list[int | None]]]:
    """List [post of one, post of other, trace] for each line, the earliest first."""
    found: list[list[list[int | None]]] = [[] for _ in range(len(network.lines))]
    carried = [_carried(name) for name in network.lines["behaviour"]]
    for line, one, other, trace in network.pairs.iter_rows():
        ends = [posts.get(one), posts.get(other)]
        if ends == [None, None]:
            continue
        said = None
        carrier = carried[line]
        if trace and carrier:
            said = traces.setdefault(naming.trace(trace, carrier), len(traces))
        found[line].append([*ends, said])
    # Posts are numbered in order of time.
    return [sorted(rows, key=lambda row: min(post for post in row[:2] if post is not None)) for rows in found]


def _carried(behaviour: str) -> str | None:
    """The relationship that carries a behaviour's traces; None where traces are not shown."""
    row = BEHAVIOURS.get(behaviour)
    if row is None:
        return None if "+" in behaviour or ":" in behaviour else "text"
    return None if row.share in _SILENT else row.share


def _lists(frame: pl.DataFrame, column: str, n: int) -> list[list[int]]:
    """List the values of a column for each line."""
    found: list[list[int]] = [[] for _ in range(n)]
    for line, value in frame.select("line", column).iter_rows():
        found[line].append(value)
    return found
