"""The sections of a report beside its networks: what was loaded, what was computed, groups, states."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from matplotlib import dates
from matplotlib.figure import Figure

from incahoots.analytics.clusters import cluster_table, in_brief
from incahoots.analytics.pictures.states import draw_states
from incahoots.analytics.pictures.style import INK, in_order, new_figure, styled
from incahoots.analytics.pictures.timeline import draw_timeline
from incahoots.analytics.report.networks import TIMED, Facts
from incahoots.analytics.report.page import Part, Section
from incahoots.analytics.report.pseudonyms import Naming
from incahoots.analytics.report.words import OF_GROUPS
from incahoots.database import Database
from incahoots.errors import command

#: Groups of a run in the table.
_GROUPS = 20

#: Rows of other tables.
_ROWS = 50

#: From so many days with posts on, seven are drawn as one.
_MANY_DAYS = 120

#: Parameters that are moments.
_TIMES = ("since", "until")

#: What of a run's row says nothing to a reader.
_INTERNAL = ("run_id", "ended_at")


def loaded(database: Database) -> Section:
    """Say what the database holds: counts, operations, posts by time."""
    counts = database.query("explore/how_much_is_there")
    operations = database.query("explore/which_operations")
    days = database.query("fetch/posts_by_day")
    parts = [Part(frame=counts[counts["count"] > 0])]
    if len(operations):
        words = ["Attribution is the publisher's claim, kept with the release."]
        parts.append(Part("Operations and baselines", words, frame=_without_empty(operations)))
    if len(days):
        first, last = (pd.Timestamp(int(day), unit="D").date() for day in (days["day"].iloc[0], days["day"].iloc[-1]))
        parts.append(Part("Posts over time", [f"From {first} to {last}."], figure=_draw_posts(days)))
    return Section("loaded", "What was loaded", parts)


def computed(database: Database, called: Mapping[str, str]) -> Section:
    """Say with which parameters each run was computed; ``called`` is what the page calls it, by its name."""
    parts = []
    for run_id, name in called.items():
        about = database.query("runs/properties", run_id=run_id)["properties"].iloc[0]
        known = {name: value for name, value in sorted(about.items()) if name not in _INTERNAL and not _missing(value)}
        values = [_readable(name, value) for name, value in known.items()]
        frame = pd.DataFrame({"parameter": list(known), "value": pd.Series(values, dtype=object)})
        parts.append(Part(f"Run {name}", frame=frame))
    return Section("computed", "What was computed", parts)


def groups(facts: Facts, posts: pd.DataFrame, naming: Naming) -> Iterator[Section]:
    """Describe the groups of a network: a table, and the times of the largest."""
    if not facts.is_network:
        return
    run_id, accounts = facts.run_id, facts.accounts
    anchor, heading = _anchor("groups", run_id), f"Groups of {run_id}"
    if accounts.empty:
        words = f"There are none: the run has no edges, or {command('communities', given=[run_id])} could not find any."
        yield Section(anchor, heading, [Part(words=[words])])
        return
    names = in_order(facts.edges["behaviour"])
    table = in_brief(cluster_table(facts.edges, accounts, names)).head(_GROUPS)
    table = table.assign(most_central=table["most_central"].map(lambda ids: [naming.account(each) for each in ids]))
    groups, every = accounts["community"].nunique(), f"{len(accounts):,} accounts"
    words = f"One group of {every}." if groups == 1 else f"{groups:,} groups of {every}."
    if groups > len(table):
        words += f" The largest {len(table)}:"
    parts = [Part(words=[words, OF_GROUPS], frame=table)]
    community = posts["account_id"].map(accounts.set_index("account_id")["community"])
    for number in table["community"].head(TIMED):
        mine = posts[community == number]
        if len(mine):
            figure = draw_timeline(mine, names=naming.called, limit=30)
            parts.append(Part(f"community {number}", figure=figure, group=(run_id, f"community {number}")))
    yield Section(anchor, heading, parts)


def states(facts: Facts) -> Iterator[Section]:
    """Draw who acts on whom across states, and list it."""
    run_id, edges = facts.run_id, facts.edges
    if facts.run["kind"] != "interstate" or edges.empty:
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
    parts = [Part(words=["A state here is whom a publisher attributes an account's operation to."])]
    if len(between):
        acts = between.groupby(["source_state", "target_state"])["weight"].sum().reset_index()
        figure = draw_states(acts.set_axis(["source", "target", "weight"], axis=1), sizes)
        parts.append(Part("Who acts on whom", figure=figure))
        parts.append(Part("Acts between states", frame=table.head(_ROWS)))
    yield Section(_anchor("states", run_id), f"States of {run_id}", parts)


def others(facts: Facts, naming: Naming) -> Iterator[Section]:
    """List the accounts of a run of influence or of drivers by the weight of their edges."""
    kind, run_id = facts.run["kind"], facts.run_id
    if kind not in ("influence", "drivers"):
        return
    parts = []
    for name, of_one in facts.edges.groupby("behaviour"):
        outward, inward = (of_one.groupby(end)["weight"].agg(["sum", "size"]) for end in ("source", "target"))
        if kind == "influence":
            led = outward.set_axis(["influence", "influences"], axis=1)
            table = led.join(inward.set_axis(["influenced", "influenced_by"], axis=1), how="outer").fillna(0)
        else:
            table = outward.add(inward, fill_value=0).set_axis(["weight", "alike_with"], axis=1)
        counts = [column for column in table if column not in ("weight", "influence", "influenced")]
        table = table.astype(dict.fromkeys(counts, "int64")).rename_axis("account_id").reset_index()
        table = table.sort_values([table.columns[1], "account_id"], ascending=[False, True]).head(_GROUPS)
        table.insert(0, "account", table.pop("account_id").map(naming.account))
        parts.append(Part(str(name), frame=table))
    yield Section(_anchor("accounts", run_id), f"Accounts of {run_id}", parts)


def further(runs: Sequence[Facts], links: Mapping[str, str], left_out: Sequence[str]) -> Section:
    """Say what is not on the page, and how to look further."""
    commands = [command("edges", "-o", "edges.csv", given=[facts.run_id]) for facts in runs if facts.is_network]
    parts = [
        Part("Left out", left_out or ["Nothing."]),
        Part(
            "In a terminal",
            ["The posts behind an edge, all of them: incahoots why RUN SOURCE TARGET."],
            commands=commands,
        ),
    ]
    if links:
        words = ["These open on the machine where the database runs, with a query to look at before it is run."]
        parts.append(Part("In Neo4j Browser", words, links=list(links.items())))
    return Section("further", "What is left out, and how to look further", parts)


def without_names(section: Section, naming: Naming) -> Section:
    """A section in whose words and cells nobody is named; its pictures are drawn without names already."""
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
    """Posts by week, or by day where there are few."""
    step = 1 if len(days) < _MANY_DAYS else 7
    weeks = (days["day"] // step * step).to_numpy()
    counts = pd.Series(days["posts"].to_numpy()).groupby(weeks).sum()
    # Days without posts are there too, as nothing.
    counts = counts.reindex(range(int(weeks.min()), int(weeks.max()) + step, step), fill_value=0)
    figure = new_figure(9, 2.2)
    axes = figure.add_subplot()
    heights = counts.to_numpy(dtype=float)
    axes.fill_between(counts.index.to_numpy(), heights, step="mid", color="#0072b2", alpha=0.35, linewidth=0)
    axes.plot(counts.index.to_numpy(), heights, drawstyle="steps-mid", color="#0072b2", linewidth=1)
    locator = dates.AutoDateLocator()  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(dates.ConciseDateFormatter(locator))  # type: ignore[no-untyped-call]
    axes.set_ylim(bottom=0)
    axes.set_ylabel("posts a day" if step == 1 else "posts in seven days", color=INK)
    return figure


def _without_empty(frame: pd.DataFrame) -> pd.DataFrame:
    """A table without columns in which there is nothing."""
    return frame[[name for name in frame if not all(_missing(value) for value in frame[name])]]


def _readable(name: str, value: Any) -> Any:
    """A parameter as a person reads it: of epoch seconds the time."""
    return f"{pd.Timestamp(value, unit='s'):%Y-%m-%d %H:%M:%S}" if name in _TIMES and isinstance(value, int) else value


def _missing(value: Any) -> bool:
    """Whether there is nothing; an empty list is nothing, too."""
    return not len(value) if isinstance(value, list | tuple | np.ndarray) else bool(pd.isna(value))


def _anchor(kind: str, run_id: str) -> str:
    """An anchor that is no mark-up, whatever a run is called."""
    return f"{kind}-" + "".join(sign if sign.isalnum() else "-" for sign in run_id)
