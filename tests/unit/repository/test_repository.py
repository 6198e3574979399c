"""What holds for every file of the repository."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests import ROOT
from tests.tracked import git_files, text_of

LIBRARY = ("incahoots/", "analytics/", "cypher/", "loaders/")
PYTHON = [name for name in git_files() if name.endswith(".py")]
TEXTS = [name for name in git_files() if not name.endswith((".gz", ".zip", ".parquet", ".png", ".webp", ".lock"))]
#: What a line of Cypher begins with.
CLAUSE = re.compile(r"^\s*(?:MATCH|OPTIONAL MATCH|UNWIND|MERGE|CREATE|RETURN|WITH|CALL|SET|DELETE|DETACH)\b", re.M)


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


def test_no_cypher_in_python_beyond_a_line() -> None:
    code = [name for name in PYTHON if name.startswith(LIBRARY) and name != GENERATOR]
    assert [(name, text) for name in code for text in strings(name) if len(CLAUSE.findall(text)) > 1] == []


def test_a_file_can_be_read_in_one_sitting() -> None:
    assert [name for name in PYTHON if text_of(name).count("\n") >= 400] == []


def test_no_file_names_a_place_on_one_machine() -> None:
    # Written apart, so that this file does not name them itself.
    places = "|".join(("/" + "work/", "/" + "root/", "/home/" + r"\w+/", "/Users/" + r"\w+/", r"C:\\" + "Users"))
    assert [(name, found) for name in TEXTS for found in re.findall(places, text_of(name))] == []


def test_nothing_is_left_to_do_and_nothing_is_printed() -> None:
    unwanted = re.compile(r"\b(?:TODO|FIXME|XXX)\b|^\s*print\(", re.M)
    code = [name for name in PYTHON if name.startswith(LIBRARY)]
    assert [(name, found) for name in code for found in unwanted.findall(text_of(name))] == []


def test_every_decision_has_its_date() -> None:
    for page in (ROOT / "docs" / "decisions").glob("*.md"):
        day = page.name[:10]
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", day)
        assert page.read_text(encoding="utf-8").startswith(f"# {day}: ")
