r"""Texts as sets of tokens, as the coordination-network-toolkit cuts them, a whole column at a time.

A text is lower-cased; a mention, from ``@`` to the next white space, is removed; then it is cut at word boundaries, and
white space and the apostrophe at a boundary are dropped. A punctuation mark is a token, so is an ideograph, and so is
``don't``. Word boundaries are those of Unicode's annex 29 as the ``regex`` package finds them, which the toolkit uses.
In these ways they are not the annex's:

- An apostrophe (``'`` or ``’``) and a vowel behind it are never parted.
- Rules that look two characters away count the second one even if it is a combining mark or a format character.
- Such characters at the very start of a text are not parted from what follows; after white space they are.
- After an odd number of regional indicators (half a flag) there is no boundary, whatever follows.

Equal to the toolkit 1.5.2 on every text tried (``benchmarks/similarity.py`` tries), with one departure: Unicode's
tables are those of polars here and of regex there, so characters that are newer than one of the two versions, or whose
class changed between them, can be cut otherwise. Lower-casing is Python's in both.

No token crosses a space. Texts are cut at spaces first and only the different pieces are looked at closely: the cost is
that of a vocabulary, not of all texts.

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

from incahoots.mentions import MENTION

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

#: Texts whose tokens are counted at once: bounds the memory beside the result.
TEXTS_AT_ONCE = 30_000

# Classes of characters, by Unicode's property Word_Break; 0 is any other.
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

# What stands between two classes: nothing, or a boundary unless the class behind (before) them is the right one.
_TOGETHER, _IF_BEHIND, _IF_BEFORE = 1, 2, 4


def counted(texts: Sequence[str | None] | pl.Series) -> tuple[sparse.csr_array, pl.Series]:
    """Count the tokens of every text.

    Parameters
    ----------
    texts : sequence of str or None, length n
        As written. None has no tokens.

    Returns
    -------
    sparse.csr_array of int32, shape (n, n_tokens)
        How often a text has a token; columns ascending in every row. The rarest token is the first column.
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
    r"""Weigh the words of every text by term frequency and inverse document frequency.

    .. math:: x_{iw} \propto c_{iw} \left(1 + \ln \frac{1 + n}{1 + n_w}\right), \quad \|x_i\|_2 = 1

    Two vectors are near when their texts share words, rare ones above all. That is *lexical*: a translation, a synonym
    or another spelling is as far away as any other text, and so is another inflection.

    Parameters
    ----------
    texts : sequence of str or None, length n

    Returns
    -------
    sparse.csr_array of float64, shape (n, n_words)
        Rows of length 1, or empty where a text has no words.

    Notes
    -----
    scikit-learn's TF-IDF, as ``TfidfVectorizer`` weighs by default, on the tokens of `counted` that have a letter or a
    digit: mentions are gone, and Chinese is one word a character.
    """
    from sklearn.feature_extraction.text import TfidfTransformer  # slow to import

    counts, tokens = counted(texts)
    words = counts[:, tokens.str.contains(r"[\p{L}\p{N}]").to_numpy()]
    if 0 in words.shape:
        return words.astype(np.float64)
    return sparse.csr_array(TfidfTransformer().fit_transform(words), dtype=np.float64)


#: Sizes of rows, columns and counts where there are no texts.
_NOTHING = (np.empty(0, np.int64), np.empty(0, np.int32), np.empty(0, np.int32))


def starts_and_end(sizes: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return where each of some rows starts that lie one behind the other, and the end of the last."""
    return np.concatenate([np.zeros(1, sizes.dtype), np.cumsum(sizes)])


def _counted(
    pieces: npt.NDArray[np.int32], offsets: Ints, first: Ints, n_tokens: Ints, of: Ints
) -> tuple[Ints, npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Put the tokens of the pieces of some texts together: how many are in each, which, and how often."""
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
    """Cut texts at spaces.

    Returns
    -------
    array of int32, array of int64, pa.LargeStringArray
        The pieces of all texts, one text after the other, by their number; where each text starts among them, and the
        end; the different pieces. A piece is as after white space, unless it starts with a space, which stands for the
        start of a text; that is told only where it matters.
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
    """Cut pieces, as of `_pieces`, into tokens: all tokens one after the other, and the number of the piece of each."""
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
    """Look the class of every character up; polars knows Unicode's tables."""
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
    """Whether there is no word boundary between each character and the next; the first and the last are newlines."""
    pairs, triples = _rules()
    index = np.arange(len(classes))
    ignored = (classes >= _PROPERTIES["Extend"]) & (classes <= _ZWJ)
    # Where the character before each place stands once ignored ones are skipped.
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
    """Tables of what stands between two classes, and of the triples of classes that stay together."""
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
    """Give texts to Arrow, in one piece."""
    array = texts.rechunk().to_arrow()
    return array.cast(pa.large_string())
