"""Text as a reader or a browser understands it: decoded, without invisible characters, case and accents."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

#: Rounds of decoding: links within links are encoded several times.
_ROUNDS = 4

_ENCODED = re.compile(
    r"(?:%[0-9A-Fa-f]{2})+|&#[0-9]{1,7};?|&#[xX][0-9A-Fa-f]{1,6};?|&\w{1,31};|\\/"
    r"|[\\%]u[0-9A-Fa-f]{4}|\\x[0-9A-Fa-f]{2}|\\u\{[0-9A-Fa-f]{1,5}\}"
    # Defanged links: x[.]com, x(dot)com, https[:]//x.com.
    r"|[\[({](?:\.|[dD][oO][tT]|:|://|/)[\])}]"
)
_MAYBE_ENCODED = re.compile(r"[%&\\]|[.tT:/][\])}]")

#: The full stop of Chinese and Japanese within a host name, where a browser reads it as a dot.
_STOP = re.compile(r"(?<=[a-z0-9])\u3002(?=[a-z0-9])")

#: Letters that people replace by plain ones and that Unicode does not decompose.
_WITHOUT = str.maketrans(
    {"ı": "i", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ŧ": "t", "æ": "ae", "œ": "oe", "þ": "th", "ə": "e"}
)
_PUNYCODE = re.compile(r"xn--[a-z0-9-]+")

#: Decoded characters, each with the start and end of what it was decoded from.
_Signs = list[tuple[str, int, int]]


@dataclass(frozen=True)
class Plain:
    """A text in plain form, and where each of its characters is in the original text.

    Attributes
    ----------
    text : str
    starts, ends : sequence of int
        For each character of ``text``, the part of the original text that it stands for.
    """

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    @classmethod
    def of(cls, written: str) -> Plain:
        """Bring a text into plain form.

        Decodes HTML entities, JavaScript escapes, percent-encoding and Punycode, restores defanged links, replaces
        full-width characters and ligatures by plain ones and capitals by small letters, and removes invisible
        characters and accents. Percent-encoded white space becomes ``+``, as it does not end a link.

        Examples
        --------
        >>> Plain.of("＠Ann\u200b_B %2540x &#64;y").text
        '@ann_b @x @y'
        """
        found = cls(written, range(len(written)), range(1, len(written) + 1))
        for _ in range(_ROUNDS if _MAYBE_ENCODED.search(written) else 0):
            again = found._replaced(_ENCODED, _decoded)
            if again.text == found.text:
                break
            found = again
        # An ASCII character always becomes exactly one.
        found = cls(found.text.lower(), found.starts, found.ends) if found.text.isascii() else found._folded()
        if "\u3002" in found.text:
            found = cls(_STOP.sub(".", found.text), found.starts, found.ends)
        return found._replaced(_PUNYCODE, _unicode) if "xn--" in found.text else found

    def written(self, start: int, end: int) -> tuple[int, int]:
        """The position of a part of the plain text in the original one."""
        return self.starts[start], self.ends[end - 1]

    def _replaced(self, pattern: re.Pattern[str], decoded: Callable[[str], _Signs]) -> Plain:
        """Decode what a pattern finds; each new character stands for the part that it was decoded from."""
        text: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        last = 0
        for match in pattern.finditer(self.text):
            text.append(self.text[last : match.start()])
            starts += self.starts[last : match.start()]
            ends += self.ends[last : match.start()]
            for sign, at, after in decoded(match[0]):
                text.append(sign)
                starts += [self.starts[match.start() + at]] * len(sign)
                ends += [self.ends[match.start() + after - 1]] * len(sign)
            last = match.end()
        if not last:
            return self
        text.append(self.text[last:])
        return Plain("".join(text), [*starts, *self.starts[last:]], [*ends, *self.ends[last:]])

    def _folded(self) -> Plain:
        """Remove case, accents and invisible characters."""
        folded = [_SIGNS[sign] for sign in self.text]
        if len(folded) == sum(map(len, folded)) and all(folded):
            return Plain("".join(folded), self.starts, self.ends)
        starts = [start for sign, start in zip(folded, self.starts, strict=True) for _ in sign]
        ends = [end for sign, end in zip(folded, self.ends, strict=True) for _ in sign]
        return Plain("".join(folded), starts, ends)


def fold(word: str) -> str:
    """Remove case, accents and invisible characters from a word.

    Examples
    --------
    >>> fold("Ａlicé\u200d")
    'alice'
    """
    return word.lower() if word.isascii() else _fold(word)


@lru_cache(maxsize=100_000)
def _fold(word: str) -> str:
    """Fold a word that is not ASCII."""
    # Case-folding yields some characters that decompose further, and decomposition some that fold further.
    once = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", word).casefold())
    return "".join(sign for sign in once if sign.isascii() or not _is_silent(sign)).translate(_WITHOUT)


class _Folded(dict[str, str]):
    """Folded characters, each computed once."""

    def __missing__(self, sign: str) -> str:
        self[sign] = folded = fold(sign)
        return folded


_SIGNS = _Folded()


def _is_silent(sign: str) -> bool:
    """Whether a character only modifies others or is invisible: accents, joiners, marks of direction."""
    category = unicodedata.category(sign)
    return category[0] == "M" or category == "Cf" or sign in "\u115f\u1160\u3164\uffa0"


def _decoded(found: str) -> _Signs:
    """Decode an HTML entity, a JavaScript escape, percent-encoding, or the mark of a defanged link."""
    if found[0] == "&":
        meant = html.unescape(found)
        return [(sign, at, at + 1) for at, sign in enumerate(found)] if meant == found else [(meant, 0, len(found))]
    if found[0] == "\\":
        return [("/" if found[1] == "/" else chr(int(found[2:].strip("{}"), 16)), 0, len(found))]
    if found[0] in "[({":
        return [("." if found[1] in "dD" else found[1:-1], 0, len(found))]
    if found[1] == "u":
        return [(chr(int(found[2:], 16)), 0, len(found))]
    signs: _Signs = []
    at = 0
    for sign in bytes.fromhex(found.replace("%", "")).decode("utf-8", "surrogateescape"):
        after = at + 3 * len(sign.encode("utf-8", "surrogateescape"))
        if sign.isspace():
            sign = "+"
        # Bytes that are not UTF-8 stay encoded.
        signs.append((found[at:after] if "\udc80" <= sign <= "\udcff" else sign, at, after))
        at = after
    return signs


def _unicode(found: str) -> _Signs:
    """Decode a label of a host that is written in Punycode."""
    try:
        return [(fold(found.encode("ascii").decode("idna")), 0, len(found))]
    except UnicodeError:
        return [(found, 0, len(found))]
