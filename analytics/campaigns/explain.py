"""Explain a prediction: the contribution of each feature to the score, and the edges and posts behind the features."""

from __future__ import annotations

import datetime
import warnings
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
import polars as pl
from numpy.typing import NDArray

from incahoots.analytics.campaigns.activity import DAY_S
from incahoots.analytics.campaigns.columns import NETWORKS
from incahoots.analytics.campaigns.members import fetch_members
from incahoots.analytics.campaigns.model import CampaignModel
from incahoots.analytics.campaigns.network_features import WEEK
from incahoots.analytics.campaigns.options import EvidenceOptions
from incahoots.analytics.coordination.matching import matched
from incahoots.analytics.coordination.traced_posts import TracedPosts
from incahoots.analytics.tables import exploded
from incahoots.cypher.behaviours import BEHAVIOURS, Behaviour
from incahoots.database import Connectable, connect
from incahoots.errors import IncahootsError, NotFoundError, check_choice

#: Maximum number of pairs of posts of a network that a command reads, the earliest first.
LIMIT = 100_000

#: Columns of a pair of posts.
_POST = ("account_id", "tweet_id", "created_at", "text")
_PAIR = ["trace", *_POST, *(f"other_{name}" for name in _POST), "gap_s"]

#: Behaviours of networks, where they have another name.
_BEHAVIOURS = {"co_tweet": "co_tweet_no_url", "co_url": "co_link"}


def shap_values(model: CampaignModel, values: NDArray[np.float32]) -> tuple[NDArray[np.float64], float]:
    """Split the scores of a model into the contribution of each feature.

    Parameters
    ----------
    values : array of float32, shape (n, n_features)

    Returns
    -------
    contributions : array of float, shape (n, n_features)
        SHAP values of the tree explainer, which follow the paths of the trees. They and the base add up to the share of
        the votes.
    base : float
        The mean score.

    Raises
    ------
    IncahootsError
        The package shap is not installed.
    """
    try:
        # The import sets colours for pictures, in a deprecated way.
        with warnings.catch_warnings(action="ignore"):
            from shap import TreeExplainer
    except ImportError:
        words = "Contributions need the package shap, which is not installed."
        raise IncahootsError(words, 'Install it: pip install "incahoots[shap]"') from None
    found = TreeExplainer(model.classifier.fitted_)(values)
    # Contributions to the class of campaigns.
    return np.asarray(found.values)[:, :, 1], float(np.asarray(found.base_values)[0, 1])


def _range(date: datetime.date | str, aggregate: str) -> dict[str, int]:
    """The seconds of a day, or of the week that ends with it: ``since``, and ``until``, which is exclusive."""
    end = int(_day(date).timestamp()) // DAY_S + 1
    return {"since": (end - (WEEK if aggregate == "week" else 1)) * DAY_S, "until": end * DAY_S}


def explain_day(model: CampaignModel, frame: pd.DataFrame, population: str, date: datetime.date | str) -> pd.DataFrame:
    """Compute the contribution of each feature of a day to the score.

    Parameters
    ----------
    model : CampaignModel
    frame : pd.DataFrame
        The answer of `campaign_features`.
    population : str
    date : date, Timestamp or str
        UTC; for a model of weeks, the last day of the week.

    Returns
    -------
    pd.DataFrame
        One row per feature, the largest contribution first: feature, network (empty for features of none), value,
        campaigns and baselines (medians of the training), and contribution.

    Raises
    ------
    NotFoundError
        The features have no such population or day.
    """
    rows = model.rows(frame)
    of_population = rows[rows["population"] == population]
    if of_population.empty:
        there = ", ".join(sorted(rows["population"].unique()))
        raise NotFoundError(f"There is no population {population!r} in the features.", f"Populations: {there}.")
    date = _day(date)
    row = of_population[of_population["date"] == date]
    if row.empty:
        first, last = of_population["date"].min(), of_population["date"].max()
        words = f"The features have no rows for {date:%Y-%m-%d} of {population}."
        raise NotFoundError(words, f"They cover {first:%Y-%m-%d} to {last:%Y-%m-%d}.")
    values = row[list(model.classifier.features)].to_numpy(np.float32)
    contributions, _ = shap_values(model, values)
    table = model.usual.assign(value=values[0], contribution=contributions[0])
    table["network"] = [network_of(feature) for feature in table["feature"]]
    order = ["feature", "network", "value", "campaigns", "baselines", "contribution"]
    return table.sort_values("contribution", ascending=False, kind="stable", ignore_index=True)[order]


def _day(date: datetime.date | str) -> pd.Timestamp:
    """Read a day in UTC."""
    moment = pd.Timestamp(date)
    return (moment.tz_localize("UTC") if moment.tz is None else moment.tz_convert("UTC")).floor("D")


def network_of(feature: str) -> str:
    """Name the network of a feature; an empty string for features of none.

    Examples
    --------
    >>> network_of("co_tweet_mean_deg"), network_of("retweet_share"), network_of("posts")
    ('co_tweet', 'retweet', '')
    """
    return next((network for network in NETWORKS if feature.startswith(f"{network}_")), "")


def behaviour_of(network: str) -> Behaviour:
    """Give the behaviour of a network by co-occurrence."""
    return BEHAVIOURS[_BEHAVIOURS.get(network, network)]


def networks_behind(contributions: pd.DataFrame, most: int = 2) -> list[str]:
    """Name the networks whose features add most to a score, leaving out those that lower it."""
    by_network = contributions[contributions["network"] != ""].groupby("network")["contribution"].sum()
    largest = by_network[by_network > 0].sort_values(ascending=False, kind="stable")
    return [str(name) for name in largest.index[:most]]


def posts_behind(
    database: Connectable,
    population: str,
    date: datetime.date | str,
    network: str,
    options: EvidenceOptions | None = None,
) -> pd.DataFrame:
    """Fetch the pairs of posts behind a population's network of a day or week.

    Parameters
    ----------
    database : Database, neo4j.Driver, str or py2neo.Graph
        As for ``connect``.
    population : str
    date : date, Timestamp or str
        UTC; for a week its last day.
    network : str
        One of ``NETWORKS``.
    options : EvidenceOptions, optional
        The defaults when None.

    Returns
    -------
    pd.DataFrame
        One row per pair of posts: trace, account_id, tweet_id, created_at, text, the same with ``other_``, and gap_s.
        For retweets the other post is the one that was retweeted, and there are no trace and no gap.
    """
    return count_behind(database, population, date, network, options)[0]


def count_behind(
    database: Connectable,
    population: str,
    date: datetime.date | str,
    network: str,
    options: EvidenceOptions | None = None,
) -> tuple[pd.DataFrame, int]:
    """Fetch the pairs of posts as `posts_behind` does, and count all, also those that the limit leaves out."""
    asked = options or EvidenceOptions()
    check_choice("network", network, NETWORKS)
    about, limit = _range(date, asked.aggregate), asked.limit
    with connect(database) as opened:
        accounts = fetch_members(opened, asked.merge, [population]).accounts[population]
        if network == "retweet":
            retweets = opened.query("campaigns/retweets_behind", accounts=accounts, limit=0, **about)
            return (retweets.head(limit) if limit else retweets), len(retweets)
        row = behaviour_of(network)
        found = opened.query(
            "campaigns/shares_behind", accounts=accounts, share=row.share, key=row.key,
            retweets=row.takes_retweets is not False, **about,
        )  # fmt: skip
        pairs, count = _pairs(found, asked.window_s, limit)
        ids = sorted({*pairs["tweet_id"], *pairs["other_tweet_id"]})
        texts = opened.query("fetch/texts_of", tweet_ids=ids).set_index("tweet_id")["text"]
    named = pairs.assign(**{f"{end}text": pairs[f"{end}tweet_id"].map(texts) for end in ("", "other_")})
    return named[_PAIR], count


@dataclass(frozen=True)
class Behind:
    """The answer of `all_behind`.

    Attributes
    ----------
    posts : dict of str to pd.DataFrame
        The answer of `posts_behind` by network, for networks that have any.
    counts : dict of str to int
        Number of pairs of posts of each, with those that the limit leaves out.
    n_posts : int
        Number of posts of the population in the graph; features with another number were computed before other posts
        were loaded.
    """

    posts: dict[str, pd.DataFrame]
    counts: dict[str, int]
    n_posts: int


def all_behind(
    database: Connectable,
    population: str,
    date: datetime.date | str,
    networks: Iterable[str],
    options: EvidenceOptions | None = None,
) -> Behind:
    """Fetch the pairs of posts behind several networks of a day or week, as `posts_behind` does for one."""
    asked = options or EvidenceOptions()
    posts, counts = {}, {}
    with connect(database) as opened:
        (layer,) = fetch_members(opened, asked.merge, [population]).layers()
        about = {"members": layer.numbers, "stride": layer.stride} | _range(date, asked.aggregate)
        days = opened.query("campaigns/activity_of_days", **about)
        for network in networks:
            found, count = count_behind(opened, population, date, network, asked)
            if len(found):
                posts[network], counts[network] = found, count
    return Behind(posts, counts, int(days["posts"].sum()))


def _pairs(found: pd.DataFrame, window_s: int, limit: int) -> tuple[pd.DataFrame, int]:
    """Find the first pairs of posts that share a trace within the window, each once, and count all.

    The earlier post of a pair comes first.
    """
    lists = {"account_ids": "account_id", "tweet_ids": "tweet_id", "times": "ts"}
    # A trace of two days counts as two traces, as each network is of one day.
    keys = pl.Series(found["trace"].to_list(), dtype=pl.String)
    shares = TracedPosts.of(exploded(found.assign(trace=[str(place) for place in range(len(found))]), ["trace"], lists))
    kept, count = [np.zeros((2, 0), dtype=np.int64)], 0

    def first() -> np.ndarray:
        """The first of the pairs that were kept, by the time of the earlier post."""
        both = np.concatenate(kept, axis=1)
        of, then = both
        # The last key is the first one to sort by.
        order = np.lexsort((shares.trace[of], shares.post[then], shares.ts[then], shares.post[of], shares.ts[of]))
        return both[:, order[: limit or None]]

    for ours, theirs in matched(shares, window_s):
        # Positions are in order of time.
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

    ``posts`` is the answer of `posts_behind`. Returns one row per pair of accounts, those with the most pairs of posts
    first: account_id (the smaller), other_account_id, pairs.
    """
    ends = np.sort(posts[["account_id", "other_account_id"]].to_numpy(dtype=str), axis=1)
    table = pd.DataFrame({"account_id": ends[:, 0], "other_account_id": ends[:, 1]})
    counted = table.groupby(["account_id", "other_account_id"]).size().rename("pairs").reset_index()
    return counted.sort_values("pairs", ascending=False, kind="stable", ignore_index=True)


def traces_behind(posts: pd.DataFrame) -> pd.DataFrame:
    """Give one pair of posts of each trace; for retweets, of each account that was retweeted.

    ``posts`` is the answer of `posts_behind`. Returns the earliest pair of each, those with the most pairs first, after
    the numbers of pairs and accounts.
    """
    trace = "trace" if "trace" in posts else "other_account_id"
    ends = posts.melt(id_vars=trace, value_vars=["account_id", "other_account_id"], value_name="account")
    counts = posts.groupby(trace).size().rename("pairs").to_frame()
    counts["accounts"] = ends.groupby(trace)["account"].nunique()
    table = counts.join(posts.drop_duplicates(trace).set_index(trace)).reset_index()
    return table.sort_values("pairs", ascending=False, kind="stable", ignore_index=True)
