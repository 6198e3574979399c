r"""The networks of acts between accounts and between states: reciprocity, centralisation and motif.

References
----------
Squartini, Picciolo, Ruzzenenti and Garlaschelli 2013, "Reciprocity of weighted networks". Freeman 1978, "Centrality in
social networks: conceptual clarification".
"""

from __future__ import annotations

import math

import pandas as pd
import polars as pl
from scipy import stats

from incahoots.analytics.interstate.acts import KINDS

#: Minimum ratio of the two centralisations for a radiating motif.
DOMINANCE = 2.0


def account_network(acts: pl.DataFrame) -> pd.DataFrame:
    """Count acts by account, target and kind.

    ``acts`` is as in `Acts`. Returns one row per edge: source, target (account ids), source_state, target_state, kind,
    weight (posts), first_at and last_at (UTC); the heaviest first.
    """
    edges = acts.group_by(
        source="account_id", target="target_id", source_state="state", target_state="target_state", kind="kind"
    ).agg(weight=pl.len().cast(pl.Int64), first_at=pl.col("ts").min(), last_at=pl.col("ts").max())
    times = [pl.from_epoch(name, time_unit="s").dt.replace_time_zone("UTC") for name in ("first_at", "last_at")]
    order = ["weight", "source", "target", "kind"]
    return edges.with_columns(*times).sort(order, descending=[True, False, False, False]).to_pandas()


def state_network(acts: pl.DataFrame) -> pd.DataFrame:
    """Count acts by state and target state.

    ``acts`` is as in `Acts`; acts on accounts of no state are left out. Returns one row per edge: source, target
    (states), weight (acts), accounts and target_accounts (distinct), and one column per kind; the heaviest first.
    """
    edges = acts.filter(pl.col("target_state").is_not_null()).group_by(source="state", target="target_state").agg(
        weight=pl.len().cast(pl.Int64),
        accounts=pl.col("account_id").n_unique().cast(pl.Int64),
        target_accounts=pl.col("target_id").n_unique().cast(pl.Int64),
        **{kind: (pl.col("kind") == kind).sum().cast(pl.Int64) for kind in KINDS},
    )  # fmt: skip
    return edges.sort(["weight", "source", "target"], descending=[True, False, False]).to_pandas()


def reciprocity(edges: pd.DataFrame) -> tuple[float, pd.Series]:
    r"""Measure weighted reciprocity: the share of the flux between each two nodes that is returned.

    .. math:: r = \frac{\sum_{i \ne j} \min(w_{ij}, w_{ji})}{\sum_{i \ne j} w_{ij}}, \quad
              r_i = \frac{2 \sum_{j \ne i} \min(w_{ij}, w_{ji})}{\sum_{j \ne i} (w_{ij} + w_{ji})}

    ``edges`` has the columns source, target, weight; loops do not count. Returns the reciprocity of the whole network
    (not a number without edges), and that of each node, by its name.
    """
    between = edges[edges["source"] != edges["target"]]
    if between.empty:
        return float("nan"), pd.Series(dtype=float, name="reciprocity").rename_axis("node")
    between = between.groupby(["source", "target"], as_index=False).agg({"weight": "sum"})
    back = between.rename(columns={"source": "target", "target": "source", "weight": "back"})
    both = between.merge(back, on=["source", "target"], how="outer").fillna({"weight": 0, "back": 0})
    both["reciprocated"] = both[["weight", "back"]].min(axis=1)
    network = float(both["reciprocated"].sum() / both["weight"].sum())
    sums = both.groupby("source")[["weight", "back", "reciprocated"]].sum()
    nodes = 2 * sums["reciprocated"] / (sums["weight"] + sums["back"])
    return network, nodes.rename_axis("node").rename("reciprocity")


def centralisation(edges: pd.DataFrame) -> dict[str, float]:
    r"""Measure how close a directed network is to one in which one node has all edges.

    .. math:: C = \frac{\sum_i (\max_j d_j - d_i)}{(n - 1)^2}

    where :math:`d` is the in- or out-degree, without weights and loops: 1 for a star, 0 if all degrees are equal.

    ``edges`` has the columns source, target; several edges between the same two count as one.

    Returns ``in`` and ``out``; not a number for fewer than two nodes.
    """
    pairs = edges.loc[edges["source"] != edges["target"], ["source", "target"]].drop_duplicates()
    n = len(set(pairs["source"]) | set(pairs["target"]))
    found = {}
    for name, end in (("in", "target"), ("out", "source")):
        degrees = pairs[end].value_counts()
        found[name] = float((n * degrees.max() - len(pairs)) / (n - 1) ** 2) if n > 1 else float("nan")
    return found


def motif(edges: pd.DataFrame, dominance: float = DOMINANCE, level: float = 0.05) -> str | None:
    r"""Classify the shape of a network: *radiating* around one or few accounts, or *balanced*.

    The paper calls a network balanced if in- and out-degree are similar, and gives no threshold. Here a network
    radiates if one of its two centralisations is at least ``dominance`` times the other, and its most central account
    has more edges than expected by chance: in small networks, one of two small numbers is often twice the other. With m
    edges between n accounts, some account has k or more by chance with a probability of at most

    .. math:: n \, P(B \ge k), \quad B \sim \text{Binomial}(m, 1 / n).

    ``edges`` has the columns source, target; several edges between the same two count as one. ``level`` is the
    significance level of this test. Returns ``radiating`` or ``balanced``; None without a network.
    """
    central = centralisation(edges)
    if math.isnan(central["in"]):
        return None
    end = "target" if central["in"] > central["out"] else "source"
    pairs = edges.loc[edges["source"] != edges["target"], ["source", "target"]].drop_duplicates()
    n = len(set(pairs["source"]) | set(pairs["target"]))
    by_chance = n * stats.binom.sf(pairs[end].value_counts().max() - 1, len(pairs), 1 / n)
    low, high = sorted(central.values())
    return "radiating" if high >= dominance * low and by_chance <= level else "balanced"
