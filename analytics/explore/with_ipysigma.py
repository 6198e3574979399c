"""Pictures by ipysigma: one line for all behaviours from one account to another; selections are reported."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import networkx as nx
import pandas as pd
from ipysigma import Sigma
from ipywidgets import VBox

from incahoots.analytics.explore.drawing import ALONE, Clicked, Drawing
from incahoots.analytics.pictures.layout import layout

#: The radius of an account and the width of a line in pixels: minimum and maximum.
_RADIUS, _WIDTH = (4, 15), (1, 6)

_HEIGHT = 600

Places = dict[str, dict[str, float]]


class Picture:
    """A picture that is replaced for each drawing, as ipysigma cannot change one.

    Parameters
    ----------
    drawing : Drawing
    clicked : callable
        Called with each selection.
    opened : callable
        Never called: ipysigma does not report double clicks.

    Attributes
    ----------
    widget : ipywidgets.VBox
        Holds one ipysigma.Sigma.
    """

    def __init__(self, drawing: Drawing, clicked: Callable[[Clicked], None], opened: Callable[[str], None]) -> None:
        self._clicked = clicked
        self.widget = VBox()
        self._place(drawing, {})

    def redraw(self, drawing: Drawing) -> None:
        """Draw something else; accounts that were there keep their positions."""
        (old,) = self.widget.children
        # The positions in the browser; unknown until the picture was displayed.
        self._place(drawing, old.layout or {})
        old.close()

    def _place(self, drawing: Drawing, known: Mapping[str, Mapping[str, float]]) -> None:
        graph = _graph(drawing)
        sigma = Sigma(
            graph,
            height=_HEIGHT,
            node_color="community",
            node_color_palette={str(number): colour for number, colour in drawing.communities.items()},
            default_node_color=ALONE,
            raw_node_size="size",
            raw_node_label="label",
            edge_color="behaviour",
            edge_color_palette=drawing.behaviours,
            raw_edge_size="size",
            default_edge_type="curve",
            max_categorical_colors=max(1, len(drawing.communities), len(drawing.behaviours)),
            clickable_edges=True,
            layout=_places(graph, known),
        )
        sigma.observe(self._selected, names=["selected_node", "selected_edge"])
        self.widget.children = (sigma,)

    def _selected(self, change: Any) -> None:
        """Report a selection, if there is one."""
        what = change["new"]
        if what:
            self._clicked(what if isinstance(what, str) else (what[0], what[1], None))


def _graph(drawing: Drawing) -> nx.DiGraph[str]:
    """A network with one edge for each pair and direction: ipysigma identifies edges by their ends."""
    graph: nx.DiGraph[str] = nx.DiGraph()
    least, most = _RADIUS
    for dot in drawing.dots:
        about = {"account_id": dot.account_id, "neighbours": dot.neighbours, "neighbours_shown": dot.neighbours_shown}
        community = {} if dot.community is None else {"community": str(dot.community)}
        graph.add_node(dot.account_id, label=dot.label, size=least + (most - least) * dot.size, **about, **community)
    least, most = _WIDTH
    for line in drawing.lines:
        weight = f"{line.behaviour} {line.weight:g}"
        if graph.has_edge(line.source, line.target):
            # The heaviest line came first and determines the colour.
            graph.edges[line.source, line.target]["weights"] += f", {weight}"
        else:
            size = least + (most - least) * line.width
            graph.add_edge(line.source, line.target, behaviour=line.behaviour, size=size, weights=weight)
    return graph


def _places(graph: nx.DiGraph[str], known: Mapping[str, Mapping[str, float]]) -> Places:
    """Positions of accounts: known ones stay, others are near their neighbours; reproducible."""
    accounts = list(graph)
    there = {account: (known[account]["x"], known[account]["y"]) for account in accounts if account in known}
    if not there:
        ends = pd.DataFrame(list(graph.edges), columns=["source", "target"])
        found: Mapping[str, Any] = layout(ends, accounts, seed=1) if accounts else {}
    elif len(there) < len(accounts):
        found = nx.spring_layout(graph, pos=there, fixed=list(there), seed=1)
    else:
        found = there
    return {account: {"x": float(place[0]), "y": float(place[1])} for account, place in found.items()}
