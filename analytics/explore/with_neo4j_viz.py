"""Pictures by neo4j-viz: an arrow for each behaviour; clicks and double clicks are reported.

neo4j-viz is licensed under the GPL and contains a library for use with Neo4j's products only, so no other module
imports it.
"""

from __future__ import annotations

import json
from collections.abc import Callable

from neo4j_viz import GraphWidget, Node, Relationship, VisualizationGraph

from incahoots.analytics.explore.drawing import Clicked, Drawing

#: The radius of an account and the width of an arrow in pixels: minimum and maximum.
_RADIUS, _WIDTH = (8, 25), (0.5, 3.5)


class Picture:
    """A picture that is updated for each drawing.

    Parameters
    ----------
    drawing : Drawing
    clicked : callable
        Called with each click.
    opened : callable
        Called with each account that is double-clicked.

    Attributes
    ----------
    widget : neo4j_viz.GraphWidget
    """

    def __init__(self, drawing: Drawing, clicked: Callable[[Clicked], None], opened: Callable[[str], None]) -> None:
        self.widget: GraphWidget = VisualizationGraph(_nodes(drawing), _relationships(drawing)).render_widget()
        self._legend(drawing)
        self.widget.on_node_event("click", lambda node: clicked(str(node.id)) if node else None)
        self.widget.on_relationship_event("click", lambda edge: clicked(_edge(str(edge.id))) if edge else None)
        self.widget.on_node_event("double_click", lambda node: opened(str(node.id)) if node else None)

    def redraw(self, drawing: Drawing) -> None:
        """Draw something else; accounts that were there keep their positions."""
        # Together, so that no arrow is ever without its ends.
        with self.widget.hold_sync():
            self.widget.nodes = _nodes(drawing)
            self.widget.relationships = _relationships(drawing)
            self._legend(drawing)

    def _legend(self, drawing: Drawing) -> None:
        """Explain the colours."""
        communities = {f"community {number}": colour for number, colour in drawing.communities.items()}
        self.widget.set_legend(nodes=communities, relationships=drawing.behaviours)


def _nodes(drawing: Drawing) -> list[Node]:
    least, most = _RADIUS
    return [
        Node(
            id=dot.account_id,
            caption=dot.label,
            color=dot.colour,
            size=round(least + (most - least) * dot.size, 1),
            properties={
                "account_id": dot.account_id,
                "weighted_degree": round(dot.weighted_degree, 4),
                "neighbours": dot.neighbours,
                "neighbours_shown": dot.neighbours_shown,
            },
        )
        for dot in drawing.dots
    ]


def _relationships(drawing: Drawing) -> list[Relationship]:
    least, most = _WIDTH
    return [
        Relationship(
            # The same in each drawing, and enough to identify the edge.
            id=json.dumps([line.source, line.target, line.behaviour]),
            source=line.source,
            target=line.target,
            color=line.colour,
            width=round(least + (most - least) * line.width, 1),
            properties={"behaviour": line.behaviour, "weight": round(line.weight, 4)},
        )
        for line in drawing.lines
    ]


def _edge(name: str) -> tuple[str, str, str]:
    """Source, target and behaviour, from the id of a relationship."""
    source, target, behaviour = json.loads(name)
    return source, target, behaviour
