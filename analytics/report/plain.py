"""Text as a reader or a browser understands it: decoded, without invisible signs, in one case and without accents."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

#: Times that text is decoded again: a link in a link in a link is encoded as often.
_ROUNDS = 4

_ENCODED = re.compile(
    r"(?:%[0-9A-Fa-f]{2})+|&#[0-9]{1,7};?|&#[xX][0-9A-Fa-f]{1,6};?|&\w{1,31};|\\/"
    r"|[\\%]u[0-9A-Fa-f]{4}|\\x[0-9A-Fa-f]{2}|\\u\{[0-9A-Fa-f]{1,5}\}"
    # Links that were made harmless: x[.]com, x(dot)com, https[:]//x.com.
    r"|[\[({](?:\.|[dD][oO][tT]|:|://|/)[\])}]"
)
_MAYBE_ENCODED = re.compile(r"[%&\\]|[.tT:/][\])}]")

#: The full stop of Chinese and Japanese where a browser reads it as a dot: in a host.
_STOP = re.compile(r"(?<=[a-z0-9])\u3002(?=[a-z0-9])")

#: Letters that are written as others where there is no accent at hand, and are not taken apart by Unicode.
_WITHOUT = str.maketrans(
    {"ı": "i", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ŧ": "t", "æ": "ae", "œ": "oe", "þ": "th", "ə": "e"}
)
_PUNYCODE = re.compile(r"xn--[a-z0-9-]+")

#: What is decoded: signs, and where the part that each stands for begins and ends.
_Signs = list[tuple[str, int, int]]


@dataclass(frozen=True)
class Plain:
    """A text as it is understood, and where each of its signs stands in the text as it is written.

    Attributes
    ----------
    text : str
    starts, ends : sequence of int
        Of each sign of ``text`` the part of the written text that it stands for.
    """

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    @classmethod
    def of(cls, written: str) -> Plain:
        """Understand a text.

        HTML's, JavaScript's and percent-encoded signs are decoded, links that were made harmless are links, full-width
        signs and ligatures are their plain ones, invisible signs and accents are left out, capitals are small, and
        labels in Punycode are what they stand for. White space that was percent-encoded is a ``+``, as it ends no link.

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
        # Of ASCII no sign becomes none or several.
        found = cls(found.text.lower(), found.starts, found.ends) if found.text.isascii() else found._folded()
        if "\u3002" in found.text:
            found = cls(_STOP.sub(".", found.text), found.starts, found.ends)
        return found._replaced(_PUNYCODE, _unicode) if "xn--" in found.text else found

    def written(self, start: int, end: int) -> tuple[int, int]:
        """Where a part of the plain text stands in the written one."""
        return self.starts[start], self.ends[end - 1]

    def _replaced(self, pattern: re.Pattern[str], decoded: Callable[[str], _Signs]) -> Plain:
        """The same with what a pattern finds decoded; each sign stands for the part that it was decoded from."""
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
        """The same in one case, without accents and invisible signs."""
        folded = [_SIGNS[sign] for sign in self.text]
        if len(folded) == sum(map(len, folded)) and all(folded):
            return Plain("".join(folded), self.starts, self.ends)
        starts = [start for sign, start in zip(folded, self.starts, strict=True) for _ in sign]
        ends = [end for sign, end in zip(folded, self.ends, strict=True) for _ in sign]
        return Plain("".join(folded), starts, ends)


def fold(word: str) -> str:
    """A word in one case, without accents and invisible signs.

    Examples
    --------
    >>> fold("Ａlicé\u200d")
    'alice'
    """
    return word.lower() if word.isascii() else _fold(word)


@lru_cache(maxsize=100_000)
def _fold(word: str) -> str:
    """The same for what is not ASCII."""
    # Case-folding makes some signs that fold further, and the other way round.
    once = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", word).casefold())
    return "".join(sign for sign in once if sign.isascii() or not _is_silent(sign)).translate(_WITHOUT)


class _Folded(dict[str, str]):
    """Signs as they are folded, each found once."""

    def __missing__(self, sign: str) -> str:
        self[sign] = folded = fold(sign)
        return folded


_SIGNS = _Folded()


def _is_silent(sign: str) -> bool:
    """Whether a sign only changes others, or is not seen: accents, joiners, marks of direction."""
    category = unicodedata.category(sign)
    return category[0] == "M" or category == "Cf" or sign in "\u115f\u1160\u3164\uffa0"


def _decoded(found: str) -> _Signs:
    """Decode HTML's, JavaScript's or percent-encoded signs, and what keeps links from being links."""
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
        # What is no UTF-8 is left as it is written.
        signs.append((found[at:after] if "\udc80" <= sign <= "\udcff" else sign, at, after))
        at = after
    return signs


def _unicode(found: str) -> _Signs:
    """Decode a label of a host that is written in Punycode."""
    try:
        return [(fold(found.encode("ascii").decode("idna")), 0, len(found))]
    except UnicodeError:
        return [(found, 0, len(found))]
