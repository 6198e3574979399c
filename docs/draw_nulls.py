"""Draw docs/images/nulls.svg: how often each null model finds false edges in bursts without coordination.

Takes some minutes: ``.venv/bin/python -m docs.draw_nulls``.
"""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib import pyplot as plt

from benchmarks.nullsets import bursts
from incahoots.analytics.coordination.matching import matched, network
from incahoots.analytics.coordination.traced_posts import TracedPosts
from incahoots.analytics.significance.significance import tested
from incahoots.analytics.significance.trial import Trial

HALF_LIVES_S = {120: "2 min", 300: "5 min", 900: "15 min", 3_600: "1 h", 14_400: "4 h"}
COLOURS = {"rates": "#0072b2", "poisson": "#d55e00", "shuffle": "#009e73"}
SETS = 40


def finds_something(null: str, half_life_s: int, seed: int) -> bool:
    """Whether a null finds any edge in one data set of bursts."""
    frame = bursts(half_life_s, seed)
    traced = TracedPosts.of(frame)
    edges = network(traced, matched(traced, 60), min_weight=2).assign(behaviour="co_link")
    found, _ = tested(edges, {"co_link": lambda: frame}, Trial(null=null, permutations=19, seed=seed))
    return bool((found["p_adjusted"] <= 0.05).any())


if __name__ == "__main__":
    mpl.use("Agg")
    # Equal numbers give equal files.
    mpl.rcParams["svg.hashsalt"] = "incahoots"
    figure, axes = plt.subplots(figsize=(7, 3.4), layout="constrained")
    with ProcessPoolExecutor(2) as pool:
        for null, colour in COLOURS.items():
            shares = [
                np.mean(list(pool.map(partial(finds_something, null, half_life), range(SETS))))
                for half_life in HALF_LIVES_S
            ]
            axes.plot(list(HALF_LIVES_S.values()), shares, "o-", color=colour, label=null)
    axes.axhline(0.05, color="#444", linestyle=":", label="the level, .05")
    axes.set(ylim=(-0.03, 1.03), xlabel="half-life of a trace", ylabel=f"data sets of {SETS} with a false edge")
    axes.legend(frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(Path(__file__).parent / "images" / "nulls.svg", metadata={"Date": None})
