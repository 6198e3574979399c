"""Evidence: examples of the pairs of posts behind each line of a network, found for all lines at once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import polars as pl

from incahoots.analytics.coordination.derivations import Matched
from incahoots.analytics.coordination.timeline import Wanted, gathered, matched_of_run, posts_at
from incahoots.analytics.report.lines import among
from incahoots.analytics.runs.run import Run
from incahoots.database import Database
from incahoots.progress import Progress

#: Pairs of posts that are kept of each line, at most.
MOST = 5

#: Posts in a report, at most: tweets take some 8 MB when compressed.
MOST_POSTS = 40_000

DAY_S = 86_400

Mask = npt.NDArray[np.bool_]

#: Columns of evidence.
PAIR: dict[str, Any] = {"line": pl.Int64, "tweet_id": pl.String, "other_tweet_id": pl.String, "trace": pl.String}
DAY: dict[str, Any] = {"line": pl.Int64, "day": pl.Int64}


def evidence_of_run(
    database: Database, run: Run, edges: pd.DataFrame, lines: pd.DataFrame, within: Mask, progress: Progress
) -> tuple[pl.DataFrame, pl.DataFrame, pd.DataFrame]:
    """Find the posts that a run matched once more, and collect pairs, days and posts in one pass.

    ``lines`` are those of `lines_of` that need evidence; ``within`` marks the lines of which all posts are wanted, for
    the timeline of a community.

    Pairs are at most `MOST` per line: line (its row in ``lines``), tweet_id (of the line's one), other_tweet_id, trace;
    first the earliest pair of each trace, then the second of each. Days have one row per line and day with a post
    behind it: line, day (days since 1970, UTC). Posts are those of the lines in ``within``, as
    `incahoots.coordinated_posts` gives them.
    """
    found = [
        (*evidence_of(each, within), each.edges["behaviour"].iloc[0])
        for each in matched_of_run(database, run, among(edges, lines), progress)
    ]
    pairs = pl.concat([pl.DataFrame(schema=PAIR), *(pairs for pairs, *_ in found)])
    days = pl.concat([pl.DataFrame(schema=DAY), *(days for _, days, *_ in found)])
    posts = gathered(posts.assign(behaviour=behaviour) for *_, posts, behaviour in found)
    return pairs, days.unique().sort("line", "day"), posts


def within_budget(pairs: pl.DataFrame, most_posts: int = MOST_POSTS) -> pl.DataFrame:
    """Limit the number of posts by leaving out pairs; the first pair of every line takes precedence over any second.

    Heavier lines have smaller numbers. The pairs that are kept are in order of lines.
    """
    ranked = pairs.with_columns(rank=pl.int_range(pl.len()).over("line")).sort("rank", "line", maintain_order=True)
    posts = pl.concat_list("tweet_id", "other_tweet_id")
    first_seen = (
        ranked.select(row=pl.int_range(pl.len()), post=posts).explode("post").group_by("post").agg(pl.col("row").min())
    )
    new = first_seen.group_by("row").len("new")
    kept = (
        ranked.with_columns(row=pl.int_range(pl.len()))
        .join(new.with_columns(pl.col("row").cast(pl.Int64)), on="row", how="left", maintain_order="left")
        .filter(pl.col("new").fill_null(0).cum_sum() <= most_posts)
    )
    return kept.sort("line", "rank").select(list(PAIR))


def evidence_of(found: Matched, within: Mask) -> tuple[pl.DataFrame, pl.DataFrame, pd.DataFrame]:
    """Collect the pairs of posts of one behaviour, their days, and the posts, as `evidence_of_run` gives them.

    The pairs are in no particular order, days may be repeated, and posts have no column behaviour.
    """
    posts, wanted = found.posts, Wanted.of(found.posts, found.edges)
    # The line and the direction of each edge, by the number of the edge.
    line, turned = np.zeros(len(wanted.keys), dtype=np.int64), np.zeros(len(wanted.keys), dtype=bool)
    line[wanted.place], turned[wanted.place] = found.edges["line"], found.edges["turned"]
    kept = pl.DataFrame(schema=dict.fromkeys(("line", "ours", "theirs", "trace", "ts"), pl.Int64))
    days = [np.zeros((0, 2), dtype=np.int64)]
    behind = np.zeros(len(posts.tweet_ids), dtype=bool)
    for ours, theirs in found.pairs:
        edge, mask = wanted.among(posts, ours, theirs)
        turn = turned[edge]
        one, other = np.where(turn, theirs[mask], ours[mask]), np.where(turn, ours[mask], theirs[mask])
        block = {
            "line": line[edge],
            "ours": posts.post[one],
            "theirs": posts.post[other],
            "trace": posts.trace[one],
            "ts": posts.ts[one],
        }
        kept = _first(pl.concat([kept, pl.DataFrame(block)]))
        for end in (one, other):
            behind[posts.post[end[within[line[edge]]]]] = True
        both = [np.stack([line[edge], posts.ts[end] // DAY_S], axis=1) for end in (one, other)]
        days.append(np.unique(np.concatenate(both), axis=0))
    pairs = pl.DataFrame(
        {
            "line": kept["line"],
            "tweet_id": posts.tweet_ids.gather(kept["ours"]),
            "other_tweet_id": posts.tweet_ids.gather(kept["theirs"]),
            "trace": posts.traces.gather(kept["trace"]),
        },
        schema=PAIR,
    )
    return pairs, pl.DataFrame(np.concatenate(days), schema=DAY, orient="row"), posts_at(posts, behind)


def _first(pairs: pl.DataFrame) -> pl.DataFrame:
    """Keep the first pairs of each line: the earliest of each trace, then the second of each, and so on."""
    return (
        pairs.sort("line", "ts", "ours", "theirs", "trace")
        .unique(["line", "ours", "theirs"], keep="first", maintain_order=True)
        .with_columns(again=pl.int_range(pl.len()).over("line", "trace"))
        .sort("line", "again", "ts", "ours", "theirs")
        .drop("again")
        .group_by("line", maintain_order=True)
        .head(MOST)
    )


def fetch_posts(database: Database, tweet_ids: Iterable[str], progress: Progress) -> pd.DataFrame:
    """Fetch posts by id, one row per post with a known account: tweet_id, account_id, ts (epoch seconds), text."""
    wanted = sorted(set(tweet_ids))
    parts = [database.query("fetch/posts_of", tweet_ids=[])]
    for start in range(0, len(wanted), _BATCH):
        parts.append(database.query("fetch/posts_of", tweet_ids=wanted[start : start + _BATCH]))
        progress("reading posts", min(start + _BATCH, len(wanted)), len(wanted))
    return pd.concat(parts, ignore_index=True).sort_values(["ts", "tweet_id"], ignore_index=True)


#: Posts in one query.
_BATCH = 10_000
