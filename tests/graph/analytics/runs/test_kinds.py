"""Runs of kinds that this version does not know, as a later one may write: refused with the remedy, and removable."""

from __future__ import annotations

from pathlib import Path

import pytest

from incahoots import drop, edges, report, runs, why
from incahoots.database import Database
from incahoots.errors import UsageError
from tests.networks import write_run


def test_a_run_of_a_kind_that_is_not_known(graph: Database, tmp_path: Path) -> None:
    write_run(graph, {"co_link": {("a", "b"): 2}})
    graph.run("MATCH (run:Run) SET run.kind = 'made_up'")
    for read in (edges, lambda *run: why(*run, "a", "b"), lambda *run: report(*run, tmp_path / "report.html")):
        with pytest.raises(UsageError) as refused:
            read(graph, "t")
        assert str(refused.value) == (
            "The run 't' is of the kind 'made_up', which this version of incahoots does not know. "
            "Update incahoots, or remove the run with `incahoots drop t`."
        )
    assert list(tmp_path.iterdir()) == []
    assert list(runs(graph)["kind"]) == ["made_up"]
    assert drop(graph, "t") == 1
