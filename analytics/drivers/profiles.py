"""Hashtags, domains, engagement and sentiment of accounts, and differences between two groups. Pure."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd
import polars as pl
from scipy import stats

from incahoots.analytics.drivers.posts import COUNTS, Material
from incahoots.analytics.drivers.sentiment import LABELS
from incahoots.analytics.interstate.engagement import cohens_d, label, t_test

#: Number of rows of the tables of hashtags and domains.
TOP = 10


def by(material: Material, accounts: Collection[str]) -> Material:
    """Select the posts of some accounts."""
    some = pl.Series("account_id", sorted(accounts), dtype=pl.String).to_frame()
    parts = (material.posts, material.hashtags, material.domains)
    return Material(*(each.join(some, on="account_id", how="semi", maintain_order="left") for each in parts))


def top_traces(uses: pl.DataFrame, name: str, most: int = TOP) -> pd.DataFrame:
    """List traces by the number of posts that share them.

    ``uses`` holds hashtags or domains, as in `Material`. ``name`` is the name of the column: tag or domain. Returns one
    row per trace, the most shared first: its name, posts, accounts.
    """
    counted = uses.group_by("trace").agg(
        posts=pl.col("tweet_id").n_unique().cast(pl.Int64), accounts=pl.col("account_id").n_unique().cast(pl.Int64)
    )
    ordered = counted.sort(["posts", "accounts", "trace"], descending=[True, True, False]).head(most)
    return ordered.rename({"trace": name}).to_pandas()


def top_domains(uses: pl.DataFrame, about: pd.DataFrame | None = None, most: int = TOP) -> pd.DataFrame:
    """List domains by the number of posts that share them, with information about them.

    ``uses`` holds domains, as in `Material`. ``about`` has one row per domain: domain, and columns such as factuality
    and leaning, which are added to the table of `top_traces`; missing for domains that it does not list.
    """
    table = top_traces(uses, "domain", most)
    return table if about is None else table.merge(about, on="domain", how="left")


def engagement(posts: pl.DataFrame) -> dict[str, float]:
    """Compute the mean of each count over the posts that have it, as in S4's Table 4; not a number without any."""
    means = posts.select(pl.col(name).cast(pl.Float64).mean() for name in COUNTS).row(0)
    return {name: float("nan") if mean is None else mean for name, mean in zip(COUNTS, means, strict=True)}


def sentiment_by_month(felt: pl.DataFrame) -> pd.DataFrame:
    """Compute the shares of positive, neutral and negative posts in each month.

    ``felt`` has the columns ts and sentiment; posts without sentiment are left out. Returns one row per month: month
    (its first day), posts, and the share of each of `LABELS`.
    """
    month = pl.from_epoch("ts", time_unit="s").dt.truncate("1mo").dt.date()
    shares = {name: (pl.col("sentiment") == name).mean() for name in LABELS}
    known = felt.filter(pl.col("sentiment").is_not_null())
    return known.group_by(month=month).agg(posts=pl.len().cast(pl.Int64), **shares).sort("month").to_pandas()


def account_means(material: Material, felt: pl.DataFrame) -> pd.DataFrame:
    """Describe each account by the means of its posts.

    ``felt`` has the columns tweet_id and sentiment. Returns one row per account, by account_id: posts (number), means
    of `COUNTS`, hashtags and domains per post, and the shares of positive and negative posts; missing if unknown.
    """
    many = (
        each.unique(["tweet_id", "trace"]).group_by("tweet_id").agg(pl.len().alias(name))
        for name, each in (("hashtags", material.hashtags), ("domains", material.domains))
    )
    rows = material.posts.join(felt.select("tweet_id", "sentiment"), on="tweet_id", how="left")
    for each in many:
        rows = rows.join(each, on="tweet_id", how="left")
    table = rows.group_by("account_id").agg(
        posts=pl.len().cast(pl.Float64),
        **{name: pl.col(name).cast(pl.Float64).mean() for name in COUNTS},
        **{name: pl.col(name).fill_null(0).cast(pl.Float64).mean() for name in ("hashtags", "domains")},
        **{name: (pl.col("sentiment") == name).cast(pl.Float64).mean() for name in ("positive", "negative")},
    )
    return table.sort("account_id").to_pandas().set_index("account_id")


def compare(one: pd.DataFrame, other: pd.DataFrame) -> pd.DataFrame:
    """Compare two groups of accounts.

    ``one`` and ``other`` are as in `account_means`. Returns one row per measure: measure, accounts and mean of each
    group (accounts, mean, other_accounts, other_mean), t, p_value (Welch's test), p_adjusted (false discovery rate over
    the measures), d (Cohen's), effect (its label); missing if a group has fewer than two accounts with the measure, or
    neither varies.

    Notes
    -----
    Each account counts once, by its mean: the posts of one account are not independent.
    """
    rows = []
    for measure in one.columns:
        ours, theirs = (each[measure].dropna().to_numpy(dtype=float) for each in (one, other))
        row = {"measure": measure, "accounts": len(ours), "mean": _mean(ours)}
        row |= {"other_accounts": len(theirs), "other_mean": _mean(theirs)}
        if min(len(ours), len(theirs)) > 1:
            t, p_value = t_test(ours, theirs, equal_var=False)
            d = cohens_d(ours, theirs)
            row |= {"t": t, "p_value": p_value, "d": d, "effect": label(d)}
        rows.append(row)
    columns = ["measure", "accounts", "mean", "other_accounts", "other_mean", "t", "p_value", "d", "effect"]
    table = pd.DataFrame(rows, columns=columns).astype({"t": float, "p_value": float, "d": float})
    adjusted = pd.Series(np.nan, table.index)
    if (tested := table["p_value"].notna()).any():
        adjusted[tested] = stats.false_discovery_control(table.loc[tested, "p_value"])
    table.insert(7, "p_adjusted", adjusted)
    return table


def _mean(values: np.ndarray) -> float:
    """The mean; not a number without values."""
    return float(values.mean()) if len(values) else float("nan")
