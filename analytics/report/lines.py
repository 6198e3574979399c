"""Lines of a drawn network: each stands for the edges of one behaviour between two accounts, in both directions."""

from __future__ import annotations

import numpy as np
import pandas as pd

from incahoots.analytics.pictures.style import in_order

#: The columns that identify a line.
LINE = ["one", "other", "behaviour"]


def lines_of(edges: pd.DataFrame) -> pd.DataFrame:
    """Combine the two directions of each pair of accounts of edges; loops are ignored.

    One row per pair of accounts and behaviour, the heaviest first: one and other (account ids, the smaller first),
    behaviour, forth (the weight from one to other; 0 where there is no edge), back, weight (the larger of both).
    """
    between = edges[edges["source"] != edges["target"]]
    forth = between["source"] < between["target"]
    weight = between["weight"]
    pairs = pd.DataFrame(
        {
            "one": between["source"].where(forth, between["target"]),
            "other": between["target"].where(forth, between["source"]),
            "behaviour": between["behaviour"],
            "forth": weight.where(forth, 0),
            "back": weight.where(~forth, 0),
        }
    )
    lines = pairs.groupby(LINE, as_index=False, sort=False)[["forth", "back"]].sum()
    lines["weight"] = lines[["forth", "back"]].max(axis=1)
    order = {name: place for place, name in enumerate(in_order(lines["behaviour"]))}
    lines["order"] = lines["behaviour"].map(order)
    by = ["weight", "order", "one", "other"]
    return lines.sort_values(by, ascending=[False, True, True, True], ignore_index=True).drop(columns="order")


def among(edges: pd.DataFrame, lines: pd.DataFrame) -> pd.DataFrame:
    """Find the edges that some of the lines of `lines_of` stand for.

    Adds the columns line (its place in ``lines``) and turned (whether the edge goes from the line's other to its one).
    """
    turned = edges["source"] > edges["target"]
    ends = pd.DataFrame(
        {
            "one": edges["target"].where(turned, edges["source"]),
            "other": edges["source"].where(turned, edges["target"]),
            "behaviour": edges["behaviour"],
        }
    )
    numbered = lines[LINE].assign(line=np.arange(len(lines)))
    line = ends.merge(numbered, on=LINE, how="left")["line"].set_axis(edges.index)
    found = edges.assign(line=line, turned=turned)[line.notna()]
    return found.astype({"line": np.int64})


def by_community(lines: pd.DataFrame, community: dict[str, int]) -> pd.DataFrame:
    """Combine lines between accounts into lines between communities, whose numbers become text.

    Lines within a community are left out.
    """
    one, other = lines["one"].map(community), lines["other"].map(community)
    parts = [
        pd.DataFrame({"source": start, "target": end, "behaviour": lines["behaviour"], "weight": lines[weight]})
        for start, end, weight in ((one, other, "forth"), (other, one, "back"))
    ]
    edges = pd.concat(parts).dropna(subset=["source", "target"])
    edges = edges[edges["weight"] > 0]
    for end in ("source", "target"):
        edges[end] = [str(int(number)) for number in edges[end]]
    return lines_of(edges.groupby(["source", "target", "behaviour"])["weight"].sum().reset_index())
