"""Opening files: what is refused, and with which words."""

from __future__ import annotations

import gzip
import hashlib
import io
import zipfile

import pytest

from incahoots.errors import InputError
from incahoots.loaders import rows_of, sha256
from incahoots.loaders.files import CSV_SUFFIXES, streams

SHARES = b"object_id,account_id,content_id,timestamp_share\no,a,t,5\n"


def read_all(path):
    return [(stream.member, stream.read(1 << 20)) for stream in streams(path, CSV_SUFFIXES)]


def zipped(members, **extra):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def test_plain_gzip_and_zip_say_the_same(write):
    files = [
        write("a.csv", SHARES),
        write("a.csv.gz", gzip.compress(SHARES)),
        write("a.zip", zipped({"inner/a.csv": SHARES, "README.md": b"no", "__MACOSX/inner/._a.csv": b"\0"})),
    ]
    assert [[data for _, data in read_all(path)] for path in files] == [[SHARES]] * 3


def test_every_file_in_a_zip_is_a_stream_of_its_own(write, load):
    second = SHARES.replace(b"o,a,t,5", b"o,a,,6")
    rows = load("shares", write("a.zip", zipped({"1.csv": SHARES, "2.csv": second})))
    assert rows.posts["tweet_id"].to_list() == ["t"]
    assert [(reject.member, reject.line, reject.reason) for reject in rows.rejects] == [("2.csv", 2, "null_key")]


def test_byte_order_mark_is_no_part_of_the_header(write):
    assert read_all(write("a.csv", b"\xef\xbb\xbf" + SHARES)) == [("", SHARES)]


def test_sha256_is_of_the_file_as_stored(write):
    data = gzip.compress(SHARES)
    assert sha256(write("a.csv.gz", data)) == hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize(
    ("name", "data", "message", "remedy"),
    [
        ("a.csv", b"", "is empty (0 bytes)", "again"),
        ("a.csv.gz", gzip.compress(b"", mtime=0), "a.csv.gz is empty.", "again"),
        ("a.csv", b"\n\n", "only blank lines", "again"),
        ("a.csv", b"a,b\0c\n1,2\n", "is not a text file: it contains NUL bytes", "right file"),
        ("a.csv", "a,b\n".encode("utf-16"), "is UTF-16 text", "iconv"),
        ("a.csv", b"a,\xe9\n1,2\n", "is not UTF-8 text: its first row contains the byte 0xe9", "iconv"),
        ("a.csv", gzip.compress(SHARES, mtime=0), "is gzip data without the ending .gz", "Rename it to a.csv.gz"),
        ("a.csv", zipped({"a.csv": SHARES}), "is a zip archive or an Excel workbook", "Rename"),
        ("a.csv.gz", SHARES, "has the ending .gz but is not gzip data", "Rename"),
        ("a.csv.gz", gzip.compress(SHARES * 99, mtime=0)[:-12], "is damaged", "Download it again"),
        ("a.csv.gz", gzip.compress(SHARES, mtime=0)[:10] + b"\xff" * 40, "is damaged", "Download it again"),
        ("a.zip", b"PK\x03\x04 and then nothing", "cannot be read as a zip archive", "Download it again"),
        ("a.zip", zipped({"../a.csv": SHARES}), "leads to another folder: '../a.csv'", "Do not trust"),
        ("a.zip", zipped({"/etc/a.csv": SHARES}), "leads to another folder: '/etc/a.csv'", "Do not trust"),
        ("a.zip", zipped({"C:\\a.csv": SHARES}), "leads to another folder", "Do not trust"),
        (
            "a.zip",
            zipped({"a.pdf": b"x"}),
            "no file that ends in .csv, .tsv, .txt; it contains a.pdf",
            "Unpack",
        ),
    ],
)
def test_what_cannot_be_read_is_said_in_one_line(write, name, data, message, remedy):
    with pytest.raises(InputError) as caught:
        list(rows_of("shares", write(name, data)))
    assert message in caught.value.message
    assert remedy in caught.value.remedy
    assert "\n" not in str(caught.value)


def test_an_encrypted_zip_is_refused(write):
    data = bytearray(zipped({"a.csv": SHARES}))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(InputError, match="is encrypted"):
        read_all(write("a.zip", bytes(data)))


def test_a_missing_file_and_a_directory_are_refused(tmp_path):
    with pytest.raises(InputError, match="does not exist"):
        read_all(tmp_path / "none.csv")
    with pytest.raises(InputError, match="is a folder"):
        read_all(tmp_path)
