"""Count the posts and active accounts of populations, by day and by week."""

from __future__ import annotations

import pandas as pd
import polars as pl

from incahoots.analytics.campaigns.members import Members
from incahoots.analytics.campaigns.network_features import WEEK
from incahoots.analytics.tables import typed
from incahoots.database import Database
from incahoots.errors import UsageError

DAY_S = 86_400


def fetch_activity(database: Database, members: Members, since: int | None, until: int | None) -> pd.DataFrame:
    """Count posts and active accounts of every population on every day of a range, and in the week that ends with it.

    ``since`` and ``until`` are epoch seconds at midnight, the second exclusive; when None, all days with posts of a
    population count. Returns one row per population, day (since 1970) and aggregate (day or week): posts, and distinct
    accounts; zeros on days without posts.

    Raises
    ------
    UsageError
        A population has no posts in the range.
    """
    first = 0 if since is None else since
    last = 2**40 if until is None else until
    parts = []
    for populations, numbers, stride in members.layers():
        found = database.query(
            "campaigns/activity_of_days", since=first - (WEEK - 1) * DAY_S, until=last, members=numbers, stride=stride
        )
        schema = {"population": pl.Int64, "day": pl.Int64, "posts": pl.Int64, "accounts": pl.List(pl.Int64)}
        frame = typed(found, schema)
        names = pl.Series(populations, dtype=pl.String)
        parts.append(frame.with_columns(population=names.gather(frame["population"])))
    seen = pl.concat(parts)
    inside = seen.filter(pl.col("day") >= first // DAY_S)
    quiet = sorted(set(members.accounts) - set(inside["population"]))
    if quiet:
        raise UsageError(
            f"{quiet[0]!r} has no posts in the range.", "Take a longer range, or select other populations."
        )
    start = int(inside["day"].min()) if since is None else first // DAY_S  # type: ignore[arg-type]
    end = int(inside["day"].max()) if until is None else (last - 1) // DAY_S  # type: ignore[arg-type]
    of_week = seen.join(pl.DataFrame({"after": range(WEEK)}), how="cross").with_columns(
        day=pl.col("day") + pl.col("after")
    )
    weeks = of_week.group_by("population", "day").agg(
        pl.col("posts").sum(), pl.col("accounts").explode().n_unique().alias("accounts")
    )
    days = seen.with_columns(accounts=pl.col("accounts").list.len())
    index = pd.MultiIndex.from_product([sorted(members.accounts), range(start, end + 1)], names=["population", "day"])
    frames = [
        each.to_pandas().set_index(["population", "day"])[["posts", "accounts"]].reindex(index, fill_value=0)
        .astype("int64").assign(aggregate=name).reset_index()
        for name, each in (("day", days), ("week", weeks))
    ]  # fmt: skip
    return pd.concat(frames, ignore_index=True)
