"""The links of posts and profiles, by the category of their domains. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources

import pandas as pd
import polars as pl

#: Category of unknown domains.
OTHER = "other"

#: Lists of well-known domains; a later list overrides an earlier one.
_LISTS = ("platforms.csv", "news.csv")


def link_table(links: pd.DataFrame, categories: Mapping[str, str] | None = None) -> pd.DataFrame:
    """Count links by domain and category.

    ``links`` has one row per link: url and its registered domain. ``categories`` holds categories of domains, which
    extend and override those of well-known platforms, news and state media. Returns one row per domain: category,
    domain, urls (distinct), links, share (of all links); by category, the most links first.
    """
    known = known_domains() | dict(categories or {})
    table = links.groupby("domain", as_index=False).agg(urls=("url", "nunique"), links=("url", "size"))
    table.insert(0, "category", table["domain"].map(known).fillna(OTHER))
    table["share"] = table["links"] / max(int(table["links"].sum()), 1)
    return table.sort_values(["category", "links", "domain"], ascending=[True, False, True], ignore_index=True)


def by_category(table: pd.DataFrame, checked: pd.DataFrame | None = None) -> pd.DataFrame:
    """Sum links by category.

    ``table`` is the answer of `link_table`. ``checked`` holds links that were opened: domain and outcome, one row per
    URL. Returns one row per category: category, domains, urls, links, share; with ``checked`` also checked (URLs),
    active (of these) and active_share. The most links first.
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
    """Categories of well-known domains: kinds of platforms, news, state media."""
    known: dict[str, str] = {}
    for name in _LISTS:
        with resources.as_file(resources.files(__package__) / name) as path:
            known |= dict(pl.read_csv(path).rows())
    return known
