"""The coordination-network-toolkit on a simulation: loading, and the five networks it has."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl

from benchmarks.memory import repeated, watched
from incahoots.loaders import rows_of

#: The toolkit's function of each network; it has none for hashtags and mentions.
NETWORKS = {
    "co_retweet": "compute_co_retweet_parallel",
    "co_tweet": "compute_co_tweet_network",
    "co_link": "compute_co_link_network",
    "co_reply": "compute_co_reply_network",
    "co_post": "compute_co_post_network",
}

# A process of its own for each step, so that its time and its memory are its own.
_STEP = """
import contextlib, io, json, sys, time
from coordination_network_toolkit import compute_networks, preprocess
database, step, argument = sys.argv[1:]
if __name__ == "__main__":
    start = time.perf_counter()
    with contextlib.redirect_stdout(io.StringIO()):
        if step == "load":
            preprocess.preprocess_csv_files(database, [argument])
        else:
            getattr(compute_networks, step)(database, 60, min_edge_weight=2, n_threads=2)
    print(json.dumps({"wall_s": time.perf_counter() - start}))
"""


def measure(simulation: Path, folder: Path, times: int) -> dict[str, Any]:
    """Load a simulation and derive every network, window 60 s, weight 2 and more, two processes."""
    posts = folder / "posts.csv"
    write_eight_columns(simulation, posts)
    found = measure_file(posts, folder, times, list(NETWORKS))
    posts.unlink()
    return found


def measure_file(posts: Path, folder: Path, times: int, networks: Sequence[str]) -> dict[str, Any]:
    """Load a file of its eight columns and derive networks, window 60 s, weight 2 and more, two processes."""
    script = folder / "peer_step.py"
    script.write_text(_STEP)
    database = folder / "peer.db"
    found: dict[str, Any] = {"load": _step(script, database, "load", posts), "networks": {}}
    for behaviour in networks:
        function = NETWORKS[behaviour]
        if behaviour == "co_link":
            found["networks"]["co_link, as it is"] = _network(script, database, "co_link", function, posts, times)
            _forget_empty_urls(database)
        found["networks"][behaviour] = _network(script, database, behaviour, function, posts, times)
    database.unlink()
    return found


def _network(script: Path, database: Path, behaviour: str, function: str, posts: Path, times: int) -> dict[str, Any]:
    """Derive one network some times, and count its edges without loops."""
    found = repeated(partial(_step, script, database, function, posts), times)
    with closing(sqlite3.connect(database)) as opened:
        query = f"SELECT count(*) FROM {behaviour}_network WHERE user_1 <> user_2"  # noqa: S608
        (found["edges"],) = opened.execute(query).fetchone()
    return found


def _forget_empty_urls(database: Path) -> None:
    """Take away the empty URL that the toolkit gives every post without one, and then matches: most of its time."""
    with closing(sqlite3.connect(database)) as opened:
        opened.execute("DELETE FROM message_url WHERE url = ''")
        opened.commit()


def write_eight_columns(simulation: Path, path: Path) -> None:
    """Write a simulation's posts as the toolkit reads them."""
    with path.open("wb") as out:
        for number, file in enumerate(sorted(simulation.glob("*_tweets_*.csv"))):
            for piece, rows in enumerate(rows_of("io-archive", file)):
                rows.posts.select(
                    message_id="tweet_id",
                    user_id="account_id",
                    username="account_id",
                    repost_id=pl.col("retweeted_tweet_id").fill_null(""),
                    reply_id=pl.col("replied_tweet_id").fill_null(""),
                    message=pl.col("text").fill_null(""),
                    timestamp=pl.col("created_at").dt.epoch("s"),
                    urls=pl.col("urls").list.join(" ").fill_null(""),
                ).write_csv(out, include_header=number == piece == 0)


def _step(script: Path, database: Path, step: str, argument: Path) -> dict[str, float]:
    """One step in a process of its own; its memory is the largest sum over it and its workers."""
    command = [sys.executable, str(script), str(database), step, str(argument)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        with watched(process.pid) as seen:
            answer, _ = process.communicate()
        if process.returncode:
            raise RuntimeError(f"the toolkit failed at {step}")
    found: dict[str, float] = json.loads(answer) | seen
    return found
