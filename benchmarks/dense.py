"""Dense posts, in the toolkit's eight columns: few accounts that post a lot, with groups that act within a minute.

The defaults are made to resemble 2,463,944 real posts. With 60 s and weight 2 and more these have 169,653 edges of
co_retweet, 697 of co_tweet, 40 of co_link and about 120,000 of co_hashtag, 1.9 million different texts and 1.88 million
different URLs. Simulated posts, of which each account has twenty, have far fewer edges.

Run alone, it writes a file: ``python -m benchmarks.dense dense.csv``.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

POSTS = 2_463_944
#: How many posts an account has: 3,500 accounts for as many posts as the real ones.
POSTS_AN_ACCOUNT = 704
SECONDS = 3 * 365 * 86_400
SINCE = 1_480_000_000


@dataclass(frozen=True)
class Acts:
    """What groups of accounts do together, for the full number of posts.

    Attributes
    ----------
    trace : str
        ``retweet``, ``text``, ``url`` or ``hashtag``.
    groups, members : int
        Number of groups, and of accounts of each.
    acts, together : int
        How often each group acts, and how many of its members take part, within a minute.
    """

    trace: str
    groups: int
    members: int
    acts: int
    together: int


#: n members have n (n - 1) directed edges, once every two have acted together twice.
ACTS = (
    Acts("retweet", 60, 53, 150, 15),
    Acts("hashtag", 32, 55, 150, 15),
    Acts("text", 1, 27, 60, 12),
    Acts("url", 2, 5, 10, 4),
)

#: Hashtags of a day of everybody's posts: hot traces.
_HOT_DAYS = 5
_HOT_POSTS = 10_000
_WORDS = ("news", "people", "today", "world", "vote", "truth", "story", "watch", "right", "never", "every", "state")


def dense_posts(n_posts: int = POSTS, seed: int = 0) -> pl.DataFrame:
    """Make dense posts.

    Parameters
    ----------
    n_posts : int
        Their number. Other numbers keep the density: the accounts, the time and the groups' acts grow with it.
    seed : int
        Random seed.

    Returns
    -------
    pl.DataFrame
        A row a post, in order of time: the columns message_id, user_id, username, repost_id, reply_id, message,
        timestamp (epoch seconds) and urls, as the toolkit reads them.
    """
    rng = np.random.default_rng(seed)
    scale = n_posts / POSTS
    n_accounts = max(int(n_posts / POSTS_AN_ACCOUNT), 60)
    seconds = max(int(SECONDS * scale), 86_400)
    parts = [_together(rng, acts, max(round(acts.groups * scale), 1), n_accounts, seconds) for acts in ACTS]
    parts += [_hot(rng, day, n_accounts, seconds) for day in range(round(_HOT_DAYS * scale))]
    parts.append(_alone(rng, n_posts - sum(part.height for part in parts), n_accounts, seconds))
    posts = pl.concat(parts, how="diagonal").sort("timestamp")
    retweet, text, hashtag, url = (pl.col(trace) for trace in ("retweet", "text", "hashtag", "url"))
    message = (
        pl.when(retweet.is_not_null())
        .then(pl.format("RT @someone: post {} of somebody", retweet))
        .when(text.is_not_null())
        .then(pl.format("what we all say number {}", text))
        .otherwise(_texts(rng, posts.height))
    )
    return posts.select(
        message_id=(pl.int_range(pl.len()) + 10**15).cast(pl.String),
        user_id=(pl.col("account") + 10**9).cast(pl.String),
        username=pl.format("user{}", "account"),
        repost_id=(retweet + 10**14).cast(pl.String),
        reply_id=(pl.col("reply") + 10**14).cast(pl.String),
        message=message + pl.format(" #tag{}", hashtag).fill_null(""),
        timestamp="timestamp",
        urls=pl.format("https://site{}.example/story/{}", url % 997, url).fill_null(""),
    )


def _together(rng: np.random.Generator, acts: Acts, groups: int, n_accounts: int, seconds: int) -> pl.DataFrame:
    """Posts of groups that act together, each time with another trace."""
    members = min(acts.members, n_accounts)
    of_group = np.stack([rng.choice(n_accounts, members, replace=False) for _ in range(groups)])
    group = np.repeat(np.arange(groups), acts.acts)
    who = rng.random((len(group), members)).argsort(axis=1)[:, : min(acts.together, members)]
    begins = rng.integers(0, seconds, len(group))[:, None]
    shape = who.shape
    return pl.DataFrame({
        "account": of_group[group[:, None], who].ravel(),
        "timestamp": (SINCE + begins + rng.integers(0, 60, shape)).ravel(),
        # Far from the numbers of traces that are used alone.
        acts.trace: np.repeat(np.arange(len(group)) + 5 * 10**7, shape[1]),
    })  # fmt: skip


def _hot(rng: np.random.Generator, day: int, n_accounts: int, seconds: int) -> pl.DataFrame:
    """A day on which everybody uses one hashtag."""
    begins = SINCE + int(rng.integers(0, seconds - 86_400 + 1))
    return pl.DataFrame({
        "account": rng.integers(0, n_accounts, _HOT_POSTS),
        "timestamp": begins + rng.integers(0, 86_400, _HOT_POSTS),
        "hashtag": np.full(_HOT_POSTS, 9 * 10**7 + day),
    })  # fmt: skip


def _alone(rng: np.random.Generator, n: int, n_accounts: int, seconds: int) -> pl.DataFrame:
    """Posts that nobody planned together: a fifth are retweets, most have a link, half a hashtag."""
    kind = rng.random(n)
    retweet, reply = kind < 0.2, (kind >= 0.2) & (kind < 0.25)
    linked, tagged = rng.random(n) < 0.98, rng.random(n) < 0.5
    return pl.DataFrame({
        "account": rng.integers(0, n_accounts, n),
        "timestamp": SINCE + rng.integers(0, seconds, n),
        "retweet": _where(retweet, rng.zipf(1.5, n) % 10**7),
        "reply": _where(reply, rng.integers(0, 10**6, n)),
        # So many that four of five are different.
        "url": _where(linked, rng.integers(0, int(2.3 * n), n)),
        "hashtag": _where(tagged, rng.integers(0, 200_000, n)),
    })  # fmt: skip


def _where(there: np.ndarray, values: np.ndarray) -> pl.Series:
    """Values where there are any, null elsewhere."""
    return pl.Series(values).set(pl.Series(~there), None)


def _texts(rng: np.random.Generator, n: int) -> pl.Series:
    """Texts that are all different, of about ten words."""
    words = pl.DataFrame({str(place): np.array(_WORDS)[rng.integers(0, len(_WORDS), n)] for place in range(10)})
    return words.select(
        pl.concat_str(*words.columns, pl.int_range(pl.len()).cast(pl.String), separator=" ")
    ).to_series()


def main() -> None:
    """Write a file."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.dense", description=__doc__)
    parser.add_argument("output", type=Path)
    parser.add_argument("--posts", type=int, default=POSTS)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    dense_posts(arguments.posts, arguments.seed).write_csv(arguments.output)


if __name__ == "__main__":
    main()
