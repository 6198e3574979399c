"""co_similarity without the database, beside the toolkit's ``compute_co_similar_tweet`` on the same posts.

Run with ``python -m benchmarks.similarity``; with ``--stress`` on what is hard for ours, beside sparse products.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import sparse

from benchmarks.memory import repeated
from benchmarks.peer import _step
from incahoots.analytics.coordination.co_similarity import Similarity
from incahoots.analytics.text.similarity import Pairs, cosine_pairs, jaccard_pairs
from incahoots.analytics.text.tokens import counted, lexical_vectors
from incahoots.loaders import rows_of
from incahoots.simulator import simulate

RESULTS = Path(__file__).parent / "results"
WINDOW_S = 60
THRESHOLD = 0.8
MIN_WEIGHT = 2

#: Every so many posts one is a paraphrase of another.
AN_ORIGINAL = 20

# Each in a process of its own, so that its time and its memory are its own.
_PEER = f"""
import contextlib, io, json, sys, time
from coordination_network_toolkit import compute_networks, preprocess, similarity
database, step, argument = sys.argv[1:]
if __name__ == "__main__":
    with contextlib.redirect_stdout(io.StringIO()):
        if step == "load":
            preprocess.preprocess_csv_files(database, [argument])
        start = time.perf_counter()
        if step == "similar":
            compute_networks.compute_co_similar_tweet(
                database, {WINDOW_S}, n_threads=2, similarity_threshold={THRESHOLD}, min_edge_weight={MIN_WEIGHT},
                similarity_function=similarity.get_similarity_fn_from_min_size(1),
            )
    print(json.dumps({{"wall_s": time.perf_counter() - start}}))
"""
_OURS = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parents[1])!r})
from benchmarks.similarity import ours_step
ours_step(*sys.argv[1:])
"""


def measure(posts: int, folder: Path, times: int) -> dict[str, Any]:
    """Simulate posts, one in twenty a paraphrase, and derive the network both ways.

    Returns
    -------
    dict
        What ``peer`` and ``ours`` took, edges without loops, and the ratio of their times: of the first call, in which
        the toolkit cuts the texts into tokens, and of the best, in which it has them. Ours cuts them in every call.

    Raises
    ------
    RuntimeError
        The edges or their weights differ.
    """
    frame = near_duplicates(posts, folder)
    table, networks = folder / "similarity.parquet", {}
    frame.write_parquet(table)
    found: dict[str, Any] = {"posts": len(frame), "considered": int(frame["repost_id"].eq("").sum())}
    for name, run in (("peer", peer), ("ours", ours)):
        found[name], networks[name] = run(table, folder, times)
        found[name]["edges"] = len(networks[name])
    differing = networks["peer"].join(networks["ours"], on=["source", "target", "weight"], how="anti")
    if len(differing) or len(networks["peer"]) != len(networks["ours"]):
        raise RuntimeError(f"{len(differing)} edges of {found['peer']['edges']} differ: {found}")
    return found | {
        "ratio_first": found["peer"]["first_s"] / found["ours"]["first_s"],
        "ratio_best": found["peer"]["wall_s"] / found["ours"]["wall_s"],
    }


def write(found: dict[str, Any], path: Path) -> None:
    """Write what `measure` found as ``path.md`` and ``path.json``."""
    path.parent.mkdir(exist_ok=True)
    path.with_suffix(".json").write_text(json.dumps(found, indent=1) + "\n")
    ours, peer = found["ours"], found["peer"]
    rows = [
        f"| {call} | {ours[key]:.2f} | {peer[key]:.1f} | {found[ratio]:.0f} |"
        for call, key, ratio in (("first", "first_s", "ratio_first"), ("best", "wall_s", "ratio_best"))
    ]
    lines = [
        "# co_similarity against the coordination-network-toolkit",
        "",
        f"{found['posts']:,} simulated posts, of which {found['considered']:,} are no retweets, one in {AN_ORIGINAL} a "
        f"paraphrase of another; Jaccard {THRESHOLD} and more, window {WINDOW_S} s, weight {MIN_WEIGHT} and more; the "
        "toolkit with 2 processes, one after the other in one call. From arrays, without the database. Repeat with "
        "`make bench`, or `.venv/bin/python -m benchmarks.similarity`.",
        "",
        "| call | incahoots s | toolkit s | ratio |",
        "|---|---|---|---|",
        *rows,
        "",
        f"All {ours['edges']:,} edges and weights are equal. The toolkit cuts the texts in its first call and keeps "
        f"them; incahoots cuts them in every call. Peak memory {ours['peak_mb']:,.0f} MB, the toolkit's "
        f"{peer['peak_mb']:,.0f} MB.",
        "",
    ]
    path.with_suffix(".md").write_text("\n".join(lines))


def ours(table: Path, folder: Path, times: int) -> tuple[dict[str, Any], pl.DataFrame]:
    """Derive the network from arrays, some times; the edges, too."""
    script, edges = folder / "ours_similarity.py", folder / "ours_edges.parquet"
    script.write_text(_OURS)
    return repeated(partial(_step, script, table, "similar", edges), times), pl.read_parquet(edges)


def peer(table: Path, folder: Path, times: int) -> tuple[dict[str, Any], pl.DataFrame]:
    """Derive the toolkit's network of a loaded database, some times, with two processes; the edges, too."""
    script, database, posts = folder / "peer_similarity.py", folder / "similarity.db", folder / "similarity.csv"
    script.write_text(_PEER)
    pl.read_parquet(table).write_csv(posts)
    _step(script, database, "load", posts)
    found = repeated(partial(_step, script, database, "similar", posts), times)
    with closing(sqlite3.connect(database)) as opened:
        rows = opened.execute("SELECT * FROM co_similar_tweet_network WHERE user_1 <> user_2").fetchall()
    database.unlink()
    columns = {"source": pl.String(), "target": pl.String(), "weight": pl.Int64()}
    return found, pl.DataFrame(rows, schema=columns, orient="row")


def ours_step(table: str, _: str, edges: str) -> None:
    """Derive our network in this process, from reading arrays to having edges, and print how long it took."""
    frame = pl.read_parquet(table).filter(pl.col("repost_id") == "")
    texts, ts = frame["message"], frame["timestamp"].to_numpy()
    accounts = frame["user_id"].rank("dense").to_numpy().astype(np.int64) - 1
    start = time.perf_counter()
    # As `coordinate` asks for them. What it imports is there when the clock starts, as what the toolkit imports is.
    found = edges_of(Similarity(threshold=THRESHOLD).pairs(texts, ts, WINDOW_S), accounts, MIN_WEIGHT)
    wall_s = time.perf_counter() - start
    names = frame["user_id"].unique().sort()
    ends = {"source": names.gather(found[0]), "target": names.gather(found[1])}
    pl.DataFrame(ends | {"weight": found[2]}).write_parquet(edges)
    print(json.dumps({"wall_s": wall_s}))


def edges_of(
    pairs: Iterator[Pairs], accounts: npt.NDArray[np.int64], min_weight: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Count, for every two accounts, the posts of the first that have a pair with one of the second; no loops."""
    n = int(accounts.max(initial=0)) + 1
    seen = np.empty(0, np.int64)
    for i, j, _ in pairs:
        apart = accounts[i] != accounts[j]
        i, j = i[apart], j[apart]
        seen = np.unique(np.concatenate([seen, i * n + accounts[j], j * n + accounts[i]]))
    post, target = np.divmod(seen, n)
    edge, weight = np.unique(accounts[post] * n + target, return_counts=True)
    heavy = weight >= min_weight
    source, target = np.divmod(edge[heavy], n)
    return source, target, weight[heavy]


def near_duplicates(posts: int, folder: Path, seed: int = 1) -> pl.DataFrame:
    """Simulate posts in the toolkit's columns; every twentieth is a paraphrase that another account posts.

    A paraphrase has a word left out or replaced, and up to the window between it and its source. The accounts of
    paraphrases are neighbours of the source's in a circle, so that the same two meet again.
    """
    copies = posts // AN_ORIGINAL
    frame = simulated(folder, posts - copies, max(100, posts // 20))
    chance = random.Random(seed)
    accounts = frame["user_id"].unique().sort().to_list()
    place = {account: number for number, account in enumerate(accounts)}
    sources = frame.filter((pl.col("repost_id") == "") & (pl.col("message").str.count_matches(" ") >= 5))
    # Few accounts are copied, each often.
    busy = set(chance.sample(accounts, max(1, len(accounts) // 20)))
    rows = sources.filter(pl.col("user_id").is_in(busy)).rows(named=True)
    words = [word for text in sources["message"].head(2000) for word in text.split()]
    made = []
    for number in range(copies):
        source = chance.choice(rows)
        text = source["message"].split()
        at = chance.randrange(len(text))
        text[at : at + 1] = [] if chance.random() < 0.5 else [chance.choice(words)]
        made.append(
            source
            | {
                "message_id": f"copy-{number}",
                "user_id": accounts[(place[source["user_id"]] + chance.randint(1, 2)) % len(accounts)],
                "message": " ".join(text),
                "timestamp": source["timestamp"] + chance.randint(-WINDOW_S, WINDOW_S),
            }
        )
    return pl.concat([frame, pl.DataFrame(made, schema=frame.schema)])


def simulated(folder: Path, posts: int, accounts: int, days: int | None = None) -> pl.DataFrame:
    """Simulate posts in the toolkit's columns."""
    simulation = folder / f"similarity-{posts}"
    simulate(simulation, posts=posts, accounts=accounts, days=days)
    files = sorted(simulation.glob("*_tweets_*.csv"))
    return pl.concat(
        rows.posts.select(
            message_id="tweet_id",
            user_id="account_id",
            username="account_id",
            repost_id=pl.col("retweeted_tweet_id").fill_null(""),
            reply_id=pl.col("replied_tweet_id").fill_null(""),
            message=pl.col("text").fill_null(""),
            timestamp=pl.col("created_at").dt.epoch("s"),
            urls=pl.lit(""),
        )
        for file in files
        for rows in rows_of("io-archive", file)
    )


def products(texts: pl.Series, ts: npt.NDArray[np.int64], window_s: int, rows: int = 256) -> Iterator[Pairs]:
    """The obvious other way: common tokens of all posts of a window by a product of sparse matrices, block by block."""
    order = np.argsort(ts, kind="stable")
    ts = ts[order]
    sets = counted(texts.gather(order))[0]
    sets.data = np.ones(len(sets.data), np.int16)
    sizes, last = np.diff(sets.indptr), np.searchsorted(ts, ts + window_s, side="right")
    for start in range(0, len(ts), rows):
        stop = min(start + rows, len(ts))
        for begin in range(start, last[stop - 1], 2**15):
            end = min(begin + 2**15, last[stop - 1])
            common = sparse.coo_array(sets[start:stop] @ sets[begin:end].T)
            i, j = common.row.astype(np.int64) + start, common.col.astype(np.int64) + begin
            index = common.data / (sizes[i] + sizes[j] - common.data)
            kept = (index >= THRESHOLD) & (i < j) & (j < last[i])
            yield order[i[kept]], order[j[kept]], index[kept]


def stress(folder: Path) -> Iterator[dict[str, Any]]:
    """Measure ours on wide windows, on many posts and on one text many times, and sparse products where they can."""
    frame = simulated(folder, 200_000, 10_000).filter(pl.col("repost_id") == "")
    texts, ts = frame["message"], frame["timestamp"].to_numpy()
    vectors = lexical_vectors(texts)
    for window_s in (60, 3600, 86_400):
        yield _timed("jaccard", texts, window_s, lambda window: jaccard_pairs(texts, ts, window))
        if window_s < 86_400:
            yield _timed("jaccard by products", texts, window_s, lambda window: products(texts, ts, window))
        yield _timed("lexical", texts, window_s, lambda window: cosine_pairs(vectors, ts, window, threshold=THRESHOLD))
    equal, second = pl.Series(["the same text, many times over"] * 20_000), np.arange(20_000) // 6
    yield _timed("jaccard, equal texts", equal, 3600, lambda window: jaccard_pairs(equal, second, window))
    frame = simulated(folder, 1_000_000, 50_000, days=7).filter(pl.col("repost_id") == "")
    many, when = frame["message"], frame["timestamp"].to_numpy()
    for window_s in (60, 86_400):
        yield _timed("jaccard, a week", many, window_s, lambda window: jaccard_pairs(many, when, window))


def _timed(name: str, texts: pl.Series, window_s: int, run: Callable[[int], Iterator[Pairs]]) -> dict[str, Any]:
    """Time a run to its last pair; the memory is this process's largest so far."""
    start = time.perf_counter()
    sizes = [len(i) for i, _, _ in run(window_s)]
    wall_s, peak = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "name": name,
        "posts": len(texts),
        "window_s": window_s,
        "wall_s": wall_s,
        "pairs": sum(sizes),
        "peak_mb": peak / 1024,
    }


def differing_tokens(texts: list[str]) -> list[str]:
    """Return the texts that the toolkit and we cut otherwise."""
    from coordination_network_toolkit.similarity import tokenize

    matrix, tokens = counted(texts)
    names = tokens.to_list()
    return [
        text
        for text, start, stop in zip(texts, matrix.indptr[:-1], matrix.indptr[1:], strict=True)
        if {names[column] for column in matrix.indices[start:stop]} != set(tokenize(text).split())
    ]


def odd_texts(n: int, seed: int) -> list[str]:
    """Random short texts of characters for which word boundaries have rules."""
    chance = random.Random(seed)
    alphabet = (
        "aàbжאב1٣カ_:.,;'’\"\u0301\u00ad\u200d\ufeff❤👍🇦🇧中!?#@/-İΣσß\0\n\t\r\u00a0\u3000\u2028\x1c\x85" + 6 * " "
    )
    return ["".join(chance.choices(alphabet, k=chance.randrange(14))) for _ in range(n)]


def main() -> None:
    """Measure, and print what was found."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.similarity", description=__doc__)
    parser.add_argument("--posts", type=int, default=200_000)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--stress", action="store_true", help="measure ours on what is hard, instead")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="incahoots-bench-") as name:
        folder = Path(name)
        if arguments.stress:
            for found in stress(folder):
                print(json.dumps(found), flush=True)
            return
        found = measure(arguments.posts, folder, arguments.times)
        write(found, RESULTS / "similarity")
        print(json.dumps(found, indent=1))
        texts = odd_texts(arguments.posts, 2) + pl.read_parquet(folder / "similarity.parquet")["message"].to_list()
        print(f"of {len(texts):,} texts, {len(differing_tokens(texts))} are cut otherwise than by the toolkit")


if __name__ == "__main__":
    main()
