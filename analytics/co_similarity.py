"""Co-similarity: accounts whose posts say nearly the same, close in time.

The similar pairs of posts are found outside the database, see `incahoots.analytics.similarity`; what an edge and its
weight are is the same as for every behaviour. The posts behind the edges are kept in the graph, as
``(:Tweet)-[:SIMILAR_TO {run_id, similarity}]->(:Tweet)``: finding them again would take all texts, or the model.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import polars as pl

from incahoots.analytics.embeddings import MODEL, embedded
from incahoots.analytics.prefix_join import Pairs
from incahoots.analytics.runs import batches, write_edges
from incahoots.analytics.shares import Codes, Shares, count_posts
from incahoots.analytics.similarity import cosine_pairs, jaccard_pairs
from incahoots.analytics.tokens import lexical_vectors
from incahoots.cypher.behaviours import Behaviour
from incahoots.database import Database
from incahoots.errors import UsageError
from incahoots.locks import write
from incahoots.mentions import without_mentions
from incahoots.progress import Counted, Report, silent

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

    def pairs(
        self, texts: pl.Series, ts: Codes, window_s: int, *, places: Codes | None = None, report: Report = silent
    ) -> Iterator[Pairs]:
        """Find the similar pairs of texts within the window, as `jaccard_pairs` gives them: the earlier one first.

        With ``places`` only among these texts, with a time each; how rare words are all texts say.
        """
        some = texts if places is None else texts.gather(places)
        if self.measure == "jaccard":
            least = self.min_document_size
            return jaccard_pairs(some, ts, window_s, threshold=self.threshold, min_document_size=least, report=report)
        if self.measure == "embeddings":
            vectors = embedded(without_mentions(some), self.model, report=report)
        else:
            words = lexical_vectors(texts)
            vectors = words if places is None else words[places]
        return cosine_pairs(vectors, ts, window_s, threshold=self.threshold, report=report)


def derive(database: Database, row: Behaviour, run_id: str, about: dict[str, Any], *, report: Report = silent) -> int:
    """Derive the network of similar texts, and write it.

    Parameters
    ----------
    database : Database
    row : Behaviour
    run_id : str
        A run that was started.
    about : dict
        The run's parameters: window_s, min_weight, leader, loops, operation_id, and those of `Similarity`.
    report : callable
        Told of the progress.

    Returns
    -------
    int
        Edges written.
    """
    shares, texts = coded_texts(fetch_texts(database, about["operation_id"], report))
    found = Similarity.of(about).pairs(texts, shares.ts, about["window_s"], report=report)
    met = nearest(shares, found, leader=about["leader"], loops=about["loops"])
    edges = met.group_by("u", "v").agg(weight=pl.len().cast(pl.Int64)).filter(pl.col("weight") >= about["min_weight"])
    _write_similar(database, run_id, shares, met.join(edges, on=["u", "v"], how="semi"), report)
    names = {"source": shares.account_ids.gather(edges["u"]), "target": shares.account_ids.gather(edges["v"])}
    written = pl.DataFrame(names | {"weight": edges["weight"]}).to_pandas()
    return write_edges(database, run_id, row.relationship, written, {"window_s": about["window_s"]}, report=report)


def fetch_similar(database: Database, run: pd.Series[Any]) -> pd.DataFrame:
    """Fetch the similar posts behind the edges of a run.

    Parameters
    ----------
    database : Database
    run : pd.Series
        The run's row.

    Returns
    -------
    pd.DataFrame
        As ``fetch/similar`` returns it: each pair the earlier first, and unless the run is one of ``leader`` also the
        later first.
    """
    found = database.query("fetch/similar", run_id=run["run_id"])
    if run["leader"]:
        return found
    ends = ["account_id", "tweet_id", "ts"]
    turned = {name: f"other_{name}" for name in ends} | {f"other_{name}": name for name in ends}
    return pd.concat([found, found.rename(columns=turned)], ignore_index=True)


def nearest(shares: Shares, pairs: Iterable[Pairs], *, leader: bool, loops: bool) -> pl.DataFrame:
    """Find for each post and other account that has a similar one which of these is nearest in time.

    Parameters
    ----------
    shares : Shares
        The posts, as if all carried one trace.
    pairs : iterable of (earlier, later, similarity)
        Places in ``shares``, each pair once.
    leader : bool
        Only others that come later.
    loops : bool
        Also those of the same account.

    Returns
    -------
    pl.DataFrame
        A row a post and other account: u and v (accounts), post, other (posts; all places in ``shares``), gap (seconds)
        and similarity. Of several that are as near the most similar one; then the one of the first id.
    """
    parts = [pl.DataFrame(schema=_MET), *(_nearest(part) for part in _directed(shares, pairs, leader, loops))]
    return _nearest(pl.concat(parts))


_MET: dict[str, Any] = {
    "u": pl.Int64, "v": pl.Int64, "post": pl.Int64, "other": pl.Int64, "gap": pl.Int64, "similarity": pl.Float64,
}  # fmt: skip


def _nearest(met: pl.DataFrame) -> pl.DataFrame:
    """Of the rows of a post and other account the best."""
    order = {"gap": False, "similarity": True, "other": False}
    return met.sort(list(order), descending=list(order.values())).unique(["post", "v"], keep="first")


def _directed(shares: Shares, pairs: Iterable[Pairs], leader: bool, loops: bool) -> Iterator[pl.DataFrame]:
    """Give pairs in both directions, or with ``leader`` from the earlier post to the later one alone."""
    for earlier, later, similarity in pairs:
        kept = np.ones(len(earlier), dtype=bool) if loops else shares.account[earlier] != shares.account[later]
        if leader:
            kept &= shares.ts[earlier] < shares.ts[later]
        one, other, alike = earlier[kept], later[kept], similarity[kept]
        for ours, theirs in [(one, other)] if leader else [(one, other), (other, one)]:
            columns = {
                "u": shares.account[ours], "v": shares.account[theirs], "post": shares.post[ours],
                "other": shares.post[theirs], "gap": np.abs(shares.ts[theirs] - shares.ts[ours]), "similarity": alike,
            }  # fmt: skip
            yield pl.DataFrame(columns, schema=_MET)


def _write_similar(database: Database, run_id: str, shares: Shares, met: pl.DataFrame, report: Report) -> None:
    """Write the posts behind the edges, each pair once and the earlier post first."""
    ts = np.empty(len(shares.tweet_ids), dtype=np.int64)
    ts[shares.post] = shares.ts
    post, other = met["post"].to_numpy(), met["other"].to_numpy()
    turned = (ts[other] < ts[post]) | ((ts[other] == ts[post]) & (other < post))
    first, second = np.where(turned, other, post), np.where(turned, post, other)
    rows = pl.DataFrame({"first": first, "second": second, "similarity": met["similarity"]}).unique(["first", "second"])
    ids = {
        "tweet_id": shares.tweet_ids.gather(rows["first"]),
        "other_tweet_id": shares.tweet_ids.gather(rows["second"]),
    }
    found = pl.DataFrame(ids | {"similarity": rows["similarity"]}).to_pandas()
    for batch in batches(found, "writing pairs of posts", report):
        write(database, "runs/write_similar", run_id=run_id, rows=batch)


def fetch_texts(database: Database, operation_id: str | None, report: Report) -> pl.DataFrame:
    """Fetch all posts that can be compared."""
    counted = Counted(report, "reading posts", count_posts(database), lambda row: len(row["tweet_ids"]))
    found = database.query("fetch/texts", counted, operation_id=operation_id)
    # In lists, an account a row: a row costs the driver more than what is in it.
    lists = {"tweet_ids": pl.List(pl.String), "times": pl.List(pl.Int64), "texts": pl.List(pl.String)}
    columns = {name: pl.Series(name, found[name].to_list(), dtype=kind) for name, kind in lists.items()}
    frame = pl.DataFrame({"account_id": pl.Series(found["account_id"].to_list(), dtype=pl.String), **columns})
    return frame.explode(*lists).rename({"tweet_ids": "tweet_id", "times": "ts", "texts": "text"})


def coded_texts(frame: pl.DataFrame) -> tuple[Shares, pl.Series]:
    """Code posts by numbers, as if all carried one trace; and their texts in the same order."""
    shares = Shares.of(frame.select("account_id", "tweet_id", "ts", trace=pl.lit("")))
    texts = frame.unique("tweet_id").sort("tweet_id")["text"]
    return shares, texts.gather(shares.post)
