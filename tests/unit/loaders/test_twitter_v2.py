"""X API v2 JSON lines."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from incahoots.errors import InputError
from incahoots.loaders import rows_of

POST = {"id": "1", "author_id": "a", "text": "hello", "created_at": "2021-04-01T15:53:42.000Z"}
USER = {
    "id": "a",
    "username": "Ann",
    "created_at": "2011-10-09T20:16:10.000Z",
    "public_metrics": {"followers_count": 3},
}


def lines(*values):
    return "".join((value if isinstance(value, str) else json.dumps(value)) + "\n" for value in values)


def post(write, load, includes=None, **fields):
    page = {"data": [{**POST, **fields}], "includes": includes or {}}
    return load("twitter-v2", write("a.jsonl", lines(page))).posts.row(0, named=True)


def test_a_page(write, load):
    page = {
        "data": [POST],
        "includes": {"users": [USER], "tweets": [{**POST, "id": "2"}], "media": [{"media_key": "3"}]},
    }
    rows = load("twitter-v2", write("a.jsonl", lines(page)))
    assert (rows.n_read, rows.posts["tweet_id"].to_list(), rows.n_account_rows) == (3, ["1", "2"], 1)
    assert rows.posts["created_at"][0] == dt.datetime(2021, 4, 1, 15, 53, 42, tzinfo=dt.UTC)
    assert rows.accounts.select("account_id", "screen_name", "followers", "created_on").rows() == [
        ("a", "Ann", 3, dt.date(2011, 10, 9))
    ]


def test_references_and_their_authors(write, load):
    row = post(
        write,
        load,
        {"tweets": [{**POST, "id": "9", "author_id": "b"}]},
        referenced_tweets=[
            {"type": "retweeted", "id": "9"},
            {"type": "quoted", "id": "8"},
            {"type": "replied_to", "id": "7"},
        ],
        in_reply_to_user_id="c",
    )
    assert row["is_retweet"]
    assert (row["retweeted_tweet_id"], row["retweeted_account_id"]) == ("9", "b")
    assert (row["quoted_tweet_id"], row["quoted_account_id"]) == ("8", None)
    assert (row["replied_tweet_id"], row["replied_account_id"]) == ("7", "c")


def test_entities(write, load):
    row = post(
        write,
        load,
        entities={
            "hashtags": [{"tag": "One"}],
            "urls": [
                {"url": "https://t.co/1", "expanded_url": "https://a.example/", "unwound_url": "https://no.example"},
                {"url": "https://t.co/2"},
                {"url": "https://t.co/3", "expanded_url": "https://x.example/photo/1", "media_key": "3_1"},
            ],
            "mentions": [{"id": "5", "username": "Bob"}, {"username": "Eve"}],
        },
        public_metrics={"like_count": 4},
    )
    assert (row["hashtags"], row["mentions"]) == (["One"], ["5", "@eve"])
    assert row["urls"] == ["https://a.example/", "https://t.co/2"]
    assert (row["like_count"], row["quote_count"]) == (4, None)


def test_empty_lists_may_be_objects(write, load):
    row = post(write, load, {"tweets": {}, "users": {}}, entities={"hashtags": {}}, referenced_tweets={})
    assert (row["hashtags"], row["is_retweet"]) == ([], False)


def test_without_entities_nothing_is_said(write, load):
    assert post(write, load)["hashtags"] is None


def test_a_flattened_post_brings_the_posts_inside_it(write, load):
    inner = {**POST, "id": "9", "author_id": "b", "type": "retweeted", "author": {**USER, "id": "b"}}
    rows = load("twitter-v2", write("a.jsonl", lines({**POST, "author": USER, "referenced_tweets": [inner]})))
    assert (rows.n_read, rows.n_account_rows) == (2, 0)
    assert rows.posts.select("tweet_id", "retweeted_account_id").rows() == [("1", "b"), ("9", None)]
    assert rows.accounts["account_id"].to_list() == ["a", "b"]


def test_a_stream_has_one_post_a_line(write, load):
    rows = load(
        "twitter-v2", write("a.jsonl", lines({"data": POST, "includes": {"users": [USER]}}, "", {"data": POST}))
    )
    assert (rows.posts.height, rows.n_account_rows) == (2, 1)


def test_what_is_no_post_is_rejected_by_its_line(write, load):
    values = [
        {"data": [{"start": "x", "tweet_count": 1}, POST]},
        {"id": "5", "action": "delete"},
        {"errors": [{"title": "ConnectionException"}]},
        {"meta": {"result_count": 0}},
        [1],
        '{"data": {"id": "6", "te',
    ]
    rows = load("twitter-v2", write("a.jsonl", lines(*values)))
    assert [(r.line, r.reason) for r in rows.rejects] == [
        (1, "not_a_post"),
        (2, "not_a_post"),
        (3, "not_a_post"),
        (5, "not_a_post"),
        (6, "bad_json"),
    ]
    assert rows.rejects[1].raw == '{"id":"5","action":"delete"}'


def test_raw_text_is_shortened(write, load):
    rows = load("twitter-v2", write("a.jsonl", lines({"id": "5", "action": "x" * 9_000})))
    assert len(rows.rejects[0].raw) == 2_000


def test_half_a_surrogate_pair_costs_its_post_only(write, load):
    page = (
        '{"data": [{"id": "1", "author_id": "a", "created_at": "2021-04-01T15:53:42Z", "text": "\\ud83d"}, '
        + json.dumps({**POST, "id": "2"})
    )
    rows = load("twitter-v2", write("a.jsonl", page + "]}\n"))
    assert rows.posts["tweet_id"].to_list() == ["2"]
    assert [(r.line, r.reason) for r in rows.rejects] == [(1, "bad_text")]
    rows.rejects[0].raw.encode()


@pytest.mark.parametrize(
    ("fields", "column", "reason"),
    [
        ({"author_id": None}, "author_id", "null_key"),
        ({"created_at": "today"}, "created_at", "bad_time"),
        ({"public_metrics": {"like_count": 2**63}}, "like_count", "bad_number"),
    ],
)
def test_bad_posts(write, load, fields, column, reason):
    rows = load("twitter-v2", write("a.jsonl", lines({"data": [POST, {**POST, **fields}]})))
    assert [(r.line, r.column, r.reason) for r in rows.rejects] == [(1, column, reason)]


def test_blocks_do_not_matter(write):
    path = write("a.jsonl", lines(*({"data": {**POST, "id": str(i)}} for i in range(20))) + json.dumps({"data": POST}))
    from incahoots.loaders import twitter_v2

    numbers = [number for chunk in twitter_v2.read(path, block_bytes=50) for number, _ in chunk.lines]
    assert numbers == list(range(1, 22))


def test_a_json_array_is_refused(write):
    with pytest.raises(InputError, match="is a JSON array") as caught:
        list(rows_of("twitter-v2", write("a.json", "[{}]")))
    assert "jq" in caught.value.remedy
