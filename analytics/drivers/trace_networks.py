"""The networks of a language: one for each trace, the fused one, and its reductions by each strategy. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import polars as pl

from incahoots.analytics.drivers import fusion
from incahoots.analytics.drivers.options import DriverSettings
from incahoots.analytics.drivers.posts import Material
from incahoots.analytics.drivers.sentiment import sentiment
from incahoots.analytics.drivers.similarity import (
    EDGE,
    account_vectors,
    edge_frame,
    hashtag_sequences,
    similar_accounts,
    varied_accounts,
)
from incahoots.analytics.drivers.texts import cleaned, similar_writers
from incahoots.progress import Progress, silent

#: Minimum number of accounts of a network.
LEAST_ACCOUNTS = 2


@dataclass(frozen=True)
class Networks:
    """The networks of a language, as frames of edges.

    Attributes
    ----------
    traces : dict of str to pd.DataFrame
        Networks of single traces.
    strategies : dict of str to pd.DataFrame
        The fused network and its reductions, by `STRATEGIES`.
    left_out : list of (str, str)
        Networks without edges, and the reasons.
    texts : pl.DataFrame
        Posts with cleaned texts and their sentiment: account_id, tweet_id, ts, text, sentiment.
    recall : float
        Share of the similar texts that was found: see `similar_writers`.
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
    why : str
        Why there are no edges; empty if there are any.
    recall : float
        The share of the similar texts that was found: see `similar_writers`.
    """

    edges: pd.DataFrame
    why: str
    recall: float = 1.0


@dataclass(frozen=True)
class Prepared:
    """The posts in a language, and how its networks are made.

    Attributes
    ----------
    texts : pl.DataFrame
        Cleaned texts and their sentiment: account_id, tweet_id, ts, text, sentiment.
    """

    language: str
    settings: DriverSettings
    material: Material
    texts: pl.DataFrame

    @classmethod
    def of(cls, material: Material, language: str, settings: DriverSettings) -> Prepared:
        """Clean the texts of posts in a language and label their sentiment."""
        posts = material.posts
        felt = sentiment(posts["text"], posts["language"], settings.sentiment_model)
        texts = posts.select("account_id", "tweet_id", "ts", text=cleaned(posts["text"], language), sentiment=felt)
        return cls(language, settings, material, texts)


def trace_network(name: str, of: Prepared, progress: Progress = silent) -> Trace:
    """Make the network of a single trace, one of `TRACES`."""
    settings, texts, cosine = of.settings, of.texts, of.settings.cosine(name, of.language)
    none = f"have a cosine of {cosine:g}"
    if name == "text":
        found = similar_writers(texts, cosine, settings, progress=progress)
        writers = texts.filter(pl.col("text").is_not_null())["account_id"].n_unique()
        few = f"{writers} accounts write texts of enough words" if writers < LEAST_ACCOUNTS else ""
        return Trace(found.edges, "" if len(found.edges) else few or f"no texts of two accounts {none}", found.recall)
    uses, accounts, why = _uses(name, of)
    if why:
        return Trace(_nothing(), why)
    vectors = account_vectors(uses, accounts, settings.recipes[name].min_df)
    if not len(vectors.traces):
        least = f"{settings.recipes[name].min_df} of the {len(accounts)} accounts"
        return Trace(_nothing(), f"no {name.removeprefix('co_').replace('_', ' ')} is shared by {least}")
    edges = similar_accounts(vectors, cosine)
    return Trace(edges, "" if len(edges) else f"no two accounts {none}")


def trace_met(name: str, of: Prepared, progress: Progress = silent) -> pd.DataFrame:
    """Find the pairs of accounts that posted the same trace within the window and with the same sentiment.

    Returns account_id (the smaller) and other_account_id, also of pairs without an edge.
    """
    settings = of.settings
    # Without any sentiment, only the time is compared.
    kinds = of.texts.with_columns(kind=pl.col("sentiment") if of.texts["sentiment"].count() else pl.lit(""))
    kinds = kinds.filter(pl.col("kind").is_not_null())
    if name == "text":
        cosine = settings.cosine(name, of.language)
        found = similar_writers(kinds, cosine, settings, window_s=settings.window_s, progress=progress)
        return found.edges[list(EDGE[:2])]
    uses, _, _ = _uses(name, of)
    of_a_kind = uses.join(kinds.select("tweet_id", "kind"), on="tweet_id")
    return fusion.met(of_a_kind.with_columns(trace=pl.concat_str("kind", pl.lit(" "), "trace")), settings.window_s)


def networks(material: Material, language: str, settings: DriverSettings, progress: Progress = silent) -> Networks:
    """Make all networks of a language, from the posts in it; those with too few accounts or traces have no edges."""
    of = Prepared.of(material, language, settings)
    found: dict[str, Trace] = {}
    met: list[pd.DataFrame] = []
    for name in settings.traces:
        progress(f"deriving networks: {name} of {language}", len(found), len(settings.traces))
        found[name] = trace_network(name, of, progress)
        met.append(trace_met(name, of, progress))
    progress("deriving networks", len(found), len(settings.traces))
    fused = fusion.fuse({name: trace.edges for name, trace in found.items()})
    if "text" in found:
        fused = fused.merge(found["text"].edges.drop(columns="weight"), on=list(EDGE[:2]), how="left")
    together = fusion.among(fused, pd.concat(met).drop_duplicates())
    strategies = {
        "fused": fused, "backbone": fusion.without_lightest(fused, settings.lightest), "met": together,
        "pruned": fusion.prune(fused, settings.centrality), "met_pruned": fusion.prune(together, settings.centrality),
    }  # fmt: skip
    left_out = [(name, trace.why) for name, trace in found.items() if trace.why]
    edges = {name: trace.edges for name, trace in found.items()}
    return Networks(language, edges, strategies, left_out, of.texts, min(trace.recall for trace in found.values()))


def _uses(name: str, of: Prepared) -> tuple[pl.DataFrame, pl.Series, str]:
    """The uses of a trace, the accounts to consider, and the reason if they make no network."""
    material, least = of.material, of.settings.recipes[name].min_traces
    if name == "co_domain":
        uses = material.domains.filter(~pl.col("trace").is_in(list(of.settings.ignored_in(of.language))))
        accounts, what = varied_accounts(uses, least), "domains"
        if len(material.domains) and uses.is_empty():
            return uses, accounts, "all domains are ignored"
    else:
        # Both networks of hashtags have the accounts with enough distinct hashtags.
        accounts, what = varied_accounts(material.hashtags, least), "hashtags"
        uses = material.hashtags
        if name == "co_hashtag_sequence":
            uses = hashtag_sequences(material.posts, material.hashtags)
    why = f"{len(accounts)} accounts share {least} different {what}" if len(accounts) < LEAST_ACCOUNTS else ""
    return uses.filter(pl.col("account_id").is_in(accounts.implode())), accounts, why


def _nothing() -> pd.DataFrame:
    """No edges."""
    return edge_frame(pl.Series([], dtype=pl.String), [], [], [])
