"""Two years of simulated populations: campaigns with different and changing tactics, and baselines with events.

For S2, which asks whether days of campaigns can be told from days of baselines. Both coordinate: baselines retweet each
other, share hashtags during events, and some have staff that posts in the same minute. What sets campaigns apart is how
often accounts act together within seconds, and that differs between campaigns.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from incahoots.progress import Progress, silent
from incahoots.simulator.archive import begin, complete, listed
from incahoots.simulator.options import CampaignSimulationOptions

#: Format of the files.
FORMAT = "posts"

FIRST_DAY = int(datetime(2018, 1, 1, tzinfo=UTC).timestamp())
DAY_S = 86_400

#: How accounts act together.
TACTICS = ("co_tweet", "co_retweet", "co_hashtag", "co_mention", "co_url", "own_retweet")

#: Range of the accounts and of the ordinary posts per day of a campaign.
ACCOUNTS, POSTS = (40, 160), (24.0, 108.0)

#: Baselines: accounts, posts per day, share of posts that retweet a member, share of days with an event, factor of
#: posts on such days, and acts per day of groups that post in the same minute. Their sizes are in the range of those of
#: campaigns, so that size alone does not tell the two apart.
BASELINES = {
    "parliament": (110, 168.0, 0.22, 0.04, 4.0, 1.5),
    "congress": (90, 120.0, 0.25, 0.05, 3.5, 2.1),
    "academics": (140, 90.0, 0.10, 0.03, 2.5, 0.5),
    "random": (70, 66.0, 0.02, 0.01, 1.5, 0.12),
}


@dataclass(frozen=True)
class Campaigns:
    """The size of a simulation.

    Attributes
    ----------
    folder : Path
    campaigns, baselines, days, posts, accounts, seed : int
    """

    folder: Path
    campaigns: int
    baselines: int
    days: int
    posts: int
    accounts: int
    seed: int


@dataclass(frozen=True)
class Plan:
    """How a population behaves, day by day.

    Attributes
    ----------
    name : str
    baseline : bool
    n_accounts : int
    posts : array of float, shape (n_days,)
        Expected number of ordinary posts.
    own : float
        Share of them that retweet a member.
    event : array of float, shape (n_days,)
        Share of them with the hashtag of the day.
    acts : array of float, shape (n_days,)
        Expected number of acts of groups.
    mix : array of float, shape (n_days, 6)
        Shares of `TACTICS` among acts.
    spread_s : array of float, shape (n_days,)
        Duration of an act in seconds.
    size : float
        Expected number of accounts of an act beyond two.
    """

    name: str
    baseline: bool
    n_accounts: int
    posts: NDArray[np.float64]
    own: float
    event: NDArray[np.float64]
    acts: NDArray[np.float64]
    mix: NDArray[np.float64]
    spread_s: NDArray[np.float64]
    size: float


def simulate_campaigns(out_dir: Path | str, *, progress: Progress = silent, **options: Any) -> Campaigns:
    """Simulate the posts of campaigns and of four baselines.

    Parameters
    ----------
    out_dir : path
        A new or empty folder, or an earlier simulation, which is replaced. ``incahoots load posts FOLDER`` loads it.
    progress : Progress
        Reports the number of populations that are written.
    **options
        The fields of `CampaignSimulationOptions`: ``campaigns``, ``days``, ``scale``, ``seed``.

    Returns
    -------
    Campaigns

    Raises
    ------
    UsageError
        A number is out of range.
    InputError
        The folder contains something else.
    """
    asked = CampaignSimulationOptions(**options)
    campaigns, days, scale, seed = asked.campaigns, asked.days, asked.scale, asked.seed
    folder = Path(out_dir)
    streams = np.random.SeedSequence(seed).spawn(campaigns + len(BASELINES))
    plans = [
        _campaign(f"campaign{number:02}", days, scale, np.random.default_rng(streams[number]))
        for number in range(campaigns)
    ]
    plans += [
        _baseline(name, days, scale, np.random.default_rng(stream))
        for name, stream in zip(BASELINES, streams[campaigns:], strict=True)
    ]
    operations = [listed(plan.name, f"{plan.name}.csv", baseline=plan.baseline) for plan in plans]
    begin(folder, {"format": FORMAT, "version": 1, "seed": seed, "days": days, "operations": operations})
    posts = 0
    for place, (plan, stream) in enumerate(zip(plans, streams, strict=True)):
        progress("writing populations", place, len(plans))
        frame = _posts(plan, place, np.random.default_rng(stream.spawn(1)[0]))
        frame.write_csv(folder / f"{plan.name}.csv")
        posts += len(frame)
    progress("writing populations", len(plans), len(plans))
    complete(folder)
    accounts = sum(plan.n_accounts for plan in plans)
    return Campaigns(folder, campaigns, len(BASELINES), days, posts, accounts, seed)


def _campaign(name: str, days: int, scale: float, rng: np.random.Generator) -> Plan:
    """Draw how a campaign behaves: phases of one to five months, each with its own tactics, some of them quiet."""
    phase = np.zeros(days, dtype=np.int64)
    start = 0
    while start < days:
        length = int(rng.integers(30, 150))
        phase[start : start + length] = phase[max(start - 1, 0)] + (start > 0)
        start += length
    n = int(phase[-1]) + 1
    # The tactics that a campaign prefers in all phases, and how each phase differs.
    liking = rng.dirichlet(np.full(len(TACTICS), 0.6))
    mix = np.stack([rng.dirichlet(0.2 + 4 * liking) for _ in range(n)])
    intensity = rng.lognormal(np.log(rng.lognormal(np.log(14.4), 0.5)), 0.6, n) * (rng.random(n) > 0.06)
    spread = rng.choice([10.0, 30.0, 90.0, 300.0], n, p=[0.35, 0.35, 0.2, 0.1])
    # More posts on some days, with larger differences in some campaigns, and more at the end than at the beginning.
    bursts = rng.gamma(rng.uniform(0.8, 6), size=days)
    growth = np.linspace(0.6, 1.4, days)
    posts = rng.uniform(*POSTS) * growth * (0.3 + 0.7 * bursts / bursts.mean())
    acts = intensity[phase] * growth * bursts / bursts.mean()
    return Plan(
        name, False, int(rng.integers(*ACCOUNTS)), scale * posts, rng.uniform(0, 0.2),
        np.where(rng.random(days) < 0.02, 0.3, 0.0), scale * acts, mix[phase], spread[phase], float(rng.uniform(2, 8)),
    )  # fmt: skip


def _baseline(name: str, days: int, scale: float, rng: np.random.Generator) -> Plan:
    """Draw how a baseline behaves: weeks, events, and a little coordination."""
    n_accounts, a_day, own, events, more, acts = BASELINES[name]
    week = np.where((np.arange(days) + 1) % 7 < 5, 1.1, 0.75)
    is_event = rng.random(days) < events
    size = 1 + (more - 1) * rng.gamma(2, 0.5, days)
    posts = a_day * week * rng.gamma(20, 1 / 20, days) * np.where(is_event, size, 1)
    mix = np.tile([0.1, 0.45, 0.25, 0.1, 0.1, 0.0], (days, 1))
    return Plan(
        name, True, n_accounts, scale * posts, own, np.where(is_event, 0.5, 0.0),
        scale * acts * np.where(is_event, 5, 1), mix, np.full(days, 120.0), 1.5,
    )  # fmt: skip


def _posts(plan: Plan, place: int, rng: np.random.Generator) -> pl.DataFrame:
    """Make all posts of a population, in order of time."""
    parts = [_ordinary(plan, rng), *_acted(plan, rng)]
    frame = pl.concat(parts).sort("ts", "account", "message")
    first_id = (place + 1) * 10**12
    account = pl.format(f"{plan.name}_{{}}", "account")
    ids = pl.int_range(pl.len()) + first_id
    # A member retweets the last earlier post of another member.
    frame = frame.with_columns(id=ids).with_columns(own_id=pl.when(pl.col("repost") == "").then("id"))
    posted = frame.filter(pl.col("own_id").is_not_null()).select("ts", of="account", last="own_id")
    # The frames are in order of time, which polars does not check for groups.
    frame = frame.join_asof(
        posted, left_on="ts", right_on="ts", by_left="retweeted", by_right="of", allow_exact_matches=False,
        check_sortedness=False,
    )  # fmt: skip
    of_member = pl.col("last").cast(pl.String).fill_null(pl.format("gone{}", "id"))
    return frame.select(
        message_id=pl.col("id").cast(pl.String),
        user_id=account,
        username=account,
        repost_id=pl.when(pl.col("retweeted") >= 0).then(of_member).otherwise("repost"),
        reply_id=pl.lit(""),
        message="message",
        timestamp="ts",
        urls="url",
    )


_SCHEMA: dict[Any, Any] = {
    "ts": pl.Int64, "account": pl.Int64, "message": pl.String, "url": pl.String, "repost": pl.String,
    "retweeted": pl.Int64,
}  # fmt: skip


def _ordinary(plan: Plan, rng: np.random.Generator) -> pl.DataFrame:
    """Make the posts of members without coordination."""
    counts = rng.poisson(plan.posts)
    n = int(counts.sum())
    day = np.repeat(np.arange(len(counts)), counts)
    busy = rng.pareto(1.5, plan.n_accounts) + 0.3
    account = rng.choice(plan.n_accounts, n, p=busy / busy.sum())
    hours = np.exp(np.cos((np.arange(24) - rng.integers(24)) / 24 * 2 * np.pi))
    second = rng.choice(24, n, p=hours / hours.sum()) * 3600 + rng.integers(0, 3600, n)
    kind = rng.random(n)
    own = kind < plan.own
    outside = ~own & (kind < plan.own + 0.15)
    tag = np.where(rng.random(n) < plan.event[day], 10_000 + day, rng.zipf(1.5, n) % 400)
    frame = pl.DataFrame({
        "ts": FIRST_DAY + day * DAY_S + second, "account": account, "number": np.arange(n), "tag": tag,
        "tagged": rng.random(n) < 0.4 + 0.4 * (plan.event[day] > 0), "mention": rng.zipf(1.7, n) % 300,
        "mentions": rng.random(n) < 0.25, "link": rng.zipf(1.4, n) % 5000, "links": rng.random(n) < 0.25,
        "outside": outside, "tweet": rng.zipf(1.6, n) % 900 + 1000 * day,
        "retweeted": np.where(own, rng.integers(0, plan.n_accounts, n), -1),
    })  # fmt: skip
    is_retweet = pl.col("outside") | (pl.col("retweeted") >= 0)
    text = pl.format("said {} in words of its own", "number")
    return frame.select(
        "ts",
        "account",
        message=text
        + pl.when("tagged").then(pl.format(f" #{plan.name}{{}}", "tag")).otherwise(pl.lit(""))
        + pl.when("mentions").then(pl.format(" @person{}", "mention")).otherwise(pl.lit("")),
        url=pl.when(pl.col("links") & ~is_retweet)
        .then(pl.format("https://news.example/{}", "link"))
        .otherwise(pl.lit("")),
        repost=pl.when(is_retweet).then(pl.format("outside{}", "tweet")).otherwise(pl.lit("")),
        retweeted="retweeted",
    ).cast(_SCHEMA)


def _acted(plan: Plan, rng: np.random.Generator) -> Iterator[pl.DataFrame]:
    """Make the posts of acts: some members do the same within seconds."""
    counts = rng.poisson(plan.acts)
    rows: list[tuple[int, int, str, str, str, int]] = []
    for day in np.flatnonzero(counts):
        tactics = rng.choice(len(TACTICS), counts[day], p=plan.mix[day])
        for number, tactic in enumerate(tactics):
            members = rng.permutation(plan.n_accounts)[: 2 + rng.poisson(plan.size)]
            start = FIRST_DAY + int(day) * DAY_S + int(rng.integers(0, DAY_S - 400))
            times = start + (rng.random(len(members)) * plan.spread_s[day]).astype(int)
            name = f"{plan.name}{day}x{number}"
            for account, ts in zip(members.tolist(), times.tolist(), strict=True):
                rows.append((ts, account, *_act(TACTICS[tactic], name, account, int(members[0]))))
    yield pl.DataFrame(rows, schema=_SCHEMA, orient="row")


def _act(tactic: str, name: str, account: int, first: int) -> tuple[str, str, str, int]:
    """Return the message, URL, retweeted post outside and retweeted member of one post of an act."""
    match tactic:
        case "co_tweet":
            return f"pushed {name}", "", "", -1
        case "co_retweet":
            return f"said {name} once", "", f"pushed{name}", -1
        case "co_hashtag":
            return f"said {name} by {account} #push{name}", "", "", -1
        case "co_mention":
            # Longer names than the platform allows are not mentions.
            return f"said {name} by {account} @t{zlib.crc32(name.encode()):08x}", "", "", -1
        case "co_url":
            return f"said {name} by {account}", f"https://push.example/{name}", "", -1
    # The first member posts, and all others retweet that post.
    if account == first:
        return f"said {name} first", "", "", -1
    return f"said {name} first", "", "own", first
