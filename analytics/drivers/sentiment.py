"""Sentiment of posts (positive, negative or neutral), by a list of words or by a local model.

The default, a list of words, works everywhere but is coarse: it has a few hundred words of English and Spanish and some
emojis, and takes into account a negation one or two words before. It does not recognise irony or the object of a post,
and gives no label in other languages. Use it for means over many posts.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

import polars as pl

from incahoots.errors import UsageError, first_line
from incahoots.mentions import MENTION

LABELS = ("negative", "neutral", "positive")

#: The multilingual model of S4's appendix.
MODEL = "lxyuan/distilbert-base-multilingual-cased-sentiments-student"

#: Languages with words in the list.
LANGUAGES = ("en", "es")


def sentiment(texts: pl.Series, languages: pl.Series, model: str | None = None) -> pl.Series:
    """Label each text with one of `LABELS`; null without a text, and by words in languages without a list.

    ``languages`` has the code of each text's language (ISO 639-1). ``model`` is the name of a downloaded model for text
    classification, or its folder, with the labels negative, neutral and positive; the list of words when None.
    """
    return _by_model(texts, model) if model else _by_words(texts, languages)


def _by_words(texts: pl.Series, languages: pl.Series) -> pl.Series:
    """Sum the scores of words, reversed after a negation one or two words before."""
    scores, negations = _words()
    # An apostrophe is part of its word: don't becomes dont.
    plain = texts.str.to_lowercase().str.replace_all(rf"https?://\S+|{MENTION}", " ").str.replace_all(r"['’]", "")
    frame = pl.DataFrame({"language": languages, "word": plain.str.extract_all(r"[\p{L}\p{M}\p{N}]+|\p{Emoji}")})
    texts_of = frame.with_row_index("text")
    words = texts_of.explode("word").join(
        negations.with_columns(negates=pl.lit(value=True)), on=["language", "word"], how="left", maintain_order="left"
    )
    # In Spanish a verb comes between: no es bueno.
    before = [pl.col("negates").shift(places).over("text").fill_null(value=False) for places in (1, 2)]
    words = words.with_columns(turned=pl.when(before[0] | before[1]).then(-1).otherwise(1))
    scored = words.join(scores.filter(pl.col("language") != "*"), on=["language", "word"], how="left").join(
        scores.filter(pl.col("language") == "*").select("word", every="score"), on="word", how="left"
    )
    value = pl.col("score").fill_null(0) * pl.col("turned") + pl.col("every").fill_null(0)
    total = texts_of.join(scored.group_by("text").agg(total=value.sum()), on="text", how="left", maintain_order="left")
    label = pl.col("total").fill_null(0).sign().replace_strict({-1: "negative", 0: "neutral", 1: "positive"})
    known = pl.col("language").is_in(LANGUAGES) & pl.lit(texts).is_not_null()
    return total.select(sentiment=pl.when(known).then(label)).to_series()


@cache
def _words() -> tuple[pl.DataFrame, pl.DataFrame]:
    """The words of each language with their scores, and its negations."""
    rows = pl.read_csv(
        (resources.files(__package__) / "sentiment.csv").read_bytes(), schema_overrides={"score": pl.String}
    )
    negates = pl.col("score") == "not"
    scores = rows.filter(~negates).with_columns(pl.col("score").cast(pl.Int64))
    return scores, rows.filter(negates).drop("score")


def _by_model(texts: pl.Series, model: str) -> pl.Series:
    """Label texts by a model, each distinct text once."""
    try:
        from transformers import AutoModelForSequenceClassification, AutoTokenizer, pipeline
    except ImportError:
        raise UsageError(
            "A model of sentiment needs transformers, which is not installed.",
            "Install it with: pip install 'incahoots[embeddings]'; or use the list of words.",
        ) from None
    try:
        here = {"local_files_only": True}
        read = AutoTokenizer.from_pretrained(model, **here)
        classify: Any = pipeline(
            "text-classification",
            model=AutoModelForSequenceClassification.from_pretrained(model, **here),
            tokenizer=read,
        )
    except (OSError, ValueError) as error:
        raise UsageError(
            f"The model {model} is not on this machine, and is not downloaded automatically: {first_line(error)}.",
            f"Download it with: hf download {model}; or use the list of words.",
        ) from error
    different = texts.drop_nulls().unique().sort()
    answers = [str(answer["label"]).lower() for answer in classify(different.to_list(), truncation=True)]
    if odd := sorted(set(answers) - set(LABELS)):
        raise UsageError(
            f"The model {model} has the label {odd[0]!r}.", f"Use one with the labels {', '.join(LABELS)}."
        )
    return texts.replace_strict(different, pl.Series(answers, dtype=pl.String), default=None, return_dtype=pl.String)
