"""Networks of accounts that write alike. Pure, but for the model of embeddings.

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

from incahoots.analytics.drivers.similarity import edge_frame
from incahoots.analytics.embeddings import MODEL, embedded
from incahoots.analytics.neighbours import EXACT, near_vectors
from incahoots.analytics.prefix_join import Ints, Pairs, spread
from incahoots.analytics.similarity import BLOCK, cosine_pairs
from incahoots.analytics.tokens import lexical_vectors
from incahoots.errors import UsageError
from incahoots.mentions import MENTION
from incahoots.progress import Report, silent

#: Texts of fewer words are left out, once stopwords are gone.
LEAST_WORDS = 4

#: The cosines of S4, by language; of other languages the smaller.
THRESHOLDS = {"en": 0.90, "es": 0.95}

MEASURES = ("lexical", "embeddings")

#: What is no word: links, mentions, and whatever is neither letter, mark nor digit.
_NO_WORDS = rf"https?://\S+|{MENTION}|[^\p{{L}}\p{{M}}\p{{N}}]+"


def cleaned(texts: pl.Series, language: str, *, least_words: int = LEAST_WORDS) -> pl.Series:
    """Leave the words of texts that say something.

    Parameters
    ----------
    texts : pl.Series of str
    language : str
        ISO 639-1, for the stopwords; a language that has no list keeps them all.
    least_words : int

    Returns
    -------
    pl.Series of str
        In lower case; null where there are fewer words than that.
    """
    # Slow to import.
    from stopwordsiso import stopwords

    # Apostrophes part words here, and in the list's words too.
    without = {part for word in stopwords(language) for part in word.split("'")}
    words = texts.str.to_lowercase().str.replace_all(_NO_WORDS, " ").str.strip_chars().str.split(" ")
    kept = pl.DataFrame({"words": words}).select(
        pl.col("words").list.eval(pl.element().filter(~pl.element().is_in(sorted(without)) & (pl.element() != "")))
    )["words"]
    return kept.to_frame().select(pl.when(kept.list.len() >= least_words).then(kept.list.join(" "))).to_series()


@dataclass(frozen=True)
class Writers:
    """Accounts that write alike.

    Attributes
    ----------
    edges : pd.DataFrame
        A row a pair: account_id (the smaller), other_account_id, weight (the largest cosine of their posts), tweet_id
        and other_tweet_id (the first posts of that); the heaviest first.
    recall : float
        The share of the similar texts that was found: see `Near`.
    """

    edges: pd.DataFrame
    recall: float


def similar_writers(
    posts: pl.DataFrame,
    threshold: float,
    *,
    measure: str = "lexical",
    model: str = MODEL,
    window_s: int | None = None,
    exact: int = EXACT,
    seed: int = 42,
    report: Report = silent,
) -> Writers:
    """Find the pairs of accounts with similar texts.

    Parameters
    ----------
    posts : pl.DataFrame
        Columns account_id, tweet_id, ts, text; texts as `cleaned` gives them, null ones match none. With a column
        ``kind`` only posts of one kind match.
    threshold : float in (0, 1]
        The least cosine.
    measure : {"lexical", "embeddings"}
        Vectors of words, see `lexical_vectors`, or a model of what texts mean. How rare a word is the different texts
        say.
    model : str
        Of embeddings: a name, or a folder.
    window_s : int, optional
        The longest time between the two posts, in seconds; any when None.
    exact : int
        Of embeddings of more different texts than that nearly all pairs are found, see `near_vectors`; of words, and
        within a window, always all.
    seed : int
        Of what nearly finds all.
    report : callable
        Told of the progress.
    """
    if measure not in MEASURES:
        raise UsageError(f"There is no measure {measure!r}.", f"Choose from: {', '.join(MEASURES)}.")
    some = posts.filter(pl.col("text").is_not_null()).sort("ts", "tweet_id")
    if window_s is None:
        # What an account repeats is as near to others as it is once.
        some = some.unique(
            [name for name in ("account_id", "text", "kind") if name in some], keep="first", maintain_order=True
        )
    ids = some["account_id"].unique().sort()
    account = _numbers(some["account_id"], ids)
    kind = some["kind"].rank("dense").to_numpy() if "kind" in some else np.zeros(len(some))
    texts = some["text"].unique().sort()
    text = _numbers(some["text"], texts)
    vectors = lexical_vectors(texts) if measure == "lexical" else embedded(texts, model, report=report)
    recall = 1.0
    if window_s is not None:
        pairs = cosine_pairs(vectors[text], some["ts"].to_numpy(), window_s, threshold=threshold, report=report)
    elif measure == "lexical":
        pairs = cosine_pairs(vectors[text], np.zeros(len(text), np.int64), 0, threshold=threshold, report=report)
    else:
        near = near_vectors(vectors, threshold, exact=exact, seed=seed, report=report)
        pairs, recall = _posts_of(near.pairs, text, len(texts)), near.recall
    found = _accounts_of(pairs, account, kind)
    nearest = {name: some["tweet_id"].gather(found[place]) for name, place in _NEAREST.items()}
    edges = edge_frame(ids, found["u"], found["v"], found["weight"])
    return Writers(edges.assign(**{name: values.to_list() for name, values in nearest.items()}), recall)


def _numbers(values: pl.Series, ordered: pl.Series) -> Ints:
    """Number values by their places; of none, polars gives them no type."""
    return values.replace_strict(ordered, np.arange(len(ordered)), return_dtype=pl.Int64).to_numpy().astype(np.int64)


def _posts_of(pairs: Pairs, text: Ints, n: int) -> Iterator[Pairs]:
    """Give the pairs of posts with the texts of pairs, and those with the same text."""
    order = np.argsort(text, kind="stable")
    sizes = np.bincount(text, minlength=n)
    starts = np.cumsum(sizes) - sizes
    same = np.flatnonzero(sizes > 1)
    for one, other, cosine in (pairs, (same, same, np.ones(len(same)))):
        for which, place in spread(starts[one], sizes[one], BLOCK):
            for again, another in spread(starts[other[which]], sizes[other[which]], BLOCK):
                yield order[place[again]], order[another], cosine[which[again]]


def _accounts_of(pairs: Iterable[Pairs], account: Ints, kind: np.ndarray) -> pl.DataFrame:
    """Give the pairs of accounts of pairs of posts of one kind, with the largest cosine and its posts."""
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


#: Pairs that wait to be added, beside as many as are known.
_WAITING = 1_000_000

#: The posts of the largest cosine, by what they are called in the end.
_NEAREST = {"tweet_id": "i", "other_tweet_id": "j"}


def _heaviest(pairs: pl.DataFrame) -> pl.DataFrame:
    """Keep the largest weight of each pair, and of equal ones the first posts."""
    ordered = pairs.sort(["weight", "i", "j"], descending=[True, False, False])
    return ordered.unique(["u", "v"], keep="first", maintain_order=True)
