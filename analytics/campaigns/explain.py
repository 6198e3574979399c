"""Why a day looks like one of a campaign: which figures say so, and the edges and posts behind them."""

from __future__ import annotations

import datetime
import warnings
from collections.abc import Collection, Mapping

import numpy as np
import pandas as pd
import polars as pl
from numpy.typing import NDArray

from incahoots.analytics.campaigns.activity import DAY_S
from incahoots.analytics.campaigns.columns import NETWORKS
from incahoots.analytics.campaigns.figures import WEEK
from incahoots.analytics.campaigns.members import fetch_members
from incahoots.analytics.campaigns.model import CampaignModel
from incahoots.analytics.campaigns.panel import AGGREGATES
from incahoots.analytics.frames import typed
from incahoots.analytics.matching import matched
from incahoots.analytics.shares import Shares
from incahoots.cypher.behaviours import BEHAVIOURS, Behaviour
from incahoots.database import Connectable, connect
from incahoots.errors import IncahootsError, NotFoundError, UsageError

#: Pairs of posts of a network that are shown, the earliest first.
LIMIT = 100_000

#: Of a pair of posts.
_POST = ("account_id", "tweet_id", "created_at", "text")
_PAIR = ["trace", *_POST, *(f"other_{name}" for name in _POST), "gap_s"]

#: The behaviour that a network is, where it has another name.
_BEHAVIOURS = {"co_tweet": "co_tweet_no_url", "co_url": "co_link"}


def shap_values(model: CampaignModel, values: NDArray[np.float32]) -> tuple[NDArray[np.float64], float]:
    """Split what a model says of rows into what each feature adds to it.

    Parameters
    ----------
    model : CampaignModel
    values : array of float32, shape (n, n_features)

    Returns
    -------
    contributions : array of float, shape (n, n_features)
        SHAP values of the tree explainer, that follow the paths of the trees. With the base they add up to the share
        of the votes.
    base : float
        What is said of the mean row.

    Raises
    ------
    IncahootsError
        The package shap is not installed.
    """
    try:
        # When it is imported it sets colours for pictures that nobody asked for, by ways that are deprecated.
        with warnings.catch_warnings(action="ignore"):
            from shap import TreeExplainer
    except ImportError:
        words = "Contributions need the package shap, which is not installed."
        raise IncahootsError(words, 'Install it: pip install "incahoots[shap]"') from None
    found = TreeExplainer(model.classifier.fitted_)(values)
    # Of both classes: that of campaigns.
    return np.asarray(found.values)[:, :, 1], float(np.asarray(found.base_values)[0, 1])


def count_posts(
    database: Connectable,
    community: str,
    date: datetime.date | str,
    *,
    aggregate: str = "day",
    merge: Mapping[str, Collection[str]] | None = None,
) -> int:
    """Count the posts that a community has in the graph on a day, or in the week that ends with it.

    Features that say another number were computed before other posts were loaded.

    Parameters
    ----------
    database, community, date, aggregate, merge
        As for `posts_behind`.
    """
    about = _range(date, aggregate)
    with connect(database) as opened:
        ((_, numbers, stride),) = fetch_members(opened, merge, [community]).layers()
        days = opened.query("campaigns/activity_of_days", members=numbers, stride=stride, **about)
    return int(days["posts"].sum())


def _range(date: datetime.date | str, aggregate: str) -> dict[str, int]:
    """The seconds of a day, or of the week that ends with it: ``since``, and ``until``, not in the range."""
    if aggregate not in AGGREGATES:
        raise UsageError(f"There is no aggregate {aggregate!r}.", f"Choose from: {', '.join(AGGREGATES)}.")
    end = int(_day(date).timestamp()) // DAY_S + 1
    return {"since": (end - (WEEK if aggregate == "week" else 1)) * DAY_S, "until": end * DAY_S}


def explain_day(model: CampaignModel, frame: pd.DataFrame, community: str, date: datetime.date | str) -> pd.DataFrame:
    """Say what each feature of a day adds to the score.

    Parameters
    ----------
    model : CampaignModel
    frame : pd.DataFrame
        Of `campaign_features`.
    community : str
    date : date, Timestamp or str
        UTC; of weeks the last day.

    Returns
    -------
    pd.DataFrame
        A row a feature, the largest contribution first: feature, network (empty where it is of none), value, campaigns
        and baselines (medians of the training), and contribution.

    Raises
    ------
    NotFoundError
        There is no such community or day.
    """
    rows = model.rows(frame)
    of_community = rows[rows["community"] == community]
    if of_community.empty:
        there = ", ".join(sorted(rows["community"].unique()))
        raise NotFoundError(f"There is no community {community!r} in the features.", f"There are: {there}.")
    date = _day(date)
    row = of_community[of_community["date"] == date]
    if row.empty:
        first, last = of_community["date"].min(), of_community["date"].max()
        words = f"{community} has no {date:%Y-%m-%d} in the features."
        raise NotFoundError(words, f"They go from {first:%Y-%m-%d} to {last:%Y-%m-%d}.")
    values = row[list(model.classifier.features)].to_numpy(np.float32)
    contributions, _ = shap_values(model, values)
    table = model.usual.assign(value=values[0], contribution=contributions[0])
    table["network"] = [network_of(feature) for feature in table["feature"]]
    order = ["feature", "network", "value", "campaigns", "baselines", "contribution"]
    return table.sort_values("contribution", ascending=False, kind="stable", ignore_index=True)[order]


def _day(date: datetime.date | str) -> pd.Timestamp:
    """A day in UTC, however it was given."""
    moment = pd.Timestamp(date)
    return (moment.tz_localize("UTC") if moment.tz is None else moment.tz_convert("UTC")).floor("D")


def network_of(feature: str) -> str:
    """Give the network that a feature is of; nothing where it is of none.

    Examples
    --------
    >>> network_of("co_tweet_mean_deg"), network_of("retweet_share"), network_of("posts")
    ('co_tweet', 'retweet', '')
    """
    return next((network for network in NETWORKS if feature.startswith(f"{network}_")), "")


def behaviour_of(network: str) -> Behaviour:
    """Give the behaviour that a network by co-occurrence is of."""
    return BEHAVIOURS[_BEHAVIOURS.get(network, network)]


def networks_behind(contributions: pd.DataFrame, most: int = 2) -> list[str]:
    """Give the networks whose features add most to a score, those that take away from it left out."""
    by_network = contributions[contributions["network"] != ""].groupby("network")["contribution"].sum()
    largest = by_network[by_network > 0].sort_values(ascending=False, kind="stable")
    return [str(name) for name in largest.index[:most]]


def posts_behind(
    database: Connectable,
    community: str,
    date: datetime.date | str,
    network: str,
    *,
    aggregate: str = "day",
    window_s: int = 60,
    merge: Mapping[str, Collection[str]] | None = None,
    limit: int = 0,
) -> pd.DataFrame:
    """Give the pairs of posts behind a community's network of a day or week.

    Parameters
    ----------
    database : Database, neo4j.Driver, str or py2neo.Graph
        As for ``connect``.
    community : str
    date : date, Timestamp or str
        UTC; of a week its last day.
    network : str
        One of ``NETWORKS``.
    aggregate : {"day", "week"}
    window_s : int
    merge : mapping of str to collection of str, optional
        As for `campaign_features`.
    limit : int
        Most pairs, the earliest first; 0 gives all. `count_behind` also counts what is left out.

    Returns
    -------
    pd.DataFrame
        A row a pair of posts: trace, account_id, tweet_id, created_at, text, the same with ``other_``, and gap_s. Of
        retweets the other is what is retweeted, and there is no trace and no gap.
    """
    return count_behind(
        database, community, date, network, aggregate=aggregate, window_s=window_s, merge=merge, limit=limit
    )[0]


def count_behind(
    database: Connectable,
    community: str,
    date: datetime.date | str,
    network: str,
    *,
    aggregate: str = "day",
    window_s: int = 60,
    merge: Mapping[str, Collection[str]] | None = None,
    limit: int = LIMIT,
) -> tuple[pd.DataFrame, int]:
    """Give the pairs of posts behind a community's network, and how many there are.

    Parameters
    ----------
    database, community, date, network, aggregate, window_s, merge, limit
        As for `posts_behind`.

    Returns
    -------
    pairs : pd.DataFrame
        Of `posts_behind`.
    count : int
        How many there are, with those that are left out.
    """
    if limit < 0:
        raise UsageError(f"The limit must be 0 (all) or more (got {limit}).")
    if network not in NETWORKS:
        raise UsageError(f"There is no network {network!r}.", f"Choose from: {', '.join(NETWORKS)}.")
    about = _range(date, aggregate)
    with connect(database) as opened:
        accounts = fetch_members(opened, merge, [community]).accounts[community]
        if network == "retweet":
            retweets = opened.query("campaigns/retweets_behind", accounts=accounts, limit=0, **about)
            return (retweets.head(limit) if limit else retweets), len(retweets)
        row = behaviour_of(network)
        found = opened.query(
            "campaigns/shares_behind", accounts=accounts, share=row.share, key=row.key,
            retweets=row.takes_retweets is not False, **about,
        )  # fmt: skip
        pairs, count = _pairs(found, window_s, limit)
        ids = sorted({*pairs["tweet_id"], *pairs["other_tweet_id"]})
        texts = opened.query("fetch/texts_of", tweet_ids=ids).set_index("tweet_id")["text"]
    named = pairs.assign(**{f"{end}text": pairs[f"{end}tweet_id"].map(texts) for end in ("", "other_")})
    return named[_PAIR], count


def _pairs(found: pd.DataFrame, window_s: int, limit: int) -> tuple[pd.DataFrame, int]:
    """Find the first pairs of posts that have a trace in common within the window, each once, and count them all.

    The earlier post of a pair goes first.
    """
    lists = {"account_ids": "account_id", "tweet_ids": "tweet_id", "times": "ts"}
    kinds = {"day": pl.String, "trace": pl.String} | dict.fromkeys(("account_ids", "tweet_ids"), pl.List(pl.String))
    rows = typed(found.assign(day=found["day"].astype(str)), kinds | {"times": pl.List(pl.Int64)})
    # A trace of two days is two traces: networks are of days.
    keys = rows["trace"]
    coded = rows.with_columns(trace=pl.int_range(pl.len()).cast(pl.String)).drop("day").explode(*lists).rename(lists)
    shares = Shares.of(coded)
    kept, count = [np.zeros((2, 0), dtype=np.int64)], 0

    def first() -> np.ndarray:
        """Of what is kept the first pairs, by the time of the earlier post."""
        both = np.concatenate(kept, axis=1)
        of, then = both
        # The last key is the first one to sort by.
        order = np.lexsort((shares.trace[of], shares.post[then], shares.ts[then], shares.post[of], shares.ts[of]))
        return both[:, order[: limit or None]]

    for ours, theirs in matched(shares, window_s):
        # Places are in order of time.
        kept.append(np.stack([ours, theirs])[:, ours < theirs])
        count += kept[-1].shape[1]
        if limit:
            kept = [first()]
    ours, theirs = first()
    places = shares.traces.gather(shares.trace[ours]).cast(pl.Int64)
    table = {"trace": keys.gather(places)}
    for end, which in (("", ours), ("other_", theirs)):
        table[f"{end}account_id"] = shares.account_ids.gather(shares.account[which])
        table[f"{end}tweet_id"] = shares.tweet_ids.gather(shares.post[which])
        table[f"{end}created_at"] = pl.from_epoch(pl.Series(shares.ts[which]), "s").dt.replace_time_zone("UTC")
    return pl.DataFrame(table).with_columns(gap_s=shares.ts[theirs] - shares.ts[ours]).to_pandas(), count


def edges_behind(posts: pd.DataFrame) -> pd.DataFrame:
    """Count the pairs of posts behind each edge.

    Parameters
    ----------
    posts : pd.DataFrame
        Of `posts_behind`.

    Returns
    -------
    pd.DataFrame
        A row a pair of accounts, those with the most pairs of posts first: account_id (the smaller), other_account_id,
        pairs.
    """
    ends = np.sort(posts[["account_id", "other_account_id"]].to_numpy(dtype=str), axis=1)
    table = pd.DataFrame({"account_id": ends[:, 0], "other_account_id": ends[:, 1]})
    counted = table.groupby(["account_id", "other_account_id"]).size().rename("pairs").reset_index()
    return counted.sort_values("pairs", ascending=False, kind="stable", ignore_index=True)


def traces_behind(posts: pd.DataFrame) -> pd.DataFrame:
    """Give one pair of posts of each trace; of retweets of each account that is retweeted.

    Parameters
    ----------
    posts : pd.DataFrame
        Of `posts_behind`.

    Returns
    -------
    pd.DataFrame
        The earliest pair of each, those with the most pairs first, after columns pairs and accounts (how many).
    """
    trace = "trace" if "trace" in posts else "other_account_id"
    ends = posts.melt(id_vars=trace, value_vars=["account_id", "other_account_id"], value_name="account")
    counts = posts.groupby(trace).size().rename("pairs").to_frame()
    counts["accounts"] = ends.groupby(trace)["account"].nunique()
    table = counts.join(posts.drop_duplicates(trace).set_index(trace)).reset_index()
    return table.sort_values("pairs", ascending=False, kind="stable", ignore_index=True)
