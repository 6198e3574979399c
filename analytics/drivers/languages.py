"""The language of a post: as given by the platform, else by a detector if it is certain enough."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

import polars as pl

from incahoots.errors import NotFoundError, UsageError
from incahoots.progress import Counted, Progress, part, silent

#: Minimum number of letters of a text for the detector, which only guesses on a few words.
LEAST_LETTERS = 20

#: Minimum probability of an answer of the detector.
LEAST_PROBABILITY = 0.9

#: Maximum number of languages that an error lists.
MOST_NAMED = 10

#: Codes of platforms for an unknown language.
_UNKNOWN = ("und", "zxx", "qam", "qct", "qht", "qme", "qst", "art")

#: Codes that platforms still use, and those that have replaced them in 1989.
_OLD = {"in": "id", "iw": "he", "ji": "yi"}

#: Removed before detection: links, mentions, hashtags, and the mark of a retweet.
_NO_WORDS = r"https?://\S+|[@#]\S+|^RT\b"


def with_languages(
    posts: pl.DataFrame,
    *,
    least_letters: int = LEAST_LETTERS,
    least_probability: float = LEAST_PROBABILITY,
    progress: Progress = silent,
) -> pl.DataFrame:
    """Find the language of each post, and its source.

    ``posts`` has the columns text and language: ISO 639-1 as platforms write it, or null. ``least_letters`` is the
    minimum number of letters for detection, without links, mentions and hashtags. ``least_probability`` is the minimum
    probability of the detector's answer. Returns the same, with language in lower case and without region (null if
    unknown), and language_by: platform, detector or null.

    Notes
    -----
    The platform has precedence: it also knows the context of the post. Its codes for posts without words (und, zxx and
    the like) count as unknown. The detector is py3langid's, 97 languages by naive Bayes.
    """
    # en-gb becomes en, and zh-cn zh: the detector does not distinguish regions either.
    said = pl.col("language").str.to_lowercase().str.split("-").list.first().replace(_OLD)
    with part(progress, "cleaning texts", len(posts)):
        known = posts.with_columns(
            language=pl.when(~said.is_in(_UNKNOWN) & (said != "")).then(said),
            _words=pl.col("text").str.replace_all(_NO_WORDS, " ").str.replace_all(r"\s+", " ").str.strip_chars(),
        ).with_columns(language_by=pl.when(pl.col("language").is_not_null()).then(pl.lit("platform")))
        letters = pl.col("_words").str.count_matches(r"\p{L}")
        asked = known.filter(pl.col("language").is_null() & (letters >= least_letters))["_words"].unique()
    answers = [
        _detector().classify(text) for text in Counted(progress, "finding languages of posts", len(asked))(asked)
    ]
    sure = [language if probability >= least_probability else None for language, probability in answers]
    detected = pl.DataFrame({"_words": asked, "_detected": pl.Series(sure, dtype=pl.String)})
    both = known.join(detected, on="_words", how="left", maintain_order="left")
    return both.with_columns(
        language=pl.coalesce("language", "_detected"),
        language_by=pl.coalesce(
            "language_by", pl.when(pl.col("_detected").is_not_null()).then(pl.lit("detector"))
        ),
    ).drop("_words", "_detected")  # fmt: skip


def each_once(languages: Sequence[str]) -> tuple[str, ...]:
    """Normalise codes of languages as `with_languages` does; refuse repetitions and an empty list."""
    given = [languages] if isinstance(languages, str) else languages
    codes = [language.lower().partition("-")[0] for language in given]
    wanted = tuple(_OLD.get(code, code) for code in codes)
    if odd := [code for code in wanted if not re.fullmatch("[a-z]{2,3}", code)]:
        raise UsageError(f"{odd[0]!r} is not the code of a language.", "Write codes such as en, es or ru.")
    if not wanted or len(set(wanted)) < len(wanted):
        raise UsageError("A language is given twice, or none is given.", "Give each language once, such as en and es.")
    return wanted


def check_spoken(posts: pl.DataFrame, languages: Sequence[str]) -> None:
    """Check that there are posts in each language, before an earlier run is replaced by an empty one.

    ``posts`` is the answer of `with_languages`. ``languages`` is the answer of `each_once`.

    Raises
    ------
    NotFoundError
        There are none; the error lists the languages with most posts.
    """
    counts = posts["language"].drop_nulls().value_counts(sort=True).sort("count", "language", descending=[True, False])
    known = {str(language): int(number) for language, number in counts.rows()}
    if missing := [language for language in languages if language not in known]:
        most = [
            f"{language} ({number:,} post{'s' * (number > 1)})" for language, number in list(known.items())[:MOST_NAMED]
        ]
        more = f" and {len(known) - MOST_NAMED} more" if len(known) > MOST_NAMED else ""
        raise NotFoundError(
            f"There are no posts in {' or in '.join(map(repr, missing))}.",
            f"Languages of the posts: {', '.join(most)}{more}." if known else "The language of no post is known.",
        )


@cache
def _detector() -> Any:
    """The detector; loading its tables takes a second."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
