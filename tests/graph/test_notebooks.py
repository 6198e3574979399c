"""Notebooks: each runs from top to bottom on what it simulates; what is saved in them names no account and no post."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import polars as pl
import pytest
from nbclient import NotebookClient

from incahoots.database import Database

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))


@pytest.fixture
def database_of_notebooks(graph: Database, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty graph, which `connect()` in a notebook finds."""
    monkeypatch.setenv("INCAHOOTS_HOME", str(home))
    monkeypatch.delenv("INCAHOOTS_NOTEBOOK_POSTS", raising=False)


def code(path: Path) -> list[nbformat.NotebookNode]:
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]


@pytest.mark.usefixtures("database_of_notebooks")
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs(path: Path, tmp_path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": tmp_path}}).execute()
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(cell.execution_count for cell in cells)
    # Nothing is said beside what is shown.
    assert not [each for cell in cells for each in cell.outputs if each.output_type == "stream"]
    assert any("image/png" in each.get("data", {}) for cell in cells for each in cell.outputs)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_what_is_saved_is_whole(path: Path) -> None:
    cells = code(path)
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    assert not [each for cell in cells for each in cell.outputs if each.output_type in ("error", "stream")]


@pytest.mark.real_data
def test_no_account_and_no_post_is_saved(real_data: Path) -> None:
    (posts,) = (real_data / "ira_538").glob("*.parquet")
    table = pl.read_parquet(posts)
    saved = " ".join(
        text if isinstance(text, str) else " ".join(text)
        for path in NOTEBOOKS for cell in code(path) for each in cell.outputs
        for kind, text in each.get("data", {}).items() if kind.startswith("text/")
    ).lower()  # fmt: skip
    words = set(re.findall(r"[\w.-]+", saved))
    names = {str(name).lower() for column in ("author_id", "external_author_id") for name in table[column].unique()}
    assert not {name for name in names & words if len(name) > 3}
    assert not [text for text in table["content"].unique() if text and len(text) > 30 and text.lower() in saved]
