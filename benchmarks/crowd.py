"""Posts in one language, drawn by chance and as skewed as real ones are, as fast as arrays allow."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from incahoots.analytics.drivers.posts import Material

#: Posts of an account, each with a hashtag, and different domains of one.
POSTS, DOMAINS = 10, 5

#: Hashtags, domains and words there are, the most frequent twice as frequent as the next.
TAGS, SITES, WORDS = 100_000, 20_000, 60_000

#: Of the accounts one in so many is in a group of twenty that share nearly all.
PLANTED, GROUP = 50, 20

#: Of the posts this share repeats one of a few texts, and adds a word.
REPEATED = 0.03

DAYS_S = 90 * 86_400


def crowd(accounts: int, seed: int = 1) -> Material:
    """Draw posts in English: different hashtags and domains of each account, and texts."""
    rng = np.random.default_rng(seed)
    n = accounts * POSTS
    posts = pl.DataFrame({
        "u": np.repeat(np.arange(accounts), POSTS), "k": np.tile(np.arange(POSTS), accounts),
        "ts": rng.integers(0, DAYS_S, n), "text": _texts(n, rng),
    }).with_columns(
        account_id=pl.format("a{}", "u"), tweet_id=pl.format("p{}", pl.int_range(pl.len())), language=pl.lit("en")
    )  # fmt: skip

    def uses(kind: str, known: int, each: int) -> pl.DataFrame:
        # Of more than enough the first that differ.
        drawn = {"u": np.repeat(np.arange(accounts), 3 * each), "t": _skewed(accounts * 3 * each, known, rng)}
        own = pl.DataFrame(drawn).unique(maintain_order=True).with_columns(k=pl.int_range(pl.len()).over("u"))
        planted = (pl.col("u") < accounts // PLANTED) & (pl.col("k") < each - 2)
        shared = pl.format(f"{kind}-group{{}}-{{}}", pl.col("u") // GROUP, "k")
        named = own.filter(pl.col("k") < each).select(
            "u", "k", trace=pl.when(planted).then(shared).otherwise(pl.format(f"{kind}{{}}", "t"))
        )
        return named.join(posts, on=["u", "k"]).select("trace", "account_id", "tweet_id", "ts")

    hashtags, domains = uses("tag", TAGS, POSTS), uses("site", SITES, DOMAINS)
    return Material(posts.select("account_id", "tweet_id", "ts", "text", "language"), hashtags, domains)


def _skewed(size: int, known: int, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    """Draw numbers below another, each less often than the one before, by Zipf's law."""
    ends = np.cumsum(1 / np.arange(1, known + 1))
    return np.searchsorted(ends, rng.random(size) * ends[-1])


def _texts(n: int, rng: np.random.Generator) -> list[str]:
    """Draw texts of 6 to 19 words."""
    lengths = rng.integers(6, 20, n)
    words = pl.DataFrame({"post": np.repeat(np.arange(n), lengths), "word": _skewed(int(lengths.sum()), WORDS, rng)})
    joined = words.group_by("post", maintain_order=True).agg(pl.format("w{}", "word").str.join(" "))["word"]
    again = np.flatnonzero(rng.random(n) < REPEATED)
    texts = joined.to_list()
    for place, source, word in zip(again, rng.integers(0, max(n // 500, 1), len(again)),
                                   rng.integers(0, WORDS, len(again)), strict=True):  # fmt: skip
        texts[place] = f"{texts[source]} w{word}"
    return texts
