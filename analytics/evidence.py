"""The posts behind an edge, for every kind of behaviour."""

from __future__ import annotations

from typing import Any

import pandas as pd

from incahoots.analytics.fast_retweet import FAST_S, fetch_fast_retweets
from incahoots.analytics.timeline import utc
from incahoots.cypher.behaviours import Behaviour
from incahoots.database import Database

#: Pairs of posts of two accounts that are looked at: more than any two accounts have within a sane window.
_ALL = 1_000_000

#: A window that holds all posts, seconds.
EVER = 10**10


def evidence(
    database: Database, row: Behaviour, run: pd.Series[Any], source: str, target: str, limit: int
) -> pd.DataFrame:
    """Give the pairs of posts behind an edge of one behaviour.

    Parameters
    ----------
    database : Database
    row : Behaviour
    run : pd.Series
        The run's row, as `incahoots.analytics.runs.find_run` gives it.
    source, target : str
        Account ids.
    limit : int
        Most pairs, the earliest first.

    Returns
    -------
    pd.DataFrame
        As ``explore/why_connected`` returns it, after a column behaviour.
    """
    match row.how:
        case "together":
            found = _together(database, row, run, source, target)
        case "texts":
            found = _similar(database, run, source, target, limit)
        case "retweets":
            found = _fast(database, run, source, target)
        case "discount":
            (part,) = row.parts
            if part.key:
                found = _single(database, part, run, source, target, limit)
            else:
                found = _both_fast(database, run, source, target)
        case _:
            found = _single(database, row, run, source, target, limit)
    found = found.head(limit).reset_index(drop=True)
    found.insert(0, "behaviour", row.name)
    return found


def _single(
    database: Database, row: Behaviour, run: pd.Series[Any], source: str, target: str, limit: int
) -> pd.DataFrame:
    """The pairs of posts that have one trace in common."""
    takes = row.takes_retweets if pd.isna(run["retweets"]) else bool(run["retweets"])
    return between(
        database, row, source, target, window_s=EVER if pd.isna(run["window_s"]) else int(run["window_s"]),
        leader=bool(run["leader"]), retweets=takes is not False, limit=limit,
    )  # fmt: skip


def between(
    database: Database,
    row: Behaviour,
    source: str,
    target: str,
    *,
    window_s: int = EVER,
    leader: bool = False,
    retweets: bool,
    limit: int,
) -> pd.DataFrame:
    """Give the pairs of posts of two accounts that have a trace of a behaviour in common, as ``explore/why_connected``.

    Parameters
    ----------
    database : Database
    row : Behaviour
        One that has traces.
    source, target : str
        Account ids.
    window_s : int
        Seconds, inclusive.
    leader : bool
        Only posts of the target that come after.
    retweets : bool
        Also consider retweets.
    limit : int
        Most pairs, the earliest first.
    """
    return database.query(
        "explore/why_connected", source=source, target=target, share=row.share, key=row.key,
        window_s=window_s, leader=leader, retweets=retweets, limit=limit,
    )  # fmt: skip


def _together(database: Database, row: Behaviour, run: pd.Series[Any], source: str, target: str) -> pd.DataFrame:
    """The pairs of posts that have a trace of each part in common."""
    pair = ["tweet_id", "other_tweet_id"]
    first, *others = (_single(database, part, run, source, target, _ALL) for part in row.parts)
    for other in others:
        traces = other[[*pair, "trace"]].rename(columns={"trace": "also"})
        first = first.merge(traces, on=pair, how="inner", sort=False)
        first["trace"] = first["trace"] + " + " + first.pop("also")
    return first


def _similar(database: Database, run: pd.Series[Any], source: str, target: str, limit: int) -> pd.DataFrame:
    """The similar posts, as the run left them in the graph."""
    return database.query(
        "explore/why_similar", run_id=run["run_id"], source=source, target=target, leader=bool(run["leader"]),
        limit=limit,
    )  # fmt: skip


def _fast(database: Database, run: pd.Series[Any], source: str, target: str) -> pd.DataFrame:
    """The retweets, and what they retweet."""
    found = fetch_fast_retweets(database, int(run["window_s"]), source=source, target=target)
    return _shown(database, found.assign(trace=found["other_tweet_id"]))


def _both_fast(database: Database, run: pd.Series[Any], source: str, target: str) -> pd.DataFrame:
    """The retweets of two accounts that retweet the same others."""
    window_s = FAST_S if pd.isna(run["window_s"]) else int(run["window_s"])
    ours, theirs = (
        fetch_fast_retweets(database, window_s, source=end).rename(columns={"other_account_id": "trace"})[
            ["trace", "tweet_id", "ts"]
        ]
        for end in (source, target)
    )
    theirs = theirs.rename(columns={"tweet_id": "other_tweet_id", "ts": "other_ts"})
    others = ours["trace"].isin([source]) | ours["trace"].isin([target])
    return _shown(database, ours[~others].merge(theirs, on="trace"))


def _shown(database: Database, pairs: pd.DataFrame) -> pd.DataFrame:
    """Pairs of posts with their texts and times."""
    ids = [*pairs["tweet_id"], *pairs["other_tweet_id"]]
    texts = database.query("fetch/texts_of", tweet_ids=ids).set_index("tweet_id")["text"]
    return pd.DataFrame(
        {
            "trace": pairs["trace"],
            "tweet_id": pairs["tweet_id"],
            "created_at": utc(pairs["ts"]),
            "text": pairs["tweet_id"].map(texts),
            "other_tweet_id": pairs["other_tweet_id"],
            "other_created_at": utc(pairs["other_ts"]),
            "other_text": pairs["other_tweet_id"].map(texts),
            "gap_s": pairs["other_ts"] - pairs["ts"],
        }
    ).sort_values(["created_at", "tweet_id", "other_created_at", "other_tweet_id"])
