"""Find accounts that act together, on Neo4j.

Whatever takes a database takes what `connect` gives, a URI, a ``neo4j.Driver`` or a ``py2neo.Graph``; None means the
database of the environment, else the managed local server.

Examples
--------
>>> import incahoots as ih
>>> db = ih.connect()                                                                         # doctest: +SKIP
>>> ih.load("io-archive", "tweets.csv.gz", db, operation=ih.Operation("ru_2019", ["Russia"])) # doctest: +SKIP
>>> run = ih.coordinate(db, ["co_link", "co_retweet"], "60s")                                 # doctest: +SKIP
>>> ih.edges(db, run.run_id)                                                                  # doctest: +SKIP
>>> ih.communities(db, run.run_id).table()                                                    # doctest: +SKIP
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from incahoots.analytics.campaigns.explain import explain_day, posts_behind
    from incahoots.analytics.campaigns.features import campaign_features, read_features
    from incahoots.analytics.campaigns.model import CampaignModel, load_model, train_model
    from incahoots.analytics.clusters import clusters
    from incahoots.analytics.co_similarity import Similarity
    from incahoots.analytics.communities import Communities, communities
    from incahoots.analytics.coordination import Coordination, coordinate, why
    from incahoots.analytics.discount import discount
    from incahoots.analytics.drivers.networks import DriverSettings
    from incahoots.analytics.drivers.run import drivers
    from incahoots.analytics.drivers.tables import Drivers
    from incahoots.analytics.drivers.thresholds import driver_thresholds
    from incahoots.analytics.explore.exploration import Exploration, explore
    from incahoots.analytics.exports import network, write
    from incahoots.analytics.influence.first_posters import FirstPosters, first_posters
    from incahoots.analytics.influence.run import Influence, influence
    from incahoots.analytics.interstate.case_study import CaseStudy, state_pair
    from incahoots.analytics.interstate.features import role_features
    from incahoots.analytics.interstate.run import Interstate, interstate
    from incahoots.analytics.pictures import (
        draw_heatmap,
        draw_influence,
        draw_months,
        draw_network,
        draw_states,
        draw_sweep,
        draw_timeline,
        picture,
        save_picture,
    )
    from incahoots.analytics.pictures.campaigns import draw_days, draw_participation
    from incahoots.analytics.pictures.drivers import draw_quality, draw_sentiment, draw_thresholds, draw_topics
    from incahoots.analytics.report.run import Reported, report
    from incahoots.analytics.runs import drop, edges, runs
    from incahoots.analytics.significance import Significance, significance
    from incahoots.analytics.sweep import sweep
    from incahoots.analytics.timeline import coordinated_posts, edge_times
    from incahoots.database import Connectable, Database, connect
    from incahoots.errors import IncahootsError
    from incahoots.loaders.load import Loaded, Operation, load
    from incahoots.simulator import Simulation, simulate
    from incahoots.simulator.bilingual import simulate_bilingual

#: Where each name lives; it is imported when it is first used, so that ``import incahoots`` costs nothing.
_MODULES = {
    "CampaignModel": "incahoots.analytics.campaigns.model",
    "CaseStudy": "incahoots.analytics.interstate.case_study",
    "Communities": "incahoots.analytics.communities",
    "Coordination": "incahoots.analytics.coordination",
    "Database": "incahoots.database",
    "DriverSettings": "incahoots.analytics.drivers.networks",
    "Drivers": "incahoots.analytics.drivers.tables",
    "Exploration": "incahoots.analytics.explore.exploration",
    "FirstPosters": "incahoots.analytics.influence.first_posters",
    "IncahootsError": "incahoots.errors",
    "Influence": "incahoots.analytics.influence.run",
    "Interstate": "incahoots.analytics.interstate.run",
    "Loaded": "incahoots.loaders.load",
    "Operation": "incahoots.loaders.load",
    "Reported": "incahoots.analytics.report.run",
    "Significance": "incahoots.analytics.significance",
    "Similarity": "incahoots.analytics.co_similarity",
    "Simulation": "incahoots.simulator",
    "campaign_features": "incahoots.analytics.campaigns.features",
    "clusters": "incahoots.analytics.clusters",
    "communities": "incahoots.analytics.communities",
    "connect": "incahoots.database",
    "coordinate": "incahoots.analytics.coordination",
    "coordinated_posts": "incahoots.analytics.timeline",
    "discount": "incahoots.analytics.discount",
    "draw_days": "incahoots.analytics.pictures.campaigns",
    "draw_heatmap": "incahoots.analytics.pictures",
    "draw_influence": "incahoots.analytics.pictures",
    "draw_months": "incahoots.analytics.pictures",
    "draw_network": "incahoots.analytics.pictures",
    "draw_participation": "incahoots.analytics.pictures.campaigns",
    "draw_quality": "incahoots.analytics.pictures.drivers",
    "draw_sentiment": "incahoots.analytics.pictures.drivers",
    "draw_states": "incahoots.analytics.pictures",
    "draw_sweep": "incahoots.analytics.pictures",
    "draw_thresholds": "incahoots.analytics.pictures.drivers",
    "draw_timeline": "incahoots.analytics.pictures",
    "draw_topics": "incahoots.analytics.pictures.drivers",
    "driver_thresholds": "incahoots.analytics.drivers.thresholds",
    "drivers": "incahoots.analytics.drivers.run",
    "drop": "incahoots.analytics.runs",
    "edge_times": "incahoots.analytics.timeline",
    "edges": "incahoots.analytics.runs",
    "explain_day": "incahoots.analytics.campaigns.explain",
    "explore": "incahoots.analytics.explore.exploration",
    "first_posters": "incahoots.analytics.influence.first_posters",
    "influence": "incahoots.analytics.influence.run",
    "interstate": "incahoots.analytics.interstate.run",
    "load": "incahoots.loaders.load",
    "load_model": "incahoots.analytics.campaigns.model",
    "network": "incahoots.analytics.exports",
    "picture": "incahoots.analytics.pictures",
    "posts_behind": "incahoots.analytics.campaigns.explain",
    "read_features": "incahoots.analytics.campaigns.features",
    "report": "incahoots.analytics.report.run",
    "role_features": "incahoots.analytics.interstate.features",
    "runs": "incahoots.analytics.runs",
    "save_picture": "incahoots.analytics.pictures",
    "significance": "incahoots.analytics.significance",
    "simulate": "incahoots.simulator",
    "simulate_bilingual": "incahoots.simulator.bilingual",
    "state_pair": "incahoots.analytics.interstate.case_study",
    "sweep": "incahoots.analytics.sweep",
    "train_model": "incahoots.analytics.campaigns.model",
    "why": "incahoots.analytics.coordination",
    "write": "incahoots.analytics.exports",
}

__all__ = [
    "CampaignModel",
    "CaseStudy",
    "Communities",
    "Coordination",
    "Database",
    "DriverSettings",
    "Drivers",
    "Exploration",
    "FirstPosters",
    "IncahootsError",
    "Influence",
    "Interstate",
    "Loaded",
    "Operation",
    "Reported",
    "Significance",
    "Similarity",
    "Simulation",
    "campaign_features",
    "clusters",
    "communities",
    "connect",
    "coordinate",
    "coordinated_posts",
    "discount",
    "draw_days",
    "draw_heatmap",
    "draw_influence",
    "draw_months",
    "draw_network",
    "draw_participation",
    "draw_quality",
    "draw_sentiment",
    "draw_states",
    "draw_sweep",
    "draw_thresholds",
    "draw_timeline",
    "draw_topics",
    "driver_thresholds",
    "drivers",
    "drop",
    "edge_times",
    "edges",
    "explain_day",
    "explore",
    "first_posters",
    "influence",
    "interstate",
    "load",
    "load_model",
    "network",
    "picture",
    "posts_behind",
    "query",
    "read_features",
    "report",
    "role_features",
    "runs",
    "save_picture",
    "significance",
    "simulate",
    "simulate_bilingual",
    "state_pair",
    "sweep",
    "train_model",
    "why",
    "write",
]


def __getattr__(name: str) -> Any:
    """Import a name of the API when it is asked for."""
    if name == "__version__":
        from importlib.metadata import version

        return version("incahoots")
    if name not in _MODULES:
        raise AttributeError(f"module 'incahoots' has no attribute {name!r}")
    globals()[name] = value = getattr(import_module(_MODULES[name]), name)
    return value


def __dir__() -> list[str]:
    """Name the API, for completion in a notebook."""
    return [*__all__, "__version__"]


def query(database: Connectable, name: str, /, **parameters: Any) -> pd.DataFrame:
    """Run a shipped query and give its rows.

    Parameters
    ----------
    database : Database, neo4j.Driver, str or py2neo.Graph, optional
        As for `connect`.
    name : str
        As ``incahoots query`` lists them, with or without the folder: ``top_edges``.
    **parameters
        The query's own; defaults come from its header. Many have a ``limit``, of 100 rows or another number;
        ``limit=0`` gives all rows.

    Returns
    -------
    pd.DataFrame
        One column for each thing the query returns.

    Raises
    ------
    UsageError
        The query is not there, or a parameter is missing or unknown.
    NotFoundError
        The query reads a run that is not there, or is not complete.
    """
    from incahoots import cypher
    from incahoots.analytics.run_parts import readable
    from incahoots.database import connect

    found = cypher.find(name)
    found.bind(parameters)
    with connect(database) as opened, readable(opened, found, parameters):
        return opened.query(name, **parameters)
