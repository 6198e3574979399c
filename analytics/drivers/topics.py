"""Topics of posts and accounts, by non-negative matrix factorisation of words or by BERTopic."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
import polars as pl

from incahoots.analytics.drivers.options import TOPIC_MODELS, DriverOptions
from incahoots.analytics.drivers.topics_bertopic import by_meaning
from incahoots.analytics.text.embeddings import MODEL
from incahoots.errors import check_choice, check_least
from incahoots.progress import Progress, silent

#: Number of words that name a topic.
WORDS = 5

#: Minimum weight of such a word, as a share of the weight of the first.
_LEAST = 0.01


@dataclass(frozen=True)
class Topics:
    """Topics of posts.

    Attributes
    ----------
    of_posts : pl.DataFrame
        One row per post with a topic: tweet_id, account_id, ts, topic.
    names : dict of int to str
        The words that distinguish each topic from the others.
    """

    of_posts: pl.DataFrame
    names: dict[int, str]

    def of_accounts(self) -> pl.DataFrame:
        """The most frequent topic of each account: account_id, topic; if equal, the first."""
        counted = self.of_posts.group_by("account_id", "topic").agg(posts=pl.len())
        ordered = counted.sort(["account_id", "posts", "topic"], descending=[False, True, False])
        return ordered.unique("account_id", keep="first", maintain_order=True).select("account_id", "topic")

    def by_month(self) -> pl.DataFrame:
        """Count the posts of each topic and month: month (its first day), topic, name, posts, share (of the month)."""
        month = pl.from_epoch("ts", time_unit="s").dt.truncate("1mo").dt.date()
        counted = self.of_posts.group_by(month=month, topic="topic").agg(posts=pl.len().cast(pl.Int64))
        return counted.with_columns(
            name=pl.col("topic").replace_strict(self.names, return_dtype=pl.String),
            share=pl.col("posts") / pl.col("posts").sum().over("month"),
        ).sort("month", "topic").select("month", "topic", "name", "posts", "share")  # fmt: skip


def find_topics(
    posts: pl.DataFrame,
    *,
    n_topics: int = DriverOptions.n_topics,
    topic_model: str = DriverOptions.topic_model,
    model: str = MODEL,
    seed: int = 42,
    progress: Progress = silent,
) -> Topics:
    """Find the topics of posts, at most ``n_topics``; some posts have none.

    ``posts`` has the columns tweet_id, account_id, ts, text; texts as `cleaned` gives them. ``topic_model`` is one of
    ``TOPIC_MODELS``, and ``model`` that of the embeddings for BERTopic: a name, or a folder.
    """
    check_least("The number of topics", n_topics, 1)
    check_choice("topic model", topic_model, TOPIC_MODELS)
    some = (
        posts.filter(pl.col("text").is_not_null()).select("tweet_id", "account_id", "ts", "text").sort("ts", "tweet_id")
    )
    texts = some["text"].to_list()
    if topic_model == "nmf":
        topics, names = _factors(texts, n_topics, seed)
    else:
        topics, names = by_meaning(texts, n_topics, seed, model, WORDS, progress)
    found = some.drop("text").with_columns(topic=pl.Series(topics, dtype=pl.Int64)).filter(pl.col("topic") >= 0)
    return Topics(found, names)


def _factors(texts: list[str], n_topics: int, seed: int) -> tuple[np.ndarray, dict[int, str]]:
    """The largest non-negative factor of each text; -1 for texts without a word that two texts share."""
    from sklearn.decomposition import NMF
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(token_pattern=r"\S\S+", min_df=2, max_df=0.5, max_features=20_000)
    try:
        vectors = vectorizer.fit_transform(texts)
    except ValueError:
        # No word is in two texts and in no more than half of them.
        return np.full(len(texts), -1), {}
    n = min(n_topics, *vectors.shape)
    factors = NMF(n, init="nndsvda", random_state=seed, max_iter=400, tol=1e-3)
    with warnings.catch_warnings():
        # What changes after so many iterations makes no difference to the words of a topic.
        warnings.simplefilter("ignore", ConvergenceWarning)
        weights = factors.fit_transform(vectors)
    words = vectorizer.get_feature_names_out()
    names = {
        topic: " ".join(
            words[place] for place in np.argsort(-row, kind="stable")[:WORDS] if row[place] > _LEAST * row.max()
        )
        for topic, row in enumerate(factors.components_)
    }
    return np.where(weights.max(axis=1) > 0, weights.argmax(axis=1), -1), names
