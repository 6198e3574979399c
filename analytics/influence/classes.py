"""Compare influence between classes of accounts with chance, and before a date with after it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from incahoots.database import Connectable, connect

#: Labels of accounts that are attributed to a state, and of accounts without a label.
STATE_LINKED, UNKNOWN = "state-linked", "other"

#: Number of times that labels are shuffled.
SHUFFLES = 200


def fetch_labels(database: Connectable = None) -> dict[str, str]:
    """Label the accounts that the publisher attributes to a state; all others have no label."""
    with connect(database) as opened:
        return dict.fromkeys(opened.query("influence/state_linked")["account_id"], STATE_LINKED)


def class_table(
    edges: pd.DataFrame, labels: Mapping[str, str], *, shuffles: int = SHUFFLES, seed: int = 42
) -> pd.DataFrame:
    """Count edges by the classes of source and target, and compare with shuffled labels.

    ``edges`` has the columns source, target, entity, weight. ``labels`` is the class of each account, by account id.
    ``shuffles`` is the number of times that the labels of the accounts of a network are shuffled. Returns one row per
    entity, source_class and target_class: edges, share (of the entity's edges), shuffled_share (mean share over
    shuffled labels), weight (total), sources and targets (distinct accounts).
    """
    rng = np.random.default_rng(seed)
    rows = []
    for entity, own in edges.groupby("entity", sort=True):
        accounts = np.unique(np.concatenate([own["source"], own["target"]]).astype(str))
        names = np.array([labels.get(account, UNKNOWN) for account in accounts])
        classes, code = np.unique(names, return_inverse=True)
        source, target = (np.searchsorted(accounts, own[end].to_numpy().astype(str)) for end in ("source", "target"))
        n = len(classes)
        counts = np.bincount(code[source] * n + code[target], minlength=n * n)
        chance = np.zeros(n * n)
        for _ in range(shuffles):
            dealt = rng.permutation(code)
            chance += np.bincount(dealt[source] * n + dealt[target], minlength=n * n)
        weights = np.bincount(code[source] * n + code[target], own["weight"], minlength=n * n)
        for place in np.flatnonzero(counts):
            one, other = divmod(int(place), n)
            here = (code[source] == one) & (code[target] == other)
            rows.append({
                "entity": entity, "source_class": classes[one], "target_class": classes[other],
                "edges": int(counts[place]), "share": counts[place] / len(own),
                "shuffled_share": chance[place] / (shuffles * len(own)) if shuffles else float("nan"),
                "weight": float(weights[place]), "sources": len(np.unique(source[here])),
                "targets": len(np.unique(target[here])),
            })  # fmt: skip
    key = ["entity", "source_class", "target_class"]
    return pd.DataFrame(rows, columns=[*key, "edges", "share", "shuffled_share", "weight", "sources", "targets"])


def before_and_after(before: pd.DataFrame, after: pd.DataFrame, labels: Mapping[str, str]) -> pd.DataFrame:
    """Compare the edges within each class in two ranges of time.

    ``before`` and ``after`` hold edges of each range, as for `class_table`. Returns one row per entity and class, for
    edges within the class: edges_before, edges_after, mean_before and mean_after (mean weights) and ratio of the means;
    missing if there is no edge before.
    """
    parts = []
    for name, edges in (("before", before), ("after", after)):
        classes = {end: edges[end].map(lambda account: labels.get(account, UNKNOWN)) for end in ("source", "target")}
        inside = edges.assign(account_class=classes["source"])[classes["source"] == classes["target"]]
        grouped = inside.groupby(["entity", "account_class"])["weight"].agg(["size", "mean"])
        parts.append(grouped.rename(columns={"size": f"edges_{name}", "mean": f"mean_{name}"}))
    table = parts[0].join(parts[1], how="outer").reset_index()
    for name in ("before", "after"):
        table[f"edges_{name}"] = table[f"edges_{name}"].fillna(0).astype(int)
    table["ratio"] = table["mean_after"] / table["mean_before"]
    order = ["entity", "account_class", "edges_before", "edges_after", "mean_before", "mean_after", "ratio"]
    return table[order]
