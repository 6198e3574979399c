"""Names and ids in the database: finds them as words of a text, in any case and with or without accents."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from incahoots.analytics.report.plain import fold

#: A name that occurs in this many different texts or more is an ordinary word, such as Ukraine or Fox News.
ORDINARY = 20

#: Minimum length of a name of letters only, of digits only, and of both or with an underscore.
_LETTERS, _DIGITS, _MIXED = 6, 9, 4

#: Minimum length of a name that is found inside a hashtag, and of a word of letters that no one writes by chance.
_IN_TAG, _RARE = 8, 12

#: Scripts without spaces between words: each character counts as a word.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff"
_WORD = re.compile(rf"[{_UNSPACED}]|[^\W{_UNSPACED}]+")
_ASCII_WORD = re.compile(r"\w+", re.ASCII)
_TAG = re.compile(r"#(\w+)")
_UNDERSCORED = re.compile(r"[^\W_]*_\w*")

#: Parts of a handle between underscores, at most.
_PARTS = 16

#: Characters between two words of one name, at most; any number of white space.
_APART = 3

#: Names inside a word are looked up by their first characters, this many; shorter names are not looked for there.
_BEGIN = 3

Words = tuple[str, ...]


@dataclass
class Known:
    """Names and ids, and the accounts that they belong to.

    Attributes
    ----------
    whose : dict of tuple of str to str
        Account ids, by the words of a name or an id. The account id is empty where the words are the id of a post.
    sure : set of tuple of str
        Names that never count as ordinary words.
    """

    whose: dict[Words, str] = field(default_factory=dict)
    sure: set[Words] = field(default_factory=set)
    _longest: dict[str, int] = field(default_factory=dict)
    _joined: dict[str, Words] = field(default_factory=dict)
    _lengths: dict[str, list[int]] = field(default_factory=dict)

    def add(self, name: str, account_id: str, *, sure: bool) -> None:
        """Add a name of an account, unless it is too short or already belongs to another account.

        A sure name never counts as an ordinary word, as it is an id, or a name of an account of the page. One short
        word of letters can still be one.
        """
        words = tuple(_pattern(name).findall(fold(name)))
        joined = "".join(words)
        if not _is_distinct(joined) or words in self.whose:
            return
        self.whose[words] = account_id
        self._longest[words[0]] = max(self._longest.get(words[0], 0), len(words))
        if joined not in self._joined:
            self._joined[joined] = words
            lengths = self._lengths.setdefault(joined[:_BEGIN], [])
            if len(joined) <= _LONGEST and len(joined) not in lengths:
                lengths.append(len(joined))
                lengths.sort(reverse=True)
        if sure and (len(words) > 1 or len(joined) >= _RARE or not joined.isalpha()):
            self.sure.add(words)

    def found(self, text: str) -> Iterator[tuple[int, int, Words]]:
        """Find names in a plain text and inside its hashtags: start, end and words of each.

        Longer names take precedence over shorter ones. Words may be joined by underscores or by nothing.
        """
        pattern = _pattern(text)
        yield from self._apart(text, pattern)
        if "_" in text:
            yield from self._apart(text.replace("_", " "), pattern)
            for match in _UNDERSCORED.finditer(text):
                yield from self._between_underscores(match[0], match.start())
        for tag in _TAG.finditer(text) if "#" in text else ():
            for start, end, words in self.inside(tag[1]):
                yield tag.start(1) + start, tag.start(1) + end, words
            if "_" in tag[1]:
                places = [at for at, sign in enumerate(tag[1], tag.start(1)) if sign != "_"]
                for start, end, words in self.inside(tag[1].replace("_", "")):
                    yield places[start], places[end - 1] + 1, words

    def _apart(self, text: str, pattern: re.Pattern[str]) -> Iterator[tuple[int, int, Words]]:
        """Find names that are separate words."""
        written = pattern.findall(text)
        if self._longest.keys().isdisjoint(written) and self._joined.keys().isdisjoint(written):
            return
        places: list[tuple[int, int]] = []
        until = 0
        for at, word in enumerate(written):
            if at < until or not (word in self._longest or word in self._joined):
                continue
            for n in range(min(self._longest.get(word, 0), len(written) - at), 0, -1):
                words = tuple(written[at : at + n])
                if words in self.whose:
                    places = places or [match.span() for match in pattern.finditer(text)]
                    if _are_near(text, places[at : at + n]):
                        yield places[at][0], places[at + n - 1][1], words
                        until = at + n
                        break
            else:
                if word in self._joined:
                    places = places or [match.span() for match in pattern.finditer(text)]
                    yield *places[at], self._joined[word]

    def _between_underscores(self, word: str, start: int) -> Iterator[tuple[int, int, Words]]:
        """Find names that contain underscores inside a word with more underscores."""
        parts = word.split("_")
        at = 0
        while at < len(parts):
            for n in range(min(len(parts) - at, _PARTS), 1, -1):
                name = "_".join(parts[at : at + n])
                if (name,) in self.whose:
                    yield start, start + len(name), (name,)
                    break
            start += len(parts[at]) + 1
            at += 1

    def inside(self, tag: str) -> Iterator[tuple[int, int, Words]]:
        """Find names inside one word, such as a hashtag; the longest at each place."""
        start = 0
        while start < len(tag):
            for length in self._lengths.get(tag[start : start + _BEGIN], ()):
                end = start + length
                words = self._joined.get(tag[start:end]) if end <= len(tag) else None
                whole = (start, end) == (0, len(tag))
                if words and (whole or length >= _IN_TAG or not tag[start:end].isalpha()):
                    yield start, end, words
                    start = end - 1
                    break
            start += 1

    def without(self, ordinary: Collection[Words]) -> Known:
        """Leave out some names."""
        kept = Known(sure=self.sure)
        kept.whose = {words: who for words, who in self.whose.items() if words not in ordinary}
        kept._longest = self._longest
        kept._lengths = self._lengths
        kept._joined = {joined: words for joined, words in self._joined.items() if words in kept.whose}
        return kept

    def ordinary(self, found: Iterable[Collection[Words]]) -> set[Words]:
        """Find the names that are ordinary words, as they occur in many texts, given the names in each text."""
        counts = Counter(words for each in found for words in set(each))
        return {words for words, n in counts.items() if n >= ORDINARY and words not in self.sure}


#: Maximum length of a name that is found inside a hashtag.
_LONGEST = 60


def _are_near(text: str, places: list[tuple[int, int]]) -> bool:
    """Whether words are as close together as those of a name."""
    return all(
        after[0] - before[1] <= _APART or text[before[1] : after[0]].isspace() for before, after in pairwise(places)
    )


def _pattern(text: str) -> re.Pattern[str]:
    """The pattern of words for a text: a quicker one for ASCII."""
    return _ASCII_WORD if text.isascii() else _WORD


def _is_distinct(joined: str) -> bool:
    """Whether a name is long enough to identify an account."""
    if joined.isdecimal():
        return len(joined) >= _DIGITS
    if joined.isalpha():
        return sum(2 if re.match(r"[\u3040-\u30ff\u3400-\u9fff]", sign) else 1 for sign in joined) >= _LETTERS
    return len(joined) >= _MIXED


def id_like(texts: Iterable[str]) -> set[str]:
    """Collect strings of texts that may be ids: words with a digit, and parts of links between slashes."""
    pieces = (piece for text in texts for piece in _PIECE.findall(text))
    return {piece for piece in pieces if len(piece) >= _MIXED and any(sign.isdecimal() for sign in piece)}


_PIECE = re.compile(r"\w+(?:[-:.]\w+)*")
