r"""Networks of accounts that share the same things: domains, hashtags, sequences of hashtags. Pure.

Of the accounts of a language those are looked at that share enough different things; of these things those that enough
of the accounts share. Let :math:`f_{ut}` be how often account :math:`u` posts :math:`t`, and let :math:`d_t` of all
:math:`n` accounts do:

.. math:: x_{ut} = f_{ut} \left(\ln\frac{1 + n}{1 + d_t} + 1\right), \quad w_{uv} = \frac{x_u x_v}{|x_u| |x_v|}

This is scikit-learn's TF-IDF with its defaults, and its cosine. Edges of a cosine below the threshold are left out.

References
----------
Yi 2025 (S4), sections 4.1.1 and 4.1.2: the numbers of `RECIPES`, and that accounts are left out before traces are.

Notes
-----
S4 says *above* a cosine; here a cosine at the threshold counts, as everywhere in incahoots. It is about identical
hashtag *sequences* in one sentence and about unique hashtags in the next: both are here, under two names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import polars as pl
from numpy.typing import ArrayLike
from scipy import sparse

from incahoots.analytics.cosines import near, rarity, unit_vectors
from incahoots.errors import UsageError


@dataclass(frozen=True)
class Recipe:
    """Which accounts, traces and edges are taken.

    Attributes
    ----------
    least_traces : int
        Accounts with fewer different traces are left out.
    min_df : int
        Traces of fewer of these accounts are left out.
    threshold : float in (0, 1]
        Edges of a smaller cosine are left out.
    """

    least_traces: int
    min_df: int
    threshold: float

    def __post_init__(self) -> None:
        if min(self.least_traces, self.min_df) < 1:
            raise UsageError("A least number below 1 is none.", "Traces of an account, and accounts of a trace: 1 up.")
        if not 0 < self.threshold <= 1:
            raise UsageError(f"A cosine of {self.threshold:g} is none.", "It is above 0 and at most 1, such as 0.7.")


#: Those of S4, in every language. It has none of its own for sequences.
RECIPES = {
    "co_domain": Recipe(3, 3, 0.6),
    "co_hashtag": Recipe(6, 5, 0.7),
    "co_hashtag_sequence": Recipe(6, 5, 0.7),
}


def with_numbers(**numbers: Mapping[str, float]) -> dict[str, Recipe]:
    """Give `RECIPES` with other numbers.

    Parameters
    ----------
    **numbers : mapping of str to float
        For a name of a number of `Recipe`, such as min_df, what it is instead, by trace.

    Raises
    ------
    UsageError
        There is no such trace, or the number is out of range or not whole.
    """
    found = dict(RECIPES)
    for name, by_trace in numbers.items():
        for trace, number in by_trace.items():
            if trace not in found:
                raise UsageError(
                    f"There is no trace {trace!r} with such a number.", f"Choose from: {', '.join(found)}."
                )
            if number % 1 != 0:
                raise UsageError(f"{number:g} is no whole number.", "Traces and accounts are counted.")
            found[trace] = replace(found[trace], **{name: int(number)})
    return found


#: Columns of the edges of a network: two accounts, the first the smaller id, and their weight.
EDGE = ("account_id", "other_account_id", "weight")


@dataclass(frozen=True)
class Vectors:
    """Accounts by what they share.

    Attributes
    ----------
    account_ids, traces : pl.Series
    matrix : sparse.csr_array of float64, shape (n_accounts, n_traces)
        Rows of length 1, or without entries.
    """

    account_ids: pl.Series
    traces: pl.Series
    matrix: sparse.csr_array


def varied_accounts(uses: pl.DataFrame, least_traces: int) -> pl.Series:
    """Give the accounts that share at least so many different traces, in order.

    Parameters
    ----------
    uses : pl.DataFrame
        Columns account_id and trace.
    least_traces : int
    """
    counted = uses.group_by("account_id").agg(traces=pl.col("trace").n_unique())
    return counted.filter(pl.col("traces") >= least_traces)["account_id"].sort()


def account_vectors(uses: pl.DataFrame, accounts: pl.Series, min_df: int) -> Vectors:
    """Make vectors of accounts.

    Parameters
    ----------
    uses : pl.DataFrame
        A row a post and trace: account_id, tweet_id, trace.
    accounts : pl.Series
        Those that are looked at.
    min_df : int
        Traces of fewer of these are left out.

    Returns
    -------
    Vectors
        Of these accounts, in their order, and of the traces that are left.
    """
    # A post may carry a trace in two spellings.
    own = uses.filter(pl.col("account_id").is_in(accounts.implode())).unique(["account_id", "tweet_id", "trace"])
    counted = own.group_by("account_id", "trace").agg(count=pl.len().cast(pl.Float64))
    kept = counted.filter(pl.len().over("trace") >= min_df)
    traces = kept["trace"].unique().sort()
    places = tuple(
        kept[name].replace_strict(ids, np.arange(len(ids)), return_dtype=pl.Int64).to_numpy()
        for name, ids in (("account_id", accounts), ("trace", traces))
    )
    counts = sparse.coo_array((kept["count"].to_numpy(), places), shape=(len(accounts), len(traces))).tocsr()
    weights = rarity(len(accounts), np.bincount(counts.indices, minlength=len(traces)))
    return Vectors(accounts, traces, unit_vectors(counts, weights))


def similar_accounts(vectors: Vectors, threshold: float) -> pd.DataFrame:
    """Find the pairs of accounts whose cosine is at least the threshold.

    Returns
    -------
    pd.DataFrame
        A row a pair: account_id (the smaller), other_account_id, weight; the heaviest first.
    """
    return edge_frame(vectors.account_ids, *near(vectors.matrix, threshold))


def edge_frame(account_ids: pl.Series, u: ArrayLike, v: ArrayLike, weight: ArrayLike) -> pd.DataFrame:
    """Name the ends of edges: a frame of `EDGE`, of strings and floats where there are no edges too."""
    ends = (account_ids.cast(pl.String).gather(np.asarray(codes, dtype=np.int64)) for codes in (u, v))
    columns = dict(zip(EDGE, (*ends, pl.Series(np.asarray(weight, dtype=np.float64))), strict=True))
    return pl.DataFrame(columns).to_pandas()


def hashtag_sequences(posts: pl.DataFrame, hashtags: pl.DataFrame) -> pl.DataFrame:
    """Make a trace of all hashtags of a post, in the order in which its text has them.

    Parameters
    ----------
    posts, hashtags : pl.DataFrame
        As of `Material`.

    Returns
    -------
    pl.DataFrame
        A row a post: tweet_id, account_id, ts, trace (hashtags with a space between).

    Notes
    -----
    The graph does not keep the order of hashtags: it is that of their first places in the text. A hashtag that the text
    does not have, as it may be cut, comes last.
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
