"""Inter-state coordination as a run: everything that S0 says of states, computed, and its networks in the graph."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
import polars as pl

from incahoots.analytics.interstate.acts import Acts, fetch_acts
from incahoots.analytics.interstate.engagement import COUNTS, compare
from incahoots.analytics.interstate.hashtags import LEAST_ACTS, hashtag_network, top_hashtags
from incahoots.analytics.interstate.months import monthly, peaks
from incahoots.analytics.interstate.networks import account_network, centralisation, motif, reciprocity, state_network
from incahoots.analytics.interstate.roles import administrators, roles
from incahoots.analytics.interstate.tables import counts_by_state
from incahoots.analytics.runs import WRITE_BATCH, finish, start
from incahoots.database import Connectable, Database, connect
from incahoots.progress import Report, silent


@dataclass(frozen=True)
class Interstate:
    """The answer of `interstate`.

    Attributes
    ----------
    run_id : str
    states : pd.DataFrame
        A row a state: what `counts_by_state` counts; reciprocity; in_centralisation, out_centralisation and motif of
        its inter-state acts, on either side.
    edges : pd.DataFrame
        Between states, as `state_network` gives them, without those within a state.
    reciprocity : float
        Of the network of states.
    months, peaks : pd.DataFrame
        As `incahoots.analytics.interstate.monthly` and `peaks` give them.
    engagement, engagement_external : pd.DataFrame
        Posts that act on other states against those that act within, and against others.
    left_out : pd.DataFrame
        What could not be compared, and why: state, metric, against, why.
    ambiguous : pd.DataFrame
        Accounts of several states, which count for none.
    roles : pd.DataFrame
        Accounts that take part in inter-state acts, as `incahoots.analytics.interstate.roles` gives them.
    administrators : pd.DataFrame
        Of these, who may lead a group: a proposal, for a person to confirm.
    hashtag_network : dict
        As `incahoots.analytics.interstate.hashtag_network` measures it.
    hashtags : pd.DataFrame
        Those of most inter-state acts, as `top_hashtags` lists them.
    """

    run_id: str
    states: pd.DataFrame
    edges: pd.DataFrame
    reciprocity: float
    months: pd.DataFrame
    peaks: pd.DataFrame
    engagement: pd.DataFrame
    engagement_external: pd.DataFrame
    left_out: pd.DataFrame
    ambiguous: pd.DataFrame
    roles: pd.DataFrame
    administrators: pd.DataFrame
    hashtag_network: dict[str, float]
    hashtags: pd.DataFrame


def interstate(
    database: Connectable = None,
    *,
    merge: Mapping[str, str] | None = None,
    without: Collection[str] = (),
    run_id: str = "interstate",
    least_acts: int = LEAST_ACTS,
    categories: Mapping[str, str] | None = None,
    seed: int = 42,
    report: Report = silent,
) -> Interstate:
    """Find who acts on whom across states.

    Parameters
    ----------
    database : Database, neo4j.Driver, str or py2neo.Graph, optional
        As for ``connect``.
    merge : mapping of str to str, optional
        New names of states; states of one new name count as one: ``{"Egypt": "Egypt & UAE", "UAE": "Egypt & UAE"}``.
    without : collection of str
        Operations that are left out.
    run_id : str
        Name of the run; one of that name is replaced.
    least_acts : int
        Hashtags of fewer inter-state acts are not listed.
    categories : mapping of str to str, optional
        What hashtags are about, by the tag without ``#``, in lower case.
    seed : int
        For the sample of acts on accounts of no state.
    report : callable
        Told of the progress.

    Returns
    -------
    Interstate
        The networks are also written: ``(:Account)-[:INTERACTED]->(:Account)`` and
        ``(:State)-[:INTERACTED_WITH]->(:State)``, between states and within them.

    Raises
    ------
    UsageError
        No account is attributed to a state, or a state to merge is not there.
    DatabaseError
        The database is not there or refuses.
    """
    renamed = dict(merge or {})
    with connect(database) as opened:
        report("acts", 0, 4)
        found = fetch_acts(opened, merge=renamed, without=without)
        report("engagement", 1, 4)
        posts = _posts(opened, found, without)
        report("tables", 2, 4)
        inter = account_network(found.of("inter"))
        taking_part = roles(inter)
        uses = _uses(opened, found)
        done = _tables(found, posts, seed) | {
            "roles": taking_part,
            "administrators": administrators(_profiles(opened, taking_part["account_id"])),
            "hashtag_network": hashtag_network(uses, len(taking_part)),
            "hashtags": top_hashtags(uses, least=least_acts, categories=categories),
        }
        report("writing", 3, 4)
        opened.ensure_schema()
        about = {"merge": [f"{old}={new}" for old, new in renamed.items()], "without": list(without), "seed": seed}
        start(opened, run_id, "interstate", about)
        _write(opened, run_id, found)
        finish(opened, run_id, {scope: found.of(scope).height for scope in ("inter", "intra")})
        report("writing", 4, 4)
    return Interstate(run_id, **done)


def _tables(found: Acts, posts: pl.DataFrame, seed: int) -> dict[str, Any]:
    """Compute what follows from acts and engagement. Pure."""
    inter = found.of("inter")
    edges = state_network(inter)
    total, by_state = reciprocity(edges)
    states = counts_by_state(found)
    shapes = []
    for state in states["state"]:
        around = inter.filter((pl.col("state") == state) | (pl.col("target_state") == state))
        central = centralisation(account_network(around))
        shapes.append((central["in"], central["out"], motif(central)))
    states["reciprocity"] = states["state"].map(by_state)
    states[["in_centralisation", "out_centralisation", "motif"]] = pd.DataFrame(shapes, index=states.index)
    tables, left = {}, []
    for against in ("intra", "external"):
        tables[against], missing = compare(posts, against, seed=seed)
        left.append(missing.assign(against=against))
    return {
        "states": states,
        "edges": edges,
        "reciprocity": total,
        "months": monthly(found.acts),
        "peaks": peaks(found.acts),
        "engagement": tables["intra"],
        "engagement_external": tables["external"],
        "left_out": pd.concat(left, ignore_index=True),
        "ambiguous": found.ambiguous.to_pandas(),
    }


def _uses(database: Database, found: Acts) -> pl.DataFrame:
    """Fetch the hashtags of posts that act on another state: a row an act and hashtag."""
    inter = found.of("inter").select("tweet_id", "account_id", "state")
    rows = database.query("interactions/hashtags", tweet_ids=inter["tweet_id"].unique().to_list())
    kinds: dict[str, Any] = {"tweet_id": pl.String, "tag": pl.String}
    return inter.join(pl.DataFrame({name: rows[name].to_list() for name in kinds}, schema=kinds), on="tweet_id")


def _profiles(database: Database, accounts: pd.Series[str]) -> pd.DataFrame:
    """Fetch what accounts say of themselves."""
    return database.query("interactions/profiles", account_ids=accounts.to_list())


def _posts(database: Database, found: Acts, without: Collection[str]) -> pl.DataFrame:
    """Fetch engagement: a row a post that acts on anybody, with the farthest of its scopes."""
    lists: dict[str, Any] = {"tweet_ids": pl.List(pl.String)}
    lists |= dict.fromkeys(("likes", "retweets", "replies"), pl.List(pl.Int64))
    rows = database.query("interactions/engagement", without=list(without))
    frame = pl.DataFrame({name: pl.Series(name, rows[name].to_list(), dtype=kind) for name, kind in lists.items()})
    names = dict(zip(lists, ("tweet_id", *COUNTS), strict=True))
    counts = frame.explode(*lists).rename(names).with_columns(
        pl.when(pl.col(name) >= 0).then(pl.col(name)).alias(name) for name in COUNTS
    )  # fmt: skip
    # A post that acts on accounts of several scopes is one of the farthest.
    rank = pl.col("scope").replace_strict({"inter": 0, "intra": 1, "external": 2}, return_dtype=pl.Int64)
    scopes = found.acts.sort(rank, maintain_order=True).unique("tweet_id", keep="first").select(
        "tweet_id", "state", "scope"
    )  # fmt: skip
    return scopes.join(counts, on="tweet_id").sort("tweet_id")


def _write(database: Database, run_id: str, found: Acts) -> None:
    """Write both networks."""
    acts = found.of("inter", "intra")
    for query, edges in (
        ("interactions/write_interacted", account_network(acts).drop(columns=["source_state", "target_state"])),
        ("interactions/write_interacted_with", state_network(acts)),
    ):
        for first in range(0, len(edges), WRITE_BATCH):
            rows = [
                {"source": row.pop("source"), "target": row.pop("target"), "properties": row}
                for row in edges.iloc[first : first + WRITE_BATCH].to_dict(orient="records")
            ]
            database.query(query, run_id=run_id, rows=rows)
