"""The 538/Clemson columns."""

from __future__ import annotations

import polars as pl
import pytest

from incahoots.loaders import troll_tweets

COLUMNS = ("author_id", "content", "language", "publish_date", "post_type", "followers", "following")
ROW = ("ann", "hello", "Russian", "2016-10-06 07:48:00", None, "5", "6")


def table(*rows):
    return pl.DataFrame(rows, schema=dict.fromkeys(COLUMNS, pl.String()), orient="row")


def saved(tmp_path, *rows, name="a.parquet"):
    path = tmp_path / name
    table(*rows).write_parquet(path) if name.endswith("parquet") else table(*rows).write_csv(path)
    return path


def changed(**fields):
    return tuple({**dict(zip(COLUMNS, ROW, strict=True)), **fields}.values())


def test_parquet_and_csv_say_the_same(tmp_path, load):
    rows = [ROW, ROW, changed(content="other", post_type="R")]
    one = load("troll-tweets", saved(tmp_path, *rows))
    other = load("troll-tweets", saved(tmp_path, *rows, name="a.csv"))
    assert one.posts.equals(other.posts, null_equal=True)
    assert one.accounts.equals(other.accounts, null_equal=True)


def test_both_spellings_of_a_time_give_one_id(tmp_path, load):
    one = load("troll-tweets", saved(tmp_path, ROW))
    other = load("troll-tweets", saved(tmp_path, changed(publish_date="10/6/2016 7:48"), name="b.parquet"))
    assert one.posts.equals(other.posts, null_equal=True)
    assert one.posts["created_at"].dt.epoch("s").item() == 1475740080


def test_the_same_post_twice_is_two_posts_in_one_file_and_one_in_two(tmp_path, load):
    one = load("troll-tweets", saved(tmp_path, ROW, ROW, ROW)).posts["tweet_id"].to_list()
    other = load("troll-tweets", saved(tmp_path, ROW, ROW, name="b.parquet")).posts["tweet_id"].to_list()
    assert len(set(one)) == 3
    assert one[:2] == other


def test_occurrences_are_counted_over_chunks(tmp_path):
    path = saved(tmp_path, *[ROW] * 5, changed(content="other"), ROW, name="a.csv")
    chunks = list(troll_tweets.read(path, block_bytes=120))
    assert len(chunks) > 1
    assert pl.concat([chunk.frame for chunk in chunks])["occurrence"].to_list() == [0, 1, 2, 3, 4, 0, 5]


@pytest.mark.parametrize(
    ("content", "post_type", "is_retweet"),
    [
        ("hello", "R", True),
        ("RT bob: hello", None, True),
        ("RT @bob: hello", "R", True),
        ("hello", "Q", False),
        ("hello", None, False),
        ("RT this", None, False),
    ],
)
def test_retweets(tmp_path, load, content, post_type, is_retweet):
    row = load("troll-tweets", saved(tmp_path, changed(content=content, post_type=post_type))).posts.row(0, named=True)
    # printf hello | b2sum -l 128
    source = "text:46fb7408d4f285228f4af516ea25851b" if is_retweet else None
    assert (row["is_retweet"], row["retweeted_tweet_id"]) == (is_retweet, source)


def test_texts_that_begin_with_a_mention_are_unwrapped(tmp_path, load):
    row = load("troll-tweets", saved(tmp_path, changed(content="'@Bob #hi https://a.example/x'"))).posts.row(
        0, named=True
    )
    assert row["text"] == "@Bob #hi https://a.example/x"
    assert (row["mentions"], row["hashtags"], row["urls"]) == (["@bob"], ["hi"], ["https://a.example/x"])
    assert row["language"] == "ru"


def test_a_bad_row_shows_itself(tmp_path, load):
    rows = load("troll-tweets", saved(tmp_path, ROW, changed(publish_date="x")))
    assert [(r.line, r.column, r.reason) for r in rows.rejects] == [(2, "publish_date", "bad_time")]
    assert '"publish_date": "x"' in rows.rejects[0].raw
