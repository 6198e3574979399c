"""Platform archives, quirk by quirk."""

from __future__ import annotations

import csv
import datetime as dt
import io

import pytest

from incahoots.errors import InputError
from incahoots.loaders import rows_of
from incahoots.loaders.headers import ARCHIVE_ACCOUNT, ARCHIVE_TWEET

TWEET = {
    "tweetid": "1",
    "userid": "abc=",
    "user_screen_name": "abc=",
    "follower_count": "7",
    "account_creation_date": "2019-06-19",
    "tweet_text": "one\ntwo",
    "tweet_time": "2019-07-02 13:58",
    "is_retweet": "False",
    "hashtags": "[]",
}


def archive(*rows, columns=ARCHIVE_TWEET, extra=("latitude", "longitude")):
    text = io.StringIO(newline="")
    names = [*columns, *extra]
    writer = csv.DictWriter(text, names, restval="", quoting=csv.QUOTE_ALL, lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def post(write, load, **fields):
    rows = load("io-archive", write("a.csv", archive({**TWEET, **fields})))
    return rows.posts.row(0, named=True) if rows.posts.height else rows.rejects


def test_a_tweet_and_its_account(write, load):
    rows = load("io-archive", write("a.csv", archive(TWEET, {**TWEET, "tweetid": "2"}, extra=("poll_choices",))))
    assert rows.posts.row(0, named=True) == {
        "tweet_id": "1",
        "account_id": "abc=",
        "created_at": dt.datetime(2019, 7, 2, 13, 58, tzinfo=dt.UTC),
        "text": "one\ntwo",
        "is_retweet": False,
        "ids_rounded": False,
        "hashtags": [],
        **dict.fromkeys(
            ("language", "client", "like_count", "retweet_count", "reply_count", "quote_count", "retweeted_tweet_id")
        ),
        **dict.fromkeys(
            ("quoted_tweet_id", "replied_tweet_id", "retweeted_account_id", "quoted_account_id", "replied_account_id")
        ),
        **dict.fromkeys(("urls", "mentions")),
    }
    assert rows.accounts.height == 1
    account = rows.accounts.row(0, named=True)
    assert (account["screen_name"], account["followers"], account["created_on"]) == ("abc=", 7, dt.date(2019, 6, 19))


@pytest.mark.parametrize(("text", "value"), [("true", True), ("False", False), ("True", True), ("", None)])
def test_booleans_of_all_releases(write, load, text, value):
    assert post(write, load, is_retweet=text)["is_retweet"] is value


def test_times_may_have_seconds(write, load):
    assert post(write, load, tweet_time="2019-07-02 13:58:07")["created_at"].second == 7


def test_rounded_references_stay_text_and_are_flagged(write, load):
    row = post(write, load, retweet_tweetid="1.198473762313818e+18", is_retweet="True")
    assert (row["retweeted_tweet_id"], row["ids_rounded"]) == ("1.198473762313818e+18", True)


def test_the_retweeted_account_is_not_guessed_from_the_mentions(write, load):
    row = post(write, load, is_retweet="True", retweet_tweetid="9", user_mentions="['77']")
    assert (row["retweeted_account_id"], row["mentions"]) == (None, ["77"])


def test_hashtags_lose_their_mark(write, load):
    assert post(write, load, hashtags="['#a', 'b']")["hashtags"] == ["a", "b"]


@pytest.mark.parametrize("damaged", ["3.65082069254156E+017", "3.65082069254156e+17", "3,65E+17"])
@pytest.mark.parametrize("column", ["tweetid", "userid"])
def test_a_file_whose_keys_went_through_a_spreadsheet_is_refused(write, damaged, column):
    rows = [{**TWEET, column: damaged}, TWEET, {**TWEET, column: damaged}]
    with pytest.raises(InputError, match="has 2 rows whose ids were damaged by a spreadsheet") as caught:
        list(rows_of("io-archive", write("a.csv", archive(*rows))))
    assert "original file" in caught.value.remedy


@pytest.mark.parametrize(
    ("fields", "column", "reason"),
    [
        ({"tweetid": ""}, "tweetid", "null_key"),
        ({"userid": " "}, "userid", "null_key"),
        ({"tweetid": "x" * 501}, "tweetid", "bad_key"),
        ({"retweet_tweetid": "x" * 501}, "retweet_tweetid", "bad_key"),
        ({"hashtags": f"['{'x' * 501}']"}, "hashtags", "bad_key"),
        ({"tweet_time": ""}, "tweet_time", "bad_time"),
        ({"tweet_time": "yesterday"}, "tweet_time", "bad_time"),
        ({"tweet_time": "1969-12-31 23:59"}, "tweet_time", "implausible_time"),
        ({"tweet_time": "2101-01-01 00:00"}, "tweet_time", "implausible_time"),
        ({"like_count": "many"}, "like_count", "bad_number"),
        ({"like_count": str(2**63)}, "like_count", "bad_number"),
        ({"like_count": "1.5"}, "like_count", "bad_number"),
        ({"follower_count": "many"}, "follower_count", "bad_number"),
        ({"account_creation_date": "2019-13-01"}, "account_creation_date", "bad_time"),
        ({"is_retweet": "perhaps"}, "is_retweet", "bad_boolean"),
        ({"hashtags": "['a"}, "hashtags", "bad_list"),
    ],
)
def test_a_bad_row_is_rejected_with_its_column_and_its_text(write, load, fields, column, reason):
    rows = load("io-archive", write("a.csv", archive({**TWEET, "tweetid": "0"}, {**TWEET, **fields})))
    assert rows.posts["tweet_id"].to_list() == ["0"]
    assert [(reject.line, reject.column, reject.reason) for reject in rows.rejects] == [(4, column, reason)]
    assert rows.rejects[0].raw == archive({**TWEET, **fields}).split("\n", 1)[1].removesuffix("\n")


def test_a_row_with_two_faults_is_rejected_once(write, load):
    assert [r.column for r in post(write, load, tweet_time="x", like_count="y")] == ["like_count"]


@pytest.mark.parametrize(("text", "number"), [("12", 12), ("12.0", 12), (str(2**63 - 1), 2**63 - 1), ("", None)])
def test_counts(write, load, text, number):
    assert post(write, load, like_count=text)["like_count"] == number


def test_a_users_file(write, load):
    users = archive(TWEET, {**TWEET, "userid": ""}, columns=ARCHIVE_ACCOUNT, extra=())
    rows = load("io-archive", write("a.csv", users))
    assert (rows.n_read, rows.n_account_rows, rows.posts.height) == (2, 1, 0)
    assert [(r.line, r.reason) for r in rows.rejects] == [(3, "null_key")]


def test_the_order_of_columns_does_not_matter(write, load):
    text = archive(TWEET, columns=ARCHIVE_TWEET[::-1])
    assert load("io-archive", write("a.csv", text)).posts["tweet_id"].to_list() == ["1"]


def test_missing_columns_are_named(write):
    with pytest.raises(InputError, match="it has no column tweet_time, urls") as caught:
        list(
            rows_of(
                "io-archive",
                write("a.csv", archive(columns=[c for c in ARCHIVE_TWEET if c not in ("tweet_time", "urls")])),
            )
        )
    assert "the format table" in caught.value.remedy


def test_another_format_is_recognised(write):
    path = write("a.csv", "object_id,account_id,content_id,timestamp_share\n")
    with pytest.raises(InputError) as caught:
        list(rows_of("io-archive", path))
    assert caught.value.remedy == "It looks like the format shares."
