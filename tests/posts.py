"""Posts for tests, and what coordination is by its definition: six lines of plain Python a behaviour would need."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import polars as pl
from hypothesis import strategies as st

from incahoots.analytics.runs.store import weighted_edges
from incahoots.database import Database
from incahoots.loaders.rows import ACCOUNTS, POSTS, Rows
from incahoots.loaders.storing import note_loads, store_folder, store_rows
from incahoots.loaders.transactions import write_rows
from incahoots.store import new_load

START = datetime(2020, 1, 1, tzinfo=UTC)

Edges = dict[tuple[str, str], int]
Row = dict[str, Any]
Alike = Callable[[Row, Row], bool]


def post(account_id: str, second: float, tweet_id: str | None = None, **fields: Any) -> dict[str, Any]:
    """One row in the schema of posts."""
    row: dict[str, Any] = dict.fromkeys(POSTS)
    row |= {"account_id": account_id, "created_at": START + timedelta(seconds=second), "tweet_id": tweet_id}
    row |= {"is_retweet": fields.get("retweeted_tweet_id") is not None, "hashtags": [], "urls": [], "mentions": []}
    return row | fields


def acting() -> list[dict[str, Any]]:
    """Two accounts that share eight links within seconds, and two that share one twice by chance, among others."""
    rows = [
        post(account, hour * 5 * 3_600 + second, urls=[f"https://a.example/{hour}"])
        for hour in range(8)
        for account, second in (("u", 100), ("v", 120), ("w", 2_000), ("x", 3_500))
    ]
    rows += [post("w", 9 * 3_600 + n * 1_000, urls=["https://hot.example/"]) for n in range(40)]
    rows += [post("x", 9 * 3_600 + n * 1_010, urls=["https://hot.example/"]) for n in range(40)]
    return rows


def rows_of_posts(posts: Iterable[dict[str, Any]]) -> Rows:
    """Posts as a loader's chunk; those without an id are numbered."""
    numbered = [row | {"tweet_id": row["tweet_id"] or f"t{number}"} for number, row in enumerate(posts)]
    frame = pl.DataFrame(numbered, schema=POSTS)
    return Rows(frame, pl.DataFrame(schema=ACCOUNTS), frame.height)


def load_posts(graph: Database, posts: Iterable[dict[str, Any]], operation_id: str | None = None) -> None:
    """Load posts into the graph, as batches, and into its post store, if it has one."""
    if operation_id:
        graph.query("load/operation", operation_id=operation_id, states=[], targets=[])
    rows = rows_of_posts(posts)
    write_rows(graph, rows, operation_id)
    if folder := store_folder(graph):
        with new_load(folder, {}) as load:
            store_rows(load, rows, operation_id)
        note_loads(graph)


def traces(row: dict[str, Any], behaviour: str) -> set[str]:
    """What a post may share with another, by the definition of a behaviour."""
    retweet = row["is_retweet"] or row["retweeted_tweet_id"] is not None
    text = " ".join(word.partition("@")[0] for word in (row["text"] or "").casefold().split())
    text = " ".join(text.split())
    match behaviour:
        case "co_retweet":
            return {row["retweeted_tweet_id"]} - {None}
        case "co_reply":
            return {row["replied_tweet_id"]} - {None}
        case "co_hashtag":
            return {tag.casefold() for tag in row["hashtags"]}
        case "co_mention":
            return set(row["mentions"])
        case "co_link" | "co_link_raw":
            return set() if retweet else set(row["urls"])
        case "co_domain":
            return set() if retweet else {url.split("/")[2] for url in row["urls"]}
        case "co_tweet":
            return set() if retweet else {text} - {""}
        case "co_tweet_no_url":
            return set() if retweet else {" ".join(w for w in text.split() if not w.startswith("http"))} - {""}
        case "co_post":
            return {""}
    raise AssertionError(behaviour)


def frame_of_shares(posts: list[dict[str, Any]], behaviour: str) -> pl.DataFrame:
    """Shares as the database gives them, but for traces of a single post, which make no difference."""
    rows = [
        (trace, row["account_id"], f"t{number}", int(row["created_at"].timestamp()))
        for number, row in enumerate(posts)
        for trace in traces(row, behaviour)
    ]
    kinds = {"trace": pl.String, "account_id": pl.String, "tweet_id": pl.String, "ts": pl.Int64}
    return pl.DataFrame(rows, schema=kinds, orient="row")


def share(behaviour: str) -> Alike:
    """Whether two posts have a trace of a behaviour in common, or one of each part of a combination."""
    names = [f"co_{part}" for part in behaviour.split("+")] if "+" in behaviour else [behaviour]
    return lambda ours, theirs: all(traces(ours, name) & traces(theirs, name) for name in names)


def matches(posts: list[Row], alike: Alike, window_s: int, *, leader: bool = False) -> Iterator[tuple[Row, Row]]:
    """The pairs of posts that match by DESIGN."""
    for ours, theirs in permutations(posts, 2):
        gap = (theirs["created_at"] - ours["created_at"]).total_seconds()
        if (0 < gap <= window_s if leader else abs(gap) <= window_s) and alike(ours, theirs):
            yield ours, theirs


def by_definition(
    posts: list[Row], behaviour: str | Alike, window_s: int, min_weight: int = 1, *, leader: bool = False,
    loops: bool = False,
) -> Edges:  # fmt: skip
    """Weights by DESIGN: w of u's posts each have a post of v within the window with the same trace."""
    alike = share(behaviour) if isinstance(behaviour, str) else behaviour
    met = {
        (id(ours), ours["account_id"], theirs["account_id"])
        for ours, theirs in matches(posts, alike, window_s, leader=leader)
    }
    weights = Counter((u, v) for _, u, v in met if loops or u != v)
    return {pair: weight for pair, weight in weights.items() if weight >= min_weight}


def networks_of(graph: Database, run_id: str) -> dict[str, Edges]:
    """What the database holds of a run, by behaviour."""
    found: defaultdict[str, Edges] = defaultdict(dict)
    for row in weighted_edges(graph, run_id).itertuples():
        found[row.behaviour][row.source, row.target] = row.weight
    return found


def edges_of(graph: Database, run_id: str, behaviour: str) -> Edges:
    """What the database holds of a behaviour in a run."""
    return networks_of(graph, run_id)[behaviour]


@st.composite
def random_posts(draw: st.DrawFn, most: int = 14) -> list[dict[str, Any]]:
    """A handful of accounts on a handful of traces, close together in time.

    Choices come with what makes posts match first, as simple examples are tried most: else there would be nothing to
    find in most of them.
    """
    few = st.sampled_from
    texts = ["Hello  World", "@x: hello world", "HELLO world https://a.example/1", "@x", "ß", "SS", None, ""]
    first, second, other = "https://a.example/1", "https://a.example/2", "https://b.example/1"
    rows: list[dict[str, Any]] = []
    for number in range(draw(st.integers(5, most))):
        # Accounts take turns, unless something else is drawn.
        account = "abcd"[(number + draw(st.integers(0, 3))) % 4]
        created_at = START + timedelta(seconds=draw(st.integers(0, 120)))
        if rows and not draw(st.booleans()):
            # What is posted again has everything in common with it.
            rows.append(draw(few(rows)) | {"account_id": account, "created_at": created_at})
            continue
        kind = draw(few(["reply", "tweet", "retweet"]))
        rows.append(
            post(
                account, 0,
                created_at=created_at,
                text=draw(few(texts)),
                retweeted_tweet_id=draw(few(["o1", "o2"])) if kind == "retweet" else None,
                replied_tweet_id=draw(few(["o1", "o2"])) if kind == "reply" else None,
                hashtags=draw(few([["Tag"], ["tag", "other"], ["other"], ["Tag", "tag"], []])),
                urls=draw(few([[first], [first, second], [other, first], [second], []])),
                mentions=draw(few([["m1"], ["m2"], ["m1", "m2"], []])),
            )
        )  # fmt: skip
    return rows


def windows() -> st.SearchStrategy[int]:
    """Windows short and long, as often one as the other."""
    return st.integers(0, 30) | st.integers(60, 130)
