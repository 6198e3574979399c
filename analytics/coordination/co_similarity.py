"""When two texts are similar, and the texts that can be compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from incahoots.analytics.coordination.traced_posts import Codes, TracedPosts, count_posts
from incahoots.analytics.tables import exploded
from incahoots.analytics.text.embeddings import MODEL, embedded
from incahoots.analytics.text.prefix_join import Pairs
from incahoots.analytics.text.similarity import cosine_pairs, jaccard_pairs
from incahoots.analytics.text.tokens import lexical_vectors
from incahoots.database import Database
from incahoots.errors import UsageError
from incahoots.mentions import without_mentions
from incahoots.progress import Counted, Progress, silent

#: How two texts are compared: the share of words they have in common; the cosine of their words, weighted by rarity;
#: the cosine of their embeddings.
MEASURES = ("jaccard", "lexical", "embeddings")


@dataclass(frozen=True)
class Similarity:
    """When two texts are similar.

    Attributes
    ----------
    measure : {"jaccard", "lexical", "embeddings"}
    threshold : float in (0, 1]
        Inclusive.
    min_document_size : int
        For ``jaccard``: texts of fewer different words are not compared.
    model : str
        For ``embeddings``: the name of a sentence-transformers model, or a folder with one.
    """

    measure: str = "jaccard"
    threshold: float = 0.8
    min_document_size: int = 1
    model: str = MODEL

    def __post_init__(self) -> None:
        if self.measure not in MEASURES:
            raise UsageError(f"There is no measure {self.measure!r}.", f"Choose from: {', '.join(MEASURES)}.")
        if not 0 < self.threshold <= 1:
            raise UsageError(f"The threshold must be above 0 and at most 1 (got {self.threshold:g}).", "Try 0.8.")
        if self.min_document_size < 1:
            raise UsageError(f"The minimum document size must be 1 word or more (got {self.min_document_size}).")

    @classmethod
    def of(cls, about: Mapping[str, Any]) -> Similarity:
        """Read it from the properties of a run."""
        return cls(about["measure"], float(about["threshold"]), int(about["min_document_size"]), about["model"])

    def check(self) -> None:
        """Check that the model can be loaded, before an earlier run is removed."""
        if self.measure == "embeddings":
            embedded([], self.model)

    def pairs(
        self, texts: pl.Series, ts: Codes, window_s: int, *, places: Codes | None = None, progress: Progress = silent
    ) -> Iterator[Pairs]:
        """Find the similar pairs of texts within the window, as `jaccard_pairs` gives them: the earlier one first.

        With ``places`` only among these texts, each with a time; all texts count for the rarity of words.
        """
        some = texts if places is None else texts.gather(places)
        if self.measure == "jaccard":
            least = self.min_document_size
            return jaccard_pairs(
                some, ts, window_s, threshold=self.threshold, min_document_size=least, progress=progress
            )
        if self.measure == "embeddings":
            vectors = embedded(without_mentions(some), self.model, progress=progress)
        else:
            words = lexical_vectors(texts)
            vectors = words if places is None else words[places]
        return cosine_pairs(vectors, ts, window_s, threshold=self.threshold, progress=progress)


def fetch_texts(database: Database, operation_id: str | None, progress: Progress) -> pl.DataFrame:
    """Fetch all posts with a text of their own."""
    counted = Counted(progress, "reading posts", count_posts(database), lambda row: len(row["tweet_ids"]))
    found = database.query("fetch/texts", counted, operation_id=operation_id)
    return exploded(found, ["account_id"], {"tweet_ids": "tweet_id", "times": "ts", "texts": "text"})


def coded_texts(frame: pl.DataFrame) -> tuple[TracedPosts, pl.Series]:
    """Code posts by numbers, as if all carried one trace; and their texts in the same order."""
    traced = TracedPosts.of(frame.select("account_id", "tweet_id", "ts", trace=pl.lit("")))
    texts = frame.unique("tweet_id").sort("tweet_id")["text"]
    return traced, texts.gather(traced.post)
