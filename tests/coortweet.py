"""The graph as CooRTweet sees it: pairs of shares, and an undirected network of them, in CooRTweet's columns.

CooRTweet (R) counts differently from `incahoots.coordinate`: there an edge has a direction and its weight is the number
of *posts* with a match; here it has none and its weight is the number of *pairs* of posts. An ``object_id`` is a trace,
a ``content_id`` a post.

Two departures. The graph holds a post once, so a row that repeats a ``content_id`` is no second share, and no post
pairs with itself. Of two shares in the same second the smaller post id counts as the earlier, where CooRTweet takes the
order of its input.

References
----------
Righetti and Balluff, CooRTweet 2.1.3, https://cran.r-project.org/package=CooRTweet: detect_groups,
generate_coordinated_network. Its documentation calls ``n_content_id`` the contribution of each *account*; its code
(2.0.1) counts the earlier and the later posts of the pairs, whichever account they are of. We follow the code.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from incahoots.cypher.behaviours import BEHAVIOURS, Behaviour
from incahoots.database import Connectable, connect


@dataclass(frozen=True)
class CoordinatedNetwork:
    """A row a pair of shares, and a row a pair of accounts."""

    pairs: pd.DataFrame
    edges: pd.DataFrame


def coortweet(
    database: Connectable,
    window_s: int,
    min_participation: int,
    edge_weight: float = 0.5,
    remove_loops: bool = True,
    *,
    behaviour: str = "co_retweet",
    retweets: bool | None = None,
) -> CoordinatedNetwork:
    """Find coordinated pairs of accounts as CooRTweet does; None for ``retweets`` is the behaviour's own default."""
    pairs = detect(*fetch_pairs(database, BEHAVIOURS[behaviour], window_s, retweets), min_participation, remove_loops)
    return CoordinatedNetwork(pairs, network(pairs, edge_weight))


def fetch_pairs(
    database: Connectable, behaviour: Behaviour, window_s: int, retweets: bool | None = None
) -> tuple[pd.DataFrame, pd.Series]:
    """Read all pairs of shares within a window, and how many shares every account has."""
    takes = behaviour.takes_retweets if retweets is None else retweets
    filters = {} if behaviour.takes_retweets is None else {"retweets": takes}
    with connect(database) as opened:
        pairs = opened.query(f"explore/{behaviour.name}_pairs", window_s=window_s, limit=0, **filters)
        shared = opened.query("explore/who_shares_most", share=behaviour.share, limit=0, **filters)
    return pairs, shared.set_index("account_id")["n_shares"]


def detect(pairs: pd.DataFrame, shared: pd.Series, min_participation: int, remove_loops: bool) -> pd.DataFrame:
    """Keep the pairs that count, as ``detect_groups`` does.

    In this order: pairs of accounts with fewer than ``min_participation`` shares of any kind go; loops go (pairs of an
    account with itself, or with the original post); then only pairs stay of which at least one post is of an account
    that has ``min_participation`` shares in the remaining pairs. So the result can contain an account below it, beside
    one that is not.
    """
    enough = set(shared.index[shared >= min_participation])
    kept = pairs[pairs["account_id"].isin(enough) & pairs["account_id_y"].isin(enough)]
    if remove_loops:
        original = (kept["object_id"] == kept["content_id"]) | (kept["object_id"] == kept["content_id_y"])
        kept = kept[(kept["account_id"] != kept["account_id_y"]) & ~original]
    earlier = ["account_id", "content_id", "n_shares"]
    later = kept[[f"{name}_y" for name in earlier]].set_axis(earlier, axis=1)
    posts = pd.concat([kept[earlier], later]).drop_duplicates("content_id")
    counts = posts.groupby("account_id")["n_shares"].sum()
    enough = set(counts.index[counts >= min_participation])
    return kept[kept["account_id"].isin(enough) | kept["account_id_y"].isin(enough)].reset_index(drop=True)


def network(pairs: pd.DataFrame, edge_weight: float) -> pd.DataFrame:
    """Sum pairs of shares up into an undirected network, as ``generate_coordinated_network`` does.

    ``weight_threshold`` says whether the weight is above, not at, the quantile ``edge_weight`` of all weights.
    """
    ends = pairs[["account_id", "account_id_y"]]
    sorted_ = pairs.assign(**{"from": ends.min(axis=1), "to": ends.max(axis=1)})
    edges = sorted_.groupby(["from", "to"], as_index=False).agg(
        weight=("time_delta", "size"),
        avg_time_delta=("time_delta", "mean"),
        n_content_id=("content_id", "nunique"),
        n_content_id_y=("content_id_y", "nunique"),
        object_ids=("object_id", lambda objects: list(dict.fromkeys(objects))),
    )
    sides = edges[["n_content_id", "n_content_id_y"]]
    edges["edge_symmetry_score"] = sides.min(axis=1) / sides.max(axis=1)
    edges["weight_threshold"] = edges["weight"] > edges["weight"].quantile(edge_weight)
    return edges
