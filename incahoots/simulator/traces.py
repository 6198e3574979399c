"""What posts share: hashtags, URLs, outside tweets and outside accounts, each named by a 64-bit code.

Nothing is stored. Traces are born every hour in every language, live for hours and die; everything about one follows
from its code by a hash, so that ten million posts need no more memory than ten thousand, and nothing is looked up.

A code is ``kind << 56 | language << 48 | hour << 20 | rank``; 0 is none, and a small number is an account's place + 1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from incahoots.simulator.calendar import HOUR_MS, START_MS
from incahoots.simulator.vocabulary import LANGUAGES, WORDS

Codes = NDArray[np.int64]

#: Kinds of code. The fresh traces of the n-th coordinated act all have the code ``ACT << 56 | language << 48 | n``.
STORY, URL, TOPICAL, EVERGREEN, EVENT, OUTSIDER, ACT = range(1, 8)

#: Hours before the period in which traces were born that are still alive.
EARLIER_HOURS = 1_000
#: Evergreen hashtags of each language, and outside accounts of each language.
N_EVERGREEN = 400
N_OUTSIDERS = 5_000

#: Epoch of the tweet ids: 2010-11-04 01:42:54.657 UTC, the milliseconds above 22 bits.
ID_EPOCH_MS = 1_288_834_974_657
#: Of the 22 low bits the first tells outside tweets from archived ones, the second an act's tweet from a story.
OUTSIDE_BIT, ACT_BIT = 1 << 21, 1 << 20


def code(kind: int, language: NDArray[np.int8] | int, hour: Codes | int, rank: Codes | int) -> Codes:
    """Build a code."""
    wide = np.asarray(language, dtype=np.int64)
    return np.asarray(kind << 56 | wide << 48 | np.asarray(hour, dtype=np.int64) << 20 | rank, dtype=np.int64)


def act_code(language: NDArray[np.int8], act: Codes) -> Codes:
    """Return the code of all new traces of an act."""
    return code(ACT, language, 0, 0) | act


def kind_of(codes: Codes) -> Codes:
    """Return the kind of codes."""
    return codes >> 56


def language_of(codes: Codes) -> Codes:
    """Return the language of codes."""
    return codes >> 48 & 0xFF


def hour_of(codes: Codes) -> Codes:
    """Return the hour in which the traces of codes began."""
    return codes >> 20 & 0xFFF_FFFF


def uniforms(codes: Codes, n: int, salt: int) -> NDArray[np.float64]:
    """Hash every code to ``n`` numbers in [0, 1), shape (n, n_codes): a random generator that needs no state."""
    step = np.uint64(0x9E37_79B9_7F4A_7C15)
    with np.errstate(over="ignore"):
        z = codes.astype(np.uint64) * np.uint64(0xD129_0D3C_1E6B_4F25) + np.uint64(salt)
        z = _mix(z) + np.arange(1, n + 1, dtype=np.uint64)[:, None] * step
        return (_mix(z) >> np.uint64(11)).astype(np.float64) * 2.0**-53


def _mix(z: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Scramble 64 bits (the finaliser of splitmix64)."""
    z = (z ^ z >> np.uint64(30)) * np.uint64(0xBF58_476D_1CE4_E5B9)
    z = (z ^ z >> np.uint64(27)) * np.uint64(0x94D0_49BB_1331_11EB)
    return z ^ z >> np.uint64(31)


def zipf(u: NDArray[np.float64], n: int) -> Codes:
    """Turn uniform numbers into ranks 0..n-1, rank r with probability near 1/(r + 1)."""
    return np.asarray(np.minimum(np.exp(u * np.log(n + 1)).astype(np.int64) - 1, n - 1))


@dataclass(frozen=True)
class Traces:
    """The traces in circulation.

    Attributes
    ----------
    salt : int
        Makes two seeds' traces differ.
    born_per_hour : int
        Stories, URLs and topical hashtags each, born in an hour in a language; follows the density of posts.
    """

    salt: int
    born_per_hour: int

    @classmethod
    def plan(cls, posts: int, hours: int, rng: np.random.Generator) -> Traces:
        """Choose the number of new traces by the number of posts: one for every twelve posts."""
        return cls(int(rng.integers(1 << 62)), int(np.clip(posts / hours / 13, 16, 1 << 19)))

    def recent(
        self, kind: int, language: NDArray[np.int8], hour: Codes, u: NDArray[np.float64], life_h: float
    ) -> Codes:
        """Choose a trace that is alive at ``hour``: exponential ages of mean ``life_h``, a popular one more often.

        ``u`` has shape (2, n).
        """
        age = np.minimum((-life_h * np.log1p(-u[0])).astype(np.int64), EARLIER_HOURS - 2)
        return code(kind, language, hour + EARLIER_HOURS - 1 - age, zipf(u[1], self.born_per_hour))

    def story_author(self, stories: Codes) -> Codes:
        """Return the outside accounts that wrote the stories; a few wrote most of them."""
        u = uniforms(stories, 1, self.salt ^ 1)[0]
        return code(OUTSIDER, 0, 0, (N_OUTSIDERS * u**3).astype(np.int64)) | language_of(stories) << 48

    def story_tweet_id(self, stories: Codes) -> Codes:
        """Return the tweet ids of stories, spread over the hour in which they began."""
        rank = stories & 0xF_FFFF
        born = START_MS + (hour_of(stories) - EARLIER_HOURS) * HOUR_MS + rank * HOUR_MS // self.born_per_hour
        # Ranks are less than the milliseconds of an hour, so the language is all the low bits have to tell apart.
        return snowflake(born, OUTSIDE_BIT | language_of(stories))

    def hashtags(self, codes: Codes) -> pl.Series:
        """Write hashtags without ``#`` in their usual spelling."""
        kind, rank = kind_of(codes), codes & 0xF_FFFF
        n_words = np.array([len(words) for words in WORDS.values()])[language_of(codes)]
        u = uniforms(codes, 2, self.salt ^ 2)
        evergreen = kind == EVERGREEN
        one = np.where(evergreen, rank % n_words, (u[0] * n_words).astype(np.int64))
        # The hottest are a single word; the others' two words differ from each other in pairs.
        two = np.where(evergreen, (one + 1 + rank // n_words) % n_words, (u[1] * n_words).astype(np.int64))
        born = hour_of(codes) * self.born_per_hour + rank
        return pl.select(
            pl.concat_str(
                _words(language_of(codes), one).str.to_titlecase(),
                pl.when(pl.Series(evergreen & (rank < 20)))
                .then(pl.lit(""))
                .otherwise(_words(language_of(codes), two).str.to_titlecase()),
                pl.when(pl.Series(evergreen))
                .then(pl.lit(""))
                .when(pl.Series(kind == EVENT))
                .then(pl.concat_str(pl.lit("Day"), pl.Series(hour_of(codes))))
                .when(pl.Series(kind == ACT))
                .then(pl.concat_str(pl.lit("_"), pl.Series(_act(codes))))
                .otherwise(pl.Series(born).cast(pl.String)),
            )
        ).to_series()

    def urls(self, codes: Codes) -> pl.Series:
        """Write URLs on invented domains, some with ``www.``; the case of the path matters."""
        u = uniforms(codes, 4, self.salt ^ 3)
        one, two = _english(u[0]), _english(u[1])
        act = pl.Series(kind_of(codes) == ACT)
        domain = 1 + language_of(codes) * 60 + (60 * u[2] ** 2).astype(np.int64)
        born = pl.Series(hour_of(codes) * self.born_per_hour + (codes & 0xF_FFFF))
        return pl.select(
            pl.concat_str(
                pl.when(pl.Series(u[3] < 0.15)).then(pl.lit("https://www.news-")).otherwise(pl.lit("https://news-")),
                pl.Series(domain).cast(pl.String).str.zfill(3),
                pl.when(act).then(pl.lit(".example/report/")).otherwise(pl.lit(".example/story/")),
                one.str.to_titlecase(),
                pl.lit("-"),
                two,
                pl.lit("-"),
                pl.when(act).then(pl.Series(_act(codes))).otherwise(born).cast(pl.String),
            )
        ).to_series()

    def outsider_ids(self, codes: Codes) -> pl.Series:
        """Write the ids of outside accounts: numbers, shorter than the archive's own."""
        place = language_of(codes) * N_OUTSIDERS + (codes & 0xF_FFFF)
        fresh = kind_of(codes) == ACT
        number = np.where(fresh, 50_000_000_003 + _act(codes) * 7, 1_000_000_007 + place * 7_919)
        return pl.Series(number).cast(pl.String)

    def outsider_names(self, codes: Codes) -> pl.Series:
        """Write the screen names of outside accounts."""
        one = _english(uniforms(codes, 1, self.salt ^ 4)[0])
        language = pl.Series(LANGUAGES).gather(language_of(codes))
        act = kind_of(codes) == ACT
        return pl.select(
            pl.concat_str(
                one.str.to_titlecase(),
                pl.when(pl.Series(act)).then(pl.lit("_a")).otherwise("_" + language),
                pl.Series(np.where(act, _act(codes), codes & 0xF_FFFF)),
            )
        ).to_series()


def act_tweet_id(act: Codes, at_ms: Codes) -> Codes:
    """Return the id of the new outside tweet of an act, posted at ``at_ms``."""
    return snowflake(at_ms, OUTSIDE_BIT | ACT_BIT | act % ACT_BIT)


def snowflake(at_ms: Codes, low: Codes | int) -> Codes:
    """Make tweet ids: milliseconds above 22 bits that tell apart what falls into the same one."""
    return (at_ms - ID_EPOCH_MS) << 22 | low


def _act(codes: Codes) -> Codes:
    """Return the number of the act of codes."""
    return codes & 0xFFFF_FFFF_FFFF


def _words(language: Codes, number: Codes) -> pl.Series:
    """Return the words with this number in the vocabulary of the language."""
    sizes = [len(words) for words in WORDS.values()]
    first = np.concatenate([[0], np.cumsum(sizes)])
    return pl.Series([word for words in WORDS.values() for word in words]).gather(first[language] + number)


def _english(u: NDArray[np.float64]) -> pl.Series:
    """Choose English words, because addresses and names are ASCII."""
    return pl.Series(WORDS["en"]).gather((u * len(WORDS["en"])).astype(np.int64))
