"""Networks of accounts with similar texts. Pure, except for the model of embeddings.

References
----------
Yi 2025 (S4), section 4.1.3, and Luceri et al. 2023, "Unmasking the web of deceit": texts without punctuation, emojis
and stopwords; short ones are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
import polars as pl

from incahoots.analytics.drivers.options import DriverSettings
from incahoots.analytics.drivers.similarity import edge_frame
from incahoots.analytics.text.embeddings import embedded
from incahoots.analytics.text.neighbours import EXACT, near_vectors
from incahoots.analytics.text.prefix_join import Ints, Pairs, spread
from incahoots.analytics.text.similarity import BLOCK, cosine_pairs
from incahoots.analytics.text.tokens import lexical_vectors
from incahoots.mentions import MENTION
from incahoots.progress import Progress, silent

#: Minimum number of words of a text, without stopwords.
LEAST_WORDS = 4

#: Separators of words: links, mentions, and everything that is not a letter, mark or digit.
_NO_WORDS = rf"https?://\S+|{MENTION}|[^\p{{L}}\p{{M}}\p{{N}}]+"


def cleaned(texts: pl.Series, language: str, *, least_words: int = LEAST_WORDS) -> pl.Series:
    """Reduce texts to their informative words, in lower case; null for texts with fewer words than ``least_words``.

    Stopwords are those of the language (ISO 639-1); in one without a list, all words are kept.
    """
    # Slow to import.
    from stopwordsiso import stopwords

    # Apostrophes separate words, also in the list of stopwords.
    without = {part for word in stopwords(language) for part in word.split("'")}
    words = texts.str.to_lowercase().str.replace_all(_NO_WORDS, " ").str.strip_chars().str.split(" ")
    kept = pl.DataFrame({"words": words}).select(
        pl.col("words").list.eval(pl.element().filter(~pl.element().is_in(sorted(without)) & (pl.element() != "")))
    )["words"]
    return kept.to_frame().select(pl.when(kept.list.len() >= least_words).then(kept.list.join(" "))).to_series()


@dataclass(frozen=True)
class Writers:
    """Accounts with similar texts.

    Attributes
    ----------
    edges : pd.DataFrame
        One row per pair: account_id (the smaller), other_account_id, weight (the largest cosine of their posts),
        tweet_id and other_tweet_id (the first posts with that cosine); the heaviest first.
    recall : float
        Share of the similar texts that was found: see `Near`.
    """

    edges: pd.DataFrame
    recall: float


def similar_writers(
    posts: pl.DataFrame,
    threshold: float,
    settings: DriverSettings | None = None,
    *,
    window_s: int | None = None,
    exact: int = EXACT,
    progress: Progress = silent,
) -> Writers:
    """Find the pairs of accounts with similar texts.

    ``posts`` has the columns account_id, tweet_id, ts, text; texts as `cleaned` gives them, null texts match none. With
    a column ``kind`` only posts of the same kind match. The threshold is the minimum cosine. The measure of the
    settings is ``lexical`` (vectors of words, see `lexical_vectors`; frequencies of words are those in the distinct
    texts) or ``embeddings`` (vectors of meaning, by its model). ``window_s`` is the maximum time between the two posts,
    in seconds; any when None. Up to ``exact`` distinct texts, all pairs of embeddings are found; above it nearly all,
    see `near_vectors`. The lexical measure, and a search within a window, always find all.
    """
    made = settings or DriverSettings()
    some = posts.filter(pl.col("text").is_not_null()).sort("ts", "tweet_id")
    if window_s is None:
        # Repetitions of a text by an account add nothing.
        some = some.unique(
            [name for name in ("account_id", "text", "kind") if name in some], keep="first", maintain_order=True
        )
    ids = some["account_id"].unique().sort()
    account = _numbers(some["account_id"], ids)
    kind = some["kind"].rank("dense").to_numpy() if "kind" in some else np.zeros(len(some))
    texts = some["text"].unique().sort()
    text = _numbers(some["text"], texts)
    lexical = made.measure == "lexical"
    vectors = lexical_vectors(texts) if lexical else embedded(texts, made.embeddings, progress=progress)
    recall = 1.0
    if window_s is not None:
        pairs = cosine_pairs(vectors[text], some["ts"].to_numpy(), window_s, threshold=threshold, progress=progress)
    elif lexical:
        pairs = cosine_pairs(vectors[text], np.zeros(len(text), np.int64), 0, threshold=threshold, progress=progress)
    else:
        near = near_vectors(vectors, threshold, exact=exact, progress=progress)
        pairs, recall = _posts_of(near.pairs, text, len(texts)), near.recall
    found = _accounts_of(pairs, account, kind)
    nearest = {name: some["tweet_id"].gather(found[place]) for name, place in _NEAREST.items()}
    edges = edge_frame(ids, found["u"], found["v"], found["weight"])
    return Writers(edges.assign(**{name: values.to_list() for name, values in nearest.items()}), recall)


def _numbers(values: pl.Series, ordered: pl.Series) -> Ints:
    """Number values by their positions; without values, polars gives no type."""
    return values.replace_strict(ordered, np.arange(len(ordered)), return_dtype=pl.Int64).to_numpy().astype(np.int64)


def _posts_of(pairs: Pairs, text: Ints, n: int) -> Iterator[Pairs]:
    """Expand pairs of texts to pairs of posts, and add those with the same text."""
    order = np.argsort(text, kind="stable")
    sizes = np.bincount(text, minlength=n)
    starts = np.cumsum(sizes) - sizes
    same = np.flatnonzero(sizes > 1)
    for one, other, cosine in (pairs, (same, same, np.ones(len(same)))):
        for which, place in spread(starts[one], sizes[one], BLOCK):
            for again, another in spread(starts[other[which]], sizes[other[which]], BLOCK):
                yield order[place[again]], order[another], cosine[which[again]]


def _accounts_of(pairs: Iterable[Pairs], account: Ints, kind: np.ndarray) -> pl.DataFrame:
    """Reduce pairs of posts of the same kind to pairs of accounts, with the largest cosine and its posts."""
    found = pl.DataFrame(schema=dict.fromkeys(("u", "v", "i", "j"), pl.Int64) | {"weight": pl.Float64})
    waiting: list[pl.DataFrame] = []
    for one, other, cosine in pairs:
        kept = (account[one] != account[other]) & (kind[one] == kind[other])
        one, other, cosine = one[kept], other[kept], np.minimum(cosine[kept], 1.0)
        turned = account[one] > account[other]
        i, j = np.where(turned, other, one), np.where(turned, one, other)
        waiting.append(_heaviest(pl.DataFrame({"u": account[i], "v": account[j], "i": i, "j": j, "weight": cosine})))
        if sum(map(len, waiting)) > len(found) + _WAITING:
            found, waiting = _heaviest(pl.concat([found, *waiting])), []
    return _heaviest(pl.concat([found, *waiting])).sort(["weight", "u", "v"], descending=[True, False, False])


#: Maximum number of pairs that wait to be merged, in addition to the number already merged.
_WAITING = 1_000_000

#: Columns of the posts with the largest cosine.
_NEAREST = {"tweet_id": "i", "other_tweet_id": "j"}


def _heaviest(pairs: pl.DataFrame) -> pl.DataFrame:
    """Keep the largest weight of each pair; if equal, the first posts."""
    ordered = pairs.sort(["weight", "i", "j"], descending=[True, False, False])
    return ordered.unique(["u", "v"], keep="first", maintain_order=True)
