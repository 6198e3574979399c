"""Files with something wrong in them, a few hundred of the many that `tests.mutations` makes."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import pytest

from tests.mutations import FILE_KINDS, ROW_KINDS, cases, read
from tests.right_files import TABLES

#: The full number is 3,260; the short one takes some seconds.
N_FILES = int(os.environ.get("INCAHOOTS_MUTATIONS", "240"))


@pytest.mark.regression("0.1.1", "A6")
def test_no_file_brings_the_readers_down_and_no_other_row_is_lost(tmp_path: Path) -> None:
    wrong = []
    counts: Counter[str] = Counter()
    for case in cases(N_FILES):
        outcome = read(case, tmp_path)
        counts[outcome.word] += 1
        if outcome.word not in ("loaded", "refused"):
            wrong.append((case.number, case.table.format, case.kind, outcome.word, outcome.detail))
    assert wrong == []
    # The test would say nothing if everything were refused.
    assert counts["loaded"] > 0.7 * N_FILES


def test_the_files_are_of_every_format_and_every_fault() -> None:
    made = list(cases(240))
    assert {case.kind for case in made} == {*ROW_KINDS, *FILE_KINDS}
    assert {case.table.format for case in made} == {
        "io-archive", "twitter-v2", "posts", "shares", "troll-tweets", "table",
    }  # fmt: skip
    assert len(TABLES) == 8
    assert {Path(case.name).suffix for case in made} == {".csv", ".jsonl", ".gz", ".zip", ".parquet"}


def test_the_same_number_makes_the_same_file() -> None:
    first, again = ([case.data for case in cases(30)] for _ in range(2))
    assert first == again
