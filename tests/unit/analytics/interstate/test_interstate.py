"""Inter-state coordination without a database: against networkx, scipy, and hand-worked examples."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, strategies as st
from scipy import stats

from incahoots.analytics.interstate.acts import one_act_each, quotes_by_link
from incahoots.analytics.interstate.between_accounts import (
    account_network,
    centralisation,
    motif,
    reciprocity,
    state_network,
)
from incahoots.analytics.interstate.engagement import COUNTS, cohens_d, compare, in_brief, label, least_sample
from incahoots.analytics.interstate.months import monthly, peaks
from incahoots.analytics.pictures import draw_months, draw_states, save_picture
from incahoots.errors import UsageError
from tests.acts import acts_of as classified_acts
from tests.picture_files import check_picture

DAY = 86_400
NEW_YEAR = 1577836800

ACCOUNTS = pl.DataFrame({"account_id": ["a1", "a2", "b1", "c1"], "state": ["A", "A", "B", "C"]})


def acts_of(rows: list[tuple[str, str, str, int]]) -> pl.DataFrame:
    """Acts as (account, target, kind, day)."""
    return classified_acts([(*row[:3], NEW_YEAR + DAY * row[3]) for row in rows], ACCOUNTS)


def test_scopes() -> None:
    acts = acts_of(
        [("a1", "b1", "reply", 0), ("a1", "a2", "quote", 1), ("b1", "x", "mention", 2), ("x", "a1", "reply", 3)]
    )
    assert acts.select("state", "target_state", "scope").rows() == [
        ("A", "B", "inter"), ("A", "A", "intra"), ("B", None, "external"),
    ]  # fmt: skip


def test_networks_count_acts() -> None:
    acts = acts_of(
        [("a1", "b1", "reply", 0), ("a1", "b1", "reply", 2), ("a2", "b1", "retweet", 1), ("b1", "x", "quote", 1)]
    )
    edges = account_network(acts.filter(pl.col("scope") == "inter"))
    assert edges[["source", "target", "kind", "weight"]].to_numpy().tolist() == [
        ["a1", "b1", "reply", 2], ["a2", "b1", "retweet", 1],
    ]  # fmt: skip
    assert (edges["last_at"] - edges["first_at"]).dt.days.tolist() == [2, 0]
    (row,) = state_network(acts).to_dict(orient="records")
    assert row == {
        "source": "A", "target": "B", "weight": 3, "accounts": 2, "target_accounts": 1, "retweet": 1, "quote": 0,
        "reply": 2, "mention": 0,
    }  # fmt: skip


def test_quotes_by_their_links() -> None:
    accounts = pl.DataFrame({
        "account_id": ["1", "2", "3", "4", "5"], "screen_name": ["Anna", "bert", "twin", "TWIN", None],
    })  # fmt: skip
    rows = [
        ("1", "t1", "9", "https://twitter.com/BERT/status/9"), ("1", "t2", "9", "https://mobile.x.com/a/b/status/9?s=20"),
        ("1", "t3", "9", "https://twitter.com/bert/status/91"), ("1", "t4", "9", "https://twitter.com/i/web/status/9"),
        ("1", "t5", "9", "https://twitter.com/anna/status/9"), ("1", "t6", "9", "https://twitter.com/Twin/status/9"),
        ("1", "t7", "9", "https://evil.example/twitter.com/bert/status/9"),
        ("1", "t1", "9", "http://www.twitter.com/bert/status/9/photo/1"),
    ]  # fmt: skip
    links = pd.DataFrame(rows, columns=["account_id", "tweet_id", "quoted_id", "raw"]).assign(ts=0)
    found = quotes_by_link(links, accounts).select("tweet_id", "target_id").rows()
    assert found == [("t1", "2"), ("t2", "@a/b"), ("t6", "@twin")]
    assert quotes_by_link(links.head(0), accounts).is_empty()


def test_one_act_of_a_post_on_an_account() -> None:
    acts = pl.DataFrame(
        [("a", "1", 0, "b", "mention"), ("a", "1", 0, "b", "quote"), ("a", "1", 0, "c", "reply")],
        schema=["account_id", "tweet_id", "ts", "target_id", "kind"], orient="row",
    )  # fmt: skip
    assert sorted(one_act_each(acts).select("target_id", "kind").rows()) == [("b", "quote"), ("c", "reply")]


edges_of_four = st.dictionaries(
    st.tuples(st.sampled_from("wxyz"), st.sampled_from("wxyz")), st.integers(1, 9), min_size=1, max_size=12
)


@given(weights=edges_of_four)
def test_reciprocity_and_centralisation_by_definition(weights: dict[tuple[str, str], int]) -> None:
    edges = pd.DataFrame([(*pair, weight) for pair, weight in weights.items()], columns=["source", "target", "weight"])
    between = {pair: weight for pair, weight in weights.items() if pair[0] != pair[1]}
    network, nodes = reciprocity(edges)
    back = {(i, j): between.get((j, i), 0) for i, j in between}
    if not between:
        assert math.isnan(network)
        assert all(math.isnan(value) for value in centralisation(edges).values())
        return
    assert network == pytest.approx(sum(min(w, back[pair]) for pair, w in between.items()) / sum(between.values()))
    for node in {node for pair in between for node in pair}:
        strength = sum(weight for pair, weight in between.items() if node in pair)
        flux = sum(min(weight, back[pair]) for pair, weight in between.items() if node in pair)
        assert nodes[node] == pytest.approx(flux / strength)
    graph = nx.DiGraph(list(between))
    # Without weights the paper's reciprocity is that of every textbook.
    plain, _ = reciprocity(edges.assign(weight=1))
    assert plain == pytest.approx(nx.overall_reciprocity(graph))
    n = len(graph)
    for name, centrality in (("in", nx.in_degree_centrality(graph)), ("out", nx.out_degree_centrality(graph))):
        highest = max(centrality.values())
        expected = sum(highest - value for value in centrality.values()) / (n - 1)
        assert centralisation(edges)[name] == pytest.approx(expected)


def pairs(rows: list[tuple[str, str]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["source", "target"]).assign(weight=1)


def test_stars_radiate_and_circles_do_not() -> None:
    star = pairs([(f"leaf{number}", "centre") for number in range(9)])
    assert centralisation(star) == {"in": 1.0, "out": pytest.approx((10 - 9) / 81)}
    assert motif(star) == "radiating"
    assert motif(star.rename(columns={"source": "target", "target": "source"})) == "radiating"
    circle = pairs([(str(number), str((number + 1) % 9)) for number in range(9)])
    assert centralisation(circle) == {"in": 0.0, "out": 0.0}
    assert motif(circle) == "balanced"
    both = pd.concat([star, star.rename(columns={"source": "target", "target": "source"})])
    assert motif(both) == "balanced"
    assert motif(pairs([])) is None


@pytest.mark.parametrize("hub", ["source", "target"])
def test_planted_motifs_are_told_apart_from_chance(hub: str) -> None:
    rng = np.random.default_rng(11)
    found: list[tuple[str | None, str | None]] = []
    for _ in range(40):
        background = pd.DataFrame(rng.integers(0, 60, (120, 2)), columns=["source", "target"])
        rays = pd.DataFrame({"source": rng.choice(np.arange(1, 60), 30, replace=False), "target": 0})
        planted = rays if hub == "target" else rays.rename(columns={"source": "target", "target": "source"})
        found.append((motif(background), motif(pd.concat([background, planted]))))
    assert {planted for _, planted in found} == {"radiating"}
    # One in twenty may look so by chance.
    assert sum(background == "radiating" for background, _ in found) <= 2


def test_small_networks_do_not_radiate() -> None:
    # One account with two of two edges is no centre: chance has it half of the time.
    assert motif(pairs([("a", "c"), ("b", "c")])) == "balanced"
    assert motif(pairs([(name, "c") for name in "abdefg"])) == "radiating"


def test_months_and_peaks() -> None:
    # January 2020 has 31 days, February 29.
    acts = acts_of([
        ("a1", "a2", "reply", 0), ("a1", "a2", "reply", 1), ("a1", "a2", "reply", 40),
        ("a1", "b1", "reply", 35), ("a2", "c1", "quote", 130), ("a2", "c1", "quote", 131), ("b1", "a1", "reply", 3),
    ])  # fmt: skip
    months = monthly(acts)
    a = months[(months["state"] == "A") & (months["scope"] == "inter")]
    assert a["count"].tolist() == [0, 1, 0, 0, 2]
    assert a["cumulative"].tolist() == [0, 1, 1, 1, 3]
    found = peaks(acts).set_index("state")
    assert found.loc["A", ["lag_days", "gap_months", "gap"]].tolist() == [35.0, 4, "3 to 12 months"]
    assert found.loc["A", "inter_peak"] == pd.Timestamp("2020-05-01", tz="UTC")
    assert found.loc["B", ["lag_days", "gap_months", "gap"]].isna().all()


@pytest.mark.parametrize(
    ("day", "gap"),
    [(30, "same month"), (31, "below 3 months"), (90, "below 3 months"), (91, "3 to 12 months"),
     (370, "3 to 12 months"), (400, "above 12 months")],
)  # fmt: skip
def test_classes_of_gaps(day: int, gap: str) -> None:
    assert peaks(acts_of([("a1", "a2", "reply", 0), ("a1", "b1", "reply", day)]))["gap"].tolist() == [gap]


def test_no_acts_no_months() -> None:
    assert monthly(acts_of([])).empty
    assert peaks(acts_of([("b1", "x", "reply", 0)])).empty


def test_power_of_the_paper() -> None:
    assert least_sample() == 394
    # Cohen 1988, table 2.4.1: 64 for a medium effect, 26 for a large one.
    assert [least_sample(effect) for effect in (0.5, 0.8)] == [64, 26]


def posts(rng: np.random.Generator, n: int, **columns: Any) -> pl.DataFrame:
    counts = {metric: rng.poisson(3, n) for metric in COUNTS}
    return pl.DataFrame({"scope": rng.choice(["inter", "intra", "external"], n)} | counts | columns)


def test_engagement_is_scipy() -> None:
    rng = np.random.default_rng(1)
    frame = pl.concat([posts(rng, 300, state=["A"] * 300), posts(rng, 400, state=["B"] * 400)])
    table, left_out = compare(frame, least=50)
    assert left_out.empty
    for row in table.itertuples():
        own = frame.filter(pl.col("state") == row.state)
        inter, intra = (own.filter(pl.col("scope") == scope)[row.metric].to_numpy() for scope in ("inter", "intra"))
        expected = stats.ttest_ind(inter, intra, equal_var=False)
        assert (row.t, row.p_value) == pytest.approx((expected.statistic, expected.pvalue))
        pooled = np.sqrt(((len(inter) - 1) * inter.var(ddof=1) + (len(intra) - 1) * intra.var(ddof=1))
                         / (len(inter) + len(intra) - 2))  # fmt: skip
        assert row.d == pytest.approx((inter.mean() - intra.mean()) / pooled)
    assert table["p_adjusted"].tolist() == pytest.approx(stats.false_discovery_control(table["p_value"]).tolist())


def test_against_as_many_of_others_by_chance() -> None:
    frame = posts(np.random.default_rng(2), 600, state=["A"] * 600)
    table, _ = compare(frame, "external", least=50)
    again, _ = compare(frame, "external", least=50)
    other, _ = compare(frame, "external", least=50, seed=7)
    pd.testing.assert_frame_equal(table, again)
    assert not table["t"].equals(other["t"])
    n = min(int((frame["scope"] == scope).sum()) for scope in ("inter", "external"))
    assert table["n_other"].tolist() == [n] * 3


def test_against_all_others_it_is_students_test() -> None:
    # Fewer others than inter-state posts: all of them are the sample, and nothing is left to chance.
    frame = posts(np.random.default_rng(4), 900, state=["A"] * 900)
    others = frame.filter(pl.col("scope") == "external").head(120)
    frame = pl.concat([frame.filter(pl.col("scope") == "inter"), others])
    table, _ = compare(frame, "external", least=50)
    for row in table.itertuples():
        inter = frame.filter(pl.col("scope") == "inter")[row.metric].to_numpy()
        expected = stats.ttest_ind(inter, others[row.metric].to_numpy(), equal_var=True)
        assert (row.t, row.p_value) == pytest.approx((expected.statistic, expected.pvalue))


def test_states_that_cannot_be_compared_say_why() -> None:
    rng = np.random.default_rng(3)
    frame = pl.concat([
        posts(rng, 600, state=["A"] * 600),
        posts(rng, 30, state=["few"] * 30),
        posts(rng, 600, state=["silent"] * 600).with_columns(like_count=pl.lit(None, dtype=pl.Int64)),
    ])  # fmt: skip
    table, left_out = compare(frame, least=100)
    assert set(table["state"]) == {"A", "silent"}
    why = left_out.set_index(["state", "metric"])["why"]
    assert why["silent", "like_count"] == "the source has no like_count"
    assert why["few", "reply_count"] == "too few posts: 11 inter-state, 11 intra-state"
    assert left_out.set_index("state")["needed"].dropna().to_dict() == {"few": 100}
    brief = in_brief(left_out[left_out["state"] == "few"].assign(against="intra", why="too few posts"))
    assert brief.to_numpy().tolist() == [["few", "intra", ", ".join(COUNTS), "too few posts"]]
    nothing = compare(frame, states=["none"], least=100)[1].set_index("state").loc["none"]
    assert nothing["why"].tolist() == ["too few posts: 0 inter-state, 0 intra-state"] * 3
    assert nothing["needed"].tolist() == [100] * 3
    assert compare(frame.clear(), least=100)[0].empty


@pytest.mark.parametrize(
    ("d", "name"), [(0.1, "negligible"), (-0.2, "small"), (0.5, "medium"), (-3.0, "large"), (math.nan, None)]
)
def test_names_of_effects(d: float, name: str | None) -> None:
    assert label(d) == name


def test_no_difference_where_nothing_varies() -> None:
    assert math.isnan(cohens_d(np.ones(5), np.ones(5)))


def test_pictures_of_states_and_months(tmp_path: Path) -> None:
    acts = acts_of([
        ("a1", "b1", "reply", 0), ("a1", "b1", "reply", 40), ("b1", "a1", "quote", 3), ("a1", "a2", "quote", 9),
        ("b1", "c1", "reply", 70),
    ])  # fmt: skip
    states = pd.DataFrame({"state": ["A", "B", "C"], "accounts": [2, 1, 1]})
    drawn = draw_states(state_network(acts), states, title="$tates")
    (axes,) = drawn.axes
    assert len(axes.patches) == 3
    assert {text.get_text() for text in axes.texts} == {"A", "B", "C"}
    lines = draw_months(monthly(acts))
    assert [axes.get_title(loc="left") for axes in lines.axes] == ["A", "B"]
    # The acts begin on the first of January and end on March 12: of March there is only a part.
    inter, of_march = lines.axes[0].lines[:2]
    np.testing.assert_array_equal(inter.get_ydata(), [1, 2, np.nan])
    assert (list(of_march.get_ydata()), of_march.get_linestyle()) == ([2], "None")
    for name, figure in (("states", drawn), ("months", lines)):
        save_picture(figure, tmp_path / f"{name}.svg")
        check_picture(tmp_path / f"{name}.svg")
    for draw in (lambda: draw_states(state_network(acts_of([])), states), lambda: draw_months(monthly(acts_of([])))):
        with pytest.raises(UsageError):
            draw()
