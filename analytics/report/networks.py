"""The networks of a report: which accounts and lines are drawn, where they stand, and which posts are behind them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import polars as pl

from incahoots.analytics.clusters import behaviours_of, scores
from incahoots.analytics.coordination import why
from incahoots.analytics.pictures.layout import layout
from incahoots.analytics.report.evidence import DAY, DAY_S, MOST, PAIR, evidence_of_run
from incahoots.analytics.report.lines import by_community, lines_of
from incahoots.analytics.report.words import about, left_out
from incahoots.analytics.runs import NETWORKS, weighted_edges
from incahoots.analytics.timeline import gathered
from incahoots.database import Database
from incahoots.errors import DatabaseError, UsageError
from incahoots.progress import Report, part

#: Groups whose time is drawn, the largest.
TIMED = 6

#: Lines of a network without coordination whose posts are looked for, one by one.
ASKED = 60

#: Posts of such a line that are looked at to find `MOST` of its own kind.
_LOOKED_AT = 200


@dataclass(frozen=True)
class Network:
    """One network to look into.

    Attributes
    ----------
    run_id, title, about, words : str
        Of which run it is, what it is, what its dots and lines are, and what is to be said of it: what is left out.
    of : {'accounts', 'communities', 'states'}
        What its nodes are.
    nodes : pd.DataFrame
        node (an account id, or the name of what it is), group (text, None without), x, y, size (above 0; what a dot's
        area follows).
    lines : pd.DataFrame
        As `incahoots.analytics.report.lines.lines_of` gives them: one and other are nodes.
    pairs, days : pl.DataFrame
        Evidence, as `incahoots.analytics.report.evidence.evidence_of_run` gives it.
    """

    run_id: str
    title: str
    about: str
    words: str
    of: str
    nodes: pd.DataFrame
    lines: pd.DataFrame
    pairs: pl.DataFrame
    days: pl.DataFrame


@dataclass(frozen=True)
class Facts:
    """What a run left in the graph, read once.

    Attributes
    ----------
    run : pd.Series
        Its row, as `incahoots.analytics.runs.find_run` gives it.
    edges : pd.DataFrame
        source, target, behaviour, weight; of interstate also source_state, target_state. Without co_post, unless there
        is nothing else.
    accounts : pd.DataFrame
        Communities, as `incahoots.analytics.clusters.scores` gives them; no rows where there are none.
    """

    run: pd.Series[Any]
    edges: pd.DataFrame
    accounts: pd.DataFrame

    @property
    def run_id(self) -> str:
        """What the run is called."""
        return str(self.run["run_id"])

    @property
    def is_network(self) -> bool:
        """Whether its edges are those of behaviours."""
        return self.run["kind"] in NETWORKS


def fetch_facts(database: Database, run: pd.Series[Any], report: Report) -> Facts:
    """Read what a run left; find its communities where it has none yet and there is Graph Data Science.

    Parameters
    ----------
    database : Database
    run : pd.Series
        The run's row, as `incahoots.analytics.runs.find_run` gives it.
    report : callable
        Told of the progress.
    """
    run_id = str(run["run_id"])
    if run["kind"] not in NETWORKS:
        return Facts(run, database.query("fetch/edges_beside", run_id=run_id), pd.DataFrame())
    edges = weighted_edges(database, run_id, behaviours_of(database, run_id), report=report)
    try:
        accounts = scores(database, run_id, report=report)
    except (DatabaseError, UsageError):
        # No Graph Data Science to find them with, or no edges to find them in.
        accounts = database.query("fetch/scores", run_id=run_id)
    return Facts(run, edges, accounts)


@dataclass(frozen=True)
class Drawn:
    """What is shown of a run.

    Attributes
    ----------
    networks : list of Network
        First what is to be looked at first; none where the run has no edges.
    posts : pd.DataFrame
        Those behind the edges within its largest groups, as `incahoots.coordinated_posts` gives them.
    """

    networks: list[Network]
    posts: pd.DataFrame


def drawn_of_run(database: Database, facts: Facts, limit: int, report: Report) -> Drawn:
    """Give the networks of a run: of its accounts, and of what these belong to where that is more to the point.

    Parameters
    ----------
    database : Database
    facts : Facts
    limit : int
        Lines that are drawn at most, the heaviest.
    report : callable
        Told of the progress.

    Returns
    -------
    Drawn
    """
    if not facts.is_network:
        return Drawn(list(_beside(database, facts, limit, report)), gathered([]))
    if facts.edges.empty:
        return Drawn([], gathered([]))
    return _coordination(database, facts, limit, report)


def _coordination(database: Database, facts: Facts, limit: int, report: Report) -> Drawn:
    """The network of accounts, and that of their communities where there are more lines than can be drawn."""
    run, edges = facts.run, facts.edges
    with part(report, "adding up edges", len(edges)):
        lines = lines_of(edges)
    found = facts.accounts
    community = dict(zip(found["account_id"], found["community"].astype(int), strict=True))
    groups = {account: f"community {number}" for account, number in community.items()}
    ends = [lines[end].map(community) for end in ("one", "other")]
    timed = ((ends[0] == ends[1]) & (ends[0] < TIMED)).to_numpy()
    # The posts of lines that are drawn and of those within groups whose time is: found together.
    wanted = timed | (np.arange(len(lines)) < limit)
    pairs, days, posts = evidence_of_run(database, run, edges, lines[wanted], timed[wanted], report)
    drawn = lines.head(limit)
    accounts = _drawn(run, drawn, groups, len(lines), report)
    here = pl.col("line") < len(drawn)
    networks = [replace(accounts, pairs=pairs.filter(here), days=days.filter(here))]
    if len(drawn) < len(lines) and community:
        between = by_community(lines, community)
        networks.insert(0, _of_communities(run, accounts, between, community, limit, report))
    return Drawn(networks, posts)


def _beside(database: Database, facts: Facts, limit: int, report: Report) -> Iterator[Network]:
    """The network of a run of states, of influence or of drivers."""
    run, edges = facts.run, facts.edges
    if edges.empty:
        return
    lines = lines_of(edges)
    drawn = lines.head(limit).copy()
    states = _states(edges) if run["kind"] == "interstate" else {}
    pairs, days = _asked(database, run, drawn[_to_ask(drawn, states)], report)
    if states:
        yield _of_states(run, edges, states, drawn, pairs, days)
    accounts = _drawn(run, drawn, states, len(lines), report)
    words = accounts.words
    if len(drawn) > ASKED:
        asked = f"Posts are on the page for {ASKED} lines, the heaviest of each kind; those of the others are left out."
        words = f"{words} {asked}".strip()
    yield replace(accounts, words=words, pairs=pairs, days=days)


def _to_ask(lines: pd.DataFrame, groups: Mapping[str, str]) -> npt.NDArray[np.bool_]:
    """Which lines' posts are looked for: the heaviest of each two groups and behaviour, then the second of each."""
    ends = zip(*([groups.get(node, "") for node in lines[end]] for end in ("one", "other")), strict=True)
    pair = pd.Series([" ".join(sorted(pair)) for pair in ends], lines.index)
    rank = lines.groupby([pair, lines["behaviour"]]).cumcount().to_numpy()
    chosen = np.zeros(len(lines), dtype=bool)
    chosen[np.argsort(rank, kind="stable")[:ASKED]] = True
    return chosen


def _states(edges: pd.DataFrame) -> dict[str, str]:
    """The state of each account."""
    ends = [edges[[end, f"{end}_state"]].set_axis(["account", "state"], axis=1) for end in ("source", "target")]
    every = pd.concat(ends).dropna().drop_duplicates("account")
    return dict(zip(every["account"], every["state"], strict=True))


def _drawn(
    run: pd.Series[Any], lines: pd.DataFrame, groups: Mapping[str, str], of_lines: int, report: Report
) -> Network:
    """The network of accounts, as it is drawn; without evidence yet."""
    ends = pd.concat([lines[[end, "weight"]].set_axis(["node", "weight"], axis=1) for end in ("one", "other")])
    size = ends.groupby("node")["weight"].sum().sort_index()
    nodes = _placed(lines, size, groups, report)
    words = left_out(len(lines), of_lines) if len(lines) < of_lines else ""
    nothing = (pl.DataFrame(schema=PAIR), pl.DataFrame(schema=DAY))
    told = about("accounts", run["kind"])
    return Network(str(run["run_id"]), "accounts", told, words, "accounts", nodes, lines, *nothing)


def _of_communities(
    run: pd.Series[Any],
    accounts: Network,
    lines: pd.DataFrame,
    community: Mapping[str, int],
    limit: int,
    report: Report,
) -> Network:
    """The network of communities: a dot each, by its number of accounts, and what lies between them."""
    size = pd.Series(community).value_counts().rename(index=str).sort_index()
    groups = {node: f"community {node}" for node in size.index}
    drawn = lines.head(limit)
    nodes = _placed(drawn, size, groups, report).assign(node=lambda frame: frame["group"])
    named = drawn.assign(**{end: "community " + drawn[end] for end in ("one", "other")})
    words = f"{len(nodes):,} communities of all {len(community):,} accounts, by size, and what lies between them."
    if len(drawn) < len(lines):
        words += f" {left_out(len(drawn), len(lines))}"
    pairs, days = accounts.pairs, accounts.days
    told = about("communities", run["kind"])
    return Network(accounts.run_id, "communities", told, words, "communities", nodes, named, pairs, days)


def _of_states(
    run: pd.Series[Any],
    edges: pd.DataFrame,
    states: Mapping[str, str],
    drawn: pd.DataFrame,
    pairs: pl.DataFrame,
    days: pl.DataFrame,
) -> Network:
    """The network of states, on a circle, with the evidence of the accounts' lines."""
    ends = {"source": edges["source"].map(states), "target": edges["target"].map(states)}
    between = edges.assign(**ends).dropna(subset=["source", "target"])
    lines = lines_of(between.groupby(["source", "target", "behaviour"])["weight"].sum().reset_index())
    size = pd.Series(states).value_counts().sort_index()
    angle = np.pi / 2 - 2 * np.pi * np.arange(len(size)) / len(size)
    nodes = pd.DataFrame(
        {"node": size.index, "group": size.index, "x": np.cos(angle), "y": np.sin(angle), "size": size.to_numpy()}
    )
    place = {
        key: number for number, key in enumerate(zip(lines["one"], lines["other"], lines["behaviour"], strict=True))
    }
    # A line of accounts is one of their states, maybe the other way round.
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
    words = f"{len(nodes)} states, by their accounts, and {acts:,} acts between them."
    told, when = about("states", run["kind"]), dated.unique().sort("line", "day")
    return Network(str(run["run_id"]), "states", told, words, "states", nodes, lines, kept, when)


def _placed(lines: pd.DataFrame, size: pd.Series[Any], groups: Mapping[str, str], report: Report) -> pd.DataFrame:
    """Nodes with their places."""
    ends = lines[["one", "other"]].set_axis(["source", "target"], axis=1)
    places = layout(ends, [str(node) for node in size.index], seed=1, report=report)
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


def _asked(
    database: Database, run: pd.Series[Any], lines: pd.DataFrame, report: Report
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The posts behind lines, by one question an edge."""
    pairs: list[tuple[int, str, str | None, str]] = []
    days: set[tuple[int, int]] = set()
    asked = 0
    for number, line in zip(lines.index, lines.to_dict(orient="records"), strict=True):
        ways = [("one", "other"), ("other", "one")]
        for (start, end), weight in zip(ways, ("forth", "back"), strict=True):
            if not line[weight]:
                continue
            found = why(database, str(run["run_id"]), line[start], line[end], limit=_LOOKED_AT)
            # What is asked for is two accounts; what comes is of all edges between them.
            if line["behaviour"] in set(found["behaviour"]):
                found = found[found["behaviour"] == line["behaviour"]]
            for row in found.head(MOST).to_dict(orient="records"):
                ids = (row["tweet_id"], row["other_tweet_id"])
                one, other = ids if start == "one" else ids[::-1]
                pairs.append((number, one, other, row["trace"]))
                moments = [row[name] for name in ("created_at", "other_created_at") if not pd.isna(row[name])]
                days |= {(number, int(moment.timestamp()) // DAY_S) for moment in moments}
        asked += 1
        report("explaining lines", asked, len(lines))
    return pl.DataFrame(pairs, schema=PAIR, orient="row"), pl.DataFrame(sorted(days), schema=DAY, orient="row")
