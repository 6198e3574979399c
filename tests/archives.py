"""Archives read plainly, column by column: what the graph has to agree with."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from pathlib import Path

import polars as pl


def read_archives(paths: Iterable[Path]) -> pl.DataFrame:
    """All rows of these files, all of it text; what is missing is empty."""
    return pl.concat([pl.read_csv(path, infer_schema=False) for path in paths], how="diagonal").fill_null("")


def rows_in(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file, which has to be strictly one."""
    with path.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream, strict=True))


def tweets_in(folder: Path) -> list[dict[str, str]]:
    """The tweets of a simulation."""
    return [row for path in sorted(folder.glob("*_tweets_*.csv")) for row in rows_in(path)]


def plain_acts(rows: pl.DataFrame) -> dict[tuple[str, str], str]:
    """Tweet and account it acts on, and the kind: a retweet before a quote, a reply and a mention."""
    authors = dict(rows.select("tweetid", "userid").rows())
    names = {name.casefold(): account for account, name in rows.select("userid", "user_screen_name").rows()}
    found: dict[tuple[str, str], str] = {}
    for row in rows.rows(named=True):
        retweet = row["is_retweet"].casefold() == "true"
        mentions = [] if retweet else re.findall(r"[\w+/=-]+", row["user_mentions"])
        quoted = re.search(r"twitter\.com/(\S+?)/status/" + (row["quoted_tweet_tweetid"] or "$"), row["urls"])
        by_link = quoted[1].casefold() if quoted and row["quoted_tweet_tweetid"] not in authors else ""
        acts = [
            (row["retweet_userid"], "retweet"), (authors.get(row["retweet_tweetid"], ""), "retweet"),
            (authors.get(row["quoted_tweet_tweetid"], ""), "quote"),
            (names.get(by_link, by_link and f"@{by_link}"), "quote"),
            (row["in_reply_to_userid"], "reply"), (authors.get(row["in_reply_to_tweetid"], ""), "reply"),
            *((account, "mention") for account in mentions),
        ]  # fmt: skip
        for account, kind in acts:
            if account and account != row["userid"]:
                found.setdefault((row["tweetid"], account), kind)
    return found
