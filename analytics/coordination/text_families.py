"""Families of similar texts: the traces of co_similarity in tests of significance.

A family is a connected component of similar posts, where similar posts are in the same or neighbouring bins of time.
Membership depends on the bin of a post, not on its time within the bin, which the null model draws again.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import polars as pl
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from incahoots.analytics.coordination.co_similarity import Similarity, coded_texts, fetch_texts
from incahoots.analytics.coordination.traced_posts import Codes
from incahoots.analytics.text.prefix_join import Pairs
from incahoots.database import Database
from incahoots.progress import Progress, silent

#: Pairs collected before components are joined: about 150 MB.
_WAITING = 4_000_000


def fetch_families(
    database: Database,
    similarity: Similarity,
    bin_s: int,
    *,
    operation_id: str | None = None,
    progress: Progress = silent,
) -> pl.DataFrame:
    """Fetch posts with the family of their text as the trace, as `fetch_traced_posts` does."""
    traced, texts = coded_texts(fetch_texts(database, operation_id, progress))
    labels = families(texts, traced.ts // bin_s, similarity)
    kept = np.flatnonzero(labels >= 0)
    columns = {
        "trace": pl.Series(labels[kept]).cast(pl.String),
        "account_id": traced.account_ids.gather(traced.account[kept]),
        "tweet_id": traced.tweet_ids.gather(traced.post[kept]),
        "ts": traced.ts[kept],
    }
    return pl.DataFrame(columns)


def families(texts: pl.Series, bins: Codes, similarity: Similarity) -> Codes:
    """Find the family of each post's text. Pure.

    Parameters
    ----------
    texts : pl.Series of str, length n
    bins : array of int, shape (n,)
        The bin of time of each post.

    Returns
    -------
    array of int, shape (n,)
        The number of the family; -1 for posts without a similar post.
    """
    # Two of the equal texts in a bin stand for all: enough to see whether the text is similar to itself.
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
    """Number the connected components of n nodes, from a stream of pairs."""
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
