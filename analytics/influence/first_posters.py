"""Find which account posts first about each entity, and which accounts are first more often than by chance.

The influence model compares accounts step by step; this module considers the moment in which an entity first appears.
Chance shuffles the posts about an entity among their times: accounts that post more are first more often.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import polars as pl
from scipy import stats

from incahoots.analytics.influence.observations import options_of, posts_about
from incahoots.analytics.influence.options import ALL
from incahoots.analytics.runs.store import find_run
from incahoots.database import Connectable, connect
from incahoots.errors import UsageError
from incahoots.progress import Progress, silent


@dataclass(frozen=True)
class FirstPosters:
    """The answer of `first_posters`.

    Attributes
    ----------
    entities : pd.DataFrame
        One row per hashtag, URL or mentioned account that two or more accounts post about, sorted by soon: kind,
        entity, account_id (the first to post; if tied, the account of the post with the lowest id), tweet_id, first_at,
        tied (accounts with a post in the same second), followers (accounts that post later), soon (followers that post
        within the run's lag), next_s (seconds to the next account; missing if all are tied) and posts.
    accounts : pd.DataFrame
        One row per account, sorted by p_value: account_id, entities (that it and others post about), first (entities
        that no other account posted about earlier), expected (the same if the posts about each entity were shuffled),
        p_value, p_adjusted (false discovery rate), followers (accounts that post later, summed over entities in which
        it is first) and influence (total weight of its edges in the run).
    """

    entities: pd.DataFrame
    accounts: pd.DataFrame


def first_posters(
    database: Connectable = None, *, run_id: str = "influence", entity: str | None = None, progress: Progress = silent
) -> FirstPosters:
    """Find which account posts first about each entity, in the posts that a run of influence considered.

    Parameters
    ----------
    database : Database, neo4j.Driver, str or py2neo.Graph, optional
        As for ``connect``.
    run_id : str
        A run of `influence`, whose range of time, accounts, entities and lag are used.
    entity : {"all", "hashtag", "url", "mention"}, optional
        Only entities of this type; those of the run when None.
    progress : callable
        Called as work goes on.

    Returns
    -------
    FirstPosters

    Raises
    ------
    NotFoundError
        There is no such run, or it is not complete.
    UsageError
        The run did not consider such entities.
    DatabaseError
        The database is not there or refuses.
    """
    with connect(database) as opened:
        options, within = options_of(opened, run_id)
        find_run(opened, run_id, kind="influence")
        asked = entity or options.entity
        if options.entity not in (ALL, asked):
            raise UsageError(f"The run considers {options.entity} only.", "Compute one of all entities.")
        posts = posts_about(opened, within, replace(options, entity=asked), with_posts=True, progress=progress)
        found = rank_first_posters(posts, options.lag * within.bin_s)
        exerted = opened.query("influence/influences", run_id=run_id)
    influence = exerted[exerted["entity"] == asked].set_index("account_id")["influence"]
    return FirstPosters(
        found.entities, found.accounts.assign(influence=found.accounts["account_id"].map(influence).fillna(0.0))
    )


def rank_first_posters(posts: Iterable[pl.DataFrame], lag_s: int) -> FirstPosters:
    """Find which account posts first about each entity.

    ``posts`` has the columns account_id, kind, entity, ts (epoch seconds) and tweet_id; each account is in one frame
    only. ``lag_s`` is the maximum number of seconds after the first post for an account to count as soon. The answer
    lacks the column influence.
    """
    firsts = [_firsts(each) for each in posts]
    seen = pl.concat(firsts) if firsts else _firsts(pl.DataFrame(schema=_POSTS))
    each = seen.join(_entities(seen), on=_ENTITY)
    return FirstPosters(_shown(each, lag_s), _accounts(each))


_POSTS = {"account_id": pl.String, "kind": pl.String, "entity": pl.String, "ts": pl.Int64, "tweet_id": pl.String}
_ENTITY = ["kind", "entity"]


def _firsts(posts: pl.DataFrame) -> pl.DataFrame:
    """For each account and entity: number of posts, time and id of the first, and number of posts in that second."""
    return (
        posts.unique()
        .group_by("account_id", *_ENTITY)
        .agg(
            posts=pl.len(),
            first=pl.col("ts").min(),
            tweet_id=pl.col("tweet_id").filter(pl.col("ts") == pl.col("ts").min()).min(),
            at_once=(pl.col("ts") == pl.col("ts").min()).sum(),
        )
    )


def _entities(seen: pl.DataFrame) -> pl.DataFrame:
    """For each entity of two or more accounts: time of the first post, and accounts and posts at that time."""
    start = pl.col("first") == pl.col("first").min()
    return (
        seen.group_by(*_ENTITY)
        .agg(
            start=pl.col("first").min(),
            n_accounts=pl.len(),
            n_posts=pl.col("posts").sum(),
            tied=start.sum(),
            n_at_once=pl.col("at_once").filter(start).sum(),
        )
        .filter(pl.col("n_accounts") > 1)
    )


def _shown(each: pl.DataFrame, lag_s: int) -> pd.DataFrame:
    """The table of entities."""
    later = each.filter(pl.col("first") > pl.col("start"))
    after = later.group_by(*_ENTITY).agg(
        soon=(pl.col("first") - pl.col("start") <= lag_s).sum(), next_s=(pl.col("first") - pl.col("start")).min()
    )
    leaders = each.filter(pl.col("first") == pl.col("start")).sort("tweet_id").unique(_ENTITY, keep="first")
    table = leaders.join(after, on=_ENTITY, how="left").select(
        *_ENTITY,
        "account_id",
        "tweet_id",
        first_at=pl.from_epoch("start", time_unit="s").dt.replace_time_zone("UTC"),
        tied=pl.col("tied").cast(pl.Int64),
        followers=pl.col("n_accounts").cast(pl.Int64) - pl.col("tied").cast(pl.Int64),
        soon=pl.col("soon").fill_null(0).cast(pl.Int64),
        next_s="next_s",
        posts=pl.col("n_posts").cast(pl.Int64),
    )
    return table.sort(["soon", "followers", *_ENTITY], descending=[True, True, False, False]).to_pandas()


def _accounts(each: pl.DataFrame) -> pd.DataFrame:
    """The table of accounts, without their influence."""
    # The probability that one of the posts of that second is the account's, when posts are shuffled.
    total, own, drawn = (each[name].to_numpy().astype(np.int64) for name in ("n_posts", "posts", "n_at_once"))
    chance = stats.hypergeom.sf(0, total, own, drawn) if len(each) else np.zeros(0)
    is_first = pl.col("first") == pl.col("start")
    table = (
        each.with_columns(pl.Series("chance", chance, dtype=pl.Float64))
        .group_by("account_id")
        .agg(
            entities=pl.len().cast(pl.Int64),
            first=is_first.sum().cast(pl.Int64),
            expected=pl.col("chance").sum(),
            followers=(pl.col("n_accounts").cast(pl.Int64) - pl.col("tied").cast(pl.Int64)).filter(is_first).sum(),
        )
        .to_pandas()
    )
    # Among sums of independent events with this mean, the binomial has the heaviest tail (Hoeffding 1956).
    mean = np.minimum(table["expected"] / table["entities"], 1.0)
    table["p_value"] = np.where(
        table["first"] > table["expected"], stats.binom.sf(table["first"] - 1, table["entities"], mean), 1.0
    )
    table["p_adjusted"] = stats.false_discovery_control(table["p_value"]) if len(table) else table["p_value"]
    order = ["account_id", "entities", "first", "expected", "p_value", "p_adjusted", "followers"]
    by = ["p_value", "followers", "account_id"]
    return table[order].sort_values(by, ascending=[True, False, True], ignore_index=True)
