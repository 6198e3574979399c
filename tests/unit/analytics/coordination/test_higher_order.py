"""Higher-order behaviours on simulations with opposed accounts: what the paper says single behaviours confuse."""

from __future__ import annotations

from collections import defaultdict
from itertools import permutations
from pathlib import Path

import polars as pl
import pytest

from benchmarks.calibration import shares_of
from incahoots.analytics.coordination.matching import matched, network
from incahoots.analytics.coordination.traced_posts import TracedPosts, together
from incahoots.simulator import simulate

Pair = tuple[str, str]


def pairs_of(frame: pl.DataFrame) -> set[Pair]:
    """Ordered pairs of accounts that match twice or more within a minute."""
    traced = TracedPosts.of(frame)
    edges = network(traced, matched(traced, 60), min_weight=2)
    return set(zip(edges["source"], edges["target"], strict=True))


@pytest.mark.parametrize("seed", [0, 1])
def test_planted_groups_are_found_and_opposed_accounts_are_not(tmp_path: Path, seed: int) -> None:
    simulate(tmp_path, accounts=1_000, posts=20_000, seed=seed)
    truth = pl.read_csv(tmp_path / "truth.csv", infer_schema=False).filter(pl.col("behaviour") == "link+mention")
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for account, group in truth.select("account_id", "group_id").rows():
        groups[group].append(account)
    planted = {pair for members in groups.values() for pair in permutations(members, 2)}
    opposed = set(pl.read_csv(tmp_path / "confusions.csv", infer_schema=False)["account_id"])
    known = opposed | {account for members in groups.values() for account in members}

    traced = shares_of(tmp_path)
    found = pairs_of(together([traced["co_link"], traced["co_mention"]]))
    assert len(found & planted) / len(found) >= 0.95
    assert len(found & planted) / len(planted) >= 0.95
    for single in ("co_link", "co_mention"):
        among_them = {pair for pair in pairs_of(traced[single]) if set(pair) <= known}
        assert planted <= among_them
        # Every other edge or so is one of opposed accounts.
        assert len(planted) / len(among_them) < 0.7
