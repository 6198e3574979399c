"""Columns of the features: 42 of S2, the size of a community, and how it differs from its own past."""

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

#: Of each network, how much more or fewer of the active accounts are in it than in the community's own past.
CHANGE = tuple(f"{network}_change" for network in NETWORKS)


def with_change(frame: pd.DataFrame) -> pd.DataFrame:
    """Add the columns of `CHANGE`.

    Parameters
    ----------
    frame : pd.DataFrame
        Of `campaign_features`.

    Returns
    -------
    pd.DataFrame
        In order of aggregate, community and date. The change is that of the share of the active accounts that are in
        the network, in standard deviations of the last 28 days before, of a hundredth at least; only the past is
        looked at. 0 where it has fewer than seven days.
    """
    rows = frame.sort_values(["aggregate", "community", "date"], ignore_index=True)
    groups = [rows["aggregate"], rows["community"]]
    more = {}
    for network, name in zip(NETWORKS, CHANGE, strict=True):
        share = rows[f"{network}_nodes"] / rows["accounts"].clip(lower=1)
        past = share.groupby(groups).shift(1).groupby(groups).rolling(PAST, min_periods=7)
        mean, deviation = (each.reset_index(level=[0, 1], drop=True).sort_index() for each in (past.mean(), past.std()))
        more[name] = ((share - mean) / deviation.clip(lower=0.01)).fillna(0.0)
    return rows.assign(**more)
