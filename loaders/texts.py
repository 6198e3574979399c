"""Text keys, by which co_tweet compares texts.

The rule is that of the coordination-network-toolkit 1.5.2, whose ``message_preprocessor`` lower-cases a text, removes
everything from an ``@`` to the next white space, and collapses white space. One thing differs: case is folded, so
``STRASSE`` and ``straße`` are equal. Texts that are equal there are equal here.

A key begins with the version of this rule, so that keys of earlier versions can be found and renewed before loading:
see `incahoots.loaders.renewal`.
"""

from __future__ import annotations

import hashlib
from functools import cache

import polars as pl

from incahoots.mentions import MENTION

#: Prefix of keys: the version of the rule. Keys of 0.1.0, which kept what touches a mention, have none.
VERSION = "2:"

# Python's ``str.split``, and so the toolkit, also splits at four control characters that are not Unicode's white space.
_SPACE = r"[\s\x1c-\x1f]"
_UNTIDY = rf"{_SPACE}{{2}}|[^\S ]|[\x1c-\x1f]"
_URL = r"(?:https?://|www\.)\S+"
_URL_SIGN = r"://|www\."


def text_keys(texts: pl.Series, *, urls: bool = True) -> pl.Series:
    """Compute keys of texts after case folding, removing mentions and collapsing white space.

    Parameters
    ----------
    texts : pl.Series of str
        Texts.
    urls : bool
        If False, remove URLs, too (S2).

    Returns
    -------
    pl.Series of str
        `VERSION` and the 128-bit BLAKE2b of the remaining text in 32 hexadecimal digits, the same on every machine.
        Null if no text remains: empty texts never match.
    """
    left = folded(texts, urls=urls)
    blake2b = hashlib.blake2b
    data = left.cast(pl.Binary).to_list()
    keys = [None if text is None else VERSION + blake2b(text, digest_size=16).hexdigest() for text in data]
    return pl.Series(texts.name, keys, dtype=pl.String())


def both_text_keys(texts: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Compute `text_keys` with and without URLs; only texts that may contain a URL are processed twice."""
    keys = text_keys(texts)
    linked = texts.str.contains(f"(?i){_URL_SIGN}").arg_true()
    # Copy, because scatter works in place.
    return keys, keys.clone().scatter(linked, text_keys(texts.gather(linked), urls=False)) if len(linked) else keys


def folded(texts: pl.Series, *, urls: bool = True) -> pl.Series:
    """Normalise texts for `text_keys`; null if no text remains."""
    lower = texts.str.to_lowercase()
    special = texts.str.contains(_fold_differs()).fill_null(value=False)
    if special.any():
        rows = special.arg_true()
        lower = lower.scatter(rows, pl.Series([text.casefold() for text in texts.gather(rows)], dtype=pl.String()))
    if not urls:
        lower = _replaced(lower, _URL_SIGN, _URL, "")
    lower = _replaced(lower, "@", MENTION, "")
    left = _replaced(lower, _UNTIDY, f"{_SPACE}+", " ").str.strip_chars(" ")
    return left.set(left == "", None)


def _replaced(texts: pl.Series, sign: str, pattern: str, by: str) -> pl.Series:
    """Replace a pattern in texts; only texts with a literal that is faster to find are processed."""
    rows = texts.str.contains(sign).arg_true()
    return texts.scatter(rows, texts.gather(rows).str.replace_all(pattern, by)) if len(rows) else texts


@cache
def _fold_differs() -> str:
    """Build a pattern for the characters that case folding and lower-casing treat differently.

    These include the capital sigma, whose lower case depends on its position in a word.
    """
    # Only the first two planes contain letters with case; others contain ideographs, tags and private-use characters.
    chars = (chr(code) for code in range(0x20000) if not 0xD800 <= code <= 0xDFFF)
    return "[Σ" + "".join(char for char in chars if char.lower() != char.casefold()) + "]"
