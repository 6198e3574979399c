"""Networks as files that Gephi, Cytoscape, networkx and spreadsheets open."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import networkx as nx
import pandas as pd

from incahoots.csv_guard import guarded
from incahoots.errors import UsageError

FORMATS = (".csv", ".parquet", ".graphml", ".gexf")

#: What no XML 1.0 file may hold, not even escaped.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def check_format(path: Path) -> None:
    """See that a file can be written before anything is computed.

    Raises
    ------
    UsageError
        Its ending is none of `FORMATS`, its folder is not there, or it is a folder itself.
    """
    if path.suffix.lower() not in FORMATS:
        raise UsageError(f"Cannot write {path.name!r}.", f"Choose an ending from: {', '.join(FORMATS)}.")
    if not path.resolve().parent.is_dir():
        raise UsageError(f"There is no folder {path.parent}.", "Make it first.")
    if path.is_dir():
        raise UsageError(f"{path} is a folder.", "Name a file.")


def write(edges: pd.DataFrame, path: Path) -> None:
    """Write edges to a file; its ending says the format.

    Parameters
    ----------
    edges : pd.DataFrame
        With the columns source, target, behaviour, weight, window_s.
    path : Path
        Replaced whole, or not at all.
    """
    check_format(path)
    part = path.with_name(path.name + ".part")
    suffix = path.suffix.lower()
    try:
        if suffix == ".csv":
            guarded(edges).to_csv(part, index=False)
        elif suffix == ".parquet":
            edges.to_parquet(part, index=False)
        elif suffix == ".graphml":
            nx.write_graphml(network(_for_xml(edges)), part)
        else:
            nx.write_gexf(network(_for_xml(edges)), part)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _for_xml(edges: pd.DataFrame) -> pd.DataFrame:
    """Spell characters that XML forbids as Python does, ``\\x0b``: ids of other platforms may hold any."""

    def spelled(account_id: str) -> str:
        return _NOT_XML.sub(lambda found: found[0].encode("unicode_escape").decode(), account_id)

    return edges.assign(source=edges["source"].map(spelled), target=edges["target"].map(spelled))


def network(edges: pd.DataFrame) -> nx.MultiDiGraph[str]:
    """Make edges a labelled weighted multidigraph: one key a behaviour.

    Examples
    --------
    >>> frame = pd.DataFrame([("a", "b", "co_link", 2, 60)],
    ...                      columns=["source", "target", "behaviour", "weight", "window_s"])
    >>> network(frame)["a"]["b"]["co_link"]["weight"]
    2
    """
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for row in edges.to_dict(orient="records"):
        # A key that is text is fine with networkx, if not with its type stubs.
        key: Any = row["behaviour"]
        numbers = {"weight": int(row["weight"]), "window_s": int(row["window_s"])}
        graph.add_edge(row["source"], row["target"], key=key, behaviour=row["behaviour"], **numbers)
    return graph
