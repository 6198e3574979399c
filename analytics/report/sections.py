"""The sections of a report other than its networks: what was loaded and computed, communities, states, accounts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from incahoots.analytics.networks.clusters import cluster_table, in_brief
from incahoots.analytics.pictures.states import draw_states
from incahoots.analytics.pictures.style import INK, in_order, label_dates, one_panel, styled
from incahoots.analytics.pictures.timeline import draw_timeline
from incahoots.analytics.report.drawn_networks import TIMED, Facts
from incahoots.analytics.report.page import Part, Section
from incahoots.analytics.report.pseudonyms import Naming
from incahoots.database import Database
from incahoots.errors import command

#: The columns of the table of communities.
_COLUMNS = (
    "accounts: number of accounts. edges: number of edges within the community; each direction and behaviour counts "
    "separately, so one line of the picture may stand for several edges. density: share of the ordered pairs of "
    "accounts that have an edge; 1 means fully connected. clustering: how often two neighbours of an account are "
    "neighbours of each other. reciprocity: share of the connected ordered pairs that also have an edge back. "
    "top_eigenvector: eigenvector centrality, in the whole network, of the most central account; at most 1. "
    "behaviours: share of the edges by behaviour. most_central: the accounts with the largest weighted degree."
)

#: Rows of the tables of communities and of accounts.
_LARGEST = 20

#: Rows of the table of states.
_ROWS = 50

#: With this many days with posts or more, posts are counted by week.
_MANY_DAYS = 120

#: Parameters that are times, in epoch seconds.
_TIMES = ("since", "until")

#: Properties of a run that tell a reader nothing.
_INTERNAL = ("run_id", "ended_at")


def loaded(database: Database) -> Section:
    """Describe what the database holds: counts, operations, posts over time."""
    counts = database.query("explore/how_much_is_there")
    operations = database.query("explore/which_operations")
    days = database.query("fetch/posts_by_day")
    parts = [Part(frame=counts[counts["count"] > 0])]
    if len(operations):
        words = ["The attribution to a state is a claim of whoever published the data."]
        parts.append(Part("Operations and baselines", words, frame=_without_empty(operations)))
    if len(days):
        first, last = (pd.Timestamp(int(day), unit="D").date() for day in (days["day"].iloc[0], days["day"].iloc[-1]))
        parts.append(Part("Posts over time", [f"From {first} to {last}."], figure=_draw_posts(days)))
    return Section("loaded", "What was loaded", parts)


def computed(database: Database, called: Mapping[str, str]) -> Section:
    """List the parameters of each run; ``called`` maps its name to the name that the page shows."""
    parts = []
    for run_id, name in called.items():
        about = database.query("runs/properties", run_id=run_id)["properties"].iloc[0]
        known = {name: value for name, value in sorted(about.items()) if name not in _INTERNAL and not _missing(value)}
        values = [_readable(name, value) for name, value in known.items()]
        frame = pd.DataFrame({"parameter": list(known), "value": pd.Series(values, dtype=object)})
        parts.append(Part(f"Run {name}", frame=frame))
    return Section("computed", "What was computed", parts)


def of_run(facts: Facts, posts: pd.DataFrame, naming: Naming) -> Iterator[Section]:
    """Describe one run, by the section that its kind asks for; ``posts`` as `Drawn` has them."""
    yield from SECTIONS[facts.kind.section](facts, posts, naming)


def _communities(facts: Facts, posts: pd.DataFrame, naming: Naming) -> Iterator[Section]:
    """Describe the communities of a network: a table, and a timeline of each of the largest."""
    run_id, accounts = facts.run_id, facts.accounts
    anchor, heading = _anchor("communities", run_id), f"Communities of {run_id}"
    if accounts.empty:
        words = "The run has no edges."
        if len(facts.edges):
            words = f"The communities are not known; {command('communities', given=[run_id])} finds them."
        yield Section(anchor, heading, [Part(words=[words])])
        return
    names = in_order(facts.edges["behaviour"])
    table = in_brief(cluster_table(facts.edges, accounts, names)).head(_LARGEST)
    table = table.assign(most_central=table["most_central"].map(lambda ids: [naming.account(each) for each in ids]))
    n, every = accounts["community"].nunique(), f"{len(accounts):,} accounts"
    words = f"One community of {every}." if n == 1 else f"{n:,} communities with {every} in all."
    if n > len(table):
        words += f" The table has the largest {len(table)}."
    parts = [Part(words=[words, _COLUMNS], frame=table)]
    community = posts["account_id"].map(accounts.set_index("account_id")["community"])
    for number in table["community"].head(TIMED):
        mine = posts[community == number]
        if len(mine):
            figure = draw_timeline(mine, names=naming.called, limit=30)
            parts.append(Part(f"community {number}", figure=figure, group=(run_id, f"community {number}")))
    yield Section(anchor, heading, parts)


def _states(facts: Facts, posts: pd.DataFrame, naming: Naming) -> Iterator[Section]:
    """Draw and list which states act on which others."""
    run_id, edges = facts.run_id, facts.edges
    if edges.empty:
        return
    ends = [edges[[end, f"{end}_state"]].set_axis(["account", "state"], axis=1) for end in ("source", "target")]
    sizes = pd.concat(ends).drop_duplicates().groupby("state").size().rename("accounts").reset_index()
    between = edges[edges["source_state"] != edges["target_state"]]
    table = between.pivot_table(
        index=["source_state", "target_state"], columns="behaviour", values="weight", aggfunc="sum", fill_value=0
    ).reset_index()
    kinds = [name for name in table.columns if name not in ("source_state", "target_state")]
    table["acts"] = table[kinds].sum(axis=1)
    table = table.sort_values(["acts", "source_state", "target_state"], ascending=[False, True, True])
    parts = [Part(words=["An account belongs to the state to which the publisher attributes its operation."])]
    if len(between):
        acts = between.groupby(["source_state", "target_state"])["weight"].sum().reset_index()
        figure = draw_states(acts.set_axis(["source", "target", "weight"], axis=1), sizes)
        parts.append(Part("Acts between states, drawn", figure=figure))
        parts.append(Part("Acts between states, counted", frame=table.head(_ROWS)))
    yield Section(_anchor("states", run_id), f"States of {run_id}", parts)


def _accounts(facts: Facts, posts: pd.DataFrame, naming: Naming) -> Iterator[Section]:
    """List the accounts of the largest total edge weight, for each behaviour."""
    run_id, totals = facts.run_id, list(facts.kind.totals)
    parts = []
    for name, of_one in facts.edges.groupby("behaviour"):
        outward, inward = (of_one.groupby(end)["weight"].agg(["sum", "size"]) for end in ("source", "target"))
        if facts.kind.directed:
            table = pd.concat([outward, inward], axis=1).fillna(0)
        else:
            table = outward.add(inward, fill_value=0)
        # Each weight is followed by a number of edges.
        table = table.set_axis(totals, axis=1).astype(dict.fromkeys(totals[1::2], "int64"))
        table = table.rename_axis("account_id").reset_index()
        table = table.sort_values([totals[0], "account_id"], ascending=[False, True]).head(_LARGEST)
        table.insert(0, "account", table.pop("account_id").map(naming.account))
        parts.append(Part(str(name), frame=table))
    yield Section(_anchor("accounts", run_id), f"Accounts of {run_id}", parts)


#: The section of a run, by what its kind calls it.
SECTIONS: Mapping[str, Callable[[Facts, pd.DataFrame, Naming], Iterator[Section]]] = {
    "communities": _communities, "states": _states, "accounts": _accounts,
}  # fmt: skip


def further(runs: Sequence[Facts], links: Mapping[str, str], left_out: Sequence[str]) -> Section:
    """Say what is not on the page, and where to find more."""
    commands = [command("edges", "-o", "edges.csv", given=[facts.run_id]) for facts in runs if facts.kind.is_network]
    parts = [
        Part("Left out", left_out or ["Nothing."]),
        Part(
            "In a terminal",
            ["incahoots why RUN SOURCE TARGET shows all posts behind an edge."],
            commands=commands,
        ),
    ]
    if links:
        words = ["These links work on the computer that runs the database. Each opens a query, which you then start."]
        parts.append(Part("In Neo4j Browser", words, links=list(links.items())))
    return Section("further", "What is left out, and where to find more", parts)


def without_names(section: Section, naming: Naming) -> Section:
    """Replace names in the text and tables of a section; its pictures are drawn without names."""
    hide = naming.text
    parts = [
        replace(
            part,
            heading=hide(part.heading),
            words=[hide(words) for words in part.words],
            commands=[hide(each) for each in part.commands],
            links=[(hide(name), address) for name, address in part.links],
            frame=None if part.frame is None else naming.cells(part.frame),
            group=part.group and (hide(part.group[0]), hide(part.group[1])),
        )
        for part in section.parts
    ]
    return Section(section.anchor, hide(section.heading), parts)


@styled
def _draw_posts(days: pd.DataFrame) -> Figure:
    """Draw the number of posts by day, or by week where there are many days."""
    step = 1 if len(days) < _MANY_DAYS else 7
    weeks = (days["day"] // step * step).to_numpy()
    counts = pd.Series(days["posts"].to_numpy()).groupby(weeks).sum()
    # Days without posts count 0.
    counts = counts.reindex(range(int(weeks.min()), int(weeks.max()) + step, step), fill_value=0)
    figure, axes = one_panel(9, 2.2)
    heights = counts.to_numpy(dtype=float)
    axes.fill_between(counts.index.to_numpy(), heights, step="mid", color="#0072b2", alpha=0.35, linewidth=0)
    axes.plot(counts.index.to_numpy(), heights, drawstyle="steps-mid", color="#0072b2", linewidth=1)
    label_dates(axes)
    axes.set_ylim(bottom=0)
    axes.set_ylabel("posts per day" if step == 1 else "posts per week", color=INK)
    return figure


def _without_empty(frame: pd.DataFrame) -> pd.DataFrame:
    """Leave out the empty columns of a table."""
    return frame[[name for name in frame if not all(_missing(value) for value in frame[name])]]


def _readable(name: str, value: Any) -> Any:
    """Write a parameter for a person to read; epoch seconds as a time."""
    return f"{pd.Timestamp(value, unit='s'):%Y-%m-%d %H:%M:%S}" if name in _TIMES and isinstance(value, int) else value


def _missing(value: Any) -> bool:
    """Whether a value is missing or an empty list."""
    return not len(value) if isinstance(value, list | tuple | np.ndarray) else bool(pd.isna(value))


def _anchor(kind: str, run_id: str) -> str:
    """Make an anchor without mark-up from any run's name."""
    return f"{kind}-" + "".join(sign if sign.isalnum() else "-" for sign in run_id)
