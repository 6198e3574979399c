"""Derive coordination networks, as runs, and read the posts behind their edges.

``u -> v`` with weight w: w of u's posts each have at least one post of v within the window with the same trace. The
window slides, is centred on u's post, and is inclusive.

References
----------
Graham, Hames and Alpert 2024 (S3), "The coordination network toolkit".
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from incahoots.analytics.checks import check_operation
from incahoots.analytics.coordination.co_similarity import Similarity
from incahoots.analytics.coordination.derivations import derivation_of
from incahoots.analytics.coordination.request import Request
from incahoots.analytics.coordination.traced_posts import count_traced_posts, in_turn
from incahoots.analytics.runs.store import count_accounts, finish, start, writing
from incahoots.cypher.behaviours import chosen
from incahoots.database import Connectable, Database, connect
from incahoots.errors import UsageError
from incahoots.loaders.renewal import prepare_graph
from incahoots.progress import Progress, part, silent
from incahoots.windows import format_window, parse_window


@dataclass(frozen=True)
class Coordination:
    """A complete run.

    Attributes
    ----------
    run_id : str
    edges : dict of str to int
        Number of edges by behaviour.
    accounts : int
        Number of accounts with an edge.
    warnings : tuple of str
        What a reader of the result must know.
    """

    run_id: str
    edges: dict[str, int] = field(default_factory=dict)
    accounts: int = 0
    warnings: tuple[str, ...] = ()


def coordinate(
    database: Connectable = None,
    behaviours: str | Iterable[str] = "all",
    window: str | int = "60s",
    *,
    min_weight: int = 2,
    run_id: str | None = None,
    operation_id: str | None = None,
    leader: bool = False,
    loops: bool = False,
    retweets: bool | None = None,
    similarity: Similarity | None = None,
    engine: str = "auto",
    progress: Progress = silent,
) -> Coordination:
    """Derive coordination networks.

    Parameters
    ----------
    database : Database, neo4j.Driver, str or py2neo.Graph, optional
        As for ``connect``.
    behaviours : str or iterable of str
        Names, as `incahoots.cypher.behaviours.find` takes them. ``all`` stands for every behaviour but co_post and the
        variants; add them by name, as in ``["all", "co_post"]``.
    window : str or int
        ``60s``, ``5m``, ``1h``, or seconds; inclusive.
    min_weight : int
        Edges below are left out; each direction by itself.
    run_id : str, optional
        Name of the run; a run of that name is replaced. When None, made from the other parameters.
    operation_id : str, optional
        Only accounts of this operation.
    leader : bool
        Count a post of u only if v's matching post comes after it: ``u -> v`` then means that u posts first.
    loops : bool
        Also match an account with itself.
    retweets : bool, optional
        Whether co_link, co_hashtag and co_mention consider retweets; each behaviour's own default when None.
    similarity : Similarity, optional
        When two texts are similar, for co_similarity: a Jaccard index of .8 or more when None.
    engine : {"auto", "cypher", "columnar"}
        What derives the networks: queries in the database, or the post store beside it. Both give the same edges.
        ``auto`` takes the store where it has the same posts as the graph, because it is many times faster.
    progress : callable
        Called as work goes on.

    Returns
    -------
    Coordination

    Raises
    ------
    UsageError
        A behaviour, the window or the weight is not valid.
    NotFoundError
        There is no such operation.
    DatabaseError
        The database cannot be reached or refuses, or another process is writing the run.

    Notes
    -----
    Until the run is complete its ``(:Run)`` has no ``ended_at``, and `edges` refuses to read it.
    """
    request = requested(
        behaviours, window, similarity, min_weight=min_weight, leader=leader, loops=loops, retweets=retweets,
        operation_id=operation_id, engine=engine,
    )  # fmt: skip
    rows = {row.name: row for row in request.behaviours}
    run_id = run_id or request.default_run_id
    with connect(database) as opened, writing(opened, run_id, progress=progress):
        check_operation(opened, operation_id)
        prepare_graph(opened, progress)
        engines = {derivation_of(row).engine(opened, request, row) for row in rows.values()} - {None}
        about = request.properties() | {"engines": sorted(map(str, engines))}
        start(opened, run_id, "coordination", about, progress=progress)
        with part(progress, "looking at the times of posts"):
            done = Coordination(run_id, warnings=_too_coarse(opened, request))
        for name in in_turn(count_traced_posts(opened, rows.values()), "matching traces", progress):
            done.edges[name] = derivation_of(rows[name]).derive(opened, request, rows[name], run_id, progress)
        finish(opened, run_id, done.edges)
        with part(progress, "counting accounts of edges", sum(done.edges.values())):
            return replace(done, accounts=count_accounts(opened, run_id))


def requested(
    behaviours: str | Iterable[str], window: str | int, similarity: Similarity | None = None, **options: Any
) -> Request:
    """Check the arguments of `coordinate` before connecting to a database; raise a `UsageError` if they are wrong."""
    request = Request(tuple(chosen(behaviours)), parse_window(window), similarity=similarity, **options)
    for row in request.behaviours:
        request = derivation_of(row).checked(request, row)
    if similarity and not any(derivation_of(row).compares_texts for row in request.behaviours):
        raise UsageError("A similarity is given, but no behaviour compares texts.", "Add co_similarity.")
    return request


def _too_coarse(database: Database, request: Request) -> tuple[str, ...]:
    """Warn where the times of the posts are coarser than the window."""
    (row,) = database.query("fetch/time_precision", operation_id=request.operation_id).to_dict(orient="records")
    by_id = all(derivation_of(behaviour).times_from_ids for behaviour in request.behaviours)
    if row["precision_s"] is None or request.window_s >= row["precision_s"] or (by_id and row["precision_s"] <= 60):
        return ()
    coarse, window = format_window(int(row["precision_s"])), format_window(request.window_s)
    return (
        f"All times of posts are multiples of {coarse}, so a window of {window} matches only posts whose recorded "
        f"times are equal. Use a window of {coarse} or more.",
    )
