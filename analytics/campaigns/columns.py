"""Columns of the features: 42 of S2, the size of a population, and its difference from its own past."""

from __future__ import annotations

import pandas as pd

from incahoots.analytics.campaigns.network_features import NETWORK_FEATURES

#: Networks of a day, by their names in S2.
NETWORKS = ("retweet", "co_tweet", "co_retweet", "co_hashtag", "co_mention", "co_url")

#: 42 features: seven features of six networks.
FEATURES = tuple(f"{network}_{feature}" for network in NETWORKS for feature in NETWORK_FEATURES)

#: The size of a population, which alone distinguishes some populations.
SIZE = ("posts", "accounts")

#: Number of days of a population's own past.
PAST = 28

#: For each network, the change of the share of active accounts in it from the population's own past.
CHANGE = tuple(f"{network}_change" for network in NETWORKS)


def with_change(frame: pd.DataFrame) -> pd.DataFrame:
    """Add the columns of `CHANGE`.

    ``frame`` is the answer of `campaign_features`, and is sorted by aggregate, population and date. The change is that
    of the share of active accounts in the network, relative to the previous 28 days, in their standard deviations (at
    least .01); 0 with fewer than seven previous days.
    """
    rows = frame.sort_values(["aggregate", "population", "date"], ignore_index=True)
    groups = [rows["aggregate"], rows["population"]]
    more = {}
    for network, name in zip(NETWORKS, CHANGE, strict=True):
        share = rows[f"{network}_nodes"] / rows["accounts"].clip(lower=1)
        past = share.groupby(groups).shift(1).groupby(groups).rolling(PAST, min_periods=7)
        mean, deviation = (each.reset_index(level=[0, 1], drop=True).sort_index() for each in (past.mean(), past.std()))
        more[name] = ((share - mean) / deviation.clip(lower=0.01)).fillna(0.0)
    return rows.assign(**more)
