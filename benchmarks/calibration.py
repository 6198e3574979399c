"""How often each null finds something where nothing is, and how much it finds of what is planted.

Simulations without any planted coordination, but with skewed activity, sessions, hot hashtags, event days, day and
night, give the family-wise error; simulations with planted groups give the recall of planted pairs beside that of plain
cuts by weight. No database is needed: the functions that are measured are those that `significance` calls.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import permutations
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
from scipy.stats import binomtest

from incahoots.analytics.coordination.matching import matched, network
from incahoots.analytics.coordination.traced_posts import TracedPosts
from incahoots.analytics.significance.significance import NULLS, tested
from incahoots.analytics.significance.trial import Trial
from incahoots.cypher.behaviours import BEHAVIOURS
from incahoots.loaders import rows_of
from incahoots.loaders.graph_tables import graph_tables
from incahoots.simulator import simulate

RESULTS = Path(__file__).parent / "results"
TESTED = ("co_retweet", "co_tweet", "co_link", "co_hashtag", "co_mention", "co_reply")
STRENGTHS = ("weak", "medium", "strong")
CUTS = (2, 3, 5)
WINDOW_S = 60
ALPHA = 0.05


def shares_of(folder: Path) -> dict[str, pl.DataFrame]:
    """Give the shares of a simulation by behaviour, as the database would."""
    posts = [rows.posts for file in sorted(folder.glob("*_tweets_*.csv")) for rows in rows_of("io-archive", file)]
    tables = graph_tables(pl.concat(posts))
    who = tables["posted"].select("tweet_id", "account_id")
    found = {}
    for name in TESTED:
        row = BEHAVIOURS[name]
        table = tables[row.share.lower()].filter(pl.col(str(row.key)).is_not_null())
        if row.takes_retweets is False:
            table = table.filter(~pl.col("is_retweet"))
        if "account_id" not in table.columns:
            table = table.join(who, on="tweet_id")
        found[name] = table.select("account_id", "tweet_id", "ts", trace=str(row.key))
    return found


def edges_of(shares: dict[str, pl.DataFrame]) -> pd.DataFrame:
    """Derive the networks."""
    parts = []
    for name, frame in shares.items():
        coded = TracedPosts.of(frame)
        parts.append(network(coded, matched(coded, WINDOW_S), min_weight=CUTS[0]).assign(behaviour=name))
    return pd.concat(parts, ignore_index=True)


def planted(folder: Path) -> set[tuple[str, str, str]]:
    """Give every ordered pair of accounts that was planted, with its behaviour."""
    truth = pl.read_csv(folder / "truth.csv", infer_schema=False)
    groups: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for account, group, behaviour in truth.select("account_id", "group_id", "behaviour").rows():
        # What holds link and mention together holds each of them.
        for part in {"link+mention": ("co_link", "co_mention")}.get(behaviour or "", (behaviour,)):
            if group and part in TESTED:
                groups[group, part].append(account)
    return {(u, v, part) for (_, part), members in groups.items() for u, v in permutations(members, 2)}


def measure(null: str, planting: str, size: tuple[int, int], seed: int) -> dict[str, Any]:
    """Simulate once, and test every edge against one null."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        simulate(folder, accounts=size[0], posts=size[1], seed=seed, planting=planting)
        shares, truth = shares_of(folder), planted(folder)
    edges = edges_of(shares)
    fetch = {name: partial(_kept, frame) for name, frame in shares.items()}
    edges, n_tests = tested(edges, fetch, Trial(null=null, alpha=ALPHA, window_s=WINDOW_S, seed=seed))
    pairs = zip(edges["source"], edges["target"], edges["behaviour"], strict=True)
    is_planted = pd.Series([pair in truth for pair in pairs], dtype=bool)
    found = {"significant": edges["p_adjusted"] <= ALPHA} | {f"weight>={cut}": edges["weight"] >= cut for cut in CUTS}
    return {
        "planted": len(truth), "n_tests": n_tests, "edges": len(edges),
        "found": {name: int(chosen.sum()) for name, chosen in found.items()},
        "right": {name: int((chosen & is_planted).sum()) for name, chosen in found.items()},
    }  # fmt: skip


def _kept(frame: pl.DataFrame) -> pl.DataFrame:
    return frame


def report(found: dict[str, Any]) -> str:
    """Write the results as Markdown."""
    accounts, posts = found["size"]
    lines = [
        "# Calibration of the nulls",
        "",
        f"Simulated data sets of {accounts:,} accounts and {posts:,} posts with skewed activity, sessions, hot "
        "hashtags, event days, day and night; six behaviours, "
        f"window {WINDOW_S} s, weight {CUTS[0]} and more, level {ALPHA}. "
        "Repeat with `.venv/bin/python -m benchmarks.calibration`.",
        "",
        "## Where nothing is planted",
        "",
        "| null | data sets | with a false edge | share | 95 % interval | edges | false edges |",
        "|---|---|---|---|---|---|---|",
    ]
    for null, one in found["error"].items():
        low, high = one["interval"]
        share = one["hits"] / one["sets"]
        lines.append(
            f"| {null} | {one['sets']} | {one['hits']} | {share:.3f} | {low:.3f} to {high:.3f} | {one['edges']:,} "
            f"| {one['false']:,} |"
        )
    lines += [
        "",
        "## Where groups are planted",
        "",
        "Recall of the planted ordered pairs of accounts, and the share of what is found that is listed as planted. "
        "What follows from a planted behaviour, such as mentioning whom one retweets, is found but not listed.",
        "",
        "| planting | acts of a group | kept by | data sets | recall | listed |",
        "|---|---|---|---|---|---|",
    ]
    acts = {"weak": "about 3", "medium": "about 5", "strong": "as many as fit"}
    rows = [row for rows in found["recall"].values() for row in rows]
    for row in sorted(rows, key=lambda row: STRENGTHS.index(row["planting"])):
        share, listed = (row["right"] / max(row[of], 1) for of in ("planted", "found"))
        kind = f"{row['planting']} | {acts[row['planting']]} | {row['by']}"
        lines.append(f"| {kind} | {row['sets']} | {share:.3f} | {listed:.3f} |")
    return "\n".join([*lines, ""])


def family_wise_error(pool: ProcessPoolExecutor, null: str, size: tuple[int, int], sets: int) -> dict[str, Any]:
    """Count the data sets without planted coordination in which a null finds something."""
    runs = list(pool.map(partial(measure, null, "none", size), range(sets)))
    hits = sum(run["found"]["significant"] > 0 for run in runs)
    interval = binomtest(hits, len(runs)).proportion_ci()
    return {
        "sets": len(runs), "hits": hits, "interval": [interval.low, interval.high],
        "edges": sum(run["edges"] for run in runs), "false": sum(run["found"]["significant"] for run in runs),
    }  # fmt: skip


def recall(pool: ProcessPoolExecutor, null: str, size: tuple[int, int], sets: int) -> list[dict[str, Any]]:
    """Count what a null, and with the default one plain cuts by weight, find of what is planted."""
    rows = []
    for planting in STRENGTHS:
        runs = list(pool.map(partial(measure, null, planting, size), range(sets)))
        for way in ["significant", *(f"weight>={cut}" for cut in CUTS if null == "rates")]:
            rows.append(
                {
                    "sets": sets, "planting": planting, "by": null if way == "significant" else way,
                    "planted": sum(run["planted"] for run in runs),
                    "right": sum(run["right"][way] for run in runs),
                    "found": sum(run["found"][way] for run in runs),
                }
            )  # fmt: skip
    return rows


def main() -> None:
    """Measure and write the report; nulls that are not measured keep their former figures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.calibration", description=__doc__)
    parser.add_argument("--sets", type=int, default=200, help="data sets without planted coordination")
    parser.add_argument("--planted-sets", type=int, default=10, help="data sets of each strength")
    parser.add_argument("--accounts", type=int, default=400)
    parser.add_argument("--posts", type=int, default=20_000)
    parser.add_argument("--nulls", nargs="*", default=list(NULLS))
    given = parser.parse_args()
    size = (given.accounts, given.posts)
    path = RESULTS / "calibration.json"
    found = json.loads(path.read_text()) if path.exists() else {"error": {}, "recall": {}}
    with ProcessPoolExecutor(2) as pool:
        for null in given.nulls:
            if given.sets:
                found["error"][null] = family_wise_error(pool, null, size, given.sets)
            if given.planted_sets:
                found["recall"][null] = recall(pool, null, size, given.planted_sets)
            found["size"] = size
            RESULTS.mkdir(exist_ok=True)
            path.write_text(json.dumps(found, indent=1) + "\n")
            path.with_suffix(".md").write_text(report(found))


if __name__ == "__main__":
    main()
