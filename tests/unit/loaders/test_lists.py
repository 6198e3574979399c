"""Lists as text: Python's, bare ones, and what is none."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, strategies as st

from incahoots.loaders.lists import python_lists, separated_lists

ITEM = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=6) | st.text(
    "a', \"\\[]", min_size=1, max_size=5
)


def one(text, **options):
    lists, bad = python_lists(pl.Series([text], dtype=pl.String()), **options)
    return "bad" if bad.item() else lists.to_list()[0]


@pytest.mark.parametrize(
    ("text", "items"),
    [
        (None, None),
        ("[]", []),
        ("['a']", ["a"]),
        ("['a', 'b,c']", ["a", "b,c"]),
        ("[\"it's\", 'b']", ["it's", "b"]),
        ("['caf\\u00e9', 'x\\\\y']", ["café", "x\\y"]),
        ('["a", "b"]', ["a", "b"]),
        ("[443196382]", ["443196382"]),
        ("[1, 2]", ["1", "2"]),
        ("443196382", ["443196382"]),
        ("[l'avenir, b]", ["l'avenir", "b"]),
        ("['a', 'b'", "bad"),
        ("['\\ud83d']", "bad"),
        ("['a' + 'b']", "bad"),
    ],
)
def test_spellings(text, items):
    assert one(text) == items


def test_bare_urls_may_hold_commas():
    assert one("[http://a.example/1,2, http://b.example]", commas_in_items=True) == [
        "http://a.example/1,2",
        "http://b.example",
    ]


@given(rows=st.lists(st.none() | st.lists(ITEM, max_size=3), max_size=8))
def test_reads_what_python_writes(rows):
    texts = pl.Series([None if row is None else repr(row) for row in rows], dtype=pl.String())
    lists, bad = python_lists(texts)
    assert lists.to_list() == rows
    assert not bad.any()


def test_separated_lists_have_no_empty_items():
    assert separated_lists(pl.Series(["a  b ", None, ""]), " ").to_list() == [["a", "b"], None, []]
