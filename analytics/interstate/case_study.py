"""A case study: two states, fetched and looked at closely."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
import polars as pl

from incahoots.analytics.interstate.acts import fetch_acts
from incahoots.analytics.interstate.link_check import check_links
from incahoots.analytics.interstate.links import by_category, link_table
from incahoots.analytics.interstate.networks import account_network
from incahoots.analytics.interstate.pair import between, clustered, directions, snapshots
from incahoots.analytics.interstate.roles import roles
from incahoots.database import Connectable, connect
from incahoots.errors import UsageError
from incahoots.loaders.urls import url_table
from incahoots.progress import Report, part, silent


@dataclass(frozen=True)
class CaseStudy:
    """The answer of `state_pair`.

    Attributes
    ----------
    directions, accounts, bridges, snapshots : pd.DataFrame
        As `incahoots.analytics.interstate.pair` gives them; ``accounts`` with screen_name and with the role between the
        two states.
    links, profile_links : pd.DataFrame
        The links of the posts and of the profiles, by domain, as `link_table` gives them.
    link_counts : pd.DataFrame
        A row for posts and one for profiles: where, of (posts, or accounts, between the two states), with_links, share,
        urls (different ones).
    categories : pd.DataFrame
        Both tables of links by category, as `by_category` gives them, with the column where.
    checked : pd.DataFrame or None
        Links that were opened: where, domain, links, and what `check_links` found; None unless it was asked for.
    """

    directions: pd.DataFrame
    accounts: pd.DataFrame
    bridges: pd.DataFrame
    snapshots: pd.DataFrame
    links: pd.DataFrame
    profile_links: pd.DataFrame
    link_counts: pd.DataFrame
    categories: pd.DataFrame
    checked: pd.DataFrame | None = None


def state_pair(
    database: Connectable,
    one: str,
    other: str,
    *,
    years: int | Sequence[int] = (),
    categories: Mapping[str, str] | None = None,
    merge: Mapping[str, str] | None = None,
    without: Collection[str] = (),
    open_links: int = 0,
    seed: int = 42,
    report: Report = silent,
) -> CaseStudy:
    """Look at two states. Nothing is written, and no link is opened unless ``open_links`` says how many.

    Parameters
    ----------
    database : Database, neo4j.Driver, str or py2neo.Graph, optional
        As for ``connect``.
    one, other : str
        Names of states, after merging.
    years : sequence of int
        For snapshots; none when empty.
    categories : mapping of str to str, optional
        What domains are, beside well-known platforms, news and state media.
    open_links : int
        So many links of posts, and of profiles, are opened at most, those of most posts first: see `check_links`.
        Whoever runs the sites sees who opens them.
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
    wanted = [int(year) for year in ([years] if isinstance(years, int | str) else years)]
    with connect(database) as opened:
        found = fetch_acts(opened, merge=merge, without=without, named=(one, other), report=report)
        if one == other:
            raise UsageError(f"{one!r} is given twice.", "Give two states.")
        acts = between(found.acts, one, other)
        with part(report, "finding clusters"):
            accounts, bridges = clustered(acts, seed)
        with part(report, "reading links"):
            posts = acts["tweet_id"].unique().to_list()
            links = opened.query("interactions/links", tweet_ids=posts)
            profiles = opened.query("interactions/profiles", account_ids=accounts["account_id"].to_list())
    role = roles(account_network(acts)).set_index("account_id")["role"]
    names = profiles.set_index("account_id")["screen_name"]
    accounts.insert(1, "screen_name", accounts["account_id"].map(names))
    raw = profiles[["account_id", "profile_url"]].dropna().rename(columns={"profile_url": "raw"})
    shown = raw.merge(url_table(pl.Series("raw", raw["raw"].to_list(), dtype=pl.String)).to_pandas(), on="raw")
    found_links = {"posts": links.dropna(subset=["domain"]), "profiles": shown.dropna(subset=["domain"])}
    tables = {where: link_table(each, categories) for where, each in found_links.items()}
    checked = _checked(found_links, open_links, report) if open_links else None
    by_where = [
        by_category(table, None if checked is None else checked[checked["where"] == where]).assign(where=where)
        for where, table in tables.items()
    ]
    counts = [
        {"where": "posts", "of": len(posts), "with_links": links["tweet_id"].nunique()},
        {"where": "profiles", "of": len(accounts), "with_links": shown["account_id"].nunique()},
    ]
    link_counts = pd.DataFrame(counts)
    link_counts["share"] = link_counts["with_links"] / link_counts["of"].where(link_counts["of"] > 0)
    link_counts["urls"] = [each["url"].nunique() for each in found_links.values()]
    return CaseStudy(
        directions=directions(found.acts, one, other),
        accounts=accounts.assign(role=accounts["account_id"].map(role)),
        bridges=bridges,
        snapshots=snapshots(acts, one, other, wanted) if wanted else pd.DataFrame(),
        links=tables["posts"],
        profile_links=tables["profiles"],
        link_counts=link_counts,
        categories=pd.concat(by_where, ignore_index=True),
        checked=checked,
    )


def _checked(links: Mapping[str, pd.DataFrame], most: int, report: Report) -> pd.DataFrame:
    """Open the links of posts and of profiles, so many of each at most."""
    frames = []
    for where, each in links.items():
        # What is opened is what was written: a normalised URL may be another page.
        written = each.sort_values("raw").groupby("url", as_index=False)
        counts = written.agg(raw=("raw", "first"), domain=("domain", "first"), links=("url", "size"))
        counts = counts.sort_values(["links", "url"], ascending=[False, True]).head(most)
        frames.append(counts.assign(where=where))
    wanted = pd.concat(frames, ignore_index=True)
    wanted = wanted.drop(columns="url").rename(columns={"raw": "url"})
    opened = check_links(wanted["url"].unique(), report=report)
    return wanted.merge(opened, on="url")[["where", "domain", "links", *opened.columns]]


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
