"""What is no time of a post, what is no id, and what is no item of a list is rejected, in every format."""

from __future__ import annotations

import json

import polars as pl
import pytest

from incahoots.errors import InputError, UsageError
from incahoots.loaders import rows_of

HEADER = "message_id,user_id,username,repost_id,reply_id,message,timestamp,urls\n"
SHARES = "object_id,account_id,content_id,timestamp_share\n"
AT = 1_600_000_000
COLUMNS = {"tweet_id": "id", "account_id": "who", "created_at": "at"}
SECONDS = {"columns": COLUMNS, "time": {"unit": "s"}}
A7 = pytest.mark.regression("0.1.1", "A7")
C1 = pytest.mark.regression("0.1.1", "C1")
A8 = pytest.mark.regression("0.1.1", "A8")


def outcome(format_, path, **options):
    """Ids of the posts, and line, column and reason of the rejects."""
    chunks = list(rows_of(format_, path, **options))
    ids = [tweet_id for each in chunks for tweet_id in each.posts["tweet_id"]]
    return ids, [(reject.line, reject.column, reject.reason) for each in chunks for reject in each.rejects]


def posts(chunks):
    """All posts as one frame."""
    return pl.concat([each.posts for each in chunks])


@A7
@pytest.mark.parametrize("stamp", ["", "soon", "2020-01-01"])
def test_a_first_row_without_a_time_is_no_header(write, stamp):
    text = f"1001,u1,ann,,,Bread,{stamp},\n1002,u2,eve,,,Bread,{AT},\n"
    assert outcome("posts", write("a.csv", text)) == (["1002"], [(1, "timestamp", "bad_time")])


def test_other_names_in_the_first_row_are_a_header(write):
    text = f"id,who,name,rt,re,said,at,links\n1,u,n,,,m,{AT},\n"
    assert outcome("posts", write("a.csv", text)) == (["1"], [])


@A7
@pytest.mark.parametrize("stamp", ["16000", "160000000", "0", "-5", "1600000000000", "16000000000", "4000000000"])
def test_a_time_that_no_post_has_is_rejected(write, stamp):
    rejected = (["1"], [(3, "timestamp_share", "implausible_time")])
    text = f"{SHARES}o,a,1,{AT}\no,b,2,{stamp}"  # the file ends within the number
    assert outcome("shares", write("a.csv", text)) == rejected
    text = f"{HEADER}1,u,n,,,m,{AT},\n2,u,n,,,m,{stamp},\n"
    assert outcome("posts", write("b.csv", text)) == (["1"], [(3, "timestamp", "implausible_time")])
    text = f"id,who,at\n1,a,{AT}\n2,a,{stamp}"
    assert outcome("table", write("c.csv", text), mapping=SECONDS) == (["1"], [(3, "at", "implausible_time")])


@A7
def test_seconds_taken_for_milliseconds_are_rejected(write):
    mapping = {"columns": COLUMNS, "time": {"unit": "ms"}}
    path = write("a.csv", f"id,who,at\n1,a,{AT}000\n2,a,{AT}\n")
    assert outcome("table", path, mapping=mapping) == (["1"], [(3, "at", "implausible_time")])


@A7
def test_the_limits_of_times_hold_for_every_format(write):
    post = {"id": "1", "text": "x", "author_id": "a", "created_at": "2003-12-31T23:59:59Z"}
    path = write("a.jsonl", json.dumps(post))
    assert outcome("twitter-v2", path) == ([], [(1, "created_at", "implausible_time")])
    path = write(
        "b.csv", "author_id,content,language,publish_date,post_type,followers,following\na,x,,1/1/1999 1:00,,,\n"
    )
    assert outcome("troll-tweets", path) == ([], [(2, "publish_date", "implausible_time")])


def test_the_option_lowers_the_floor(write):
    path = write("a.csv", f"{SHARES}o,a,1,0\no,b,2,{AT}\n")
    assert outcome("shares", path, earliest="1970-01-01") == (["1", "2"], [])
    assert outcome("shares", path, earliest="1970-01-01", latest="1999-01-01") == (
        ["1"],
        [(3, "timestamp_share", "implausible_time")],
    )
    (reject,) = [reject for rows in rows_of("shares", path) for reject in rows.rejects]
    assert "`earliest`" in reject.detail


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"earliest": "2020"}, "`earliest` must be a date (got '2020')"),
        ({"earliest": "2020-01-02", "latest": "2020-01-01"}, "must be before `latest`"),
        ({"max_row_mb": 0}, "`max_row_mb` must be above 0 (got 0)"),
        ({"max_depth": 5_000}, "`max_depth` must be 500 or less (got 5000)"),
    ],
)
def test_limits_that_are_none(write, options, words):
    with pytest.raises(UsageError) as caught:
        list(rows_of("shares", write("a.csv", SHARES), **options))
    assert words in caught.value.message


@A7
@pytest.mark.parametrize("text", ["2020-01-01T10:2", "2020-01-01 10:21:5"])
def test_a_written_time_that_was_cut_off_is_rejected(write, text):
    mapping = {
        "columns": COLUMNS,
        "time": {"format": ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S"], "timezone": "UTC"},
    }
    path = write("a.csv", f"id,who,at\n1,a,2020-01-01 10:21:55\n2,a,{text}")
    assert outcome("table", path, mapping=mapping) == (["1"], [(3, "at", "bad_time")])


@A7
@pytest.mark.parametrize("stamp", ["1.6E+09", "1.60645117e9"])
def test_a_time_that_lost_its_digits_is_rejected(write, stamp):
    text = f"{SHARES}o,a,1,{stamp}\no,a,2,1.606451170E+09\n"
    assert outcome("shares", write("a.csv", text)) == (["2"], [(2, "timestamp_share", "bad_time")])


OBJECTS = [
    "[{'indices': [11, 20], 'text': 'bread'}]",
    '[{"start": 0, "end": 6, "tag": "bread"}]',
    "{'indices': [11, 20], 'text': 'bread'}",
    "[{text: bread, n: 1}]",
    "\"[{'a': 1, 'b': 2}]\"",
    "[{'a': 1} {'b': 2}]",
    "array([{'a': 1}, {'b': 2}], dtype=object)",
    "[['a', 'b'], ['c']]",
    "[('a', 1), ('b', 2)]",
    "[\"{'tag': 'bread'}\"]",
    "['plain', '{\"tag\": \"bread\"}']",
]


@A8
@pytest.mark.parametrize("cell", OBJECTS)
@pytest.mark.parametrize("column", ["hashtags", "urls", "mentions"])
def test_a_list_of_objects_is_never_cut_at_its_commas(write, column, cell):
    quoted = '"' + cell.replace('"', '""') + '"'
    path = write("a.csv", f"id,who,at,list\n1,a,{AT},\"['bread', 'milk']\"\n2,a,{AT},{quoted}\n")
    for lists in ({}, {"lists": {"separator": ","}}):
        mapping = {**SECONDS, "columns": {**COLUMNS, column: "list"}, **lists}
        chunks = list(rows_of("table", path, mapping=mapping))
        rejects = [reject for chunk in chunks for reject in chunk.rejects]
        where = [(2, "list", "object_in_cell")] if lists else []
        # A separator cuts a list as Python writes it into chunks with brackets.
        assert [(r.line, r.column, r.reason) for r in rejects] == [*where, (3, "list", "object_in_cell")]
        assert all("another column" in reject.detail for reject in rejects)
        assert posts(chunks)[column].to_list() == ([] if lists else [["bread", "milk"]])


@A8
@pytest.mark.parametrize("cell", OBJECTS[:2])
def test_a_list_of_objects_is_rejected_in_other_formats(write, cell):
    quoted = '"' + cell.replace('"', '""') + '"'
    text = f"{HEADER}1,u,n,,,m,{AT},\n2,u,n,,,m,{AT},{quoted}\n"
    assert outcome("posts", write("a.csv", text)) == (["1"], [(3, "urls", "object_in_cell")])
    text = f"{SHARES}o,a,1,{AT}\n{quoted},a,2,{AT}\n"
    assert outcome("shares", write("b.csv", text), object="hashtag") == (["1"], [(3, "object_id", "object_in_cell")])


@A8
def test_objects_in_json_are_rejected_where_values_are_meant(write):
    mapping = {**SECONDS, "columns": {**COLUMNS, "hashtags": "tags", "replied_tweet_id": "to", "text": "said"}}
    good = {"id": "1", "who": "a", "at": AT, "tags": ["bread", "it's"], "said": "x"}
    changes = [{"tags": [{"text": "bread"}]}, {"who": {"id": 7}}, {"to": [{"id": 1}]}, {"said": ["a", {"b": 1}]}]
    path = write("a.jsonl", "\n".join(json.dumps(good | change) for change in [{}, *changes]))
    assert outcome("table", path, mapping=mapping) == (
        ["1"],
        [(2, "tags", "object_in_cell"), *((n, c, "object_in_cell") for n, c in ((3, "who"), (4, "to"), (5, "said")))],
    )


@A8
@pytest.mark.parametrize(("field", "value"), [("tags", [{"text": "bread"}]), ("who", {"id": 7}), ("tags", [["a"]])])
def test_columns_of_objects_in_parquet_are_refused(tmp_path, field, value):
    row = {"id": "1", "who": "a", "at": AT, "tags": ["bread"]} | {field: value}
    pl.DataFrame({name: [each] for name, each in row.items()}).write_parquet(tmp_path / "a.parquet")
    mapping = {**SECONDS, "columns": {**COLUMNS, "hashtags": "tags"}}
    with pytest.raises(InputError, match=f"The column {field} of a.parquet holds"):
        list(rows_of("table", tmp_path / "a.parquet", mapping=mapping))


DAMAGED = ["1.29403E+18", "1,29403E+18", "1.836146619424887e+18", "9.01E+17", "1E+18", "1.23457E+11", "-1.00123E+12"]


@A8
@pytest.mark.parametrize("damaged", DAMAGED)
@pytest.mark.parametrize("column", ["id", "who"])
def test_a_file_whose_own_ids_lost_digits_is_refused_in_every_format(write, column, damaged):
    values = {"id": "7", "who": "a"} | {column: f'"{damaged}"'}
    files = [
        ("table", write("a.csv", f"id,who,at\n1,a,{AT}\n{values['id']},{values['who']},{AT}\n"), {"mapping": SECONDS}),
        ("posts", write("b.csv", f"{HEADER}1,u,n,,,m,{AT},\n{values['id']},{values['who']},n,,,m,{AT},\n"), {}),
        ("shares", write("c.csv", f"{SHARES}o,a,1,{AT}\no,{values['who']},{values['id']},{AT}\n"), {}),
    ]
    for format_, path, options in files:
        with pytest.raises(InputError, match="has 1 row whose ids were damaged by a spreadsheet") as caught:
            list(rows_of(format_, path, **options))
        assert "original file" in caught.value.remedy


@A8
def test_all_rows_with_damaged_ids_are_counted_whatever_else_is_wrong_with_them(write):
    mapping = {**SECONDS, "columns": {"hashtags": "tags", **COLUMNS}}
    rows = [f"{n}.83E+18,a,{AT},\"[{{'text': 'bread', 'n': 1}}]\"\n" for n in (1, 2, 3)]
    path = write("a.csv", "id,who,at,tags\n" + "".join(rows))
    with pytest.raises(InputError, match="has 3 rows whose ids were damaged"):
        list(rows_of("table", path, mapping=mapping))


@A8
def test_ids_that_are_floats_in_json_or_parquet_are_refused(write, tmp_path):
    path = write("a.jsonl", f'{{"id": 1.29403E18, "who": "a", "at": {AT}}}\n')
    with pytest.raises(InputError, match="ids were damaged"):
        list(rows_of("table", path, mapping=SECONDS))
    pl.DataFrame({"id": [1.836146619424887e18], "who": ["a"], "at": [AT]}).write_parquet(tmp_path / "a.parquet")
    with pytest.raises(InputError, match="ids were damaged"):
        list(rows_of("table", tmp_path / "a.parquet", mapping=SECONDS))


@pytest.mark.parametrize("key", ["1e10", "9e12345", "12345e67", "1234567e89", "3.14", "E+18"])
def test_ids_that_look_a_little_like_numbers_are_kept(write, key):
    assert outcome("shares", write("a.csv", f"{SHARES}o,a,{key},{AT}\n")) == ([key], [])


@A8
def test_the_id_of_another_post_as_a_float(write):
    mapping = {**SECONDS, "columns": {**COLUMNS, "replied_tweet_id": "to"}}
    whole, rounded, gone = "1294030472427835393.0", "1.2940304724278354e+18", "1.29E+18"
    text = f"id,who,at,to\n1,a,{AT},{whole}\n2,a,{AT},{rounded}\n3,a,{AT},{gone}\n4.0,b.0,{AT},\n"
    path = write("a.csv", text)
    found = posts(rows_of("table", path, mapping=mapping))
    assert found.select("tweet_id", "account_id", "replied_tweet_id", "ids_rounded").rows() == [
        ("1", "a", "1294030472427835393", False),
        ("2", "a", rounded, True),
        ("4", "b.0", None, False),
    ]
    assert outcome("table", path, mapping=mapping)[1] == [(4, "to", "rounded_id")]


@A8
def test_a_mentioned_id_that_lost_digits_is_rejected(write):
    mapping = {**SECONDS, "columns": {**COLUMNS, "mentions": "at_whom"}}
    path = write("a.csv", f'id,who,at,at_whom\n1,a,{AT},"[7, 8]"\n2,a,{AT},"[1.836146619424887e+18]"\n')
    assert outcome("table", path, mapping=mapping) == (["1"], [(3, "at_whom", "rounded_id")])


@A7
def test_the_last_day_of_the_calendar_is_a_limit_like_any_other(write):
    path = write("a.csv", f"{SHARES}o,a,1,{AT}\no,b,2,253402300799\no,b,3,-1")
    assert outcome("shares", path, latest="9999-12-31") == (["1", "2"], [(4, "timestamp_share", "implausible_time")])


@C1
@pytest.mark.parametrize("size", [4095, 4096, 1e13, 1e300, float("inf")])
def test_a_size_that_nothing_has_is_no_limit(write, size):
    path = write("a.csv", f"{SHARES}o,a,1,{AT}\n")
    assert outcome("shares", path, max_field_mb=size, max_row_mb=size, max_ratio=size) == (["1"], [])
    path = write("b.csv", f'{SHARES}o,a,1,{AT}\no,a,"2"x,{AT}\n')
    assert outcome("shares", path, max_row_mb=size)[0] == ["1"]


@C1
@pytest.mark.parametrize("name", ["max_field_mb", "max_row_mb", "max_depth", "max_ratio"])
@pytest.mark.parametrize("size", [0, -1, float("nan"), float("-inf"), "4", None])
def test_a_size_that_is_none_is_refused_with_the_value(write, name, size):
    with pytest.raises(UsageError) as caught:
        list(rows_of("shares", write("a.csv", SHARES), **{name: size}))
    assert caught.value.message == f"`{name}` must be above 0 (got {size})."


@A7
@pytest.mark.parametrize("day", [3, "", "9999-12-32", "10000-01-01"])
def test_a_day_that_is_none_is_refused_with_the_value(write, day):
    with pytest.raises(UsageError) as caught:
        list(rows_of("shares", write("a.csv", SHARES), latest=day))
    assert caught.value.message == f"`latest` must be a date (got {day!r})."
