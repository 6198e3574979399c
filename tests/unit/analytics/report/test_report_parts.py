"""Parts of a report that need no database: lines, evidence, pseudonyms, and what the page says."""

from __future__ import annotations

import base64
import gzip
import json
import re
import subprocess
from collections import defaultdict
from typing import Any

import pandas as pd
import polars as pl
import pytest
from hypothesis import given, strategies as st

from incahoots.analytics.coordination.derivations import Matched
from incahoots.analytics.coordination.matching import matched
from incahoots.analytics.coordination.traced_posts import TracedPosts
from incahoots.analytics.pictures.layout import SPRINGS, layout
from incahoots.analytics.report.lines import among, by_community, lines_of
from incahoots.analytics.report.page import Part, Section, page
from incahoots.analytics.report.payload import packed
from incahoots.analytics.report.posts_of_lines import MOST, evidence_of, within_budget
from incahoots.analytics.report.pseudonyms import Naming
from incahoots.analytics.report.report import LIMIT
from incahoots.cli.report import report as command
from incahoots.errors import command as suggested
from tests.networks import edge_frame
from tests.ways_to_name import ANN, BEN, BEN_HANDLE, BEN_NAME, HANDLE, NAME, READABLE, TWEET, WAYS

EDGES = edge_frame(
    [("b", "a", "co_link", 3), ("a", "b", "co_link", 2), ("a", "c", "co_tweet", 5), ("a", "a", "co_tweet", 9)]
)


def test_a_line_stands_for_both_directions() -> None:
    lines = lines_of(EDGES)
    assert lines.to_dict(orient="records") == [
        {"one": "a", "other": "c", "behaviour": "co_tweet", "forth": 5, "back": 0, "weight": 5},
        {"one": "a", "other": "b", "behaviour": "co_link", "forth": 2, "back": 3, "weight": 3},
    ]


def test_edges_know_their_lines() -> None:
    found = among(EDGES, lines_of(EDGES))
    assert [(row.source, row.target, row.line, row.turned) for row in found.itertuples()] == [
        ("b", "a", 1, True), ("a", "b", 1, False), ("a", "c", 0, False),
    ]  # fmt: skip


def test_lines_between_communities() -> None:
    edges = edge_frame(
        [("a", "x", "co_link", 2), ("b", "x", "co_link", 3), ("x", "b", "co_link", 7), ("a", "b", "co_link", 9)]
    )
    found = by_community(lines_of(edges), {"a": 0, "b": 0, "x": 1})
    assert found.to_dict(orient="records") == [
        {"one": "0", "other": "1", "behaviour": "co_link", "forth": 5, "back": 7, "weight": 7}
    ]


POSTS = st.lists(
    st.tuples(st.sampled_from("abc"), st.sampled_from("xyz"), st.integers(0, 200_000)), min_size=2, max_size=25
)


@given(rows=POSTS, window_s=st.integers(0, 100_000), leader=st.booleans(), block=st.sampled_from([1, 5, 1000]))
def test_evidence_agrees_with_the_definition(
    rows: list[tuple[str, str, int]], window_s: int, leader: bool, block: int
) -> None:
    posts = [(f"t{number:02}", *row) for number, row in enumerate(rows)]
    pairs, days = defaultdict(set), defaultdict(set)
    for one, account, trace, ts in posts:
        for other, theirs, also, later in posts:
            near = 0 < later - ts <= window_s if leader else abs(later - ts) <= window_s
            if account != theirs and trace == also and near:
                ends = (one, other) if account < theirs else (other, one)
                line = (min(account, theirs), max(account, theirs))
                pairs[line].add((*ends, trace))
                days[line] |= {ts // 86_400, later // 86_400}
    edges = edge_frame((u, v, "co_link", 1) for u in "abc" for v in "abc" if u != v)
    lines = lines_of(edges)
    frame = pl.DataFrame(
        [(trace, account, tweet_id, ts) for tweet_id, account, trace, ts in posts],
        schema=["trace", "account_id", "tweet_id", "ts"], orient="row",
    )  # fmt: skip
    shares = TracedPosts.of(frame)
    within = (lines["one"] == "a").to_numpy()
    pairs_found = matched(shares, window_s, leader=leader, block=block)
    found, on, behind = evidence_of(Matched(among(edges, lines), shares, pairs_found), within)
    wanted = {post for (one, _), rows in pairs.items() if one == "a" for *ends, _ in rows for post in ends}
    assert set(behind["tweet_id"]) == wanted
    for place, line in enumerate(lines[["one", "other"]].itertuples(index=False, name=None)):
        mine = [row[1:] for row in found.iter_rows() if row[0] == place]
        assert set(mine) <= pairs[line]
        assert len(mine) == len(set(mine)) == min(MOST, len(pairs[line]))
        # Every trace is shown before one is shown again.
        assert len({trace for *_, trace in mine}) == min(len(mine), len({trace for *_, trace in pairs[line]}))
        assert set(on.filter(pl.col("line") == place)["day"]) == days[line]


def test_every_line_has_a_pair_before_any_has_two() -> None:
    rows = [(line, f"p{line}{k}", f"q{line}{k}", "x") for line in (0, 1) for k in (0, 1)]
    pairs = pl.DataFrame(rows, schema=["line", "tweet_id", "other_tweet_id", "trace"], orient="row")
    assert [row[1] for row in within_budget(pairs, 5).iter_rows()] == ["p00", "p10"]
    assert [row[1] for row in within_budget(pairs, 6).iter_rows()] == ["p00", "p01", "p10"]
    assert within_budget(pairs, 100).equals(pairs)


def test_the_command_draws_as_many_lines_as_python() -> None:
    (limit,) = [option for option in command.params if option.name == "limit"]
    assert limit.default == LIMIT


def test_pseudonyms_leave_handles_out() -> None:
    naming = Naming.of(["7", "8"], {"7": "Ann_B", "9": "stranger"}, own=False)
    assert naming.account("7") == "Account 1"
    assert naming.account("9") == "somebody"
    said = {
        "RT @ann_b: see https://twitter.com/stranger/status/12": "RT @[Account 1]: see https://twitter.com/@somebody",
        "https://mobile.twitter.com/ANN_B": "https://mobile.twitter.com/@[Account 1]",
        "mail me@here.example @X": "mail [e-mail address] @somebody",
        "https://x.com/i/web/1 x.com/hashtag/a": "https://x.com/@somebody x.com/hashtag/a",
        "https://report.com/news https://netflix.com/x": "https://report.com/news https://netflix.com/x",
    }  # fmt: skip
    assert {text: naming.text(text) for text in said} == said
    assert naming.key().to_dict(orient="records") == [
        {"called": "Account 1", "account_id": "7", "screen_name": "Ann_B"},
        {"called": "Account 2", "account_id": "8", "screen_name": None},
    ]  # fmt: skip


def naming_of(*names: str) -> Naming:
    """Pseudonyms where the accounts of the ways to name somebody are loaded, and others of these names."""
    rows = [(ANN, HANDLE, NAME), (BEN, BEN_HANDLE, BEN_NAME), *((str(at), None, name) for at, name in enumerate(names))]
    loaded = pd.DataFrame(rows, columns=["account_id", "screen_name", "display_name"])
    return Naming.of([ANN], {ANN: HANDLE}, own=False, loaded=loaded, posts=[TWEET])


@pytest.mark.regression("0.1.1", "B1")
def test_no_way_to_name_a_person_is_left_in_a_text() -> None:
    naming = naming_of()
    said = {way: naming.text(written).casefold() for way, (written, _) in WAYS.items()}
    assert {way: said[way] for way, (_, secrets) in WAYS.items() if any(each in said[way] for each in secrets)} == {}
    assert [naming.text(each) for each in READABLE] == READABLE


@pytest.mark.regression("0.1.1", "B1")
@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Jan Kowalski", ["Jan    Kowalski", "#Jan_Kowalski", "jan_kowalski", "JanKowalski", "#FreeJan_Kowalski"]),
        ("محمد الأحمد", ["#محمد_الأحمد", "محمد الاحمد"]),
        ("Yıldız Işık", ["YILDIZ IŞIK", "yildiz isik", "Yıldız Işık"]),
        ("Søren Ødegård", ["Soren Odegard", "SØREN ØDEGÅRD", "#SorenOdegard"]),
        ("Łukasz Wałęsa", ["Lukasz Walesa", "ŁUKASZ WAŁĘSA"]),
        ("Đorđe Æsop", ["Dorde Aesop", "đorđe æsop"]),
        ("Jörg Strauß", ["JORG STRAUSS", "Jörg Strauß"]),
        ("_alice_", ["run__alice__9", "_alice_"]),
    ],
)
def test_a_loaded_name_is_hidden_however_it_is_written(name: str, written: list[str]) -> None:
    naming = naming_of(name)
    said = [re.sub(r"\[somebody\]|#|Free|run|9|_", "", naming.text(each)) for each in written]
    assert said == [""] * len(written)
    assert naming.text("Jan Nowak and a kowalski, alice") == "Jan Nowak and a kowalski, alice"


def test_own_names_when_they_are_wanted() -> None:
    naming = Naming.of(["7", "8"], {"7": "Ann_B"}, own=True)
    assert (naming.account("7"), naming.account("8"), naming.account("9")) == ("Ann_B", "8", "9")
    assert naming.text("RT @ann_b") == "RT @ann_b"


@pytest.mark.regression("0.1.1", "B1")
def test_control_characters_in_the_names_of_runs_are_seen_and_not_obeyed() -> None:
    name = "it's\x1b[31m \n \\x"
    words = suggested("communities", given=[name])
    assert words == r"incahoots communities $'it\'s\x1b[31m \n \\x'"
    # A shell reads the name again.
    said = subprocess.run(
        ["bash", "-c", words.replace("incahoots communities", "printf %s")], capture_output=True, check=True
    )
    assert said.stdout.decode() == name
    parts = [Part(name, [name], [words], [(name, "#")], pd.DataFrame({name: [name]}), group=(name, name))]
    text = page(name, [Section("a", name, parts)], {"networks": []}, own=True)
    assert "\x1b" not in text
    assert r"<title>it&#39;s\x1b[31m \n \x</title>" in text


def test_text_on_the_page_is_text() -> None:
    hostile = '"><img src=x onerror=alert(1)><script>alert(2)</script>'
    frame = pd.DataFrame({"said": [hostile], "n": [1]})
    parts = [Part(hostile, [hostile], [hostile], [(hostile, "#" + hostile)], frame, group=(hostile, hostile))]
    text = page(hostile, [Section("a", hostile, parts)], {"networks": []}, own=False)
    assert "<script" not in text
    assert "<img" not in text
    assert text.count("&lt;script&gt;alert(2)&lt;/script&gt;") == 12


def test_what_the_script_is_given_is_packed() -> None:
    data: dict[str, Any] = {"networks": [], "text": "</script>"}
    assert json.loads(gzip.decompress(base64.b64decode(packed(data)))) == data
    assert re.fullmatch(r"[A-Za-z0-9+/=]+", packed(data))


@pytest.mark.parametrize("n", [SPRINGS + 1, 2 * SPRINGS])
def test_a_large_part_is_laid_out_by_its_groups(n: int) -> None:
    """A ring of cliques: those of one clique are nearer to each other than to the others."""
    size = 20
    starts = range(0, n // size * size, size)
    within = [(start + i, start + j) for start in range(0, n, size) for i in range(size) for j in range(i)]
    between = [(start, (start + size) % (n // size * size)) for start in starts]
    pairs = [(f"{one:04}", f"{other:04}") for one, other in within + between if max(one, other) < n]
    edges = pd.DataFrame(pairs, columns=["source", "target"])
    accounts = sorted({*edges["source"], *edges["target"]})
    places = pd.DataFrame(layout(edges, accounts, 1), index=["x", "y"]).T
    assert set(places.index) == set(accounts)
    clique = pd.Series([int(account) // size for account in places.index], places.index)
    middle = places.groupby(clique).mean()
    away = (places - middle.loc[clique].to_numpy()).pow(2).sum(axis=1).pow(0.5)
    for number in middle.index:
        others = middle.drop(number) - middle.loc[number]
        assert away[clique == number].max() < others.pow(2).sum(axis=1).pow(0.5).min()


def test_a_tangle_is_laid_out_too() -> None:
    accounts = [f"{number:03}" for number in range(SPRINGS + 50)]
    pairs = [(one, other) for place, one in enumerate(accounts) for other in accounts[:place]]
    places = layout(pd.DataFrame(pairs, columns=["source", "target"]), accounts, 1)
    assert len({tuple(place.round(6)) for place in places.values()}) == len(accounts)
    assert layout(pd.DataFrame(columns=["source", "target"]), [], 1) == {}
