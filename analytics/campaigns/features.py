"""Features of campaigns: those of every population's networks of each day and week."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from incahoots.analytics.campaigns.activity import fetch_activity
from incahoots.analytics.campaigns.columns import FEATURES, NETWORKS
from incahoots.analytics.campaigns.daily_edges import fetch_daily_edges
from incahoots.analytics.campaigns.members import Members, fetch_members
from incahoots.analytics.campaigns.network_features import WEEK, network_features
from incahoots.analytics.campaigns.options import AGGREGATES, FeatureOptions, check_order
from incahoots.database import Connectable, Database, connect
from incahoots.errors import InputError, UsageError, first_line
from incahoots.loaders.renewal import prepare_graph
from incahoots.private_files import replace_with
from incahoots.progress import Progress, silent

#: Version of the file. Before 3, texts that differ only next to a mention did not match; 3 had other names.
VERSION = 4

#: Approximate number of posts to process at a time: it bounds the memory, and the work that is lost when stopped.
POSTS_A_PART = 2_000_000


def campaign_features(
    database: Connectable = None,
    options: FeatureOptions | None = None,
    *,
    path: str | os.PathLike[str] | None = None,
    posts_a_part: int = POSTS_A_PART,
    progress: Progress = silent,
) -> pd.DataFrame:
    """Compute the 42 features of S2 for every population and day, by day and by week.

    Parameters
    ----------
    database : Database, neo4j.Driver, str or py2neo.Graph, optional
        As for ``connect``.
    options : FeatureOptions, optional
        The defaults when None.
    path : path, optional
        A .parquet file. Its rows are kept; only days that are new, or that have other posts than when they were
        computed, are computed. It is written part by part, so that a call that was stopped can be repeated.
    posts_a_part : int
        Approximate number of posts of a part.
    progress : callable
        Called as work goes on.

    Returns
    -------
    pd.DataFrame
        One row per population, day and aggregate: population, date (UTC), label (campaign or baseline), aggregate (day
        or week, which is the seven days that end with this one), window_s, posts, accounts (each once), and 42
        features named ``<network>_<feature>``, such as ``co_tweet_mean_deg``. Zeros where nothing was posted.

    Raises
    ------
    UsageError
        There are no operations, a population has no posts in the range, or the file was made with other options.
    InputError
        The file cannot be read.
    """
    asked = options or FeatureOptions()
    window_s = asked.window_s
    with connect(database) as opened:
        prepare_graph(opened, progress)
        members = fetch_members(opened, asked.merge, asked.only)
        first, last = (None if each is None else int(each.timestamp()) for each in (asked.since, asked.until))
        days = fetch_activity(opened, members, first, last)
        about = {"version": VERSION, "window_s": window_s, "populations": sorted(members.accounts)}
        file = None if path is None else Path(path)
        known = _known(file, about) if file else None
        todo = _stale(days, known)
        done = known[~known["date"].isin(_dates(todo))] if known is not None else None
        progress("computing days", 0, len(todo))
        counted = 0
        for part in _parts(todo, days, posts_a_part):
            within = partial(_within, progress, counted, len(part), len(todo))
            fresh = _part(opened, members, days, part, window_s, within)
            done = fresh if done is None or done.empty else pd.concat([done, fresh], ignore_index=True)
            counted += len(part)
            if file:
                _write(done, file, about)
            progress("computing days", counted, len(todo))
    assert done is not None
    frame = done.sort_values(["population", "date", "aggregate"], ignore_index=True)
    dates = _dates(np.sort(days["day"].unique()))
    return frame[frame["date"].isin(dates)].reset_index(drop=True)


def _within(progress: Progress, before: int, n: int, total: int, share: float) -> None:
    """Report progress: the days before a part, and a share of its own."""
    progress("computing days", before + share * n, total)


def _dates(days: np.ndarray) -> pd.DatetimeIndex:
    """Days since 1970 as dates."""
    return pd.DatetimeIndex(pd.to_datetime(np.asarray(days, dtype=np.int64), unit="D", utc=True)).as_unit("ms")


def _stale(days: pd.DataFrame, known: pd.DataFrame | None) -> np.ndarray:
    """Days that are new, or whose week has a day with other posts than when it was computed."""
    every = np.sort(days["day"].unique())
    if known is None or known.empty:
        return every
    key = ["population", "date", "aggregate"]
    now = days.assign(date=_dates(days["day"].to_numpy())).set_index(key)[["posts", "accounts"]]
    then = known.set_index(key)[["posts", "accounts"]].reindex(now.index)
    other = days[(now != then).any(axis=1).to_numpy()]
    changed = other.loc[other["aggregate"] == "day", "day"].to_numpy()
    # A week that begins before the range may have changed even if no day of the range has.
    stale = np.concatenate([other["day"].to_numpy(), (changed[:, None] + np.arange(WEEK)).ravel()])
    return every[np.isin(every, stale)]


def _parts(todo: np.ndarray, days: pd.DataFrame, posts_a_part: int) -> Iterator[np.ndarray]:
    """Split days into runs of consecutive days with about this number of posts."""
    posts = days[days["aggregate"] == "day"].groupby("day")["posts"].sum()
    part: list[int] = []
    total = 0
    for day in todo.tolist():
        if part and (day != part[-1] + 1 or total + posts[day] > posts_a_part):
            yield np.array(part)
            part, total = [], 0
        part.append(day)
        total += int(posts[day])
    if part:
        yield np.array(part)


def _part(
    database: Database,
    members: Members,
    days: pd.DataFrame,
    part: np.ndarray,
    window_s: int,
    told: Callable[[float], None],
) -> pd.DataFrame:
    """The features of consecutive days; ``told`` is called with the share that is done."""
    first, last = int(part[0]), int(part[-1])
    frames = []
    layers = list(members.layers())
    for number, layer in enumerate(layers):
        populations = layer.populations
        # For each aggregate an array of populations, days, networks and features.
        found = {name: np.zeros((len(populations), last - first + 1, len(NETWORKS), 7)) for name in AGGREGATES}
        for place, network in enumerate(NETWORKS):
            edges = fetch_daily_edges(database, network, layer, first - WEEK + 1, last, window_s)
            found["day"][:, :, place] = network_features(edges, len(populations), first, last)
            found["week"][:, :, place] = network_features(edges.weekly(last), len(populations), first, last)
            told((number + (place + 1) / len(NETWORKS)) / len(layers))
        for aggregate, values in found.items():
            index = pd.MultiIndex.from_product([populations, range(first, last + 1)], names=["population", "day"])
            flat = values.reshape(len(index), len(FEATURES))
            frames.append(pd.DataFrame(flat, index, list(FEATURES)).assign(aggregate=aggregate).reset_index())
    table = pd.concat(frames, ignore_index=True).merge(days, on=["population", "day", "aggregate"])
    table["date"] = _dates(table["day"].to_numpy())
    table["label"] = table["population"].map(members.labels)
    table["window_s"] = window_s
    return table[["population", "date", "label", "aggregate", "window_s", "posts", "accounts", *FEATURES]]


def days_between(frame: pd.DataFrame, since: datetime | None, until: datetime | None) -> pd.DataFrame:
    """Select the rows of a range of days: from the first day until before the last.

    Raises
    ------
    UsageError
        The range is empty.
    """
    check_order(since, until)
    inside = frame
    if since:
        inside = inside[inside["date"] >= since]
    if until:
        inside = inside[inside["date"] < until]
    if inside.empty:
        words = f"The file has days from {frame['date'].min():%Y-%m-%d} to {frame['date'].max():%Y-%m-%d}."
        raise UsageError("The range has no days.", words)
    return inside.reset_index(drop=True)


def overview(frame: pd.DataFrame) -> pd.DataFrame:
    """Summarise features: one row per population, with its posts and on how many days each network has an edge.

    The columns are population, label, days, posts, active (days with posts), and one for each network.
    """
    days = frame[frame["aggregate"] == "day"]
    grouped = days.groupby("population")
    table = grouped.agg(label=("label", "first"), days=("date", "size"), posts=("posts", "sum"))
    table["active"] = grouped["posts"].agg(lambda posts: int((posts > 0).sum()))
    for network in NETWORKS:
        table[network] = grouped[f"{network}_edges"].agg(lambda edges: int((edges > 0).sum()))
    return table.reset_index()


def read_features(path: str | os.PathLike[str]) -> pd.DataFrame:
    """Read a file that `campaign_features` wrote.

    Raises
    ------
    InputError
        The file cannot be read, or is not a file of features.
    """
    frame, _ = _read(Path(path))
    return frame


def _known(path: Path, about: dict[str, object]) -> pd.DataFrame | None:
    """The rows of a file, if it exists and was computed with the same options."""
    if not path.exists():
        return None
    frame, was = _read(path)
    if was != about:
        other = "for other populations or with another window"
        if isinstance(was, dict) and was.get("version") != VERSION:
            other = "by another version of incahoots, which counts co-tweets differently"
        raise UsageError(f"{path} was computed {other}.", "Give another file.")
    return frame


def _read(path: Path) -> tuple[pd.DataFrame, object]:
    """The rows of a file, and the options they were computed with."""
    try:
        table = pq.read_table(path)
        made = (table.schema.metadata or {}).get(b"incahoots")
        if made is None:
            raise ValueError("it lacks the options it was computed with")
        was = json.loads(made)
        frame = table.to_pandas()
        if isinstance(was, dict) and was.get("version") == 3:
            was = {"version": VERSION, "window_s": was["window_s"], "populations": was["communities"]}
            frame = frame.rename(columns={"community": "population"})
        _check_columns(frame)
    except FileNotFoundError:
        raise InputError(f"There is no file {path}.", "Make one with `campaign_features()`.") from None
    except (pa.ArrowException, KeyError, OSError, RecursionError, TypeError, ValueError) as problem:
        words = f"{path} is not a file of features: {first_line(problem)}."
        raise InputError(words, "Make one with `campaign_features()`.") from None
    return frame, was


def _check_columns(frame: pd.DataFrame) -> None:
    """Check the columns of features."""
    numbers = ["window_s", "posts", "accounts", *FEATURES]
    for name in ("population", "date", "label", "aggregate", *numbers):
        if name not in frame:
            raise ValueError(f"it has no column {name}")
    if not isinstance(frame["date"].dtype, pd.DatetimeTZDtype):
        raise ValueError("its column date has no dates")
    if wrong := [name for name in numbers if not pd.api.types.is_numeric_dtype(frame[name])]:
        raise ValueError(f"its column {wrong[0]} has no numbers")


def _write(frame: pd.DataFrame, path: Path, about: dict[str, object]) -> None:
    """Write the whole file at once, so that there is never a partial one."""
    rows = frame.sort_values(["population", "date", "aggregate"])
    # pyarrow reads the time zone in a way that pandas has deprecated.
    table = pa.Table.from_pandas(rows.assign(date=rows["date"].dt.tz_convert(None)), preserve_index=False)
    place = table.schema.get_field_index("date")
    table = table.set_column(place, "date", table["date"].cast(pa.timestamp("ms", tz="UTC")))
    made = {**(table.schema.metadata or {}), b"incahoots": json.dumps(about).encode()}
    replace_with(path, lambda part: pq.write_table(table.replace_schema_metadata(made), part))
