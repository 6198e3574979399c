"""Leaders and followers entity by entity: who posts about it first, and whether that is more often than chance has it.

The influence model sees timing step by step; this looks at the one moment in which something new is brought in. Chance
deals out the posts about an entity anew among the times at which there are any: who posts more is more often first.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
import polars as pl
from scipy import stats

from incahoots.analytics.influence.observations import ALL, Range, posts_about
from incahoots.analytics.runs import find_run
from incahoots.database import Connectable, connect
from incahoots.errors import NotFoundError, UsageError
from incahoots.progress import Report, silent


@dataclass(frozen=True)
class FirstPosters:
    """The answer of `first_posters`.

    Attributes
    ----------
    entities : pd.DataFrame
        A row a hashtag, URL or mentioned account that two accounts or more post about, those that most take up soon
        first: kind, entity, account_id (who posts first; of several the one with the lowest id of a post), tweet_id,
        first_at, tied (accounts with a post in the same second), followers (accounts that are later), soon (those of
        them who are later by at most the run's lag), next_s (seconds to the next account; missing where all are tied)
        and posts.
    accounts : pd.DataFrame
        A row an account, those who are first too often to be chance first: account_id, entities (that it posts about
        and others too), first (of these, in how many nobody is before it), expected (how many if the posts about each
        entity were dealt out anew), p_value, p_adjusted (false discovery rate), followers (accounts after it, added up
        over entities in which it is first) and influence (the weights of its written edges in the run, added up).
    """

    entities: pd.DataFrame
    accounts: pd.DataFrame


def first_posters(
    database: Connectable = None, *, run_id: str = "influence", entity: str | None = None, report: Report = silent
) -> FirstPosters:
    """Name who posts first about each entity, in the posts that a run of influence considered.

    Parameters
    ----------
    database : Database, neo4j.Driver, str or py2neo.Graph, optional
        As for ``connect``.
    run_id : str
        A run of `influence`: its range of time, accounts, entities and lag are taken.
    entity : {"all", "hashtag", "url", "mention"}, optional
        Only of this type; the run's when None.
    report : callable
        Told of the progress.

    Returns
    -------
    FirstPosters

    Raises
    ------
    NotFoundError
        There is no such run, or it is not complete.
    UsageError
        It did not consider such entities.
    DatabaseError
        The database is not there or refuses.
    """
    with connect(database) as opened:
        known = opened.query("influence/parameters", run_id=run_id)
        if known.empty:
            words = f"There is no run of influence named {run_id!r}."
            raise NotFoundError(words, "Make one with `incahoots influence`; `incahoots runs` lists those there are.")
        find_run(opened, run_id, kinds=("influence",))
        about = known.iloc[0].to_dict()
        asked = about["entity"] if entity is None else entity
        if about["entity"] not in (ALL, asked):
            raise UsageError(f"The run considers {about['entity']} only.", "Compute one with --entity all.")
        within = Range(int(about["since"]), int(about["until"]), int(about["bin_s"]))
        found = rank_first_posters(
            posts_about(
                opened, within, asked, min_posts=int(about["min_posts"]), exclude=about["exclude"],
                retweets=bool(about["retweets"]), operation_id=about["operation_id"], with_posts=True, report=report,
            ),
            int(about["lag"]) * within.bin_s,
        )  # fmt: skip
        exerted = opened.query("influence/influences", run_id=run_id)
    influence = exerted[exerted["entity"] == asked].set_index("account_id")["influence"]
    return FirstPosters(
        found.entities, found.accounts.assign(influence=found.accounts["account_id"].map(influence).fillna(0.0))
    )


def rank_first_posters(posts: Iterable[pl.DataFrame], lag_s: int) -> FirstPosters:
    """Name who posts first about each entity in any posts.

    Parameters
    ----------
    posts : iterable of pl.DataFrame
        Columns account_id, kind, entity, ts (epoch seconds) and tweet_id; all posts of an account in one of them.
    lag_s : int
        Who is later by at most so many seconds is soon.

    Returns
    -------
    FirstPosters
        Without influence.
    """
    firsts = [_firsts(each) for each in posts]
    seen = pl.concat(firsts) if firsts else _firsts(pl.DataFrame(schema=_POSTS))
    each = seen.join(_entities(seen), on=_ENTITY)
    return FirstPosters(_shown(each, lag_s), _accounts(each))


_POSTS = {"account_id": pl.String, "kind": pl.String, "entity": pl.String, "ts": pl.Int64, "tweet_id": pl.String}
_ENTITY = ["kind", "entity"]


def _firsts(posts: pl.DataFrame) -> pl.DataFrame:
    """Of each account and entity: posts, when the first, which one, and how many in that second."""
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
    """Of each entity of two accounts or more: when the first post was, how many accounts and posts had it then."""
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
    # The chance that one of the posts of that second is the account's own, of all ways to deal them out.
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
    # Of all sums of independent events with this mean, the binomial has the heaviest tail (Hoeffding 1956).
    mean = np.minimum(table["expected"] / table["entities"], 1.0)
    table["p_value"] = np.where(
        table["first"] > table["expected"], stats.binom.sf(table["first"] - 1, table["entities"], mean), 1.0
    )
    table["p_adjusted"] = stats.false_discovery_control(table["p_value"]) if len(table) else table["p_value"]
    order = ["account_id", "entities", "first", "expected", "p_value", "p_adjusted", "followers"]
    by = ["p_value", "followers", "account_id"]
    return table[order].sort_values(by, ascending=[True, False, True], ignore_index=True)
