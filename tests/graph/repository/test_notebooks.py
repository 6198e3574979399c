"""Notebooks: each runs from top to bottom, on simulated or other posts; none that is saved names a real account."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pandas as pd
import polars as pl
import pytest
from nbclient import NotebookClient
from nbformat import v4

from incahoots.database import Database
from incahoots.loaders.load import load
from incahoots.simulator import simulate
from tests import ROOT

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


@pytest.fixture
def database_of_notebooks(graph: Database, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty graph, which `connect()` in a notebook finds."""
    monkeypatch.setenv("INCAHOOTS_HOME", str(home))
    for what in ("POSTS", "FORMAT", "LOADED", "CREDENTIALS"):
        monkeypatch.delenv(f"INCAHOOTS_NOTEBOOK_{what}", raising=False)


def code(path: Path) -> list[nbformat.NotebookNode]:
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]


@pytest.fixture(scope="module")
def kernel() -> Iterator[NotebookClient]:
    """One kernel for all notebooks: what one has imported the next need not import again."""
    # The kernel warns that it talks through ports, which is so wherever notebooks run.
    quiet = ["--IPKernelApp.log_level=ERROR"]
    client = NotebookClient(v4.new_notebook(), timeout=300, extra_arguments=quiet)
    yield client
    client.nb = v4.new_notebook()
    client.execute(cleanup_kc=True)


def executed(kernel: NotebookClient, path: Path, folder: Path) -> list[nbformat.NotebookNode]:
    """The cells of code of a notebook that was run in a folder; nothing is said beside what is shown."""
    notebook = nbformat.read(path, as_version=4)
    anew = (
        f"%reset -f\nimport os\nos.chdir({str(folder)!r})\nos.environ.clear()\nos.environ.update({dict(os.environ)!r})"
    )
    kernel.nb = v4.new_notebook(cells=[v4.new_code_cell(anew), *notebook.cells])
    kernel.execute(cleanup_kc=False)
    cells = [cell for cell in kernel.nb.cells if cell.cell_type == "code"][1:]
    assert all(cell.execution_count for cell in cells)
    assert not [each for cell in cells for each in cell.outputs if each.output_type == "stream"]
    return cells


@pytest.mark.usefixtures("database_of_notebooks")
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs(kernel: NotebookClient, path: Path, tmp_path: Path) -> None:
    cells = executed(kernel, path, tmp_path)
    assert any("image/png" in each.get("data", {}) for cell in cells for each in cell.outputs)


@pytest.mark.usefixtures("database_of_notebooks")
@pytest.mark.parametrize("name", ["01_quick_start", "02_multi_behaviour"])
def test_it_runs_on_other_posts_of_which_no_truth_is_known(
    kernel: NotebookClient, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    simulate(tmp_path / "posts", accounts=200, posts=3_000, states=1, seed=4)
    monkeypatch.setenv("INCAHOOTS_NOTEBOOK_POSTS", str(tmp_path / "posts"))
    (path,) = (each for each in NOTEBOOKS if each.stem == name)
    told = [cell for cell in executed(kernel, path, tmp_path) if cell.source.startswith("if simulated:")]
    assert [cell.outputs for cell in told] == [[], []]


@pytest.mark.usefixtures("database_of_notebooks")
def test_your_own_database_is_left_as_it_was(kernel: NotebookClient, graph: Database, tmp_path: Path) -> None:
    simulate(tmp_path / "posts", accounts=200, posts=3_000, states=1, seed=4)
    load("io-archive", tmp_path / "posts", graph)
    before = graph.query("explore/how_much_is_there")
    (path,) = (each for each in NOTEBOOKS if each.stem == "07_your_own_database")
    executed(kernel, path, tmp_path)
    pd.testing.assert_frame_equal(graph.query("explore/how_much_is_there"), before)


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
