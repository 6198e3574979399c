"""A scenario like the paper's: a hidden leader and 102 who follow him, among 103 others on the same topics."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy.stats import false_discovery_control

from incahoots.analytics.influence.activity import Activity
from incahoots.analytics.influence.classes import class_table
from incahoots.analytics.influence.crowd_test import crowd_p_values
from incahoots.analytics.influence.distance import pair_weights
from incahoots.analytics.influence.significance import shift_p_values

HOURS, TOPICS = 24 * 365, 30


def scenario(seed: int) -> tuple[pl.DataFrame, dict[str, str]]:
    """Activity of all, and who is coordinated."""
    rng = np.random.default_rng(seed)
    # Topics have hours in which everybody speaks of them: days, and news.
    busy = rng.gamma(0.3, size=(TOPICS, HOURS)) * np.tile(1 + np.cos(np.arange(24) / 24 * 2 * np.pi), HOURS // 24)
    busy /= busy.sum(axis=1, keepdims=True)
    rows: list[tuple[str, str, int]] = []
    names = [f"c{number}" for number in range(103)], [f"o{number}" for number in range(103)]
    for topic in range(TOPICS):
        led = np.sort(rng.choice(HOURS - 1, 12, replace=False))
        rows += [("c0", f"t{topic}", int(hour)) for hour in led]
        for name in names[0][1:]:
            followed = led[rng.random(12) < 0.25] + 1
            own = rng.choice(HOURS, 2, p=busy[topic])
            rows += [(name, f"t{topic}", int(hour)) for hour in (*followed, *own)]
        for name in names[1]:
            rows += [(name, f"t{topic}", int(hour)) for hour in rng.choice(HOURS, 5, p=busy[topic])]
    labels = dict.fromkeys(names[0], "coordinated")
    return pl.DataFrame(rows, schema=["account_id", "entity", "bin"], orient="row"), labels


@pytest.mark.parametrize("absent", ["neutral", "skip"])
def test_the_leader_is_first_and_influence_stays_in_the_class(absent: str) -> None:
    frame, labels = scenario(seed=3)
    activity = Activity.of(frame, HOURS)
    parts = list(pair_weights(activity, absent=absent))
    source, target, weight = (np.concatenate(each) for each in zip(*parts, strict=True))
    ids = activity.account_ids.to_numpy()
    edges = pd.DataFrame({"source": ids[source], "target": ids[target], "weight": weight, "entity": "all"})
    edges = edges[edges["weight"] > 1e-12]
    influence = edges.groupby("source")["weight"].sum().sort_values(ascending=False)
    # Far ahead of everybody else, with edges to all who follow.
    assert influence.index[0] == "c0"
    assert influence.iloc[0] > 3 * influence.iloc[1]
    assert set(edges.loc[edges["source"] == "c0", "target"]) >= set(labels) - {"c0"}
    table = class_table(edges, labels, seed=1).set_index(["source_class", "target_class"])
    # All of the heaviest edges are the leader's. Everybody else meets in busy hours, lightly: over all edges the weight
    # within the class is well above what classes dealt out by chance have, but not nearly all of it.
    heaviest = edges.nlargest(102, "weight")
    assert set(heaviest["source"]) == {"c0"}
    assert set(heaviest["target"]) <= set(labels)
    inside = table.loc[("coordinated", "coordinated")]
    assert inside["weight"] / table["weight"].sum() > 0.55
    assert inside["shuffled_share"] == pytest.approx(0.25, abs=0.02)
    # Tested against shifts by days and the crowd, all edges of the leader stay, and no others.
    kept = edges.nlargest(2_000, "weight")
    places = {name: place for place, name in enumerate(ids)}
    ends = [kept[end].map(places).to_numpy() for end in ("source", "target")]
    p_values = np.maximum(shift_p_values(activity, *ends, period=24), crowd_p_values(activity, *ends))
    adjusted = false_discovery_control(p_values) * len(ids) * (len(ids) - 1) / len(kept)
    significant = kept[adjusted <= 0.05]
    assert (significant["source"] == "c0").sum() == 102
    sure = class_table(significant, labels, seed=1).set_index(["source_class", "target_class"])
    assert sure.loc[("coordinated", "coordinated"), "share"] >= 0.95
