"""The networks of a report: the accounts and lines that are drawn, their positions, and the posts behind them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import polars as pl

from incahoots.analytics.coordination.timeline import gathered
from incahoots.analytics.networks.clusters import scores
from incahoots.analytics.pictures.layout import layout
from incahoots.analytics.report.lines import by_community, lines_of
from incahoots.analytics.report.posts_of_lines import DAY, DAY_S, MOST, PAIR, evidence_of_run
from incahoots.analytics.runs.evidence import why
from incahoots.analytics.runs.kinds import RunKind, kind_of
from incahoots.analytics.runs.run import Run
from incahoots.database import Database
from incahoots.errors import DatabaseError, UsageError
from incahoots.progress import Progress, part

#: Communities with a picture of their posts over time: the largest.
TIMED = 6

#: Lines of a network that is not of behaviours whose posts are fetched, one line at a time.
ASKED = 60

#: Pairs of posts of such a line that are fetched to find `MOST` of the line's own behaviour.
_LOOKED_AT = 200


@dataclass(frozen=True)
class Network:
    """One network to look into.

    Attributes
    ----------
    run_id, title : str
    about : str
        Caption: what the dots and lines are.
    words : str
        Its size, where the caption needs it.
    left_out : str
        What is not drawn; empty where everything is.
    of : {'accounts', 'communities', 'states'}
        What the nodes are.
    nodes : pd.DataFrame
        node (an account id, or the name of a community or state), group (a name, or None), x, y, size (above 0; the
        area of the dot is proportional to it).
    lines : pd.DataFrame
        As `incahoots.analytics.report.lines.lines_of` gives them; one and other are nodes.
    pairs, days : pl.DataFrame
        Evidence, as `incahoots.analytics.report.posts_of_lines.evidence_of_run` gives it.
    """

    run_id: str
    title: str
    about: str
    words: str
    left_out: str
    of: str
    nodes: pd.DataFrame
    lines: pd.DataFrame
    pairs: pl.DataFrame
    days: pl.DataFrame


@dataclass(frozen=True)
class Facts:
    """A run's edges and communities, read once.

    Attributes
    ----------
    run : Run
    kind : RunKind
    edges : pd.DataFrame
        As ``kind.edges`` gives them.
    accounts : pd.DataFrame
        Communities, as `incahoots.analytics.networks.clusters.scores` gives them; empty where there are none.
    """

    run: Run
    kind: RunKind
    edges: pd.DataFrame
    accounts: pd.DataFrame

    @property
    def run_id(self) -> str:
        """The name of the run."""
        return self.run.run_id


def fetch_facts(database: Database, run: Run, progress: Progress) -> Facts:
    """Read the edges and communities of a run; detect communities first where a network of behaviours has none."""
    kind = kind_of(run)
    edges, accounts = kind.edges(database, run, progress), pd.DataFrame()
    if kind.is_network:
        try:
            accounts = scores(database, run.run_id, progress=progress)
        except (DatabaseError, UsageError):
            # The database has no Graph Data Science, or the run has no edges.
            accounts = database.query("fetch/scores", run_id=run.run_id)
    return Facts(run, kind, edges, accounts)


@dataclass(frozen=True)
class Drawn:
    """What a report shows of a run.

    Attributes
    ----------
    networks : list of Network
        The most condensed first; empty where the run has no edges.
    posts : pd.DataFrame
        The posts behind the edges within its largest communities, as `incahoots.coordinated_posts` gives them.
    """

    networks: list[Network]
    posts: pd.DataFrame


def drawn_of_run(database: Database, facts: Facts, limit: int, progress: Progress) -> Drawn:
    """Lay out the networks of a run, with at most ``limit`` lines each, the heaviest.

    These are the network of its accounts, and that of their states, or of communities where lines are left out.
    """
    if facts.edges.empty:
        return Drawn([], gathered([]))
    if facts.kind.is_network:
        return _of_behaviours(database, facts, limit, progress)
    return Drawn(list(_of_others(database, facts, limit, progress)), gathered([]))


def _of_behaviours(database: Database, facts: Facts, limit: int, progress: Progress) -> Drawn:
    """The network of accounts, and that of their communities where there are more lines than can be drawn."""
    run, edges = facts.run, facts.edges
    with part(progress, "adding up edges", len(edges)):
        lines = lines_of(edges)
    found = facts.accounts
    community = dict(zip(found["account_id"], found["community"].astype(int), strict=True))
    groups = {account: f"community {number}" for account, number in community.items()}
    ends = [lines[end].map(community) for end in ("one", "other")]
    timed = ((ends[0] == ends[1]) & (ends[0] < TIMED)).to_numpy()
    # Lines that are drawn and lines within a timed community: their posts are found together.
    wanted = timed | (np.arange(len(lines)) < limit)
    pairs, days, posts = evidence_of_run(database, run, edges, lines[wanted], timed[wanted], progress)
    drawn = lines.head(limit)
    accounts = _drawn(facts, drawn, groups, len(lines), progress)
    here = pl.col("line") < len(drawn)
    networks = [replace(accounts, pairs=pairs.filter(here), days=days.filter(here))]
    if len(drawn) < len(lines) and community:
        between = by_community(lines, community)
        networks.insert(0, _of_communities(facts, accounts, between, community, limit, progress))
    return Drawn(networks, posts)


def _of_others(database: Database, facts: Facts, limit: int, progress: Progress) -> Iterator[Network]:
    """The network of accounts of a run that is not of behaviours, and that of their states where they have any."""
    lines = lines_of(facts.edges)
    drawn = lines.head(limit).copy()
    states = _states(facts.edges)
    pairs, days = _asked(database, facts.run, drawn[_to_ask(drawn, states)], progress)
    if states:
        yield _of_states(facts, states, drawn, pairs, days)
    accounts = _drawn(facts, drawn, states, len(lines), progress)
    left = accounts.left_out
    if len(drawn) > ASKED:
        left += f" The page has posts for {ASKED} lines only: the heaviest of each behaviour and pair of groups."
    yield replace(accounts, left_out=left.strip(), pairs=pairs, days=days)


def _to_ask(lines: pd.DataFrame, groups: Mapping[str, str]) -> npt.NDArray[np.bool_]:
    """Choose lines whose posts are fetched: the heaviest of each pair of groups and behaviour, then each second one."""
    ends = zip(*([groups.get(node, "") for node in lines[end]] for end in ("one", "other")), strict=True)
    pair = pd.Series([" ".join(sorted(pair)) for pair in ends], lines.index)
    rank = lines.groupby([pair, lines["behaviour"]]).cumcount().to_numpy()
    chosen = np.zeros(len(lines), dtype=bool)
    chosen[np.argsort(rank, kind="stable")[:ASKED]] = True
    return chosen


def _states(edges: pd.DataFrame) -> dict[str, str]:
    """The state of each account that has one."""
    ends = [edges[[end, f"{end}_state"]].set_axis(["account", "state"], axis=1) for end in ("source", "target")]
    every = pd.concat(ends).dropna().drop_duplicates("account")
    return dict(zip(every["account"], every["state"], strict=True))


def _drawn(facts: Facts, lines: pd.DataFrame, groups: Mapping[str, str], of_lines: int, progress: Progress) -> Network:
    """The network of accounts, without evidence."""
    ends = pd.concat([lines[[end, "weight"]].set_axis(["node", "weight"], axis=1) for end in ("one", "other")])
    size = ends.groupby("node")["weight"].sum().sort_index()
    nodes = _placed(lines, size, groups, progress)
    nothing = (pl.DataFrame(schema=PAIR), pl.DataFrame(schema=DAY))
    caption = facts.kind.captions["accounts"]
    left = _left_out(len(lines), of_lines)
    return Network(facts.run_id, "accounts", caption, "", left, "accounts", nodes, lines, *nothing)


def _of_communities(
    facts: Facts,
    accounts: Network,
    lines: pd.DataFrame,
    community: Mapping[str, int],
    limit: int,
    progress: Progress,
) -> Network:
    """The network of communities, sized by their accounts, and the edges between them."""
    size = pd.Series(community).value_counts().rename(index=str).sort_index()
    groups = {node: f"community {node}" for node in size.index}
    drawn = lines.head(limit)
    nodes = _placed(drawn, size, groups, progress).assign(node=lambda frame: frame["group"])
    named = drawn.assign(**{end: "community " + drawn[end] for end in ("one", "other")})
    words = f"{len(nodes):,} communities, with all {len(community):,} accounts, and the edges between them."
    left = _left_out(len(drawn), len(lines))
    pairs, days = accounts.pairs, accounts.days
    caption = facts.kind.captions["communities"]
    return Network(accounts.run_id, "communities", caption, words, left, "communities", nodes, named, pairs, days)


def _left_out(drawn: int, lines: int) -> str:
    """Say that only the heaviest lines are drawn; nothing where all are."""
    return f"The heaviest {drawn:,} of {lines:,} lines are shown; {lines - drawn:,} are left out." * (drawn < lines)


def _of_states(
    facts: Facts,
    states: Mapping[str, str],
    drawn: pd.DataFrame,
    pairs: pl.DataFrame,
    days: pl.DataFrame,
) -> Network:
    """The network of states, on a circle, with the evidence of the accounts' lines."""
    ends = {end: facts.edges[end].map(states) for end in ("source", "target")}
    between = facts.edges.assign(**ends).dropna(subset=["source", "target"])
    lines = lines_of(between.groupby(["source", "target", "behaviour"])["weight"].sum().reset_index())
    size = pd.Series(states).value_counts().sort_index()
    angle = np.pi / 2 - 2 * np.pi * np.arange(len(size)) / len(size)
    nodes = pd.DataFrame(
        {"node": size.index, "group": size.index, "x": np.cos(angle), "y": np.sin(angle), "size": size.to_numpy()}
    )
    place = {
        key: number for number, key in enumerate(zip(lines["one"], lines["other"], lines["behaviour"], strict=True))
    }
    # A line between accounts belongs to one between their states, which may have the opposite order.
    one, other = drawn["one"].map(states), drawn["other"].map(states)
    keys = zip(np.where(one < other, one, other), np.where(one < other, other, one), drawn["behaviour"], strict=True)
    of_states = pl.DataFrame(
        {
            "line": np.arange(len(drawn)),
            "state_line": pl.Series([place.get(key) for key in keys], dtype=pl.Int64),
            "turned": (one > other).to_numpy(),
        }
    )
    joined = pairs.join(of_states, on="line").filter(pl.col("state_line").is_not_null())
    ends_of = {
        "tweet_id": pl.when("turned").then("other_tweet_id").otherwise("tweet_id"),
        "other_tweet_id": pl.when("turned").then("tweet_id").otherwise("other_tweet_id"),
    }
    moved = joined.with_columns(line="state_line", **ends_of).select(pairs.columns).sort("line", maintain_order=True)
    dated = days.join(of_states, on="line").drop_nulls("state_line").select(line="state_line", day="day")
    kept = moved.group_by("line", maintain_order=True).head(MOST)
    acts = int(lines[["forth", "back"]].to_numpy().sum())
    words = f"{len(nodes)} states and {acts:,} acts between them."
    caption, when = facts.kind.captions["states"], dated.unique().sort("line", "day")
    return Network(facts.run_id, "states", caption, words, "", "states", nodes, lines, kept, when)


def _placed(lines: pd.DataFrame, size: pd.Series[Any], groups: Mapping[str, str], progress: Progress) -> pd.DataFrame:
    """Nodes with their positions."""
    ends = lines[["one", "other"]].set_axis(["source", "target"], axis=1)
    places = layout(ends, [str(node) for node in size.index], seed=1, progress=progress)
    points = np.array([places[str(node)] for node in size.index])
    return pd.DataFrame(
        {
            "node": size.index,
            "group": [groups.get(str(node)) for node in size.index],
            "x": points[:, 0],
            "y": points[:, 1],
            "size": size.to_numpy(dtype=float),
        }
    )


def _asked(database: Database, run: Run, lines: pd.DataFrame, progress: Progress) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Fetch the posts behind lines, one edge at a time."""
    pairs: list[tuple[int, str, str | None, str]] = []
    days: set[tuple[int, int]] = set()
    asked = 0
    for number, line in zip(lines.index, lines.to_dict(orient="records"), strict=True):
        ways = [("one", "other"), ("other", "one")]
        for (start, end), weight in zip(ways, ("forth", "back"), strict=True):
            if not line[weight]:
                continue
            found = why(database, run.run_id, line[start], line[end], limit=_LOOKED_AT)
            # The answer is about all edges between the two accounts.
            if line["behaviour"] in set(found["behaviour"]):
                found = found[found["behaviour"] == line["behaviour"]]
            for row in found.head(MOST).to_dict(orient="records"):
                ids = (row["tweet_id"], row["other_tweet_id"])
                one, other = ids if start == "one" else ids[::-1]
                pairs.append((number, one, other, row["trace"]))
                moments = [row[name] for name in ("created_at", "other_created_at") if not pd.isna(row[name])]
                days |= {(number, int(moment.timestamp()) // DAY_S) for moment in moments}
        asked += 1
        progress("explaining lines", asked, len(lines))
    return pl.DataFrame(pairs, schema=PAIR, orient="row"), pl.DataFrame(sorted(days), schema=DAY, orient="row")
