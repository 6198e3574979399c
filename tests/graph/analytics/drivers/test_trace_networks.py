"""Drivers beside a real graph: posts by language, clusters against networkx, similarity against GDS."""

from __future__ import annotations

from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd
import polars as pl
import pytest

from incahoots.analytics.drivers.fusion import drivers
from incahoots.analytics.drivers.gds_clusters import clustered
from incahoots.analytics.drivers.languages import with_languages
from incahoots.analytics.drivers.options import STRATEGIES, DriverSettings, Recipe, ThresholdOptions
from incahoots.analytics.drivers.posts import Material, fetch_material
from incahoots.analytics.drivers.similarity import account_vectors, similar_accounts, varied_accounts
from incahoots.analytics.drivers.thresholds import chosen, threshold_sweep
from incahoots.analytics.drivers.trace_networks import Prepared, networks, trace_network
from incahoots.analytics.networks.communities import ALGORITHMS
from incahoots.analytics.networks.projections import projected
from incahoots.database import Database
from incahoots.errors import UsageError
from incahoots.loaders.load import load
from incahoots.simulator.bilingual import simulate_bilingual
from tests.posts import load_posts, post


def edges_of(graph: nx.Graph[str]) -> pd.DataFrame:
    rows = [(min(u, v), max(u, v), weight) for u, v, weight in graph.edges(data="weight")]
    return pd.DataFrame(rows, columns=["account_id", "other_account_id", "weight"])


def test_posts_come_with_their_language_and_what_they_share(graph: Database) -> None:
    load_posts(graph, [
        post("a", 1, "1", text="Hola #Uno #dos https://www.news.example.com/a", language="es", hashtags=["Uno", "dos"],
             urls=["https://www.news.example.com/a"], like_count=3),
        post("a", 2, "2", text="hello", language="en", hashtags=["uno"]),
        post("b", 3, "3", text="hola", language="es", retweeted_tweet_id="1", hashtags=["Uno"]),
        post("b", 4, "4", text="?"),
        post("b", 5, "5", text="", language="es", hashtags=["tres"]),
        post("b", 6, "6", text="", language="es", retweeted_tweet_id="1", hashtags=["Uno"]),
    ])  # fmt: skip
    material = fetch_material(graph)
    assert material.posts.select("account_id", "tweet_id", "language", "like_count", "quote_count").rows() == [
        ("a", "1", "es", 3, None), ("a", "2", "en", None, None), ("b", "4", None, None, None),
        ("b", "5", "es", None, None),
    ]  # fmt: skip
    spanish = material.of("es")
    assert spanish.hashtags.select("tweet_id", "trace").sort("trace").rows() == [
        ("1", "dos"), ("5", "tres"), ("1", "uno"),
    ]  # fmt: skip
    assert spanish.domains["trace"].to_list() == ["example.com"]
    assert material.of("en").domains.is_empty()
    assert fetch_material(graph, retweets=True).of("es").hashtags["tweet_id"].sort().to_list() == list("11356")
    assert fetch_material(graph, operation_id="none").posts.is_empty()


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_modularity_is_networkx_s(database: Database, algorithm: str) -> None:
    rng = np.random.default_rng(2)
    network = nx.planted_partition_graph(4, 15, 0.6, 0.02, seed=3)
    named = nx.relabel_nodes(network, {node: f"n{node:02}" for node in network})
    for _, _, about in named.edges(data=True):
        about["weight"] = float(rng.uniform(0.6, 1))
    found = clustered(database, edges_of(named), algorithm)
    groups = [set(rows.index) for _, rows in found.labels.groupby(found.labels)]
    assert found.modularity == pytest.approx(nx.community.modularity(named, groups, weight="weight"), abs=1e-9)
    assert list(found.properties().values())[:3] == [60, named.number_of_edges(), 4]
    # The largest first; the same network the same answer, in whatever order.
    assert [len(group) for group in groups] == sorted(map(len, groups), reverse=True)
    again = clustered(database, edges_of(named).sample(frac=1, random_state=1), algorithm)
    pd.testing.assert_series_equal(again.labels, found.labels)


def test_a_network_without_edges_has_no_clusters(database: Database) -> None:
    nothing = clustered(database, edges_of(nx.Graph()))
    assert nothing.labels.empty
    assert nothing.properties()["nodes"] == 0
    assert np.isnan(nothing.modularity)
    with pytest.raises(UsageError, match="no resolution"):
        clustered(database, edges_of(nx.Graph()), resolution=2.0)


def test_gds_finds_the_same_similarities(database: Database) -> None:
    """Weighted node similarity on a projection of accounts and traces, and products of sparse matrices."""
    rng = np.random.default_rng(4)
    uses = pl.DataFrame({
        "account_id": [f"a{n:02}" for n in rng.integers(0, 25, 400)],
        "trace": [f"t{n}" for n in rng.zipf(1.6, 400) % 30], "tweet_id": [str(n) for n in range(400)],
    })  # fmt: skip
    vectors = account_vectors(uses, varied_accounts(uses, 3), 2)
    entries = vectors.matrix.tocoo()
    first = len(vectors.account_ids)
    rows = [[int(u), first + int(t), float(x)] for u, t, x in zip(entries.row, entries.col, entries.data, strict=True)]
    with projected(database, "projections/of_edges", UsageError("empty"), edges=rows) as (gds, network):
        found = gds.node_similarity.stream(
            network, similarity_metric="COSINE", relationship_weight_property="weight", top_k=first,
            similarity_cutoff=0.3,
        )  # fmt: skip
    ids = vectors.account_ids.to_list()
    theirs = {
        (ids[row.node1], ids[row.node2]): row.similarity for row in found.itertuples() if row.node1 < row.node2 < first
    }  # fmt: skip
    ours = {(u, v): w for u, v, w in similar_accounts(vectors, 0.3).itertuples(index=False)}
    assert len(ours) > 20
    assert ours == pytest.approx(theirs, abs=1e-9)


@pytest.fixture(scope="module")
def discussion(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bilingual")
    simulate_bilingual(folder, accounts=400, drivers=20, fans=20, posts=35, seed=3)
    return folder


def test_planted_drivers_are_central_in_the_fused_network(graph: Database, discussion: Path) -> None:
    load("io-archive", [discussion], graph)
    material = fetch_material(graph)
    assert set(material.posts["language"]) == {"en", "es"}
    truth = pl.read_csv(discussion / "truth.csv")
    planted = set(truth.filter(pl.col("kind") == "driver")["account_id"])
    for language in ("en", "es"):
        found = networks(
            material.of(language), language, DriverSettings(ignored={language: frozenset({"x.com", "bit.ly"})})
        )
        assert tuple(found.strategies) == STRATEGIES
        assert not found.left_out
        top = drivers(found.strategies["fused"], 0.06)
        assert len(top) >= 5
        assert top["account_id"].isin(planted).mean() >= 0.8
        # What is left of it is part of it.
        fused = set(found.strategies["fused"][["account_id", "other_account_id"]].itertuples(index=False, name=None))
        for name, edges in found.strategies.items():
            kept = set(edges[["account_id", "other_account_id"]].itertuples(index=False, name=None))
            assert kept <= fused, name
            assert kept, name


def test_the_threshold_that_is_stable_is_chosen(database: Database) -> None:
    """Four groups that share nearly the same, and some domains of everybody's that tie them weakly together."""
    rng = np.random.default_rng(6)
    rows = [
        (domain, f"g{group}a{member}")
        for group in range(4) for member in range(8)
        for domain in [*(f"own{group}x{n}.com" for n in range(6) if rng.random() < 0.9),
                       *(f"all{n}.com" for n in rng.integers(0, 12, 5))]
    ]  # fmt: skip
    uses = pl.DataFrame([(*row, str(place), place) for place, row in enumerate(rows)],
                        schema=["trace", "account_id", "tweet_id", "ts"], orient="row")  # fmt: skip
    posts = uses.select("account_id", "tweet_id", "ts", text=pl.lit("x"), language=pl.lit("en"))
    material, settings = Material(posts, uses.head(0), uses), DriverSettings(("co_domain",))
    table = threshold_sweep(database, material, "en", settings, ThresholdOptions(cosines=(0.9, 0.02, 0.5), repeats=4))
    assert table["cosine"].tolist() == [0.02, 0.5, 0.9]
    for row in table.itertuples():
        of_cosine = DriverSettings(("co_domain",), cosines={"co_domain": row.cosine})
        made = trace_network("co_domain", Prepared.of(material, "en", of_cosine))
        assert row.edges == len(made.edges)
    assert table["edges"].is_monotonic_decreasing
    assert table.set_index("cosine")["clusters"][0.5] == 4
    assert table.set_index("cosine")["stability"][0.5] > 0.95
    assert table.loc[table["chosen"], "cosine"].tolist() == [chosen(table)]
    nothing = threshold_sweep(database, material, "en", DriverSettings(("co_hashtag",)), ThresholdOptions(repeats=2))
    assert not nothing["chosen"].any()
    with pytest.raises(UsageError, match=r"number of repeats must be 2 or more \(got 1\)"):
        ThresholdOptions(repeats=1)
    with pytest.raises(UsageError, match="above 0"):
        ThresholdOptions(cosines=(0.0, 0.5))


def test_as_much_is_chosen_as_stability_allows() -> None:
    table = pd.DataFrame({
        "cosine": [0.4, 0.5, 0.6, 0.7, 0.8], "edges": [900, 500, 300, 100, 5], "stability": [0.5, 0.86, 0.9, 0.88, 1.0],
        "stability_se": [0.01, 0.01, 0.05, 0.01, 0.0],
    })  # fmt: skip
    # The best of those that are large enough is at 0.6; 0.5 is within its standard error.
    assert chosen(table) == 0.5
    assert np.isnan(chosen(table.assign(edges=3)))


def test_a_language_of_nobody_has_empty_networks_and_reasons() -> None:
    nothing = pl.DataFrame(schema={"trace": pl.String, "account_id": pl.String, "tweet_id": pl.String, "ts": pl.Int64})
    posts = pl.DataFrame(schema={"account_id": pl.String, "tweet_id": pl.String, "ts": pl.Int64, "text": pl.String,
                                 "language": pl.String})  # fmt: skip
    found = networks(Material(posts, nothing, nothing), "fi", DriverSettings())
    assert [name for name, _ in found.left_out] == ["co_domain", "co_hashtag", "text"]
    assert all(edges.empty for edges in (found.traces | found.strategies).values())


def test_where_nobody_knows_what_posts_feel_like_time_alone_counts() -> None:
    hour = 3600
    rows = [(f"{trace}.test", account, f"{account}{trace}", start) for trace in "xyz"
            for account, start in (("a", 0), ("b", hour), ("c", 3 * hour))]  # fmt: skip
    uses = pl.DataFrame(rows, schema=["trace", "account_id", "tweet_id", "ts"], orient="row")
    for language, text, together in (("fi", "kaunis", {("a", "b")}), ("en", "love", {("a", "b")})):
        posts = uses.select("account_id", "tweet_id", "ts", text=pl.lit(text), language=pl.lit(language))
        found = networks(Material(posts, uses.head(0), uses), language, DriverSettings(("co_domain",)))
        met = found.strategies["met"][["account_id", "other_account_id"]].itertuples(index=False, name=None)
        assert len(found.strategies["fused"]) == 3
        assert set(met) == together
    # What one loves and the other hates is not the same.
    felt = posts.with_columns(text=pl.when(pl.col("account_id") == "a").then(pl.lit("hate")).otherwise("text"))
    found = networks(Material(felt, uses.head(0), uses), "en", DriverSettings(("co_domain",)))
    assert found.strategies["met"].empty


def test_why_a_network_is_empty() -> None:
    rows = [(trace, account, f"{account}{trace}", 0) for account in "abc" for trace in ("x.test", "y.test", "z.test")]
    uses = pl.DataFrame(rows, schema=["trace", "account_id", "tweet_id", "ts"], orient="row")
    posts = uses.select("account_id", "tweet_id", "ts", text=pl.lit("short"), language=pl.lit("en"))
    material = Material(posts, uses.head(0), uses)
    domain = ("co_domain",)

    def why(settings: DriverSettings) -> str:
        return dict(networks(material, "en", settings).left_out).get("co_domain", "")

    assert why(DriverSettings(domain)) == ""
    ignored = {"en": frozenset({"x.test", "y.test", "z.test"})}
    assert why(DriverSettings(domain, ignored=ignored)) == "all domains are ignored"
    assert "no domain is shared by 4 of the 3 accounts" in why(DriverSettings(domain, {"co_domain": Recipe(3, 4, 0.6)}))
    assert "0 accounts share 4 different domains" in why(DriverSettings(domain, {"co_domain": Recipe(4, 1, 0.6)}))
    # Without a list of one's own it is the shipped one.
    shipped = material.domains.with_columns(pl.col("trace").replace("x.test", "youtube.com"))
    found = networks(Material(posts, uses.head(0), shipped), "en", DriverSettings(domain))
    assert "0 accounts share 3 different domains" in dict(found.left_out)["co_domain"]
    # A cosine of one language goes before that of all.
    odd = DriverSettings(domain, cosines={"co_domain": 0.9, "es.co_domain": 0.4})
    assert (odd.cosine("co_domain", "en"), odd.cosine("co_domain", "es")) == (0.9, 0.4)
    with pytest.raises(UsageError, match=r"minimum centrality must be between 0 and 1 \(got 2\)"):
        DriverSettings(centrality=2)
    with pytest.raises(UsageError, match="no trace 'co_image'"):
        DriverSettings(("co_image",))
    with pytest.raises(UsageError, match="No trace"):
        DriverSettings(())
    assert dict(with_languages(posts)["language_by"].value_counts().iter_rows()) == {"platform": 9}
