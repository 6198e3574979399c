"""How much communities post, by day and by week."""

from __future__ import annotations

import pandas as pd
import polars as pl

from incahoots.analytics.campaigns.figures import WEEK
from incahoots.analytics.campaigns.members import Members
from incahoots.analytics.frames import typed
from incahoots.database import Database
from incahoots.errors import UsageError

DAY_S = 86_400


def fetch_activity(database: Database, members: Members, since: int | None, until: int | None) -> pd.DataFrame:
    """Count posts and active accounts of every community on every day of a range, and in the week that ends with it.

    Parameters
    ----------
    database : Database
    members : Members
    since, until : int, optional
        Epoch seconds at midnight, the second one left out; all days that have posts of a community when None.

    Returns
    -------
    pd.DataFrame
        A row a community, day (since 1970) and aggregate (day or week): posts, and accounts, each once; zeros where
        nobody posts.

    Raises
    ------
    UsageError
        A community has no posts in the range.
    """
    first = 0 if since is None else since
    last = 2**40 if until is None else until
    parts = []
    for communities, numbers, stride in members.layers():
        found = database.query(
            "campaigns/activity_of_days", since=first - (WEEK - 1) * DAY_S, until=last, members=numbers, stride=stride
        )
        schema = {"community": pl.Int64, "day": pl.Int64, "posts": pl.Int64, "accounts": pl.List(pl.Int64)}
        frame = typed(found, schema)
        names = pl.Series(communities, dtype=pl.String)
        parts.append(frame.with_columns(community=names.gather(frame["community"])))
    seen = pl.concat(parts)
    inside = seen.filter(pl.col("day") >= first // DAY_S)
    quiet = sorted(set(members.accounts) - set(inside["community"]))
    if quiet:
        raise UsageError(
            f"{quiet[0]!r} has no posts in the range.", "Take a longer range, or leave it out with --only."
        )
    start = int(inside["day"].min()) if since is None else first // DAY_S  # type: ignore[arg-type]
    end = int(inside["day"].max()) if until is None else (last - 1) // DAY_S  # type: ignore[arg-type]
    of_week = seen.join(pl.DataFrame({"after": range(WEEK)}), how="cross").with_columns(
        day=pl.col("day") + pl.col("after")
    )
    weeks = of_week.group_by("community", "day").agg(
        pl.col("posts").sum(), pl.col("accounts").explode().n_unique().alias("accounts")
    )
    days = seen.with_columns(accounts=pl.col("accounts").list.len())
    index = pd.MultiIndex.from_product([sorted(members.accounts), range(start, end + 1)], names=["community", "day"])
    frames = [
        each.to_pandas().set_index(["community", "day"])[["posts", "accounts"]].reindex(index, fill_value=0)
        .astype("int64").assign(aggregate=name).reset_index()
        for name, each in (("day", days), ("week", weeks))
    ]  # fmt: skip
    return pd.concat(frames, ignore_index=True)
