"""Acts of the real archives: the same as a plain reading of the files."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from incahoots.analytics.interstate.acts import fetch_acts, fetch_between
from incahoots.database import Database
from incahoots.loaders.load import Operation, load
from tests.archives import plain_acts, read_archives

pytestmark = pytest.mark.real_data

FILES = {"russia_2019": "russia_201901_1_slice.csv", "rna_2021": "RNA_0621_tweets_csv_hashed_2019.csv.gz"}


def test_acts_are_those_of_the_files(graph: Database, real_data: Path) -> None:
    paths = [real_data / "io_archive" / name for name in FILES.values()]
    for operation_id, path in zip(FILES, paths, strict=True):
        load("io-archive", path, graph, operation=Operation(operation_id, [operation_id]))
    acts = fetch_acts(graph).acts
    plain = {(*pair, kind) for pair, kind in plain_acts(read_archives(paths)).items()}
    assert set(acts.select("tweet_id", "target_id", "kind").rows()) == plain
    among = acts.filter(pl.col("scope") != "external")
    assert set(among["kind"]) == {"retweet", "reply", "mention", "quote"}
    # The one quote of another account of these files, which only its link tells.
    (quote,) = among.filter(pl.col("kind") == "quote").to_dicts()
    evidence = fetch_between(graph, quote["account_id"], quote["target_id"])
    assert evidence[["behaviour", "tweet_id"]].to_numpy().tolist() == [["quote", quote["tweet_id"]]]
