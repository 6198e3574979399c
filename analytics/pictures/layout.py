"""Lay out a network: connected accounts close together, communities apart."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import networkx as nx
import numpy as np
import numpy.typing as npt
import pandas as pd

from incahoots.progress import Progress, silent

Points = npt.NDArray[np.float64]

#: Largest number of accounts for one spring layout, whose time grows with the square; above, communities come first.
SPRINGS = 300

#: Largest number of rounds to push overlapping communities apart.
_ROUNDS = 300

#: Angle between consecutive seeds of a sunflower, which fill a circle evenly.
_GOLDEN = np.pi * (3 - np.sqrt(5))


def layout(edges: pd.DataFrame, accounts: list[str], seed: int, progress: Progress = silent) -> dict[str, Points]:
    """Find a position for each account: components side by side, largest first, each by a spring layout.

    In a component of more than `SPRINGS` accounts, communities are laid out as single nodes, and the accounts of each
    around its centre, recursively. Neighbours are about 1 apart.
    """
    ends = zip(edges["source"], edges["target"], strict=True)
    pairs = sorted({(min(pair), max(pair)) for pair in ends})
    graph = _graph(sorted(accounts), pairs)
    parts = sorted(map(sorted, nx.connected_components(graph)), key=lambda part: (-len(part), part[0]))
    if not parts:
        return {}
    sides = [_side(len(part)) for part in parts]
    width = max(sides[0], 1.3 * sum(side**2 for side in sides) ** 0.5)
    places: dict[str, Points] = {}
    x = y = height = 0.0

    placed = 0

    def tell(more: int) -> None:
        nonlocal placed
        placed += more
        progress("placing accounts", placed, len(graph))

    tell(0)
    for part, side in zip(parts, sides, strict=True):
        if x and x + side > width:
            x, y, height = 0.0, y - height, 0.0
        found = _placed(_within(graph, part), seed, tell)
        middle = np.array([x + side / 2, y - side / 2])
        places |= {account: middle + (side / 2 - 0.5) * place for account, place in found.items()}
        x, height = x + side, max(height, side)
    return places


def _side(n: int) -> float:
    """Width and height of a component of this many accounts."""
    return float(1.2 * n**0.5 + 0.8)


def _placed(graph: nx.Graph[str], seed: int, tell: Callable[[int], None]) -> dict[str, Points]:
    """Positions for a connected component, about within the unit circle; reports how many accounts are placed."""
    if len(graph) <= SPRINGS:
        places = _by_springs(graph, seed)
        tell(len(graph))
        return places
    groups = [sorted(group) for group in nx.community.louvain_communities(graph, seed=seed)]
    groups.sort(key=lambda group: (-len(group), group[0]))
    if len(groups) == 1:
        tell(len(graph))
        return _sunflower(graph)
    middles, radii = _apart(graph, groups, seed)
    places = {}
    for group, middle, radius in zip(groups, middles, radii, strict=True):
        found = _placed(_within(graph, group), seed, tell)
        places |= {account: middle + radius * place for account, place in found.items()}
    every = np.array(list(places.values()))
    middle, reach = every.mean(axis=0), np.abs(every - every.mean(axis=0)).max() or 1.0
    return {account: (place - middle) / reach for account, place in places.items()}


def _by_springs(graph: nx.Graph[str], seed: int) -> dict[str, Points]:
    """Positions by springs; one or two accounts, as in most components of most networks, need none."""
    if len(graph) <= 2:
        return {account: np.array([x, 0.0]) for account, x in zip(graph, (-0.7, 0.7), strict=False)}
    found = nx.spring_layout(graph, seed=seed, iterations=100)
    return {account: np.asarray(place) for account, place in found.items()}


def _apart(graph: nx.Graph[str], groups: list[list[str]], seed: int) -> tuple[Points, Points]:
    """Centres and radii of communities: by springs between them, then pushed apart."""
    group_of = {account: number for number, group in enumerate(groups) for account in group}
    between: nx.Graph[int] = nx.Graph()
    between.add_nodes_from(range(len(groups)))
    for one, other in graph.edges:
        ends = (group_of[one], group_of[other])
        if ends[0] != ends[1]:
            before = between.get_edge_data(*ends, default={"weight": 0})["weight"]
            between.add_edge(*ends, weight=before + 1)
    radii = np.array([_side(len(group)) / 2 for group in groups])
    if len(groups) <= SPRINGS:
        found = nx.spring_layout(between, seed=seed, iterations=100)
        middles = np.array([found[number] for number in range(len(groups))]) * np.sqrt((radii**2).sum())
    else:
        middles = np.array(list(_sunflower(between).values())) * 2 * np.sqrt((radii**2).sum())
    return _pushed(middles, radii), radii * 0.9


def _pushed(middles: Points, radii: Points) -> Points:
    """Push circles apart until none overlap, for at most `_ROUNDS` rounds."""
    reach = radii[:, None] + radii[None, :]
    np.fill_diagonal(reach, 0)
    for _ in range(_ROUNDS):
        along = middles[:, None, :] - middles[None, :, :]
        distance = np.linalg.norm(along, axis=2)
        over = np.maximum(reach - distance, 0)
        if over.max() < 0.01 * radii.min():
            break
        away = np.divide(along, distance[..., None], out=np.zeros_like(along), where=distance[..., None] > 0)
        middles = middles + 0.5 * (away * over[..., None]).sum(axis=1) / np.maximum((over > 0).sum(axis=1), 1)[:, None]
    return middles


def _sunflower(graph: nx.Graph[Any]) -> dict[Any, Points]:
    """Positions that fill a circle evenly, largest degrees in the middle: for networks without communities."""
    order = sorted(graph, key=lambda node: (-graph.degree[node], node))
    number = np.arange(len(order))
    far, angle = np.sqrt((number + 0.5) / len(order)), number * _GOLDEN
    points = np.stack([far * np.cos(angle), far * np.sin(angle)], axis=1)
    return dict(zip(order, points, strict=True))


def _within(graph: nx.Graph[str], accounts: list[str]) -> nx.Graph[str]:
    """The subgraph of some accounts, in their order, which networkx's own subgraphs lose."""
    members = set(accounts)
    return _graph(accounts, [pair for account in accounts for pair in graph.edges(account) if set(pair) <= members])


def _graph(accounts: list[str], pairs: list[tuple[str, str]]) -> nx.Graph[str]:
    """A network with its nodes in this order, which the spring layout depends on."""
    graph: nx.Graph[str] = nx.Graph()
    graph.add_nodes_from(accounts)
    graph.add_edges_from(pairs)
    return graph
