"""Inter-state coordination as a run: compute all that S0 reports about states, and write its networks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd
import polars as pl

from incahoots.analytics.interstate.acts import Acts, fetch_acts
from incahoots.analytics.interstate.between_accounts import (
    account_network,
    centralisation,
    motif,
    reciprocity,
    state_network,
)
from incahoots.analytics.interstate.engagement import compare, least_sample
from incahoots.analytics.interstate.fetch import fetch_engagement, fetch_hashtags, fetch_profiles
from incahoots.analytics.interstate.hashtags import hashtag_network, participation, top_hashtags
from incahoots.analytics.interstate.months import monthly, peaks
from incahoots.analytics.interstate.options import InterstateOptions
from incahoots.analytics.interstate.roles import administrators, roles
from incahoots.analytics.interstate.tables import counts_by_state
from incahoots.analytics.runs.store import check_name, finish, start, write_rows, writing
from incahoots.database import Connectable, connect
from incahoots.loaders.renewal import prepare_graph
from incahoots.progress import Progress, part, silent


@dataclass(frozen=True)
class Interstate:
    """The answer of `interstate`.

    Attributes
    ----------
    run_id : str
    states : pd.DataFrame
        One row per state: the columns of `counts_by_state`; reciprocity; in_centralisation, out_centralisation and
        motif of the network of its inter-state acts, as source or target.
    edges : pd.DataFrame
        Edges between states, as `state_network` gives them.
    reciprocity : float
        Reciprocity of the network of states.
    account_edges : pd.DataFrame
        Edges between accounts of states, also within a state, as `account_network` gives them.
    months, peaks : pd.DataFrame
        As `incahoots.analytics.interstate.months.monthly` and `peaks` give them.
    engagement, engagement_external : pd.DataFrame
        Inter-state posts compared with intra-state posts, and with a sample of external posts.
    left_out : pd.DataFrame
        Comparisons that were left out: state, metric, against, why, and needed (posts of each kind that a comparison
        takes).
    ambiguous : pd.DataFrame
        Accounts that are attributed to several states, and therefore left out.
    roles : pd.DataFrame
        Accounts that take part in inter-state acts, as `incahoots.analytics.interstate.roles` gives them.
    administrators : pd.DataFrame
        Accounts among them that may lead a group: a proposal for a person to confirm.
    hashtag_network : dict
        As `incahoots.analytics.interstate.hashtags.hashtag_network` measures it.
    participation : pd.DataFrame
        Accounts of each state in that network, as `participation` counts them.
    hashtags : pd.DataFrame
        Hashtags by inter-state acts, as `top_hashtags` lists them.
    """

    run_id: str
    states: pd.DataFrame
    edges: pd.DataFrame
    reciprocity: float
    account_edges: pd.DataFrame
    months: pd.DataFrame
    peaks: pd.DataFrame
    engagement: pd.DataFrame
    engagement_external: pd.DataFrame
    left_out: pd.DataFrame
    ambiguous: pd.DataFrame
    roles: pd.DataFrame
    administrators: pd.DataFrame
    hashtag_network: dict[str, float]
    participation: pd.DataFrame
    hashtags: pd.DataFrame


def interstate(
    database: Connectable = None,
    options: InterstateOptions | None = None,
    *,
    run_id: str = "interstate",
    progress: Progress = silent,
) -> Interstate:
    """Find which accounts act on which others across states.

    Parameters
    ----------
    database : Database, neo4j.Driver, str or py2neo.Graph, optional
        As for ``connect``.
    options : InterstateOptions, optional
        The defaults when None.
    run_id : str
        Name of the run; a run of that name is replaced.
    progress : callable
        Called as work goes on.

    Returns
    -------
    Interstate
        The networks are also written: ``(:Account)-[:INTERACTED]->(:Account)`` and
        ``(:State)-[:INTERACTED_WITH]->(:State)``, between states and within them.

    Raises
    ------
    UsageError
        No account is attributed to a state, a state to merge does not exist, or a run of another kind has this name.
    NotFoundError
        An operation to leave out does not exist.
    DatabaseError
        The database is not there or refuses.
    """
    asked = options or InterstateOptions()
    done: dict[str, Any] = {}
    with connect(database) as opened, writing(opened, run_id, progress=progress):
        check_name(opened, run_id, "interstate")
        found = fetch_acts(opened, merge=asked.merge, without=asked.without, progress=progress)
        posts = fetch_engagement(opened, found, asked.without, progress)
        with part(progress, "comparing engagement"):
            done |= _comparisons(posts, found.states, least_sample(asked.effect), asked.seed)
        with part(progress, "building networks"):
            done |= _networks(found)
        with part(progress, "counting months"):
            done |= {"months": monthly(found.acts), "peaks": peaks(found.acts)}
        with part(progress, "finding roles"):
            done["roles"] = taking_part = roles(account_network(found.of("inter")))
            done["administrators"] = administrators(fetch_profiles(opened, taking_part["account_id"]))
        with part(progress, "reading hashtags"):
            uses = fetch_hashtags(opened, found)
            done["hashtag_network"] = hashtag_network(uses)
            done["participation"] = participation(uses, taking_part)
            done["hashtags"] = top_hashtags(uses, least=asked.least_acts, categories=asked.categories)
        prepare_graph(opened, progress)
        merged = [f"{old}={new}" for old, new in asked.merge.items()]
        about = {"merge": merged, "without": list(asked.without), "effect": asked.effect, "seed": asked.seed}
        start(opened, run_id, "interstate", about, progress=progress)
        write_rows(opened, "interactions/write_interacted", done["account_edges"], progress=progress, run_id=run_id)
        between = state_network(found.of("inter", "intra"))
        write_rows(opened, "interactions/write_interacted_with", between, run_id=run_id)
        abroad = done["account_edges"]["source_state"] != done["account_edges"]["target_state"]
        finish(opened, run_id, {"inter": int(abroad.sum()), "intra": int((~abroad).sum())})
    return Interstate(run_id, ambiguous=found.ambiguous.to_pandas(), **done)


def _networks(found: Acts) -> dict[str, Any]:
    """Build the networks of accounts and of states. Pure."""
    inter = found.of("inter")
    edges = state_network(inter)
    total, by_state = reciprocity(edges)
    states = counts_by_state(found)
    shapes = []
    for state in states["state"]:
        around = inter.filter((pl.col("state") == state) | (pl.col("target_state") == state))
        network = account_network(around)
        shapes.append((*centralisation(network).values(), motif(network)))
    states["reciprocity"] = states["state"].map(by_state)
    states[["in_centralisation", "out_centralisation", "motif"]] = pd.DataFrame(shapes, index=states.index)
    accounts = account_network(found.of("inter", "intra"))
    return {"states": states, "edges": edges, "reciprocity": total, "account_edges": accounts}


def _comparisons(posts: pl.DataFrame, states: list[str], least: int, seed: int) -> dict[str, Any]:
    """Compare engagement with posts within the state and with external posts. Pure."""
    tables, left = {}, []
    for against in ("intra", "external"):
        tables[against], missing = compare(posts, against, states=states, least=least, seed=seed)
        left.append(missing.assign(against=against))
    return {
        "engagement": tables["intra"],
        "engagement_external": tables["external"],
        "left_out": pd.concat(left, ignore_index=True),
    }
