"""Two states looked at closely, without a database."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import polars as pl
import pytest

from incahoots.analytics.interstate.categories import read_categories
from incahoots.analytics.interstate.links import by_category, known_domains, link_table
from incahoots.analytics.interstate.options import read_years
from incahoots.analytics.interstate.pair import between, clustered, directions, snapshots
from incahoots.errors import InputError, UsageError
from incahoots.loaders.urls import url_table
from tests.acts import acts_of

YEAR = {2015: 1420070400, 2016: 1451606400, 2017: 1483228800, 2018: 1514764800, 2019: 1546300800}
ACCOUNTS = pl.DataFrame({
    "account_id": [f"{state}{number}" for state in "abc" for number in range(5)],
    "state": [state for state in ("Cuba", "Venezuela", "Iran") for _ in range(5)],
})  # fmt: skip


#: Acts as (account, target, kind, year): two clusters, and one act that connects them.
ROWS = [
    *[("b0", "a0", "retweet", 2016)] * 3, ("b0", "a1", "reply", 2016), ("a1", "b0", "reply", 2017),
    *[("b1", "a2", "mention", 2019)] * 2, ("a2", "b1", "mention", 2015), ("a3", "b1", "quote", 2018),
    ("b0", "a3", "quote", 2017),
    ("b0", "c0", "reply", 2016), ("a0", "a1", "reply", 2016), ("b0", "x", "reply", 2016),
]  # fmt: skip
ACTS = acts_of([(*row[:3], YEAR[row[3]]) for row in ROWS], ACCOUNTS)


def test_directions() -> None:
    found = directions(ACTS, "Venezuela", "Cuba").set_index("source")
    columns = ["acts", "of", "accounts", "target_accounts", "retweet", "mention"]
    assert found.loc["Venezuela", columns].tolist() == [7, 8, 2, 4, 3, 2]
    assert found.loc["Cuba", columns].tolist() == [3, 3, 3, 2, 0, 1]
    assert found.loc["Venezuela", "share"] == 7 / 8
    nobody = directions(ACTS, "Iran", "Cuba").set_index("source")
    assert pd.isna(nobody.loc["Iran", "share"])


def test_clusters_and_what_connects_them() -> None:
    accounts, bridges = clustered(between(ACTS, "Cuba", "Venezuela"))
    groups = accounts.groupby("cluster")["account_id"].agg(set).tolist()
    assert groups == [{"a0", "a1", "b0"}, {"a2", "a3", "b1"}]
    first = accounts.iloc[0]
    assert first.tolist() == ["b0", "Venezuela", 0, 5, "retweet"]
    assert bridges.to_numpy().tolist() == [["b0", "a3", 0, 1, "quote", 1]]
    nobody, none = clustered(between(ACTS, "Cuba", "Iran"))
    assert nobody.empty
    assert none.empty


def test_snapshots() -> None:
    acts = between(ACTS, "Cuba", "Venezuela")
    found = snapshots(acts, "Cuba", "Venezuela", (2017, 2016))
    assert found[["period", "source", "acts", "accounts"]].to_numpy().tolist() == [
        ["before 2016", "Cuba", 1, 1], ["before 2016", "Venezuela", 0, 0], ["2016", "Cuba", 0, 0],
        ["2016", "Venezuela", 4, 1], ["2017", "Cuba", 1, 1], ["2017", "Venezuela", 1, 1], ["after 2017", "Cuba", 1, 1],
        ["after 2017", "Venezuela", 2, 1],
    ]  # fmt: skip
    apart = snapshots(acts, "Cuba", "Venezuela", (2010, 2016, 2018))
    assert apart["period"].unique().tolist() == [
        "before 2010", "2010", "2011 to 2015", "2016", "2017", "2018", "after 2018",
    ]  # fmt: skip
    assert apart["acts"].sum() == acts.height


def links_of(*urls: str) -> pd.DataFrame:
    """Links with their domains, all of the form https://domain/path."""
    return pd.DataFrame({"url": urls, "domain": [url.split("/")[2] for url in urls]}, dtype=object)


def test_links_by_what_their_domains_are() -> None:
    links = links_of(
        "https://youtube.com/1", "https://news.example/", "https://youtube.com/1", "https://x.example/",
        "https://youtube.com/2", "https://rt.com/", "https://nytimes.com/", "https://nytimes.com/",
    )  # fmt: skip
    found = link_table(links, {"news.example": "news", "rt.com": "propaganda"})
    assert found.to_numpy().tolist() == [
        ["news", "nytimes.com", 1, 2, 0.25], ["news", "news.example", 1, 1, 0.125], ["other", "x.example", 1, 1, 0.125],
        ["propaganda", "rt.com", 1, 1, 0.125], ["video", "youtube.com", 2, 3, 0.375],
    ]  # fmt: skip
    categories = by_category(found)
    assert categories[["category", "domains", "urls", "links", "share"]].to_numpy().tolist() == [
        ["news", 2, 2, 3, 0.375], ["video", 1, 2, 3, 0.375], ["other", 1, 1, 1, 0.125], ["propaganda", 1, 1, 1, 0.125],
    ]  # fmt: skip
    nothing = link_table(links_of())
    assert nothing.empty
    assert by_category(nothing).empty


def test_links_that_were_opened_by_category() -> None:
    table = link_table(links_of("https://youtube.com/1", "https://youtube.com/2", "https://nytimes.com/"))
    checked = pd.DataFrame({"domain": ["youtube.com", "youtube.com"], "outcome": ["active", "gone"]})
    found = by_category(table, checked).set_index("category")
    assert found.loc["video", ["checked", "active", "active_share"]].tolist() == [2, 1, 0.5]
    assert found.loc["news", ["checked", "active"]].tolist() == [0, 0]
    assert pd.isna(found.loc["news", "active_share"])


def test_known_domains_are_registered_domains() -> None:
    names = list(known_domains())
    found = url_table(pl.Series([f"https://www.{name}/x" for name in names]))
    assert found["domain"].to_list() == names


def test_what_is_read(tmp_path: Path) -> None:
    file = tmp_path / "categories.csv"
    file.write_text("domain,category\nA.example,news\n")
    assert read_categories(file, "domain") == {"a.example": "news"}
    file.write_text("tag,category\n#Maga,politics\nsport,\n")
    assert read_categories(file, "tag") == {"maga": "politics"}
    file.write_text("domain;category\n")
    with pytest.raises(InputError, match="has no column category"):
        read_categories(file, "domain")
    with pytest.raises(InputError, match="There is no file"):
        read_categories(tmp_path / "nowhere.csv", "domain")
    assert read_years("2017,2016") == (2016, 2017)
    with pytest.raises(UsageError, match="'soon' is not a list of years"):
        read_years("soon")
