"""Everything about the drivers of operations in some languages, from posts in the graph to tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import pandas as pd
import polars as pl

from incahoots.analytics.drivers import fusion, profiles
from incahoots.analytics.drivers.bilingual import engagement_by_language, overlap, spoken
from incahoots.analytics.drivers.bridges import NULLS, bridges
from incahoots.analytics.drivers.clusters import Clustering, clustered
from incahoots.analytics.drivers.ignored import ignored_domains
from incahoots.analytics.drivers.languages import with_languages
from incahoots.analytics.drivers.networks import STRATEGIES, Networks, Settings, networks
from incahoots.analytics.drivers.posts import Material, fetch_material
from incahoots.analytics.drivers.quality import quality
from incahoots.analytics.drivers.topics import N_TOPICS, Topics, find_topics
from incahoots.database import Connectable, Database, connect
from incahoots.errors import UsageError
from incahoots.progress import Report, silent

#: Of which network the drivers are taken, as S4 does: of Spanish the one without its lightest edges.
DRIVERS_OF = {"en": "fused", "es": "lightest"}


@dataclass(frozen=True)
class Drivers:
    """The answer of `drivers`: tables, each with the column language but `compared` and `bridges`.

    Attributes
    ----------
    languages : pd.DataFrame
        posts, accounts, detected (posts of which a detector said the language), text_recall (the share of the similar
        texts that was found: see `similar_writers`).
    properties : pd.DataFrame
        A row a network: network (a single trace, or one of `STRATEGIES`), nodes, edges, clusters, modularity, entropy
        and divergence (of topics: see `quality`).
    drivers : pd.DataFrame
        The most central accounts: account_id, screen_name, centrality, cluster, posts, bilingual.
    left_out : pd.DataFrame
        Networks without edges: network, why.
    hashtags, domains : pd.DataFrame
        What drivers share most: tag or domain, posts, accounts, and what is known about domains.
    engagement : pd.DataFrame
        Means over posts of drivers: posts, like_count, retweet_count, reply_count, quote_count.
    topics, sentiment : pd.DataFrame
        Of drivers, by month: month, topic, name, posts, share; and month, posts, negative, neutral, positive.
    compared : pd.DataFrame
        Drivers of each two languages: one, other, and the columns of `compare`.
    bilingual : pd.DataFrame
        Accounts that post in two of the languages: account_id, a column for each language with its posts, main.
    bilingual_engagement : pd.DataFrame
        How these are received in each two languages: one, other, and the columns of `engagement_by_language`.
    overlap : pd.DataFrame
        Whether they are drivers more often: see `overlap`.
    bridges : pd.DataFrame
        Whether they are between languages: see `bridges`.
    edges : pd.DataFrame
        Of the fused networks: account_id, other_account_id, weight, and a column for each trace.
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
class _Language:
    """All of a language."""

    material: Material
    networks: Networks
    drivers: pd.DataFrame
    topics: Topics
    properties: list[dict[str, Any]]
    labels: pd.Series[int]


def drivers(
    database: Connectable = None,
    languages: Sequence[str] = ("en", "es"),
    *,
    settings: Settings | None = None,
    shares: Mapping[str, float] | None = None,
    drivers_of: Mapping[str, str] | None = None,
    algorithm: str = "louvain",
    n_topics: int = N_TOPICS,
    about: pd.DataFrame | None = None,
    retweets: bool = False,
    operation_id: str | None = None,
    nulls: int = NULLS,
    seed: int = 42,
    report: Report = silent,
) -> Drivers:
    """Find and describe the drivers of operations in some languages.

    Parameters
    ----------
    database : Database, neo4j.Driver, str or py2neo.Graph, optional
        As for ``connect``. It needs Graph Data Science.
    languages : sequence of str
        ISO 639-1.
    settings : Settings, optional
        How networks are made; those of S4, with the shipped lists of domains, when None.
    shares : mapping of str to float, optional
        The share of accounts that are drivers, by language, instead of those of S4.
    drivers_of : mapping of str to str, optional
        The network they are taken from, of `STRATEGIES`, by language, instead of those of S4.
    algorithm : {"louvain", "leiden"}
        Of clusters.
    n_topics : int
        At most, in each language.
    about : pd.DataFrame, optional
        What is known of domains: domain, and columns such as factuality and leaning.
    retweets : bool
        Also take retweets, whose text, hashtags and links are somebody else's.
    operation_id : str, optional
        Only accounts of this operation.
    nulls : int
        Networks that bridges are compared with.
    seed : int
    report : callable
        Told of the progress.

    Returns
    -------
    Drivers
        Empty tables, and the reasons in ``left_out``, where a language has too little.

    Raises
    ------
    UsageError
        A language is given twice or not at all, or a parameter makes no sense.
    DatabaseError
        There is no Graph Data Science.
    """
    wanted = tuple(language.lower() for language in languages)
    if not wanted or len(set(wanted)) < len(wanted):
        raise UsageError("Languages are given twice, or not at all.", "Give each once, such as en and es.")
    made = settings or Settings(ignored=ignored_domains(wanted))
    taken = dict.fromkeys(wanted, "fused") | DRIVERS_OF | dict(drivers_of or {})
    share = dict.fromkeys(wanted, min(fusion.DRIVERS.values())) | fusion.DRIVERS | dict(shares or {})
    if odd := sorted(set(taken.values()) - set(STRATEGIES)):
        raise UsageError(
            f"There is no network {odd[0]!r} to take drivers from.", f"Choose from: {', '.join(STRATEGIES)}."
        )
    with connect(database) as opened:
        report("posts", 0, 1)
        material = fetch_material(opened, retweets=retweets, operation_id=operation_id)
        material = Material(with_languages(material.posts), material.hashtags, material.domains)
        report("posts", 1, 1)
        found = {
            language: _language(
                opened, material.of(language), language, made, taken[language], share[language], algorithm, n_topics,
                seed, report,
            )
            for language in wanted
        }  # fmt: skip
        table = spoken(material.posts, wanted)
        between = bridges(
            opened, {language: each.networks.strategies["fused"] for language, each in found.items()}, table,
            nulls=nulls, seed=seed, report=report,
        )  # fmt: skip
        ids = sorted({account for each in found.values() for account in each.drivers["account_id"]})
        names = opened.query("fetch/screen_names", account_ids=ids).set_index("account_id")["screen_name"]
    return _tables(found, table, between, names, about)


def _language(
    database: Database, material: Material, language: str, settings: Settings, taken: str, share: float,
    algorithm: str, n_topics: int, seed: int, report: Report,
) -> _Language:  # fmt: skip
    """Make the networks of a language, its clusters, topics and drivers."""
    made = networks(material, language, settings, report)
    topics = find_topics(made.texts, n_topics=n_topics, seed=seed)
    of_accounts = topics.of_accounts().to_pandas().set_index("account_id")["topic"]
    clusterings: dict[str, Clustering] = {}
    for name, edges in (made.traces | made.strategies).items():
        report(f"clusters of {language}", len(clusterings), len(made.traces) + len(made.strategies))
        clusterings[name] = clustered(database, edges, algorithm, seed=seed)
    properties = []
    for name, clustering in clusterings.items():
        measured = quality(clustering.labels, of_accounts)
        told = {measure: measured[measure] for measure in ("entropy", "divergence")}
        properties.append({"language": language, "network": name, **clustering.properties(), **told})
    central = fusion.drivers(made.strategies[taken], share)
    return _Language(material, made, central, topics, properties, clusterings[taken].labels)


def _tables(
    found: Mapping[str, _Language], table: pd.DataFrame, between: pd.DataFrame, names: pd.Series[str],
    about: pd.DataFrame | None,
) -> Drivers:  # fmt: skip
    """Put the tables of all languages together."""
    parts: dict[str, list[pd.DataFrame]] = {name: [] for name in Drivers.__annotations__}
    means = {}
    for language, each in found.items():
        posts = each.material.posts
        said = {
            "language": language, "posts": len(posts), "accounts": posts["account_id"].n_unique(),
            "detected": int((posts["language_by"] == "detector").sum()), "text_recall": each.networks.recall,
        }  # fmt: skip
        own = profiles.by(each.material, each.drivers["account_id"])
        felt = each.networks.texts.join(own.posts, on="tweet_id", how="semi")
        means[language] = profiles.account_means(own, each.networks.texts)
        topics = Topics(each.topics.of_posts.join(own.posts, on="tweet_id", how="semi"), each.topics.names)
        of_language = {
            "languages": pd.DataFrame([said]),
            "properties": pd.DataFrame(each.properties),
            "drivers": each.drivers.assign(
                screen_name=each.drivers["account_id"].map(names), cluster=each.drivers["account_id"].map(each.labels),
                posts=each.drivers["account_id"].map(means[language]["posts"]).astype("int64"),
                bilingual=each.drivers["account_id"].map(table["bilingual"]).astype(bool),
            )[["account_id", "screen_name", "centrality", "cluster", "posts", "bilingual"]],
            "left_out": pd.DataFrame(each.networks.left_out, columns=["network", "why"]),
            "hashtags": profiles.top_traces(own.hashtags, "tag"),
            "domains": profiles.top_domains(own.domains, about),
            "engagement": pd.DataFrame([{"posts": len(own.posts), **profiles.engagement(own.posts)}]),
            "topics": topics.by_month().to_pandas(),
            "sentiment": profiles.sentiment_by_month(felt),
            "edges": each.networks.strategies["fused"],
        }  # fmt: skip
        for name, part in of_language.items():
            if "language" not in part:
                part.insert(0, "language", language)
            parts[name].append(part)
    posts = pl.concat([each.material.posts for each in found.values()])
    for one, other in combinations(found, 2):
        parts["compared"].append(profiles.compare(means[one], means[other]).assign(one=one, other=other))
        received = engagement_by_language(posts, table, one, other)
        parts["bilingual_engagement"].append(received.assign(one=one, other=other))
    parts["bilingual"] = [table[table["bilingual"]].drop(columns="bilingual").reset_index()]
    parts["overlap"] = [overlap(table, {language: each.drivers["account_id"] for language, each in found.items()})]
    parts["bridges"] = [between]
    return Drivers(**{name: _together(some) for name, some in parts.items()})


def _together(parts: list[pd.DataFrame]) -> pd.DataFrame:
    """One table of those that have rows; who is compared with whom goes first."""
    some = [part for part in parts if len(part)] or parts[:1]
    table = pd.concat(some, ignore_index=True) if some else pd.DataFrame()
    first = [name for name in ("one", "other") if name in table]
    return table[[*first, *(name for name in table if name not in first)]]
