"""How an exploration looks: colours, sizes and labels; what clicks report; posts that are hostile."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd

from incahoots.analytics.explore.posts_as_html import account_page, edge_page, words_page
from incahoots.analytics.explore.with_neo4j_viz import ALONE, PINNED, Drawing, Picture
from incahoots.analytics.pictures.style import looks
from tests.networks import edge_frame

HOSTILE = "<img src=x onerror='alert(1)'>&\u202egpj.exe"
ESCAPED = "&lt;img src=x onerror=&#x27;alert(1)&#x27;&gt;&amp;gpj.exe"

EDGES = edge_frame(
    [("a", "b", "co_link", 4), ("b", "a", "co_link", 2), ("a", "b", "co_reply", 1), ("c", "a", "co_reply", 1)]
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


def hexed(drawn: Any) -> str:
    """The colour of a node or an edge."""
    return str(drawn.color.as_hex(format="long"))


DRAWING = Drawing.of(ACCOUNTS, EDGES)
FEWER = Drawing.of(ACCOUNTS[:2], EDGES[:2])


def test_looks() -> None:
    assert [node.caption for node in DRAWING.nodes] == [f"{PINNED}Ann", "b", "c"]
    assert [node.caption for node in Drawing.of(ACCOUNTS, EDGES, names=False).nodes] == [f"{PINNED}a", "b", "c"]
    # Areas are proportional: square roots between the least and the largest radius or width.
    assert [node.size for node in DRAWING.nodes] == [25.0, 23.9, 16.5]
    assert [edge.width for edge in DRAWING.relationships] == [3.5, 2.6, 2.0, 2.0]
    assert DRAWING.behaviours == {name: look.colour for name, look in looks(["co_link", "co_reply"]).items()}
    assert [hexed(edge) for edge in DRAWING.relationships] == [DRAWING.behaviours[name] for name in EDGES["behaviour"]]
    assert list(DRAWING.communities) == [0, 17]
    assert [hexed(node) for node in DRAWING.nodes] == [*DRAWING.communities.values(), ALONE]


def test_nothing_is_drawn_too() -> None:
    nothing = Drawing.of(ACCOUNTS[:0], EDGES[:0])
    assert (nothing.nodes, nothing.relationships, nothing.behaviours, nothing.communities) == ([], [], {}, {})
    assert Picture(nothing, print, print).widget.nodes == []


def test_neo4j_viz_draws_and_tells() -> None:
    told: list[Any] = []
    picture = Picture(DRAWING, told.append, lambda account: told.append(("open", account)))
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
    page = edge_page("a", HOSTILE, "co_link", pairs, rows=1)
    assert page.count(ESCAPED) == 3
    assert page.count("<img") == 0
    assert "<td>-5</td><td></td>" in page
    assert words_page(f"one\n{HOSTILE}").count("<p ") == 2
    assert "<img" not in words_page(HOSTILE)
