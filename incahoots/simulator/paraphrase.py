"""Paraphrases: variants of a text that differ in one or two words: similar, but never equal.

Similarity is Jaccard's, of the sets of words: the common ones over all. Words of a text are different from each other,
so a word dropped or added changes one of them, and a word replaced two. A variant changes at most two, two variants
four, and four of the `N_WORDS` or more that any two of them have together leave a similarity of .8 and more.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from incahoots.simulator.traces import Codes, uniforms
from incahoots.simulator.vocabulary import LANGUAGES, WORDS

#: Fewest and most words of a text.
N_WORDS, MOST_WORDS = 22, 26
#: Bits for the number of a variant, which is the number of its author. The first is the text itself.
PLACE_BITS = 4
#: Changes of the two words of a variant; "replace" and "keep" are the most frequent.
EDITS = (
    ("replace", "keep"), ("replace", "keep"), ("replace", "keep"),
    ("drop", "keep"), ("add", "keep"), ("drop", "drop"), ("add", "add"), ("drop", "add"),
)  # fmt: skip


def variant_code(text: Codes, place: Codes) -> Codes:
    """Return the code of a variant: that of the text, which contains its language, and a number below 12."""
    return text << PLACE_BITS | place


def paraphrases(variants: Codes, language: NDArray[np.int8], salt: int) -> pl.Series:
    """Write variants of texts from their codes alone."""
    texts, places = variants >> PLACE_BITS, variants & (1 << PLACE_BITS) - 1
    u = uniforms(texts, 1 + max(map(len, WORDS.values())), salt ^ 5)
    n_words = N_WORDS + (u[0] * (MOST_WORDS + 1 - N_WORDS)).astype(np.int64)
    edits = (uniforms(variants, 1, salt ^ 6)[0] * len(EDITS)).astype(np.int64)
    return pl.Series(
        [
            " ".join(
                _variant(_shuffled(LANGUAGES[language[n]], u[1:, n]), int(n_words[n]), int(places[n]), EDITS[edit])
            )
            for n, edit in enumerate(edits)
        ],
        dtype=pl.String,
    )


def _shuffled(language: str, u: NDArray[np.float64]) -> list[str]:
    """Sort the words of a language by uniform numbers."""
    words = WORDS[language]
    return [words[place] for place in np.argsort(u[: len(words)])]


def _variant(words: list[str], n_words: int, place: int, edit: tuple[str, str]) -> list[str]:
    """Edit the first words; the others are there to be put in.

    Each place has words of its own to change and to put in, so that no two places say the same.
    """
    said = words[:n_words]
    if place == 0:
        return said
    half = N_WORDS // 2
    # Change the later word first, so that the position of the earlier one stays valid.
    for change, at, fresh in ((edit[1], half + place - 1, 2 * place), (edit[0], place - 1, 2 * place - 1)):
        new = words[n_words + fresh]
        match change:
            case "replace":
                said[at] = new
            case "drop":
                del said[at]
            case "add":
                said.insert(at, new)
    return said
