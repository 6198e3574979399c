"""Investigations on a real database: where they start, what steps show, what a click tells, what a notebook keeps."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

import incahoots as ih
from incahoots.analytics.explore.panel import Panel
from incahoots.database import Database
from tests.networks import write_run
from tests.posts import START, load_posts, post

LINK, OTHER = {"urls": ["https://a.example/x"]}, {"urls": ["https://b.example/y"]}
DAY = 86_400


@pytest.fixture
def star(graph: Database) -> Database:
    """The run t: a with four neighbours, b to e, the heaviest first; e with f; x and y apart."""
    links = {("a", "b"): 9, ("b", "a"): 2, ("a", "c"): 8, ("d", "a"): 7, ("a", "e"): 1, ("x", "y"): 5}
    write_run(graph, {
        "co_link": links, "co_reply": {("b", "c"): 1, ("e", "f"): 3, ("a", "a"): 9}, "co_post": {("a", "z"): 99},
    })  # fmt: skip
    return graph


@pytest.fixture
def posted(graph: Database) -> Database:
    """The run r of posts: a and b share one link on the first day and one on the second; b and c a hashtag."""
    load_posts(graph, [
        post("a", 0, "a1", text="<b>first</b>", **LINK), post("a", DAY, "a2", **OTHER),
        post("b", 10, "b1", text="after", **LINK), post("b", DAY + 20, "b2", **OTHER, hashtags=["tag"]),
        post("c", DAY + 30, "c1", hashtags=["tag"]),
    ])  # fmt: skip
    ih.coordinate(graph, "all", "60s", min_weight=1, run_id="r")
    return graph


def shown(view: ih.Exploration) -> str:
    """Who is shown, by weighted degree."""
    return "".join(view.accounts["account_id"])


def edges(view: ih.Exploration) -> list[tuple[str, str, str, int]]:
    """Which edges are shown."""
    return list(view.edges[["source", "target", "behaviour", "weight"]].itertuples(index=False, name=None))


def test_start_at_an_account(star: Database) -> None:
    view = ih.explore(star, "t", "a")
    assert shown(view) == "abcde"
    assert edges(view) == [
        ("a", "b", "co_link", 9), ("a", "c", "co_link", 8), ("d", "a", "co_link", 7), ("b", "a", "co_link", 2),
        ("a", "e", "co_link", 1), ("b", "c", "co_reply", 1),
    ]  # fmt: skip
    facts = view.accounts.set_index("account_id")
    assert facts.columns.to_list() == [
        "screen_name", "community", "weighted_degree", "neighbours", "neighbours_shown", "pinned",
    ]  # fmt: skip
    # e has a neighbour that is not shown; what is in the run does not change with what is.
    assert facts.loc["a", ["weighted_degree", "neighbours", "neighbours_shown", "pinned"]].to_list() == [27, 4, 4, True]
    assert facts.loc["e", ["weighted_degree", "neighbours", "neighbours_shown", "pinned"]].to_list() == [4, 2, 1, False]
    assert view.note == "a: 4 neighbours."
    assert repr(view) == "t: 5 accounts, 6 edges (co_link 5, co_reply 1); 1 pinned.\na: 4 neighbours."


def test_other_starts(star: Database) -> None:
    assert shown(ih.explore(star, "t")) == "abcdxyef"
    few = ih.explore(star, "t", limit=3)
    assert (shown(few), few.note) == ("abc", "3 accounts of the heaviest edges.")
    # d and x have no edge between them, and are there as they were asked for.
    several = ih.explore(star, "t", ["d", "x"])
    assert (shown(several), edges(several)) == ("dx", [])
    posts = ih.explore(star, "t", "a", behaviours=["co_post"])
    assert (shown(posts), edges(posts)) == ("az", [("a", "z", "co_post", 99)])


def test_start_at_a_community(star: Database) -> None:
    groups = ih.communities(star, "t").accounts
    number = int(groups.set_index("account_id").loc["x", "community"])
    view = ih.explore(star, "t", number)
    assert shown(view) == "xy"
    assert view.accounts["community"].to_list() == [number, number]
    assert view.note == f"Community {number}: 2 accounts."
    one = ih.explore(star, "t", number, limit=1)
    assert one.note == f"Community {number}: 2 accounts, the 1 heaviest shown, 1 left out (limit=1)."
    with pytest.raises(ih.IncahootsError, match="no community 99"):
        ih.explore(star, "t", 99)


def test_expand_says_what_it_leaves_out(star: Database) -> None:
    view = ih.explore(star, "t", "a", limit=2)
    assert shown(view) == "abc"
    assert view.note == "a: 4 neighbours, the 2 heaviest shown, 2 left out (limit=2)."
    assert shown(view.hide("b").expand("a")) == "acd"
    assert view.note == "a: 3 neighbours, the 2 heaviest shown, 1 left out (limit=2); 1 more hidden."
    assert shown(view.expand("a", limit=9).expand("e")) == "acdef"
    before = repr(view.accounts)
    assert repr(view.expand("e").accounts) == before
    # Who is hidden comes back when asked for by name.
    assert shown(view.expand("b")) == "abcdef"


def test_expand_follows_the_filters(star: Database) -> None:
    view = ih.explore(star, "t", "e").filter(behaviours=["co_reply"])
    assert shown(view) == "ef"
    assert shown(view.filter(behaviours=None, min_weight=2).expand("a")) == "abcdef"
    assert "1 neighbour" not in view.note
    assert view.note == "a: 3 neighbours."
    # a has an edge to e, but a light one: only f is with it.
    assert ("a", "e", "co_link", 1) not in edges(view)
    assert ("a", "e", "co_link", 1) in edges(view.filter())


def test_filters_pins_and_undo(star: Database) -> None:
    view = ih.explore(star, "t", "a")
    everything = repr(view.edges)
    view.filter(min_weight=8)
    assert (shown(view), view.note) == ("abc", "2 of 6 edges pass the filters.")
    assert "; only weight 8 or more." in repr(view)
    assert shown(view.pin("e", "f")) == "abcef"
    assert edges(view) == [("a", "b", "co_link", 9), ("a", "c", "co_link", 8)]
    assert shown(view.unpin("f").hide("b", "a")) == "e"
    assert shown(view.undo().undo()) == "abcef"
    # A step that changes nothing is none to take back.
    assert shown(view.pin("e").undo()) == "abc"
    assert repr(view.undo().edges) == everything
    with pytest.raises(ih.IncahootsError, match="no step to undo"):
        view.undo()


def test_times(posted: Database) -> None:
    view = ih.explore(posted, "r", "b")
    assert shown(view) == "bac"
    assert "first_at" not in view.edges
    assert shown(view.filter(until="2020-01-02")) == "ba"
    assert shown(view.filter(behaviours="co_hashtag")) == "b"
    assert shown(view.filter(until=None, since="2020-01-02T00:00:25")) == "bc"
    assert view.edges["last_at"].to_list() == [START.replace(day=2, second=30)] * 2
    assert shown(view.filter().filter(since="2020-01-02T00:00:31")) == "b"
    # Nobody new is met of a time that has no edges.
    assert view.expand("a").note == "a: 0 neighbours."


def test_posts_and_why(posted: Database) -> None:
    view = ih.explore(posted, "r", "a")
    assert view.posts("a")["tweet_id"].to_list() == ["a1", "a2"]
    assert view.posts("a", limit=1)["text"].to_list() == ["<b>first</b>"]
    # co_post, which is in the run too, is not looked at.
    found = view.why("a", "b")
    assert found[["behaviour", "tweet_id", "other_tweet_id", "gap_s"]].to_numpy().tolist() == [
        ["co_link", "a1", "b1", 10], ["co_link", "a2", "b2", 20],
    ]  # fmt: skip
    assert len(view.why("b", "c", "co_hashtag")) == 1
    with pytest.raises(ih.IncahootsError, match="no posts behind an edge from 'b' to 'c' of co_link"):
        view.why("b", "c", "co_link")
    with pytest.raises(ih.IncahootsError, match="There is no account 'nobody'"):
        view.why("a", "nobody")


def test_what_is_not_there_is_told(star: Database) -> None:
    with pytest.raises(ih.IncahootsError, match="no run 'nowhere'"):
        ih.explore(star, "nowhere")
    with pytest.raises(ih.IncahootsError, match=r"The run 't' has no edges of an account 'nobody'.*co_link, co_reply"):
        ih.explore(star, "t", "nobody")
    with pytest.raises(ih.IncahootsError, match=r"limit must be 1 account or more \(got 0\)"):
        ih.explore(star, "t", limit=0)
    view = ih.explore(star, "t", "a")
    for step in (view.expand, view.pin):
        # z is met in co_post only, which is not looked at.
        with pytest.raises(ih.IncahootsError, match="no edges of an account 'z'"):
            step("z")
    assert shown(view) == "abcde"


def test_a_run_without_edges(graph: Database) -> None:
    write_run(graph, {"co_link": {}})
    view = ih.explore(graph, "t")
    assert repr(view) == "t: 0 accounts, 0 edges.\nThe run has no edges."
    assert view.filter(since="2020-01-01").edges.empty


def test_edges_of_accounts_are_fetched_once_each(star: Database) -> None:
    asked: dict[str, Any] = {"run_id": "t", "account_ids": ["a", "b"], "behaviours": ["co_link", "co_reply"]}
    among = star.query("fetch/edges_at", **asked, among=True)
    assert list(zip(among["source"], among["target"], strict=True)) == [("a", "b"), ("b", "a")]
    every = star.query("fetch/edges_at", **asked)
    assert [*zip(every["source"], every["target"], strict=True)] == [
        ("a", "b"), ("a", "c"), ("d", "a"), ("b", "a"), ("a", "e"), ("b", "c"),
    ]  # fmt: skip


def test_ids_stay_as_they_are(graph: Database) -> None:
    long = "900719925474099312345"
    write_run(graph, {"co_link": {(long, "007"): 1}})
    assert ih.explore(graph, "t", "007").accounts["account_id"].to_list() == ["007", long]


def test_a_click_shows_posts(posted: Database) -> None:
    view = ih.explore(posted, "r", "a")
    panel = Panel(view)
    widget: Any = panel.picture.widget
    assert "Click an account or an edge" in panel.evidence.value
    widget.last_event = {"type": "relationship_click", "id": '["a", "b", "co_link"]'}
    assert view.clicked == ("a", "b", "co_link")
    assert "&lt;b&gt;first&lt;/b&gt;" in panel.evidence.value
    assert len(view.why(*view.clicked)) == 2
    panel.buttons["Expand"].click()
    assert "Click an account first." in panel.evidence.value
    widget.last_event = {"type": "node_click", "id": "b"}
    assert view.clicked == "b"
    assert "2 neighbours in the run, 1 shown" in panel.evidence.value
    # A click may come in when the account is gone.
    panel.click("c")
    assert "1 neighbour in the run, 0 shown" in panel.evidence.value


def test_buttons_and_steps_redraw(posted: Database) -> None:
    view = ih.explore(posted, "r", "a")
    panel = Panel(view)
    panel.display()
    widget: Any = panel.picture.widget

    def drawn() -> list[str]:
        return sorted(node.id for node in widget.nodes)

    widget.last_event = {"type": "node_click", "id": "b"}
    panel.buttons["Expand"].click()
    assert drawn() == ["a", "b", "c"]
    assert "b: 2 neighbours." in panel.note.value
    panel.buttons["Hide"].click()
    # Neither is connected any more; a is pinned.
    assert drawn() == ["a"]
    panel.buttons["Undo"].click()
    panel.buttons["Pin"].click()
    view.filter(min_weight=99)
    assert drawn() == ["a", "b"]
    view.filter()
    widget.last_event = {"type": "node_double_click", "id": "c"}
    assert "c: 1 neighbour." in panel.note.value
    for _ in range(9):
        panel.buttons["Undo"].click()
    assert "There is no step to undo." in panel.evidence.value


def test_without_the_extra(star: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "neo4j_viz", None)
    monkeypatch.delitem(sys.modules, "incahoots.analytics.explore.with_neo4j_viz", raising=False)
    view = ih.explore(star, "t", "a")
    assert shown(view) == "abcde"
    with pytest.raises(ih.IncahootsError, match=r"pip install 'incahoots\[viz\]'"):
        view.show()


def test_a_notebook_keeps_a_still_picture(posted: Database, home: Path, tmp_path: Path) -> None:
    notebook = nbformat.v4.new_notebook()
    text = f"import incahoots as ih\nview = ih.explore(ih.connect(home={str(home)!r}), 'r', 'a')"
    notebook.cells = [nbformat.v4.new_code_cell(f"{text}\nview.show()"), nbformat.v4.new_code_cell("view.expand('b')")]
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": tmp_path}}).execute()
    live, still = notebook.cells[0].outputs
    assert "application/vnd.jupyter.widget-view+json" in live.data
    assert still.data["image/png"].startswith("iVBOR")
    assert still.data["text/html"].startswith("<details>")
    assert still.data["text/plain"].startswith("r: 2 accounts")
    assert notebook.cells[1].outputs[0].data["text/plain"].startswith("r: 3 accounts, 4 edges")
