"""Columns of the features: 42 of S2, the size of a community, and what does not depend on it."""

from __future__ import annotations

import pandas as pd

from incahoots.analytics.campaigns.figures import FIGURES

#: Networks of a day, by their names in S2, and the property by which posts of a network match.
NETWORKS = ("retweet", "co_tweet", "co_retweet", "co_hashtag", "co_mention", "co_url")

#: 42 features: seven figures of six networks.
FEATURES = tuple(f"{network}_{figure}" for network in NETWORKS for figure in FIGURES)

#: How much a community posts: that alone tells some communities apart.
SIZE = ("posts", "accounts")

#: Days of a community's own past.
PAST = 28

_OF_SIZE = ("share", "density", "largest_share", "change")

#: What does not grow with a community: of each network the share of the active accounts that are in it, its density,
#: the share of the largest component, and the change of the first against the community's own past.
RELATIVE = (*(f"{network}_{what}" for network in NETWORKS for what in _OF_SIZE), "posts_per_account")


def with_relative(frame: pd.DataFrame) -> pd.DataFrame:
    """Add the columns of `RELATIVE`.

    Parameters
    ----------
    frame : pd.DataFrame
        Of `campaign_features`.

    Returns
    -------
    pd.DataFrame
        In order of aggregate, community and date. The change is in standard deviations of the last 28 days before, of
        a hundredth at least; only the past is looked at.
    """
    rows = frame.sort_values(["aggregate", "community", "date"], ignore_index=True)
    more = {"posts_per_account": rows["posts"] / rows["accounts"].clip(lower=1)}
    groups = [rows["aggregate"], rows["community"]]
    for network in NETWORKS:
        nodes = rows[f"{network}_nodes"]
        share = nodes / rows["accounts"].clip(lower=1)
        past = share.groupby(groups).shift(1).groupby(groups).rolling(PAST, min_periods=7)
        mean, deviation = (each.reset_index(level=[0, 1], drop=True).sort_index() for each in (past.mean(), past.std()))
        more[f"{network}_share"] = share
        more[f"{network}_density"] = rows[f"{network}_mean_deg"] / (nodes - 1).clip(lower=1)
        more[f"{network}_largest_share"] = rows[f"{network}_largest_cc"] / nodes.clip(lower=1)
        more[f"{network}_change"] = ((share - mean) / deviation.clip(lower=0.01)).fillna(0.0)
    return rows.assign(**more)
