"""The demonstration: it finds what was planted, may be called again, and says what to do when it cannot."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from incahoots import server
from incahoots.database import Database
from incahoots.demo import compare, main, summary


def run(home: Path, posts: int = 3_000) -> Result:
    return CliRunner().invoke(main, ["--home", str(home), "--posts", str(posts)])


def test_it_finds_what_was_planted_and_may_be_called_again(graph: Database, home: Path) -> None:
    first = run(home)
    assert first.exit_code == 0, first.output
    (found, planted) = next(
        line.split()[-3::2] for line in first.stdout.splitlines() if line.startswith("planted accounts in the network")
    )
    assert int(found) / int(planted) > 0.9
    assert "Why are two accounts of community 0 connected?  incahoots why all-60s" in first.stdout
    assert "evidence for a person to assess, not a verdict" in first.stdout
    assert f"the posts behind each edge: {(home / 'report.html').as_uri()}" in first.stdout
    assert "<h1>Report of all-60s</h1>" in (home / "report.html").read_text(encoding="utf-8")
    assert "rows loaded." in first.stderr
    again = run(home)
    assert "They are already loaded." in again.stderr
    assert again.stdout == first.stdout
    # What is there already would blur the comparison.
    other = run(home, posts=3_001)
    assert other.exit_code == 1
    assert "instead of the demo's 3,001" in other.stderr
    assert "remove the folder" in other.stderr
    # The server of the test's session still runs, for the tests that follow.
    assert server.status(home) is not None


def test_the_demo_has_a_name() -> None:
    words = [sys.executable, "-m", "incahoots.demo", "--help"]
    assert "Usage: incahoots demo " in subprocess.run(words, capture_output=True, text=True, check=True).stdout


def test_a_broken_home_is_told(tmp_path: Path) -> None:
    (tmp_path / "server.json").write_text("{")
    done = run(tmp_path)
    assert done.exit_code == 1
    assert "server.json cannot be read" in done.stderr
    assert "remove the folder" in done.stderr
    assert "Traceback" not in done.output


def test_communities_are_held_against_the_planted_groups() -> None:
    accounts = pd.DataFrame({"account_id": list("abcdxmno"), "community": [0, 0, 0, 1, 2, 3, 3, 3]})
    truth = pd.DataFrame(
        [
            ("a", "g1", "co_link"), ("a", "g1", "co_tweet"), ("b", "g1", "co_link"), ("c", "g2", "co_link"),
            ("d", "g3", "co_reply"), ("x", None, None), ("y", None, None), ("z", "g2", "co_link"),
            # `all` does not look for what this group does.
            ("m", "g4", "link+mention"), ("n", "g4", "link+mention"), ("o", None, None),
        ],
        columns=["account_id", "group_id", "behaviour"],
    )  # fmt: skip
    found = compare(accounts, truth)
    assert found.astype(object).where(found.notna(), None).to_numpy().tolist() == [
        [0, 3, "g1", 2, "co_link, co_tweet", 2], [1, 1, "g3", 1, "co_reply", 1], [2, 1, None, None, None, None],
        [3, 3, "g4", 2, "link+mention", 2],
    ]  # fmt: skip
    assert summary(found, accounts, truth, pd.DataFrame({"account_id": ["o"]})) == {
        "planted groups found exactly": "1 of 3",
        "planted accounts in the network": "4 of 5",
        "opposed accounts in the network": "1 of 1",
        "other accounts in the network": "1 of 2",
    }


@pytest.mark.parametrize("words", [[], ["--home"]])
def test_a_wrong_call_of_the_demo_ends_with_2(words: list[str]) -> None:
    assert CliRunner().invoke(main, words).exit_code == 2
