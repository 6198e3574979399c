"""Drivers as a run: fetch posts, compute networks and tables for each language, and write them."""

from __future__ import annotations

from collections.abc import Sequence

from incahoots.analytics.checks import check_operation
from incahoots.analytics.drivers import fusion
from incahoots.analytics.drivers.bilingual import spoken
from incahoots.analytics.drivers.bridges import bridges
from incahoots.analytics.drivers.gds_clusters import Clustering, clustered
from incahoots.analytics.drivers.languages import check_spoken, each_once, with_languages
from incahoots.analytics.drivers.options import DriverOptions, DriverSettings
from incahoots.analytics.drivers.posts import Material, fetch_material
from incahoots.analytics.drivers.quality import quality
from incahoots.analytics.drivers.tables import Drivers, Found, tables
from incahoots.analytics.drivers.topics import find_topics
from incahoots.analytics.drivers.trace_networks import networks
from incahoots.analytics.drivers.write import KIND, write_drivers
from incahoots.analytics.runs.store import check_name, writing
from incahoots.database import Connectable, Database, connect
from incahoots.progress import Progress, part, silent


def drivers(
    database: Connectable = None,
    languages: Sequence[str] = ("en", "es"),
    options: DriverOptions | None = None,
    *,
    settings: DriverSettings | None = None,
    run_id: str | None = "drivers",
    progress: Progress = silent,
) -> Drivers:
    """Find and describe the drivers of operations in some languages.

    Parameters
    ----------
    database : Database, neo4j.Driver, str or py2neo.Graph, optional
        As for ``connect``. It needs Graph Data Science.
    languages : sequence of str
        ISO 639-1.
    options : DriverOptions, optional
        The defaults when None.
    settings : DriverSettings, optional
        How networks are made; as in S4 when None.
    run_id : str, optional
        Name of the run; a run of that name is replaced. Nothing is written when None.
    progress : callable
        Called as work goes on.

    Returns
    -------
    Drivers
        If a language has too few posts, its tables are empty, with the reasons in ``left_out``. Also written:
        ``(:Account)-[:ALIKE {run_id, language, weight, ...}]->(:Account)``, the fused networks, and
        ``(:Account)-[:CENTRAL_IN {run_id, language, centrality, cluster}]->(:Run)``.

    Raises
    ------
    UsageError
        A language is given twice, none is given, or an option is for another language.
    NotFoundError
        There are no posts in a language; no run is replaced then.
    DatabaseError
        There is no Graph Data Science.
    """
    wanted = each_once(languages)
    asked, made = options or DriverOptions(), settings or DriverSettings()
    asked.check_languages(wanted)
    with connect(database) as opened, writing(opened, run_id, progress=progress):
        check_operation(opened, asked.operation_id)
        if run_id is not None:
            check_name(opened, run_id, KIND)
        material = fetch_material(opened, retweets=asked.retweets, operation_id=asked.operation_id, progress=progress)
        known = with_languages(material.posts, progress=progress)
        material = Material(known, material.hashtags, material.domains)
        check_spoken(material.posts, wanted)
        found = {
            language: _language(opened, material.of(language), language, asked, made, progress) for language in wanted
        }
        table = spoken(material.posts, wanted)
        fused = {language: each.networks.strategies["fused"] for language, each in found.items()}
        between = bridges(opened, fused, table, nulls=asked.nulls, seed=asked.seed, progress=progress)
        ids = sorted({account for each in found.values() for account in each.drivers["account_id"]})
        names = opened.query("fetch/screen_names", account_ids=ids).set_index("account_id")["screen_name"]
        made_of = tables(found, table, between, names, asked.about)
        if run_id is not None:
            said = {
                "languages": list(wanted), "traces": list(made.traces), "measure": made.measure,
                "model": made.embeddings, "window_s": made.window_s, "algorithm": asked.algorithm,
                "retweets": asked.retweets, "seed": asked.seed, "operation_id": asked.operation_id,
            }  # fmt: skip
            write_drivers(opened, run_id, made_of, said, asked.keep, progress)
    return made_of


def _language(
    database: Database,
    material: Material,
    language: str,
    options: DriverOptions,
    settings: DriverSettings,
    progress: Progress,
) -> Found:
    """Make the networks of a language, its clusters, topics and drivers."""
    taken = options.network(language)
    made = networks(material, language, settings, progress)
    with part(progress, f"finding topics of posts: {language}", len(made.texts)):
        topics = find_topics(
            made.texts, n_topics=options.n_topics, topic_model=options.topic_model, model=settings.embeddings,
            seed=options.seed, progress=progress,
        )  # fmt: skip
    of_accounts = topics.of_accounts().to_pandas().set_index("account_id")["topic"]
    clusterings: dict[str, Clustering] = {}
    for name, edges in (made.traces | made.strategies).items():
        progress(
            f"clustering networks: {name} of {language}", len(clusterings), len(made.traces) + len(made.strategies)
        )
        clusterings[name] = clustered(database, edges, options.algorithm, seed=options.seed)
    progress("clustering networks", len(clusterings), len(clusterings))
    properties = []
    for name, clustering in clusterings.items():
        measured = quality(clustering.labels, of_accounts)
        told = {measure: measured[measure] for measure in ("entropy", "divergence")}
        properties.append({"language": language, "network": name, **clustering.properties(), **told})
    central = fusion.drivers(made.strategies[taken], options.share(language))
    return Found(material, made, central, topics, properties, clusterings[taken].labels)
