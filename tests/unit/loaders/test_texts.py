"""The key of co_tweet."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, strategies as st

from incahoots.loaders.texts import both_text_keys, folded, text_keys


def key(text, **options):
    return text_keys(pl.Series([text], dtype=pl.String()), **options).item()


def test_the_key_never_changes():
    assert key("Hello  World") == "2:e9a804b2e527fd3601d2ffc0bb023cd6"


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


#: Texts, and what the toolkit's ``message_preprocessor`` leaves of them.
CUT = [
    ("@A Hello\tWORLD  @b", "hello world"),
    ("RT @Abc hello", "rt hello"),
    ("a#B http://X.y", "a#b http://x.y"),
    ("@ann: please read", "please read"),
    ("great job @ann!", "great job"),
    ("(@ann) hi", "( hi"),
    ("thanks@you:see this", "thanks this"),
    ("https://x.example/@ann/1 read", "https://x.example/ read"),
    ("@ann請看 這裡", "這裡"),
    ("@ann請看", None),
    ("＠ann hi", "＠ann hi"),
    ("x @a\x1cb  c\x1fd", "x c d"),
    ("a @", "a"),
]


@pytest.mark.copied_from("coordination-network-toolkit 1.5.2, message_preprocessor", why="the rule of S3's authors")
@pytest.mark.parametrize(("text", "left"), CUT)
def test_texts_are_cut_as_the_toolkit_cuts_them(text: str, left: str | None) -> None:
    assert folded(pl.Series([text])).item() == left


@pytest.mark.regression("0.1.1", "D3")
@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("@ann: please read", "@bob please read"),
        ("great job @ann!", "great job @bob"),
        ("@ann's dog", "@bob dog"),
        ("thanks@ann:see https://a.example/1", "thanks https://a.example/1"),
    ],
)
def test_what_touches_a_mention_goes_with_it(one: str, other: str) -> None:
    assert key(one) == key(other)
    assert key(one, urls=False) == key(other, urls=False)


def cut(text: str) -> str | None:
    """Restate the toolkit's rule one character at a time, with case folded instead of lowered."""
    words, mention = "", False
    for char in text.casefold():
        # Its pattern ends a mention at Unicode's white space; its words end at Python's, which is four characters more.
        mention = (mention or char == "@") and (not char.isspace() or char in "\x1c\x1d\x1e\x1f")
        words += "" if mention else char
    return " ".join(words.split()) or None


@pytest.mark.regression("0.1.1", "D3")
@given(st.lists(st.text(st.sampled_from("aAßΣσ @@:!_é中\n\u3000\x1c"), max_size=12), max_size=6))
def test_agrees_with_the_toolkit_where_mentions_are_cut(texts: list[str]) -> None:
    assert folded(pl.Series(texts, dtype=pl.String())).to_list() == [cut(text) for text in texts]


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=12), max_size=6))
def test_agrees_with_the_definition(texts: list[str]) -> None:
    assert folded(pl.Series(texts, dtype=pl.String())).to_list() == [cut(text) for text in texts]


def test_both_keys_are_two_series() -> None:
    texts = pl.Series(["see https://a.example/1", "see", None])
    with_urls, without = both_text_keys(texts)
    assert with_urls.to_list() == text_keys(texts).to_list()
    assert without.to_list() == text_keys(texts, urls=False).to_list()
    assert with_urls[0] != without[0] == without[1]
