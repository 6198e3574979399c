"""Whatever is wrong with a call of `incahoots load`: one line with the remedy, the right code, and nothing loaded."""

from __future__ import annotations

import gzip
import io
import json
import os
import random
import stat
import zipfile
from pathlib import Path

import pytest

from incahoots.database import Database
from incahoots.loaders.headers import ARCHIVE_TWEET
from incahoots.loaders.load import load
from incahoots.loaders.rejects import RejectFile, choose_path
from incahoots.loaders.rows import Reject
from incahoots.simulator import simulate
from tests.command_line import Caller

HEADER = "message_id,user_id,username,repost_id,reply_id,message,timestamp,urls"


def rows_as_text(rows: list[dict[str, str]]) -> str:
    """Rows in the archives' form."""
    lines = [ARCHIVE_TWEET, *(list((dict.fromkeys(ARCHIVE_TWEET, "") | row).values()) for row in rows)]
    return "".join(",".join(f'"{value}"' for value in line) + "\n" for line in lines)


def archive(path: Path, rows: list[dict[str, str]], cut: int = 0) -> Path:
    """A file in the archives' form, maybe without its end."""
    text = rows_as_text(rows)
    path.write_text(text[: len(text) - cut])
    return path


def tweet(number: int, **values: str) -> dict[str, str]:
    """A row of an archive."""
    return {"tweetid": str(number), "userid": "u", "tweet_time": "2019-01-01 10:00", "tweet_text": "a\nb"} | values


def zipped(name: str) -> bytes:
    """An archive with one member."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        packed.writestr(name, "x")
    return buffer.getvalue()


POST = f"{HEADER}\n1,a,A,,,hello,100,\n"
#: Bad files by their names, and bad folders.
BAD: dict[str, str | bytes | dict[str, str]] = {
    "empty.csv": "",
    "folder": {},
    "rubbish.csv": random.Random(1).randbytes(5_000),
    "other.csv": POST,
    "semicolons.csv": POST.replace(",", ";"),
    "tabs.csv": rows_as_text([tweet(1)]).replace(",", "\t"),
    "unfinished": {"simulation.json.part": "{}"},
    "column.csv": ",".join(column for column in ARCHIVE_TWEET if column != "tweet_time") + "\n",
    "damaged.csv": rows_as_text([tweet(1, tweetid="3.65E+17"), tweet(2), tweet(3, tweetid="3.65E+17")]),
    "out.zip": zipped("../out.csv"),
    "short.csv.gz": gzip.compress(random.Random(1).randbytes(9_000))[:2_000],
    "simulation": {"simulation.json": '{"format": "io-archive", "operations": [{}]}'},
}


def made(folder: Path, name: str) -> Path:
    """A bad file, or none."""
    path = folder / name
    match BAD.get(name):
        case str(text):
            path.write_text(text)
        case bytes(data):
            path.write_bytes(data)
        case dict(files):
            path.mkdir()
            for each, text in files.items():
                (path / each).write_text(text)
    return path


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("missing.csv", "missing.csv does not exist"),
        ("empty.csv", "is empty (0 bytes)"),
        ("folder", "is a folder"),
        ("rubbish.csv", "rubbish.csv is"),
        ("other.csv", "It looks like the format posts."),
        ("semicolons.csv", "separated by semicolons, not by commas. Save it with commas"),
        (
            "tabs.csv",
            "separated by tabs, not by commas. Save it with commas, or load it in the format table",
        ),
        ("tabs.csv", 'that has delimiter = "\\t" below [file].'),
        ("unfinished", "contains an unfinished simulation. Call `incahoots simulate` again"),
        ("column.csv", "tweet_time"),
        ("damaged.csv", "has 2 rows whose ids were damaged by a spreadsheet"),
        ("out.zip", "leads to another folder: '../out.csv'"),
        ("short.csv.gz", "is damaged: its compressed data cannot be read completely"),
        ("simulation", "simulation.json is damaged. Call `incahoots simulate` again."),
    ],
)
def test_a_bad_file_is_one_line_and_loads_nothing(
    call: Caller, graph: Database, tmp_path: Path, name: str, words: str
) -> None:
    good = archive(tmp_path / "good.csv", [tweet(7)])
    assert call("load", "io-archive", good, made(tmp_path, name), "--quiet", code=1) == ""
    assert call.err.startswith("Error: ")
    assert call.err.count("\n") == 1
    assert words in call.err
    assert graph.is_empty()


@pytest.mark.parametrize(
    "words",
    [
        ("load", "no-such-format", "x.csv"),
        ("load", "io-archive"),
        ("load", "io-archive", "x.csv", "--max-rejects", "2"),
        ("load", "io-archive", "x.csv", "--state", "Russia"),
        ("load", "io-archive", "x.csv", "--operation", "op", "--released-on", "yesterday"),
        ("load", "io-archive", "x.csv", "--mapping", "m.toml"),
        ("load", "table", "x.csv"),
    ],
)
def test_a_wrong_call_has_its_own_code(
    call: Caller, graph: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    archive(tmp_path / "x.csv", [tweet(1)])
    assert call(*words, code=2) == ""
    assert "Error: " in call.err
    assert "Traceback" not in call.err
    assert graph.is_empty()


def test_a_file_that_breaks_off_is_loaded_up_to_there(call: Caller, graph: Database, tmp_path: Path) -> None:
    file = archive(tmp_path / "cut.csv", [tweet(number) for number in range(5)], cut=60)
    rejects = tmp_path / "rejects.jsonl"
    fate = {"rows_read": 5, "loaded": 4, "duplicates": 0, "duplicates_differing": 0, "rejected": 1}
    found = call.json("load", "io-archive", file, "--max-rejects", "0.5", "--rejects", rejects, code=3)
    assert found == fate | {"files": {str(file): fate}, "rejects": str(rejects)}
    assert call.err == ""
    (line,) = map(json.loads, rejects.read_text().splitlines())
    assert {**line, "sha256": len(line["sha256"]), "raw": line["raw"][:4]} == {
        "file": str(file), "sha256": 64, "line": 10, "column": "", "reason": "unterminated_quote", "raw": '"4",',
    }  # fmt: skip
    assert graph.run("MATCH (t:Tweet) RETURN t.tweet_id AS id ORDER BY id")["id"].to_list() == ["0", "1", "2", "3"]


@pytest.mark.parametrize("way", [(), ("--bulk",)])
def test_too_many_bad_rows_load_nothing_and_are_listed(
    call: Caller, graph: Database, tmp_path: Path, way: tuple[str, ...]
) -> None:
    rows = [tweet(number, tweet_time="" if number < 2 else "2019-01-01 10:00") for number in range(10)]
    file, rejects = archive(tmp_path / "bad.csv", rows), tmp_path / "rejects.jsonl"
    assert call("load", "io-archive", file, "--rejects", rejects, *way, code=1) == ""
    assert call.err == (
        f"Error: 2 of 10 rows of {file} are invalid, more than 1.00%. Nothing was loaded. {rejects} lists them. "
        "Correct the file, or raise --max-rejects.\n"
    )
    listed = [json.loads(line) for line in rejects.read_text().splitlines()]
    assert [(line["line"], line["column"], line["reason"]) for line in listed] == [
        (2, "tweet_time", "bad_time"),
        (4, "tweet_time", "bad_time"),
    ]
    assert {(line["file"], len(line["sha256"])) for line in listed} == {(str(file), 64)}
    assert graph.is_empty()


@pytest.mark.parametrize("way", [(), ("--bulk",)])
def test_a_file_without_any_json_is_not_json_lines(
    call: Caller, graph: Database, tmp_path: Path, way: tuple[str, ...]
) -> None:
    file = tmp_path / "posts.csv"
    file.write_text(f"{HEADER}\n1,a,A,,,hello,100,\n2,a,A,,,hello,200,\n")
    assert call("load", "twitter-v2", file, *way, code=1) == ""
    assert call.err == (
        f"Error: {file} is not JSON lines: none of its 3 lines is JSON. Nothing was loaded. "
        "Give the format of the file: io-archive, twitter-v2, posts, shares, troll-tweets, table.\n"
    )
    # With a line that is JSON the others are told as bad rows.
    file.write_text('{"id": "1"}\nx\n')
    assert "of 2 rows of" in call.told("load", "twitter-v2", file, *way, code=1)
    assert graph.is_empty()


def test_every_part_of_a_load_has_a_name(graph: Database, tmp_path: Path) -> None:
    told: list[tuple[str, float]] = []
    load("io-archive", archive(tmp_path / "a.csv", [tweet(1)]), graph, progress=lambda *words: told.append(words[:2]))
    names = [
        "checking rows: a.csv",
        "checking rows",
        "creating indexes",
        "populating indexes",
        "loading rows: a.csv",
    ]
    assert list(dict.fromkeys(what for what, _ in told)) == names
    assert [done for what, done in told if what == "loading rows: a.csv"] == [0, 1, 1]


def test_no_database_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file, home = archive(tmp_path / "good.csv", [tweet(1)]), tmp_path / "nobody"
    said = Caller(capsys, home).told("load", "io-archive", file, code=1)
    assert said.startswith(f"Error: No Neo4j server is running for the home folder {home}")
    assert said.count("\n") == 1
    monkeypatch.setenv("NEO4J_URI", "bolt://127.0.0.1:1")
    said = Caller(capsys).told("load", "io-archive", file, code=1)
    assert said.startswith("Error: The database does not answer: ")
    assert "`incahoots up`" in said
    assert said.count("\n") == 1


def test_a_clean_load_says_what_it_did(call: Caller, graph: Database, tmp_path: Path) -> None:
    file = archive(tmp_path / "good.csv", [tweet(1), tweet(2)])
    fate = {"rows_read": 2, "loaded": 2, "duplicates": 0, "duplicates_differing": 0, "rejected": 0}
    assert call.json("load", "io-archive", file) == fate | {"files": {str(file): fate}, "rejects": None}
    assert call.err == ""
    # Off a terminal there is no bar, quiet or not.
    assert call("load", "io-archive", file).split().count("good.csv") == 1
    assert call.err.startswith("0 of 2 rows loaded, 2 duplicates in ")
    assert call.err.count("\n") == 2
    assert graph.run("MATCH (t:Tweet) RETURN count(t) AS n")["n"].to_list() == [2]


def one_bad_row(path: Path, first: int) -> Path:
    """An archive of four rows, of which one has no time."""
    path.parent.mkdir(exist_ok=True)
    return archive(path, [tweet(first), tweet(first + 1), tweet(first + 2), tweet(first + 3, tweet_time="")])


@pytest.mark.regression("0.1.1", "A1")
@pytest.mark.parametrize("way", ["the input", "a symbolic link", "a hard link", "the second", "the mapping", "other"])
def test_the_reject_list_replaces_nothing_that_is_there(
    call: Caller, graph: Database, tmp_path: Path, way: str
) -> None:
    file, second = one_bad_row(tmp_path / "bad.csv", 1), one_bad_row(tmp_path / "second.csv", 11)
    mapping, rejects = tmp_path / "map.toml", tmp_path / "list.jsonl"
    mapping.write_text('[columns]\ntweet_id = "tweetid"\naccount_id = "userid"\ncreated_at = "tweet_time"\n')
    words: list[str | Path] = ["load", "io-archive", file, second]
    match way:
        case "the input":
            rejects = file
        case "a symbolic link":
            rejects.symlink_to(file)
        case "a hard link":
            rejects.hardlink_to(file)
        case "the second":
            rejects = tmp_path / "." / second.name
        case "the mapping":
            words, rejects = ["load", "table", file, "--mapping", mapping], mapping
        case "other":
            rejects.write_text("somebody's notes")
    before = {path.name: (path.is_symlink(), path.read_bytes()) for path in tmp_path.iterdir()}
    assert call(*words, "--max-rejects", "0.5", "--rejects", rejects, code=2) == ""
    assert str(rejects if way == "other" else tmp_path) in call.err
    assert ("exists" in call.err) == (way == "other")
    assert {path.name: (path.is_symlink(), path.read_bytes()) for path in tmp_path.iterdir()} == before
    assert graph.is_empty()


@pytest.mark.regression("0.1.1", "A1")
def test_a_reject_list_is_replaced_by_force_and_is_private(call: Caller, tmp_path: Path) -> None:
    file, rejects = one_bad_row(tmp_path / "bad.csv", 1), tmp_path / "list.jsonl"
    rejects.write_text("an earlier list")
    call("load", "io-archive", file, "--max-rejects", "0.5", "--rejects", rejects, "--force", code=3)
    assert [json.loads(line)["reason"] for line in rejects.read_text().splitlines()] == ["bad_time"]
    assert stat.S_IMODE(rejects.stat().st_mode) == 0o600
    # An input is not replaced by force either.
    text = file.read_bytes()
    call("load", "io-archive", file, "--max-rejects", "0.5", "--rejects", file, "--force", code=2)
    assert file.read_bytes() == text


@pytest.mark.regression("0.1.1", "A1")
def test_two_files_of_one_name_have_two_reject_lists(call: Caller, tmp_path: Path) -> None:
    lists = []
    for number, name in enumerate("ab"):
        file = one_bad_row(tmp_path / name / "tweets.csv", 10 * number)
        lists.append((file, Path(call.json("load", "io-archive", file, "--max-rejects", "0.5", code=3)["rejects"])))
    for file, rejects in lists:
        assert [json.loads(line)["file"] for line in rejects.read_text().splitlines()] == [str(file)]
    # Loading a file again replaces its own list and no other.
    again = call.json("load", "io-archive", lists[0][0], "--max-rejects", "0.5", code=3)
    assert again["rejects"] == str(lists[0][1])
    assert lists[1][1].exists()


@pytest.mark.regression("0.1.1", "A1")
def test_a_reject_list_is_no_device_and_no_other_file_of_a_simulation(call: Caller, tmp_path: Path) -> None:
    file, pipe, loop = one_bad_row(tmp_path / "bad.csv", 1), tmp_path / "pipe", tmp_path / "loop"
    os.mkfifo(pipe)
    loop.symlink_to(loop)
    words = ("load", "io-archive", file, "--max-rejects", "0.5", "--force", "--rejects")
    for other in (pipe, loop):
        assert call(*words, other, code=2) == ""
        assert call.err == f"Error: --rejects must be a regular file (got {other}).\n"
    assert stat.S_ISFIFO(pipe.lstat().st_mode)
    assert loop.is_symlink()
    simulate(tmp_path / "sim", accounts=120, posts=2_000, states=1, seed=1)
    for each in ("simulation.json", "truth.csv"):
        text = (tmp_path / "sim" / each).read_bytes()
        call("load", "io-archive", tmp_path / "sim", "--force", "--rejects", tmp_path / "sim" / each, code=2)
        assert (tmp_path / "sim" / each).read_bytes() == text


@pytest.mark.regression("0.1.1", "A1")
def test_a_file_that_somebody_makes_during_a_load_is_not_replaced(tmp_path: Path) -> None:
    wanted = tmp_path / "list.jsonl"
    rejects = RejectFile(*choose_path(wanted, tmp_path / "home", []))
    rejects.add(tmp_path / "posts.csv", "", [Reject(2, "", "bad_time", "a row")])
    wanted.write_text("somebody's notes")
    found = rejects.put()
    assert found is not None
    assert found != wanted
    assert wanted.read_text() == "somebody's notes"
    assert json.loads(found.read_text())["raw"] == "a row"
    assert sorted(tmp_path.iterdir()) == sorted([wanted, found])


@pytest.mark.regression("0.1.1", "A7")
def test_times_that_no_post_has_need_an_option(call: Caller, graph: Database, tmp_path: Path) -> None:
    file, rejects = tmp_path / "posts.csv", tmp_path / "rejects.jsonl"
    file.write_text(f"{HEADER}\n1,a,A,,,hello,100,\n")
    call("load", "posts", file, "--rejects", rejects, code=1)
    (line,) = map(json.loads, rejects.read_text().splitlines())
    assert (line["column"], line["reason"]) == ("timestamp", "implausible_time")
    assert "`earliest`" in line["detail"]
    assert graph.is_empty()
    call("load", "posts", file, "--earliest", "1970-01-01", "--quiet")
    assert not graph.is_empty()
    said = call.told("load", "posts", file, "--earliest", "yesterday", code=2)
    assert said == "Error: --earliest must be a date (got 'yesterday'). Write it as YYYY-MM-DD.\n"


@pytest.mark.regression("0.1.1", "A8")
def test_posts_with_lists_of_objects_leave_no_false_edges(call: Caller, graph: Database, tmp_path: Path) -> None:
    file, mapping = tmp_path / "posts.csv", tmp_path / "map.toml"
    tag = "[{'start': 0, 'end': 6, 'tag': '%s'}]"
    rows = [f'{n},70{n % 2},2021-04-01T15:50:0{n}Z,"{tag % ("bread", "mango")[n % 2]}"' for n in range(4)]
    file.write_text("\n".join(["id,author,at,tags", *rows]))
    mapping.write_text(
        '[columns]\ntweet_id = "id"\naccount_id = "author"\ncreated_at = "at"\nhashtags = "tags"\n'
        '[time]\nformat = "iso"\n'
    )
    call("load", "table", file, "--mapping", mapping, code=1)
    assert graph.is_empty()


@pytest.mark.regression("0.1.1", "C4")
def test_the_help_says_what_a_failed_load_leaves(capsys: pytest.CaptureFixture[str]) -> None:
    said = " ".join(Caller(capsys)("load", "--help").split())
    assert "failed, and nothing was loaded" not in said
    assert "If the database stops or rejects rows, the others stay loaded" in said
