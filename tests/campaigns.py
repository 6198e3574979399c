"""Populations for tests, their networks by definition, and features that need no database."""

from __future__ import annotations

import random
from collections import defaultdict
from typing import Any

import numpy as np
import pandas as pd

from incahoots.analytics.campaigns.columns import FEATURES
from incahoots.database import Database
from tests.posts import load_posts, post, traces

DAY = 86_400

Posts = list[dict[str, Any]]

#: The behaviour that is a network of S2, by its definition in tests.posts.
BEHAVIOURS = {"co_tweet": "co_tweet_no_url", "co_url": "co_link"}


def month(seed: int, days: int) -> dict[str, Posts]:
    """Posts of three populations: close in time, on few things, across midnight, some days without any."""
    rng = random.Random(seed)
    populations: dict[str, Posts] = {}
    for name in ("one", "two", "ordinary"):
        accounts = [f"{name}{number}" for number in range(6)]
        rows: Posts = []
        for day in range(days):
            if rng.random() < 0.2:
                continue
            start = day * DAY + rng.choice([0, 3600, DAY - 60])
            for _ in range(rng.randrange(1, 14)):
                kind = rng.choice(["tweet", "tweet", "tweet", "retweet", "inside"])
                about: dict[str, Any] = {
                    "text": rng.choice(["buy now https://x.example/1", "buy NOW", "else", None]),
                    "hashtags": rng.choice([["Tag"], ["tag", "other"], []]),
                    "mentions": rng.choice([["m1"], ["m2"], []]),
                    "urls": rng.choice([["https://a.example/1"], ["https://a.example/2"], []]),
                }  # fmt: skip
                if kind == "retweet":
                    about["retweeted_tweet_id"] = rng.choice(["out1", "out2"])
                elif kind == "inside" and rows:
                    theirs = rng.choice(rows)
                    # Known by the tweet, by whom it is of, or by both.
                    known = rng.choice([("tweet_id",), ("account_id",), ("tweet_id", "account_id")])
                    about |= {"retweeted_tweet_id": f"gone{rng.random()}"} | {
                        f"retweeted_{name}": theirs[name] for name in known
                    }
                identity = f"{name}-{len(rows)}"
                rows.append(post(rng.choice(accounts), start + rng.randrange(0, 200), identity, **about))
        populations[name] = rows
    return populations


def load(graph: Database, populations: dict[str, Posts]) -> None:
    for name, rows in populations.items():
        load_posts(graph, rows, name)
    graph.run("MATCH (o:Operation {operation_id: 'ordinary'}) SET o.baseline = true")


def by_day(rows: Posts, network: str) -> dict[pd.Timestamp, set[frozenset[str]]]:
    """Edges of each day, by definition."""
    found: dict[pd.Timestamp, set[frozenset[str]]] = defaultdict(set)
    authors = {row["tweet_id"]: row["account_id"] for row in rows}
    for ours in rows:
        day = pd.Timestamp(ours["created_at"]).floor("D")
        if network == "retweet":
            author = ours["retweeted_account_id"] or authors.get(ours["retweeted_tweet_id"])
            found[day] |= (
                {frozenset({ours["account_id"], author})} if author not in (None, ours["account_id"]) else set()
            )
            continue
        behaviour = BEHAVIOURS.get(network, network)
        for theirs in rows:
            gap = abs((theirs["created_at"] - ours["created_at"]).total_seconds())
            same_day = pd.Timestamp(theirs["created_at"]).floor("D") == day
            if theirs is ours or gap > 60 or not same_day or ours["account_id"] == theirs["account_id"]:
                continue
            if traces(ours, behaviour) & traces(theirs, behaviour):
                found[day].add(frozenset({ours["account_id"], theirs["account_id"]}))
    return found


def features_frame(days: int = 30, campaigns: int = 4, baselines: int = 3, seed: int = 0) -> pd.DataFrame:
    """Features by day and week of populations that differ in co_tweet, on most days."""
    rng = np.random.default_rng(seed)
    dates = pd.date_range("2020-01-01", periods=days, tz="UTC")
    rows = []
    for place in range(campaigns + baselines):
        campaign = place < campaigns
        for aggregate in ("day", "week"):
            values = rng.poisson(3, (days, len(FEATURES))).astype(float)
            values[:, [name.startswith("co_tweet") for name in FEATURES]] += rng.poisson(6 * campaign, (days, 7))
            rows.append(pd.DataFrame(values, columns=list(FEATURES)).assign(
                population=f"{'c' if campaign else 'b'}{place}", date=dates,
                label="campaign" if campaign else "baseline", aggregate=aggregate, window_s=60,
                posts=rng.poisson(50, days), accounts=rng.poisson(20, days),
            ))  # fmt: skip
    return pd.concat(rows, ignore_index=True)
