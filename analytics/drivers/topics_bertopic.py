"""Topics by BERTopic: embeddings of texts, drawn closer together by UMAP, clustered by HDBSCAN, named by their words.

References
----------
Grootendorst 2022, "BERTopic: Neural topic modeling with a class-based TF-IDF procedure"; Yi 2025 (S4), section 4.1.5.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from incahoots.analytics.embeddings import embedded
from incahoots.errors import UsageError
from incahoots.progress import Report

#: Of fewer texts there are no topics: its least topic has ten, and its map fifteen neighbours of each.
LEAST_TEXTS = 30


def by_meaning(
    texts: list[str], n_topics: int, seed: int, model: str, words: int, report: Report
) -> tuple[np.ndarray, dict[int, str]]:
    """Find topics of texts.

    Parameters
    ----------
    texts : list of str, length n
    n_topics : int
        The most that is kept; similar ones are merged.
    seed : int
        Of UMAP.
    model : str
        Of embeddings: a name, or a folder.
    words : int
        That name a topic.
    report : callable
        Told of the progress.

    Returns
    -------
    array of int, shape (n,)
        Topics from 0 on, -1 of texts that are in none.
    dict of int to str

    Raises
    ------
    UsageError
        BERTopic is not installed, or the model is not on this machine.
    """
    BERTopic, UMAP = _library()
    if len(texts) < LEAST_TEXTS:
        return np.full(len(texts), -1), {}
    from sklearn.feature_extraction.text import CountVectorizer

    vectors = embedded(texts, model, report=report)
    found = BERTopic(
        # One more, for what is in none.
        nr_topics=n_topics + 1,
        # Its own defaults, but that the same seed gives the same topics.
        umap_model=UMAP(n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine", random_state=seed, n_jobs=1),
        vectorizer_model=CountVectorizer(token_pattern=r"\S\S+"),
    )
    topics, _ = found.fit_transform(texts, embeddings=vectors)
    numbers = np.asarray(topics, dtype=np.int64)
    names = {int(topic): _name(found.get_topic(topic), words) for topic in np.unique(numbers[numbers >= 0])}
    return numbers, names


def _name(weighted: Any, words: int) -> str:
    """The first words of a topic; it fills up with empty ones."""
    return " ".join(word for word, _ in (weighted or [])[:words] if word)


def _library() -> tuple[Any, Any]:
    """Return BERTopic and UMAP, or say what is missing."""
    try:
        from bertopic import BERTopic
        from umap import UMAP
    except ImportError as error:
        raise UsageError(
            f"Topics by BERTopic need a package that cannot be imported: {error}.",
            "Install it with: pip install 'incahoots[topics]'; or take the topic model nmf.",
        ) from error
    return BERTopic, UMAP
