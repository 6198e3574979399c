"""Statements that the documentation asks people to paste do what it says of them."""

from __future__ import annotations

import re

from incahoots.analytics.coordination.coordinate import coordinate
from incahoots.database import Database
from tests.posts import load_posts, post
from tests.tracked import text_of


def test_an_account_is_removed_with_its_posts_and_edges(graph: Database) -> None:
    (statement,) = re.findall(r"```cypher\n(.*?)```", text_of("docs/ethics.md"), re.S)
    shares = [post(name, second, hashtags=["x"]) for name in "abc" for second in (0, 600)]
    load_posts(graph, [*shares, post("d", 900, retweeted_tweet_id="t0", mentions=["a"])])
    coordinate(graph, "co_hashtag", "60s", run_id="t")
    graph.run(statement, {"account_id": "a"})
    left = graph.run(
        "MATCH (account:Account) RETURN account.account_id AS id, COUNT { (account)-[:POSTED]->(:Tweet) } AS n"
    )
    assert dict(zip(left["id"], left["n"], strict=True)) == {"b": 2, "c": 2, "d": 1}
    edges = graph.run("MATCH (u)-[:CO_HASHTAG]->(v) RETURN u.account_id AS u, v.account_id AS v")
    assert set(zip(edges["u"], edges["v"], strict=True)) == {("b", "c"), ("c", "b")}
