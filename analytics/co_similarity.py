"""Co-similarity: accounts whose posts say nearly the same, close in time.

The similar pairs of posts are found outside the database, see `incahoots.analytics.similarity`; what an edge and its
weight are is the same as for every behaviour.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import polars as pl

from incahoots.analytics.embeddings import MODEL, embedded
from incahoots.analytics.matching import Pairs, network
from incahoots.analytics.runs import write_edges
from incahoots.analytics.shares import Shares
from incahoots.analytics.similarity import cosine_pairs, jaccard_pairs
from incahoots.analytics.tokens import lexical_vectors
from incahoots.cypher.behaviours import Behaviour
from incahoots.database import Database
from incahoots.errors import UsageError

#: What two texts are compared by: the common part of their words; the cosine of their words, weighted by rarity; the
#: cosine of what a model makes of them.
MEASURES = ("jaccard", "lexical", "embeddings")


@dataclass(frozen=True)
class Similarity:
    """When two texts are similar.

    Attributes
    ----------
    measure : {"jaccard", "lexical", "embeddings"}
    threshold : float in (0, 1]
        Inclusive.
    min_document_size : int
        Of ``jaccard``: texts of fewer different words match none.
    model : str
        Of ``embeddings``: the name of a sentence-transformers model, or a folder with one.
    """

    measure: str = "jaccard"
    threshold: float = 0.8
    min_document_size: int = 1
    model: str = MODEL

    def __post_init__(self) -> None:
        if self.measure not in MEASURES:
            raise UsageError(f"There is no measure {self.measure!r}.", f"Choose from: {', '.join(MEASURES)}.")
        if not 0 < self.threshold <= 1:
            raise UsageError(f"A threshold of {self.threshold:g} is none.", "It is above 0 and at most 1, such as 0.8.")
        if self.min_document_size < 1:
            raise UsageError(f"A least size of {self.min_document_size} words is none.", "It is 1 or more.")

    @classmethod
    def of(cls, about: Mapping[str, Any]) -> Similarity:
        """Take it out of the parameters of a run."""
        return cls(about["measure"], float(about["threshold"]), int(about["min_document_size"]), about["model"])

    def check(self) -> None:
        """See that the model is there, before anything of an old run is removed."""
        if self.measure == "embeddings":
            embedded([], self.model)

    def pairs(self, texts: pl.Series, ts: np.ndarray, window_s: int) -> Iterator[Pairs]:
        """Find the similar pairs of texts within the window, each once, the earlier one first."""
        if self.measure == "jaccard":
            found = jaccard_pairs(
                texts, ts, window_s, threshold=self.threshold, min_document_size=self.min_document_size
            )
        else:
            vectors = lexical_vectors(texts) if self.measure == "lexical" else embedded(texts, self.model)
            found = cosine_pairs(vectors, ts, window_s, threshold=self.threshold)
        return ((earlier, later) for earlier, later, _ in found)


def derive(database: Database, row: Behaviour, run_id: str, about: dict[str, Any]) -> int:
    """Derive the network of similar texts, and write it.

    Parameters
    ----------
    database : Database
    row : Behaviour
    run_id : str
        A run that was started.
    about : dict
        The run's parameters: window_s, min_weight, leader, loops, operation_id, and those of `Similarity`.

    Returns
    -------
    int
        Edges written.
    """
    shares, texts = _coded(_fetched(database, about["operation_id"]))
    pairs = _directed(shares, Similarity.of(about).pairs(texts, shares.ts, about["window_s"]), about)
    edges = network(shares, pairs, about["min_weight"], whole=False)
    return write_edges(database, run_id, row.relationship, edges, {"window_s": about["window_s"]})


def evidence(database: Database, run: pd.Series[Any], source: str, target: str) -> pd.DataFrame:
    """Find the pairs of similar posts of two accounts.

    Parameters
    ----------
    database : Database
    run : pd.Series
        The run's row.
    source, target : str
        Account ids.

    Returns
    -------
    pd.DataFrame
        As ``explore/why_connected`` returns it; the trace is empty.

    Notes
    -----
    How rare a word is depends on all posts, so ``lexical`` reads them all; the other measures read those of the two.
    """
    similarity = Similarity.of({str(name): value for name, value in run.items()})
    known = None if pd.isna(run["operation_id"]) else run["operation_id"]
    accounts = [source, target]
    theirs = database.query("fetch/texts_of", account_ids=accounts)
    few = pl.DataFrame({name: theirs[name].to_list() for name in _POSTS}, schema=_POSTS)
    shares, texts = _coded(_fetched(database, known) if similarity.measure == "lexical" else few)
    asked = {name: place for place, name in enumerate(shares.account_ids) if name in accounts}
    about = {"leader": bool(run["leader"]), "loops": source == target}
    rows = []
    for ours, others in _directed(shares, similarity.pairs(texts, shares.ts, int(run["window_s"])), about):
        wanted = (shares.account[ours] == asked[source]) & (shares.account[others] == asked[target])
        rows.append((shares.post[ours[wanted]], shares.post[others[wanted]]))
    ours, others = (np.concatenate([row[side] for row in rows] or [np.zeros(0, int)]) for side in (0, 1))
    names = shares.tweet_ids
    posts = theirs.drop(columns="account_id").drop_duplicates("tweet_id")
    table = pd.DataFrame({"trace": None, "tweet_id": list(names.gather(ours)), "other": list(names.gather(others))})
    table = table.merge(posts, on="tweet_id").merge(
        posts.add_prefix("other_"), left_on="other", right_on="other_tweet_id"
    )
    table["gap_s"] = table["other_ts"] - table["ts"]
    columns = ["trace", "tweet_id", "created_at", "text", "other_tweet_id", "other_created_at", "other_text", "gap_s"]
    return table.sort_values(["ts", "tweet_id", "other_ts", "other_tweet_id"])[columns]


#: What is compared, a row a post.
_POSTS: dict[str, pl.DataType | type[pl.DataType]] = {
    "account_id": pl.String, "tweet_id": pl.String, "ts": pl.Int64, "text": pl.String,
}  # fmt: skip


def _fetched(database: Database, operation_id: str | None) -> pl.DataFrame:
    """Fetch all posts that can be compared."""
    found = database.query("fetch/texts", operation_id=operation_id)
    # In lists, an account a row: a row costs the driver more than what is in it.
    lists = {"tweet_ids": pl.List(pl.String), "times": pl.List(pl.Int64), "texts": pl.List(pl.String)}
    columns = {name: pl.Series(name, found[name].to_list(), dtype=kind) for name, kind in lists.items()}
    frame = pl.DataFrame({"account_id": pl.Series(found["account_id"].to_list(), dtype=pl.String), **columns})
    return frame.explode(*lists).rename({"tweet_ids": "tweet_id", "times": "ts", "texts": "text"})


def _coded(frame: pl.DataFrame) -> tuple[Shares, pl.Series]:
    """Code posts by numbers, as if all carried one trace; and their texts in the same order."""
    shares = Shares.of(frame.select("account_id", "tweet_id", "ts", trace=pl.lit("")))
    texts = frame.unique("tweet_id").sort("tweet_id")["text"]
    return shares, texts.gather(shares.post)


def _directed(shares: Shares, pairs: Iterator[Pairs], about: Mapping[str, Any]) -> Iterator[Pairs]:
    """Give pairs in both directions, or with ``leader`` from the earlier post to the later one alone."""
    for earlier, later in pairs:
        if not about["loops"]:
            kept = shares.account[earlier] != shares.account[later]
            earlier, later = earlier[kept], later[kept]
        if about["leader"]:
            first = shares.ts[earlier] < shares.ts[later]
            yield earlier[first], later[first]
        else:
            yield np.concatenate([earlier, later]), np.concatenate([later, earlier])
