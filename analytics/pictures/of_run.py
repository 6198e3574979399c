"""Pictures of a run, or of one of its communities: read the database, and draw."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd
from matplotlib.figure import Figure

from incahoots.analytics.coordination.sweep import can_be_swept, sweep
from incahoots.analytics.coordination.timeline import coordinated_posts
from incahoots.analytics.networks.clusters import behaviours_of, members
from incahoots.analytics.pictures.heatmap import draw_heatmap
from incahoots.analytics.pictures.network import draw_network
from incahoots.analytics.pictures.sweep import draw_sweep
from incahoots.analytics.pictures.timeline import draw_timeline
from incahoots.analytics.runs.store import find_run, weighted_edges
from incahoots.database import Connectable, Database, connect
from incahoots.errors import UsageError
from incahoots.progress import Progress, part, silent

KINDS = ("heatmap", "network", "timeline", "sweep")


def picture(
    database: Connectable,
    kind: str,
    run_id: str,
    *,
    community: int | None = None,
    behaviours: Iterable[str] | None = None,
    progress: Progress = silent,
) -> Figure:
    """Draw a run, or one of its communities.

    Parameters
    ----------
    database : Database, neo4j.Driver, str or py2neo.Graph, optional
        As for ``connect``.
    kind : {'heatmap', 'network', 'timeline', 'sweep'}
        See `incahoots.draw_heatmap`, `draw_network`, `draw_timeline` and `draw_sweep`. A sweep derives the run's
        behaviours with the run's options for the default windows.
    run_id : str
        A complete run.
    community : int, optional
        Only edges and posts among the accounts of this community, as numbered by `incahoots.communities`, which is
        called if the run has no communities yet.
    behaviours : iterable of str, optional
        Only these. When None, all of the run except co_post, unless the run has only co_post.
    progress : Progress

    Returns
    -------
    matplotlib.figure.Figure
        `incahoots.save_picture` writes it.

    Raises
    ------
    NotFoundError
        The run does not exist, is not complete, or lacks this community.
    UsageError
        The kind of picture or the behaviour is unknown, or there is nothing to draw.
    DatabaseError
        Finding communities needs Graph Data Science, which the database lacks.
    """
    if kind not in KINDS:
        raise UsageError(f"There is no kind of picture {kind!r}.", f"Choose from: {', '.join(KINDS)}.")
    if kind == "sweep" and community is not None:
        raise UsageError(
            "A sweep covers all accounts, because communities change with the window.", "Leave out the community."
        )
    with connect(database) as opened:
        names = behaviours_of(opened, run_id, behaviours)
        if kind == "sweep":
            return draw_sweep(_sweep_of(opened, run_id, names, progress), title=f"{run_id}: other windows")
        accounts = None if community is None else members(opened, run_id, community, progress=progress)["account_id"]
        title = run_id if community is None else f"{run_id}, community {community}"
        if kind == "timeline":
            posts = coordinated_posts(opened, run_id, accounts, behaviours=names, progress=progress)
            with part(progress, "ordering posts", len(posts)):
                return draw_timeline(posts, names=_screen_names(opened, posts["account_id"]), title=title)
        edges = weighted_edges(opened, run_id, names, progress=progress)
        if accounts is not None:
            edges = edges[edges["source"].isin(accounts) & edges["target"].isin(accounts)]
        draw = draw_heatmap if kind == "heatmap" else draw_network
        with part(progress, "laying out edges", len(edges)):
            called = _screen_names(opened, pd.concat([edges["source"], edges["target"]]))
            return draw(edges, names=called, title=title)


def _sweep_of(database: Database, run_id: str, names: list[str], progress: Progress) -> pd.DataFrame:
    """Sweep the windows of a run's behaviours, with its options."""
    run = find_run(database, run_id)
    swept = [name for name in names if can_be_swept(name)]
    if not swept:
        raise UsageError(
            f"Cannot sweep {', '.join(names)}.", "Choose behaviours whose posts match by a trace and the time alone."
        )
    about = {name: getattr(run, name) for name in ("min_weight", "leader", "retweets", "operation_id")}
    return sweep(database, swept, **about, progress=progress)


def _screen_names(database: Database, accounts: pd.Series[str]) -> dict[str, str]:
    """Screen names, by account id."""
    found = database.query("fetch/screen_names", account_ids=list(accounts.unique()))
    return dict(zip(found["account_id"], found["screen_name"], strict=True))
