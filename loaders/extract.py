"""Extract hashtags, mentions and URLs from texts, for sources that have only the text."""

from __future__ import annotations

import polars as pl

_URL = r"(?i)https?://[^\s<>\"'\u201c\u201d\u2026]+"
_TAG_CHARS = r"[\p{L}\p{M}\p{N}_]"
# A '#' inside a word or a link (page#part) does not begin a hashtag; a tag has at least one letter.
_HASHTAG = rf"(?:^|[^\p{{L}}\p{{M}}\p{{N}}_&/])[#＃]({_TAG_CHARS}*\p{{L}}{_TAG_CHARS}*)"
_MENTION = r"(?:^|[^\p{L}\p{N}_@＠])[@＠]([A-Za-z0-9_]{1,15})\b"


def hashtags(texts: pl.Series) -> pl.Series:
    """Return the hashtags of each text as written, without ``#``; null without text."""
    found = _without_urls(texts, "#").str.extract_all(_HASHTAG)
    return found.list.eval(pl.element().str.extract(r"[#＃](.+)$", 1)).alias("hashtags")


def mentions(texts: pl.Series) -> pl.Series:
    """Return the accounts that each text mentions, as ``@name`` in lower case; null without text."""
    found = _without_urls(texts, "@").str.extract_all(_MENTION)
    return found.list.eval("@" + pl.element().str.extract(r"[@＠](.+)$", 1).str.to_lowercase()).alias("mentions")


def urls(texts: pl.Series) -> pl.Series:
    """Return the links in each text, without trailing punctuation; null without text."""
    found = texts.str.extract_all(_URL)
    return found.list.eval(pl.element().str.strip_chars_end(".,;:!?)]}'\"").filter(pl.element().str.len_chars() > 8))


def _without_urls(texts: pl.Series, mark: str) -> pl.Series:
    """Replace each URL with a space; only texts that contain ``://`` are searched."""
    both = texts.str.contains(mark, literal=True) & texts.str.contains("://", literal=True)
    if not both.any():
        return texts
    cleaned = texts.str.replace_all(_URL, " ")
    return pl.select(pl.when(both).then(cleaned).otherwise(texts)).to_series().alias(texts.name)
