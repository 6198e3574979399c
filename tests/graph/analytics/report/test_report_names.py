"""What a report that hides names hides: every way to name a person, wherever it stands; and who can read its files."""

from __future__ import annotations

import base64
import gzip
import html
import json
import os
import re
import stat
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from incahoots.analytics.coordination.coordinate import coordinate
from incahoots.database import Database
from incahoots.private_files import make_folder, replace_with
from tests.command_line import Caller
from tests.posts import load_posts, post
from tests.ways_to_name import ANN, BEN, BEN_HANDLE, BEN_NAME, HANDLE, NAME, READABLE, TWEET, WAYS

#: Ways a line has posts for at most.
A_LINE = 5

#: What may be nowhere on the page.
NOWHERE = [
    "alice", "ann_b", "ger7", "maria", "nandu", "ben_", "benedikt", "drau", ANN, BEN, TWEET, "7700", "bsky.social",
    "1000811", "1234567890123456789", "4915550008111",
]  # fmt: skip


@pytest.fixture
def named(graph: Database) -> Database:
    """Pairs of accounts that share links, and in whose posts, links and hashtags people are named in every way."""
    posts = []
    for number, (written, _) in enumerate([*WAYS.values(), *((each, []) for each in READABLE)]):
        urls = [written] if written.startswith("http") else [f"https://news.example/{number}"]
        for end in "ab":
            account = f"7700{number // A_LINE}{end}"
            posts.append(post(account, 1_000 * number, f"{number}{end}", text=f"{number}: {written}", urls=urls))
    for second, end in enumerate((ANN, "77009a")):
        posts.append(post(end, second, TWEET if second else "x1", text="hello", hashtags=["freeann_berger7now"]))
    load_posts(graph, posts, f"op-{HANDLE}")
    for account, handle, name in ((ANN, HANDLE, NAME), (BEN, BEN_HANDLE, BEN_NAME)):
        graph.run(
            "MERGE (a:Account {account_id: $id}) SET a.screen_name = $handle, a.display_name = $name",
            {"id": account, "handle": handle, "name": name},
        )
    coordinate(graph, ["co_link", "co_hashtag"], "60s", min_weight=1, run_id=f"case-{HANDLE}-alice@mail.example")
    return graph


def understood(text: str) -> str:
    """Text as whoever reads or decodes it has it."""
    for _ in range(3):
        text = unquote(html.unescape(text))
    small = unicodedata.normalize("NFKD", text).casefold()
    return "".join(sign for sign in small if unicodedata.category(sign) not in ("Cf", "Mn"))


def strings(value: Any) -> Iterator[str]:
    """Every text in what the page's script is given."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from strings(each)


@pytest.mark.regression("0.1.1", "B1")
def test_no_way_to_name_a_person_is_left(named: Database, home: Path, tmp_path: Path, capsys: Any) -> None:
    call = Caller(capsys, home)
    path = tmp_path / "report.html"
    call("report", f"case-{HANDLE}-alice@mail.example", "-o", str(path), "--key", str(tmp_path / "key.csv"),
         "--title", "About @alice")  # fmt: skip
    page = path.read_text(encoding="utf-8")
    (packed,) = re.findall(r'id="data">([^<]+)<', page)
    data = json.loads(gzip.decompress(base64.b64decode(packed)))
    # Without Bokeh's own script; what is packed is looked at unpacked.
    ours = page.replace(packed, "").split("/*!")[0]
    pictures = [base64.b64decode(each).decode() for each in re.findall(r"data:image/svg\+xml;base64,([^\"]+)", ours)]
    shown = {int(number): text for number, _, text in (each.partition(": ") for each in data["posts"]["text"]) if text}
    assert len(shown) == len(WAYS) + len(READABLE)
    kept = {
        way: shown[number]
        for number, (way, (_, secrets)) in enumerate(WAYS.items())
        if any(understood(secret) in understood(shown[number]) for secret in secrets)
    }
    assert kept == {}
    whole = ours + "\n".join([*strings(data), *pictures])
    assert [secret for secret in NOWHERE if secret in understood(whole)] == []
    assert [shown[len(WAYS) + number] for number in range(len(READABLE))] == READABLE
    # Who is known has the pseudonym that the key has.
    (called,) = re.findall(rf"(Account \d+),{ANN},", (tmp_path / "key.csv").read_text(encoding="utf-8"))
    assert shown[0] == f"@[{called}]"
    assert shown[list(WAYS).index("display name")] == f"[{called}] again"


@pytest.mark.regression("0.1.1", "B1")
def test_an_ordinary_word_stays(graph: Database, home: Path, tmp_path: Path, capsys: Any) -> None:
    """A name that more than twenty texts have is a word like others, but for the names of accounts of the page."""
    words = "Ukraine and Jane Smithers and Tom_7x"
    rows = [post(end, 100 * n, urls=[f"https://a.example/{n}"], text=f"{n} {words}") for n in range(21) for end in "ab"]
    # Of a line five pairs are shown.
    rows = [row | {"account_id": f"{row['account_id']}{n // 8}"} for n, row in enumerate(rows)]
    load_posts(graph, rows)
    for account, name in (("a0", "Jane Smithers"), ("y", "Ukraine"), ("z", "Tom_7x")):
        graph.run(
            "MERGE (a:Account {account_id: $id}) SET a.screen_name = $name, a.display_name = $name",
            {"id": account, "name": name},
        )
    coordinate(graph, ["co_link"], "60s", min_weight=1, run_id="t")
    Caller(capsys, home)("report", "t", "-o", str(tmp_path / "report.html"))
    (packed,) = re.findall(r'id="data">([^<]+)<', (tmp_path / "report.html").read_text(encoding="utf-8"))
    texts = json.loads(gzip.decompress(base64.b64decode(packed)))["posts"]["text"]
    assert {re.sub(r"^\d+ |\d+\]", "", text) for text in texts} == {"Ukraine and [Account  and Tom_7x"}


@pytest.mark.regression("0.1.1", "B1")
def test_only_their_owner_reads_files_of_posts_and_ids(
    named: Database, home: Path, tmp_path: Path, capsys: Any
) -> None:
    call = Caller(capsys, home)
    run_id = f"case-{HANDLE}-alice@mail.example"
    (tmp_path / "edges.gexf").write_text("old")
    (tmp_path / "edges.gexf").chmod(0o644)
    before = os.umask(0o022)
    try:
        call("report", run_id, "-o", str(tmp_path / "report.html"), "--key", str(tmp_path / "key.csv"))
        for ending in ("csv", "parquet", "graphml", "gexf"):
            call("edges", run_id, "-o", str(tmp_path / f"edges.{ending}"))
        call("picture", "network", run_id, "-o", str(tmp_path / "network.svg"))
    finally:
        os.umask(before)
    files = [each for each in tmp_path.rglob("*") if each.is_file()]
    assert {each.name: oct(stat.S_IMODE(each.stat().st_mode)) for each in files} == dict.fromkeys(
        ["report.html", "key.csv", "edges.csv", "edges.parquet", "edges.graphml", "edges.gexf", "network.svg"], "0o600"
    )


def test_folders_that_are_made_are_closed(tmp_path: Path) -> None:
    make_folder(tmp_path / "new" / "tables")
    make_folder(tmp_path)
    made = {each.name: oct(stat.S_IMODE(each.stat().st_mode)) for each in tmp_path.rglob("*")}
    assert made == {"new": "0o700", "tables": "0o700"}


def test_a_file_that_cannot_be_written_leaves_the_one_before(tmp_path: Path) -> None:
    path = tmp_path / "key.csv"
    path.write_text("before")

    def fail(part: Path) -> None:
        part.write_text("half")
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="the disk is full"):
        replace_with(path, fail)
    assert {each.name: each.read_text() for each in tmp_path.iterdir()} == {"key.csv": "before"}
