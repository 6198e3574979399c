"""The links of posts and profiles, by what their domains are. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources

import pandas as pd
import polars as pl

#: Of a domain of which nobody says what it is.
OTHER = "other"

#: Lists of well-known domains: a later one is right where two speak of the same.
_LISTS = ("platforms.csv", "news.csv")


def link_table(links: pd.DataFrame, categories: Mapping[str, str] | None = None) -> pd.DataFrame:
    """Count links by what their domains are.

    Parameters
    ----------
    links : pd.DataFrame
        A row a link: url and its registered domain.
    categories : mapping of str to str, optional
        What domains are, beside well-known platforms, news and state media; it is right where they disagree.

    Returns
    -------
    pd.DataFrame
        A row a domain: category, domain, urls (different ones), links, share (of all links); by category, the most
        links first.
    """
    known = known_domains() | dict(categories or {})
    table = links.groupby("domain", as_index=False).agg(urls=("url", "nunique"), links=("url", "size"))
    table.insert(0, "category", table["domain"].map(known).fillna(OTHER))
    table["share"] = table["links"] / max(int(table["links"].sum()), 1)
    return table.sort_values(["category", "links", "domain"], ascending=[True, False, True], ignore_index=True)


def by_category(table: pd.DataFrame, checked: pd.DataFrame | None = None) -> pd.DataFrame:
    """Add up links by category.

    Parameters
    ----------
    table : pd.DataFrame
        As `link_table` gives it.
    checked : pd.DataFrame, optional
        Links that were opened: domain and outcome, a row a URL.

    Returns
    -------
    pd.DataFrame
        A row a category: category, domains, urls, links, share; with ``checked`` also checked (URLs), active (of these)
        and active_share. The most links first.
    """
    found = table.groupby("category", as_index=False).agg(
        domains=("domain", "size"), urls=("urls", "sum"), links=("links", "sum"), share=("share", "sum")
    )
    if checked is not None:
        category = checked["domain"].map(dict(zip(table["domain"], table["category"], strict=True)))
        active = (checked["outcome"] == "active").groupby(category).agg(["size", "sum"]).reindex(found["category"])
        found["checked"], found["active"] = (active[name].fillna(0).astype(int).to_numpy() for name in ("size", "sum"))
        found["active_share"] = found["active"] / found["checked"].where(found["checked"] > 0)
    return found.sort_values(["links", "category"], ascending=[False, True], ignore_index=True)


@cache
def known_domains() -> dict[str, str]:
    """Say what well-known domains are: platforms by kind, news, state media."""
    known: dict[str, str] = {}
    for name in _LISTS:
        with resources.as_file(resources.files(__package__) / name) as path:
            known |= dict(pl.read_csv(path).rows())
    return known
