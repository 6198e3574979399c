"""The simulated discussion in two languages: complete, reproducible, and what it says of itself is true."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from incahoots.errors import InputError, UsageError
from incahoots.simulator.bilingual import OPERATION_ID, simulate_bilingual


def test_it_is_what_it_says(tmp_path: Path) -> None:
    made = simulate_bilingual(tmp_path / "one", accounts=60, drivers=8, fans=10, days=20, posts=20, seed=4)
    posts = pl.read_csv(tmp_path / "one" / f"{OPERATION_ID}_tweets.csv", infer_schema=False)
    truth = pl.read_csv(tmp_path / "one" / "truth.csv")
    assert (made.accounts, made.drivers, made.fans) == (120, 16, 20) == (
        len(truth), (truth["kind"] == "driver").sum(), (truth["kind"] == "fan").sum()
    )  # fmt: skip
    assert made.posts == len(posts) == posts["tweetid"].n_unique()
    assert posts["tweet_time"].is_sorted()
    # Who posts in both languages is among those who may; the others keep to one.
    spoken = posts.group_by("userid").agg(pl.col("tweet_language").n_unique())
    both = set(spoken.filter(pl.col("tweet_language") == 2)["userid"])
    may = set(truth.filter("bilingual")["account_id"])
    assert both
    assert both <= may
    assert made.bilingual == len(may)
    # Only drivers push, and each does two things of three.
    pushed = posts.filter(pl.col("urls").str.contains("-pushed"))["userid"].unique()
    assert set(pushed) <= set(truth.filter(pl.col("kind") == "driver")["account_id"])
    assert 0 < len(pushed) < 16


def test_the_same_seed_gives_the_same_files(tmp_path: Path) -> None:
    for name, seed in (("one", 1), ("two", 1), ("other", 2)):
        simulate_bilingual(tmp_path / name, accounts=12, drivers=3, fans=3, days=5, posts=5, seed=seed)
    files = {name: (tmp_path / name / f"{OPERATION_ID}_tweets.csv").read_bytes() for name in ("one", "two", "other")}
    assert files["one"] == files["two"] != files["other"]
    # A simulation may be replaced, anything else not.
    simulate_bilingual(tmp_path / "one", accounts=12, drivers=3, fans=3, days=5, posts=5, seed=2)
    assert (tmp_path / "one" / f"{OPERATION_ID}_tweets.csv").read_bytes() == files["other"]
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").touch()
    with pytest.raises(InputError, match="not empty"):
        simulate_bilingual(tmp_path / "mine")


@pytest.mark.parametrize(
    "numbers", [{"accounts": 10, "drivers": 8, "fans": 3}, {"days": 0}, {"posts": 0}, {"seed": -1}]
)
def test_numbers_without_sense_are_refused(tmp_path: Path, numbers: dict[str, int]) -> None:
    with pytest.raises(UsageError, match="Cannot simulate"):
        simulate_bilingual(tmp_path / "one", **numbers)
