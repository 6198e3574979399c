"""Acts: one post acts on one account, by a retweet, a quote, a reply or a mention; and between which states."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
import polars as pl

from incahoots.database import Database
from incahoots.errors import UsageError

#: Ways to act on an account, in the order in which one post's is chosen.
KINDS = ("retweet", "quote", "reply", "mention")

#: Between two states; within one; on an account of no state.
SCOPES = ("inter", "intra", "external")


@dataclass(frozen=True)
class Acts:
    """What state-linked accounts do.

    Attributes
    ----------
    accounts : pl.DataFrame
        A row a state-linked account: account_id, state, posts (how many).
    acts : pl.DataFrame
        A row a post and account that it acts on: tweet_id, ts, account_id, state, target_id, target_state (null of an
        account of no state), kind (one of ``KINDS``), scope (one of ``SCOPES``).
    ambiguous : pl.DataFrame
        A row an account of several states, which is left out: account_id, states.
    """

    accounts: pl.DataFrame
    acts: pl.DataFrame
    ambiguous: pl.DataFrame

    @property
    def states(self) -> list[str]:
        """The states, in order of their names."""
        return sorted(self.accounts["state"].unique())

    def of(self, *scopes: str) -> pl.DataFrame:
        """The acts of these scopes."""
        return self.acts.filter(pl.col("scope").is_in(scopes))


def fetch_acts(database: Database, *, merge: Mapping[str, str] | None = None, without: Collection[str] = ()) -> Acts:
    """Fetch what state-linked accounts do.

    Parameters
    ----------
    database : Database
    merge : mapping of str to str, optional
        New names of states; states of one new name count as one: ``{"Egypt": "Egypt & UAE", "UAE": "Egypt & UAE"}``.
    without : collection of str
        Operations that are left out.

    Returns
    -------
    Acts

    Raises
    ------
    UsageError
        No account is attributed to a state, or a state to merge is not there.
    """
    found = database.query("interactions/states_of_accounts", without=list(without))
    if found.empty:
        raise UsageError(
            "No account is attributed to a state.", "Load operations with --operation and --state, or a simulation."
        )
    kinds: dict[str, Any] = {"account_id": pl.String, "states": pl.List(pl.String), "posts": pl.Int64}
    accounts = pl.DataFrame({name: found[name].to_list() for name in kinds}, schema=kinds)
    renamed = dict(merge or {})
    if unknown := sorted(set(renamed) - set(accounts["states"].explode())):
        known = ", ".join(sorted(accounts["states"].explode().unique()))
        raise UsageError(f"There is no state {unknown[0]!r} to merge.", f"States: {known}.")
    states = pl.col("states").list.eval(pl.element().replace(renamed)).list.unique().list.sort()
    accounts = accounts.with_columns(states=states)
    one = accounts.filter(pl.col("states").list.len() == 1).with_columns(state=pl.col("states").list.first())
    linked = one.select("account_id", "state", "posts").sort("account_id")
    several = accounts.filter(pl.col("states").list.len() > 1).select("account_id", "states").sort("account_id")
    return Acts(linked, classified(_fetched(database, without), linked), several)


def classified(acts: pl.DataFrame, accounts: pl.DataFrame) -> pl.DataFrame:
    """Say of acts between which states they are. Pure.

    Parameters
    ----------
    acts : pl.DataFrame
        Columns tweet_id, ts, account_id, target_id, kind.
    accounts : pl.DataFrame
        Columns account_id, state.

    Returns
    -------
    pl.DataFrame
        As `Acts` has it; acts of other accounts are left out.
    """
    state = accounts.select("account_id", "state")
    target = accounts.select(target_id="account_id", target_state="state")
    scope = (
        pl.when(pl.col("target_state").is_null()).then(pl.lit("external"))
        .when(pl.col("target_state") == pl.col("state")).then(pl.lit("intra"))
        .otherwise(pl.lit("inter"))
    )  # fmt: skip
    joined = acts.join(state, on="account_id").join(target, on="target_id", how="left").with_columns(scope=scope)
    columns = ["tweet_id", "ts", "account_id", "state", "target_id", "target_state", "kind", "scope"]
    return joined.select(columns).sort("ts", "tweet_id", "target_id")


def fetch_between(database: Database, source: str, target: str) -> pd.DataFrame:
    """Fetch the posts by which one account acts on another, as ``why`` shows pairs of posts.

    Returns
    -------
    pd.DataFrame
        A row a post, the earliest first: behaviour (the kind), trace (missing), tweet_id, created_at, text; and what is
        missing, as an account is acted on, not a post: other_tweet_id, other_created_at, other_text, gap_s.
    """
    acts = _fetched(database, (), source=source, target=target).sort("ts", "tweet_id").to_pandas()
    texts = database.query("fetch/texts_of", tweet_ids=acts["tweet_id"].to_list()).set_index("tweet_id")["text"]
    found = pd.DataFrame({"behaviour": acts["kind"], "trace": None, "tweet_id": acts["tweet_id"]})
    found["created_at"], found["text"] = pd.to_datetime(acts["ts"], unit="s", utc=True), acts["tweet_id"].map(texts)
    found["other_tweet_id"] = None
    found["other_created_at"] = pd.Series(pd.NaT, found.index, dtype="datetime64[us, UTC]")
    return found.assign(other_text=None, gap_s=None)


def _fetched(database: Database, without: Collection[str], **ends: str) -> pl.DataFrame:
    """Fetch all acts of accounts of operations."""
    found = database.query("interactions/acts", without=list(without), **ends)
    lists: dict[str, Any] = {
        "tweet_ids": pl.List(pl.String), "times": pl.List(pl.Int64), "target_ids": pl.List(pl.String),
        "kinds": pl.List(pl.Int64),
    }  # fmt: skip
    columns = {name: pl.Series(name, found[name].to_list(), dtype=kind) for name, kind in lists.items()}
    frame = pl.DataFrame({"account_id": pl.Series(found["account_id"].to_list(), dtype=pl.String), **columns})
    names = {"tweet_ids": "tweet_id", "times": "ts", "target_ids": "target_id", "kinds": "kind"}
    kind = pl.col("kind").replace_strict(dict(enumerate(KINDS)), return_dtype=pl.String)
    return frame.explode(*lists).rename(names).with_columns(kind=kind)
