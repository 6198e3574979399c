"""CSV in blocks: no row is lost or changed, whatever the block size and whatever is wrong around it."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from incahoots.errors import InputError
from incahoots.loaders import rows_of
from incahoots.loaders.delimited import Layout, read_delimited
from incahoots.loaders.records import MAX_HEADER_BYTES

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8) | st.text(
    'ab,"\n\r ', max_size=8
)
BLOCKS = st.sampled_from([7, 16, 61, 1 << 20])
BAD_LINES = st.sampled_from(
    [b'1,"2"3,4', b'1,5" disc,3', b"one", b"1,2,3,4,5", b"\xff,b,c", b'"x"y"z', b"a,\xed\xa0\x80,c"]
)


def read(path, columns=3, block_bytes=1 << 20):
    """Rows with their lines, and rejects with theirs."""
    names = [f"c{i}" for i in range(columns)]
    chunks = list(read_delimited(path, lambda _, header: Layout(names, names), block_bytes=block_bytes))
    rows = []
    for chunk in chunks:
        places = chunk.locate(range(chunk.frame.height))
        rows += [(place.line, row) for place, row in zip(places, chunk.frame.rows(), strict=True)]
    rejects = [(r.line, r.column, r.reason, r.raw) for chunk in chunks for r in chunk.rejects]
    assert sum(chunk.n_read for chunk in chunks) == len(rows) + len(rejects)
    return rows, rejects


def as_csv(rows, **options):
    text = io.StringIO(newline="")
    csv.writer(text, **options).writerows(rows)
    return text.getvalue()


@given(
    rows=st.lists(st.tuples(TEXT, TEXT, TEXT), max_size=12),
    # With LF at the ends of lines, the module leaves a carriage return without quotes: nobody could read that back.
    style=st.sampled_from([(csv.QUOTE_ALL, "\n"), (csv.QUOTE_ALL, "\r\n"), (csv.QUOTE_MINIMAL, "\r\n")]),
    block_bytes=BLOCKS,
)
def test_reads_what_pythons_csv_module_wrote(tmp_path_factory, rows, style, block_bytes):
    path = tmp_path_factory.mktemp("csv") / "a.csv"
    path.write_bytes(as_csv([("x", "y", "z"), *rows], quoting=style[0], lineterminator=style[1]).encode())
    read_rows, rejects = read(path, block_bytes=block_bytes)
    assert [row for _, row in read_rows] == [tuple(value or None for value in row) for row in rows]
    assert rejects == []


@given(
    chunks=st.lists(st.tuples(TEXT, TEXT, TEXT) | BAD_LINES | st.just(b""), max_size=12),
    block_bytes=BLOCKS,
)
def test_block_size_changes_nothing_even_in_bad_files(tmp_path_factory, chunks, block_bytes):
    lines = [
        chunk if isinstance(chunk, bytes) else as_csv([chunk], quoting=csv.QUOTE_ALL)[:-2].encode() for chunk in chunks
    ]
    path = tmp_path_factory.mktemp("csv") / "a.csv"
    path.write_bytes(b"x,y,z\n" + b"\n".join(lines))
    assert read(path, block_bytes=block_bytes) == read(path)


@given(data=st.text('ab",\n', max_size=40), block_bytes=BLOCKS)
def test_odd_quotes_are_read_as_pythons_csv_module_reads_them(tmp_path_factory, data, block_bytes):
    path = tmp_path_factory.mktemp("csv") / "a.csv"
    path.write_bytes(("x,y\n" + data).encode())
    rows, rejects = read(path, 2, block_bytes)
    try:
        expected = [row for row in csv.reader(io.StringIO(data, newline=""), strict=True) if row]
    except csv.Error:
        assert rejects
        return
    if all(len(row) == 2 for row in expected):
        assert ([list(row) for _, row in rows], rejects) == ([[v or None for v in row] for row in expected], [])
    else:
        assert rejects


def test_rows_are_not_glued_together_by_quotes_that_never_close(write):
    rows, rejects = read(write("a.csv", 'x,y,z\n1,2,3\n4,5,"6\n1,2,3\n4,5,"6\n7,8,9\n'))
    assert [row for _, row in rows] == [("1", "2", "3"), ("1", "2", "3"), ("7", "8", "9")]
    assert rejects == [(3, "", "unterminated_quote", '4,5,"6'), (5, "", "unterminated_quote", '4,5,"6')]


def test_lines_are_those_of_the_file(write):
    path = write("a.csv", 'x,y,z\n"1\n2",b,c\n\nd,e,f\r\n"g\r\n",h,"i"\nj,k,l')
    assert [line for line, _ in read(path)[0]] == [2, 5, 6, 8]
    assert [line for line, _ in read(path, block_bytes=8)[0]] == [2, 5, 6, 8]


def test_a_bad_row_does_not_take_the_next_ones_with_it(write):
    path = write("a.csv", b'x,y,z\n1,2,3\n"4","5","broke\nhere\n"7","8","9"\n1,2\n\xff,b,c\nd,e,f\n')
    rows, rejects = read(path)
    assert rows == [(2, ("1", "2", "3")), (5, ("7", "8", "9")), (8, ("d", "e", "f"))]
    assert rejects == [
        (3, "", "unterminated_quote", '"4","5","broke\nhere'),
        (6, "", "wrong_number_of_fields", "1,2"),
        (7, "c0", "not_utf8", "\\xff,b,c"),
    ]


def test_text_behind_a_quote_is_refused(write):
    rows, rejects = read(write("a.csv", 'x,y,z\n1,"2"3,4\n1,5" disc,3\n'))
    assert rows == [(3, ("1", '5" disc', "3"))]
    assert rejects == [(2, "", "bad_quoting", '1,"2"3,4')]


def test_a_file_that_breaks_off_loses_its_last_row_only(write):
    rows, rejects = read(write("a.csv", 'x,y,z\n"1","2","3"\n"4","5\nand'))
    assert (len(rows), rejects) == (1, [(3, "", "unterminated_quote", '"4","5\nand')])
    rows, rejects = read(write("a.csv", "x,y,z\n1,2,3\n4,5"))
    assert (len(rows), rejects) == (1, [(3, "", "wrong_number_of_fields", "4,5")])


def test_a_quote_that_never_closes_does_not_swallow_the_file(write):
    good = "1,2,3\n" * (MAX_HEADER_BYTES // 3)
    rows, rejects = read(write("a.csv", f'x,y,z\n4,5,"6\n{good}'), block_bytes=1 << 18)
    assert len(rows) == MAX_HEADER_BYTES // 3
    assert rejects == [(2, "", "unterminated_quote", '4,5,"6')]


def test_a_carriage_return_inside_a_row_is_refused(write):
    rows, rejects = read(write("a.csv", 'x,y,z\n1,2\r3,4\n5,6,"7\r8"\n'))
    assert rows == [(3, ("5", "6", "7\r8"))]
    assert rejects == [(2, "", "bare_carriage_return", "1,2\r3,4")]


def test_two_columns_of_one_name_matter_only_where_they_are_wanted(write):
    path = write("a.csv", "object_id,account_id,content_id,timestamp_share,n,n\no,a,t,1600000000,x,y\n")
    assert [rows.posts.height for rows in rows_of("shares", path)] == [1]
    path = write("b.csv", "object_id,account_id,content_id,timestamp_share,object_id\no,a,t,1,x\n")
    with pytest.raises(InputError, match="has the column 'object_id' twice"):
        list(rows_of("shares", path))


def test_a_header_alone_is_a_file_without_rows(write):
    assert read(write("a.csv", "x,y,z\n")) == ([], [])
    assert read(write("a.csv", "x,y,z")) == ([], [])


def test_chunks_stay_small(tmp_path: Path):
    path = tmp_path / "a.csv"
    path.write_text("x,y\n" + "1,2\n" * 450_000)
    heights = [chunk.frame.height for chunk in read_delimited(path, lambda _, header: Layout(header, header))]
    assert (sum(heights), max(heights)) == (450_000, 200_000)
