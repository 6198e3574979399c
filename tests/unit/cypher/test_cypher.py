"""Shipped queries say what they take, and are found, bound and read as they say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from incahoots import cypher
from incahoots.cypher import generate
from incahoots.cypher.behaviours import BEHAVIOURS
from incahoots.errors import UsageError

QUERIES = [cypher.find(name) for name in cypher.names()]


def body(query: cypher.Query) -> str:
    """A query without comments."""
    return "\n".join(line for line in query.text.splitlines() if not line.lstrip().startswith("//"))


@pytest.fixture
def fresh() -> Iterator[None]:
    """Queries are read anew before and after."""
    cypher.find.cache_clear()
    yield
    cypher.find.cache_clear()


def test_the_header_lists_exactly_the_parameters() -> None:
    for query in QUERIES:
        assert set(query.parameters) == set(re.findall(r"\$(\w+)", body(query))), query.name
        if query.family == "explore":
            assert "limit" in query.parameters, query.name
            assert "LIMIT $limit" in body(query), query.name


def test_one_statement_with_a_title() -> None:
    for query in QUERIES:
        assert re.match(r"// (\S.*[^.\s])\n//\n", query.text)[1] == query.title, query.name
        assert ";" not in body(query), query.name
        assert query.family in cypher.FAMILIES, query.name
        assert "// Returns" in query.text or "// Writes" in query.text or query.name == "database/await_indexes"
        assert query.text.endswith("\n"), query.name


def test_a_query_on_all_behaviours_names_them_all() -> None:
    types = {row.relationship for row in BEHAVIOURS.values()}
    unions = [found for query in QUERIES for found in re.findall(r":(CO_\w+(?:\|[A-Z_]+)+)", query.text)]
    assert unions != []
    assert [union for union in unions if set(union.split("|")) != types] == []


def test_titles_differ() -> None:
    titles = [query.title for query in QUERIES]
    assert sorted(set(titles)) == sorted(titles)


def test_every_behaviour_has_its_query() -> None:
    assert {f"coordination/{row.name}" for row in BEHAVIOURS.values() if row.derivation == "query"} == {
        name for name in cypher.names() if name.startswith("coordination/")
    }


def test_the_files_are_what_is_generated() -> None:
    written = dict(generate.files())
    assert {path.relative_to(generate.FOLDER).as_posix() for path in written} == {
        f"{name}.cypher" for name in cypher.names()
    }
    assert [path for path, text in written.items() if path.read_bytes() != text.encode()] == []


def test_a_new_behaviour_is_in_the_generated_queries(monkeypatch: pytest.MonkeyPatch) -> None:
    row = replace(BEHAVIOURS["co_hashtag"], name="co_image", relationship="CO_IMAGE", share="SHOWS")
    monkeypatch.setitem(BEHAVIOURS, "co_image", row)
    written = {path.relative_to(generate.FOLDER).as_posix(): text for path, text in generate.files()}
    assert "|CO_ACTIVITY|CO_IMAGE]->(v)" in written["fetch/edges_by_source.cypher"]
    assert 'CO_IMAGE: "SHOWS"}[type(edge)]' in written["browser/parameters.cypher"]
    assert "USING INDEX q:SHOWS(key, ts)" in written["coordination/co_image.cypher"]
    assert "USING INDEX q:SHOWS(key, ts)" in written["explore/co_image_pairs.cypher"]
    assert "CO_IMAGE" not in written["coordination/co_link.cypher"]


def test_find_with_and_without_the_family() -> None:
    assert cypher.find("co_link").name == cypher.find("coordination/co_link").name == "coordination/co_link"


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("how_much", "how_much_is_there"),
        ("explore/wich_operations", "which_operations"),
        ("coordination/top_edges", "top_edges"),
    ],
)
def test_a_misspelt_name_is_answered_with_near_ones(name: str, near: str) -> None:
    with pytest.raises(UsageError) as problem:
        cypher.find(name)
    words = str(problem.value)
    assert words.startswith(f"There is no query {name!r}. Did you mean {near}")
    assert words.endswith("? `incahoots query` lists all queries.")


@pytest.mark.parametrize("name", ["xyzzy", "daily_co"])
def test_without_a_near_name_of_one_that_explores_none_is_suggested(name: str) -> None:
    with pytest.raises(UsageError) as problem:
        cypher.find(name)
    assert str(problem.value) == f"There is no query {name!r}. `incahoots query` lists all queries."


def test_a_name_of_two_families_is_asked_for(monkeypatch: pytest.MonkeyPatch, fresh: None) -> None:
    monkeypatch.setattr(cypher, "names", lambda: ("load/tweets", "explore/tweets"))
    with pytest.raises(
        UsageError, match=r"Several queries are called 'tweets'. Choose from: load/tweets, explore/tweets"
    ):
        cypher.find("tweets")


TEXT = """// What is this?
//
// Params
//   $run_id  string
//   $window_s = 60  int, seconds
//   $share = 0.5  float, from 0 to 1
//   $loops = false  bool, whether
//   $who = null  string or null
//   $kind = LINKS_TO  string
//   $types  strings
RETURN $run_id, $window_s, $share, $loops, $who, $kind, $types
"""


def test_a_header_is_read() -> None:
    query = cypher.parse("explore/what_is_this", TEXT)
    assert (query.family, query.title, query.manages_transactions) == ("explore", "What is this?", False)
    assert {name: (p.default, p.required) for name, p in query.parameters.items()} == {
        "run_id": (None, True), "window_s": (60, False), "share": (0.5, False), "loops": (False, False),
        "who": (None, False), "kind": ("LINKS_TO", False), "types": (None, True),
    }  # fmt: skip
    assert query.header.splitlines()[-1] == "//   $types  strings"


def test_defaults_are_filled_in() -> None:
    query = cypher.parse("explore/what_is_this", TEXT)
    assert query.bind({"run_id": "t", "types": [], "window_s": 5}) == {
        "run_id": "t", "window_s": 5, "share": 0.5, "loops": False, "who": None, "kind": "LINKS_TO", "types": [],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "what_is_this needs run_id and types."),
        ({"run_id": "t", "types": [], "windows": 5}, "what_is_this has no parameter windows."),
    ],
)
def test_a_wrong_parameter_is_told_with_the_header(given: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError) as caught:
        cypher.parse("explore/what_is_this", TEXT).bind(given)
    assert caught.value.message == words
    assert "$window_s = 60  int, seconds" in caught.value.below


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("window_s", "300", 300), ("share", "1", 1.0), ("share", ".25", 0.25), ("loops", "true", True),
        ("loops", "False", False), ("who", "null", None), ("who", "0123", "0123"), ("run_id", "a,b", "a,b"),
        ("types", "CO_LINK,CO_REPLY", ["CO_LINK", "CO_REPLY"]), ("types", "", []),
    ],
)  # fmt: skip
def test_values_of_the_command_line(name: str, text: str, value: Any) -> None:
    read = cypher.parse("explore/what_is_this", TEXT).parameters[name].read(text)
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize(("name", "text"), [("window_s", "5m"), ("share", "half"), ("loops", "maybe")])
def test_a_value_that_is_none_is_told_with_its_meaning(name: str, text: str) -> None:
    with pytest.raises(UsageError, match=f"{name} must be of type .*{re.escape(f'${name} is: ')}"):
        cypher.parse("explore/what_is_this", TEXT).parameters[name].read(text)
