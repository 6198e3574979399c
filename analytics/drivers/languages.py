"""Which language a post is in: what the platform says, and where it says nothing, what a detector is sure of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

import polars as pl

from incahoots.errors import NotFoundError, UsageError
from incahoots.progress import Counted, Report, part, silent

#: The detector is not asked about texts of fewer letters: on a few words it guesses.
LEAST_LETTERS = 20

#: Nor is its answer taken below this.
LEAST_PROBABILITY = 0.9

#: Languages that an error names, those of most posts.
MOST_NAMED = 10

#: What platforms write where they do not know either.
_UNKNOWN = ("und", "zxx", "qam", "qct", "qht", "qme", "qst", "art")

#: Codes that platforms still write, and what they have been since 1989.
_OLD = {"in": "id", "iw": "he", "ji": "yi"}

#: What no detector should read: links, mentions, hashtags, and the mark of a retweet.
_NO_WORDS = r"https?://\S+|[@#]\S+|^RT\b"


def with_languages(
    posts: pl.DataFrame,
    *,
    least_letters: int = LEAST_LETTERS,
    least_probability: float = LEAST_PROBABILITY,
    report: Report = silent,
) -> pl.DataFrame:
    """Say for each post in which language it is, and who says so.

    Parameters
    ----------
    posts : pl.DataFrame
        Columns text and language: ISO 639-1 as platforms write it, or null.
    least_letters : int
        Texts of fewer letters, without links, mentions and hashtags, are not looked at.
    least_probability : float
        The detector's answer is taken from this on.
    report : callable
        Told of the progress.

    Returns
    -------
    pl.DataFrame
        The same, with language in lower case and without region (null where nobody says), and language_by: platform,
        detector or null.

    Notes
    -----
    The platform goes first: it also knows what was shown around the post. Its codes for posts without words (und, zxx
    and the like) are none. The detector is py3langid's, 97 languages by naive Bayes.
    """
    # en-gb is en, and zh-cn zh: the detector knows no regions either.
    said = pl.col("language").str.to_lowercase().str.split("-").list.first().replace(_OLD)
    with part(report, "cleaning texts", len(posts)):
        known = posts.with_columns(
            language=pl.when(~said.is_in(_UNKNOWN) & (said != "")).then(said),
            _words=pl.col("text").str.replace_all(_NO_WORDS, " ").str.replace_all(r"\s+", " ").str.strip_chars(),
        ).with_columns(language_by=pl.when(pl.col("language").is_not_null()).then(pl.lit("platform")))
        letters = pl.col("_words").str.count_matches(r"\p{L}")
        asked = known.filter(pl.col("language").is_null() & (letters >= least_letters))["_words"].unique()
    answers = [_detector().classify(text) for text in Counted(report, "finding languages of posts", len(asked))(asked)]
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
    """Give codes of languages as `with_languages` writes them, or say that one is given twice, or none."""
    given = [languages] if isinstance(languages, str) else languages
    codes = [language.lower().partition("-")[0] for language in given]
    wanted = tuple(_OLD.get(code, code) for code in codes)
    if odd := [code for code in wanted if not re.fullmatch("[a-z]{2,3}", code)]:
        raise UsageError(f"{odd[0]!r} is no code of a language.", "Write such as en, es or ru.")
    if not wanted or len(set(wanted)) < len(wanted):
        raise UsageError("Languages are given twice, or not at all.", "Give each once, such as en and es.")
    return wanted


def check_spoken(posts: pl.DataFrame, languages: Sequence[str]) -> None:
    """See that there are posts in each language, before an earlier run is replaced by one of nothing.

    Parameters
    ----------
    posts : pl.DataFrame
        Of `with_languages`.
    languages : sequence of str
        Of `each_once`.

    Raises
    ------
    NotFoundError
        There are none; the languages of most posts are named.
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
            f"Languages of the posts: {', '.join(most)}{more}." if known else "No post is in a language that is known.",
        )


@cache
def _detector() -> Any:
    """The detector; reading its tables takes a second."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
