"""Every real file, counted by the loaders and by other means. Texts of posts are never shown."""

from __future__ import annotations

import csv
import gzip
import json
from collections import Counter

import polars as pl
import pytest

from incahoots.errors import InputError
from incahoots.loaders import rows_of

pytestmark = pytest.mark.real_data

csv.field_size_limit(1 << 24)


def counts(rows):
    return rows.n_read, rows.posts.height, rows.n_account_rows, len(rows.rejects)


def by_csv_module(path):
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8-sig", newline="") as text:
        return list(csv.DictReader(text))


def test_the_archive_of_2021(real_data, load):
    path = real_data / "io_archive" / "RNA_0621_tweets_csv_hashed_2019.csv.gz"
    rows = load("io-archive", path)
    expected = by_csv_module(path)
    assert counts(rows) == (4_609, 4_609, 0, 0)
    assert rows.accounts["account_id"].n_unique() == 24
    posts = rows.posts
    assert posts["tweet_id"].to_list() == [row["tweetid"] for row in expected]
    assert posts["text"].equals(pl.Series("text", [row["tweet_text"] or None for row in expected]), null_equal=True)
    assert posts["like_count"].sum() == sum(int(row["like_count"]) for row in expected)
    assert posts["created_at"].dt.strftime("%Y-%m-%d %H:%M").to_list() == [row["tweet_time"] for row in expected]
    for ours, theirs in (("hashtags", "hashtags"), ("urls", "urls"), ("mentions", "user_mentions")):
        lists = [json.loads(row[theirs].replace("'", '"')) if row[theirs] else None for row in expected]
        assert posts[ours].to_list() == lists
    assert posts["is_retweet"].sum() == 1_041
    rounded = [
        any("e+" in row[c] for c in ("retweet_tweetid", "quoted_tweet_tweetid", "in_reply_to_tweetid"))
        for row in expected
    ]
    assert posts["ids_rounded"].to_list() == rounded
    assert posts["retweeted_account_id"].null_count() == 4_371


@pytest.mark.parametrize("name", ["russia_201901_1_slice.csv", "russia_201901_1_slice_TRUNCATED.csv"])
def test_the_second_russian_release_whole_and_broken_off(real_data, load, name):
    rows = load("io-archive", real_data / "io_archive" / name)
    broken = "TRUNCATED" in name
    assert counts(rows) == (407 + broken, 407, 0, broken)
    assert [reject.reason for reject in rows.rejects] == ["unterminated_quote"] * broken
    expected = by_csv_module(real_data / "io_archive" / "russia_201901_1_slice.csv")
    assert rows.posts["tweet_id"].to_list() == [row["tweetid"] for row in expected]
    assert rows.accounts["account_id"].n_unique() == 86
    bare = [row["user_mentions"] for row in expected if row["user_mentions"] not in ("", "[]")]
    assert rows.posts["mentions"].drop_nulls().list.len().sum() == sum(text.count(",") + 1 for text in bare)


@pytest.mark.parametrize(("name", "n"), [("spain_082019", 259), ("catalonia_201906_1", 129), ("china_082019_1", 744)])
def test_users_files(real_data, load, name, n):
    path = real_data / "io_archive" / f"{name}_users_csv_hashed.csv"
    rows = load("io-archive", path)
    assert counts(rows) == (n, 0, n, 0)
    expected = by_csv_module(path)
    assert rows.accounts["account_id"].to_list() == [row["userid"] for row in expected]
    assert rows.accounts["followers"].sum() == sum(int(row["follower_count"]) for row in expected)


def test_the_spreadsheets_victim_is_refused(real_data):
    with pytest.raises(InputError, match="has 18 rows whose ids were damaged"):
        list(rows_of("io-archive", real_data / "io_archive" / "RNA_sample_EXCEL_DAMAGED_ids.csv"))


def test_the_months_posts_in_two_formats(real_data, load):
    one = load("troll-tweets", real_data / "ira_538" / "ira_538_2016-09-15_2016-10-15.parquet")
    other = load("posts", real_data / "ira_538" / "ira_month_8col.csv.gz")
    assert counts(one) == counts(other) == (115_918, 115_918, 0, 0)
    assert one.posts["tweet_id"].n_unique() == other.posts["tweet_id"].n_unique() == 115_918
    assert one.accounts["account_id"].n_unique() == other.accounts["account_id"].n_unique() == 471
    # The eight columns count the month's 356 quotes as retweets; the archive has two plain `RT name:` without a type.
    assert other.posts["is_retweet"].sum() == 82_202
    assert one.posts["is_retweet"].sum() == 81_846 + 2
    day = pl.datetime(2016, 10, 6, time_zone="UTC")
    for posts in (one.posts, other.posts):
        assert posts.filter(pl.col("created_at").dt.truncate("1d") == day).height == 17_132
    urls = by_csv_module(real_data / "ira_538" / "ira_month_8col.csv.gz")
    assert other.posts["urls"].list.len().sum() == sum(len(row["urls"].split()) for row in urls)


def test_shares(real_data, load):
    rows = load("shares", real_data / "coortweet_mit" / "russian_coord_tweets.csv.gz")
    assert counts(rows) == (35_125, 35_125, 0, 0)
    posts = rows.posts
    assert (posts["account_id"].n_unique(), posts["retweeted_tweet_id"].n_unique()) == (9_509, 7_285)
    assert posts.height - posts["tweet_id"].n_unique() == 40


def test_a_table_of_two_platforms(real_data, load):
    mapping = {
        "columns": {
            "tweet_id": "post_id",
            "account_id": "account_id",
            "created_at": "timestamp",
            "urls": "url_id",
            "hashtags": "hashtag_id",
        },
        "time": {"unit": "s"},
    }
    path = real_data / "coortweet_mit" / "german_elections.csv.gz"
    rows = load("table", path, mapping=mapping)
    expected = by_csv_module(path)
    # Three rows of the file have no post_id.
    assert counts(rows) == (218_971, 218_968, 0, 3)
    assert [(r.column, r.reason) for r in rows.rejects] == [("post_id", "null_key")] * 3
    assert [r.line for r in rows.rejects] == [n for n, row in enumerate(expected, 2) if not row["post_id"]]
    assert rows.posts["urls"].drop_nulls().len() == sum(bool(row["url_id"]) for row in expected)


@pytest.mark.parametrize(
    ("name", "n", "n_retweets"), [("coretweet_test_input.csv", 15, 15), ("sample_data.csv", 100, 27)]
)
def test_the_toolkits_own_files(real_data, load, name, n, n_retweets):
    path = real_data / "cnt_mit" / name
    rows = load("posts", path)
    assert counts(rows) == (n, n, 0, 0)
    assert rows.posts["is_retweet"].sum() == n_retweets == sum(bool(row["repost_id"]) for row in by_csv_module(path))


def test_the_daily_table_of_an_influence_study_is_in_no_known_format(real_data):
    with pytest.raises(InputError, match="is not in the format posts"):
        list(rows_of("posts", real_data / "influence" / "troll_growth.zip"))


def in_x_api_file(path):
    """Return posts, accounts and other records by a plain walk through the JSON."""
    found = Counter()

    def add(value):
        kind = "post" if "text" in value else "account" if "username" in value else "other"
        found[kind] += 1
        for reference in value.get("referenced_tweets") or []:
            if "text" in reference:
                add(reference)

    for line in gzip.decompress(path.read_bytes()).splitlines():
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except ValueError:
            found["other"] += 1
            continue
        data = value.get("data", value)
        for item in data if isinstance(data, list) else [data]:
            add(item)
        for kind in ("tweets", "users"):
            for item in (value.get("includes") or {}).get(kind) or []:
                add(item)
    return found["post"], found["account"], found["other"]


def test_x_api_files(real_data, load):
    folder = real_data / "xapi_v2_mit"
    found = {}
    for path in sorted(folder.glob("*/*.jsonl.gz")):
        rows = load("twitter-v2", path)
        found[path.name] = (rows.posts.height, rows.n_account_rows, len(rows.rejects))
        assert found[path.name] == in_x_api_file(path), path.name
    assert len(found) == 28
    assert [sum(column) for column in zip(*found.values(), strict=True)] == [2_694, 2_292, 180]
    assert found["flat.jsonl.gz"] == (194, 0, 0)
    assert found["tweets_compliance.jsonl.gz"] == (0, 0, 2)
    with pytest.raises(InputError, match=r"empty\.json is empty"):
        list(rows_of("twitter-v2", folder / "twarc_csv" / "empty.json"))
