"""A result is whole or absent: what was interrupted is named as incomplete, never served as if it were all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import incahoots as ih
from incahoots.analytics.coordination.coordinate import coordinate
from incahoots.analytics.explore.fetch import Network
from incahoots.analytics.networks.clusters import clusters
from incahoots.analytics.networks.communities import communities
from incahoots.analytics.pictures.of_run import picture
from incahoots.analytics.report.report import report
from incahoots.analytics.runs import store as kept
from incahoots.analytics.runs.store import SIGNIFICANCE, edges
from incahoots.analytics.significance.significance import significance
from incahoots.database import Database
from incahoots.errors import NotFoundError
from tests.command_line import Caller
from tests.posts import acting, load_posts


@pytest.fixture
def run(graph: Database) -> Database:
    """A run "r" of co_link."""
    load_posts(graph, acting())
    coordinate(graph, "co_link", "60s", run_id="r")
    return graph


def interrupted(
    monkeypatch: pytest.MonkeyPatch, title: str, work: Callable[[], Any], instead: str = "", after: int = 0
) -> None:
    """Do something that is interrupted at a query with this title, after so many of them."""
    whole, seen = Database.run, []

    def run(self: Database, text: str, *args: Any, **more: Any) -> Any:
        if text.startswith(f"// {title}"):
            seen.append(text)
            if len(seen) > after:
                if instead:
                    whole(self, instead)
                raise KeyboardInterrupt
        return whole(self, text, *args, **more)

    with monkeypatch.context() as patch:
        patch.setattr(Database, "run", run)
        patch.setattr(kept, "WRITE_BATCH", 2)
        with pytest.raises(KeyboardInterrupt):
            work()


SCORES = [
    lambda graph, folder: ih.query(graph, "which_accounts_are_in_a_community", run_id="r", community=0),
    lambda graph, folder: ih.query(graph, "how_do_communities_overlap_operations", run_id="r"),
    lambda graph, folder: clusters(graph, "r"),
    lambda graph, folder: picture(graph, "network", "r", community=0),
    lambda graph, folder: report(graph, "r", folder / "report.html"),
    lambda graph, folder: Network.of(graph, "r", None),
]


@pytest.mark.regression("0.1.1", "A4")
def test_scores_that_are_half_written_are_not_served(
    run: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, call: Caller
) -> None:
    interrupted(monkeypatch, "Write the communities", lambda: communities(run, "r"), after=1)
    for read in SCORES:
        with pytest.raises(NotFoundError) as refused:
            read(run, tmp_path)
        assert refused.value.message == (
            "The scores of the run 'r' are incomplete: `incahoots communities r` was interrupted, or is still running."
        )
        assert refused.value.remedy == "Run `incahoots communities r` again."
    assert list(tmp_path.iterdir()) == []
    call("query", "which_accounts_are_in_a_community", "run_id=r", "community=0", code=1)
    assert "The scores of the run 'r' are incomplete" in call.err
    call("clusters", "r", code=1)
    (listed,) = call.json("runs")
    assert listed["unfinished"] == ["scores"]
    # The network itself is whole.
    assert len(call.json("edges", "r")) == len(edges(run, "r")) == 4
    communities(run, "r")
    assert sorted(ih.query(run, "which_accounts_are_in_a_community", run_id="r", community=0)["account_id"]) == [
        "u",
        "v",
    ]
    assert call.json("runs")[0]["unfinished"] is None


@pytest.mark.regression("0.1.1", "A4")
def test_p_values_that_are_half_written_are_not_served(
    run: Database, monkeypatch: pytest.MonkeyPatch, call: Caller
) -> None:
    before = edges(run, "r")
    fresh = significance(run, "r", null="poisson").edges
    interrupted(monkeypatch, "Write the significance", lambda: significance(run, "r"), after=1)
    call("edges", "r", "--significant", code=1)
    assert call.err == (
        "Error: The significance of the run 'r' is incomplete: `incahoots significance r` was interrupted, or is still "
        "running. Run `incahoots significance r` again.\n"
    )
    # Without them the edges are whole, and nothing is left of the null before.
    assert edges(run, "r").equals(before)
    significance(run, "r", null="poisson")
    again = edges(run, "r").set_index(["source", "target"])[list(SIGNIFICANCE)]
    assert again.equals(fresh.set_index(["source", "target"]).loc[again.index, list(SIGNIFICANCE)])


@pytest.mark.regression("0.1.1", "A4")
def test_a_run_whose_edges_are_half_deleted_is_not_complete(
    run: Database, monkeypatch: pytest.MonkeyPatch, call: Caller
) -> None:
    some = "MATCH ()-[edge:CO_LINK {run_id: 'r'}]->() WHERE edge.p_adjusted > 0.05 WITH edge LIMIT 1 DELETE edge"
    interrupted(monkeypatch, "Delete the edges", lambda: significance(run, "r", keep=True), instead=some)
    call("edges", "r", code=1)
    assert call.err == "Error: The run 'r' was started but is not complete. Wait for it, or start it again.\n"
    coordinate(run, "co_link", "60s", run_id="r")
    assert significance(run, "r", keep=True).edges["source"].to_list() == ["u", "v"]
    assert [row["edges"] for row in call.json("runs")] == [2]
    assert len(call.json("edges", "r")) == 2


@pytest.mark.regression("0.1.1", "A4")
def test_queries_refuse_a_run_that_is_not_complete(
    run: Database, monkeypatch: pytest.MonkeyPatch, call: Caller
) -> None:
    interrupted(monkeypatch, "Finish a run", lambda: coordinate(run, "co_link", "60s", run_id="r"))
    for name in ("top_edges", "edges_by_behaviour", "fetch/edges_by_source"):
        call("query", name, "run_id=r", code=1)
        assert call.err == "Error: The run 'r' was started but is not complete. Wait for it, or start it again.\n"
    with pytest.raises(NotFoundError, match="The run 'r' was started but is not complete"):
        ih.query(run, "top_edges", run_id="r")
    call("query", "top_edges", "run_id=other", code=1)
    assert call.err == "Error: There is no run 'other'. Runs: r.\n"
    # What tells about runs does so of any, and what writes has a run of its own.
    assert call.json("query", "runs/list", "run_id=r")[0]["ended_at"] is None
    assert call.json("query", "coordination/co_link", "window_s=60", "min_weight=2", "run_id=s") == [{"edges": 4}]


@pytest.mark.regression("0.1.1", "A4")
@pytest.mark.parametrize(
    ("title", "read"),
    [
        ("Which edges does a run have, by source", lambda graph, pair: edges(graph, "r")),
        ("Which edges are the heaviest", lambda graph, pair: ih.query(graph, "top_edges", run_id="r")),
        ("Which edges of a run go", lambda graph, pair: ih.why(graph, "r", *pair)),
    ],
)
def test_a_run_that_is_derived_again_while_it_is_read_is_not_taken_for_whole(
    run: Database, monkeypatch: pytest.MonkeyPatch, title: str, read: Callable[[Database, list[str]], Any]
) -> None:
    pair = edges(run, "r").loc[0, ["source", "target"]].to_list()
    whole, seen = Database.run, []

    def asked(self: Database, text: str, *args: Any, **more: Any) -> Any:
        if text.startswith(f"// {title}") and not seen:
            seen.append(text)
            coordinate(run, "co_link", "30s", run_id="r")
        return whole(self, text, *args, **more)

    monkeypatch.setattr(Database, "run", asked)
    with pytest.raises(NotFoundError, match="The run 'r' was written while it was read"):
        read(run, pair)
    assert len(seen) == 1
    assert not read(run, pair).empty
