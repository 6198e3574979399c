"""Choose the minimum cosine of an edge by the stability of clusters.

With a low threshold, a network has many edges that mean little, and its clusters change as soon as some edges are left
out; with a high one, it is stable but nearly empty. For each threshold, the clusters are compared several times with
those of the same network without a tenth of its edges, by the adjusted Rand index. The choice is the lowest threshold
whose mean index is at most one standard error below the best: as much of the network as stability allows.

References
----------
Yi 2025 (S4) leaves the choice of thresholds by data for later work. Ben-Hur, Elisseeff and Guyon 2002, "A stability
based method for discovering structure in clustered data"; the rule of one standard error is that of Breiman et al.
1984.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from incahoots.analytics.drivers.gds_clusters import clustered
from incahoots.analytics.drivers.languages import each_once, with_languages
from incahoots.analytics.drivers.options import DriverSettings, ThresholdOptions
from incahoots.analytics.drivers.posts import Material, fetch_material
from incahoots.analytics.drivers.trace_networks import Prepared, trace_network
from incahoots.database import Connectable, Database, connect
from incahoots.progress import Progress, silent

#: Thresholds to compare. Texts are more similar by chance, and lower thresholds give too many pairs.
COSINES, TEXT_COSINES = (0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95), (0.7, 0.75, 0.8, 0.85, 0.9, 0.95)

#: The share of edges that is left out.
LEFT_OUT = 0.1

#: Minimum number of edges of a network to be chosen: clusters of a few pairs are always stable.
LEAST_EDGES = 20


def driver_thresholds(
    database: Connectable = None,
    languages: Sequence[str] = ("en", "es"),
    options: ThresholdOptions | None = None,
    *,
    settings: DriverSettings | None = None,
    progress: Progress = silent,
) -> pd.DataFrame:
    """Compare thresholds for each trace of some languages.

    Parameters
    ----------
    database, languages, settings, progress
        As for `drivers`.
    options : ThresholdOptions, optional
        The defaults when None.

    Returns
    -------
    pd.DataFrame
        The column language, and those of `threshold_sweep`.
    """
    asked, made, wanted = options or ThresholdOptions(), settings or DriverSettings(), each_once(languages)
    with connect(database) as opened:
        material = fetch_material(opened, retweets=asked.retweets, operation_id=asked.operation_id, progress=progress)
        known = with_languages(material.posts, progress=progress)
        material = Material(known, material.hashtags, material.domains)
        parts = [
            threshold_sweep(opened, material.of(language), language, made, asked, progress).assign(language=language)
            for language in wanted
        ]
    table = pd.concat(parts, ignore_index=True)
    return table[["language", *table.columns.drop("language")]]


def threshold_sweep(
    database: Database,
    material: Material,
    language: str,
    settings: DriverSettings,
    options: ThresholdOptions,
    progress: Progress = silent,
) -> pd.DataFrame:
    """Compare thresholds for each trace of a language.

    Returns one row per trace and threshold: trace, cosine, nodes, edges, clusters, modularity, stability (the mean
    adjusted Rand index, 1 if nothing changes), stability_se (its standard error; missing without edges) and chosen. No
    row of a trace is chosen if none of its networks has `LEAST_EDGES`.

    Of the settings, the traces are compared, and the cosines are not used. Without cosines in the options, `COSINES`
    are compared, and for texts `TEXT_COSINES`.
    """
    of = Prepared.of(material, language, settings)
    parts = []
    for name in settings.traces:
        tried = sorted(options.cosines or (TEXT_COSINES if name == "text" else COSINES))
        # The edges of the lowest threshold include those of the others.
        lowest = replace(settings, cosines={**settings.cosines, f"{language}.{name}": tried[0]})
        edges = trace_network(name, replace(of, settings=lowest)).edges
        rows: list[dict[str, Any]] = []
        for cosine in tried:
            progress(f"trying cosines: {name} of {language}", len(rows), len(tried))
            kept = edges[edges["weight"] >= cosine - 1e-12].reset_index(drop=True)
            rows.append({"trace": name, "cosine": cosine, **_stability(database, kept, options)})
        progress(f"trying cosines: {name} of {language}", len(rows), len(tried))
        table = pd.DataFrame(rows)
        parts.append(table.assign(chosen=table["cosine"] == chosen(table)))
    return pd.concat(parts, ignore_index=True)


def chosen(table: pd.DataFrame) -> float:
    """Choose the lowest threshold whose stability is at most one standard error below the best.

    ``table`` has the columns cosine, edges, stability, stability_se, for one trace. Returns not a number if no network
    has `LEAST_EDGES`.
    """
    enough = table[(table["edges"] >= LEAST_EDGES) & table["stability"].notna()]
    if enough.empty:
        return float("nan")
    stability, error = enough["stability"].to_numpy(), enough["stability_se"].to_numpy()
    best = stability.argmax()
    return float(enough["cosine"].to_numpy()[stability >= stability[best] - error[best]].min())


def _stability(database: Database, edges: pd.DataFrame, options: ThresholdOptions) -> dict[str, float]:
    """Properties of a network, and the stability of its clusters when edges are left out."""
    from sklearn.metrics import adjusted_rand_score

    whole = clustered(database, edges, options.algorithm, seed=options.seed)
    found = whole.properties() | {"stability": float("nan"), "stability_se": float("nan")}
    if edges.empty:
        return found
    rng = np.random.default_rng(options.seed)
    scores = []
    for _ in range(options.repeats):
        kept = edges[rng.random(len(edges)) >= LEFT_OUT].reset_index(drop=True)
        labels = clustered(database, kept, options.algorithm, seed=options.seed).labels
        # An account without remaining edges is a cluster of its own.
        alone = pd.Series(range(-len(whole.labels), 0), whole.labels.index)
        scores.append(adjusted_rand_score(whole.labels, labels.reindex(whole.labels.index).fillna(alone)))
    return found | {
        "stability": float(np.mean(scores)), "stability_se": float(np.std(scores, ddof=1) / np.sqrt(options.repeats)),
    }  # fmt: skip
