"""Families of similar texts: what a trace is to co_similarity, where significance asks how often it is used.

A family is a connected component of similar posts, in bins of time of which no two neighbours are more than one apart.
So who is in it depends on the bin of a post, not on where in the bin it falls: that is what a null draws anew.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import polars as pl
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from incahoots.analytics.co_similarity import Similarity, coded_texts, fetch_texts
from incahoots.analytics.prefix_join import Pairs
from incahoots.analytics.shares import Codes
from incahoots.database import Database
from incahoots.progress import Report, silent

#: Pairs that wait to be joined: some 150 MB.
_WAITING = 4_000_000


def fetch_families(
    database: Database,
    similarity: Similarity,
    bin_s: int,
    *,
    operation_id: str | None = None,
    report: Report = silent,
) -> pl.DataFrame:
    """Fetch the posts of families of similar texts.

    Parameters
    ----------
    database : Database
    similarity : Similarity
        When two texts are similar.
    bin_s : int
        Length of a bin, seconds.
    operation_id : str, optional
        Only accounts of this operation.
    report : callable
        Told of the progress.

    Returns
    -------
    pl.DataFrame
        As `incahoots.analytics.shares.fetch_shares` gives it: trace (the family), account_id, tweet_id, ts.
    """
    shares, texts = coded_texts(fetch_texts(database, operation_id, report))
    labels = families(texts, shares.ts // bin_s, similarity)
    kept = np.flatnonzero(labels >= 0)
    columns = {
        "trace": pl.Series(labels[kept]).cast(pl.String),
        "account_id": shares.account_ids.gather(shares.account[kept]),
        "tweet_id": shares.tweet_ids.gather(shares.post[kept]),
        "ts": shares.ts[kept],
    }
    return pl.DataFrame(columns)


def families(texts: pl.Series, bins: Codes, similarity: Similarity) -> Codes:
    """Number posts by the family of their texts. Pure.

    Parameters
    ----------
    texts : pl.Series of str, length n
    bins : array of int, shape (n,)
        The bin of time of each post.
    similarity : Similarity

    Returns
    -------
    array of int, shape (n,)
        The family of each post; -1 for posts that are alone.
    """
    # Of equal texts in one bin two stand for all: enough to see whether the text is similar to itself.
    posts = pl.DataFrame({"text": texts, "bin": bins}).with_row_index("place")
    posts = posts.with_columns(turn=pl.col("place").cum_count().over("text", "bin"))
    two = posts.filter(pl.col("turn") <= 2)
    places = two["place"].to_numpy()
    label = _components(similarity.pairs(texts, bins[places], 1, places=places), len(places))
    two = two.with_columns(label=pl.Series(label))
    family = two.group_by("text", "bin").agg(label=pl.col("label").min(), same=pl.col("label").n_unique() == 1)
    labels = posts.join(family, on=["text", "bin"], how="left", maintain_order="left").with_columns(
        label=pl.when("same").then("label")
    )
    alone = (pl.len().over("label") < 2) | pl.col("label").is_null()
    found: Codes = labels.select(label=pl.when(alone).then(-1).otherwise("label"))["label"].cast(pl.Int64).to_numpy()
    return found


def _components(pairs: Iterable[Pairs], n: int) -> Codes:
    """Number the connected components of n things, joining pairs as they come."""
    labels = np.arange(n)
    waiting: list[tuple[Codes, Codes]] = []

    def joined() -> Codes:
        i, j = (np.concatenate(ends) for ends in zip((labels, labels), *waiting, strict=True))
        graph = sparse.coo_array((np.ones(len(i), dtype=np.int8), (labels[i], labels[j])), shape=(n, n))
        found: Codes = connected_components(graph, directed=False)[1].astype(np.int64)[labels]
        return found

    for one, other, _ in pairs:
        waiting.append((one, other))
        if sum(len(ends[0]) for ends in waiting) > _WAITING:
            labels, waiting = joined(), []
    return joined()
