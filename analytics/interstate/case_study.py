"""A case study: two states, fetched and looked at closely."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import pandas as pd
import polars as pl

from incahoots.analytics.interstate.acts import fetch_acts
from incahoots.analytics.interstate.networks import account_network
from incahoots.analytics.interstate.pair import between, clustered, directions, link_table, snapshots
from incahoots.analytics.interstate.roles import roles
from incahoots.database import Connectable, connect
from incahoots.errors import InputError, UsageError
from incahoots.loaders.urls import url_table
from incahoots.progress import Report, silent


@dataclass(frozen=True)
class CaseStudy:
    """The answer of `study`.

    Attributes
    ----------
    directions, accounts, bridges, snapshots : pd.DataFrame
        As `incahoots.analytics.interstate.pair` gives them; ``accounts`` with screen_name and with the role between the
        two states.
    links, profile_links : pd.DataFrame
        The links of the posts and of the profiles, by domain.
    """

    directions: pd.DataFrame
    accounts: pd.DataFrame
    bridges: pd.DataFrame
    snapshots: pd.DataFrame
    links: pd.DataFrame
    profile_links: pd.DataFrame


def study(
    database: Connectable,
    one: str,
    other: str,
    *,
    years: Sequence[int] = (),
    categories: Mapping[str, str] | None = None,
    merge: Mapping[str, str] | None = None,
    without: Collection[str] = (),
    seed: int = 42,
    report: Report = silent,
) -> CaseStudy:
    """Look at two states. Nothing is written, and no link is opened.

    Parameters
    ----------
    database : Database, neo4j.Driver, str or py2neo.Graph, optional
        As for ``connect``.
    one, other : str
        Names of states, after merging.
    years : sequence of int
        For snapshots; none when empty.
    categories : mapping of str to str, optional
        What domains are, beside well-known platforms.
    merge, without, report
        As for `incahoots.interstate`.
    seed : int
        For the clusters.

    Returns
    -------
    CaseStudy

    Raises
    ------
    UsageError
        A state is not there, or both are one.
    """
    with connect(database) as opened:
        report("acts", 0, 2)
        found = fetch_acts(opened, merge=merge, without=without)
        for state in (one, other):
            _check(state, found.states)
        if one == other:
            raise UsageError(f"{one!r} is given twice.", "Give two states.")
        acts = between(found.acts, one, other)
        accounts, bridges = clustered(acts, seed)
        report("links", 1, 2)
        posts = acts["tweet_id"].unique().to_list()
        links = opened.query("interactions/links", tweet_ids=posts)
        profiles = opened.query("interactions/profiles", account_ids=accounts["account_id"].to_list())
        report("links", 2, 2)
    role = roles(account_network(acts)).set_index("account_id")["role"]
    names = profiles.set_index("account_id")["screen_name"]
    accounts.insert(1, "screen_name", accounts["account_id"].map(names))
    urls = pl.DataFrame({"raw": profiles["profile_url"].dropna().to_list()}, schema={"raw": pl.String})
    shown = urls.join(url_table(urls["raw"]), on="raw")["domain"].drop_nulls()
    return CaseStudy(
        directions=directions(found.acts, one, other),
        accounts=accounts.assign(role=accounts["account_id"].map(role)),
        bridges=bridges,
        snapshots=snapshots(acts, years) if years else pd.DataFrame(),
        links=link_table(links["domain"].dropna(), categories),
        profile_links=link_table(shown, categories),
    )


def read_years(words: str) -> tuple[int, ...]:
    """Read years with commas.

    Raises
    ------
    UsageError
        These are none.
    """
    try:
        return tuple(sorted({int(part) for part in words.split(",")}))
    except ValueError:
        raise UsageError(f"{words!r} are no years.", "Write them with commas: 2016,2017.") from None


def read_categories(path: Path) -> dict[str, str]:
    """Read a table of domain and category.

    Raises
    ------
    InputError
        The file is not there, or lacks a column.
    """
    try:
        table = pl.read_csv(path, infer_schema=False)
    except (OSError, pl.exceptions.PolarsError) as problem:
        remedy = "Give a .csv with the columns domain and category."
        raise InputError(f"{path} cannot be read: {str(problem).splitlines()[0]}.", remedy) from None
    if missing := {"domain", "category"} - set(table.columns):
        raise InputError(f"{path} has no column {min(missing)}.", "It needs the columns domain and category.")
    return dict(table.select("domain", "category").drop_nulls().rows())


def _check(state: str, known: Sequence[str]) -> None:
    """See that a state is there; name those that are spelled alike."""
    if state in known:
        return
    near = get_close_matches(state.casefold(), [name.casefold() for name in known])
    named = [name for name in known if name.casefold() in near] or known
    raise UsageError(f"There is no state {state!r}.", f"States: {', '.join(named)}.")
