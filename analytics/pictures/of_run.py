"""Pictures of a run, or of one of its communities: asks the database, and draws."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd
from matplotlib.figure import Figure

from incahoots.analytics.clusters import behaviours_of, members
from incahoots.analytics.pictures.heatmap import draw_heatmap
from incahoots.analytics.pictures.network import draw_network
from incahoots.analytics.pictures.sweep import draw_sweep
from incahoots.analytics.pictures.timeline import draw_timeline
from incahoots.analytics.runs import find_run, weighted_edges
from incahoots.analytics.sweep import can_be_swept, sweep
from incahoots.analytics.timeline import coordinated_posts, options
from incahoots.database import Connectable, Database, connect
from incahoots.errors import UsageError
from incahoots.progress import Report, part, silent

KINDS = ("heatmap", "network", "timeline", "sweep")


def picture(
    database: Connectable,
    kind: str,
    run_id: str,
    *,
    community: int | None = None,
    behaviours: Iterable[str] | None = None,
    report: Report = silent,
) -> Figure:
    """Draw a run, or one of its communities.

    Parameters
    ----------
    database : Database, neo4j.Driver, str or py2neo.Graph, optional
        As for ``connect``.
    kind : {'heatmap', 'network', 'timeline', 'sweep'}
        See `incahoots.draw_heatmap` and its kin. A sweep is of the run's behaviours with its least weight and options,
        for the usual windows.
    run_id : str
        A complete run.
    community : int, optional
        Only edges and posts among its accounts, as `incahoots.communities` numbers it; where the run has no communities
        yet they are found and written.
    behaviours : iterable of str, optional
        Only these. When None all of the run but co_post (co_post too where the run has nothing else).
    report : callable
        Told of the progress.

    Returns
    -------
    matplotlib.figure.Figure
        `incahoots.save_picture` writes it.

    Raises
    ------
    NotFoundError
        There is no such run, it is not complete, or it has no such community.
    UsageError
        There is no such picture or behaviour, or nothing to draw.
    DatabaseError
        A community is asked for, the run has none yet, and there is no Graph Data Science to find them.
    """
    if kind not in KINDS:
        raise UsageError(f"There is no picture {kind!r}.", f"Choose from: {', '.join(KINDS)}.")
    if kind == "sweep" and community is not None:
        raise UsageError("A sweep is of all accounts: other windows have other communities.", "Leave --community out.")
    with connect(database) as opened:
        names = behaviours_of(opened, run_id, behaviours)
        if kind == "sweep":
            return draw_sweep(_sweep_of(opened, run_id, names, report), title=f"{run_id}: other windows")
        accounts = None if community is None else members(opened, run_id, community, report=report)["account_id"]
        title = run_id if community is None else f"{run_id}, community {community}"
        if kind == "timeline":
            posts = coordinated_posts(opened, run_id, accounts, behaviours=names, report=report)
            with part(report, "ordering posts", len(posts)):
                return draw_timeline(posts, names=_screen_names(opened, posts["account_id"]), title=title)
        edges = weighted_edges(opened, run_id, names, report=report)
        if accounts is not None:
            edges = edges[edges["source"].isin(accounts) & edges["target"].isin(accounts)]
        draw = draw_heatmap if kind == "heatmap" else draw_network
        with part(report, "laying out edges", len(edges)):
            called = _screen_names(opened, pd.concat([edges["source"], edges["target"]]))
            return draw(edges, names=called, title=title)


def _sweep_of(database: Database, run_id: str, names: list[str], report: Report) -> pd.DataFrame:
    """The sweep that a run is one window of."""
    run = find_run(database, run_id)
    swept = [name for name in names if can_be_swept(name)]
    if not swept:
        raise UsageError(
            f"{', '.join(names)}: not to be swept.", "Posts match there by more than a trace and the time."
        )
    about = {"min_weight": int(run["min_weight"]), "leader": bool(run["leader"]), **options(run)}
    return sweep(database, swept, **about, report=report)


def _screen_names(database: Database, accounts: pd.Series[str]) -> dict[str, str]:
    """What accounts are called."""
    found = database.query("fetch/screen_names", account_ids=list(accounts.unique()))
    return dict(zip(found["account_id"], found["screen_name"], strict=True))
