"""Who posts first: by a plain definition, and no more often than chance where nobody leads."""

from __future__ import annotations

import itertools
from collections import defaultdict

import numpy as np
import polars as pl
import pytest
from hypothesis import given, strategies as st
from scipy import stats

from incahoots.analytics.influence.first_posters import rank_first_posters

Post = tuple[str, str, str, int, str]
SCHEMA = {"account_id": pl.String, "kind": pl.String, "entity": pl.String, "ts": pl.Int64, "tweet_id": pl.String}

posts_of_some = st.lists(
    st.tuples(st.sampled_from("abc"), st.sampled_from(["hashtag", "url"]), st.sampled_from("xy"), st.integers(0, 6)),
    max_size=9,
)


def frames(posts: list[Post]) -> list[pl.DataFrame]:
    """As they are fetched: all of an account in one frame, some rows twice."""
    return [
        pl.DataFrame([row for row in posts if row[0] in some] * 2, schema=SCHEMA, orient="row") for some in ("ab", "c")
    ]


@given(rows=posts_of_some, lag_s=st.integers(0, 3))
def test_by_definition(rows: list[tuple[str, str, str, int]], lag_s: int) -> None:
    posts = [(*row, f"t{number}") for number, row in enumerate(rows)]
    found = rank_first_posters(frames(posts), lag_s)
    about = defaultdict(list)
    for row in posts:
        about[row[1], row[2]].append(row)
    shared = {entity: own for entity, own in about.items() if len({row[0] for row in own}) > 1}
    expected, first = defaultdict(float), defaultdict(int)
    said = {(row.kind, row.entity): row for row in found.entities.itertuples()}
    assert set(said) == set(shared)
    for entity, own in shared.items():
        start = min(row[3] for row in own)
        firsts = {account: min(row[3] for row in own if row[0] == account) for account in {row[0] for row in own}}
        tied = {account for account, at in firsts.items() if at == start}
        after = [at - start for at in firsts.values() if at > start]
        row = said[entity]
        assert (row.tweet_id, row.account_id) == min((row[4], row[0]) for row in own if row[3] == start)
        assert (row.tied, row.followers, row.posts) == (len(tied), len(after), len(own))
        assert row.soon == sum(gap <= lag_s for gap in after)
        assert row.next_s == min(after) if after else np.isnan(row.next_s)
        assert row.first_at.timestamp() == start
        # All ways to choose which of the posts are in the first second.
        at_once = sum(row[3] == start for row in own)
        ways = list(itertools.combinations([row[0] for row in own], at_once))
        for account in firsts:
            expected[account] += sum(account in way for way in ways) / len(ways)
            first[account] += account in tied
    accounts = found.accounts.set_index("account_id")
    assert accounts["first"].to_dict() == dict(first)
    assert accounts["expected"].to_dict() == pytest.approx(dict(expected))
    assert ((accounts["p_value"] > 0) & (accounts["p_value"] <= 1)).all()


def scattered(seed: int) -> list[Post]:
    """Thirty accounts, some of them busy, on 300 things; nobody leads."""
    rng = np.random.default_rng(seed)
    busy = rng.pareto(1.5, 30) + 0.2
    about = np.repeat(np.arange(300), rng.integers(2, 12, 300))
    who = rng.choice(30, len(about), p=busy / busy.sum())
    when = rng.integers(10**6, size=len(about))
    return [
        (f"a{account}", "hashtag", f"x{entity}", int(at), f"{number}")
        for number, (account, entity, at) in enumerate(zip(who, about, when, strict=True))
    ]


def test_busy_accounts_are_first_by_chance_only() -> None:
    p_values = []
    for seed in range(20):
        accounts = rank_first_posters([pl.DataFrame(scattered(seed), schema=SCHEMA, orient="row")], 3600).accounts
        # As often as expected in all, as somebody is first; the busy ones much more often than others.
        assert accounts["first"].sum() == pytest.approx(accounts["expected"].sum(), rel=0.01)
        assert accounts["first"].max() > 3 * accounts["first"].median()
        p_values += accounts["p_value"].tolist()
    for level in (0.005, 0.05, 0.1):
        assert (np.array(p_values) <= level).sum() <= stats.binom.ppf(0.999, len(p_values), level)


def test_who_leads_is_named() -> None:
    posts = [*scattered(1)]
    posts += [("leader", "hashtag", f"x{entity}", -1, f"l{entity}") for entity in range(0, 300, 20)]
    found = rank_first_posters([pl.DataFrame(posts, schema=SCHEMA, orient="row")], 3600)
    assert found.accounts["account_id"].iloc[0] == "leader"
    assert found.accounts["p_adjusted"].iloc[0] < 1e-4
    assert found.accounts["p_adjusted"].iloc[1] > 0.05


def test_no_posts_are_empty_tables() -> None:
    for none in ([], frames([])):
        found = rank_first_posters(none, 3600)
        assert found.entities.empty
        assert found.accounts.empty
