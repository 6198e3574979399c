"""Every kind of run on one loaded database: how long it takes, and how long `why` takes to answer."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from incahoots.analytics.coordination.co_similarity import Similarity
from incahoots.analytics.coordination.coordinate import Coordination, coordinate
from incahoots.analytics.coordination.discount import discount
from incahoots.analytics.runs.evidence import why
from incahoots.analytics.runs.store import drop, edges
from incahoots.analytics.significance.significance import significance
from incahoots.database import Database, connect

#: Edges that `why` is asked for, of each run.
ASKED = 30

KINDS: Mapping[str, Callable[[Database], Coordination]] = {
    **{
        name: lambda database, name=name: coordinate(database, name, 60, run_id="kind")  # type: ignore[misc]
        for name in ("co_retweet", "co_tweet", "co_link", "co_hashtag", "co_mention", "co_reply", "link+mention")
    },
    "co_similarity, jaccard": lambda database: coordinate(database, "co_similarity", 60, run_id="kind"),
    "co_similarity, lexical": lambda database: coordinate(
        database, "co_similarity", 60, run_id="kind", similarity=Similarity("lexical")
    ),
    "fast_retweet, 10 s": lambda database: coordinate(database, "fast_retweet", 10, min_weight=1, run_id="kind"),
    "activity:link": lambda database: discount(database, "co_link", run_id="kind"),
    "activity:hashtag, 1 h": lambda database: discount(database, "co_hashtag", 3600, run_id="kind"),
    "activity:fast_retweet": lambda database: discount(database, "fast_retweet", 60, min_traces=1, run_id="kind"),
}

#: What significance is asked of.
TESTED = ("co_retweet", "co_link", "link+mention", "co_similarity, jaccard")


def measure(home: Path, seed: int = 42) -> dict[str, Any]:
    """Derive each kind of run once, ask `why` of random edges, and test some of them.

    Returns
    -------
    dict
        For each kind: wall_s, edges, why_median_s and why_most_s (of the first, which the server still has to plan, and
        all others), significance_s where it was tested.
    """
    rng = np.random.default_rng(seed)
    found = {}
    with connect(home=home) as database:
        for name, derive in KINDS.items():
            start = time.perf_counter()
            derive(database)
            about: dict[str, Any] = {"wall_s": time.perf_counter() - start}
            table = edges(database, "kind")
            about["edges"] = len(table)
            asked = table.iloc[rng.choice(len(table), min(ASKED, len(table)), replace=False)]
            took = []
            for edge in asked.itertuples():
                start = time.perf_counter()
                why(database, "kind", str(edge.source), str(edge.target))
                took.append(time.perf_counter() - start)
            if took:
                about |= {"why_median_s": float(np.median(took)), "why_most_s": max(took)}
            if name in TESTED:
                start = time.perf_counter()
                about["significant"] = len(significance(database, "kind").significant)
                about["significance_s"] = time.perf_counter() - start
            drop(database, "kind")
            found[name] = about
    return found


def lines(found: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """The section of the report."""
    rows = []
    for name, each in found.items():
        tested = f"{each['significance_s']:.1f}" if "significance_s" in each else ""
        took = f"{_ms(each, 'why_median_s')} | {_ms(each, 'why_most_s')}"
        rows.append(f"| {name} | {each['wall_s']:.1f} | {each['edges']:,} | {took} | {tested} |")
    return [
        "",
        "## Every kind of run, and why",
        "",
        f"Derived once, window 60 s and weight 2 and more where nothing else is said; `why` asked of {ASKED} edges by "
        "chance, the first call included, which the server has to plan; `significance` against `rates`.",
        "",
        "| run | s | edges | why, median ms | why, longest ms | significance s |",
        "|---|---|---|---|---|---|",
        *rows,
    ]


def _ms(each: Mapping[str, Any], key: str) -> str:
    """A time in milliseconds, where there is one."""
    return f"{1_000 * each[key]:.0f}" if key in each else ""
