r"""Networks of accounts that share traces: domains, hashtags, sequences of hashtags. Pure.

Only accounts with enough distinct traces count, and only traces that enough of these accounts share. Let :math:`f_{ut}`
be the number of posts of account :math:`u` with trace :math:`t`, and :math:`d_t` the number of accounts, of all
:math:`n`, that share it:

.. math:: x_{ut} = f_{ut} \left(\ln\frac{1 + n}{1 + d_t} + 1\right), \quad w_{uv} = \frac{x_u x_v}{|x_u| |x_v|}

This is the TF-IDF of scikit-learn with its defaults, and its cosine. Pairs with a cosine below the threshold have no
edge.

References
----------
Yi 2025 (S4), sections 4.1.1 and 4.1.2: the numbers of `RECIPES`, and the order, accounts before traces.

Notes
-----
S4 says *above* a cosine; here a cosine at the threshold counts, as everywhere in incahoots. One sentence of S4 is about
identical hashtag *sequences* and the next about unique hashtags: both are available, under two names.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import polars as pl
from numpy.typing import ArrayLike
from scipy import sparse

from incahoots.analytics.networks.cosines import near
from incahoots.analytics.text.tfidf import tfidf

#: Columns of the edges of a network: two accounts, the first with the smaller id, and their weight.
EDGE = ("account_id", "other_account_id", "weight")


@dataclass(frozen=True)
class Vectors:
    """Accounts as vectors of traces.

    Attributes
    ----------
    matrix : sparse.csr_array of float64, shape (n_accounts, n_traces)
        Rows of norm 1, or empty.
    """

    account_ids: pl.Series
    traces: pl.Series
    matrix: sparse.csr_array


def varied_accounts(uses: pl.DataFrame, min_traces: int) -> pl.Series:
    """Select the accounts with enough distinct traces, sorted.

    ``uses`` has the columns account_id and trace.
    """
    counted = uses.group_by("account_id").agg(traces=pl.col("trace").n_unique())
    return counted.filter(pl.col("traces") >= min_traces)["account_id"].sort()


def account_vectors(uses: pl.DataFrame, accounts: pl.Series, min_df: int) -> Vectors:
    """Compute the vectors of these accounts, in their order.

    ``uses`` has one row per post and trace: account_id, tweet_id, trace. Traces that fewer of these accounts than
    ``min_df`` share are left out.
    """
    # A post may have a trace in two spellings.
    own = uses.filter(pl.col("account_id").is_in(accounts.implode())).unique(["account_id", "tweet_id", "trace"])
    counted = own.group_by("account_id", "trace").agg(count=pl.len().cast(pl.Float64))
    kept = counted.filter(pl.len().over("trace") >= min_df)
    traces = kept["trace"].unique().sort()
    places = tuple(
        kept[name].replace_strict(ids, np.arange(len(ids)), return_dtype=pl.Int64).to_numpy()
        for name, ids in (("account_id", accounts), ("trace", traces))
    )
    counts = sparse.coo_array((kept["count"].to_numpy(), places), shape=(len(accounts), len(traces))).tocsr()
    return Vectors(accounts, traces, tfidf(counts))


def similar_accounts(vectors: Vectors, threshold: float) -> pd.DataFrame:
    """Find the pairs of accounts whose cosine is at least the threshold.

    Returns one row per pair: account_id (the smaller), other_account_id, weight; the heaviest first.
    """
    return edge_frame(vectors.account_ids, *near(vectors.matrix, threshold))


def edge_frame(account_ids: pl.Series, u: ArrayLike, v: ArrayLike, weight: ArrayLike) -> pd.DataFrame:
    """Make a frame of `EDGE` from positions of accounts; the types are right even without edges."""
    ends = (account_ids.cast(pl.String).gather(np.asarray(codes, dtype=np.int64)) for codes in (u, v))
    columns = dict(zip(EDGE, (*ends, pl.Series(np.asarray(weight, dtype=np.float64))), strict=True))
    return pl.DataFrame(columns).to_pandas()


def hashtag_sequences(posts: pl.DataFrame, hashtags: pl.DataFrame) -> pl.DataFrame:
    """Make one trace of all hashtags of a post, in the order of its text.

    ``posts`` and ``hashtags`` are as in `Material`. Returns one row per post: tweet_id, account_id, ts, trace (hashtags
    separated by spaces).

    Notes
    -----
    The graph does not keep the order of hashtags, so that of their first positions in the text is used. A hashtag that
    is missing in the text, which may be truncated, comes last.
    """
    written = (
        posts.select("tweet_id", trace=pl.col("text").str.to_lowercase().str.extract_all(r"#[\p{L}\p{M}\p{N}_]+"))
        .with_columns(place=pl.int_ranges(pl.col("trace").list.len()))
        .explode("trace", "place")
        .with_columns(pl.col("trace").str.strip_prefix("#"))
        .group_by("tweet_id", "trace")
        .agg(pl.col("place").min())
    )
    placed = (
        hashtags.unique(["tweet_id", "trace"])
        .join(written, on=["tweet_id", "trace"], how="left")
        .sort("tweet_id", "place", "trace", nulls_last=True)
    )
    return placed.group_by("tweet_id", maintain_order=True).agg(
        pl.col("account_id", "ts").first(), pl.col("trace").str.join(" ")
    )
