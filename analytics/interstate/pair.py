"""Acts between two states: directions, clusters and periods. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import networkx as nx
import numpy as np
import pandas as pd
import polars as pl

from incahoots.analytics.interstate.acts import KINDS
from incahoots.analytics.interstate.between_accounts import account_network


def between(acts: pl.DataFrame, one: str, other: str) -> pl.DataFrame:
    """Select the acts of two states on each other."""
    both = [one, other]
    return acts.filter(
        pl.col("state").is_in(both) & pl.col("target_state").is_in(both) & (pl.col("state") != pl.col("target_state"))
    )


def directions(acts: pl.DataFrame, one: str, other: str) -> pd.DataFrame:
    """Count the acts of two states on each other.

    ``acts`` is as in `Acts`, of all states. Returns one row per direction: source, target (states), acts, of (all
    inter-state acts of the source), share, accounts, target_accounts, and a column per kind.
    """
    rows = []
    for source, target in ((one, other), (other, one)):
        abroad = acts.filter((pl.col("state") == source) & (pl.col("scope") == "inter"))
        some = abroad.filter(pl.col("target_state") == target)
        rows.append({
            "source": source, "target": target, "acts": some.height, "of": abroad.height,
            "share": some.height / abroad.height if abroad.height else float("nan"),
            "accounts": some["account_id"].n_unique(), "target_accounts": some["target_id"].n_unique(),
            **{kind: int((some["kind"] == kind).sum()) for kind in KINDS},
        })  # fmt: skip
    return pd.DataFrame(rows)


def clustered(acts: pl.DataFrame, seed: int = 42) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Find clusters of the accounts of two states, the most active accounts of each, and the edges between them.

    ``acts`` is the acts `between` two states. ``seed`` is the random seed of Louvain, which finds the clusters in the
    undirected network, weighted by acts.

    Returns
    -------
    accounts : pd.DataFrame
        One row per account: account_id, state, cluster (0 is the largest), acts_within (acts within its cluster, as
        source or target), commonest (the most frequent kind of these); by cluster, the most acts first.
    bridges : pd.DataFrame
        The edges between clusters: source, target, source_cluster, target_cluster, kind, weight.
    """
    edges = account_network(acts)
    graph: nx.Graph[str] = nx.Graph()
    for edge in edges.itertuples():
        before = graph.get_edge_data(str(edge.source), str(edge.target), {"weight": 0})["weight"]
        graph.add_edge(str(edge.source), str(edge.target), weight=before + int(edge.weight))  # type: ignore[arg-type]
    groups = nx.community.louvain_communities(graph, seed=seed) if graph else []
    groups = sorted(groups, key=lambda group: (-len(group), min(group)))
    cluster = {account: number for number, group in enumerate(groups) for account in group}
    edges["source_cluster"], edges["target_cluster"] = edges["source"].map(cluster), edges["target"].map(cluster)
    inside = edges["source_cluster"] == edges["target_cluster"]
    ends = pd.concat([
        edges.loc[inside, [end, "kind", "weight"]].rename(columns={end: "account_id"}) for end in ("source", "target")
    ]).groupby(["account_id", "kind"], as_index=False).agg({"weight": "sum"})  # fmt: skip
    order = ends.sort_values(["weight", "kind"], ascending=[False, True])
    commonest = order.drop_duplicates("account_id").set_index("account_id")["kind"]
    states = dict(zip(edges["source"], edges["source_state"], strict=True))
    states |= dict(zip(edges["target"], edges["target_state"], strict=True))
    accounts = pd.DataFrame({"account_id": list(cluster), "cluster": list(cluster.values())})
    accounts["state"] = accounts["account_id"].map(states)
    within = ends.groupby("account_id")["weight"].sum()
    accounts["acts_within"] = accounts["account_id"].map(within).fillna(0).astype(np.int64)
    accounts["commonest"] = accounts["account_id"].map(commonest)
    accounts = accounts.sort_values(
        ["cluster", "acts_within", "account_id"], ascending=[True, False, True], ignore_index=True
    )
    columns = ["source", "target", "source_cluster", "target_cluster", "kind", "weight"]
    bridges = edges.loc[~inside, columns].reset_index(drop=True)
    return accounts[["account_id", "state", "cluster", "acts_within", "commonest"]], bridges


def snapshots(acts: pl.DataFrame, one: str, other: str, years: Sequence[int]) -> pd.DataFrame:
    """Count the acts of two states by period: each of these years, and the time before, between and after them.

    ``acts`` is the acts `between` two states. ``one`` and ``other`` are the states. Returns one row per period and
    direction: period (``before 2016``, ``2016``, ``2017 to 2018``, ``after 2019``), source, target, acts, accounts,
    target_accounts; 0 without acts.
    """
    chosen = sorted(set(years))
    year = acts.select(pl.from_epoch("ts", time_unit="s").dt.year()).to_series()
    periods = [(f"before {chosen[0]}", year < chosen[0])]
    for number, here in enumerate(chosen):
        periods.append((str(here), year == here))
        following = chosen[number + 1] if number + 1 < len(chosen) else None
        if following is not None and following > here + 1:
            span = str(here + 1) if following == here + 2 else f"{here + 1} to {following - 1}"
            periods.append((span, (year > here) & (year < following)))
    periods.append((f"after {chosen[-1]}", year > chosen[-1]))
    rows = []
    for period, inside in periods:
        for source, target in ((one, other), (other, one)):
            some = acts.filter(inside & (acts["state"] == source))
            rows.append({
                "period": period, "source": source, "target": target, "acts": some.height,
                "accounts": some["account_id"].n_unique(), "target_accounts": some["target_id"].n_unique(),
            })  # fmt: skip
    return pd.DataFrame(rows)
