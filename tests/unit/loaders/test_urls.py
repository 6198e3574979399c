"""One spelling for each URL."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, strategies as st

from incahoots.loaders.urls import domain, domains, normalise, normalise_all, url_table


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("HTTP://ExAmple.COM:80/A/../b?x=1#top", "https://example.com/b?x=1"),
        ("https://example.com", "https://example.com/"),
        ("http://example.com:443/", "https://example.com/"),
        ("https://example.com:8443/", "https://example.com:8443/"),
        ("www.example.org/y", "https://www.example.org/y"),
        ("//example.org/y", "https://example.org/y"),
        ("http://bücher.example/ä b", "https://xn--bcher-kva.example/%C3%A4%20b"),
        ("https://example.org./x", "https://example.org/x"),
        ("https://example.org.:8080/x", "https://example.org:8080/x"),
        ("https://example.org/#!/page", "https://example.org/#!/page"),
        ("http://example.org?utm_source=a&&b=2&FBCLID=3&a=1", "https://example.org/?b=2&a=1"),
        ("http://example.org/?utm_medium=a", "https://example.org/"),
        ("https://www.youtube.com/watch?v=AbC&feature=youtu.be", "https://www.youtube.com/watch?v=AbC"),
        ("https://m.facebook.com/story.php?story_fbid=1&id=2", "https://m.facebook.com/story.php?story_fbid=1&id=2"),
        ("https://twitter.com/a/status/1?s=19", "https://twitter.com/a/status/1"),
        ("https://shop.example/?s=19", "https://shop.example/?s=19"),
        ("http://[::1]:80/x", "https://[::1]/x"),
        ("  http://[::1  ", "http://[::1"),
        ("http://ex ample.org/", "http://ex ample.org/"),
        ("mailto:a@example.org", "mailto:a@example.org"),
        ("23678", "23678"),
        ("", ""),
    ],
)
def test_spelling(written, normal):
    assert normalise(written) == normal
    assert normalise(normal) == normal


def test_a_url_longer_than_the_index_takes_is_named_by_its_hash_and_keeps_its_domain():
    long = "https://example.org/" + "é" * 4_000
    assert normalise(long).startswith("sha256:")
    assert len(normalise(long)) == 71
    assert normalise(long) != normalise(long + "x")
    assert domain(long) == "example.org"


@pytest.mark.parametrize(
    ("url", "registered"),
    [
        ("https://www.news.example.co.uk/a", "example.co.uk"),
        ("http://user@www.example.org:80/", "example.org"),
        ("http://192.168.0.1:8080/x", "192.168.0.1"),
        ("http://[::1]/x", "[::1]"),
        ("http://localhost/x", "localhost"),
        ("http://[::1", None),
        ("23678", None),
    ],
)
def test_domain(url, registered):
    assert domain(url) == registered


@given(st.text(max_size=30) | st.from_regex(r"(?i)https?://[a-z.:@#?&=_/]{0,20}"))
def test_normalising_twice_is_normalising_once(url):
    if not any("\ud800" <= char <= "\udfff" for char in url):
        assert normalise(normalise(url)) == normalise(url)


def test_many_at_once_are_each_alone():
    urls = pl.Series(
        "u", ["http://a.example/?fbclid=1", None, "x", "http://a.example/?fbclid=1", "https://b.example/" + "x" * 8_000]
    )
    assert normalise_all(urls).to_list() == [None if url is None else normalise(url) for url in urls]
    assert domains(urls).to_list() == [None if url is None else domain(url) for url in urls]
    assert url_table(urls).height == 3
    assert url_table(urls.head(0)).height == 0


PLAIN = r"https?://(xn--|[a-zA-Z0-9-]{1,4}\.){1,3}[a-z0-9]{1,3}[/a-zA-Z0-9.~_%?-]{0,12}"


@given(st.lists(st.from_regex(PLAIN, fullmatch=True)))
def test_plain_ones_are_spelled_as_the_parser_spells_them(urls):
    assert url_table(pl.Series(urls, dtype=pl.String())).select("raw", "url").rows() == [
        (url, normalise(url)) for url in dict.fromkeys(urls)
    ]
