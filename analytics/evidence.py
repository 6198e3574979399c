"""The posts behind an edge, for every kind of behaviour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from incahoots.analytics.fast_retweet import FAST_S, fetch_fast_retweets
from incahoots.analytics.timeline import utc
from incahoots.cypher.behaviours import Behaviour
from incahoots.database import Database

#: A window that holds all posts, seconds.
EVER = 10**10


@dataclass(frozen=True)
class Evidence:
    """Pairs of posts behind an edge, and how many there are.

    Attributes
    ----------
    pairs : pd.DataFrame
        A row a pair, with a column behaviour: all of them, or the first of each behaviour.
    counts : dict of str to int
        How many pairs there are of each behaviour, with those that are left out.
    """

    pairs: pd.DataFrame
    counts: dict[str, int]

    @classmethod
    def first(cls, pairs: pd.DataFrame, limit: int) -> Evidence:
        """Keep the first pairs of each behaviour, of all there are; all of them where the limit is 0."""
        counts = {str(name): int(count) for name, count in pairs["behaviour"].value_counts(sort=False).items()}
        kept = pairs.groupby("behaviour", sort=False).head(limit) if limit else pairs
        return cls(kept.reset_index(drop=True), counts)

    @property
    def left_out(self) -> dict[str, int]:
        """How many pairs of each behaviour are not there; without those of which all are."""
        shown = self.pairs["behaviour"].value_counts()
        left = {name: count - int(shown.get(name, 0)) for name, count in self.counts.items()}
        return {name: count for name, count in left.items() if count}


def evidence(database: Database, row: Behaviour, run: pd.Series[Any], source: str, target: str, limit: int) -> Evidence:
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
        Most pairs, the earliest first; 0 gives all.

    Returns
    -------
    Evidence
        Its pairs as ``explore/why_connected`` returns them, after a column behaviour.
    """
    match row.how:
        case "together":
            found = _together(database, row, run, source, target)
        case "texts":
            found, count = _similar(database, run, source, target, limit)
            return _of(row.name, found, count)
        case "retweets":
            found = _fast(database, run, source, target)
        case "discount" if not row.parts[0].key:
            found = _both_fast(database, run, source, target)
        case _:
            part = row.parts[0] if row.how == "discount" else row
            found, count = _single(database, part, run, source, target, limit)
            return _of(row.name, found, count)
    return _of(row.name, found.head(limit) if limit else found, len(found))


def _of(behaviour: str, pairs: pd.DataFrame, count: int) -> Evidence:
    """Evidence of one behaviour, of which there are so many pairs."""
    named = pairs.reset_index(drop=True)
    named.insert(0, "behaviour", behaviour)
    return Evidence(named, {behaviour: count})


def _single(
    database: Database, row: Behaviour, run: pd.Series[Any], source: str, target: str, limit: int
) -> tuple[pd.DataFrame, int]:
    """Find the pairs of posts that have one trace in common, and count them."""
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
) -> tuple[pd.DataFrame, int]:
    """Find the pairs of posts of two accounts that have a trace of a behaviour in common.

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
        Most pairs, the earliest first; 0 gives all.

    Returns
    -------
    pairs : pd.DataFrame
        As ``explore/why_connected`` gives them.
    count : int
        How many there are, with those that are left out.
    """
    about = {
        "source": source, "target": target, "share": row.share, "key": row.key, "window_s": window_s,
        "leader": leader, "retweets": retweets,
    }  # fmt: skip
    found = database.query("explore/why_connected", limit=limit, **about)
    return found, _count(database, "fetch/count_pairs", found, limit, about)


def _count(database: Database, query: str, found: pd.DataFrame, limit: int, about: Mapping[str, Any]) -> int:
    """Count what a limit may have cut; the database is asked only where it may have."""
    if not limit or len(found) < limit:
        return len(found)
    return int(database.query(query, **about)["pairs"].iloc[0])


def _together(database: Database, row: Behaviour, run: pd.Series[Any], source: str, target: str) -> pd.DataFrame:
    """The pairs of posts that have a trace of each part in common."""
    pair = ["tweet_id", "other_tweet_id"]
    first, *others = (_single(database, part, run, source, target, 0)[0] for part in row.parts)
    for other in others:
        traces = other[[*pair, "trace"]].rename(columns={"trace": "also"})
        first = first.merge(traces, on=pair, how="inner", sort=False)
        first["trace"] = first["trace"] + " + " + first.pop("also")
    return first


def _similar(database: Database, run: pd.Series[Any], source: str, target: str, limit: int) -> tuple[pd.DataFrame, int]:
    """Find the similar posts, as the run left them in the graph, and count them."""
    about = {"run_id": run["run_id"], "source": source, "target": target, "leader": bool(run["leader"])}
    found = database.query("explore/why_similar", limit=limit, **about)
    return found, _count(database, "fetch/count_similar", found, limit, about)


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
