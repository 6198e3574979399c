"""Acts on accounts of the archives: between states, within a state, and in the baseline.

A post acts on an account once: the account that is retweeted or replied to is among the mentions as well, which does
not make it a mention. No account acts on itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from incahoots.simulator.calendar import HOUR_MS, START_MS
from incahoots.simulator.population import Population
from incahoots.simulator.posts import ORIGINAL, RETWEET, Posts
from incahoots.simulator.traces import Codes

KINDS = ("mention", "retweet", "reply", "quote")

#: Shares of an operation's background posts that act on its own state, other states and the baseline, ...
INTRA_SHARE, INTER_SHARE, TO_BASELINE_SHARE = 0.08, 0.03, 0.01
#: ... and of the baseline's that act on the baseline.
WITHIN_BASELINE_SHARE = 0.06
#: Mean age of the source in posts of its population; maximum number of posts to choose from.
MEAN_AGE_POSTS = 25
REMEMBERED = 2_000
#: Factor of acts on the first state: a radiating motif.
HUB = 4.0
#: Acts between two states begin after at most this part of the period.
LATEST_START = 0.4


@dataclass(frozen=True)
class Diplomacy:
    """The acts between states.

    Attributes
    ----------
    chances : array of shape (n_states, n_states)
        Cumulative probabilities of the target states of a source; 0 for the state itself.
    since_ms : array of shape (n_states, n_states)
        Time from which a source acts on a target.
    """

    chances: NDArray[np.float64]
    since_ms: Codes

    @classmethod
    def plan(cls, states: int, hours: int, rng: np.random.Generator) -> Diplomacy:
        """Draw uneven relations, with the first state as the hub."""
        weight = rng.lognormal(0.0, 0.8, (states, states))
        weight[:, 0] *= HUB
        np.fill_diagonal(weight, 0.0)
        chances = np.cumsum(weight, axis=1)
        if states > 1:
            chances /= chances[:, -1:]
        since = START_MS + (rng.random((states, states)) * LATEST_START * hours * HOUR_MS).astype(np.int64)
        return cls(chances, since)


def weave(
    posts: Posts, memory: Posts | None, population: Population, diplomacy: Diplomacy, rng: np.random.Generator
) -> tuple[Posts, pl.DataFrame, NDArray[np.bool_]]:
    """Turn some background posts into interactions with earlier posts of the archives, in place.

    Originals become mentions of an earlier post's author; retweets, replies and quotes act on the post itself.

    Parameters
    ----------
    posts : Posts
        A chunk. Changed.
    memory : Posts or None
        Result of the last call: posts of earlier chunks on which posts can act.
    population : Population
        The accounts and their states.
    diplomacy : Diplomacy
        The acts between states.
    rng : np.random.Generator
        Random generator.

    Returns
    -------
    memory : Posts
        For the next call; its size does not grow.
    interactions : pl.DataFrame
        Rows of `interactions.csv`: acts between and within states.
    inter : array of bool, shape (n,)
        Whether a post acts on another state.
    """
    n_states = len(population.states)
    community = population.account_state[posts.account]
    wanted = _wanted(posts, community, n_states, diplomacy, rng)
    # A post that mentions an archived account cannot be a source: its retweets would also mention the account.
    sources = posts.take(np.flatnonzero((posts.kind == ORIGINAL) & ~posts.planted & (wanted < 0)))
    pool = sources if memory is None else sources.after(memory)
    pool_community = population.account_state[pool.account]

    found = np.full(len(posts), -1, dtype=np.int64)
    remembered = []
    for number in range(n_states + 1):
        here = np.flatnonzero(pool_community == number)
        rows = np.flatnonzero(wanted == number)
        found[rows] = _choose(posts, rows, pool, here, rng)
        remembered.append(here[-REMEMBERED:])

    rows = np.flatnonzero(found >= 0)
    source = found[rows]
    author = pool.account[source].astype(np.int64)
    acts = posts.kind[rows] != ORIGINAL
    posts.body.mention[rows[~acts]] = 1 + author[~acts]
    posts.reference[rows[acts]] = pool.tweet_id[source[acts]]
    posts.target[rows[acts]] = 1 + author[acts]
    copies = posts.kind[rows] == RETWEET
    posts.body.put(rows[copies], pool.body.take(source[copies]))

    to = population.account_state[author]
    between_states = (community[rows] < n_states) & (to < n_states)
    inter = np.zeros(len(posts), dtype=np.bool_)
    inter[rows] = between_states & (community[rows] != to)
    listed = rows[between_states]
    frame = _tabulate(posts, listed, author[between_states], population)
    return pool.take(np.sort(np.concatenate(remembered))), frame, inter


def _wanted(
    posts: Posts, community: NDArray[np.int16], n_states: int, diplomacy: Diplomacy, rng: np.random.Generator
) -> NDArray[np.int16]:
    """Choose the population on which each post acts, -1 for none."""
    n = len(posts)
    u = rng.random(n)
    ordinary = community == n_states
    wanted = np.full(n, -1, dtype=np.int16)
    wanted[ordinary & (u < WITHIN_BASELINE_SHARE)] = n_states
    wanted[~ordinary & (u < INTRA_SHARE)] = community[~ordinary & (u < INTRA_SHARE)]
    last = INTRA_SHARE + INTER_SHARE
    wanted[~ordinary & (u >= last) & (u < last + TO_BASELINE_SHARE)] = n_states
    if n_states > 1:
        abroad = np.flatnonzero(~ordinary & (u >= INTRA_SHARE) & (u < last))
        home = community[abroad]
        to = (diplomacy.chances[home] <= rng.random(len(abroad))[:, None]).sum(axis=1)
        wanted[abroad] = np.where(posts.at_ms[abroad] >= diplomacy.since_ms[home, to], to, -1)
    wanted[posts.planted] = -1
    return wanted


def _choose(posts: Posts, rows: Codes, pool: Posts, here: Codes, rng: np.random.Generator) -> Codes:
    """Choose an earlier post of another account for each row, among positions ``here`` of the pool; -1 for none."""
    if not len(here):
        return np.full(len(rows), -1, dtype=np.int64)
    # Compare whole seconds, because archives have no milliseconds, and the source must be earlier in them.
    before = np.searchsorted(pool.at_ms[here] // 1000, posts.at_ms[rows] // 1000, side="left")
    ago = 1 + rng.exponential(MEAN_AGE_POSTS, len(rows)).astype(np.int64)
    pick = before - np.minimum(ago, np.maximum(before, 1))  # -1 where there is none before
    for _ in range(3):
        pick = pick - ((pick >= 0) & (pool.account[here[pick]] == posts.account[rows]))
    somebody_else = pool.account[here[pick]] != posts.account[rows]
    return np.where((pick >= 0) & somebody_else, here[pick], -1)


def _tabulate(posts: Posts, rows: Codes, target: Codes, population: Population) -> pl.DataFrame:
    """List interactions as accounts, states, kind and tweet."""
    names = pl.Series([state.name for state in population.states])
    ids = population.profiles["userid"]
    source = posts.account[rows]
    return pl.DataFrame(
        {
            "source_account_id": ids.gather(source),
            "target_account_id": ids.gather(target),
            "source_state": names.gather(population.account_state[source]),
            "target_state": names.gather(population.account_state[target]),
            "kind": pl.Series(KINDS).gather(posts.kind[rows]),
            "tweet_id": posts.tweet_id[rows],
        }
    )
