"""Topics by BERTopic: embeddings of texts, reduced by UMAP, clustered by HDBSCAN, named by their words.

References
----------
Grootendorst 2022, "BERTopic: Neural topic modeling with a class-based TF-IDF procedure"; Yi 2025 (S4), section 4.1.5.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from incahoots.analytics.text.embeddings import embedded
from incahoots.errors import UsageError
from incahoots.progress import Progress

#: Minimum number of texts: the smallest topic has ten, and UMAP uses fifteen neighbours of each text.
LEAST_TEXTS = 30


def by_meaning(
    texts: list[str], n_topics: int, seed: int, model: str, words: int, progress: Progress
) -> tuple[np.ndarray, dict[int, str]]:
    """Find topics of texts: the topic of each text, counted from 0 (-1 without one), and the name of each topic.

    There are at most ``n_topics``: similar ones are merged. The seed is that of UMAP; ``model`` is the name or folder
    of a model of embeddings, and ``words`` the number of words that name a topic.

    Raises
    ------
    UsageError
        BERTopic is not installed, or the model is not on this machine.
    """
    BERTopic, UMAP = _library()
    if len(texts) < LEAST_TEXTS:
        return np.full(len(texts), -1), {}
    from sklearn.feature_extraction.text import CountVectorizer

    vectors = embedded(texts, model, progress=progress)
    found = BERTopic(
        # One more, for texts without a topic.
        nr_topics=n_topics + 1,
        # The defaults of BERTopic, with a seed.
        umap_model=UMAP(n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine", random_state=seed, n_jobs=1),
        vectorizer_model=CountVectorizer(token_pattern=r"\S\S+"),
    )
    topics, _ = found.fit_transform(texts, embeddings=vectors)
    numbers = np.asarray(topics, dtype=np.int64)
    names = {int(topic): _name(found.get_topic(topic), words) for topic in np.unique(numbers[numbers >= 0])}
    return numbers, names


def _name(weighted: Any, words: int) -> str:
    """The first words of a topic, without the empty ones that BERTopic adds."""
    return " ".join(word for word, _ in (weighted or [])[:words] if word)


def _library() -> tuple[Any, Any]:
    """Return BERTopic and UMAP, or raise an error that names the missing package."""
    try:
        from bertopic import BERTopic
        from umap import UMAP
    except ImportError as error:
        raise UsageError(
            f"Topics by BERTopic need a package that cannot be imported: {error}.",
            "Install it with: pip install 'incahoots[topics]'; or use the topic model nmf.",
        ) from error
    return BERTopic, UMAP
