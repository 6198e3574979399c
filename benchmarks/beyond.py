"""Features and a classifier that go past S2's, as they are tried against its forest: what wins moves into the package.

All features are of the networks and windows that S2 has, by day and by week:

- ``multi``: S2's seven features of a seventh network, whose edges are in two or more of the five by co-occurrence.
- ``directed``: of the retweets among a population, with their direction, the share that is returned, the share of the
  account that is retweeted most, and how many retweet by how many are retweeted.
- ``shares``: of each network the share of the active accounts that are in it, its density, and the share of the
  largest component, and posts by account: what does not grow with a population.
- ``significance``: how far the edges of a network exceed those expected if everybody shared what they did at any time
  of the day: as a ratio and as a deviation, roughly that of a Poisson variable.
"""

from __future__ import annotations

from typing import Self

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier

from incahoots.analytics.campaigns.activity import DAY_S
from incahoots.analytics.campaigns.classifiers import Classifier
from incahoots.analytics.campaigns.columns import NETWORKS
from incahoots.analytics.campaigns.daily_edges import fetch_daily_edges
from incahoots.analytics.campaigns.explain import behaviour_of
from incahoots.analytics.campaigns.members import fetch_members
from incahoots.analytics.campaigns.network_features import NETWORK_FEATURES, WEEK, DailyEdges, network_features
from incahoots.analytics.campaigns.options import AGGREGATES
from incahoots.database import Database

CO_NETWORKS = NETWORKS[1:]

MULTI = tuple(f"multi_{feature}" for feature in NETWORK_FEATURES)
DIRECTED = ("retweet_mutual", "retweet_top", "retweet_sources_by_targets")
SHARES = (*(f"{network}_{what}" for network in NETWORKS for what in ("share", "density", "largest_share")),
          "posts_per_account")  # fmt: skip
SIGNIFICANCE = tuple(f"{network}_{what}" for network in CO_NETWORKS for what in ("deviation", "ratio"))

#: Pairs of accounts that shared a trace on a day, of each population and day.
_PAIRS = """
MATCH (u:Account)
WITH u, $members[u.account_id] AS own
WHERE own IS NOT NULL
MATCH (u)-[posted:POSTED]->(post)
WHERE $since <= posted.ts < $until
CALL (posted, post) { RETURN posted AS share UNION MATCH (post)-[share]->() RETURN share }
WITH own, share
WHERE type(share) = $share AND share[$key] IS NOT NULL AND ($retweets OR NOT coalesce(share.is_retweet, false))
WITH own / $stride AS population, share.ts / 86400 AS day, share[$key] AS trace, count(DISTINCT own) AS accounts
WHERE accounts > 1
RETURN population, day, sum(accounts * (accounts - 1) / 2) AS pairs
"""


class Boosting(Classifier):
    """Gradient boosting instead of a forest."""

    def fit(self, values: np.ndarray, labels: np.ndarray, seed: int, weights: np.ndarray | None = None) -> Self:
        """Train."""
        self.fitted_ = HistGradientBoostingClassifier(random_state=seed, early_stopping=False)
        self.fitted_.fit(values, labels, sample_weight=weights)
        return self


def with_beyond(database: Database, frame: pd.DataFrame) -> pd.DataFrame:
    """Add `MULTI`, `DIRECTED`, `SHARES` and `SIGNIFICANCE` to the features of all populations of a database."""
    (layer,) = fetch_members(database).layers()
    populations, numbers, stride = layer
    first, last = (int(date.timestamp()) // DAY_S for date in (frame["date"].min(), frame["date"].max()))
    (window_s,) = frame["window_s"].unique()
    index = pd.MultiIndex.from_product([populations, range(first, last + 1)], names=["population", "day"])
    edges = {network: fetch_daily_edges(database, network, layer, first, last, int(window_s)) for network in NETWORKS}
    chance = {
        network: _chance(database, network, numbers, stride, (first, last), int(window_s))
        .rename(index=dict(enumerate(populations)), level="population")
        .reindex(index, fill_value=0.0)
        for network in CO_NETWORKS
    }
    retweets = _retweets(database, numbers, stride, (first, last), populations)
    parts = []
    for aggregate in AGGREGATES:
        of = {name: each.weekly(last) if aggregate == "week" else each for name, each in edges.items()}
        multi = network_features(_repeated([of[name] for name in CO_NETWORKS]), len(populations), first, last)
        columns = dict(zip(MULTI, multi.reshape(-1, len(NETWORK_FEATURES)).T, strict=True))
        columns |= _directed(_weekly(retweets, last) if aggregate == "week" else retweets, index)
        for network in CO_NETWORKS:
            seen = network_features(of[network], len(populations), first, last)[
                :, :, NETWORK_FEATURES.index("edges")
            ].ravel()
            expected = chance[network]
            if aggregate == "week":
                expected = expected.groupby("population").rolling(WEEK, min_periods=1).sum().droplevel(0)
            assert expected.index.equals(index)
            columns[f"{network}_deviation"] = (seen - expected.to_numpy()) / np.sqrt(expected.to_numpy() + 1)
            columns[f"{network}_ratio"] = (seen + 1) / (expected.to_numpy() + 1)
        table = pd.DataFrame(columns, index).reset_index().assign(aggregate=aggregate)
        parts.append(table.assign(date=pd.to_datetime(table.pop("day"), unit="D", utc=True)))
    more = pd.concat(parts).astype({"date": frame["date"].dtype})
    return _with_shares(frame.merge(more, on=["population", "date", "aggregate"], how="left", validate="one_to_one"))


def _with_shares(rows: pd.DataFrame) -> pd.DataFrame:
    """Divide by the size."""
    more = {"posts_per_account": rows["posts"] / rows["accounts"].clip(lower=1)}
    for network in NETWORKS:
        nodes = rows[f"{network}_nodes"]
        more[f"{network}_share"] = nodes / rows["accounts"].clip(lower=1)
        more[f"{network}_density"] = rows[f"{network}_mean_deg"] / (nodes - 1).clip(lower=1)
        more[f"{network}_largest_share"] = rows[f"{network}_largest_cc"] / nodes.clip(lower=1)
    return rows.assign(**more)


def _repeated(networks: list[DailyEdges]) -> DailyEdges:
    """The edges that two or more networks have in common."""
    rows = np.concatenate([np.stack([each.population, each.day, each.one, each.other]) for each in networks], axis=1)
    edges, times = np.unique(rows, axis=1, return_counts=True)
    return DailyEdges(*edges[:, times > 1])


def _chance(
    database: Database,
    network: str,
    numbers: dict[str, int],
    stride: int,
    days: tuple[int, int],
    window_s: int,
) -> pd.Series:
    """How many pairs would match by chance, by population and day: of a pair, about twice the window by the day."""
    row = behaviour_of(network)
    with database.driver.session() as session:
        found = session.run(
            _PAIRS, members=numbers, stride=stride, share=row.share, key=row.key,
            retweets=row.takes_retweets is not False, since=days[0] * DAY_S, until=(days[1] + 1) * DAY_S,
        ).to_df()  # fmt: skip
    return found.set_index(["population", "day"])["pairs"] * (2 * window_s / DAY_S)


def _retweets(
    database: Database, numbers: dict[str, int], stride: int, days: tuple[int, int], populations: list[str]
) -> pd.DataFrame:
    """Who retweeted whom of the own population on which day, each once: population, day, source, target."""
    codes = max(numbers.values()) + 1
    about = {"since": days[0] * DAY_S, "until": (days[1] + 1) * DAY_S, "members": numbers, "stride": stride}
    found = database.query("campaigns/daily_retweet", codes=codes, **about).explode("pairs").dropna()
    source, pairs = found["own"].to_numpy(np.int64), found["pairs"].to_numpy(np.int64)
    names = np.array(populations)[source // stride]
    return pd.DataFrame({"population": names, "day": pairs // codes, "source": source, "target": pairs % codes})


def _weekly(retweets: pd.DataFrame, last: int) -> pd.DataFrame:
    """The same of the seven days that end with each day."""
    each = [retweets.assign(day=retweets["day"] + later) for later in range(WEEK)]
    return pd.concat(each).query("day <= @last").drop_duplicates()


def _directed(retweets: pd.DataFrame, index: pd.MultiIndex) -> dict[str, np.ndarray]:
    """`DIRECTED`, 0 where nobody retweets."""
    key = ["population", "day"]
    back = retweets.rename(columns={"source": "target", "target": "source"})
    total = retweets.groupby(key).size()
    columns = {
        "retweet_mutual": retweets.merge(back, on=[*key, "source", "target"]).groupby(key).size() / total,
        "retweet_top": retweets.groupby([*key, "target"]).size().groupby(key).max() / total,
        "retweet_sources_by_targets": retweets.groupby(key)["source"].nunique()
        / retweets.groupby(key)["target"].nunique(),
    }
    return {name: values.reindex(index).fillna(0.0).to_numpy() for name, values in columns.items()}
