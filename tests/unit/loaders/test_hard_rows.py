"""One bad row is rejected, and it alone: its place is right, and no row takes a file down or memory up."""

from __future__ import annotations

import gzip
import io
import json
import resource
import subprocess
import sys
import zipfile

import polars as pl
import pytest

from incahoots.errors import InputError
from incahoots.loaders import rows_of

HEADER = "message_id,user_id,username,repost_id,reply_id,message,timestamp,urls\n"
AT = 1_600_000_000
SHARES = "object_id,account_id,content_id,timestamp_share\n"
TABLE = {"columns": {"tweet_id": "id", "account_id": "who", "created_at": "at"}, "time": {"unit": "s"}}
A6 = pytest.mark.regression("0.1.1", "A6")
A7 = pytest.mark.regression("0.1.1", "A7")
C1 = pytest.mark.regression("0.1.1", "C1")


def outcome(format_, path, **options):
    """Ids of the posts, and line and reason of the rejects."""
    chunks = list(rows_of(format_, path, **options))
    assert all(each.n_read == each.posts.height + each.n_account_rows + len(each.rejects) for each in chunks)
    ids = [tweet_id for each in chunks for tweet_id in each.posts["tweet_id"]]
    return ids, [(reject.line, reject.reason) for each in chunks for reject in each.rejects]


def row(number, text="hello", at=AT, urls=""):
    return f"{number},u,name,,,{text},{at},{urls}\n"


@A6
@pytest.mark.parametrize("bad", [3, 5])
def test_a_bad_row_behind_a_long_field_is_listed_as_itself(write, bad):
    rows = [row(n, "x" * (5 << 20) if n == 2 else "hello", "" if n == bad else AT) for n in range(1, 6)]
    good = [str(n) for n in range(1, 6) if n not in (2, bad)]
    path = write("a.csv", HEADER + "".join(rows))
    assert outcome("posts", path) == (good, [(3, "field_too_long"), (bad + 1, "bad_time")])
    # With the long field allowed, only the bad row is left out.
    assert outcome("posts", path, max_field_mb=8) == (sorted([*good, "2"]), [(bad + 1, "bad_time")])


@A6
def test_a_bad_row_behind_bad_bytes_in_a_column_that_nobody_reads_is_listed_as_itself(write):
    rows = [b"o,a,1,1600000000,x\n", b"o,a,2,1600000000,\xff\n", b"o,a,3,,x\n", b"o,a,4,1600000000,x\n"]
    path = write("a.csv", SHARES.replace("\n", ",note\n").encode() + b"".join(rows))
    assert outcome("shares", path) == (["1", "2", "4"], [(4, "bad_time")])


@pytest.mark.parametrize("block_bytes", [16, 100, 1 << 20])
def test_places_do_not_depend_on_how_a_block_was_parsed(write, block_bytes):
    from incahoots.loaders import posts

    text = HEADER + "\r\n" + row(1) + "\n" + row(2, '"a\n""b\n"', at="") + "\r\n\n" + row(3) + row(4, at="x").strip()
    chunks = list(posts.read(write("a.csv", text), block_bytes=block_bytes))
    places = [place for chunk in chunks for place in chunk.locate(range(chunk.frame.height))]
    assert [place.line for place in places] == [3, 5, 10, 11]
    assert [place.raw.split(",")[0] for place in places] == ["1", "2", "3", "4"]


@A6
@pytest.mark.parametrize("depth", [300, 1_000, 100_000])
def test_deep_json_costs_its_own_row(write, depth):
    deep = '{"id": "2", "text": "x", "data": ' + "[" * depth + "]" * depth + "}"
    good = [
        json.dumps({"id": n, "text": "x", "author_id": "a", "created_at": "2021-04-01T15:53:42.000Z"}) for n in "13"
    ]
    path = write("a.jsonl", "\n".join([good[0], deep, good[1]]))
    assert outcome("twitter-v2", path) == (["1", "3"], [(2, "nested_too_deep")])
    lines = [f'{{"id": "{n}", "who": "a", "at": {AT}}}' for n in (1, 3)]
    deep = f'{{"id": "2", "who": "a", "at": {AT}, "x": {"[" * depth + "]" * depth}}}'
    path = write("b.jsonl", "\n".join([lines[0], deep, lines[1]]))
    assert outcome("table", path, mapping=TABLE) == (["1", "3"], [(2, "nested_too_deep")])


def test_brackets_in_texts_are_not_nesting(write):
    text = json.dumps({"id": "1", "text": "[" * 500 + '\\"{', "author_id": "a", "created_at": "2021-04-01T15:53:42Z"})
    assert outcome("twitter-v2", write("a.jsonl", text)) == (["1"], [])


@A6
def test_a_nul_byte_costs_its_own_row(write):
    text = HEADER + row(1) + row(2, "a\0b") + row(3)
    assert outcome("posts", write("a.csv", text)) == (["1", "3"], [(3, "nul_byte")])
    # A file without a header starts with a row, too.
    assert outcome("posts", write("b.csv", row(1, "a\0b") + row(2))) == (["2"], [(1, "nul_byte")])
    lines = [f'{{"id": "{n}", "who": "a", "at": {AT}}}' for n in (1, 2, 3)]
    path = write("a.jsonl", "\n".join([lines[0][:-4] + "\0" + lines[0][-4:], *lines[1:]]))
    assert outcome("table", path, mapping=TABLE) == (["2", "3"], [(1, "bad_json")])


@A6
def test_a_first_row_that_is_not_utf8_costs_itself(write):
    assert outcome("posts", write("a.csv", row(1).encode() + b"2,u,n,,,\xff," + f"{AT},\n".encode()))[0] == ["1"]
    path = write("b.csv", b"1,u,n,,,\xff," + f"{AT},\n".encode() + row(2).encode())
    assert outcome("posts", path) == (["2"], [(1, "not_utf8")])


@A6
def test_a_first_line_that_is_a_list_costs_itself(write):
    path = write("a.jsonl", f'[]\n{{"id": "1", "who": "a", "at": {AT}}}\n')
    assert outcome("table", path, mapping=TABLE) == (["1"], [(1, "not_a_post")])


def zipped(data):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", data)
    return bytearray(buffer.getvalue())


@A6
@pytest.mark.parametrize(("place", "value"), [(10, 99), (42, 255)])
def test_a_damaged_zip_header_is_said_in_one_line(write, place, value):
    data = zipped(HEADER + row(1))
    data[data.index(b"PK\x01\x02") + place] = value
    with pytest.raises(InputError, match=r"a\.zip"):
        list(rows_of("posts", write("a.zip", bytes(data))))


@A6
def test_damaged_parquet_pages_are_said_in_one_line(tmp_path):
    path = tmp_path / "a.parquet"
    frame = pl.DataFrame({"id": [str(n) for n in range(5_000)], "who": ["a"] * 5_000, "at": [AT] * 5_000})
    frame.write_parquet(path, compression="zstd")
    data = bytearray(path.read_bytes())
    data[20:400] = b"\xff" * 380
    path.write_bytes(data)
    with pytest.raises(InputError, match="is damaged: rows from 1 on"):
        list(rows_of("table", path, mapping=TABLE))


@A6
def test_a_parquet_text_that_is_not_utf8_costs_its_own_row(tmp_path):
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = tmp_path / "a.parquet"
    ids = pa.array([b"1", b"\xff2", b"3"]).cast(pa.binary())
    ids = pa.StringArray.from_buffers(3, ids.buffers()[1], ids.buffers()[2])
    pq.write_table(pa.table({"id": ids, "who": ["a"] * 3, "at": [AT] * 3}), path)
    assert outcome("table", path, mapping=TABLE) == (["1", "3"], [(2, "not_utf8")])


@A6
@pytest.mark.parametrize("kind", ["binary", "large_binary", "binary_view", "string", "fixed"])
def test_parquet_bytes_are_texts_in_lists_and_outside(tmp_path, kind):
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = tmp_path / "a.parquet"
    values = [b"bread", "café".encode(), b"\xffread"]
    if kind == "string":
        texts = pa.array(values, pa.binary())
        texts = pa.StringArray.from_buffers(3, *texts.buffers()[1:])
    else:
        texts = pa.array(values, pa.binary(5) if kind == "fixed" else getattr(pa, kind)())
    others = {"id": ["1", "2", "3"], "who": ["a"] * 3, "at": [AT] * 3}
    for ours, found, column in [
        ("text", ["bread", "café"], texts),
        ("hashtags", [["bread"], ["café"]], pa.ListArray.from_arrays([0, 1, 2, 3], texts)),
        ("hashtags", [["bread"], ["café"]], pa.FixedSizeListArray.from_arrays(texts, 1)),
    ]:
        pq.write_table(pa.table({**others, "said": column}), path)
        mapping = {**TABLE, "columns": {**TABLE["columns"], ours: "said"}}
        (rows,) = rows_of("table", path, mapping=mapping)
        assert rows.posts[ours].to_list() == found
        assert [(each.line, each.column, each.reason) for each in rows.rejects] == [(3, "said", "not_utf8")]


@A7
@pytest.mark.parametrize("unit", ["ms", "us", "date"])
@pytest.mark.parametrize("zone", [None, "Europe/Berlin"])
def test_a_parquet_time_outside_the_calendar_costs_its_own_row(tmp_path, capfd, unit, zone):
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = tmp_path / "a.parquet"
    most, day = (2**31 - 1, 1) if unit == "date" else (2**63 - 1, {"ms": 86_400_000, "us": 86_400_000_000}[unit])
    years = [day * days for days in (2_932_897, -719_163)]  # the first day of 10000 and the last before 1
    values = [18_000 * day, None, most, -most, *years]
    times = pa.array(values, pa.date32() if unit == "date" else pa.timestamp(unit, zone))
    pq.write_table(pa.table({"id": list("123456"), "who": ["a"] * 6, "at": times}), path)
    mapping = {"columns": TABLE["columns"], "time": {"format": "iso", "timezone": "UTC"}}
    (rows,) = rows_of("table", path, mapping=mapping)
    bad = [(line, "bad_time") for line in range(2, 7)]
    if unit == "date":  # a day is no time
        bad = [(1, "bad_time"), *bad]
    assert [(each.line, each.reason) for each in rows.rejects] == bad
    assert rows.posts["tweet_id"].to_list() == ([] if unit == "date" else ["1"])
    named = "days" if unit == "date" else unit
    assert f'"at": "{most} {named} since 1970"' in rows.rejects[-4].raw
    assert capfd.readouterr().err == ""


@A6
def test_a_mapping_that_is_not_utf8_is_said_in_one_line(write):
    mapping = write("m.toml", '[columns]\ntweet_id = "né"\n'.encode("latin-1"))
    with pytest.raises(InputError, match="is not UTF-8 text: it contains the byte 0xe9"):
        list(rows_of("table", write("a.csv", "id,who,at\n"), mapping=mapping))


@C1
def test_a_field_of_half_a_gigabyte_is_one_reject_and_takes_little_memory(tmp_path):
    path = tmp_path / "a.csv.gz"
    with gzip.open(path, "wb", compresslevel=1) as out:
        out.write((HEADER + row(1) + '2,u,n,,,"').encode())
        for _ in range(256):
            out.write(b"x" * (1 << 20))
        out.write(f'",{AT},\n'.encode() + row(3).encode())
    # A process of its own, because the limit on memory is the process's.
    script = (
        "import sys; from incahoots.loaders import rows_of\n"
        "found = list(rows_of('posts', sys.argv[1], max_ratio=2000))\n"
        "peak = next(line for line in open('/proc/self/status') if line.startswith('VmHWM'))\n"
        "assert int(peak.split()[1]) < 700_000, peak\n"
        "print([t for r in found for t in r.posts['tweet_id']], [(x.line, x.reason) for r in found for x in r.rejects])"
    )
    limit = 4 << 30  # of addresses: what is read is checked above, this keeps the machine alive
    done = subprocess.run(
        [sys.executable, "-c", script, str(path)],
        capture_output=True,
        text=True,
        env={"OPENBLAS_NUM_THREADS": "1", "POLARS_MAX_THREADS": "1", "PATH": ""},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)),
        check=False,
    )
    assert (done.stdout, done.stderr) == ("['1', '3'] [(3, 'row_too_long')]\n", "")


@C1
def test_a_file_that_unpacks_to_far_more_than_posts_do_is_refused(write):
    path = write("a.csv.gz", gzip.compress(HEADER.encode() + row(1, "x" * (1 << 20)).encode() * 70))
    with pytest.raises(InputError, match="unpacks to more than 200 times its size") as caught:
        list(rows_of("posts", path))
    assert "`max_ratio`" in caught.value.remedy


@C1
@pytest.mark.parametrize("n_members", [2, 3, 4])
def test_the_members_of_a_zip_unpack_together(write, monkeypatch, n_members):
    from incahoots.loaders import files

    monkeypatch.setattr(files, "RATIO_BYTES", 1 << 20)
    member = (HEADER + row(1, "x" * (400 << 10))).encode()  # of which three are more than that
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(n_members):
            archive.writestr(f"{number}.csv", member)
    path = write("a.zip", buffer.getvalue())
    if n_members == 2:
        assert outcome("posts", path) == (["1", "1"], [])
        return
    with pytest.raises(InputError, match=r"^a\.zip unpacks to more than 200 times its size \(1 MB of 0\.0 MB so far\)"):
        list(rows_of("posts", path))
    assert outcome("posts", path, max_ratio=2_000) == (["1"] * n_members, [])


@C1
def test_members_of_a_zip_that_share_their_bytes_count_them_once(write, monkeypatch):
    from incahoots.loaders import files

    monkeypatch.setattr(files, "RATIO_BYTES", 1 << 20)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", (HEADER + row(1, "x" * (200 << 10))).encode())
        archive.filelist.extend(archive.filelist * 14)
    path = write("a.zip", buffer.getvalue())
    ratio = 15 * (200 << 10) / path.stat().st_size
    assert sum(info.compress_size for info in archive.filelist) > 2 * path.stat().st_size
    with pytest.raises(InputError, match=r"^a\.zip unpacks to more than"):
        list(rows_of("posts", path, max_ratio=0.9 * ratio))
    assert outcome("posts", path, max_ratio=1.1 * ratio) == (["1"] * 15, [])


@C1
@pytest.mark.parametrize("inner", ["x" * 3_000, "x\n" * 1_500, '""\n' * 1_000])
def test_rows_that_are_too_long_are_rejected_one_by_one(write, inner):
    from incahoots.loaders import posts
    from incahoots.loaders.limits import Limits

    text = HEADER + row(1) + row(2, f'"{inner}"') + row(3) + row(4, f'"{inner}"') + row(5)
    path = write("a.csv", text)
    limits = Limits.of(max_row_mb=0.002)
    for block_bytes in (50, 1_000, 1 << 20):
        chunks = list(posts.read(path, block_bytes=block_bytes, limits=limits))
        assert [tweet_id for chunk in chunks for tweet_id in chunk.frame["message_id"]] == ["1", "3", "5"]
        rejects = [reject for chunk in chunks for reject in chunk.rejects]
        n_lines = inner.count("\n")
        assert [(r.line, r.reason) for r in rejects] == [(3, "row_too_long"), (5 + n_lines, "row_too_long")]


@C1
def test_a_field_that_is_too_long_is_rejected_in_every_format(write, tmp_path):
    long = "x" * 2_000
    limits = {"max_field_mb": 0.001}
    assert outcome("posts", write("a.csv", HEADER + row(1) + row(2, long)), **limits) == (
        ["1"],
        [(3, "field_too_long")],
    )
    post = {"id": "1", "text": "x", "author_id": "a", "created_at": "2021-04-01T15:53:42Z"}
    lines = "\n".join(json.dumps(each) for each in (post, {**post, "id": "2", "text": long}))
    assert outcome("twitter-v2", write("a.jsonl", lines), **limits) == (["1"], [(2, "field_too_long")])
    mapping = {**TABLE, "columns": {**TABLE["columns"], "text": "said"}}
    pl.DataFrame({"id": ["1", "2"], "who": ["a"] * 2, "at": [AT] * 2, "said": ["x", long]}).write_parquet(
        tmp_path / "a.parquet"
    )
    assert outcome("table", tmp_path / "a.parquet", mapping=mapping, **limits) == (["1"], [(2, "field_too_long")])


@C1
def test_a_line_of_json_that_is_too_long_costs_itself(write):
    from incahoots.loaders.json_lines import read_lines
    from incahoots.loaders.limits import Limits

    path = write("a.jsonl", '{"a": 1}\n{"a": "' + "x" * 5_000 + '"}\n{"a": 3}\n')
    for block_bytes in (10, 1_000, 1 << 20):
        blocks = list(read_lines(path, block_bytes=block_bytes, limits=Limits.of(max_row_mb=0.002)))
        assert [line for block in blocks for line in block.lines] == [(1, b'{"a": 1}'), (3, b'{"a": 3}')]
        rejects = [reject for block in blocks for reject in block.rejects]
        assert [(reject.line, reject.reason, len(reject.raw)) for reject in rejects] == [(2, "row_too_long", 2_000)]


@A6
def test_a_first_row_of_another_length_costs_itself_where_there_is_no_header(write):
    text = "1,u\nx\n" + row(2) + row(3)
    assert outcome("posts", write("a.csv", text)) == (
        ["2", "3"],
        [(1, "wrong_number_of_fields"), (2, "wrong_number_of_fields")],
    )
    # Where there is one, a short row below it changes nothing.
    text = HEADER.replace("\n", ",extra\n") + row(1) + row(2).replace("\n", ",x\n")
    assert outcome("posts", write("b.csv", text)) == (["2"], [(2, "wrong_number_of_fields")])


@C1
@pytest.mark.parametrize("line", ['1,u,16,"he said "hi" to us"\n', '1,u,16,"open\n'])
@pytest.mark.parametrize("at_end", [False, True])
def test_bad_quotes_in_every_row_cost_no_more_than_their_own_rows(line, at_end):
    from incahoots.loaders import records

    class Counted(list):
        looked_at = 0

        def __getitem__(self, key):
            found = super().__getitem__(key)
            Counted.looked_at += len(found) if isinstance(key, slice) else 1
            return found

    cut = list(records._walk(Counted([line] * 4_000), 4, at_end, ",", 16 << 20, inside=False))
    assert cut[-1].end >= 3_998
    assert {record.fault for record in cut} == {"bad_quoting"}
    assert Counted.looked_at < 10 * 4_000
