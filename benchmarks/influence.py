"""The coordination distance of all pairs, at the scale of S1's data and beside the package of its authors.

Run with ``python -m benchmarks.influence``; part of ``make bench``. Posts are drawn by chance, as skewed as real ones
are. Measured are the computation by itself, and all of it: loaded, observed by Cypher, computed, and written back.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from benchmarks import ours
from benchmarks.memory import Clock, watched
from incahoots import server
from incahoots.analytics.influence.activity import Activity
from incahoots.analytics.influence.distance import pair_weights
from incahoots.analytics.influence.influence import influence
from incahoots.analytics.influence.options import InfluenceOptions
from incahoots.database import connect

RESULTS = Path(__file__).parent / "results"

#: The paper's data before it drew 206 accounts: accounts, posts, hours of two years.
ACCOUNTS, POSTS, BINS = 27_000, 6_200_000, 2 * 365 * 24

#: Entities, the most frequent in a twelfth of the posts.
ENTITIES = 100_000

#: What the package can do in a minute or two: accounts, and entities.
FEW_ACCOUNTS, FEW_ENTITIES = 40, 3


#: The first hour, in epoch seconds: 2019-04-20.
FIRST_S = 1_555_718_400


def drawn(accounts: int, posts: int, entities: int, seed: int = 1) -> pl.DataFrame:
    """Draw posts: some accounts post much more than others, and about some entities; hours have their rhythm."""
    rng = np.random.default_rng(seed)
    often = rng.pareto(1.2, accounts) + 0.3
    frequent = 1 / np.arange(1, entities + 1)
    busy = rng.random(BINS) ** 2 + 0.1
    return pl.DataFrame({
        "account_id": rng.choice(accounts, posts, p=often / often.sum()),
        "entity": rng.choice(entities, posts, p=frequent / frequent.sum()),
        "bin": rng.choice(BINS, posts, p=busy / busy.sum()),
    })  # fmt: skip


def active(posts: pl.DataFrame) -> Activity:
    """Posts as activity."""
    return Activity.of(posts.with_columns(pl.col("account_id", "entity").cast(pl.String)), BINS)


def at_scale(accounts: int, posts: int, entities: int) -> dict[str, Any]:
    """All pairs of all accounts."""
    activity = active(drawn(accounts, posts, entities))
    pairs = edges = 0
    with watched(os.getpid()) as seen:
        start = time.perf_counter()
        for _, _, weight in pair_weights(activity):
            pairs += len(weight)
            edges += int((weight > 1e-12).sum())
        wall_s = time.perf_counter() - start
    sizes = {"accounts": len(activity.account_ids), "entities": len(activity.entities), "active": len(activity)}
    return sizes | {"posts": posts, "wall_s": wall_s, "pairs": pairs, "edges": edges} | seen


def beside_the_package() -> dict[str, Any]:
    """Both on the same few accounts and entities: every matrix by the package, every distance by us."""
    from influence_model.learning import learn_state_transition_matrix

    activity = active(drawn(FEW_ACCOUNTS, 60 * FEW_ACCOUNTS * FEW_ENTITIES, FEW_ENTITIES))
    n = len(activity.account_ids)
    start = time.perf_counter()
    ours = np.zeros((n, n))
    for source, target, weight in pair_weights(activity):
        ours[source, target] = weight
    ours_s = time.perf_counter() - start
    start = time.perf_counter()
    theirs = np.zeros((n, n))
    hits = np.zeros((n, n), dtype=bool)
    for entity in range(len(activity.entities)):
        status = np.zeros((n, BINS), dtype=int)
        here = activity.entity == entity
        status[activity.account[here], activity.bin[here]] = 1
        for i in range(n):
            for j in range(n):
                if i != j and status[i].any() and status[j].any():
                    a = learn_state_transition_matrix(status[i], status[j], 2, 2)
                    theirs[i, j] += (np.trace(a) - 1) / len(activity.entities)
                    hits[i, j] |= (status[i, :-1] & status[j, 1:]).any()
    theirs_s = time.perf_counter() - start
    differ = float(np.abs(ours - theirs)[hits].max())
    return {
        "accounts": n, "entities": len(activity.entities), "bins": BINS, "ours_s": ours_s, "theirs_s": theirs_s,
        "ratio": theirs_s / ours_s, "pairs": int(hits.sum()), "largest_difference": differ,
    }  # fmt: skip


def through_the_database(accounts: int, posts: int, entities: int, folder: Path) -> dict[str, Any]:
    """All of it, as an analyst has it: every post has a hashtag, a third also a link, and a third a mention."""
    file, home = folder / "influence.csv", folder / "influence-home"
    _write_posts(drawn(accounts, posts, entities), file)
    try:
        loaded = ours.load(file, "posts", home)
        info = server.status(home)
        assert info is not None
        clock = Clock()
        with connect(home=home) as database, watched(info.pid) as theirs, watched(os.getpid()) as mine:
            start = time.perf_counter()
            found = influence(database, InfluenceOptions(min_posts=1), progress=clock)
            wall_s = time.perf_counter() - start
    finally:
        server.stop(home)
        shutil.rmtree(home, ignore_errors=True)
        file.unlink()
    return {
        "load_s": loaded["wall_s"], "wall_s": wall_s, "parts": clock.parts, "server_mb": theirs["peak_mb"],
        "ours_mb": mine["peak_mb"], "networks": found.networks.to_dict(orient="records"),
    }  # fmt: skip


def _write_posts(posts: pl.DataFrame, file: Path) -> None:
    """Write posts in the format ``posts``, at a second of their hour by chance."""
    rng = np.random.default_rng(2)
    third = pl.int_range(pl.len()) % 3
    texts = pl.format("post {} #t{}", pl.int_range(pl.len()), "entity")
    mention = pl.format(" @account{}", pl.Series(rng.permutation(posts["account_id"].to_numpy())))
    account = pl.col("account_id").cast(pl.String)
    posts.select(
        message_id=pl.int_range(pl.len()) + 10**15,
        user_id=account,
        username="account" + account,
        repost_id=pl.lit(""),
        reply_id=pl.lit(""),
        message=texts + pl.when(third == 1).then(mention).otherwise(pl.lit("")),
        timestamp=FIRST_S + 3600 * pl.col("bin") + pl.Series(rng.integers(0, 3600, posts.height)),
        urls=pl.when(third == 2).then(pl.format("https://example.org/{}", "entity")).otherwise(pl.lit("")),
    ).write_csv(file)


def measure(accounts: int, posts: int, entities: int, folder: Path) -> dict[str, Any]:
    """Measure all three."""
    return {
        "package": beside_the_package(),
        "scale": at_scale(accounts, posts, entities),
        "database": through_the_database(accounts, posts, entities, folder),
    }


def write(found: dict[str, Any], path: Path) -> None:
    """Write what was measured as .json, and as a page."""
    path.with_suffix(".json").write_text(json.dumps(found, indent=1) + "\n")
    scale, package, database = found["scale"], found["package"], found["database"]
    lines = [
        "# Influence",
        "",
        f"The coordination distance of all pairs of {scale['accounts']:,} accounts, about {scale['entities']:,} "
        f"entities, in {BINS:,} bins; {scale['posts']:,} posts drawn by chance, skewed as posts are. "
        f"{scale['pairs']:,} pairs have a hit, {scale['edges']:,} an edge. On {os.cpu_count()} cores, without the "
        f"database: **{scale['wall_s']:.0f} s**, at most {scale['peak_mb']:,.0f} MB, with all that drew the posts.",
        "",
        f"Beside the influence-model package, which looks at pairs one by one: {package['accounts']} accounts, "
        f"{package['entities']} entities, {package['bins']:,} bins. {package['theirs_s']:.1f} s against "
        f"{1000 * package['ours_s']:.0f} ms: **{package['ratio']:,.0f} times**. The largest difference of a weight, "
        f"over {package['pairs']:,} pairs with a hit: {package['largest_difference']:.1e}.",
        "",
        "## Through the database",
        "",
        f"The same posts in Neo4j, a third of them also with a link and a third with a mention, loaded in "
        f"{database['load_s']:.0f} s. `incahoots influence --min-posts 1`, of a server that has just started: "
        f"**{database['wall_s']:.0f} s**. Peak memory: server {database['server_mb']:,.0f} MB, Python "
        f"{database['ours_mb']:,.0f} MB, with all that drew the posts.",
        "",
        "| network | accounts | entities | edges | written | s |",
        "|---|---|---|---|---|---|",
        *(
            f"| {row['entity']} | {row['accounts']:,} | {row['entities']:,} | {row['edges']:,} | {row['written']:,} | "
            f"{database['parts'][row['entity']]:.1f} |"
            for row in database["networks"]
        ),
        "",
        f"The observations took {database['parts']['observations']:.0f} s.",
        "",
        "Again: `python -m benchmarks.influence`, or `make bench`.",
        "",
    ]
    path.with_suffix(".md").write_text("\n".join(lines))


def main() -> None:
    """Measure and write the report."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.influence", description=__doc__)
    parser.add_argument("--accounts", type=int, default=ACCOUNTS)
    parser.add_argument("--posts", type=int, default=POSTS)
    parser.add_argument("--entities", type=int, default=ENTITIES)
    parser.add_argument("-o", "--output", type=Path, default=RESULTS / "influence")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="incahoots-bench-") as folder:
        found = measure(arguments.accounts, arguments.posts, arguments.entities, Path(folder))
    write(found, arguments.output)
    print(arguments.output.with_suffix(".md").read_text())


if __name__ == "__main__":
    main()
