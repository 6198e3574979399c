"""Any table, with a mapping."""

from __future__ import annotations

import datetime as dt
import json

import polars as pl
import pytest

from incahoots.errors import InputError, UsageError
from incahoots.loaders import rows_of

COLUMNS = {"tweet_id": "id", "account_id": "who", "created_at": "at"}
BERLIN = {"format": "%d/%m/%Y %H:%M", "timezone": "Europe/Berlin"}


def wrong(write, mapping, message):
    """A mapping is refused, with this message and a remedy."""
    with pytest.raises(InputError) as caught:
        list(rows_of("table", write("a.csv", "id,who,at\n1,a,5\n"), mapping=mapping))
    assert message in caught.value.message
    assert caught.value.remedy


def test_a_csv_with_a_zone_lists_and_booleans(write, load):
    mapping = {
        "columns": {**COLUMNS, "urls": "links", "is_retweet": "rt", "screen_name": "name"},
        "time": BERLIN,
        "lists": {"separator": "|"},
        "booleans": {"true": ["J"], "false": ["N"]},
        "file": {"delimiter": ";"},
    }
    path = write(
        "a.csv",
        "id;who;at;links;rt;name\n1;a;01/07/2020 12:00;x|y;J;Ann\n"
        "2;a;01/01/2020 12:00;;N;Ann\n3;a;01/01/2020 12:00;;?;Ann\n",
    )
    rows = load("table", path, mapping=mapping)
    assert rows.posts["created_at"].to_list() == [
        dt.datetime(2020, 7, 1, 10, tzinfo=dt.UTC),
        dt.datetime(2020, 1, 1, 11, tzinfo=dt.UTC),
    ]
    assert rows.posts["urls"].to_list() == [["x", "y"], None]
    assert rows.posts["is_retweet"].to_list() == [True, False]
    assert [(r.line, r.column, r.reason) for r in rows.rejects] == [(4, "rt", "bad_boolean")]
    assert rows.accounts.select("account_id", "screen_name").rows() == [("a", "Ann")]


def test_an_hour_that_clocks_skip_is_no_time(write, load):
    path = write("a.csv", "id,who,at\n1,a,29/03/2020 02:30\n")
    assert [r.reason for r in load("table", path, mapping={"columns": COLUMNS, "time": BERLIN}).rejects] == ["bad_time"]


@pytest.mark.parametrize(
    ("text", "time", "second"),
    [
        ("5", {"unit": "s"}, 5),
        ("5000", {"unit": "ms"}, 5),
        ("1970-01-01T01:00:05+01:00", {"format": "iso"}, 5),
        ("1970-01-01 00:00:05.2Z", {"format": "iso"}, 5),
        ("1970-01-01T00:00:05", {"format": "iso"}, None),
        ("1970-01-01T00:00:05", {"format": "iso", "timezone": "UTC"}, 5),
        ("1970-01-01T01:00:05+01:00", {"format": "iso", "timezone": "America/New_York"}, 5),
        ("1970-01-01T00:00:05", {"format": "iso", "timezone": "America/New_York"}, 5 + 5 * 3600),
        ("00:00:05 1970-01-01 +0000", {"format": ["%Y", "%H:%M:%S %Y-%m-%d %z"]}, 5),
    ],
)
def test_times(write, load, text, time, second):
    if isinstance(time.get("format"), list):
        time = {**time, "timezone": "UTC"}
    rows = load("table", write("a.csv", f"id,who,at\n1,a,{text}\n"), mapping={"columns": COLUMNS, "time": time})
    assert rows.posts["created_at"].dt.epoch("s").to_list() == ([] if second is None else [second])


def test_json_lines_with_fields_inside_others(write, load):
    mapping = {"columns": {**COLUMNS, "account_id": "user.id", "hashtags": "tags"}, "time": {"unit": "s"}}
    lines = ['{"id": 1, "user": {"id": 7}, "at": 5, "tags": ["#a", "it\'s"]}', "no", '{"id": 2, "at": 5}', "[]"]
    rows = load("table", write("a.jsonl", "\n".join(lines)), mapping=mapping)
    assert rows.posts.select("tweet_id", "account_id", "hashtags").rows() == [("1", "7", ["a", "it's"])]
    assert [(r.line, r.column, r.reason) for r in rows.rejects] == [
        (2, "", "bad_json"),
        (3, "user.id", "null_key"),
        (4, "", "not_a_post"),
    ]


def test_parquet_with_types(tmp_path, load):
    path = tmp_path / "a.parquet"
    at = dt.datetime(2020, 1, 1, 12, tzinfo=dt.UTC)
    pl.DataFrame({"id": [2**53 + 1], "who": ["a"], "at": [at], "tags": [["x", "y"]]}).write_parquet(path)
    rows = load("table", path, mapping={"columns": {**COLUMNS, "hashtags": "tags"}, "time": {"format": "iso"}})
    assert rows.posts.select("tweet_id", "created_at", "hashtags").rows() == [("9007199254740993", at, ["x", "y"])]


@pytest.mark.parametrize("name", ["m.json", "m.toml"])
def test_a_mapping_in_a_file(write, load, name):
    text = json.dumps({"columns": COLUMNS, "time": {"unit": "s"}})
    toml = '[columns]\ntweet_id = "id"\naccount_id = "who"\ncreated_at = "at"\n[time]\nunit = "s"\n'
    path = write(name, text if name.endswith("json") else toml)
    assert load("table", write("a.csv", "id,who,at\n1,a,5\n"), mapping=path).posts.height == 1


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        ({"columns": {**COLUMNS, "tweet": "x"}, "time": {"unit": "s"}}, "unknown field in columns: 'tweet'"),
        ({"colums": COLUMNS}, "unknown section: 'colums'"),
        ({"columns": []}, "columns is not an object"),
        ({"columns": {"tweet_id": "id"}, "time": {"unit": "s"}}, "has no column for account_id, created_at"),
        ({"columns": COLUMNS}, "does not define the format of times"),
        ({"columns": COLUMNS, "time": {"format": "%Y"}}, "does not define the time zone of times"),
        ({"columns": COLUMNS, "time": {"format": "%Y", "timezone": "Mars/Base"}}, "unknown time zone 'Mars/Base'"),
        ({"columns": COLUMNS, "time": {"format": "%S %z"}}, "'%S %z' is not a format of times"),
        ({"columns": COLUMNS, "time": {"unit": "h"}}, "the unit of times must be s or ms"),
        (
            {"columns": COLUMNS, "time": {"unit": "s"}, "file": {"delimiter": "||"}},
            "the delimiter must be one character",
        ),
        (
            {"columns": {**COLUMNS, "text": "body"}, "time": {"unit": "s"}},
            "has no column body, which the mapping names",
        ),
    ],
)
def test_mappings_that_are_wrong(write, mapping, message):
    wrong(write, mapping, message)


@pytest.mark.regression("0.1.1", "A6")
@pytest.mark.parametrize(
    ("section", "message"),
    [
        ({"time": {"format": 3}}, "3 is not a format of times"),
        ({"time": {"format": True}}, "True is not a format of times"),
        ({"time": {"format": {"%Y": 1}}}, "{'%Y': 1} is not a format of times"),
        ({"time": {"format": ["%Y", 3], "timezone": "UTC"}}, "3 is not a format of times"),
        ({"time": {"format": "%Y\ud800", "timezone": "UTC"}}, r"contains '\ud800', half of a surrogate pair"),
        ({"time": {"format": "iso", "timezone": 3}}, "unknown time zone '3'"),
        ({"time": {"format": "iso", "timezone": ["UTC"]}}, "unknown time zone \"['UTC']\""),
        ({"time": {"unit": 3}}, "the unit of times must be s or ms"),
        ({"time": {"unit": ["s"]}}, "the unit of times must be s or ms"),
        ({"time": 3}, "time is not an object"),
        ({"columns": {**COLUMNS, "text": ["body"]}}, "the column for text must be a string (got ['body'])"),
        ({"columns": {**COLUMNS, "text": True}}, "the column for text must be a string (got True)"),
        ({"columns": {**COLUMNS, "text": None}}, "the column for text must be a string (got None)"),
        ({"columns": {**COLUMNS, "text": "\udfff"}}, r"contains '\udfff', half of a surrogate pair"),
        ({"lists": {"separator": 3}}, "the separator of lists must be a string (got 3)"),
        ({"booleans": {"true": "Y"}}, "the spellings of a boolean must be a list of strings (got 'Y')"),
        ({"booleans": {"false": [["N"]]}}, "the spellings of a boolean must be a list of strings (got [['N']])"),
        ({"file": {"delimiter": 3}}, "the delimiter must be one character, not 3"),
        ({"file": {"delimiter": "\ud800"}}, r"contains '\ud800', half of a surrogate pair"),
    ],
)
def test_a_mapping_with_a_value_of_the_wrong_kind(write, section, message):
    wrong(write, write("m.json", json.dumps({"columns": COLUMNS, "time": {"unit": "s"}, **section})), message)


def test_a_column_whose_name_is_a_number(write, load):
    mapping = {"columns": {"tweet_id": 0, "account_id": 1, "created_at": 2}, "time": {"unit": "s"}}
    assert load("table", write("a.csv", "0,1,2\n7,a,5\n"), mapping=mapping).posts["tweet_id"].to_list() == ["7"]


def test_a_mapping_file_that_is_none(write):
    with pytest.raises(InputError, match="cannot be read"):
        list(rows_of("table", write("a.csv", "id\n"), mapping=write("m.json", "{")))
    with pytest.raises(UsageError, match="needs a mapping"):
        list(rows_of("table", write("a.csv", "id\n")))
