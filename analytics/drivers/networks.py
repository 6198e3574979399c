"""All networks of a language: one of each trace, the fused one, and what is left of it by each strategy. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd
import polars as pl

from incahoots.analytics.drivers import fusion
from incahoots.analytics.drivers.posts import Material
from incahoots.analytics.drivers.sentiment import sentiment
from incahoots.analytics.drivers.similarity import (
    EDGE,
    RECIPES,
    Recipe,
    account_vectors,
    edge_frame,
    hashtag_sequences,
    similar_accounts,
    varied_accounts,
)
from incahoots.analytics.drivers.texts import MEASURES, THRESHOLDS, cleaned, similar_writers
from incahoots.analytics.embeddings import MODEL
from incahoots.errors import UsageError
from incahoots.progress import Report, silent

#: Networks of single traces; the last is of texts.
TRACES = (*RECIPES, "text")

#: What S4 does to the fused network, as its Table 8 has it.
STRATEGIES = ("fused", "lightest", "met", "pruned", "met_pruned")

#: Of accounts of a language fewer make no network.
LEAST_ACCOUNTS = 2


@dataclass(frozen=True)
class Settings:
    """How networks are made.

    Attributes
    ----------
    traces : tuple of str
        Of `TRACES`: those that are fused.
    recipes : mapping of str to Recipe
        Of all but texts.
    ignored : mapping of str to collection of str
        Domains that say nothing, by language.
    threshold : float, optional
        The least cosine of texts; that of S4 for each language when None.
    measure, model
        Of texts: see `similar_writers`.
    sentiment_model : str, optional
        See `sentiment`.
    lightest : float
        The share of edges that is taken away.
    window_s : int
        Within which accounts have to meet.
    centrality : float
        Accounts below are pruned.
    """

    traces: tuple[str, ...] = ("co_domain", "co_hashtag", "text")
    recipes: Mapping[str, Recipe] = field(default_factory=lambda: dict(RECIPES))
    ignored: Mapping[str, frozenset[str]] = field(default_factory=dict)
    threshold: float | None = None
    measure: str = "lexical"
    model: str = MODEL
    sentiment_model: str | None = None
    lightest: float = fusion.LIGHTEST
    window_s: int = fusion.WINDOW_S
    centrality: float = fusion.CENTRALITY

    def __post_init__(self) -> None:
        unknown = [name for name in self.traces if name not in TRACES]
        if unknown or not self.traces:
            words = f"There is no trace {unknown[0]!r}." if unknown else "No trace is given."
            raise UsageError(words, f"Choose from: {', '.join(TRACES)}.")
        if self.measure not in MEASURES:
            raise UsageError(f"There is no measure {self.measure!r}.", f"Choose from: {', '.join(MEASURES)}.")

    def text_threshold(self, language: str) -> float:
        """The least cosine of two texts in a language."""
        return self.threshold if self.threshold is not None else THRESHOLDS.get(language, min(THRESHOLDS.values()))


@dataclass(frozen=True)
class Networks:
    """Networks of a language, as frames of edges.

    Attributes
    ----------
    language : str
    traces : dict of str to pd.DataFrame
        Of single traces.
    strategies : dict of str to pd.DataFrame
        The fused one and what is left of it, by `STRATEGIES`.
    left_out : list of (str, str)
        Networks without edges, and why they have none.
    texts : pl.DataFrame
        The posts, with cleaned texts and their sentiment: account_id, tweet_id, ts, text, sentiment.
    """

    language: str
    traces: dict[str, pd.DataFrame]
    strategies: dict[str, pd.DataFrame]
    left_out: list[tuple[str, str]]
    texts: pl.DataFrame


def networks(material: Material, language: str, settings: Settings, report: Report = silent) -> Networks:
    """Make all networks of a language.

    Parameters
    ----------
    material : Material
        Posts in this language.
    language : str
        ISO 639-1.
    settings : Settings
    report : callable
        Told of the progress.

    Returns
    -------
    Networks
        Without edges, and with the reason, where there are too few accounts or traces.
    """
    texts = material.posts.select(
        "account_id", "tweet_id", "ts", text=cleaned(material.posts["text"], language),
        sentiment=sentiment(material.posts["text"], material.posts["language"], settings.sentiment_model),
    )  # fmt: skip
    # Where nobody can say what posts feel like, to meet in time is all there is.
    kinds = texts.with_columns(kind=pl.col("sentiment") if texts["sentiment"].count() else pl.lit(""))
    kinds = kinds.filter(pl.col("kind").is_not_null())
    traces: dict[str, pd.DataFrame] = {}
    meetings: list[pd.DataFrame] = []
    left_out: list[tuple[str, str]] = []
    for place, name in enumerate(settings.traces):
        report(f"networks of {language}", place, len(settings.traces))
        if name == "text":
            edges, why = _of_texts(texts, language, settings)
            # Posts of the same sentiment, within the window.
            met = similar_writers(
                kinds, settings.text_threshold(language), measure=settings.measure, model=settings.model,
                window_s=settings.window_s,
            )[list(EDGE[:2])]  # fmt: skip
        else:
            uses, edges, why = _of_trace(name, material, language, settings)
            of_a_kind = uses.join(kinds.select("tweet_id", "kind"), on="tweet_id")
            of_a_kind = of_a_kind.with_columns(trace=pl.concat_str("kind", pl.lit(" "), "trace"))
            met = fusion.met(of_a_kind, settings.window_s)
        traces[name] = edges
        meetings.append(met)
        if why:
            left_out.append((name, why))
    report(f"networks of {language}", len(settings.traces), len(settings.traces))
    fused = fusion.fuse(traces)
    met = fusion.among(fused, pd.concat(meetings).drop_duplicates())
    strategies = {
        "fused": fused, "lightest": fusion.without_lightest(fused, settings.lightest), "met": met,
        "pruned": fusion.prune(fused, settings.centrality), "met_pruned": fusion.prune(met, settings.centrality),
    }  # fmt: skip
    return Networks(language, traces, strategies, left_out, texts)


def _of_trace(
    name: str, material: Material, language: str, settings: Settings
) -> tuple[pl.DataFrame, pd.DataFrame, str]:
    """The uses of a trace by the accounts that are looked at, its network, and why it has no edges."""
    recipe, hashtags = settings.recipes[name], material.hashtags
    if name == "co_domain":
        uses = material.domains.filter(~pl.col("trace").is_in(list(settings.ignored.get(language, ()))))
        accounts, what = varied_accounts(uses, recipe.least_traces), "domains"
        if len(material.domains) and uses.is_empty():
            return uses, _nothing(), "all domains are ignored"
    else:
        # Of both networks of hashtags the accounts are those of enough different hashtags.
        accounts, what = varied_accounts(hashtags, recipe.least_traces), "hashtags"
        uses = hashtags if name == "co_hashtag" else hashtag_sequences(material.posts, hashtags)
    uses = uses.filter(pl.col("account_id").is_in(accounts.implode()))
    if len(accounts) < LEAST_ACCOUNTS:
        return uses, _nothing(), f"{len(accounts)} accounts share {recipe.least_traces} different {what}"
    vectors = account_vectors(uses, accounts, recipe.min_df)
    if not len(vectors.traces):
        least = f"{recipe.min_df} of the {len(accounts)} accounts"
        return uses, _nothing(), f"no {'sequence' if 'sequence' in name else what[:-1]} is shared by {least}"
    edges = similar_accounts(vectors, recipe.threshold)
    return uses, edges, "" if len(edges) else f"no two accounts have a cosine of {recipe.threshold:g}"


def _of_texts(texts: pl.DataFrame, language: str, settings: Settings) -> tuple[pd.DataFrame, str]:
    """The network of accounts that write alike, and why it has no edges."""
    threshold = settings.text_threshold(language)
    writers = texts.filter(pl.col("text").is_not_null())["account_id"].n_unique()
    if writers < LEAST_ACCOUNTS:
        return _nothing(), f"{writers} accounts write texts of enough words"
    edges = similar_writers(texts, threshold, measure=settings.measure, model=settings.model)
    return edges, "" if len(edges) else f"no two accounts have texts of a cosine of {threshold:g}"


def _nothing() -> pd.DataFrame:
    """No edges."""
    return edge_frame(pl.Series([], dtype=pl.String), [], [], [])
