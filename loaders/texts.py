"""What makes two texts the same: the key of co_tweet.

The rule is that of the coordination-network-toolkit 1.5.2, whose ``message_preprocessor`` lower-cases a text, removes
everything from an ``@`` to the next white space, and collapses white space. One thing differs: we fold case, so that
``STRASSE`` and ``straße`` are equal. Texts that are equal there are equal here.

A key begins with the version of this rule. Keys of an earlier version are found by that, and renewed before anything is
loaded or derived: see `incahoots.loaders.renewal`.
"""

from __future__ import annotations

import hashlib
from functools import cache

import polars as pl

from incahoots.mentions import MENTION

#: How keys begin: the version of the rule. Those of 0.1.0, which left standing what touches a mention, began with none.
VERSION = "2:"

# Python's ``str.split``, and so the toolkit, also splits at four control characters that are not Unicode's white space.
_SPACE = r"[\s\x1c-\x1f]"
_UNTIDY = rf"{_SPACE}{{2}}|[^\S ]|[\x1c-\x1f]"
_URL = r"(?:https?://|www\.)\S+"
_URL_SIGN = r"://|www\."


def text_keys(texts: pl.Series, *, urls: bool = True) -> pl.Series:
    """Make keys that are equal where texts are equal after case folding, cutting mentions and collapsing white space.

    Parameters
    ----------
    texts : pl.Series of str
        As written.
    urls : bool
        False removes URLs, too (S2).

    Returns
    -------
    pl.Series of str
        `VERSION`, and the 128-bit BLAKE2b of the text that is left in 32 hexadecimal digits; the same on every machine.
        Null where nothing is left: empty texts never match.
    """
    left = folded(texts, urls=urls)
    blake2b = hashlib.blake2b
    data = left.cast(pl.Binary).to_list()
    keys = [None if text is None else VERSION + blake2b(text, digest_size=16).hexdigest() for text in data]
    return pl.Series(texts.name, keys, dtype=pl.String())


def both_text_keys(texts: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Return `text_keys` with URLs, and without: only texts that may have one are treated twice."""
    keys = text_keys(texts)
    linked = texts.str.contains(f"(?i){_URL_SIGN}").arg_true()
    # scatter writes in place: without a copy the two would be one.
    return keys, keys.clone().scatter(linked, text_keys(texts.gather(linked), urls=False)) if len(linked) else keys


def folded(texts: pl.Series, *, urls: bool = True) -> pl.Series:
    """Return the texts as `text_keys` compares them; null where nothing is left."""
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
    """Return the texts with a pattern replaced; only those with a sign of it, which is found faster, are rewritten."""
    rows = texts.str.contains(sign).arg_true()
    return texts.scatter(rows, texts.gather(rows).str.replace_all(pattern, by)) if len(rows) else texts


@cache
def _fold_differs() -> str:
    """Return a pattern for the characters that case folding and lower-casing treat differently.

    The capital sigma is among them because its lower case depends on where in a word it stands.
    """
    # Beyond the first two planes there are no letters with case: ideographs, tags, private use.
    chars = (chr(code) for code in range(0x20000) if not 0xD800 <= code <= 0xDFFF)
    return "[Σ" + "".join(char for char in chars if char.lower() != char.casefold()) + "]"
