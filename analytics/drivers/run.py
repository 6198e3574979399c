"""Everything about the drivers of operations in some languages, from posts in the graph to tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import pandas as pd
import polars as pl

from incahoots.analytics.drivers import fusion
from incahoots.analytics.drivers.bilingual import spoken
from incahoots.analytics.drivers.bridges import NULLS, bridges
from incahoots.analytics.drivers.clusters import Clustering, clustered
from incahoots.analytics.drivers.languages import check_spoken, each_once, with_languages
from incahoots.analytics.drivers.networks import STRATEGIES, DriverSettings, networks
from incahoots.analytics.drivers.posts import Material, fetch_material
from incahoots.analytics.drivers.quality import quality
from incahoots.analytics.drivers.tables import Drivers, Found, tables
from incahoots.analytics.drivers.topics import N_TOPICS, Topics, find_topics
from incahoots.analytics.drivers.written import KIND, write_drivers
from incahoots.analytics.names import check_operation
from incahoots.analytics.runs import check_name, writing
from incahoots.database import Connectable, Database, connect
from incahoots.errors import UsageError
from incahoots.progress import Report, part, silent

#: Of which network the drivers are taken, as Yi (2025) does: of Spanish the one without its lightest edges.
DRIVERS_OF = {"en": "fused", "es": "lightest"}

#: Edges of a language that are written, the heaviest.
KEEP = 100_000


def drivers(
    database: Connectable = None,
    languages: Sequence[str] = ("en", "es"),
    *,
    settings: DriverSettings | None = None,
    shares: Mapping[str, float] | None = None,
    drivers_of: Mapping[str, str] | None = None,
    algorithm: str = "louvain",
    n_topics: int = N_TOPICS,
    topic_model: str = "nmf",
    about: pd.DataFrame | None = None,
    retweets: bool = False,
    operation_id: str | None = None,
    nulls: int = NULLS,
    seed: int = 42,
    run_id: str | None = "drivers",
    keep: int = KEEP,
    report: Report = silent,
) -> Drivers:
    """Find and describe the drivers of operations in some languages.

    Parameters
    ----------
    database : Database, neo4j.Driver, str or py2neo.Graph, optional
        As for ``connect``. It needs Graph Data Science.
    languages : sequence of str
        ISO 639-1.
    settings : DriverSettings, optional
        How networks are made; as in S4 when None.
    shares : mapping of str to float, optional
        The share of accounts that are drivers, by language, instead of those of S4.
    drivers_of : mapping of str to str, optional
        The network they are taken from, of `STRATEGIES`, by language, instead of those of S4.
    algorithm : {"louvain", "leiden"}
        Of clusters.
    n_topics : int
        At most, in each language.
    topic_model : {"nmf", "bertopic"}
        See `find_topics`; the embeddings are those of ``settings.model``.
    about : pd.DataFrame, optional
        What is known of domains: domain, and columns such as factuality and leaning.
    retweets : bool
        Also take retweets, whose text, hashtags and links are somebody else's.
    operation_id : str, optional
        Only accounts of this operation.
    nulls : int
        Networks that bridges are compared with.
    seed : int
    run_id : str, optional
        Name of the run; one of that name is replaced. Nothing is written when None.
    keep : int
        Edges of each language that are written, the heaviest.
    report : callable
        Told of the progress.

    Returns
    -------
    Drivers
        Empty tables, and the reasons in ``left_out``, where a language has too little. Also written:
        ``(:Account)-[:ALIKE {run_id, language, weight, ...}]->(:Account)``, the fused networks, and
        ``(:Account)-[:CENTRAL_IN {run_id, language, centrality, cluster}]->(:Run)``.

    Raises
    ------
    UsageError
        A language is given twice or not at all, or a parameter makes no sense.
    NotFoundError
        There are no posts in a language; nothing is replaced then.
    DatabaseError
        There is no Graph Data Science.
    """
    wanted = each_once(languages)
    made = settings or DriverSettings()
    if odd := sorted({*(drivers_of or {}), *(shares or {})} - set(wanted)):
        raise UsageError(f"The language {odd[0]!r} is not looked at.", f"Languages: {', '.join(wanted)}.")
    taken = dict.fromkeys(wanted, "fused") | DRIVERS_OF | dict(drivers_of or {})
    share = dict.fromkeys(wanted, min(fusion.DRIVERS.values())) | fusion.DRIVERS | dict(shares or {})
    for each in share.values():
        fusion.check_drivers(each)
    if odd := sorted(set(taken.values()) - set(STRATEGIES)):
        raise UsageError(
            f"There is no network {odd[0]!r} to take drivers from.", f"Choose from: {', '.join(STRATEGIES)}."
        )
    topics = partial(
        find_topics, n_topics=n_topics, topic_model=topic_model, model=made.model, seed=seed, report=report
    )
    with connect(database) as opened, writing(opened, run_id, report=report):
        check_operation(opened, operation_id)
        if run_id is not None:
            check_name(opened, run_id, KIND)
        material = fetch_material(opened, retweets=retweets, operation_id=operation_id, report=report)
        known = with_languages(material.posts, report=report)
        material = Material(known, material.hashtags, material.domains)
        check_spoken(material.posts, wanted)
        found = {
            language: _language(
                opened, material.of(language), language, made, taken[language], share[language], algorithm, topics,
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
        made_of = tables(found, table, between, names, about)
        if run_id is not None:
            said = {
                "languages": list(wanted), "traces": list(made.traces), "measure": made.measure, "model": made.model,
                "window_s": made.window_s, "algorithm": algorithm, "retweets": retweets, "seed": seed,
            }  # fmt: skip
            if operation_id is not None:
                said["operation_id"] = operation_id
            write_drivers(opened, run_id, made_of, said, keep, report)
    return made_of


def _language(
    database: Database, material: Material, language: str, settings: DriverSettings, taken: str, share: float,
    algorithm: str, find: Callable[[pl.DataFrame], Topics], seed: int, report: Report,
) -> Found:  # fmt: skip
    """Make the networks of a language, its clusters, topics and drivers."""
    made = networks(material, language, settings, report)
    with part(report, f"finding topics of posts: {language}", len(made.texts)):
        topics = find(made.texts)
    of_accounts = topics.of_accounts().to_pandas().set_index("account_id")["topic"]
    clusterings: dict[str, Clustering] = {}
    for name, edges in (made.traces | made.strategies).items():
        report(f"clustering networks: {name} of {language}", len(clusterings), len(made.traces) + len(made.strategies))
        clusterings[name] = clustered(database, edges, algorithm, seed=seed)
    report("clustering networks", len(clusterings), len(clusterings))
    properties = []
    for name, clustering in clusterings.items():
        measured = quality(clustering.labels, of_accounts)
        told = {measure: measured[measure] for measure in ("entropy", "divergence")}
        properties.append({"language": language, "network": name, **clustering.properties(), **told})
    central = fusion.drivers(made.strategies[taken], share)
    return Found(material, made, central, topics, properties, clusterings[taken].labels)
