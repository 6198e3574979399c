"""The toolkit's eight columns, and CooRTweet's four."""

from __future__ import annotations

import datetime as dt

import pytest

from incahoots.errors import InputError, UsageError
from incahoots.loaders import rows_of

HEADER = "message_id,user_id,username,repost_id,reply_id,message,timestamp,urls\n"
SHARES = "object_id,account_id,content_id,timestamp_share\n"


def test_a_post(write, load):
    rows = load(
        "posts",
        write("a.csv", HEADER + '1,u,Name,,9,"#Hi @Bob, see",1606451170.518101,http://a.example http://b.example\n'),
    )
    row = rows.posts.row(0, named=True)
    assert row["created_at"] == dt.datetime(2020, 11, 27, 4, 26, 10, 518101, tzinfo=dt.UTC)
    assert (row["replied_tweet_id"], row["retweeted_tweet_id"], row["is_retweet"]) == ("9", None, False)
    assert (row["hashtags"], row["mentions"]) == (["Hi"], ["@bob"])
    assert row["urls"] == ["http://a.example", "http://b.example"]
    assert rows.accounts.select("account_id", "screen_name").rows() == [("u", "Name")]


@pytest.mark.parametrize("urls", ["http://a.example http://b.example", "\"['http://a.example', 'http://b.example']\""])
def test_both_ways_to_write_urls(write, load, urls):
    rows = load("posts", write("a.csv", f"{HEADER}1,u,n,,,text,5,{urls}\n"))
    assert rows.posts["urls"].to_list() == [["http://a.example", "http://b.example"]]


def test_columns_go_by_name_where_they_have_names(write, load):
    text = "urls,timestamp,message,reply_id,repost_id,username,user_id,message_id,extra\n,5,m,,r,n,u,1,x\n"
    rows = load("posts", write("a.csv", text))
    assert rows.posts.select("tweet_id", "account_id", "retweeted_tweet_id", "is_retweet").rows() == [
        ("1", "u", "r", True)
    ]


@pytest.mark.parametrize("header", ["", "id,who,name,rt,re,said,at,links\n"])
def test_columns_go_by_position_where_they_have_none(write, load, header):
    rows = load("posts", write("a.csv", header + "1,u,n,,,m,0,\n2,u,n,,,m,59,\n"))
    assert rows.posts["created_at"].dt.epoch("s").to_list() == [0, 59]


def test_other_files_are_no_posts(write):
    with pytest.raises(InputError, match="is not in the format posts"):
        list(rows_of("posts", write("a.csv", "a,b,c\n1,2,3\n")))


@pytest.mark.parametrize(
    ("stamp", "reason"),
    [
        ("", "bad_time"),
        ("today", "bad_time"),
        ("nan", "bad_time"),
        ("inf", "bad_time"),
        ("-1", "implausible_time"),
        ("99999999999", "implausible_time"),
    ],
)
def test_a_time_that_is_none_is_rejected(write, load, stamp, reason):
    rows = load("posts", write("a.csv", f"{HEADER}1,u,n,,,m,{stamp},\n"))
    assert [(r.column, r.reason) for r in rows.rejects] == [("timestamp", reason)]


@pytest.mark.parametrize(
    ("kind", "column", "value"),
    [
        ("retweet", "retweeted_tweet_id", "#o"),
        ("reply", "replied_tweet_id", "#o"),
        ("link", "urls", ["#o"]),
        ("hashtag", "hashtags", ["o"]),
        ("mention", "mentions", ["#o"]),
    ],
)
def test_a_share_is_of_what_the_option_says(write, load, kind, column, value):
    rows = load("shares", write("a.csv", SHARES + "#o,a,t,1623881091.0\n"), object=kind)
    row = rows.posts.row(0, named=True)
    assert (row["tweet_id"], row["account_id"], row[column], row["is_retweet"]) == ("t", "a", value, kind == "retweet")
    assert row["created_at"] == dt.datetime(2021, 6, 16, 22, 4, 51, tzinfo=dt.UTC)
    others = {"retweeted_tweet_id", "replied_tweet_id", "urls", "hashtags", "mentions"} - {column}
    assert [row[other] for other in others] == [None] * 4


def test_a_share_of_nothing_is_rejected(write, load):
    rows = load("shares", write("a.csv", SHARES + ",a,t,1\no,a,t,1\n"), object="link")
    assert [(r.line, r.column, r.reason) for r in rows.rejects] == [(2, "object_id", "null_key")]


def test_options_and_formats_that_are_none(write):
    path = write("a.csv", SHARES)
    with pytest.raises(UsageError, match="got 'like'"):
        list(rows_of("shares", path, object="like"))
    with pytest.raises(UsageError, match="has no option 'kind'"):
        list(rows_of("shares", path, kind="link"))
    with pytest.raises(UsageError, match="There is no format 'tweets'"):
        list(rows_of("tweets", path))
