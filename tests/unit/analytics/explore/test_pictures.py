"""How an investigation looks: colours, sizes and labels; both backends; posts that are hostile."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import pytest
from ipysigma import Sigma

from incahoots.analytics.explore import with_ipysigma, with_neo4j_viz
from incahoots.analytics.explore.drawing import ALONE, PINNED, Drawing
from incahoots.analytics.explore.posts_as_html import account_page, edge_page, words_page
from incahoots.analytics.pictures.style import looks

HOSTILE = "<img src=x onerror='alert(1)'>&\u202egpj.exe"
ESCAPED = "&lt;img src=x onerror=&#x27;alert(1)&#x27;&gt;&amp;gpj.exe"

EDGES = pd.DataFrame(
    [("a", "b", "co_link", 4), ("b", "a", "co_link", 2), ("a", "b", "co_reply", 1), ("c", "a", "co_reply", 1)],
    columns=["source", "target", "behaviour", "weight"],
)


def account(account_id: str, weight: float, community: int | None = None, **more: Any) -> dict[str, Any]:
    about = {"account_id": account_id, "screen_name": None, "community": community, "weighted_degree": weight}
    return about | {"neighbours": 2, "neighbours_shown": 1, "pinned": False} | more


ACCOUNTS = pd.DataFrame(
    [
        account("a", 8, 0, screen_name="Ann", pinned=True),
        account("b", 7, 17, screen_name="Same"),
        account("c", 2, screen_name="Same"),
    ]
).astype({"community": "Int64"})

DRAWING = Drawing.of(ACCOUNTS, EDGES)
FEWER = Drawing.of(ACCOUNTS[:2], EDGES[:2])


def test_looks() -> None:
    assert [dot.label for dot in DRAWING.dots] == [f"{PINNED}Ann", "b", "c"]
    assert [dot.label for dot in Drawing.of(ACCOUNTS, EDGES, names=False).dots] == [f"{PINNED}a", "b", "c"]
    assert [dot.size for dot in DRAWING.dots] == [1.0, (7 / 8) ** 0.5, 0.5]
    assert [line.width for line in DRAWING.lines] == [1.0, 0.5**0.5, 0.5, 0.5]
    assert DRAWING.behaviours == {name: look.colour for name, look in looks(["co_link", "co_reply"]).items()}
    assert [line.colour for line in DRAWING.lines] == [DRAWING.behaviours[name] for name in EDGES["behaviour"]]
    assert list(DRAWING.communities) == [0, 17]
    assert [dot.colour for dot in DRAWING.dots] == [*DRAWING.communities.values(), ALONE]


def test_nothing_is_drawn_too() -> None:
    nothing = Drawing.of(ACCOUNTS[:0], EDGES[:0])
    assert (nothing.dots, nothing.lines, nothing.behaviours, nothing.communities) == ([], [], {}, {})
    assert with_neo4j_viz.Picture(nothing, print, print).widget.nodes == []
    with_ipysigma.Picture(nothing, print, print)


def test_neo4j_viz_draws_and_tells() -> None:
    told: list[Any] = []
    picture = with_neo4j_viz.Picture(DRAWING, told.append, lambda account: told.append(("open", account)))
    widget = picture.widget
    assert [node.id for node in widget.nodes] == ["a", "b", "c"]
    assert [(edge.source, edge.target, edge.properties["behaviour"]) for edge in widget.relationships] == [
        ("a", "b", "co_link"), ("b", "a", "co_link"), ("a", "b", "co_reply"), ("c", "a", "co_reply"),
    ]  # fmt: skip
    legend = widget.legend.to_json()
    assert [entry["label"] for entry in legend["nodes"]["entries"]] == ["community 0", "community 17"]
    assert {entry["label"]: entry["color"] for entry in legend["relationships"]["entries"]} == DRAWING.behaviours
    widget.last_event = {"type": "node_click", "id": "b"}
    widget.last_event = {"type": "relationship_click", "id": json.dumps(["a", "b", "co_reply"])}
    widget.last_event = {"type": "canvas_click"}
    widget.last_event = {"type": "node_double_click", "id": "c"}
    assert told == ["b", ("a", "b", "co_reply"), ("open", "c")]
    picture.redraw(FEWER)
    assert [node.id for node in widget.nodes] == ["a", "b"]
    assert [json.loads(edge.id) for edge in widget.relationships] == [["a", "b", "co_link"], ["b", "a", "co_link"]]


def test_ipysigma_draws_and_tells() -> None:
    told: list[Any] = []
    picture = with_ipysigma.Picture(DRAWING, told.append, print)
    (sigma,) = picture.widget.children
    assert isinstance(sigma, Sigma)
    assert [(edge["source"], edge["target"], edge["attributes"]["weights"]) for edge in sigma.data["edges"]] == [
        ("a", "b", "co_link 4, co_reply 1"), ("b", "a", "co_link 2"), ("c", "a", "co_reply 1"),
    ]  # fmt: skip
    assert dict(sigma.visual_variables["edgeColor"]["palette"]) == DRAWING.behaviours
    sigma.selected_node = "b"
    sigma.selected_node = None
    sigma.selected_edge = ("a", "b")
    assert told == ["b", ("a", "b", None)]
    # Somebody moved an account; who stays keeps the place.
    sigma.layout = {**sigma.layout, "a": {"x": 5.0, "y": 6.0}}
    picture.redraw(FEWER)
    (fewer,) = picture.widget.children
    assert fewer.layout == {"a": {"x": 5.0, "y": 6.0}, "b": sigma.layout["b"]}
    picture.redraw(DRAWING)
    (again,) = picture.widget.children
    assert again.layout["a"] == pytest.approx({"x": 5.0, "y": 6.0})
    assert set(again.layout) == {"a", "b", "c"}


def test_the_same_is_drawn_the_same() -> None:
    layouts = [with_ipysigma.Picture(DRAWING, print, print).widget.children[0].layout for _ in range(2)]
    assert layouts[0] == layouts[1]


def test_posts_cannot_do_anything() -> None:
    posted = {"tweet_id": "9", "created_at": pd.Timestamp("2020-01-01", tz="UTC"), "kind": "tweet", "text": HOSTILE}
    posts = pd.DataFrame([posted | {"urls": ["https://a.example/<b>"]}] * 3)
    about = account("a", 8, 0, screen_name=HOSTILE)
    page = account_page(about, EDGES, posts, rows=2)
    assert page.count(f"<bdi>{ESCAPED}</bdi>") == 2
    assert f"@{ESCAPED}; community 0; 2 neighbours in the run, 2 shown; co_link 2 edges, co_reply 2 edges" in page
    assert "heaviest: b, c" in page
    assert "These are the first 2; view.posts(account) returns all." in page
    assert page.count("<img") == 0
    assert "Ann" not in account_page(account("a", 8, screen_name="Ann"), EDGES, posts, names=False, rows=9)
    pair = {"behaviour": "co_link", "trace": HOSTILE, "text": HOSTILE, "other_text": None, "gap_s": -5}
    pairs = pd.DataFrame([pair | {"created_at": pd.NaT}])
    page = edge_page("a", HOSTILE, None, pairs, rows=1)
    assert page.count(ESCAPED) == 3
    assert page.count("<img") == 0
    assert "<td>-5</td><td></td>" in page
    assert words_page(f"one\n{HOSTILE}").count("<p ") == 2
    assert "<img" not in words_page(HOSTILE)
