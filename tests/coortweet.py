"""The graph as CooRTweet sees it: pairs of shares, an undirected network of them, its statistics.

CooRTweet (R) counts differently from `incahoots.coordinate`: there an edge has a direction and its weight is the number
of *posts* with a match; here it has none and its weight is the number of *pairs* of posts. Names of columns are
CooRTweet's, so that its users find their way: an ``object_id`` is a trace, a ``content_id`` a post.

Three departures. The graph holds a post once, so a row that repeats a ``content_id`` is no second share, and no post
pairs with itself. Of two shares in the same second the smaller post id counts as the earlier, where CooRTweet takes the
order of its input. And `group_statistics` also gives the number of all accounts.

References
----------
Righetti and Balluff, CooRTweet 2.1.3, https://cran.r-project.org/package=CooRTweet: detect_groups,
generate_coordinated_network, flag_speed_share, account_stats, group_stats.

Giglietto, Righetti, Rossi and Marino 2020, "It takes a village to manipulate the media".
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from incahoots.cypher.behaviours import BEHAVIOURS, Behaviour
from incahoots.database import Connectable, connect
from incahoots.errors import UsageError

#: Behaviours with pairs, by the query ``explore/<name>_pairs``.
PAIRED = ("co_retweet", "co_link", "co_hashtag", "co_mention", "co_reply")

PAIR_COLUMNS = ["object_id", "content_id", "content_id_y", "time_delta", "account_id", "account_id_y"]
EDGE_COLUMNS = [
    "from", "to", "weight", "avg_time_delta", "n_content_id", "n_content_id_y", "edge_symmetry_score", "object_ids",
    "weight_threshold",
]  # fmt: skip


@dataclass(frozen=True)
class CoordinatedNetwork:
    """The answer of `coortweet`.

    Attributes
    ----------
    pairs : pd.DataFrame
        A row a pair of shares: object_id, content_id, content_id_y (the later one), time_delta in seconds,
        account_id, account_id_y; with a fast window also ``fast``, whether the pair is within that.
    edges : pd.DataFrame
        A row a pair of accounts, as of ``network``; with a fast window as of `fast_network`.
    """

    pairs: pd.DataFrame
    edges: pd.DataFrame


def coortweet(
    database: Connectable = None,
    window_s: int = 10,
    min_participation: int = 2,
    edge_weight: float = 0.5,
    remove_loops: bool = True,
    *,
    behaviour: str = "co_retweet",
    retweets: bool | None = None,
    fast_window_s: int | None = None,
) -> CoordinatedNetwork:
    """Find coordinated pairs of accounts as CooRTweet does.

    Parameters
    ----------
    database : Database, neo4j.Driver, str or py2neo.Graph, optional
        As for ``connect``.
    window_s : int
        Longest time between two shares of a pair, inclusive.
    min_participation : int
        Least shares of an account; see `detect`.
    edge_weight : float in [0, 1]
        The quantile of the weights above which an edge is flagged; see ``network``.
    remove_loops : bool
        Leave out pairs of an account with itself; see `detect`.
    behaviour : str
        One of `PAIRED`. URLs count in their normalised spelling.
    retweets : bool, optional
        Whether co_link, co_hashtag and co_mention consider retweets; each behaviour's own default when None.
    fast_window_s : int, optional
        Also flag the pairs within this shorter window, and give both networks side by side.

    Returns
    -------
    CoordinatedNetwork

    Raises
    ------
    UsageError
        A parameter makes no sense.
    DatabaseError
        The database is not there or refuses.
    """
    if behaviour not in PAIRED:
        raise UsageError(f"{behaviour!r} has no pairs of shares.", f"Choose from: {', '.join(PAIRED)}.")
    if window_s < 0 or (fast_window_s is not None and not 0 <= fast_window_s <= window_s):
        raise UsageError("A window is 0 s or more, and a fast window no longer than the window.")
    if min_participation < 1:
        raise UsageError(f"A least participation of {min_participation} is none.", "It is 1 or more.")
    if not 0 <= edge_weight <= 1:
        raise UsageError(f"edge_weight is a quantile, from 0 to 1, not {edge_weight}.")
    shares, shared = fetch_pairs(database, BEHAVIOURS[behaviour], window_s, retweets)
    pairs = detect(shares, shared, min_participation, remove_loops)
    if fast_window_s is None:
        return CoordinatedNetwork(pairs[PAIR_COLUMNS], network(pairs, edge_weight))
    pairs["fast"] = is_fast(pairs, fast_window_s, min_participation)
    return CoordinatedNetwork(pairs[[*PAIR_COLUMNS, "fast"]], fast_network(pairs, edge_weight))


def fetch_pairs(
    database: Connectable, behaviour: Behaviour, window_s: int, retweets: bool | None = None
) -> tuple[pd.DataFrame, pd.Series]:
    """Read all pairs of shares within a window, and how many shares every account has.

    Returns
    -------
    pd.DataFrame, pd.Series
        The columns of ``PAIR_COLUMNS``, and n_shares and n_shares_y: the shares of each of the two posts; by time.
        Shares by account id.
    """
    takes = behaviour.takes_retweets if retweets is None else retweets
    filters = {} if behaviour.takes_retweets is None else {"retweets": takes}
    with connect(database) as opened:
        pairs = opened.query(f"explore/{behaviour.name}_pairs", window_s=window_s, limit=0, **filters)
        shared = opened.query("explore/who_shares_most", share=behaviour.share, limit=0, **filters)
    return pairs, shared.set_index("account_id")["n_shares"]


def detect(pairs: pd.DataFrame, shared: pd.Series, min_participation: int, remove_loops: bool) -> pd.DataFrame:
    """Keep the pairs that count, as ``detect_groups`` does.

    In this order: pairs of accounts with fewer than ``min_participation`` shares of any kind go; loops go; then only
    pairs stay of which at least one post is of an account that has ``min_participation`` shares in the pairs that are
    left. So an account below it can be in the result, beside one that is not.

    Parameters
    ----------
    pairs, shared
        As from `fetch_pairs`.
    min_participation : int
        At least 1.
    remove_loops : bool
        Drop pairs of an account with itself, and pairs with a post that is itself the object: the original.

    Returns
    -------
    pd.DataFrame
        Rows of ``pairs``.
    """
    enough = set(shared.index[shared >= min_participation])
    kept = pairs[pairs["account_id"].isin(enough) & pairs["account_id_y"].isin(enough)]
    if remove_loops:
        original = (kept["object_id"] == kept["content_id"]) | (kept["object_id"] == kept["content_id_y"])
        kept = kept[(kept["account_id"] != kept["account_id_y"]) & ~original]
    return kept[_participates(kept, min_participation)].reset_index(drop=True)


def is_fast(pairs: pd.DataFrame, window_s: int, min_participation: int) -> pd.Series:
    """Flag the pairs of a shorter window, as ``flag_speed_share`` does: participation is counted anew among them."""
    near = pairs[pairs["time_delta"] <= window_s]
    return pd.Series(pairs.index.isin(near.index[_participates(near, min_participation)]), index=pairs.index)


def network(pairs: pd.DataFrame, edge_weight: float = 0.5) -> pd.DataFrame:
    r"""Sum pairs of shares up into an undirected network, as ``generate_coordinated_network`` does.

    Parameters
    ----------
    pairs : pd.DataFrame
        With the columns of ``PAIR_COLUMNS``.
    edge_weight : float in [0, 1]
        The quantile :math:`q` (R's type 7, linear) of all weights.

    Returns
    -------
    pd.DataFrame
        A row an edge, the heaviest first: from, to (account ids, the smaller first), weight (pairs), avg_time_delta,
        n_content_id and n_content_id_y (different posts on the earlier and on the later side of its pairs),
        edge_symmetry_score (the smaller of those over the larger), object_ids, and weight_threshold: whether
        the weight is above, not at, the quantile.

    Notes
    -----
    CooRTweet's documentation calls n_content_id the contribution of each *account*; its code (read at 2.0.1) sorts the
    accounts of an edge but not their posts, so what it counts is the earlier and the later side. The two differ where
    two accounts take turns in being first. We follow the code.
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
    return edges.sort_values(["weight", "from", "to"], ascending=[False, True, True], ignore_index=True)[EDGE_COLUMNS]


def fast_network(pairs: pd.DataFrame, edge_weight: float = 0.5) -> pd.DataFrame:
    """Put the network of all pairs and that of the fast ones side by side.

    Parameters
    ----------
    pairs : pd.DataFrame
        With the column ``fast``, as from `is_fast`.
    edge_weight : float in [0, 1]
        As for ``network``; each of the two has its own quantile.

    Returns
    -------
    pd.DataFrame
        The columns of ``network`` twice, ending in ``_full`` and ``_fast``; the latter are missing on slow edges.
    """
    full, fast = network(pairs, edge_weight), network(pairs[pairs["fast"]], edge_weight)
    names = [name for name in EDGE_COLUMNS if name not in ("from", "to")]
    return full.rename(columns={name: f"{name}_full" for name in names}).merge(
        fast.rename(columns={name: f"{name}_fast" for name in names}), how="left", on=["from", "to"]
    )


def account_statistics(found: CoordinatedNetwork, weight_threshold: str = "none") -> pd.DataFrame:
    """Sum up the edges and shares of every account, as ``account_stats`` does.

    Parameters
    ----------
    found : CoordinatedNetwork
    weight_threshold : {'none', 'full', 'fast'}
        All edges, those flagged in the full network, or those flagged in the fast one. With ``fast`` only fast pairs
        count as shares.

    Returns
    -------
    pd.DataFrame
        A row an account of these edges, by id: means over its different edges of avg_time_delta and
        edge_symmetry_score (of each network), and unique_shares_count, its posts in all pairs, flagged or not.

    Raises
    ------
    UsageError
        There is no such threshold, or no fast window was asked for.

    Notes
    -----
    As in CooRTweet, two edges of an account that do not differ in any of the averaged numbers count as one.
    """
    has_fast = "fast" in found.pairs
    if weight_threshold not in ("none", "full", "fast") or (weight_threshold == "fast" and not has_fast):
        raise UsageError(
            f"There is no threshold {weight_threshold!r} here.", "Choose none or full; fast needs fast_window_s."
        )
    edges, pairs = found.edges, found.pairs
    flag = f"weight_threshold_{weight_threshold}" if has_fast else "weight_threshold"
    if weight_threshold != "none":
        edges = edges[edges[flag].eq(True)]
    if weight_threshold == "fast":
        pairs = pairs[pairs["fast"]]
    endings = ("_full", "_fast") if has_fast else ("",)
    means = {f"{name}{ending}": f"{prefix}{name}{ending}" for prefix, name in _MEANS for ending in endings}
    both = pd.concat([edges.rename(columns={end: "account_id"})[["account_id", *means]] for end in ("from", "to")])
    statistics = both.drop_duplicates().groupby("account_id").mean().rename(columns=means)
    statistics["unique_shares_count"] = _sides(pairs).groupby("account_id")["content_id"].nunique()
    return statistics.reset_index()


#: What is averaged over the edges of an account, and what goes before its name then.
_MEANS = (("", "avg_time_delta"), ("avg_", "edge_symmetry_score"))


def group_statistics(found: CoordinatedNetwork, network: str = "full") -> pd.DataFrame:
    """Count the accounts behind every shared object, as ``group_stats`` does.

    Parameters
    ----------
    found : CoordinatedNetwork
    network : {'full', 'fast'}

    Returns
    -------
    pd.DataFrame
        object_id, num_accounts, n_accounts; the most accounts first. CooRTweet's ``num_accounts`` counts only accounts
        that stand first on an edge: two accounts of one object make one. ``n_accounts`` counts both ends. Which end of
        an edge is first depends on the order of the input there, and on the ids here.

    Raises
    ------
    UsageError
        There is no such network, or no fast window was asked for.
    """
    column = f"object_ids_{network}" if "fast" in found.pairs else "object_ids"
    if network not in ("full", "fast") or (column == "object_ids" and network == "fast"):
        raise UsageError(f"There is no network {network!r} here.", "Choose full; fast needs fast_window_s.")
    shared = found.edges[["from", "to", column]].explode(column).dropna().rename(columns={column: "object_id"})
    ends = shared.melt(id_vars="object_id", value_vars=["from", "to"], value_name="account_id")
    counts = pd.DataFrame(
        {
            "num_accounts": shared.groupby("object_id")["from"].nunique(),
            "n_accounts": ends.groupby("object_id")["account_id"].nunique(),
        }
    ).reset_index()
    return counts.sort_values(["num_accounts", "object_id"], ascending=[False, True], ignore_index=True)


def _participates(pairs: pd.DataFrame, least: int) -> pd.Series:
    """Whether a pair has a post of an account whose posts in the pairs make enough shares."""
    posts = _sides(pairs).drop_duplicates("content_id")
    counts = posts.groupby("account_id")["n_shares"].sum()
    enough = counts.index[counts >= least]
    return pairs["account_id"].isin(enough) | pairs["account_id_y"].isin(enough)


def _sides(pairs: pd.DataFrame) -> pd.DataFrame:
    """Both posts of every pair, one below the other."""
    earlier = [name for name in ("account_id", "content_id", "n_shares") if name in pairs]
    later = pairs[[f"{name}_y" for name in earlier]].set_axis(earlier, axis=1)
    return pd.concat([pairs[earlier], later], ignore_index=True)
