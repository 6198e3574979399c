"""Influence as a run: who acts one step before whom, from timing alone, computed and written."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import polars as pl
from scipy.stats import false_discovery_control

from incahoots.analytics.influence.activity import Activity
from incahoots.analytics.influence.crowd import crowd_p_values
from incahoots.analytics.influence.distance import ABSENT, pair_weights
from incahoots.analytics.influence.observations import ALL, Range, fetch_observations, time_range
from incahoots.analytics.influence.significance import period_of, shift_p_values
from incahoots.analytics.names import check_operation
from incahoots.analytics.runs import check_name, finish, start, write_rows, writing
from incahoots.database import Connectable, connect
from incahoots.errors import UsageError
from incahoots.progress import Report, silent
from incahoots.windows import parse_window

#: Edges of a network that are kept, the heaviest.
LIMIT = 100_000


@dataclass(frozen=True)
class Influence:
    """The answer of `influence`.

    Attributes
    ----------
    run_id : str
    edges : pd.DataFrame
        A row an edge: source, target (account ids), entity (hashtag, url, mention, or all), weight (one minus the mean
        coordination distance, above 0); by entity, the heaviest first. With ``significance`` also p_shift (of
        `shift_p_values`), p_crowd (of `crowd_p_values`), p_value (the larger: an edge has to stand both) and p_adjusted
        (false discovery rate, over all pairs of accounts of the network, most of which never have a hit).
    accounts : pd.DataFrame
        A row an account and entity: account_id, entity, influence (the weights of all edges from it, added up),
        influenced (to it), out_degree and in_degree; by entity, the top influencer first.
    networks : pd.DataFrame
        A row an entity: entity, accounts and entities (that are considered), bins, edges (all) and written.
    range : Range
    """

    run_id: str
    edges: pd.DataFrame
    accounts: pd.DataFrame
    networks: pd.DataFrame
    range: Range

    @property
    def sizes(self) -> dict[str, int]:
        """How many entities of each type are active in the range."""
        kinds = self.networks[self.networks["entity"] != ALL]
        return {str(kind): int(n) for kind, n in zip(kinds["entity"], kinds["entities"], strict=True)}


def influence(
    database: Connectable = None,
    *,
    bin: str | int = "1h",
    entity: str = ALL,
    min_posts: int = 60,
    exclude: Collection[str] = (),
    since: int | None = None,
    until: int | None = None,
    lag: int = 1,
    absent: str = ABSENT[0],
    retweets: bool = True,
    operation_id: str | None = None,
    significance: bool = False,
    limit: int = LIMIT,
    sizes: Mapping[str, int] | None = None,
    run_id: str = "influence",
    report: Report = silent,
) -> Influence:
    """Find who acts one step before whom.

    Parameters
    ----------
    database : Database, neo4j.Driver, str or py2neo.Graph, optional
        As for ``connect``.
    bin : str or int
        Length of a bin of time: ``"1h"``, or seconds.
    entity : {"all", "hashtag", "url", "mention"}
        What accounts are active about. With ``all`` a network of each, and one of their mean.
    min_posts : int
        Posts in the range of time that an account has to have; 60 in the paper.
    exclude : collection of str
        Hashtags that are left out: those by which the posts were searched for.
    since, until : int, optional
        Epoch seconds; the first and the last post of the accounts that are considered when None. ``until`` is not in
        the range.
    lag : int
        Bins by which the follower is later.
    absent : {"neutral", "skip"}
        What entities in which one of two accounts never acts count for; see `pair_weights`.
    retweets : bool
        Also consider retweets.
    operation_id : str, optional
        Only accounts of this operation.
    significance : bool
        Also test the edges that are kept against shifts in time and against the crowd: see
        `incahoots.analytics.influence.significance` and `incahoots.analytics.influence.crowd`.
    limit : int
        Edges of each network that are kept and written, the heaviest; what accounts add up to is of all.
    sizes : mapping of str to int, optional
        How many entities of each type a mean is over; those that are active in the range when None. Two parts of a
        range are on one scale with those of all of it: see `Influence.sizes`.
    run_id : str
        Name of the run; one of that name is replaced.
    report : callable
        Told of the progress.

    Returns
    -------
    Influence
        Also written: ``(:Account)-[:INFLUENCES {run_id, entity, weight, lag, bin_s}]->(:Account)``.

    Raises
    ------
    UsageError
        The range of time is empty, no account has posts enough, no entity of this type is in the data, or a number is
        below 1.
    DatabaseError
        The database is not there or refuses.
    """
    bin_s = parse_window(bin) if isinstance(bin, str) else bin
    if min_posts < 1 or limit < 1:
        raise UsageError("Accounts without a post, or no edges at all, cannot be asked for.", "Choose 1 or more.")
    exclude = [exclude] if isinstance(exclude, str) else exclude
    with connect(database) as opened, writing(opened, run_id, report=report):
        check_operation(opened, operation_id)
        check_name(opened, run_id, "influence")
        within = time_range(opened, bin_s, since, until, min_posts=min_posts, operation_id=operation_id)
        seen = fetch_observations(
            opened, within, entity, min_posts=min_posts, exclude=exclude, retweets=retweets, operation_id=operation_id,
            report=report,
        )  # fmt: skip
        if seen.is_empty():
            words = f"No account with {min_posts} posts in the range has any {'entity' if entity == ALL else entity}."
            raise UsageError(words, "Lower --min-posts, or take a longer range, or another --entity.")
        parts = [
            _network(name, own, within, lag, absent, limit, report, sizes=_of(sizes, name), significance=significance)
            for name, own in _by_entity(seen, entity)
        ]  # fmt: skip
        edges, accounts, networks = (pd.concat(each, ignore_index=True) for each in zip(*parts, strict=True))
        opened.ensure_schema(report)
        about = {
            "bin_s": bin_s, "entity": entity, "min_posts": min_posts, "exclude": sorted(exclude), "lag": lag,
            "absent": absent, "retweets": retweets, "since": within.since, "until": within.until, "limit": limit,
            "significance": significance,
        }  # fmt: skip
        about |= {} if operation_id is None else {"operation_id": operation_id}
        start(opened, run_id, "influence", about, report=report)
        shown = edges.assign(lag=lag, bin_s=bin_s)
        write_rows(opened, "influence/write_influences", shown, report=report, run_id=run_id)
        finish(opened, run_id, edges["entity"].value_counts().to_dict())
    return Influence(run_id, edges, accounts, networks, within)


def _of(sizes: Mapping[str, int] | None, name: str) -> Mapping[str, int] | None:
    """The sizes that count in a network."""
    return sizes if sizes is None or name == ALL else {name: sizes[name]}


def _by_entity(seen: pl.DataFrame, entity: str) -> list[tuple[str, pl.DataFrame]]:
    """The networks to make: one of each type, and with several one of them all."""
    kinds = seen["kind"].unique().sort().to_list()
    found = [(kind, seen.filter(pl.col("kind") == kind)) for kind in kinds]
    return [*found, (ALL, seen)] if entity == ALL else found


def _network(
    name: str,
    seen: pl.DataFrame,
    within: Range,
    lag: int,
    absent: str,
    limit: int,
    report: Report,
    *,
    sizes: Mapping[str, int] | None,
    significance: bool,
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """The heaviest edges of one network, what its accounts add up to, and how large it is."""
    activity = Activity.of(seen, within.n_bins, by="kind", sizes=sizes)
    n = len(activity.account_ids)
    sums = np.zeros((2, n))
    degrees = np.zeros((2, n), dtype=np.int64)
    kept: list[tuple[np.ndarray, ...]] = []
    total = done = 0
    what = f"following accounts: {name}"
    report(what, 0, n)
    for source, target, weight in pair_weights(activity, lag=lag, absent=absent):
        # Rounding leaves crumbs where the two terms are equal.
        edge = weight > 1e-12
        block = source[edge], target[edge], weight[edge]
        for side in (0, 1):
            sums[side] += np.bincount(block[side], block[2], minlength=n)
            degrees[side] += np.bincount(block[side], minlength=n)
        total += len(block[2])
        kept = [_heaviest([*kept, block], limit)]
        done = int(source.max()) + 1 if len(source) else done
        report(what, min(done, n), n)
    report(what, n, n)
    source, target, weight = kept[0] if kept else (np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))
    ids = activity.account_ids.to_numpy()
    edges = pd.DataFrame({"source": ids[source], "target": ids[target], "entity": name, "weight": weight})
    if significance:
        period = period_of(within.bin_s, within.n_bins)
        edges["p_shift"] = shift_p_values(activity, source, target, lag=lag, period=period, report=report)
        edges["p_crowd"] = crowd_p_values(activity, source, target, lag=lag, report=report)
        edges["p_value"] = edges[["p_shift", "p_crowd"]].max(axis=1)
        # Every pair of accounts was looked at: that most have no hit, and many no edge, is what chance does.
        adjusted = false_discovery_control(edges["p_value"]) if total else np.zeros(0)
        edges["p_adjusted"] = np.minimum(adjusted * n * (n - 1) / max(len(edges), 1), 1.0)
    edges = edges.sort_values(["weight", "source", "target"], ascending=[False, True, True], ignore_index=True)
    accounts = pd.DataFrame({
        "account_id": ids, "entity": name, "influence": sums[0], "influenced": sums[1], "out_degree": degrees[0],
        "in_degree": degrees[1],
    })  # fmt: skip
    accounts = accounts[degrees.sum(axis=0) > 0]
    accounts = accounts.sort_values(["influence", "account_id"], ascending=[False, True], ignore_index=True)
    network = {
        "entity": name, "accounts": n, "entities": len(activity.entities), "bins": within.n_bins, "edges": total,
        "written": len(edges),
    }  # fmt: skip
    return edges, accounts, pd.DataFrame([network])


def _heaviest(parts: list[tuple[np.ndarray, ...]], limit: int) -> tuple[np.ndarray, ...]:
    """The heaviest of several lists of edges; of equals the first ones."""
    joined = tuple(np.concatenate(each) for each in zip(*parts, strict=True))
    if len(joined[2]) <= limit:
        return joined
    best = np.sort(np.argsort(-joined[2], kind="stable")[:limit])
    return tuple(each[best] for each in joined)
