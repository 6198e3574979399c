"""Inter-state coordination as a run: everything that S0 says of states, computed, and its networks in the graph."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
import polars as pl

from incahoots.analytics.interstate.acts import Acts, fetch_acts
from incahoots.analytics.interstate.beside import fetch_engagement, fetch_hashtags, fetch_profiles
from incahoots.analytics.interstate.engagement import EFFECT, compare, least_sample
from incahoots.analytics.interstate.hashtags import LEAST_ACTS, hashtag_network, participation, top_hashtags
from incahoots.analytics.interstate.months import monthly, peaks
from incahoots.analytics.interstate.networks import account_network, centralisation, motif, reciprocity, state_network
from incahoots.analytics.interstate.roles import administrators, roles
from incahoots.analytics.interstate.tables import counts_by_state
from incahoots.analytics.runs import check_name, finish, start, write_rows, writing
from incahoots.database import Connectable, connect
from incahoots.progress import Report, part, silent


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
    account_edges : pd.DataFrame
        Between accounts of states, as `account_network` gives them; also those within a state.
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
    participation : pd.DataFrame
        Who of each state is in it, as `participation` counts.
    hashtags : pd.DataFrame
        Those of most inter-state acts, as `top_hashtags` lists them.
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
    *,
    merge: Mapping[str, str] | None = None,
    without: Collection[str] = (),
    run_id: str = "interstate",
    least_acts: int = LEAST_ACTS,
    effect: float = EFFECT,
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
    effect : float
        The smallest difference, Cohen's d, that engagement is to show: states with too few posts for it are left out.
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
        No account is attributed to a state, a state to merge is not there, or a run of another kind has this name.
    NotFoundError
        An operation to leave out is not there.
    DatabaseError
        The database is not there or refuses.
    """
    renamed = dict(merge or {})
    done: dict[str, Any] = {}
    with connect(database) as opened, writing(opened, run_id, report=report):
        check_name(opened, run_id, "interstate")
        found = fetch_acts(opened, merge=renamed, without=without, report=report)
        posts = fetch_engagement(opened, found, [without] if isinstance(without, str) else without, report)
        with part(report, "comparing engagement"):
            done |= _comparisons(posts, found.states, least_sample(effect), seed)
        with part(report, "building networks"):
            done |= _networks(found)
        with part(report, "counting months"):
            done |= {"months": monthly(found.acts), "peaks": peaks(found.acts)}
        with part(report, "finding roles"):
            done["roles"] = taking_part = roles(account_network(found.of("inter")))
            done["administrators"] = administrators(fetch_profiles(opened, taking_part["account_id"]))
        with part(report, "reading hashtags"):
            uses = fetch_hashtags(opened, found)
            done["hashtag_network"] = hashtag_network(uses)
            done["participation"] = participation(uses, taking_part)
            done["hashtags"] = top_hashtags(uses, least=least_acts, categories=categories)
        opened.ensure_schema(report)
        about: dict[str, Any] = {
            "merge": [f"{old}={new}" for old, new in renamed.items()],
            "without": list(without),
        }
        about |= {"effect": effect, "seed": seed}
        start(opened, run_id, "interstate", about, report=report)
        write_rows(opened, "interactions/write_interacted", done["account_edges"], report=report, run_id=run_id)
        between = state_network(found.of("inter", "intra"))
        write_rows(opened, "interactions/write_interacted_with", between, run_id=run_id)
        abroad = done["account_edges"]["source_state"] != done["account_edges"]["target_state"]
        finish(opened, run_id, {"inter": int(abroad.sum()), "intra": int((~abroad).sum())})
    return Interstate(run_id, ambiguous=found.ambiguous.to_pandas(), **done)


def _networks(found: Acts) -> dict[str, Any]:
    """What follows from who acts on whom. Pure."""
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
    """What follows from engagement. Pure."""
    tables, left = {}, []
    for against in ("intra", "external"):
        tables[against], missing = compare(posts, against, states=states, least=least, seed=seed)
        left.append(missing.assign(against=against))
    return {
        "engagement": tables["intra"],
        "engagement_external": tables["external"],
        "left_out": pd.concat(left, ignore_index=True),
    }
