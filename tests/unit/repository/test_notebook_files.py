"""Notebooks as files: all are there, small, listed, and made of links that lead somewhere; nothing of this machine."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest

from tests import ROOT
from tests.tracked import broken_links

FOLDER = ROOT / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))

each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def cells(path: Path, kind: str) -> list[nbformat.NotebookNode]:
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == kind]


def test_each_story_is_there_and_listed() -> None:
    assert [path.stem for path in NOTEBOOKS] == [
        "01_quick_start", "02_multi_behaviour", "03_interstate", "04_influence", "05_campaigns",
        "06_bilingual_drivers", "07_your_own_database", "08_from_pandas_to_gds",
    ]  # fmt: skip
    rows = re.findall(r"^\| \[[^]]+\]\((\w+\.ipynb)\)", (FOLDER / "README.md").read_text(encoding="utf-8"), re.M)
    assert rows == [path.name for path in NOTEBOOKS]


@each_notebook
def test_it_is_small_and_holds_nothing_but_cells(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    assert path.stat().st_size < 600_000
    assert sorted(notebook.metadata) == ["kernelspec", "language_info"]
    assert [cell for cell in notebook.cells if cell.metadata] == []


@each_notebook
def test_it_begins_with_its_only_title(path: Path) -> None:
    first, *others = nbformat.read(path, as_version=4).cells
    assert first.cell_type == "markdown"
    assert first.source.startswith("# ")
    assert [each for each in [first, *others] if each.cell_type == "markdown" and "\n# " in f"\n{each.source}"] == [
        first
    ]


@each_notebook
def test_its_links_lead_somewhere(path: Path) -> None:
    text = "\n".join(cell.source for cell in cells(path, "markdown"))
    assert re.findall(r"\]\((https?:[^)\s]*)\)", text) == []
    assert broken_links(text, path) == []


@each_notebook
def test_it_asks_what_was_planted_and_says_what_would_fool(path: Path) -> None:
    headings = re.findall(r"^## (.+)$", "\n".join(cell.source for cell in cells(path, "markdown")), re.M)
    questions = {"Did we find what was planted?", "Did it keep its promises?", "Drivers"}
    warnings = {"What would fool you", "What this cannot say"}
    assert len(questions & set(headings)) == 1
    assert len(warnings & set(headings)) == 1


@each_notebook
def test_nothing_of_this_machine_is_saved(path: Path) -> None:
    saved = [str(output) for cell in cells(path, "code") for output in cell.outputs]
    assert [text for text in saved if re.search(r"/tmp/|/var/folders/|127\.0\.0\.1|localhost", text)] == []
