"""The key of co_tweet."""

from __future__ import annotations

import re

import polars as pl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from incahoots.loaders.texts import both_text_keys, folded, text_keys


def key(text, **options):
    return text_keys(pl.Series([text], dtype=pl.String()), **options).item()


def test_the_key_never_changes():
    assert key("Hello  World") == "e9a804b2e527fd3601d2ffc0bb023cd6"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Hello  World", "hello\nworld "),
        ("@a hello @b_c", "hello"),
        ("STRASSE", "straße"),
        ("ὈΔΥΣΣΕΎΣ", "ὀδυσσεύς"),
        ("hello @ЮЗЕР", "hello"),
    ],
)
def test_equal_texts(one, other):
    assert key(one) == key(other)


def test_texts_that_differ():
    assert key("hello world") != key("helloworld")
    assert key("hello https://a.example/1") != key("hello https://a.example/2")
    assert key("hello https://a.example/1", urls=False) == key("hello www.b.example", urls=False) == key("hello")


@pytest.mark.parametrize("text", [None, "", " \n", "@a @b"])
def test_empty_texts_have_no_key(text):
    assert key(text) is None


@pytest.mark.copied_from("coordination-network-toolkit 1.5.2, message_preprocessor", why="their rule on ordinary texts")
@pytest.mark.parametrize(
    ("text", "left"),
    [("@A Hello\tWORLD  @b", "hello world"), ("RT @Abc hello", "rt hello"), ("a#B http://X.y", "a#b http://x.y")],
)
def test_ordinary_texts_are_left_as_the_toolkit_leaves_them(text, left):
    assert folded(pl.Series([text])).item() == left


def test_what_is_glued_to_a_mention_stays_unlike_in_the_toolkit():
    assert folded(pl.Series(["thanks@you:see"])).item() == "thanks:see"


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=12), max_size=6))
def test_agrees_with_the_definition(texts):
    # Python splits at four control characters that Unicode does not call white space.
    assume(not any(char in "\x1c\x1d\x1e\x1f" for text in texts for char in text))
    # The two know different letters outside ASCII, and only mentions depend on that.
    assume(all(text.isascii() for text in texts if "@" in text))
    expected = [" ".join(re.sub(r"@\w+", "", text.casefold()).split()) or None for text in texts]
    assert folded(pl.Series(texts, dtype=pl.String())).to_list() == expected


def test_both_keys_are_two_series() -> None:
    texts = pl.Series(["see https://a.example/1", "see", None])
    with_urls, without = both_text_keys(texts)
    assert with_urls.to_list() == text_keys(texts).to_list()
    assert without.to_list() == text_keys(texts, urls=False).to_list()
    assert with_urls[0] != without[0] == without[1]
