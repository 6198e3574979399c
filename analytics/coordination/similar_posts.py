"""Co-similarity: accounts whose posts say nearly the same, close in time.

`incahoots.analytics.text.similarity` finds the similar pairs of posts outside the database. Edges and their weights
have the same definition as for every behaviour. The posts behind the edges are kept in the graph, as
``(:Tweet)-[:SIMILAR_TO {run_id, similarity}]->(:Tweet)``: finding them again would take all texts, or the model.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import pandas as pd
import polars as pl

from incahoots.analytics.coordination.co_similarity import Similarity, coded_texts, fetch_texts
from incahoots.analytics.coordination.request import Request
from incahoots.analytics.coordination.traced_posts import TracedPosts
from incahoots.analytics.runs.run import Run
from incahoots.analytics.runs.store import batches, write_edges
from incahoots.analytics.text.prefix_join import Pairs
from incahoots.cypher.behaviours import Behaviour
from incahoots.database import Database
from incahoots.locks import write
from incahoots.progress import Progress, silent


def derive_similar(
    database: Database, request: Request, row: Behaviour, run_id: str, progress: Progress = silent
) -> int:
    """Derive the network of similar texts, write it as edges of a run that was started, and return their number."""
    traced, texts = coded_texts(fetch_texts(database, request.operation_id, progress))
    found = (request.similarity or Similarity()).pairs(texts, traced.ts, request.window_s, progress=progress)
    met = nearest(traced, found, leader=request.leader, loops=request.loops)
    edges = met.group_by("u", "v").agg(weight=pl.len().cast(pl.Int64)).filter(pl.col("weight") >= request.min_weight)
    _write_similar(database, run_id, traced, met.join(edges, on=["u", "v"], how="semi"), progress)
    names = {"source": traced.account_ids.gather(edges["u"]), "target": traced.account_ids.gather(edges["v"])}
    written = pl.DataFrame(names | {"weight": edges["weight"]}).to_pandas()
    return write_edges(database, run_id, row.relationship, written, {"window_s": request.window_s}, progress=progress)


def fetch_similar(database: Database, run: Run) -> pd.DataFrame:
    """Fetch the similar posts behind the edges of a run, unless only later posts of the target count in both orders."""
    found = database.query("fetch/similar", run_id=run.run_id)
    if run.leader:
        return found
    ends = ["account_id", "tweet_id", "ts"]
    turned = {name: f"other_{name}" for name in ends} | {f"other_{name}": name for name in ends}
    return pd.concat([found, found.rename(columns=turned)], ignore_index=True)


def nearest(traced: TracedPosts, pairs: Iterable[Pairs], *, leader: bool, loops: bool) -> pl.DataFrame:
    """For each post and each other account with similar posts, find the similar post that is nearest in time.

    ``traced`` holds the posts, as if all carried the same trace, and ``pairs`` (earlier, later, similarity) positions
    in it, each pair once. With ``leader``, only later posts of the other account count; with ``loops``, also posts of
    the same account. Returns one row per post and other account: u and v (accounts), post, other (posts; all positions
    in ``traced``), gap (seconds) and similarity. Of several that are equally near, the most similar one; of those, the
    one with the first id.
    """
    parts = [pl.DataFrame(schema=_MET), *(_nearest(part) for part in _directed(traced, pairs, leader, loops))]
    return _nearest(pl.concat(parts))


_MET: dict[str, Any] = {
    "u": pl.Int64, "v": pl.Int64, "post": pl.Int64, "other": pl.Int64, "gap": pl.Int64, "similarity": pl.Float64,
}  # fmt: skip


def _nearest(met: pl.DataFrame) -> pl.DataFrame:
    """Keep the best row of each post and other account."""
    order = {"gap": False, "similarity": True, "other": False}
    return met.sort(list(order), descending=list(order.values())).unique(["post", "v"], keep="first")


def _directed(traced: TracedPosts, pairs: Iterable[Pairs], leader: bool, loops: bool) -> Iterator[pl.DataFrame]:
    """Give pairs in both directions; with ``leader`` only from the earlier post to the later one."""
    for earlier, later, similarity in pairs:
        kept = np.ones(len(earlier), dtype=bool) if loops else traced.account[earlier] != traced.account[later]
        if leader:
            kept &= traced.ts[earlier] < traced.ts[later]
        one, other, alike = earlier[kept], later[kept], similarity[kept]
        for ours, theirs in [(one, other)] if leader else [(one, other), (other, one)]:
            columns = {
                "u": traced.account[ours], "v": traced.account[theirs], "post": traced.post[ours],
                "other": traced.post[theirs], "gap": np.abs(traced.ts[theirs] - traced.ts[ours]), "similarity": alike,
            }  # fmt: skip
            yield pl.DataFrame(columns, schema=_MET)


def _write_similar(database: Database, run_id: str, traced: TracedPosts, met: pl.DataFrame, progress: Progress) -> None:
    """Write the posts behind the edges, each pair once and the earlier post first."""
    ts = np.empty(len(traced.tweet_ids), dtype=np.int64)
    ts[traced.post] = traced.ts
    post, other = met["post"].to_numpy(), met["other"].to_numpy()
    turned = (ts[other] < ts[post]) | ((ts[other] == ts[post]) & (other < post))
    first, second = np.where(turned, other, post), np.where(turned, post, other)
    rows = pl.DataFrame({"first": first, "second": second, "similarity": met["similarity"]}).unique(["first", "second"])
    ids = {
        "tweet_id": traced.tweet_ids.gather(rows["first"]),
        "other_tweet_id": traced.tweet_ids.gather(rows["second"]),
    }
    found = pl.DataFrame(ids | {"similarity": rows["similarity"]}).to_pandas()
    for batch in batches(found, "writing pairs of posts", progress):
        write(database, "runs/write_similar", run_id=run_id, rows=batch)
