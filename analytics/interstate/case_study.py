"""A case study of two states: fetch their acts and links, and put the tables together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd
import polars as pl

from incahoots.analytics.interstate.acts import fetch_acts
from incahoots.analytics.interstate.between_accounts import account_network
from incahoots.analytics.interstate.link_check import check_links
from incahoots.analytics.interstate.links import by_category, link_table
from incahoots.analytics.interstate.options import PairOptions
from incahoots.analytics.interstate.pair import between, clustered, directions, snapshots
from incahoots.analytics.interstate.roles import roles
from incahoots.database import Connectable, connect
from incahoots.errors import UsageError
from incahoots.loaders.urls import url_table
from incahoots.progress import Progress, part, silent


@dataclass(frozen=True)
class CaseStudy:
    """The answer of `state_pair`.

    Attributes
    ----------
    directions, accounts, bridges, snapshots : pd.DataFrame
        As `incahoots.analytics.interstate.pair` gives them; ``accounts`` also with screen_name and with the role
        between the two states.
    links, profile_links : pd.DataFrame
        The links of the posts and of the profiles, by domain, as `link_table` gives them.
    link_counts : pd.DataFrame
        One row for posts and one for profiles: where, of (posts, or accounts, between the two states), with_links,
        share, urls (distinct).
    categories : pd.DataFrame
        Both tables of links by category, as `by_category` gives them, with the column where.
    checked : pd.DataFrame or None
        Links that were opened: where, domain, links, and the columns of `check_links`; None if none were to be opened.
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
    options: PairOptions | None = None,
    *,
    progress: Progress = silent,
) -> CaseStudy:
    """Look closely at two states. Nothing is written, and no link is opened unless ``open_links`` says how many.

    Parameters
    ----------
    database : Database, neo4j.Driver, str or py2neo.Graph, optional
        As for ``connect``.
    one, other : str
        Names of states, after merging.
    options : PairOptions, optional
        The defaults when None.
    progress : callable
        Called as work goes on.

    Returns
    -------
    CaseStudy

    Raises
    ------
    UsageError
        A state does not exist, or both are the same.
    """
    asked = options or PairOptions()
    with connect(database) as opened:
        found = fetch_acts(opened, merge=asked.merge, without=asked.without, named=(one, other), progress=progress)
        if one == other:
            raise UsageError(f"Both states are {one!r}.", "Give two different states.")
        acts = between(found.acts, one, other)
        with part(progress, "finding clusters"):
            accounts, bridges = clustered(acts, asked.seed)
        with part(progress, "reading links"):
            posts = acts["tweet_id"].unique().to_list()
            links = opened.query("interactions/links", tweet_ids=posts)
            profiles = opened.query("interactions/profiles", account_ids=accounts["account_id"].to_list())
    role = roles(account_network(acts)).set_index("account_id")["role"]
    names = profiles.set_index("account_id")["screen_name"]
    accounts.insert(1, "screen_name", accounts["account_id"].map(names))
    raw = profiles[["account_id", "profile_url"]].dropna().rename(columns={"profile_url": "raw"})
    shown = raw.merge(url_table(pl.Series("raw", raw["raw"].to_list(), dtype=pl.String)).to_pandas(), on="raw")
    found_links = {"posts": links.dropna(subset=["domain"]), "profiles": shown.dropna(subset=["domain"])}
    tables = {where: link_table(each, asked.categories) for where, each in found_links.items()}
    checked = _checked(found_links, asked.open_links, progress) if asked.open_links else None
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
        snapshots=snapshots(acts, one, other, list(asked.years)) if asked.years else pd.DataFrame(),
        links=tables["posts"],
        profile_links=tables["profiles"],
        link_counts=link_counts,
        categories=pd.concat(by_where, ignore_index=True),
        checked=checked,
    )


def _checked(links: Mapping[str, pd.DataFrame], most: int, progress: Progress) -> pd.DataFrame:
    """Open the links of posts and of profiles, at most ``most`` of each."""
    frames = []
    for where, each in links.items():
        # Open the URL as it was written: a normalised URL may be another page.
        written = each.sort_values("raw").groupby("url", as_index=False)
        counts = written.agg(raw=("raw", "first"), domain=("domain", "first"), links=("url", "size"))
        counts = counts.sort_values(["links", "url"], ascending=[False, True]).head(most)
        frames.append(counts.assign(where=where))
    wanted = pd.concat(frames, ignore_index=True)
    wanted = wanted.drop(columns="url").rename(columns={"raw": "url"})
    opened = check_links(wanted["url"].unique(), progress=progress)
    return wanted.merge(opened, on="url")[["where", "domain", "links", *opened.columns]]
