"""Communities of two years: the same from the same seed, as planned, and replaced only where they are ours."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from incahoots.errors import InputError, UsageError
from incahoots.loaders.extract import mentions
from incahoots.simulator.campaigns import BASELINES, simulate_campaigns


def rows_of(folder: Path) -> dict[str, pl.DataFrame]:
    return {file.stem: pl.read_csv(file, infer_schema=False) for file in sorted(folder.glob("*.csv"))}


def test_the_same_seed_gives_the_same_files(tmp_path: Path) -> None:
    made = [simulate_campaigns(tmp_path / name, campaigns=2, days=40, seed=seed) for name, seed in (("a", 1), ("b", 1))]
    ours, theirs = (rows_of(each.folder) for each in made)
    assert set(ours) == {"campaign00", "campaign01", *BASELINES}
    assert all(frame.equals(theirs[name]) for name, frame in ours.items())
    assert made[0].posts == sum(map(len, ours.values()))
    # Replaced by another one, and by nothing where the folder is somebody else's.
    other = simulate_campaigns(tmp_path / "a", campaigns=1, days=5, seed=2)
    assert set(rows_of(other.folder)) == {"campaign00", *BASELINES}
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "x.txt").write_text("x")
    with pytest.raises(InputError, match="holds no simulation"):
        simulate_campaigns(tmp_path / "mine")
    for options in ({"campaigns": 0}, {"days": 0}, {"scale": 0.0}, {"seed": -1}):
        with pytest.raises(UsageError, match="Cannot simulate"):
            simulate_campaigns(tmp_path / "c", **options)  # type: ignore[arg-type]


def test_posts_are_in_order_and_retweets_are_of_earlier_posts(tmp_path: Path) -> None:
    folder = simulate_campaigns(tmp_path, campaigns=3, days=60, seed=4).folder
    for name, frame in rows_of(folder).items():
        posts = frame.with_columns(pl.col("timestamp").cast(pl.Int64))
        assert posts["timestamp"].is_sorted()
        assert posts["message_id"].is_unique().all()
        assert posts["user_id"].str.starts_with(name).all()
        inside = posts.join(posts, left_on="repost_id", right_on="message_id", suffix="_of")
        assert (inside["timestamp_of"] < inside["timestamp"]).all()
        # Nobody retweets a retweet.
        assert inside["repost_id_of"].fill_null("").eq("").all()
        if name == "congress":
            assert 0.15 < len(inside) / len(posts) < 0.35


def test_campaigns_act_together_within_seconds(tmp_path: Path) -> None:
    folder = simulate_campaigns(tmp_path, campaigns=6, days=200, seed=5).folder
    pushed = {
        name: frame.filter(
            pl.col("message").str.contains(r"pushed|#push|@t[0-9a-f]{8}\b") | pl.col("urls").str.contains("push")
        )
        for name, frame in rows_of(folder).items()
    }
    # Whom they mention is a name that loaders know as one, which several of them mention.
    targeted = pl.concat(pushed.values()).filter(pl.col("message").str.contains("@t[0-9a-f]{8}"))
    named = mentions(targeted["message"]).explode().drop_nulls().value_counts()
    assert len(named) > 100
    assert named["count"].min() >= 2
    shares = {name: len(frame) / 200 for name, frame in pushed.items()}
    assert min(shares[name] for name in shares if name.startswith("campaign")) > max(
        shares["random"], shares["academics"]
    )
    texts = pl.concat(pushed.values()).group_by("message").agg(pl.len(), pl.col("timestamp").cast(pl.Int64).alias("ts"))
    together = texts.filter((pl.col("len") > 1) & pl.col("message").str.starts_with("pushed"))
    assert (together["ts"].list.max() - together["ts"].list.min()).max() <= 300
