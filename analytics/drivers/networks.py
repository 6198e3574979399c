"""All networks of a language: one of each trace, the fused one, and what is left of it by each strategy. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
import polars as pl

from incahoots.analytics.drivers import fusion
from incahoots.analytics.drivers.ignored import ignored_domains
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
class DriverSettings:
    """How networks are made.

    Attributes
    ----------
    traces : tuple of str
        Of `TRACES`: those that are fused.
    recipes : mapping of str to Recipe
        Of all but texts.
    ignored : mapping of str to frozenset of str
        Domains that say nothing, by language, instead of the shipped list of that language.
    cosines : mapping of str to float
        The least cosine of an edge where it is another than S4's: by trace, and of one language as ``en.text``.
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
    cosines: Mapping[str, float] = field(default_factory=dict)
    measure: str = "lexical"
    model: str = MODEL
    sentiment_model: str | None = None
    lightest: float = fusion.LIGHTEST
    window_s: int = fusion.WINDOW_S
    centrality: float = fusion.CENTRALITY

    def __post_init__(self) -> None:
        cosines = [name.rpartition(".")[2] for name in self.cosines]
        unknown = [name for name in (*self.traces, *cosines) if name not in TRACES]
        if unknown or not self.traces:
            words = f"There is no trace {unknown[0]!r}." if unknown else "No trace is given."
            raise UsageError(words, f"Choose from: {', '.join(TRACES)}.")
        if self.measure not in MEASURES:
            raise UsageError(f"There is no measure {self.measure!r}.", f"Choose from: {', '.join(MEASURES)}.")
        for trace, cosine in self.cosines.items():
            if not 0 < cosine <= 1:
                raise UsageError(
                    f"A cosine of {cosine:g} for {trace} is none.", "It is above 0 and at most 1, such as 0.7."
                )
        fusion.check_share(self.lightest)
        if not 0 <= self.centrality <= 1:
            raise UsageError(f"A centrality of {self.centrality:g} is none.", "It is 0 to 1, such as 0.01.")
        if self.window_s < 0:
            raise UsageError(f"A window of {self.window_s} s is none.", "It is 0 s or more, such as 3600.")

    def ignored_in(self, language: str) -> frozenset[str]:
        """Give the domains that say nothing in a language."""
        own = self.ignored.get(language)
        return ignored_domains([language])[language] if own is None else own

    def cosine(self, trace: str, language: str) -> float:
        """Give the least cosine of an edge."""
        for name in (f"{language}.{trace}", trace):
            if name in self.cosines:
                return self.cosines[name]
        if trace == "text":
            return THRESHOLDS.get(language, min(THRESHOLDS.values()))
        return self.recipes[trace].threshold


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
    recall : float
        The share of the similar texts that was found: see `similar_writers`.
    """

    language: str
    traces: dict[str, pd.DataFrame]
    strategies: dict[str, pd.DataFrame]
    left_out: list[tuple[str, str]]
    texts: pl.DataFrame
    recall: float


@dataclass(frozen=True)
class Trace:
    """The network of a single trace.

    Attributes
    ----------
    edges : pd.DataFrame
    why : str
        Why there are no edges; nothing where there are.
    recall : float
        The share of the similar texts that was found: see `similar_writers`.
    """

    edges: pd.DataFrame
    why: str
    recall: float = 1.0


def prepared(material: Material, language: str, settings: DriverSettings) -> pl.DataFrame:
    """Clean the texts of posts, and label their sentiment: account_id, tweet_id, ts, text, sentiment."""
    return material.posts.select(
        "account_id", "tweet_id", "ts", text=cleaned(material.posts["text"], language),
        sentiment=sentiment(material.posts["text"], material.posts["language"], settings.sentiment_model),
    )  # fmt: skip


def trace_network(
    name: str, material: Material, texts: pl.DataFrame, language: str, settings: DriverSettings, report: Report = silent
) -> Trace:
    """Make the network of a single trace.

    Parameters
    ----------
    name : str
        Of `TRACES`.
    material : Material
        Posts in this language.
    texts : pl.DataFrame
        Of `prepared`.
    language : str
    settings : DriverSettings
    report : callable
        Told of the progress.
    """
    cosine = settings.cosine(name, language)
    none = f"have a cosine of {cosine:g}"
    if name == "text":
        found = similar_writers(texts, cosine, measure=settings.measure, model=settings.model, report=report)
        writers = texts.filter(pl.col("text").is_not_null())["account_id"].n_unique()
        few = f"{writers} accounts write texts of enough words" if writers < LEAST_ACCOUNTS else ""
        return Trace(found.edges, "" if len(found.edges) else few or f"no texts of two accounts {none}", found.recall)
    uses, accounts, why = _uses(name, material, language, settings)
    if why:
        return Trace(_nothing(), why)
    vectors = account_vectors(uses, accounts, settings.recipes[name].min_df)
    if not len(vectors.traces):
        least = f"{settings.recipes[name].min_df} of the {len(accounts)} accounts"
        return Trace(_nothing(), f"no {name.removeprefix('co_').replace('_', ' ')} is shared by {least}")
    edges = similar_accounts(vectors, cosine)
    return Trace(edges, "" if len(edges) else f"no two accounts {none}")


def trace_met(
    name: str, material: Material, texts: pl.DataFrame, language: str, settings: DriverSettings, report: Report = silent
) -> pd.DataFrame:
    """Find the pairs of accounts that posted the same within the window and with the same sentiment.

    Parameters
    ----------
    name, material, texts, language, settings, report
        As for `trace_network`.

    Returns
    -------
    pd.DataFrame
        account_id (the smaller), other_account_id; also pairs that have no edge.
    """
    # Where nobody can say what posts feel like, to meet in time is all there is.
    kinds = texts.with_columns(kind=pl.col("sentiment") if texts["sentiment"].count() else pl.lit(""))
    kinds = kinds.filter(pl.col("kind").is_not_null())
    if name == "text":
        how: dict[str, Any] = {"measure": settings.measure, "model": settings.model}
        found = similar_writers(
            kinds, settings.cosine(name, language), window_s=settings.window_s, report=report, **how
        )
        return found.edges[list(EDGE[:2])]
    uses, _, _ = _uses(name, material, language, settings)
    of_a_kind = uses.join(kinds.select("tweet_id", "kind"), on="tweet_id")
    return fusion.met(of_a_kind.with_columns(trace=pl.concat_str("kind", pl.lit(" "), "trace")), settings.window_s)


def networks(material: Material, language: str, settings: DriverSettings, report: Report = silent) -> Networks:
    """Make all networks of a language.

    Parameters
    ----------
    material : Material
        Posts in this language.
    language : str
        ISO 639-1.
    settings : DriverSettings
    report : callable
        Told of the progress.

    Returns
    -------
    Networks
        Without edges, and with the reason, where there are too few accounts or traces.
    """
    texts = prepared(material, language, settings)
    found: dict[str, Trace] = {}
    met: list[pd.DataFrame] = []
    for name in settings.traces:
        report(f"deriving networks: {name} of {language}", len(found), len(settings.traces))
        found[name] = trace_network(name, material, texts, language, settings, report)
        met.append(trace_met(name, material, texts, language, settings, report))
    report("deriving networks", len(found), len(settings.traces))
    fused = fusion.fuse({name: trace.edges for name, trace in found.items()})
    if "text" in found:
        fused = fused.merge(found["text"].edges.drop(columns="weight"), on=list(EDGE[:2]), how="left")
    together = fusion.among(fused, pd.concat(met).drop_duplicates())
    strategies = {
        "fused": fused, "lightest": fusion.without_lightest(fused, settings.lightest), "met": together,
        "pruned": fusion.prune(fused, settings.centrality), "met_pruned": fusion.prune(together, settings.centrality),
    }  # fmt: skip
    left_out = [(name, trace.why) for name, trace in found.items() if trace.why]
    edges = {name: trace.edges for name, trace in found.items()}
    return Networks(language, edges, strategies, left_out, texts, min(trace.recall for trace in found.values()))


def _uses(
    name: str, material: Material, language: str, settings: DriverSettings
) -> tuple[pl.DataFrame, pl.Series, str]:
    """The uses of a trace by the accounts that are looked at, these accounts, and why they make no network."""
    least = settings.recipes[name].least_traces
    if name == "co_domain":
        uses = material.domains.filter(~pl.col("trace").is_in(list(settings.ignored_in(language))))
        accounts, what = varied_accounts(uses, least), "domains"
        if len(material.domains) and uses.is_empty():
            return uses, accounts, "all domains are ignored"
    else:
        # Of both networks of hashtags the accounts are those of enough different hashtags.
        accounts, what = varied_accounts(material.hashtags, least), "hashtags"
        uses = material.hashtags
        if name == "co_hashtag_sequence":
            uses = hashtag_sequences(material.posts, material.hashtags)
    why = f"{len(accounts)} accounts share {least} different {what}" if len(accounts) < LEAST_ACCOUNTS else ""
    return uses.filter(pl.col("account_id").is_in(accounts.implode())), accounts, why


def _nothing() -> pd.DataFrame:
    """No edges."""
    return edge_frame(pl.Series([], dtype=pl.String), [], [], [])
