"""Features of campaigns: what every community's networks of each day and week look like."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from incahoots.analytics.campaigns.activity import fetch_activity
from incahoots.analytics.campaigns.columns import FEATURES, NETWORKS
from incahoots.analytics.campaigns.daily_edges import fetch_daily_edges
from incahoots.analytics.campaigns.figures import WEEK, figures
from incahoots.analytics.campaigns.members import Members, fetch_members
from incahoots.analytics.campaigns.panel import AGGREGATES
from incahoots.database import Connectable, Database, connect
from incahoots.errors import InputError, UsageError
from incahoots.private_files import replace_with
from incahoots.progress import Report, silent
from incahoots.windows import parse_window

#: Of what the file says about how it was made. Up to 2, texts that differ in what touches a mention did not meet.
VERSION = 3

#: About so many posts are looked at in one go: a bound on memory, and on what is lost when it is stopped.
POSTS_A_PART = 2_000_000


def campaign_features(
    database: Connectable = None,
    *,
    path: str | os.PathLike[str] | None = None,
    window: str | int = "60s",
    since: pd.Timestamp | None = None,
    until: pd.Timestamp | None = None,
    merge: Mapping[str, Collection[str]] | None = None,
    only: Collection[str] = (),
    posts_a_part: int = POSTS_A_PART,
    report: Report = silent,
) -> pd.DataFrame:
    """Compute the 42 figures of S2 for every community and day, by day and by week.

    Parameters
    ----------
    database : Database, neo4j.Driver, str or py2neo.Graph, optional
        As for ``connect``.
    path : path, optional
        A .parquet file. What is in it is kept, and only days that are new, or have other posts than when they were
        computed, are computed; it is written part by part, so that a call that was stopped can be repeated.
    window : str or int
        The longest time between two posts that match; 60 s in the paper.
    since, until : Timestamp, optional
        The first day and the day after the last, UTC; all days that have posts of a community when None.
    merge : mapping of str to collection of str, optional
        Communities that are made of several operations, by name; the paper merges what has one source and target.
    only : collection of str
        Only these communities.
    posts_a_part : int
        About so many posts at a time.
    report : callable
        Told of the progress.

    Returns
    -------
    pd.DataFrame
        A row a community, day and aggregate: community, date (UTC), label (campaign or baseline), aggregate (day or
        week, which is the seven days that end with this one), window_s, posts, accounts (each once), and 42
        figures named ``<network>_<figure>``, such as ``co_tweet_mean_deg``. Zeros where nothing was posted.

    Raises
    ------
    UsageError
        There are no operations, a community has no posts in the range, or the file was made with other parameters.
    InputError
        The file cannot be read.
    """
    window_s = parse_window(window) if isinstance(window, str) else window
    with connect(database) as opened:
        opened.ensure_schema(report)
        members = fetch_members(opened, merge, only)
        first, last = (None if each is None else int(each.timestamp()) for each in (since, until))
        days = fetch_activity(opened, members, first, last)
        about = {"version": VERSION, "window_s": window_s, "communities": sorted(members.accounts)}
        file = None if path is None else Path(path)
        known = _known(file, about) if file else None
        todo = _stale(days, known)
        done = known[~known["date"].isin(_dates(todo))] if known is not None else None
        report("computing days", 0, len(todo))
        counted = 0
        for part in _parts(todo, days, posts_a_part):
            within = partial(_within, report, counted, len(part), len(todo))
            fresh = _part(opened, members, days, part, window_s, within)
            done = fresh if done is None or done.empty else pd.concat([done, fresh], ignore_index=True)
            counted += len(part)
            if file:
                _write(done, file, about)
            report("computing days", counted, len(todo))
    assert done is not None
    frame = done.sort_values(["community", "date", "aggregate"], ignore_index=True)
    asked = _dates(np.sort(days["day"].unique()))
    return frame[frame["date"].isin(asked)].reset_index(drop=True)


def _within(report: Report, before: int, n: int, total: int, share: float) -> None:
    """Report how many days are computed: those before a part, and a share of its own."""
    report("computing days", before + share * n, total)


def _dates(days: np.ndarray) -> pd.DatetimeIndex:
    """Days since 1970 as dates."""
    return pd.DatetimeIndex(pd.to_datetime(np.asarray(days, dtype=np.int64), unit="D", utc=True)).as_unit("ms")


def _stale(days: pd.DataFrame, known: pd.DataFrame | None) -> np.ndarray:
    """Days that are not known, or whose week has a day with other posts than when it was computed."""
    every = np.sort(days["day"].unique())
    if known is None or known.empty:
        return every
    key = ["community", "date", "aggregate"]
    now = days.assign(date=_dates(days["day"].to_numpy())).set_index(key)[["posts", "accounts"]]
    then = known.set_index(key)[["posts", "accounts"]].reindex(now.index)
    other = days[(now != then).any(axis=1).to_numpy()]
    changed = other.loc[other["aggregate"] == "day", "day"].to_numpy()
    # A week that begins before the range may have changed where no day of the range has.
    stale = np.concatenate([other["day"].to_numpy(), (changed[:, None] + np.arange(WEEK)).ravel()])
    return every[np.isin(every, stale)]


def _parts(todo: np.ndarray, days: pd.DataFrame, posts_a_part: int) -> Iterator[np.ndarray]:
    """Split days into runs of days that follow each other and have about so many posts."""
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
    """The features of days that follow each other; ``told`` which share of them is there."""
    first, last = int(part[0]), int(part[-1])
    frames = []
    layers = list(members.layers())
    for layer, (communities, numbers, stride) in enumerate(layers):
        # Of each aggregate an array of communities, days, networks and figures.
        found = {name: np.zeros((len(communities), last - first + 1, len(NETWORKS), 7)) for name in AGGREGATES}
        for place, network in enumerate(NETWORKS):
            edges = fetch_daily_edges(database, network, numbers, stride, first - WEEK + 1, last, window_s)
            found["day"][:, :, place] = figures(edges, len(communities), first, last)
            found["week"][:, :, place] = figures(edges.weekly(last), len(communities), first, last)
            told((layer + (place + 1) / len(NETWORKS)) / len(layers))
        for aggregate, values in found.items():
            index = pd.MultiIndex.from_product([communities, range(first, last + 1)], names=["community", "day"])
            flat = values.reshape(len(index), len(FEATURES))
            frames.append(pd.DataFrame(flat, index, list(FEATURES)).assign(aggregate=aggregate).reset_index())
    table = pd.concat(frames, ignore_index=True).merge(days, on=["community", "day", "aggregate"])
    table["date"] = _dates(table["day"].to_numpy())
    table["label"] = table["community"].map(members.labels)
    table["window_s"] = window_s
    return table[["community", "date", "label", "aggregate", "window_s", "posts", "accounts", *FEATURES]]


def read_features(path: str | os.PathLike[str]) -> pd.DataFrame:
    """Read a file that `campaign_features` wrote.

    Raises
    ------
    InputError
        It is not there, or is something else.
    """
    frame, _ = _read(Path(path))
    return frame


def _known(path: Path, about: dict[str, object]) -> pd.DataFrame | None:
    """What a file has, if there is one and it was made the same way."""
    if not path.exists():
        return None
    frame, was = _read(path)
    if was != about:
        other = "other communities or another window"
        if isinstance(was, dict) and was.get("version") != VERSION:
            other = "another version of incahoots, which counts co-tweets differently"
        raise UsageError(f"{path} was made with {other}.", "Give another file.")
    return frame


def _read(path: Path) -> tuple[pd.DataFrame, object]:
    """The rows of a file, and how they were made."""
    try:
        table = pq.read_table(path)
        made = (table.schema.metadata or {}).get(b"incahoots")
        if made is None:
            raise ValueError("it does not say how it was made")
        was = json.loads(made)
        frame = table.to_pandas()
        _check_columns(frame)
    except (pa.ArrowException, KeyError, OSError, RecursionError, TypeError, ValueError) as problem:
        said = str(problem).partition("\n")[0] or type(problem).__name__
        words = f"{path} is no file of features: {said.rstrip('.')}."
        raise InputError(words, "Make one with `incahoots campaigns features FILE`.") from None
    return frame, was


def _check_columns(frame: pd.DataFrame) -> None:
    """See that a frame has what features have."""
    numbers = ["window_s", "posts", "accounts", *FEATURES]
    for name in ("community", "date", "label", "aggregate", *numbers):
        if name not in frame:
            raise ValueError(f"it has no column {name}")
    if not isinstance(frame["date"].dtype, pd.DatetimeTZDtype):
        raise ValueError("its dates are none")
    if wrong := [name for name in numbers if not pd.api.types.is_numeric_dtype(frame[name])]:
        raise ValueError(f"its column {wrong[0]} has no numbers")


def _write(frame: pd.DataFrame, path: Path, about: dict[str, object]) -> None:
    """Write all at once, so that there is never half a file."""
    rows = frame.sort_values(["community", "date", "aggregate"])
    # pyarrow takes the zone by a way that pandas has deprecated.
    table = pa.Table.from_pandas(rows.assign(date=rows["date"].dt.tz_convert(None)), preserve_index=False)
    place = table.schema.get_field_index("date")
    table = table.set_column(place, "date", table["date"].cast(pa.timestamp("ms", tz="UTC")))
    made = {**(table.schema.metadata or {}), b"incahoots": json.dumps(about).encode()}
    replace_with(path, lambda part: pq.write_table(table.replace_schema_metadata(made), part))
