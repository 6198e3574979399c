"""Networks for tests, written as a run would."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import networkx as nx
import pandas as pd

from incahoots.cypher.behaviours import BEHAVIOURS
from incahoots.database import Database
from tests.posts import Edges


def edge_frame(rows: Iterable[tuple[Any, ...]], *more: str) -> pd.DataFrame:
    """Edges of rows (source, target, behaviour, weight), and more columns."""
    return pd.DataFrame(list(rows), columns=["source", "target", "behaviour", "weight", *more])


def write_run(graph: Database, networks: Mapping[str, Edges], run_id: str = "t") -> None:
    """Write a complete run of networks by behaviour."""
    parameters = {"behaviours": list(networks), "window_s": 60, "min_weight": 1, "leader": False, "loops": True}
    graph.query("runs/start", run_id=run_id, kind="coordination", parameters=parameters, version="0")
    for name, edges in networks.items():
        rows = [{"source": source, "target": target, "weight": weight} for (source, target), weight in edges.items()]
        graph.run(
            "UNWIND $rows AS row MERGE (u:Account {account_id: row.source}) MERGE (v:Account {account_id: row.target}) "
            f"CREATE (u)-[:{BEHAVIOURS[name].relationship} {{run_id: $run_id, weight: row.weight, window_s: 60}}]->(v)",
            {"rows": rows, "run_id": run_id},
        )
    graph.query("runs/finish", run_id=run_id, counts={"edges": sum(map(len, networks.values()))})


def undirected(*networks: Edges) -> nx.Graph[str]:
    """The network as communities take it: weights of both directions and all behaviours added up, no loops."""
    graph: nx.Graph[str] = nx.Graph()
    for edges in networks:
        for (source, target), weight in edges.items():
            if source != target:
                before = graph.get_edge_data(source, target, {"weight": 0})["weight"]
                graph.add_edge(source, target, weight=before + weight)
    return graph
