"""Influence as a run: compute which accounts act one step before which others, and write the edges."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace

import numpy as np
import pandas as pd
import polars as pl
from scipy.stats import false_discovery_control

from incahoots.analytics.checks import check_operation
from incahoots.analytics.influence.activity import Activity
from incahoots.analytics.influence.crowd_test import crowd_p_values
from incahoots.analytics.influence.distance import pair_weights
from incahoots.analytics.influence.observations import Range, fetch_observations, time_range
from incahoots.analytics.influence.options import ALL, InfluenceOptions
from incahoots.analytics.influence.significance import period_of, shift_p_values
from incahoots.analytics.runs.store import check_name, finish, start, write_rows, writing
from incahoots.database import Connectable, connect
from incahoots.errors import UsageError
from incahoots.loaders.renewal import prepare_graph
from incahoots.progress import Progress, silent

#: The false discovery rate at or below which an edge is significant.
ALPHA = 0.05


@dataclass(frozen=True)
class Influence:
    """The answer of `influence`.

    Attributes
    ----------
    run_id : str
    edges : pd.DataFrame
        One row per edge: source, target (account ids), entity (hashtag, url, mention, or all), weight (one minus the
        mean coordination distance, above 0); by entity, the heaviest first. With ``significance`` also p_shift (of
        `shift_p_values`), p_crowd (of `crowd_p_values`), p_value (the larger: an edge has to pass both tests) and
        p_adjusted (false discovery rate, over all pairs of accounts of the network, most of which never have a hit).
    accounts : pd.DataFrame
        One row per account and entity: account_id, entity, influence (total weight of the edges from it), influenced
        (total weight of the edges to it), out_degree and in_degree; by entity, the top influencer first.
    networks : pd.DataFrame
        One row per entity: entity, accounts and entities (that are considered), bins, edges (all) and written.
    range : Range
    """

    run_id: str
    edges: pd.DataFrame
    accounts: pd.DataFrame
    networks: pd.DataFrame
    range: Range

    @property
    def sizes(self) -> dict[str, int]:
        """Number of entities of each type that are active in the range."""
        kinds = self.networks[self.networks["entity"] != ALL]
        return {str(kind): int(n) for kind, n in zip(kinds["entity"], kinds["entities"], strict=True)}

    @property
    def significant(self) -> pd.DataFrame:
        """The edges that are significant at the level `ALPHA`; all edges if they were not tested."""
        return self.edges[self.edges["p_adjusted"] <= ALPHA] if "p_adjusted" in self.edges else self.edges


def influence(
    database: Connectable = None,
    options: InfluenceOptions | None = None,
    *,
    run_id: str = "influence",
    progress: Progress = silent,
) -> Influence:
    """Find which accounts act one step before which others.

    Parameters
    ----------
    database : Database, neo4j.Driver, str or py2neo.Graph, optional
        As for ``connect``.
    options : InfluenceOptions, optional
        Which posts to consider, and how to compare accounts; the defaults when None.
    run_id : str
        Name of the run; a run of that name is replaced.
    progress : callable
        Called as work goes on.

    Returns
    -------
    Influence
        Also written: ``(:Account)-[:INFLUENCES {run_id, entity, weight, lag, bin_s}]->(:Account)``.

    Raises
    ------
    UsageError
        The range of time is empty, no account has enough posts, the data have no entity of this type, or the lag is
        not shorter than the range.
    DatabaseError
        The database is not there or refuses.

    Examples
    --------
    >>> influence(db, InfluenceOptions(bin="10m", entity="hashtag"), run_id="tags")             # doctest: +SKIP
    """
    asked = options or InfluenceOptions()
    with connect(database) as opened, writing(opened, run_id, progress=progress):
        check_operation(opened, asked.operation_id)
        check_name(opened, run_id, "influence")
        within = time_range(opened, asked)
        seen = fetch_observations(opened, within, asked, progress)
        if seen.is_empty():
            entity = "entity" if asked.entity == ALL else asked.entity
            words = f"No account with {asked.min_posts} or more posts in the range has posted any {entity}."
            raise UsageError(words, "Lower the minimum number of posts, take a longer range, or choose another entity.")
        parts = [_network(name, own, within, asked, progress) for name, own in _by_entity(seen, asked.entity)]
        edges, accounts, networks = (pd.concat(each, ignore_index=True) for each in zip(*parts, strict=True))
        prepare_graph(opened, progress)
        about = asdict(replace(asked, sizes=None, exclude=sorted(asked.exclude))) | asdict(within)
        # The range has the length of a bin, too.
        del about["bin"]
        start(opened, run_id, "influence", about, progress=progress)
        shown = edges.assign(lag=asked.lag, bin_s=asked.bin_s)
        write_rows(opened, "influence/write_influences", shown, progress=progress, run_id=run_id)
        finish(opened, run_id, edges["entity"].value_counts().to_dict())
    return Influence(run_id, edges, accounts, networks, within)


@dataclass(frozen=True)
class InfluenceSplit:
    """The answer of `influence_split`: the whole range, and its two parts."""

    whole: Influence
    before: Influence
    after: Influence

    @property
    def networks(self) -> pd.DataFrame:
        """The networks of both parts, with the column part: before or after."""
        parts = {"before": self.before, "after": self.after}
        return pd.concat([each.networks.assign(part=name) for name, each in parts.items()])


def influence_split(
    database: Connectable,
    at: int,
    options: InfluenceOptions | None = None,
    *,
    run_id: str = "influence",
    progress: Progress = silent,
) -> InfluenceSplit:
    """Compute influence over a range of time and over its two parts, with the weights of all three on one scale.

    Parameters
    ----------
    database : Database, neo4j.Driver, str or py2neo.Graph, optional
        As for ``connect``.
    at : int
        Epoch seconds of the moment that begins the second part.
    options, progress
        As for `influence`.
    run_id : str
        Name of the run of the whole range; those of the parts end with ``-before`` and ``-after``.

    Returns
    -------
    InfluenceSplit

    Raises
    ------
    UsageError
        The moment is not within the range, or as for `influence`; no earlier run is replaced when the moment is wrong.
    """
    asked = options or InfluenceOptions()
    with connect(database) as opened:
        time_range(opened, asked).split(at)
        whole = influence(opened, asked, run_id=run_id, progress=progress)
        parts = [
            influence(
                opened,
                replace(asked, since=part.since, until=part.until, sizes=whole.sizes),
                run_id=f"{run_id}-{name}",
                progress=progress,
            )
            for name, part in zip(("before", "after"), whole.range.split(at), strict=True)
        ]
    return InfluenceSplit(whole, *parts)


def _of(sizes: Mapping[str, int] | None, name: str) -> Mapping[str, int] | None:
    """The sizes that apply to a network."""
    return sizes if sizes is None or name == ALL else {name: sizes[name]}


def _by_entity(seen: pl.DataFrame, entity: str) -> list[tuple[str, pl.DataFrame]]:
    """The observations of each network: one for each type, and for ``all`` one for their mean."""
    kinds = seen["kind"].unique().sort().to_list()
    found = [(kind, seen.filter(pl.col("kind") == kind)) for kind in kinds]
    return [*found, (ALL, seen)] if entity == ALL else found


def _network(
    name: str, seen: pl.DataFrame, within: Range, options: InfluenceOptions, progress: Progress
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """The heaviest edges of one network, the sums by account, and the size of the network."""
    sizes, lag = _of(options.sizes, name), options.lag
    activity = Activity.of(seen, within.n_bins, by="kind", sizes=sizes)
    n = len(activity.account_ids)
    sums = np.zeros((2, n))
    degrees = np.zeros((2, n), dtype=np.int64)
    kept: list[tuple[np.ndarray, ...]] = []
    total = done = 0
    what = f"following accounts: {name}"
    progress(what, 0, n)
    for source, target, weight in pair_weights(activity, lag=lag, absent=options.absent):
        # Where the two terms are equal, rounding leaves a tiny difference.
        edge = weight > 1e-12
        block = source[edge], target[edge], weight[edge]
        for side in (0, 1):
            sums[side] += np.bincount(block[side], block[2], minlength=n)
            degrees[side] += np.bincount(block[side], minlength=n)
        total += len(block[2])
        kept = [_heaviest([*kept, block], options.limit)]
        done = int(source.max()) + 1 if len(source) else done
        progress(what, min(done, n), n)
    progress(what, n, n)
    source, target, weight = kept[0] if kept else (np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))
    ids = activity.account_ids.to_numpy()
    edges = pd.DataFrame({"source": ids[source], "target": ids[target], "entity": name, "weight": weight})
    if options.significance:
        period = period_of(within.bin_s, within.n_bins)
        edges["p_shift"] = shift_p_values(activity, source, target, lag=lag, period=period, progress=progress)
        edges["p_crowd"] = crowd_p_values(activity, source, target, lag=lag, progress=progress)
        edges["p_value"] = edges[["p_shift", "p_crowd"]].max(axis=1)
        # Every pair of accounts counts as a test: chance leaves most without a hit, and many without an edge.
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
    """The heaviest edges of several lists; among equal weights the first ones."""
    joined = tuple(np.concatenate(each) for each in zip(*parts, strict=True))
    if len(joined[2]) <= limit:
        return joined
    best = np.sort(np.argsort(-joined[2], kind="stable")[:limit])
    return tuple(each[best] for each in joined)
