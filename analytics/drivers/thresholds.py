"""Choosing the least cosine of an edge by what stays the same, instead of by hand.

A network of a low threshold is full of edges that mean little, and its clusters fall out otherwise as soon as some of
them are missing; one of a high threshold is stable, and nearly empty. For each threshold the clusters are compared
with those of the same network without a tenth of its edges, several times, by the adjusted Rand index. The lowest
threshold is chosen whose mean index is no more than one standard error below the best: as much of the network as
stability allows.

References
----------
Yi 2025 (S4) asks for thresholds that are found, and leaves it open. Ben-Hur, Elisseeff and Guyon 2002, "A stability
based method for discovering structure in clustered data"; the rule of one standard error is that of Breiman et al.
1984.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from incahoots.analytics.drivers.clusters import clustered
from incahoots.analytics.drivers.languages import each_once, with_languages
from incahoots.analytics.drivers.networks import DriverSettings, prepared, trace_network
from incahoots.analytics.drivers.posts import Material, fetch_material
from incahoots.database import Connectable, Database, connect
from incahoots.errors import UsageError
from incahoots.progress import Report, silent

#: Thresholds that are tried. Texts are nearer to each other by chance, and below them pairs are too many.
COSINES, TEXT_COSINES = (0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95), (0.7, 0.75, 0.8, 0.85, 0.9, 0.95)

#: Times that edges are left out, and their share.
REPEATS, LEFT_OUT = 10, 0.1

#: Networks of fewer edges are not chosen: clusters of a few pairs are always the same.
LEAST_EDGES = 20


def driver_thresholds(
    database: Connectable = None,
    languages: Sequence[str] = ("en", "es"),
    *,
    settings: DriverSettings | None = None,
    cosines: Sequence[float] | None = None,
    repeats: int = REPEATS,
    algorithm: str = "louvain",
    retweets: bool = False,
    operation_id: str | None = None,
    seed: int = 42,
    report: Report = silent,
) -> pd.DataFrame:
    """Compare thresholds for each trace of some languages.

    Parameters
    ----------
    database, languages, settings, retweets, operation_id, report
        As for `drivers`.
    cosines, repeats, algorithm, seed
        As for `threshold_sweep`.

    Returns
    -------
    pd.DataFrame
        The column language, and those of `threshold_sweep`.
    """
    made, wanted = settings or DriverSettings(), each_once(languages)
    with connect(database) as opened:
        material = fetch_material(opened, retweets=retweets, operation_id=operation_id, report=report)
        known = with_languages(material.posts, report=report)
        material = Material(known, material.hashtags, material.domains)
        parts = [
            threshold_sweep(
                opened, material.of(language), language, made, cosines=cosines, repeats=repeats, algorithm=algorithm,
                seed=seed, report=report,
            ).assign(language=language)
            for language in wanted
        ]  # fmt: skip
    table = pd.concat(parts, ignore_index=True)
    return table[["language", *table.columns.drop("language")]]


def threshold_sweep(
    database: Database,
    material: Material,
    language: str,
    settings: DriverSettings,
    *,
    cosines: Sequence[float] | None = None,
    repeats: int = REPEATS,
    algorithm: str = "louvain",
    seed: int = 42,
    report: Report = silent,
) -> pd.DataFrame:
    """Compare thresholds for each trace of a language.

    Parameters
    ----------
    database : Database
        It needs Graph Data Science.
    material : Material
        Posts in this language.
    language : str
    settings : DriverSettings
        Its traces are looked at; its cosines are not.
    cosines : sequence of float, optional
        Thresholds to try; `COSINES`, and of texts `TEXT_COSINES`, when None.
    repeats : int
        Times that edges are left out.
    algorithm : {"louvain", "leiden"}
    seed : int
    report : callable
        Told of the progress.

    Returns
    -------
    pd.DataFrame
        A row a trace and threshold: trace, cosine, nodes, edges, clusters, modularity, stability (the mean adjusted
        Rand index, 1 where nothing changes), stability_se (its standard error; missing where there are no edges) and
        chosen.
        No row of a trace is chosen that has no network of `LEAST_EDGES`.
    """
    if repeats < 2:
        raise UsageError(f"From {repeats} times nobody sees what stays the same.", "Take 2 or more, such as 10.")
    texts = prepared(material, language, settings)
    parts = []
    for name in settings.traces:
        tried = sorted(cosines or (TEXT_COSINES if name == "text" else COSINES))
        if not 0 < tried[0] <= tried[-1] <= 1:
            raise UsageError("Cosines are above 0 and at most 1.", "Try such as 0.5, 0.7, 0.9.")
        # All that are heavier are among those of the lowest.
        lowest = replace(settings, cosines={**settings.cosines, f"{language}.{name}": tried[0]})
        edges = trace_network(name, material, texts, language, lowest).edges
        rows: list[dict[str, Any]] = []
        for cosine in tried:
            report(f"trying cosines: {name} of {language}", len(rows), len(tried))
            kept = edges[edges["weight"] >= cosine - 1e-12].reset_index(drop=True)
            rows.append({"trace": name, "cosine": cosine, **_stability(database, kept, repeats, algorithm, seed)})
        report(f"trying cosines: {name} of {language}", len(rows), len(tried))
        table = pd.DataFrame(rows)
        parts.append(table.assign(chosen=table["cosine"] == chosen(table)))
    return pd.concat(parts, ignore_index=True)


def chosen(table: pd.DataFrame) -> float:
    """Give the lowest threshold that is as stable as the best, but for its standard error.

    Parameters
    ----------
    table : pd.DataFrame
        Of one trace: cosine, edges, stability, stability_se.

    Returns
    -------
    float
        Not a number where no network has `LEAST_EDGES`.
    """
    enough = table[(table["edges"] >= LEAST_EDGES) & table["stability"].notna()]
    if enough.empty:
        return float("nan")
    stability, error = enough["stability"].to_numpy(), enough["stability_se"].to_numpy()
    best = stability.argmax()
    return float(enough["cosine"].to_numpy()[stability >= stability[best] - error[best]].min())


def _stability(database: Database, edges: pd.DataFrame, repeats: int, algorithm: str, seed: int) -> dict[str, float]:
    """What a network is like, and whether its clusters stay when edges are left out."""
    from sklearn.metrics import adjusted_rand_score

    whole = clustered(database, edges, algorithm, seed=seed)
    found = whole.properties() | {"stability": float("nan"), "stability_se": float("nan")}
    if edges.empty:
        return found
    rng = np.random.default_rng(seed)
    scores = []
    for _ in range(repeats):
        kept = edges[rng.random(len(edges)) >= LEFT_OUT].reset_index(drop=True)
        labels = clustered(database, kept, algorithm, seed=seed).labels
        # An account that has lost all its edges is alone.
        alone = pd.Series(range(-len(whole.labels), 0), whole.labels.index)
        scores.append(adjusted_rand_score(whole.labels, labels.reindex(whole.labels.index).fillna(alone)))
    return found | {
        "stability": float(np.mean(scores)), "stability_se": float(np.std(scores, ddof=1) / np.sqrt(repeats)),
    }  # fmt: skip
