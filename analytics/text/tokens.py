r"""Tokens of texts, as in the coordination-network-toolkit, for a whole column at a time.

Texts are lower-cased, mentions (from ``@`` to the next white space) are removed, and the rest is split at word
boundaries; white space and apostrophes at a boundary are dropped. Punctuation marks, ideographs and ``don't`` are
tokens. Word boundaries are those of the ``regex`` package, which the toolkit uses: Unicode's annex 29, except that

- an apostrophe (``'`` or ``’``) is never separated from a following vowel;
- rules that look two characters away count combining marks and format characters as the second character;
- such characters at the start of a text stay with what follows, but not after white space;
- there is no boundary after an odd number of regional indicators (half a flag).

Tokens equal those of the toolkit 1.5.2 on all texts that ``benchmarks/similarity.py`` compares, with one exception:
Unicode's tables are from polars here and from regex there, so characters that are new in one of the two versions, or
whose class changed, may be split differently. Both use Python's lower-casing.

No token crosses a space. Texts are split at spaces first, and only distinct pieces are examined: the cost is that of a
vocabulary, not of all texts.

References
----------
Unicode Standard Annex 29, "Unicode text segmentation", rules WB1 to WB999.

Graham et al. 2024, "The Coordination Network Toolkit" (S3), co-similarity.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
from scipy import sparse

from incahoots.analytics.text.tfidf import tfidf
from incahoots.mentions import MENTION

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

#: Texts per block, which bounds the memory beside the result.
TEXTS_AT_ONCE = 30_000

# Character classes by Unicode's property Word_Break; 0 for all others.
_PROPERTIES = {
    "ALetter": 1,
    "Hebrew_Letter": 2,
    "Numeric": 3,
    "Katakana": 4,
    "ExtendNumLet": 5,
    "MidLetter": 6,
    "MidNumLet": 7,
    "MidNum": 8,
    "Single_Quote": 9,
    "Double_Quote": 10,
    "Extend": 11,
    "Format": 12,
    "ZWJ": 13,
    "Regional_Indicator": 14,
}
_SPACE = 15
_N_CLASSES = 16
_HEBREW, _NUMBER, _ZWJ, _FLAG = (
    _PROPERTIES[name] for name in ("Hebrew_Letter", "Numeric", "ZWJ", "Regional_Indicator")
)
_IGNORED = r"[\p{wb=Extend}\p{wb=Format}\p{wb=ZWJ}]"
_VOWELS = np.array([ord(vowel) for vowel in "aàáâeèéêiìíîoòóôuùúû"], np.uint32)
_NEWLINE, _BLANK, _APOSTROPHE, _CURLY = (ord(char) for char in "\n '’")

# Rules for pairs of classes: no boundary; or none if the class after (before) the pair allows it.
_TOGETHER, _IF_BEHIND, _IF_BEFORE = 1, 2, 4


def counted(texts: Sequence[str | None] | pl.Series) -> tuple[sparse.csr_array, pl.Series]:
    """Count the tokens of each text.

    Parameters
    ----------
    texts : sequence of str or None, length n
        None has no tokens.

    Returns
    -------
    sparse.csr_array of int32, shape (n, n_tokens)
        Counts of tokens; columns ascend in each row, and the rarest token is the first column.
    pl.Series of str, length n_tokens
        The tokens.
    """
    column = pl.Series("text", texts, dtype=pl.String()).fill_null("")
    pieces, offsets, different = _pieces(column)
    tokens, owner = _cut(different)
    encoded = tokens.dictionary_encode()
    of = encoded.indices.to_numpy().astype(np.int64)
    names = pl.Series("token", encoded.dictionary, dtype=pl.String())

    n_names = len(names)
    frequency = np.bincount(of, np.bincount(pieces, minlength=len(different))[owner], n_names)
    order = np.argsort(frequency, kind="stable")
    rank = np.empty(n_names, np.int64)
    rank[order] = np.arange(n_names)
    of = rank[of]

    n_tokens = np.bincount(owner, minlength=len(different))
    first = np.cumsum(n_tokens) - n_tokens
    parts = [
        _counted(pieces, offsets[start : start + TEXTS_AT_ONCE + 1], first, n_tokens, of)
        for start in range(0, len(column), TEXTS_AT_ONCE)
    ]
    sizes, columns, counts = (np.concatenate(arrays) for arrays in zip(*parts, strict=True)) if parts else _NOTHING
    matrix = sparse.csr_array((counts, columns, starts_and_end(sizes)), shape=(len(column), n_names))
    return matrix, names.gather(order)


def lexical_vectors(texts: Sequence[str | None] | pl.Series) -> sparse.csr_array:
    """Compute TF-IDF vectors of texts; see `tfidf`.

    Vectors are similar if their texts share words, especially rare ones. Translations, synonyms, inflections and
    spelling variants count as different words. Words are the tokens of `counted` that have a letter or a digit: without
    mentions, and with one word per Chinese character.

    Returns
    -------
    sparse.csr_array of float64, shape (n, n_words)
        Rows of length 1; empty where a text has no words.
    """
    counts, tokens = counted(texts)
    return tfidf(counts[:, tokens.str.contains(r"[\p{L}\p{N}]").to_numpy()])


#: Sizes of rows, columns and counts if there are no texts.
_NOTHING = (np.empty(0, np.int64), np.empty(0, np.int32), np.empty(0, np.int32))


def starts_and_end(sizes: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Offsets of consecutive rows of these sizes, and the end of the last."""
    return np.concatenate([np.zeros(1, sizes.dtype), np.cumsum(sizes)])


def _counted(
    pieces: npt.NDArray[np.int32], offsets: Ints, first: Ints, n_tokens: Ints, of: Ints
) -> tuple[Ints, npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Count the tokens of some texts from their pieces: tokens per text, their columns, and their counts."""
    these = pieces[offsets[0] : offsets[-1]]
    lengths = n_tokens[these]
    ends = starts_and_end(lengths)
    token = of[np.arange(ends[-1]) + np.repeat(first[these] - ends[:-1], lengths)]
    text = np.repeat(np.arange(len(offsets) - 1), np.diff(ends[offsets - offsets[0]]))
    bits = int(of.max(initial=0)).bit_length()
    key = (text << bits) | token
    key.sort()
    starts = np.flatnonzero(np.diff(key, prepend=-1))
    counts = np.diff(starts, append=len(key)).astype(np.int32)
    key = key[starts]
    sizes = np.bincount(key >> bits, minlength=len(offsets) - 1)
    return sizes, (key & ((1 << bits) - 1)).astype(np.int32), counts


def _pieces(texts: pl.Series) -> tuple[npt.NDArray[np.int32], Ints, pa.LargeStringArray]:
    """Split texts at spaces.

    Returns
    -------
    array of int32, array of int64, pa.LargeStringArray
        The pieces of all texts as indices of distinct pieces; the offsets of the texts; the distinct pieces. A leading
        space marks a piece at the start of a text, only where that makes a difference.
    """
    lists = pc.split_pattern(_strings(texts), " ")
    offsets = lists.offsets.to_numpy().astype(np.int64)
    encoded = lists.flatten().dictionary_encode()
    pieces, different = encoded.indices.to_numpy(), encoded.dictionary
    unusual = pl.Series(different, dtype=pl.String()).str.contains(f"^{_IGNORED}")
    if unusual.any():
        at = offsets[:-1][unusual.to_numpy()[pieces[offsets[:-1]]]]
        marked = unusual.cum_sum().to_numpy() - 1 + len(different)
        pieces = pieces.copy()
        pieces[at] = marked[pieces[at]]
        starts = " " + pl.Series(different, dtype=pl.String()).filter(unusual)
        different = pa.concat_arrays([different, _strings(starts)])
    return pieces, offsets, different


def _cut(pieces: pa.LargeStringArray) -> tuple[pa.LargeStringArray, Ints]:
    """Split pieces, as from `_pieces`, into tokens; return all tokens and the index of each one's piece."""
    lower = pl.Series([piece.lower() for piece in pieces.to_pylist()], dtype=pl.String())
    mentions = lower.str.contains("@", literal=True).arg_true()
    if len(mentions):
        lower = lower.scatter(mentions, lower.gather(mentions).str.replace_all(MENTION, ""))
    starts = np.cumsum(lower.str.len_chars().to_numpy().astype(np.int64) + 1)  # of the next piece, behind a newline
    chars = np.frombuffer("\n".join(["", *lower, ""]).encode("utf-32-le"), np.dtype("<u4"))
    classes = _classes(chars)

    together = np.zeros(len(chars), bool)
    together[1:] = _together(chars, classes)
    dropped = (classes == _SPACE) | ((chars == _APOSTROPHE) & ~together)
    first = ~dropped
    first[1:] &= ~together[1:] | dropped[:-1]

    kept = chars[~dropped]
    width = (kept >= 0x80).astype(np.int8)
    width += kept >= 0x800
    width += kept >= 0x10000
    begins = (np.cumsum(width + np.int8(1), dtype=np.int64) - width - 1)[first[~dropped]]
    data = kept.tobytes().decode("utf-32-le").encode()
    ends = np.append(begins, len(data))
    tokens = pa.LargeStringArray.from_buffers(len(begins), pa.py_buffer(ends), pa.py_buffer(data))
    return tokens, np.searchsorted(starts, np.flatnonzero(first), side="right").astype(np.int64)


def _classes(chars: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint8]:
    """Look up the class of each character in polars' tables of Unicode."""
    present = np.zeros(0x110000, bool)
    present[chars] = True
    codes = np.flatnonzero(present)
    different = pl.Series([chr(code) for code in codes], dtype=pl.String())
    of = np.zeros(len(codes), np.uint8)
    for name, number in _PROPERTIES.items():
        of[different.str.contains(rf"\p{{wb={name}}}").to_numpy()] = number
    of[[char.isspace() for char in different]] = _SPACE
    table = np.zeros(0x110000, np.uint8)
    table[codes] = of
    return table[chars]


def _together(chars: npt.NDArray[np.uint32], classes: npt.NDArray[np.uint8]) -> Flags:
    """Whether each character and the next belong together; the first and the last are newlines."""
    pairs, triples = _rules()
    index = np.arange(len(classes))
    ignored = (classes >= _PROPERTIES["Extend"]) & (classes <= _ZWJ)
    # The index of the character before each position, skipping ignored ones.
    left = (np.maximum.accumulate(np.where(ignored, 0, index)) if ignored.any() else index)[:-1]
    class_left = classes[left]
    rule = pairs[class_left, classes[1:]]
    together: Flags = (rule & _TOGETHER) != 0

    at = np.flatnonzero(rule & _IF_BEHIND)
    together[at] |= triples[class_left[at], classes[at + 1], classes[at + 2]]
    at = np.flatnonzero(rule & _IF_BEFORE)
    together[at] |= triples[classes[left[at] - 1], class_left[at], classes[at + 1]]
    char_left = chars[left]
    at = np.flatnonzero((char_left == _APOSTROPHE) | (char_left == _CURLY))
    together[at] |= np.isin(chars[at + 1], _VOWELS)
    if ignored.any():
        together |= ignored[:-1] & (char_left == _BLANK)
        at = np.flatnonzero(classes[:-1] == _ZWJ)
        behind = pl.Series([chr(char) for char in chars[at + 1]], dtype=pl.String())
        together[at] |= behind.str.contains(r"\p{Extended_Pictographic}").to_numpy()
    flags = classes == _FLAG
    if flags.any():
        in_a_row = index - np.maximum.accumulate(np.where(flags, 0, index))
        together |= in_a_row[left] % 2 == 1
    return together


@cache
def _rules() -> tuple[npt.NDArray[np.uint8], Flags]:
    """Tables of the rules for pairs of classes, and of the triples of classes that stay together."""
    pairs = np.zeros((_N_CLASSES, _N_CLASSES), np.uint8)
    triples = np.zeros((_N_CLASSES, _N_CLASSES, _N_CLASSES), bool)

    def classes(*names: str) -> list[int]:
        return [_PROPERTIES[name] for name in names]

    def keep(left: Iterable[int], right: list[int]) -> None:
        pairs[np.ix_(list(left), right)] |= _TOGETHER

    def keep_around(outer: list[int], middle: list[int]) -> None:
        pairs[np.ix_(outer, middle)] |= _IF_BEHIND
        pairs[np.ix_(middle, outer)] |= _IF_BEFORE
        triples[np.ix_(outer, middle, outer)] = True

    letters, both = classes("ALetter", "Hebrew_Letter"), classes("ALetter", "Hebrew_Letter", "Numeric")
    katakana, extender = classes("Katakana"), classes("ExtendNumLet")
    keep(range(_N_CLASSES), classes("Extend", "Format", "ZWJ"))
    keep(both, both)
    keep(katakana, katakana)
    keep([*both, *katakana, *extender], extender)
    keep(extender, [*both, *katakana])
    keep([_HEBREW], classes("Single_Quote"))
    keep_around([_HEBREW], classes("Double_Quote"))
    keep_around(letters, classes("MidLetter", "MidNumLet", "Single_Quote"))
    keep_around([_NUMBER], classes("MidNum", "MidNumLet", "Single_Quote"))
    return pairs, triples


def _strings(texts: pl.Series) -> pa.LargeStringArray:
    """Convert texts to one Arrow array."""
    array = texts.rechunk().to_arrow()
    return array.cast(pa.large_string())
