"""Hashtags, mentions and URLs out of texts."""

from __future__ import annotations

import polars as pl
import pytest

from incahoots.loaders import extract


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("#One and #two_2, #Ünï! (#x)", ["One", "two_2", "Ünï", "x"]),
        ("#a#b", ["a"]),
        ("#1 #2016 #2016vote", ["2016vote"]),
        ("https://a.example/#top page#frag", []),
        ("#русский ＃日本", ["русский", "日本"]),
        ("&#39;", []),
        (None, None),
    ],
)
def test_hashtags(text, tags):
    assert extract.hashtags(pl.Series([text], dtype=pl.String())).to_list() == [tags]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("@Ann: hi .@bob_1", ["@ann", "@bob_1"]),
        ("me@example.org", []),
        ("https://a.example/@user", []),
        ("@sixteen_letters_", []),
        ("'@quoted'", ["@quoted"]),
        (None, None),
    ],
)
def test_mentions(text, names):
    assert extract.mentions(pl.Series([text], dtype=pl.String())).to_list() == [names]


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("see https://a.example/x, (http://b.example/y).", ["https://a.example/x", "http://b.example/y"]),
        ("cut https://a.exa… https://", ["https://a.exa"]),
        ("none", []),
        (None, None),
    ],
)
def test_urls(text, links):
    assert extract.urls(pl.Series([text], dtype=pl.String())).to_list() == [links]
