"""A spreadsheet runs nothing that came from a post, and ids stay what they are."""

from __future__ import annotations

from datetime import UTC, datetime

import pandas as pd
import pytest

from incahoots.csv_guard import guarded


@pytest.mark.parametrize(
    "formula",
    [
        "=1+1", '=HYPERLINK("https://a.example")', "=", "+SUM(A1)", "-2+3+cmd|' /C calc'!A0", "@SUM(1+1)*2",
        "\t=1+1", "\r=1+1", "\n=1+1", "＝1+1", "＋SUM(A1)", "－SUM(A1)", "＠SUM(A1)", "+1 (555) 0100",
    ],
)  # fmt: skip
def test_formulas_get_an_apostrophe(formula: str) -> None:
    assert guarded(pd.DataFrame({"text": [formula]}))["text"].to_list() == [f"'{formula}"]


@pytest.mark.parametrize("text", ["", "a=1", "1-2", "@handle", "-5", "+MZNH4=", "-abc_/9=", "'=1", "0123", "RT @a: =1"])
def test_the_rest_stays(text: str) -> None:
    assert guarded(pd.DataFrame({"text": [text]}))["text"].to_list() == [text]


def test_only_texts_are_looked_at() -> None:
    frame = pd.DataFrame({"n": [-1], "share": [-0.5], "at": [datetime(2020, 1, 1, tzinfo=UTC)], "none": [None]})
    pd.testing.assert_frame_equal(guarded(frame), frame)


def test_the_frame_given_stays() -> None:
    frame = pd.DataFrame({"text": ["=1"]})
    guarded(frame)
    assert frame["text"].to_list() == ["=1"]
