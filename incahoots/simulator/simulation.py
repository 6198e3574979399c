"""Simulate a whole data set in one call."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from incahoots.errors import UsageError
from incahoots.progress import Progress, part, silent
from incahoots.simulator.acts import WINDOW_S
from incahoots.simulator.archive import FORMAT, VERSION, Archive, listed, tweets_file, users_file
from incahoots.simulator.calendar import FIRST_DAY, HOUR_MS, START_MS, Calendar, chunks
from incahoots.simulator.interactions import Diplomacy, weave
from incahoots.simulator.options import Planting, SimulationOptions
from incahoots.simulator.plants import MIN_POSTS, plant, smallest_operation
from incahoots.simulator.population import Population, fewest_accounts, n_operations, populate
from incahoots.simulator.posts import Plan, Posts, compose
from incahoots.simulator.render import render
from incahoots.simulator.sessions import background
from incahoots.simulator.traces import OUTSIDE_BIT, Traces

#: Posts per chunk, which bounds the memory to some hundred megabytes.
CHUNK = 100_000


@dataclass(frozen=True)
class Simulation:
    """The size of a simulation.

    Attributes
    ----------
    folder : Path
        Where it was written.
    accounts, posts, states, days, seed : int
    planting : str
        Strength of the planted coordination.
    operations : int
        Number of operations, without the baseline.
    groups, planted_posts : int
        Coordinated groups, and posts of their acts.
    opposed : int
        Accounts that a single behaviour connects with a group without coordination: rows of ``confusions.csv``.
    interactions : int
        Interactions between and within states: rows of ``interactions.csv``.
    """

    folder: Path
    accounts: int
    posts: int
    states: int
    days: int
    seed: int
    planting: Planting
    operations: int
    groups: int
    planted_posts: int
    opposed: int
    interactions: int


def simulate(out_dir: str | os.PathLike[str], *, progress: Progress = silent, **options: Any) -> Simulation:
    """Write archives of invented operations with planted coordination, and the truth about them.

    The folder contains a tweets and a users file for each operation and for a baseline of ordinary accounts, in the
    format of the platform archives (``io-archive``); ``truth.csv`` (the members of coordinated groups),
    ``confusions.csv`` (accounts that only seem to be members), ``interactions.csv`` (acts between and within states)
    and, when all is written, ``simulation.json``.

    Parameters
    ----------
    out_dir : path
        A new or empty folder, or an earlier simulation, which is replaced.
    progress : Progress
        Reports the number of posts that are written.
    **options
        The fields of `SimulationOptions`: ``accounts``, ``posts``, ``states``, ``seed``, ``days``, ``planting``.

    Returns
    -------
    Simulation

    Raises
    ------
    UsageError
        A number is out of range, or there are too few accounts or posts for what is planted.
    InputError
        The folder contains something else, or cannot be written.

    Notes
    -----
    Departures from the published archives: times have seconds (theirs end at the minute, where a window of 60 s cannot
    be tested), and ``in_reply_to_tweetid`` is exact. States, people and addresses are invented; domains end in the
    reserved ``.example``.
    """
    asked = SimulationOptions(**options)
    _check_size(asked)
    posts, states, seed = asked.posts, asked.states, asked.seed
    # Each part has its own random numbers, so that a change of one does not change the others.
    for_calendar, for_people, for_traces, for_plants, for_states, for_posts = (
        np.random.default_rng(part) for part in np.random.SeedSequence(seed).spawn(6)
    )
    with part(progress, "planning accounts and groups"):
        calendar = Calendar.plan(posts, asked.days, for_calendar)
        population = populate(asked.accounts, states, seed, FIRST_DAY.date(), for_people)
        traces = Traces.plan(posts, calendar.n_hours, for_traces)
        plants = plant(population, calendar, posts, asked.planting, for_plants)
        diplomacy = Diplomacy.plan(states, calendar.n_hours, for_states)
        plan = Plan(calendar, traces, plants.acts)
        schedule = _schedule(population, calendar, posts - len(plants.acts.post_ms), for_posts)

    n_interactions = done = 0
    memory: Posts | None = None
    manifest = _manifest(population, calendar, asked)
    with Archive(Path(out_dir), population.operations, manifest) as archive:
        progress("writing posts", 0, posts)
        archive.write_people(population.profiles, plants.truth, plants.confusions)
        for first, last in chunks(schedule.sum(axis=0), CHUNK):
            chunk = _chunk(schedule[:, first:last], first, population, plan, for_posts)
            memory, acted, inter = weave(chunk, memory, population, diplomacy, for_posts)
            archive.write_posts(
                render(chunk, inter, population, traces, for_posts), population.account_operation[chunk.account]
            )
            archive.write_interactions(acted)
            n_interactions += len(acted)
            done += len(chunk)
            progress("writing posts", done, posts)
        archive.complete()
    return Simulation(
        folder=Path(out_dir),
        accounts=asked.accounts,
        posts=done,
        states=states,
        days=calendar.n_days,
        seed=seed,
        planting=asked.planting,
        operations=n_operations(states),
        groups=plants.n_groups,
        planted_posts=plants.acts.n_coordinated_posts,
        opposed=len(plants.confusions),
        interactions=n_interactions,
    )


def _check_size(asked: SimulationOptions) -> None:
    """Check that there are enough accounts, posts and days."""
    accounts, posts, states, days = asked.accounts, asked.posts, asked.states, asked.days
    operations = n_operations(states)
    fewest = fewest_accounts(states, smallest_operation(operations))
    if accounts < fewest:
        raise UsageError(
            f"{accounts:,} accounts are too few for the coordinated groups of {operations} operations.",
            f"Ask for at least {fewest:,} accounts, or for fewer states.",
        )
    if posts < MIN_POSTS:
        raise UsageError(
            f"{posts:,} posts are too few for coordination to be planted.", f"Ask for at least {MIN_POSTS:,} posts."
        )
    # An event hour holds up to a third of a day; the posts of an hour are told apart by the low bits of their ids.
    if days is not None and posts > days * 3 * OUTSIDE_BIT:
        raise UsageError(f"{posts:,} posts in {days:,} days are too dense.", "Choose more days.")


def _schedule(
    population: Population, calendar: Calendar, background: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Draw the background posts of each operation and hour, shape (n_operations, n_hours)."""
    share = np.array([operation.n_accounts for operation in population.operations], dtype=np.float64)
    expected = np.stack([calendar.hourly(offset) for offset in population.utc_offsets]) * share[:, None]
    counts = rng.multinomial(background, (expected / expected.sum()).reshape(-1))
    return np.asarray(counts.reshape(expected.shape), dtype=np.int64)


def _chunk(
    schedule: NDArray[np.int64], first_hour: int, population: Population, plan: Plan, rng: np.random.Generator
) -> Posts:
    """Make the posts of some hours, background and planted, sorted by time."""
    acts = plan.acts
    at_ms, account = background(schedule, first_hour, population, rng)
    start_ms = START_MS + first_hour * HOUR_MS
    planted = acts.between(start_ms, start_ms + schedule.shape[1] * HOUR_MS)
    act_post = np.concatenate([np.full(len(at_ms), -1), planted])
    at_ms = np.concatenate([at_ms, acts.post_ms[planted]])
    account = np.concatenate([account, acts.post_account[planted]])
    order = np.argsort(at_ms, kind="stable")
    account = account[order]
    language = population.languages[account, (rng.random(len(account)) < 0.5).astype(np.int8)]
    return compose(plan, at_ms[order], account, act_post[order], language, rng)


def _manifest(population: Population, calendar: Calendar, asked: SimulationOptions) -> dict[str, Any]:
    """Return the contents of the manifest."""
    return {
        "format": FORMAT, "version": VERSION, "seed": asked.seed, "window_s": WINDOW_S, "accounts": asked.accounts,
        "posts": asked.posts, "days": calendar.n_days, "planting": asked.planting,
        "operations": [
            listed(
                operation.operation_id,
                tweets_file(operation),
                [users_file(operation)],
                states=[] if operation.baseline else [population.states[operation.state].name],
                targets=list(operation.targets),
                baseline=operation.baseline,
                released_on=calendar.released_on.isoformat(),
            )
            for operation in population.operations
        ],
    }  # fmt: skip
