"""Pictures by neo4j-viz: a dot for each account, an arrow for each edge; clicks and double clicks are reported.

neo4j-viz is licensed under the GPL and contains a library for use with Neo4j's products only, so no other module
imports it.

References
----------
Tol 2021, "Colour schemes": the scheme "light", which is safe for colour-blind readers and readable under dark text.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd
from neo4j_viz import GraphWidget, Node, Relationship, VisualizationGraph

from incahoots.analytics.explore.state import Clicked
from incahoots.analytics.pictures.style import labels, looks

#: Colours of communities by number, used cyclically; paler than those of behaviours. The first half is Tol's.
_COMMUNITIES = (
    "#77aadd", "#ee8866", "#eedd88", "#ffaabb", "#99ddff", "#44bb99", "#bbcc33", "#aaaa00",
    "#c9a0dc", "#d2b48c", "#a3c9a3", "#b8b8f0", "#f3c9a5", "#aee5d8", "#dd9a9a", "#9fb3c8",
)  # fmt: skip

#: Colour of an account without a community.
ALONE = "#dddddd"

#: Mark of a pinned account: before its label, as long labels are cut at the end.
PINNED = "◉ "

#: The radius of an account and the width of an arrow in pixels: minimum and maximum.
_RADIUS, _WIDTH = (8, 25), (0.5, 3.5)


@dataclass(frozen=True)
class Drawing:
    """What is drawn.

    Attributes
    ----------
    nodes : list of neo4j_viz.Node
        Accounts, the largest weighted degree first.
    relationships : list of neo4j_viz.Relationship
        Edges, the heaviest first; the id is the same in each drawing, and enough to identify the edge.
    behaviours : dict of str to str
        The colours of the behaviours that are drawn, which they have in all pictures.
    communities : dict of int to str
        The colours of the communities that are drawn.
    """

    nodes: list[Node]
    relationships: list[Relationship]
    behaviours: dict[str, str]
    communities: dict[int, str]

    @classmethod
    def of(cls, accounts: pd.DataFrame, edges: pd.DataFrame, *, names: bool = True) -> Drawing:
        """Choose labels, colours and sizes for an `Exploration`; labels are ids, or screen names with ``names``."""
        called = dict(zip(accounts["account_id"], accounts["screen_name"], strict=True)) if names else {}
        labelled = labels(accounts["account_id"], called)
        numbers = sorted(int(number) for number in accounts["community"].dropna().unique())
        communities = {number: _COMMUNITIES[number % len(_COMMUNITIES)] for number in numbers}
        behaviours = {name: look.colour for name, look in looks(edges["behaviour"]).items()}
        radii, widths = _sizes(accounts["weighted_degree"], *_RADIUS), _sizes(edges["weight"], *_WIDTH)
        nodes = [
            Node(
                id=row["account_id"],
                caption=(PINNED if row["pinned"] else "") + labelled[row["account_id"]],
                color=ALONE if pd.isna(row["community"]) else communities[row["community"]],
                size=size,
                properties={
                    "account_id": row["account_id"],
                    "weighted_degree": round(row["weighted_degree"], 4),
                    "neighbours": row["neighbours"],
                    "neighbours_shown": row["neighbours_shown"],
                },
            )
            for row, size in zip(accounts.to_dict("records"), radii, strict=True)
        ]
        relationships = [
            Relationship(
                id=json.dumps([row["source"], row["target"], row["behaviour"]]),
                source=row["source"],
                target=row["target"],
                color=behaviours[row["behaviour"]],
                width=width,
                properties={"behaviour": row["behaviour"], "weight": round(row["weight"], 4)},
            )
            for row, width in zip(edges.to_dict("records"), widths, strict=True)
        ]
        return cls(nodes, relationships, behaviours, communities)


def _sizes(values: pd.Series[float], least: float, most: float) -> list[float]:
    """Map values to sizes that grow with their square roots, so that areas are proportional."""
    ratios: pd.Series[float] = (values / values.max()).fillna(0.0) ** 0.5
    return [round(least + (most - least) * ratio, 1) for ratio in ratios]


class Picture:
    """A picture that is updated for each drawing; reports each click, and each account that is double-clicked."""

    def __init__(self, drawing: Drawing, clicked: Callable[[Clicked], None], opened: Callable[[str], None]) -> None:
        self.widget: GraphWidget = VisualizationGraph(drawing.nodes, drawing.relationships).render_widget()
        self._legend(drawing)
        self.widget.on_node_event("click", lambda node: clicked(str(node.id)) if node else None)
        self.widget.on_relationship_event("click", lambda edge: clicked(_edge(str(edge.id))) if edge else None)
        self.widget.on_node_event("double_click", lambda node: opened(str(node.id)) if node else None)

    def redraw(self, drawing: Drawing) -> None:
        """Draw something else; accounts that were there keep their positions."""
        # Together, so that no arrow is ever without its ends.
        with self.widget.hold_sync():
            self.widget.nodes = drawing.nodes
            self.widget.relationships = drawing.relationships
            self._legend(drawing)

    def _legend(self, drawing: Drawing) -> None:
        """Explain the colours."""
        communities = {f"community {number}": colour for number, colour in drawing.communities.items()}
        self.widget.set_legend(nodes=communities, relationships=drawing.behaviours)


def _edge(name: str) -> tuple[str, str, str]:
    """Source, target and behaviour, from the id of a relationship."""
    source, target, behaviour = json.loads(name)
    return source, target, behaviour
