"""Acts: a post acts on an account by a retweet, a quote, a reply or a mention, between states or within one."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import pandas as pd
import polars as pl

from incahoots.analytics.checks import check_operation
from incahoots.analytics.tables import exploded, typed
from incahoots.database import Database
from incahoots.errors import UsageError
from incahoots.progress import Counted, Progress, silent

#: Kinds of acts; a post that acts on an account in several ways has the first of these.
KINDS = ("retweet", "quote", "reply", "mention")

#: Between two states, within one state, and on an account of no state.
SCOPES = ("inter", "intra", "external")


@dataclass(frozen=True)
class Acts:
    """State-linked accounts and their acts.

    Attributes
    ----------
    accounts : pl.DataFrame
        One row per state-linked account: account_id, state, posts (number).
    acts : pl.DataFrame
        One row per post and account that it acts on: tweet_id, ts, account_id, state, target_id, target_state (null for
        an account of no state), kind (one of ``KINDS``), scope (one of ``SCOPES``).
    ambiguous : pl.DataFrame
        One row per account with several states, which is left out: account_id, states.
    """

    accounts: pl.DataFrame
    acts: pl.DataFrame
    ambiguous: pl.DataFrame

    @property
    def states(self) -> list[str]:
        """Names of the states, sorted."""
        return sorted(self.accounts["state"].unique())

    def of(self, *scopes: str) -> pl.DataFrame:
        """The acts of these scopes."""
        return self.acts.filter(pl.col("scope").is_in(scopes))


def fetch_acts(
    database: Database,
    *,
    merge: Mapping[str, str] | None = None,
    without: Collection[str] = (),
    named: Collection[str] = (),
    progress: Progress = silent,
) -> Acts:
    """Fetch the acts of state-linked accounts.

    ``merge`` and ``without`` are as in `InterstateOptions`. ``named`` states must exist; this is checked before posts
    are read.

    Raises
    ------
    UsageError
        No account is attributed to a state, or a state to merge or to look at does not exist.
    NotFoundError
        An operation to leave out does not exist.
    """
    left_out = _operations(database, without)
    counted = Counted(progress, "reading accounts")
    found = database.query("interactions/states_of_accounts", counted, without=left_out)
    if found.empty and left_out:
        raise UsageError(
            f"Without {', '.join(left_out)}, no account is attributed to a state.", "Leave out fewer operations."
        )
    if found.empty:
        raise UsageError("No account is attributed to a state.", "Load operations with a state, or a simulation.")
    kinds: dict[str, Any] = {
        "account_id": pl.String, "screen_name": pl.String, "states": pl.List(pl.String), "posts": pl.Int64,
    }  # fmt: skip
    accounts = typed(found, kinds)
    renamed = dict(merge or {})
    if unknown := sorted(set(renamed) - set(accounts["states"].explode())):
        known = ", ".join(sorted(accounts["states"].explode().unique()))
        raise UsageError(f"There is no state {unknown[0]!r} to merge.", f"States: {known}.")
    states = pl.col("states").list.eval(pl.element().replace(renamed)).list.unique().list.sort()
    accounts = accounts.with_columns(states=states)
    one = accounts.filter(pl.col("states").list.len() == 1).with_columns(state=pl.col("states").list.first())
    linked = one.select("account_id", "state", "posts").sort("account_id")
    for state in named:
        _check(state, sorted(linked["state"].unique()))
    several = accounts.filter(pl.col("states").list.len() > 1).select("account_id", "states").sort("account_id")
    counted = Counted(progress, "reading posts", int(accounts["posts"].sum()), lambda row: int(row["posts"]))
    acts = _fetched(database, left_out, counted)
    quotes = quotes_by_link(database.query("interactions/quotes_by_link", without=left_out), accounts)
    return Acts(linked, classified(one_act_each(pl.concat([acts, quotes])), linked), several)


def _check(state: str, known: Sequence[str]) -> None:
    """Check that a state exists; suggest states with a similar name."""
    if state in known:
        return
    near = get_close_matches(state.casefold(), [name.casefold() for name in known])
    alike = [name for name in known if name.casefold() in near]
    meant = f"Did you mean {' or '.join(alike)}? " if alike else ""
    raise UsageError(f"There is no state {state!r}.", f"{meant}States: {', '.join(known)}.")


def classified(acts: pl.DataFrame, accounts: pl.DataFrame) -> pl.DataFrame:
    """Find the states of each act and its scope, as in `Acts`; acts of other accounts are left out. Pure.

    ``acts`` has the columns tweet_id, ts, account_id, target_id, kind. ``accounts`` has the columns account_id, state.
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


def quotes_by_link(links: pd.DataFrame, accounts: pl.DataFrame) -> pl.DataFrame:
    """Find the accounts that posts quote, from their links to quoted tweets. Pure.

    A link such as ``https://twitter.com/name/status/1`` names the author of the tweet. Names change: the target is the
    account with this name in the data, ignoring case; if no account or several have it, the target is ``@name``, as for
    every account of which only a name is known.

    ``links`` has the columns account_id, tweet_id, ts, quoted_id, raw. ``accounts`` has the columns account_id,
    screen_name. Returns the columns account_id, tweet_id, ts, target_id, kind.
    """
    names: dict[str, list[str]] = {}
    for account, name in accounts.select("account_id", "screen_name").drop_nulls().iter_rows():
        names.setdefault(name.casefold(), []).append(account)
    rows = []
    for link in links.itertuples():
        found = _STATUS.match(str(link.raw))
        if found is None or found["tweet_id"] != link.quoted_id or found["name"].casefold() in _NO_NAMES:
            continue
        name = found["name"].casefold()
        known = names.get(name, [])
        target = known[0] if len(known) == 1 else f"@{name}"
        if target != link.account_id:
            rows.append((link.account_id, link.tweet_id, link.ts, target, "quote"))
    schema: dict[str, Any] = dict.fromkeys(("account_id", "tweet_id", "ts", "target_id", "kind"), pl.String)
    return pl.DataFrame(rows, schema=schema | {"ts": pl.Int64}, orient="row").unique(maintain_order=True)


#: A link to a tweet; names of hashed accounts may hold a slash.
_STATUS = re.compile(r"https?://(?:www\.|mobile\.|m\.)?(?:twitter|x)\.com/(?P<name>.+)/status/(?P<tweet_id>\d+)", re.I)

#: Path segments in the place of the name in links without one.
_NO_NAMES = ("i", "i/web", "statuses")


def one_act_each(acts: pl.DataFrame) -> pl.DataFrame:
    """Keep one act for each post and target: that of the first kind in ``KINDS``. Pure."""
    rank = pl.col("kind").replace_strict({kind: number for number, kind in enumerate(KINDS)}, return_dtype=pl.Int64)
    return acts.sort(rank, maintain_order=True).unique(["tweet_id", "target_id"], keep="first", maintain_order=True)


def fetch_between(database: Database, source: str, target: str) -> pd.DataFrame:
    """Fetch the posts by which one account acts on another, as pairs of posts for ``why``.

    Returns one row per post, the earliest first: behaviour (the kind), trace (missing), tweet_id, created_at, text, and
    other_tweet_id, other_created_at, other_text and gap_s, which are missing because the target is an account.
    """
    both = _fetched(database, (), source=source, target=target)
    links = database.query("interactions/quotes_by_link", without=[], source=source)
    if len(links):
        names = database.query("interactions/states_of_accounts", without=[])
        quotes = quotes_by_link(links, typed(names, {"account_id": pl.String, "screen_name": pl.String}))
        both = pl.concat([both, quotes.filter(pl.col("target_id") == target)])
    acts = one_act_each(both).sort("ts", "tweet_id").to_pandas()
    texts = database.query("fetch/texts_of", tweet_ids=acts["tweet_id"].to_list()).set_index("tweet_id")["text"]
    found = pd.DataFrame({"behaviour": acts["kind"], "trace": None, "tweet_id": acts["tweet_id"]})
    found["created_at"], found["text"] = pd.to_datetime(acts["ts"], unit="s", utc=True), acts["tweet_id"].map(texts)
    found["other_tweet_id"] = None
    found["other_created_at"] = pd.Series(pd.NaT, found.index, dtype="datetime64[us, UTC]")
    return found.assign(other_text=None, gap_s=None)


def _operations(database: Database, without: Collection[str]) -> list[str]:
    """Read one or several ids of operations, and check that they exist."""
    wanted = [without] if isinstance(without, str) else list(without)
    check_operation(database, *wanted)
    return wanted


def _fetched(database: Database, without: Collection[str], counted: Counted | None = None, **ends: str) -> pl.DataFrame:
    """Fetch all acts of the accounts of operations."""
    found = database.query("interactions/acts", counted, without=list(without), **ends)
    found = found[found["kinds"].map(len) > 0]
    lists = {"tweet_ids": "tweet_id", "times": "ts", "target_ids": "target_id", "kinds": "kind"}
    kind = pl.col("kind").replace_strict(dict(enumerate(KINDS)), return_dtype=pl.String)
    return exploded(found, ["account_id"], lists).with_columns(kind=kind)
