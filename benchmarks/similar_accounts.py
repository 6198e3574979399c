"""Networks of accounts that share the same: what they cost, beside scikit-learn's full product and node similarity.

Run with ``python -m benchmarks.similar_accounts``; part of ``make bench``. Each way is a process of its own.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.crowd import crowd
from benchmarks.memory import Clock, watched
from incahoots import server
from incahoots.analytics.drivers.options import RECIPES, DriverSettings
from incahoots.analytics.drivers.similarity import Vectors, account_vectors, varied_accounts
from incahoots.analytics.drivers.trace_networks import networks
from incahoots.analytics.networks.cosines import Pairs, above, cosines, near
from incahoots.database import connect

RESULTS = Path(__file__).parent / "results"

#: Accounts.
SIZES = (10_000, 30_000, 100_000)

#: Of more the ways beside ours take minutes, and what is there to hold them.
MOST_BESIDE = 30_000


def tag_vectors(accounts: int) -> Vectors:
    """Accounts by their hashtags, as the network of these takes them."""
    uses, recipe = crowd(accounts).hashtags, RECIPES["co_hashtag"]
    return account_vectors(uses, varied_accounts(uses, recipe.min_traces), recipe.min_df)


def by_networks(accounts: int) -> dict[str, Any]:
    """All three networks, fused and filtered."""
    material, clock = crowd(accounts), Clock()
    start = time.perf_counter()
    found = networks(material, "en", DriverSettings(), clock)
    wall_s = time.perf_counter() - start
    return {"accounts": accounts, "posts": len(material.posts), "pairs": len(material.hashtags), "wall_s": wall_s,
            "edges": {name: len(edges) for name, edges in (found.traces | found.strategies).items()}}  # fmt: skip


def _timed(way: Callable[[Vectors], Pairs]) -> Callable[[int], dict[str, Any]]:
    """Time a way from vectors to pairs."""

    def measured(accounts: int) -> dict[str, Any]:
        vectors = tag_vectors(accounts)
        # What it imports, and compiles, is there when the clock starts.
        way(tag_vectors(200))
        start = time.perf_counter()
        pairs = way(vectors)
        return {"wall_s": time.perf_counter() - start, "found": _told(pairs)}

    return measured


def _told(pairs: Pairs) -> dict[str, Any]:
    """Pairs as what can be compared: how many, and sums in which each pair counts differently."""
    u, v, weight = pairs
    return {"pairs": len(u), "weight": float(weight.sum()), "by_place": float((weight * np.sin(u + 2.0 * v)).sum())}


THRESHOLD = RECIPES["co_hashtag"].threshold


def by_prefixes(vectors: Vectors) -> Pairs:
    """Ours."""
    return near(vectors.matrix, THRESHOLD)


def by_products(vectors: Vectors) -> Pairs:
    """Products of blocks of rows, as where a top share of all pairs is asked for."""
    return above(cosines(vectors.matrix), THRESHOLD)


def by_scikit_learn(vectors: Vectors) -> Pairs:
    """The full product, as S4's authors write it."""
    from sklearn.metrics.pairwise import cosine_similarity

    found = cosine_similarity(vectors.matrix, dense_output=False).tocoo()
    kept = (found.row < found.col) & (found.data >= THRESHOLD)
    return found.row[kept].astype(np.int64), found.col[kept].astype(np.int64), found.data[kept]


def by_node_similarity(accounts: int) -> dict[str, Any]:
    """Weighted node similarity of GDS, on a projection of accounts and hashtags; as many neighbours as there are."""
    vectors = tag_vectors(accounts)
    u, v, _ = near(vectors.matrix, THRESHOLD)
    most = int(np.bincount(np.concatenate([u, v]), minlength=1).max())
    entries, first = vectors.matrix.tocoo(), len(vectors.account_ids)
    rows = [[int(u), first + int(t), float(x)] for u, t, x in zip(entries.row, entries.col, entries.data, strict=True)]
    told: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="incahoots-bench-") as home:
        info = server.start(Path(home), bolt_port=0, http_port=0, auth=False)
        try:
            with connect(home=home) as database, watched(info.pid) as seen:
                for number in range(2):
                    start = time.perf_counter()
                    database.driver.execute_query(
                        "UNWIND $rows AS row WITH gds.graph.project($name, row[0], row[1], "
                        "{relationshipProperties: {weight: row[2]}}) AS graph RETURN graph.nodeCount",
                        rows=rows, name=f"tags{number}",
                    )  # fmt: skip
                    told["projected_s"] = time.perf_counter() - start
                    start = time.perf_counter()
                    found, _, _ = database.driver.execute_query(
                        "CALL gds.nodeSimilarity.stream($name, {similarityMetric: 'COSINE', topK: $most, "
                        "relationshipWeightProperty: 'weight', similarityCutoff: $least, concurrency: 4}) "
                        "YIELD node1, node2, similarity WHERE node1 < node2 RETURN node1, node2, similarity",
                        name=f"tags{number}", most=most, least=THRESHOLD,
                    )  # fmt: skip
                    # The first call of a server compiles.
                    told["wall_s"] = min(told.get("wall_s", np.inf), time.perf_counter() - start)
        finally:
            server.stop(Path(home))
    pairs = np.array([tuple(row) for row in found], dtype=float).reshape(-1, 3)
    return told | {"found": _told((pairs[:, 0], pairs[:, 1], pairs[:, 2])), "server_mb": seen["peak_mb"]}


WAYS: dict[str, Callable[[int], dict[str, Any]]] = {
    "networks": by_networks, "prefixes": _timed(by_prefixes), "products": _timed(by_products),
    "scikit-learn": _timed(by_scikit_learn), "node similarity": by_node_similarity,
}  # fmt: skip


def measure(sizes: Sequence[int] = SIZES) -> dict[str, Any]:
    """Measure each way in a process of its own: all three networks of so many accounts, and ways to one of fewer.

    Raises
    ------
    RuntimeError
        Two ways find other pairs, or weights that differ.
    """
    found: dict[str, Any] = {"networks": [_alone("networks", accounts) for accounts in sizes], "beside": []}
    for accounts in [size for size in sizes if size <= MOST_BESIDE]:
        ways = {name: _alone(name, accounts) for name in WAYS if name != "networks"}
        told = [way["found"] for way in ways.values()]
        for name in told[0]:
            if not np.allclose(
                [each[name] for each in told], told[0][name], rtol=0, atol=1e-9 * max(1, told[0]["pairs"])
            ):
                raise RuntimeError(f"{accounts} accounts: the ways differ: {told}")
        found["beside"].append({"accounts": accounts, "ways": ways})
    return found


def _alone(name: str, accounts: int) -> dict[str, Any]:
    """Measure a way in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.similar_accounts", "--way", name, "--accounts", str(accounts)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        with watched(process.pid) as seen:
            answer, _ = process.communicate()
        if process.returncode:
            raise RuntimeError(f"{name} failed with {accounts} accounts")
    told: dict[str, Any] = json.loads(answer.splitlines()[-1]) | seen
    print(name, accounts, json.dumps(told), flush=True)
    return told


def write(found: dict[str, Any], path: Path) -> None:
    """Write what `measure` found as ``path.md`` and ``path.json``."""
    path.parent.mkdir(exist_ok=True)
    path.with_suffix(".json").write_text(json.dumps(found, indent=1) + "\n")
    lines = [
        "# Networks of accounts that share the same",
        "",
        "Drawn posts in one language, each with a hashtag, half of them with a domain, texts of 6 to 19 words. The "
        "most popular hashtag is three fifths of the accounts'; one account in fifty is in a group that shares nearly "
        "all, one post in thirty repeats a text and adds a word. From arrays, without the database, on 2 cores; peaks "
        "are of the process with all that drew the posts.",
        "",
        "## All three networks, fused and filtered",
        "",
        "co_domain, co_hashtag and texts (lexical), with sentiment, who met within an hour, and pruning by centrality.",
        "",
        "| accounts | posts | account–hashtag pairs | s | peak MB | edges: domains, hashtags, texts | fused |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in found["networks"]:
        edges = row["edges"]
        lines.append(
            f"| {row['accounts']:,} | {row['posts']:,} | {row['pairs']:,} | **{row['wall_s']:.1f}** "
            f"| {row['peak_mb']:,.0f} | {edges['co_domain']:,}, {edges['co_hashtag']:,}, {edges['text']:,} "
            f"| {edges['fused']:,} |"
        )
    lines += [
        "",
        "## Ways to the same pairs",
        "",
        f"Of co_hashtag, from vectors to pairs of a cosine of {THRESHOLD} and more. All find the same pairs, with the "
        "same weights. Prefixes are ours; products are those of sparse matrices, a block of rows at a time; "
        "scikit-learn is `cosine_similarity` of all; node similarity is Graph Data Science's, weighted, with as many "
        "neighbours as the account of most has, the better of two calls, without the projection.",
        "",
        "| accounts | pairs | way | s | times ours | peak MB |",
        "|---|---|---|---|---|---|",
    ]
    for each in found["beside"]:
        ours = each["ways"]["prefixes"]
        for name, way in each["ways"].items():
            peak = f"{way['peak_mb']:,.0f}"
            if "server_mb" in way:
                peak, name = f"server {way['server_mb']:,.0f}", f"{name} (and {way['projected_s']:.1f} s to project)"
            lines.append(
                f"| {each['accounts']:,} | {ours['found']['pairs']:,} | {name} | {way['wall_s']:.2f} "
                f"| {way['wall_s'] / ours['wall_s']:,.0f} | {peak} |"
            )
    lines += ["", "Again: `python -m benchmarks.similar_accounts`, or `make bench`.", ""]
    path.with_suffix(".md").write_text("\n".join(lines))


def main() -> None:
    """Measure and write the report."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.similar_accounts", description=__doc__)
    parser.add_argument("--way", choices=WAYS, help="measure one way, with --accounts, and print it")
    parser.add_argument("--accounts", type=int, default=SIZES[0])
    parser.add_argument("-o", "--output", type=Path, default=RESULTS / "similar_accounts")
    arguments = parser.parse_args()
    if arguments.way:
        print(json.dumps(WAYS[arguments.way](arguments.accounts)))
        return
    write(measure(), arguments.output)
    print(arguments.output.with_suffix(".md").read_text())


if __name__ == "__main__":
    main()
