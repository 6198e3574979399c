"""A simulated discussion in two languages, with an operation whose drivers post in both, and genuine fans.

For S4, which looks for the drivers of operations among accounts that share domains, hashtags and texts. Fans use the
operation's hashtags too, but with their own words and links. Each driver uses two of three tactics (pushing a few
domains, repeating a fixed sequence of hashtags, posting texts from a template) and otherwise posts like others.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from incahoots.progress import Progress, silent
from incahoots.simulator.archive import FORMAT, TRUTH, begin, complete, listed
from incahoots.simulator.options import DiscussionOptions
from incahoots.simulator.render import TWEET_COLUMNS
from incahoots.simulator.vocabulary import LANGUAGES, N_PHRASES, WORDS, phrases

FIRST_DAY = int(datetime(2024, 5, 1, tzinfo=UTC).timestamp())
DAY_S, HOUR_S = 86_400, 3_600

OPERATION_ID = "discussion_2024"

#: Tactics of drivers.
TACTICS = ("domains", "hashtags", "texts")

#: Domains that all accounts link to.
_COMMON = ("youtu.be", "x.com", "bit.ly")

#: A positive and a negative word in each language.
_MOODS = {"en": ("great", "terrible"), "es": ("excelente", "terrible")}


@dataclass(frozen=True)
class Bilingual:
    """The size of a simulation.

    Attributes
    ----------
    folder : Path
    accounts, drivers, fans, bilingual, posts, seed : int
        Numbers in both languages together; bilingual accounts post in both.
    """

    folder: Path
    accounts: int
    drivers: int
    fans: int
    bilingual: int
    posts: int
    seed: int


def simulate_bilingual(out_dir: Path | str, *, progress: Progress = silent, **options: Any) -> Bilingual:
    """Simulate a discussion in English and Spanish, and write its posts and the true roles of accounts.

    Parameters
    ----------
    out_dir : path
        A new or empty folder, or an earlier simulation, which is replaced. ``incahoots load io-archive FOLDER`` loads
        it.
    progress : Progress
        Reports the number of accounts that are done.
    **options
        The fields of `DiscussionOptions`: ``accounts``, ``drivers``, ``fans``, ``days``, ``posts``, ``seed``.

    Returns
    -------
    Bilingual

    Raises
    ------
    UsageError
        A number is out of range.
    InputError
        The folder contains something else.
    """
    asked = DiscussionOptions(**options)
    accounts, drivers, fans, seed = asked.accounts, asked.drivers, asked.fans, asked.seed
    folder, file = Path(out_dir), f"{OPERATION_ID}_tweets.csv"
    operations = [listed(OPERATION_ID, file, baseline=True)]
    begin(folder, {"format": FORMAT, "version": 1, "seed": seed, "days": asked.days, "operations": operations})
    rng = np.random.default_rng(seed)
    worlds = {language: _World(language, asked.days, rng) for language in _MOODS}
    rows: list[tuple[Any, ...]] = []
    people: list[tuple[str, str, str, bool]] = []
    for language, other in (("en", "es"), ("es", "en")):
        for number in range(accounts):
            progress("simulating accounts", len(people), 2 * accounts)
            kind = "driver" if number < drivers else "fan" if number < drivers + fans else "ordinary"
            name = f"{language}{number:05}"
            bilingual = bool(rng.random() < (0.3 if kind == "driver" else 0.06))
            people.append((name, kind, language, bilingual))
            tactics = frozenset(rng.permutation(TACTICS)[:2]) if kind == "driver" else frozenset()
            own = {each: _Habits(worlds[each], rng) for each in (language, other)[: 1 + bilingual]}
            for _ in range(1 + rng.poisson(asked.posts * rng.gamma(2, 0.5))):
                spoken = other if bilingual and rng.random() < 0.4 else language
                rows.append((name, spoken, *worlds[spoken].post(kind, tactics, own[spoken], rng)))
    _tweets(rows, rng).write_csv(folder / file, quote_style="always", datetime_format="%Y-%m-%d %H:%M:%S")
    pl.DataFrame(people, schema=["account_id", "kind", "language", "bilingual"], orient="row").write_csv(folder / TRUTH)
    complete(folder)
    progress("simulating accounts", 2 * accounts, 2 * accounts)
    return Bilingual(folder, 2 * accounts, 2 * drivers, 2 * fans, sum(row[3] for row in people), len(rows), seed)


class _Habits:
    """The domains and hashtags that an account prefers."""

    def __init__(self, world: _World, rng: np.random.Generator) -> None:
        self.domains = rng.choice(world.domains, 5, p=world.known)
        self.tags = rng.choice(world.tags, 12, p=world.popular)


class _World:
    """The domains, hashtags and texts of a language, and those of the operation in it."""

    def __init__(self, language: str, days: int, rng: np.random.Generator) -> None:
        self.language = language
        self.days = days
        start = 1 + LANGUAGES.index(language) * N_PHRASES
        self.phrases = phrases()[start : start + N_PHRASES]
        self.domains = np.array([f"{language}-news{number}.com" for number in range(150)])
        self.known = 1 / np.arange(1, 151) / (1 / np.arange(1, 151)).sum()
        words = [word for word in WORDS[language] if len(word) > 3][:40]
        self.tags = np.array([f"{word}{number}" for number in range(5) for word in words])
        weights = 1 / np.arange(1, len(self.tags) + 1)
        self.popular = weights / weights.sum()
        # The operation: its own domains, popular hashtags in fixed orders, texts, and the hours at which it posts them.
        self.pushed = [f"{language}-pushed{number}.com" for number in range(6)]
        self.slogans = [str(tag) for tag in self.tags[5:14]]
        self.strings = [[str(tag) for tag in rng.permutation(self.slogans)[:3]] for _ in range(6)]
        self.templates = [self._words(12, rng) for _ in range(12)]
        self.hours = FIRST_DAY + rng.integers(0, days * 24, max(2, days // 3)) * HOUR_S
        # Hashtags of fans, besides the slogans.
        self.fandom = [str(tag) for tag in self.tags[30:50]]

    def post(
        self, kind: str, tactics: frozenset[str], own: _Habits, rng: np.random.Generator
    ) -> tuple[int, str, list[str], list[str]]:
        """Make a post: its time, text, hashtags and URLs."""
        ts = FIRST_DAY + int(rng.integers(0, self.days * DAY_S))
        pushes = kind == "driver" and rng.random() < 0.6
        text = " ".join(self._words(int(rng.integers(6, 14)), rng))
        tags: list[str] = []
        domains: list[str] = []
        mood = int(rng.integers(0, 4))
        if pushes:
            if rng.random() < 0.7:
                ts = int(rng.choice(self.hours)) + int(rng.integers(0, HOUR_S // 2))
            # All posts of an hour have the same mood.
            mood = (ts // HOUR_S) % 2
            if "texts" in tactics:
                words = list(self.templates[int(rng.integers(len(self.templates)))])
                if rng.random() < 0.2:
                    words[int(rng.integers(len(words)))] = self._words(1, rng)[0]
                text = " ".join(words)
            if "hashtags" in tactics:
                tags = self.strings[int(rng.integers(len(self.strings)))]
            if "domains" in tactics:
                domains = [str(rng.choice(self.pushed))]
        elif kind == "fan" and rng.random() < 0.7:
            liked = self.slogans if rng.random() < 0.5 else self.fandom
            tags = [str(tag) for tag in rng.permutation(liked)[: 1 + rng.integers(3)]]
        elif rng.random() < 0.35:
            tags = list(dict.fromkeys(str(tag) for tag in rng.choice(own.tags, 1 + rng.integers(3))))
        if not pushes and rng.random() < 0.35:
            domains = [str(rng.choice(_COMMON if rng.random() < 0.25 else own.domains))]
        if mood < 2:
            text += f" {_MOODS[self.language][mood]}"
        urls = [f"https://{domain}/{rng.integers(10**9)}" for domain in domains]
        return ts, " ".join([text, *(f"#{tag}" for tag in tags), *urls]), tags, urls

    def _words(self, most: int, rng: np.random.Generator) -> list[str]:
        """Draw phrases until there are this many words."""
        words: list[str] = []
        while len(words) < most:
            words += self.phrases[int(rng.integers(N_PHRASES))].split()
        return words[:most]


def _tweets(rows: list[tuple[Any, ...]], rng: np.random.Generator) -> pl.DataFrame:
    """Convert posts to rows of the archives, in order of time."""
    schema: dict[str, Any] = {"userid": pl.String, "tweet_language": pl.String, "ts": pl.Int64, "tweet_text": pl.String,
              "hashtags": pl.List(pl.String), "urls": pl.List(pl.String)}  # fmt: skip
    posts = pl.DataFrame(rows, schema=schema, orient="row").sort("ts", "userid", "tweet_text")
    shared = rng.normal(size=len(posts))
    counts = {
        name: (median * np.exp(shared + rng.normal(size=len(posts)) / 2)).astype(np.int64)
        for name, median in (("like_count", 3.0), ("retweet_count", 1.5), ("reply_count", 0.8), ("quote_count", 0.4))
    }
    quoted = pl.format("'{}'", pl.element())
    lists = [
        pl.format("[{}]", pl.col(name).list.eval(quoted).list.join(", ")).alias(name) for name in ("hashtags", "urls")
    ]
    full = posts.with_columns(
        *lists,
        tweetid=pl.format("{}", 10**15 + pl.int_range(pl.len())),
        tweet_time=pl.from_epoch("ts", time_unit="s"),
        user_display_name="userid", user_screen_name="userid", account_language="tweet_language",
        account_creation_date=pl.lit("2020-01-01"), follower_count=pl.lit(100), following_count=pl.lit(100),
        is_retweet=pl.lit("False"), latitude=pl.lit("absent"), longitude=pl.lit("absent"), user_mentions=pl.lit("[]"),
        tweet_client_name=pl.lit("Web App"), **{name: pl.Series(values) for name, values in counts.items()},
    )  # fmt: skip
    missing = [pl.lit(None, pl.String).alias(name) for name in TWEET_COLUMNS if name not in full]
    return full.with_columns(missing).select(TWEET_COLUMNS)
