"""Acts of the real archives: the same as a plain reading of the files."""

from __future__ import annotations

import re
from pathlib import Path

import polars as pl
import pytest

from incahoots.analytics.interstate import fetch_acts
from incahoots.database import Database
from incahoots.loaders.load import Operation, load

pytestmark = pytest.mark.real_data

FILES = {"russia_2019": "russia_201901_1_slice.csv", "rna_2021": "RNA_0621_tweets_csv_hashed_2019.csv.gz"}


def plain(paths: list[Path]) -> set[tuple[str, str, str]]:
    """Tweet, account it acts on and kind, read off the columns."""
    rows = pl.concat([pl.read_csv(path, infer_schema=False) for path in paths], how="diagonal").fill_null("")
    authors = dict(rows.select("tweetid", "userid").rows())
    found: dict[tuple[str, str], str] = {}
    for row in rows.rows(named=True):
        retweet = row["is_retweet"].casefold() == "true"
        mentions = [] if retweet else re.findall(r"[\w+/=-]+", row["user_mentions"])
        acts = [
            (row["retweet_userid"], "retweet"), (authors.get(row["retweet_tweetid"], ""), "retweet"),
            (authors.get(row["quoted_tweet_tweetid"], ""), "quote"),
            (row["in_reply_to_userid"], "reply"), (authors.get(row["in_reply_to_tweetid"], ""), "reply"),
            *((account, "mention") for account in mentions),
        ]  # fmt: skip
        for account, kind in acts:
            if account and account != row["userid"]:
                found.setdefault((row["tweetid"], account), kind)
    return {(tweet, account, kind) for (tweet, account), kind in found.items()}


def test_acts_are_those_of_the_files(graph: Database, real_data: Path) -> None:
    paths = [real_data / "io_archive" / name for name in FILES.values()]
    for operation_id, path in zip(FILES, paths, strict=True):
        load("io-archive", path, graph, operation=Operation(operation_id, [operation_id]))
    acts = fetch_acts(graph).acts
    assert set(acts.select("tweet_id", "target_id", "kind").rows()) == plain(paths)
    # 667 posts quote, none of them a post of these files.
    among = acts.filter(pl.col("scope") != "external")
    assert set(among["kind"]) == {"retweet", "reply", "mention"}
