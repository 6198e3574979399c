"""Tables of the results, by language and across languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import pandas as pd
import polars as pl

from incahoots.analytics.coordination.timeline import partly_covered
from incahoots.analytics.drivers import profiles
from incahoots.analytics.drivers.bilingual import engagement_by_language, overlap
from incahoots.analytics.drivers.posts import Material
from incahoots.analytics.drivers.topics import Topics
from incahoots.analytics.drivers.trace_networks import Networks

#: Groups of accounts whose posts are described in each language: its drivers, and accounts that post in two languages.
GROUPS = ("drivers", "bilingual")


@dataclass(frozen=True)
class Drivers:
    """The answer of `drivers`: tables, most with the column language.

    Attributes
    ----------
    languages : pd.DataFrame
        posts, accounts, detected (posts whose language is from the detector), text_recall (share of the similar texts
        that was found: see `similar_writers`).
    properties : pd.DataFrame
        One row per network: network (a trace, or one of `STRATEGIES`), nodes, edges, clusters, modularity, entropy and
        divergence (of topics: see `incahoots.analytics.drivers.quality`).
    drivers : pd.DataFrame
        The most central accounts: account_id, screen_name, centrality, cluster, posts, bilingual.
    left_out : pd.DataFrame
        Networks without edges: network, why.
    hashtags, domains : pd.DataFrame
        The most shared hashtags and domains of a group in a language: group (of `GROUPS`), tag or domain, posts,
        accounts, and the information about domains.
    engagement : pd.DataFrame
        Means over the posts of a group: group, posts, like_count, retweet_count, reply_count, quote_count.
    topics, sentiment : pd.DataFrame
        By group and month: group, month, topic, name, posts, share; and group, month, posts, negative, neutral,
        positive; partial in both says whether the posts begin or end within the month.
    compared : pd.DataFrame
        Comparisons of the drivers of each two languages (without those of both), and in each language of bilingual and
        monolingual accounts: group, language, other_group, other_language, and the columns of
        `~incahoots.analytics.drivers.profiles.compare`.
    bilingual : pd.DataFrame
        Accounts that post in two of the languages: account_id, a column for each language with its posts, main.
    bilingual_engagement : pd.DataFrame
        Their engagement in each two languages: one, other, and the columns of `engagement_by_language`.
    overlap : pd.DataFrame
        Their share among drivers: see `overlap`.
    bridges : pd.DataFrame
        Their position between languages: see `~incahoots.analytics.drivers.bridges.bridges`.
    edges : pd.DataFrame
        Edges of the fused networks: account_id, other_account_id, weight, a column for each trace with its cosine, and
        tweet_id and other_tweet_id of the most similar texts.
    """

    languages: pd.DataFrame
    properties: pd.DataFrame
    drivers: pd.DataFrame
    left_out: pd.DataFrame
    hashtags: pd.DataFrame
    domains: pd.DataFrame
    engagement: pd.DataFrame
    topics: pd.DataFrame
    sentiment: pd.DataFrame
    compared: pd.DataFrame
    bilingual: pd.DataFrame
    bilingual_engagement: pd.DataFrame
    overlap: pd.DataFrame
    bridges: pd.DataFrame
    edges: pd.DataFrame


@dataclass(frozen=True)
class Found:
    """The results of a language.

    Attributes
    ----------
    drivers : pd.DataFrame
        account_id and centrality of the drivers.
    topics : Topics
        Topics of all posts.
    properties : list of dict
        One row per network.
    labels : pd.Series of int
        Clusters of the network from which drivers are taken, by account_id.
    """

    material: Material
    networks: Networks
    drivers: pd.DataFrame
    topics: Topics
    properties: list[dict[str, Any]]
    labels: pd.Series[int]


def tables(
    found: Mapping[str, Found], table: pd.DataFrame, between: pd.DataFrame, names: pd.Series[str],
    about: pd.DataFrame | None,
) -> Drivers:  # fmt: skip
    """Combine the tables of all languages.

    ``table`` is the answer of `spoken`, and ``between`` that of `~incahoots.analytics.drivers.bridges.bridges`.
    ``names`` holds the screen names of drivers, by account_id, and ``about`` information about domains.
    """
    parts: dict[str, list[pd.DataFrame]] = {name: [] for name in Drivers.__annotations__}
    bilingual = pd.Series(table.index[table["bilingual"]], dtype=object)
    of_drivers = {}
    for language, each in found.items():
        means = profiles.account_means(each.material, each.networks.texts)
        of_drivers[language] = means[means.index.isin(each.drivers["account_id"])]
        of_language = _of_language(language, each, table, names, means)
        both = means.index.isin(bilingual)
        # The number of posts in this language depends on being bilingual by definition.
        own = means.drop(columns="posts")
        sides = {"group": "bilingual", "language": language, "other_group": "monolingual", "other_language": language}
        parts["compared"].append(_first(profiles.compare(own[both], own[~both]), **sides))
        for name, part in of_language.items():
            parts[name].append(_first(part, language=language))
        for group, ids in zip(GROUPS, (each.drivers["account_id"], bilingual), strict=True):
            for name, part in _described(each, ids, about).items():
                parts[name].append(_first(part, group=group, language=language))
    posts = pl.concat([each.material.posts for each in found.values()])
    for one, other in combinations(found, 2):
        # An account that drives both is not an independent observation of either.
        twice = of_drivers[one].index.intersection(of_drivers[other].index)
        compared = profiles.compare(*(of_drivers[each].drop(twice) for each in (one, other)))
        sides = {"group": "drivers", "language": one, "other_group": "drivers", "other_language": other}
        parts["compared"].append(_first(compared, **sides))
        received = engagement_by_language(posts, table, one, other)
        parts["bilingual_engagement"].append(_first(received, one=one, other=other))
    parts["bilingual"] = [table[table["bilingual"]].drop(columns="bilingual").reset_index()]
    parts["overlap"] = [overlap(table, {language: each.drivers["account_id"] for language, each in found.items()})]
    parts["bridges"] = [between]
    return Drivers(**{name: _together(some) for name, some in parts.items()})


def _of_language(
    language: str, each: Found, table: pd.DataFrame, names: pd.Series[str], means: pd.DataFrame
) -> dict[str, pd.DataFrame]:
    """Tables of a whole language."""
    posts, ids = each.material.posts, each.drivers["account_id"]
    said = {
        "posts": len(posts), "accounts": posts["account_id"].n_unique(),
        "detected": int((posts["language_by"] == "detector").sum()), "text_recall": each.networks.recall,
    }  # fmt: skip
    central = each.drivers.assign(
        screen_name=ids.map(names), cluster=ids.map(each.labels), posts=ids.map(means["posts"]).astype("int64"),
        bilingual=ids.map(table["bilingual"]).astype(bool),
    )  # fmt: skip
    return {
        "languages": pd.DataFrame([said]),
        "properties": pd.DataFrame(each.properties),
        "drivers": central[["account_id", "screen_name", "centrality", "cluster", "posts", "bilingual"]],
        "left_out": pd.DataFrame(each.networks.left_out, columns=["network", "why"]),
        "edges": each.networks.strategies["fused"],
    }


def _described(each: Found, ids: pd.Series[str], about: pd.DataFrame | None) -> dict[str, pd.DataFrame]:
    """Posts and engagement of a group of accounts in a language."""
    own = profiles.by(each.material, ids)
    felt = each.networks.texts.join(own.posts, on="tweet_id", how="semi")
    topics = Topics(each.topics.of_posts.join(own.posts, on="tweet_id", how="semi"), each.topics.names)
    by_month = {"topics": topics.by_month().to_pandas(), "sentiment": profiles.sentiment_by_month(felt)}
    # Whether a month is partly covered depends on the posts of all accounts, not of this group.
    whole = {
        name: table.assign(partial=partly_covered(table["month"], each.material.posts["ts"]))
        for name, table in by_month.items()
    }
    return {
        "hashtags": profiles.top_traces(own.hashtags, "tag"),
        "domains": profiles.top_domains(own.domains, about),
        "engagement": pd.DataFrame([{"posts": len(own.posts), **profiles.engagement(own.posts)}]),
        **whole,
    }


def _first(table: pd.DataFrame, **said: Any) -> pd.DataFrame:
    """Insert constant columns before the others."""
    return table.assign(**said)[[*said, *(name for name in table if name not in said)]]


def _together(parts: list[pd.DataFrame]) -> pd.DataFrame:
    """Concatenate the non-empty tables."""
    some = [part for part in parts if len(part)] or parts[:1]
    return pd.concat(some, ignore_index=True) if some else pd.DataFrame()
