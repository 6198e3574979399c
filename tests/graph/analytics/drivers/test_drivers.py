"""The whole way to drivers, from posts in the graph to tables and files."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import networkx as nx
import pandas as pd
import polars as pl
import pytest

from incahoots import drop, query, runs, why
from incahoots.analytics.drivers.bilingual import spoken
from incahoots.analytics.drivers.bridges import bridges
from incahoots.analytics.drivers.drivers import drivers
from incahoots.analytics.drivers.options import STRATEGIES, DriverOptions
from incahoots.analytics.drivers.tables import Drivers
from incahoots.database import Database
from incahoots.errors import NotFoundError, UsageError
from incahoots.loaders.load import load
from tests.command_line import Caller
from tests.posts import load_posts, post


def test_the_command(graph: Database, home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call = Caller(capsys, None, "drivers")
    here = ("--home", home, "--nulls", "2", "--topics", "4")
    folder, tables = tmp_path / "discussion", tmp_path / "tables"
    call("simulate", folder, "--accounts", "120", "--drivers", "12", "--fans", "10", "--days", "60", "--seed", "3")
    load("io-archive", [folder], graph)
    truth = pd.read_csv(folder / "truth.csv").set_index("account_id")
    about = tmp_path / "about.csv"
    about.write_text("domain,factuality,leaning\nen-pushed0.com,Low,Right\n")

    found = json.loads(call(*here, "--about", about, "--tables", tables, "--share", "en=0.1", "--json"))
    assert set(found) == set(Drivers.__annotations__) - {"edges"}
    assert [row["language"] for row in found["languages"]] == ["en", "es"]
    assert not found["left_out"]
    networks = ["co_domain", "co_hashtag", "text", *STRATEGIES]
    assert [(row["language"], row["network"]) for row in found["properties"]] == [
        (language, network) for language in ("en", "es") for network in networks
    ]
    fused = next(row for row in found["properties"] if row["network"] == "fused")
    edges = pd.read_csv(tables / "edges.csv", dtype={"tweet_id": str, "other_tweet_id": str})
    own = edges[edges["language"] == "en"]
    assert fused["edges"] == len(own)
    assert fused["nodes"] == len({*own["account_id"], *own["other_account_id"]})
    english = [row["account_id"] for row in found["drivers"] if row["language"] == "en"]
    assert len(english) == fused["nodes"] // 10
    assert (truth.loc[english, "kind"] == "driver").mean() > 0.7
    assert {row["account_id"] for row in found["bilingual"]} <= set(truth.index[truth["bilingual"]])
    # Of bilingual accounts what they post in each language: its own hashtags, and all their posts in it.
    both = {row["account_id"]: row for row in found["bilingual"]}
    for language in ("en", "es"):
        of_both = [row for row in found["engagement"] if (row["group"], row["language"]) == ("bilingual", language)]
        assert [row["posts"] for row in of_both] == [sum(row[language] for row in both.values())]
    tags = {
        language: {
            row["tag"] for row in found["hashtags"] if (row["group"], row["language"]) == ("bilingual", language)
        }
        for language in ("en", "es")
    }
    assert all(tags.values())
    assert not tags["en"] & tags["es"]
    sides = ("group", "language", "other_group", "other_language")
    compared = {tuple(map(row.get, sides)): row for row in found["compared"] if row["measure"] == "hashtags"}
    bilingual = [("bilingual", language, "monolingual", language) for language in ("en", "es")]
    assert set(compared) == {*bilingual, ("drivers", "en", "drivers", "es")}
    assert compared[bilingual[0]]["accounts"] == len(both)
    domains = {row["domain"]: row["leaning"] for row in found["domains"]}
    assert domains["en-pushed0.com"] == "Right"
    assert {path.stem for path in tables.iterdir()} == set(Drivers.__annotations__)
    # It is in the graph, and the posts behind it can be read.
    central = query(graph, "who_is_central", limit=1_000)
    assert set(zip(central["language"], central["account_id"], strict=True)) == {
        (row["language"], row["account_id"]) for row in found["drivers"]
    }
    of_account = pd.concat([own["account_id"], own["other_account_id"]]).value_counts()
    rows = central[central["language"] == "en"]
    assert rows["alike"].tolist() == of_account[rows["account_id"]].tolist()
    assert runs(graph).set_index("run_id").loc["drivers", "edges"] == len(edges)
    shown = query(graph, "show_drivers", language="en", limit=5)
    assert len(shown) == 5
    both_ways = own[own["co_hashtag"].notna() & own["text"].notna()].iloc[0]
    one, other = both_ways["account_id"], both_ways["other_account_id"]
    behind = why(graph, "drivers", one, other)
    assert set(behind["behaviour"]) >= {"co_hashtag", "text"}
    assert all(f"#{row.trace}" in row.text for row in behind.itertuples() if row.behaviour == "co_hashtag")
    (texts,) = behind[behind["behaviour"] == "text"][["tweet_id", "other_tweet_id"]].to_numpy().tolist()
    assert texts == [str(both_ways["tweet_id"]), str(both_ways["other_tweet_id"])]
    back = why(graph, "drivers", other, one)
    assert len(back) == len(behind)
    assert back[back["behaviour"] == "text"]["tweet_id"].tolist() == texts[1:]
    with pytest.raises(NotFoundError, match="no edge"):
        why(graph, "drivers", one, one)
    page = tmp_path / "drivers.html"
    shown = call(
        *here, "--language", "en", "--trace", "co_hashtag", "--of", "en=backbone", "--limit", "1", "-o", page,
        "--keep", "7",
    )  # fmt: skip
    # What is said to be called next can be called.
    hint = next(line for line in call.err.splitlines() if "incahoots why" in line)
    words = shlex.split(hint.partition("Next: incahoots ")[2])
    assert "co_hashtag" in Caller(capsys)(words[0], "--home", home, *words[1:])
    # One of that name is replaced, and what is too much left out.
    counted = "MATCH ()-[edge:ALIKE]->() RETURN count(edge) AS n, collect(DISTINCT edge.language) AS languages"
    assert graph.run(counted).iloc[0].tolist() == [7, ["en"]]
    assert drop(graph, "drivers") > 7
    assert graph.run("MATCH ()-[edge:ALIKE|CENTRAL_IN]->() RETURN count(edge) AS n")["n"].item() == 0
    assert "Drivers: the most central accounts" in shown
    assert "\nHashtags (the first 1 of " in shown
    assert "--limit 0 prints all rows; --tables FOLDER writes them, with all columns." in call.err
    assert page.read_text().count("<img") == 3
    assert "Unknown file type" in call.told(*here, "-o", tmp_path / "drivers.pdf", code=2)
    assert "--language" in call("--help")

    options = ("--language", "en", "--trace", "co_hashtag", "--repeats", "2")
    swept = call.json("thresholds", *here[:2], *options, "-o", tmp_path / "thresholds.png")
    assert [row["trace"] for row in swept] == ["co_hashtag"] * 7
    assert sum(row["chosen"] for row in swept) == 1
    assert (tmp_path / "thresholds.png").read_bytes().startswith(b"\x89PNG")
    assert "Unknown file type" in call.told("thresholds", *here[:2], "-o", tmp_path / "thresholds.txt", code=2)
    about.write_text("domain,posts\nx.com,3\n")
    assert "has a column posts" in call.told(*here, "--about", about, code=1)
    for option, value, message in (
        ("--share", "en", "--share needs CODE=SHARE"), ("--share", "en=many", "has no number"),
        ("--share", "fr=0.1", "'fr' has an option but is not among the languages"),
        ("--share", "en=2", "accounts that are drivers must be above 0 and at most 1 (got 2)"),
        ("--of", "en=best", "no network 'best'"), ("--trace", "co_image", "no trace 'co_image'"),
        ("--topic-model", "lda", "no topic model 'lda'"), ("--algorithm", "infomap", "no algorithm 'infomap'"),
        ("--min-df", "co_domain=nan", "must be an integer (got nan)"),
        ("--min-df", "text=2", "no trace with such a number 'text'"),
        ("--min-traces", "co_domain=2.5", "must be an integer (got 2.5)"),
        ("--lightest", "1", "edges to remove must be 0 or more and below 1 (got 1)"),
        ("--cosine", "text=2", "minimum cosine for text must be above 0 and at most 1 (got 2)"),
    ):  # fmt: skip
        assert message in call.told(*here, option, value, code=2)
    many = json.loads(call(*here, "--trace", "co_hashtag", "--min-df", "co_hashtag=999", "--json"))
    assert {row["why"].partition(" of the ")[0] for row in many["left_out"]} == {"no hashtag is shared by 999"}
    assert "There are no posts in 'xx'. Languages of the posts: en (" in call.told(*here, "--language", "xx", code=1)
    assert graph.run(counted)["n"].item() == 0
    call(*here, "--language", "en")
    full = graph.run(counted)["n"].item()
    assert full > 0
    call.told(*here, "--language", "xx", code=1)
    assert graph.run(counted)["n"].item() == full
    # A run of nothing replaces one of something, and says so.
    call(*here, "--language", "en", "--trace", "co_hashtag", "--min-df", "co_hashtag=999", "--json")
    assert call.err == f"Warning: The run 'drivers' was replaced: it had {full:,} edges and now has none.\n"
    assert graph.run(counted)["n"].item() == 0
    assert "given twice" in call.told(*here, "--language", "en", "--language", "EN", code=2)


def test_a_language_of_few_has_reasons_and_no_drivers(graph: Database) -> None:
    load_posts(graph, [post("a", 1, "1", text="hello world of words", language="en", hashtags=["x"]),
                       post("b", 2, "2", text="hola mundo", language="es")])  # fmt: skip
    found = drivers(graph, ("en", "es"), DriverOptions(nulls=1))
    assert found.languages.set_index("language")["accounts"].to_dict() == {"en": 1, "es": 1}
    assert {(row.language, row.network) for row in found.left_out.itertuples()} == {
        (language, network) for language in ("en", "es") for network in ("co_domain", "co_hashtag", "text")
    }
    assert all(getattr(found, name).empty for name in ("drivers", "bridges", "edges", "bilingual"))
    assert (found.properties["edges"] == 0).all()
    assert runs(graph).set_index("run_id").loc["drivers", ["kind", "edges"]].tolist() == ["drivers", 0]
    drop(graph, "drivers")
    drivers(graph, ("en",), DriverOptions(nulls=1), run_id=None)
    assert runs(graph).empty
    # A language that nobody writes is an error, and leaves what is there.
    drivers(graph, ("en",), DriverOptions(nulls=1))
    before = runs(graph)
    with pytest.raises(
        NotFoundError, match=r"no posts in 'xx'\. Languages of the posts: en \(1 post\), es \(1 post\)\."
    ):
        drivers(graph, ("en", "xx"), DriverOptions(nulls=1))
    pd.testing.assert_frame_equal(runs(graph), before)
    with pytest.raises(UsageError, match="none is given"):
        drivers(graph, ())
    with pytest.raises(NotFoundError, match="no operation 'none'"):
        drivers(graph, options=DriverOptions(operation_id="none"))


@pytest.mark.regression("0.1.1", "D5")
def test_betweenness_of_bridges_is_exact_up_to_two_thousand_accounts(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = nx.barabasi_albert_graph(600, 2, seed=3)
    ends = pd.DataFrame(
        [(f"a{u:03}", f"a{v:03}") for u, v in network.edges], columns=["account_id", "other_account_id"]
    )
    posts = pl.DataFrame({"account_id": [f"a{u:03}" for u in network], "language": ["en", "es"] * 300})

    def found() -> pd.DataFrame:
        edges = {"en": ends.assign(weight=1.0)}
        return bridges(database, edges, spoken(posts, ("en", "es")), nulls=1).set_index("account_id")

    exact = {f"a{u:03}": value for u, value in nx.betweenness_centrality(network).items()}
    assert found()["betweenness"].to_dict() == pytest.approx(exact, abs=1e-9)
    assert (found()["betweenness_error"] == 0).all()
    # Above, it is an estimate that says how far it may be off.
    monkeypatch.setattr("incahoots.analytics.drivers.bridges.BETWEENNESS_SOURCES", 300)
    monkeypatch.setattr("incahoots.analytics.networks.projections.BETWEENNESS_SOURCES", 300)
    estimate = found()
    off = (estimate["betweenness"] - pd.Series(exact)).abs()
    assert off.max() > 0
    # Of who is seldom between others a sample may miss the few sources that matter; of who is central it does not.
    central = pd.Series(exact).nlargest(20).index
    assert (estimate.loc[central, "betweenness_error"] > 0).all()
    assert (off[central] <= 4 * estimate.loc[central, "betweenness_error"]).all()


def test_a_bridge_has_neighbours_of_both_languages(database: Database) -> None:
    """Two cliques with one account in both: it is in between, and the others are not."""
    names = {"en": ["e1", "e2", "e3", "e4", "both"], "es": ["s1", "s2", "s3", "s4", "both"]}
    rows = {
        language: pd.DataFrame(
            [(min(u, v), max(u, v), 1.0) for u in ids for v in ids if u < v],
            columns=["account_id", "other_account_id", "weight"],
        )
        for language, ids in names.items()
    }

    posts = pl.DataFrame([(name, language) for language, ids in names.items() for name in ids],
                         schema=["account_id", "language"], orient="row")  # fmt: skip
    found = bridges(database, rows, spoken(posts, ("en", "es")), nulls=3).set_index("account_id")
    assert found["bilingual"].to_dict() == {name: name == "both" for name in found.index}
    assert found.loc["both", "degree"] == 8
    # All ways between four and four others: 16 of the 28 pairs.
    assert found.loc["both", "betweenness"] == pytest.approx(16 / 28)
    assert found["betweenness"].drop("both").max() == pytest.approx(0)
    # Its own main language is the first: e's have one of it beside them, s's three of four.
    assert found.loc["both", "participation"] == pytest.approx(0.5)
    assert found.loc["s1", "participation"] == pytest.approx(1 - (9 / 16 + 1 / 16))
    assert found.loc["e1", "participation"] == 0
    # A clique can only be drawn one way.
    assert found["betweenness_z"].isna().all()
    assert (found["betweenness_p"] == 1).all()
    with pytest.raises(UsageError, match=r"number of random networks must be 1 or more \(got 0\)"):
        bridges(database, rows, spoken(posts, ("en", "es")), nulls=0)
