"""What holds for every file of the repository."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from incahoots import cypher
from incahoots.cypher.behaviours import BEHAVIOURS
from tests import ROOT
from tests.tracked import git_files

LIBRARY = ("incahoots/", "analytics/", "cypher/", "loaders/")
PYTHON = [name for name in git_files() if name.endswith(".py")]
TEXTS = [name for name in git_files() if not name.endswith((".gz", ".zip", ".parquet", ".png", ".webp", ".lock"))]
#: What a line of Cypher begins with.
CLAUSE = re.compile(r"^\s*(?:MATCH|OPTIONAL MATCH|UNWIND|MERGE|CREATE|RETURN|WITH|CALL|SET|DELETE|DETACH)\b", re.M)


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def strings(name: str) -> Iterator[str]:
    """Every string in a module but docstrings."""
    tree = ast.parse(text_of(name))
    documentation = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation:
            yield node.value


def test_the_changelog_has_a_place_for_what_comes() -> None:
    assert re.findall(r"^## \[(.+?)\]", text_of("CHANGELOG.md"), re.M)[0] == "Unreleased"


#: Writes the queries that are alike into files; test_generated_queries compares them.
GENERATOR = "cypher/generate.py"


@pytest.mark.parametrize("name", [name for name in PYTHON if name.startswith(LIBRARY) and name != GENERATOR])
def test_no_cypher_in_python_beyond_a_line(name: str) -> None:
    assert [text for text in strings(name) if len(CLAUSE.findall(text)) > 1] == []


@pytest.mark.parametrize("name", PYTHON)
def test_a_file_can_be_read_in_one_sitting(name: str) -> None:
    assert text_of(name).count("\n") < 400


@pytest.mark.parametrize("name", TEXTS)
def test_no_file_names_a_place_on_one_machine(name: str) -> None:
    # Written apart, so that this file does not name them itself.
    places = "|".join(("/" + "work/", "/" + "root/", "/home/" + r"\w+/", "/Users/" + r"\w+/", r"C:\\" + "Users"))
    assert re.findall(places, text_of(name)) == []


@pytest.mark.parametrize("name", [name for name in PYTHON if name.startswith(LIBRARY)])
def test_nothing_is_left_to_do_and_nothing_is_printed(name: str) -> None:
    text = text_of(name)
    assert re.findall(r"\b(?:TODO|FIXME|XXX)\b", text) == []
    assert re.findall(r"^\s*print\(", text, re.M) == []


@pytest.mark.parametrize("name", cypher.names())
def test_a_query_has_a_header_and_one_statement(name: str) -> None:
    query = cypher.find(name)
    body = "\n".join(line for line in query.text.splitlines() if not line.startswith("//"))
    assert query.text.startswith(f"// {query.title}\n//\n")
    assert ";" not in body
    assert set(re.findall(r"\$(\w+)", body)) == set(query.parameters)
    assert "// Returns" in query.text or "// Writes" in query.text or name == "database/await_indexes"
    if query.family == "explore":
        assert "limit" in query.parameters
        assert "LIMIT $limit" in body


@pytest.mark.parametrize("name", [name for name in cypher.names() if "|CO_" in cypher.find(name).text])
def test_a_query_on_all_behaviours_names_them_all(name: str) -> None:
    types = {row.relationship for row in BEHAVIOURS.values()}
    for union in re.findall(r":(CO_\w+(?:\|[A-Z_]+)+)", cypher.find(name).text):
        assert set(union.split("|")) == types


def test_every_decision_has_its_date() -> None:
    for page in (ROOT / "docs" / "decisions").glob("*.md"):
        day = page.name[:10]
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", day)
        assert page.read_text(encoding="utf-8").startswith(f"# {day}: ")
