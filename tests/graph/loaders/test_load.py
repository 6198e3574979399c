"""Loading by batches: the same graph in whatever order and however often, and no row without its fate."""

from __future__ import annotations

import csv
import hashlib
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import orjson
import polars as pl
import pytest
from hypothesis import given, settings, strategies as st

from incahoots.database import Database
from incahoots.loaders.counts import Counts
from incahoots.loaders.headers import ARCHIVE_ACCOUNT
from incahoots.loaders.load import Operation, load
from incahoots.loaders.rows import ACCOUNTS, POSTS, Rows
from incahoots.loaders.transactions import write_rows
from incahoots.simulator import simulate
from tests.checksum import checksum, contents
from tests.conftest import empty
from tests.posts import load_posts, post, random_posts, rows_of_posts


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Users and tweets of one invented operation."""
    folder = tmp_path_factory.mktemp("simulation")
    simulate(folder, accounts=150, posts=1_000, states=1, seed=3)
    return [next(folder.glob(f"baseline_{kind}*")) for kind in ("users", "tweets")]


def value(graph: Database, text: str) -> Any:
    """The one value a query gives."""
    (found,) = graph.run(text).iloc[:, 0]
    return found


def parts(path: Path, folder: Path, n_parts: int) -> list[Path]:
    """Cut a CSV file into some, each with the header."""
    with path.open(encoding="utf-8", newline="") as file:
        header, *records = csv.reader(file)
    made = [folder / f"{number}_{path.name}" for number in range(n_parts)]
    for number, part in enumerate(made):
        with part.open("w", encoding="utf-8", newline="") as out:
            csv.writer(out, quoting=csv.QUOTE_ALL).writerows([header, *records[number::n_parts]])
    return made


def test_loading_again_in_any_order_and_in_parts_gives_the_same_graph(
    graph: Database, archive: list[Path], tmp_path: Path
) -> None:
    users, tweets = archive
    operation = Operation("op", ["Russia"], ["Mali", "Chad"], released_on="2019-10-30")
    loaded = load("io-archive", [users, tweets], graph, operation=operation)
    n_users, n_tweets = loaded.files[str(users)].loaded, loaded.files[str(tweets)].loaded
    assert loaded.counts == Counts(rows_read=n_users + n_tweets, loaded=n_users + n_tweets)
    once = checksum(graph)
    assert load("io-archive", [tweets, users], graph, operation=operation).counts == Counts(
        rows_read=n_users + n_tweets, duplicates=n_users + n_tweets
    )
    assert checksum(graph) == once
    shuffled = [*parts(tweets, tmp_path, 3), *parts(users, tmp_path, 2)]
    for seed in range(2):
        empty(graph)
        random.Random(seed).shuffle(shuffled)
        load("io-archive", shuffled, graph, operation=operation)
        assert checksum(graph) == once


def test_the_checksum_sees_every_kind_of_change(graph: Database) -> None:
    load_posts(graph, [post("a", 0, "1", text="x", hashtags=["t"], replied_tweet_id="2")], operation_id="op")
    seen = {checksum(graph)}
    changes = [
        "MATCH (t:Tweet {tweet_id: '1'}) SET t.text = 'y'",
        "MATCH (t:Tweet {tweet_id: '1'}) SET t.created_at = toString(t.created_at)",
        "MATCH ()-[r:HAS_HASHTAG]->() SET r.ts = toFloat(r.ts)",
        "MATCH (a:Tweet)-[r:REPLIES_TO]->(b) DELETE r CREATE (b)-[:REPLIES_TO]->(a)",
        "MATCH (a:Account)-[:POSTED]->(t) CREATE (a)-[:POSTED]->(t)",
    ]
    for change in changes:
        graph.run(change)
        seen.add(checksum(graph))
    assert len(seen) == 1 + len(changes)


def test_of_two_rows_that_contradict_the_first_stays_and_the_other_is_listed(graph: Database, tmp_path: Path) -> None:
    file, rejects = tmp_path / "posts.csv", tmp_path / "rejects.jsonl"
    file.write_text(
        "message_id,user_id,username,repost_id,reply_id,message,timestamp,urls\n"
        "1,a,A,,,first,100,https://a.example/1\n"
        "1,a,A,,,second,100,https://a.example/1\n"
        "1,b,B,,,first,100,https://a.example/2\n"
        "1,a,A,,,first,100,\n"
        "2,a,A,,,other,100,\n"
    )
    loaded = load("posts", file, graph, rejects=rejects, earliest="1970-01-01")
    assert loaded.counts == Counts(rows_read=5, loaded=2, duplicates=3, duplicates_differing=2)
    listed = [orjson.loads(line) for line in rejects.read_bytes().splitlines()]
    place = {"file": str(file), "reason": "duplicate_differs", "key": "tweet_id", "id": "1"}
    assert [{name: line[name] for name in place} for line in listed] == [place, place]
    assert [line["columns"] for line in listed] == [["text"], ["links_to", "posted"]]
    assert len(listed[0]["sha256"]) == 64
    assert value(graph, "MATCH (t:Tweet {tweet_id: '1'}) RETURN t.text") == "first"
    assert value(graph, "MATCH (a)-[:POSTED]->(:Tweet {tweet_id: '1'}) RETURN collect(a.account_id)") == ["a"]
    assert value(graph, "MATCH (:Tweet {tweet_id: '1'})-[r:LINKS_TO]->() RETURN collect(r.raw)") == [
        "https://a.example/1"
    ]


def test_a_later_row_fills_in_what_the_first_did_not_say(graph: Database) -> None:
    load_posts(graph, [post("a", 0, "1", text="x", like_count=None, hashtags=[])])
    load_posts(graph, [post("a", 0, "1", text=None, like_count=3, hashtags=["t"])])
    assert value(graph, "MATCH (t:Tweet) RETURN [t.text, t.like_count]") == ["x", 3]
    assert value(graph, "MATCH (:Tweet)-[:HAS_HASHTAG]->(h) RETURN collect(h.tag)") == ["t"]


def test_what_a_post_becomes(graph: Database) -> None:
    row = post(
        "a", 1.75, "1", text="hello", language="en", client="web", like_count=1, retweet_count=2, reply_count=3,
        quote_count=4, quoted_tweet_id="q", replied_tweet_id="r", quoted_account_id="x", replied_account_id="y",
        hashtags=["#Tag", "TAG"], urls=["https://www.news.example.org/a"], mentions=["@bob", "m"], ids_rounded=True,
    )  # fmt: skip
    load_posts(graph, [row])
    tweet = value(graph, "MATCH (t:Tweet {tweet_id: '1'}) RETURN properties(t)")
    assert tweet == {
        "tweet_id": "1", "text": "hello", "language": "en", "client": "web", "like_count": 1, "retweet_count": 2,
        "reply_count": 3, "quote_count": 4, "ids_rounded": True, "ts": 1577836801,
        "created_at": datetime(2020, 1, 1, 0, 0, 1, 750_000, UTC),
    }  # fmt: skip
    stubs = "MATCH (t:Tweet) WHERE t.ts IS NULL WITH t ORDER BY t.tweet_id RETURN collect(properties(t))"
    assert value(graph, stubs) == [{"tweet_id": "q"}, {"tweet_id": "r"}]
    accounts = "MATCH (a:Account) WITH a ORDER BY a.account_id RETURN collect(properties(a))"
    assert value(graph, accounts) == [
        {"account_id": "@bob", "screen_name": "bob"}, {"account_id": "a"}, {"account_id": "m"}, {"account_id": "x"},
        {"account_id": "y"},
    ]  # fmt: skip
    edges = """
    MATCH (t:Tweet {tweet_id: '1'})-[r]-(b) WITH type(r) AS type, r, b, startNode(r) = t AS out
    WITH [type, out, properties(r), coalesce(b.account_id, b.tweet_id, b.tag, b.url)] AS edge ORDER BY edge[0], edge[3]
    RETURN collect(edge)
    """
    ts, share = 1577836801, {"ts": 1577836801, "is_retweet": False}
    url = "https://www.news.example.org/a"
    keys = "MATCH ()-[r:POSTED]->() RETURN [r.text_key, r.text_key_no_url]"
    assert value(graph, keys) == ["2:" + hashlib.blake2b(b"hello", digest_size=16).hexdigest()] * 2
    assert [edge for edge in value(graph, edges) if edge[0] != "POSTED"] == [
        ["ADDRESSES", True, {"kind": "quote"}, "x"],
        ["ADDRESSES", True, {"kind": "reply"}, "y"],
        ["HAS_HASHTAG", True, {"key": "tag", **share}, "tag"],
        ["LINKS_TO", True, {"raw": url, "key": url, "domain": "example.org", **share}, url],
        ["MENTIONS", True, {"key": "@bob", **share}, "@bob"],
        ["MENTIONS", True, {"key": "m", **share}, "m"],
        ["QUOTES", True, {}, "q"],
        ["REPLIES_TO", True, {"key": "r", "ts": ts}, "r"],
    ]
    assert value(graph, "MATCH (u:Url)-[:ON_DOMAIN]->(d) RETURN [u.url, d.domain]") == [url, "example.org"]


@pytest.mark.parametrize("order", [1, -1], ids=["referred to first", "own row first"])
def test_a_stub_and_its_own_row_are_one_tweet(graph: Database, order: int) -> None:
    rows = [post("b", 9, "2", retweeted_tweet_id="1"), post("a", 0, "1", text="x")][::order]
    for row in rows:
        load_posts(graph, [row])
    found = "MATCH (a)-[:POSTED]->(t:Tweet {text: 'x'})<-[:RETWEETS {ts: $ts, key: '1'}]-(:Tweet {tweet_id: '2'})"
    assert value(graph, found.replace("$ts", "1577836809") + " RETURN count(*)") == 1
    assert value(graph, "MATCH (t:Tweet) RETURN count(t)") == 2


def test_a_profile_is_found_whether_it_comes_before_or_after_the_posts(graph: Database) -> None:
    profile: dict[str, Any] = dict.fromkeys(ACCOUNTS) | {
        "account_id": "a",
        "created_on": date(2012, 3, 4),
        "followers": 5,
    }
    accounts = pl.DataFrame([profile], schema=ACCOUNTS)
    users = Rows(pl.DataFrame(schema=POSTS), accounts, 1, 1)
    tweets = rows_of_posts([post("a", 0, "1"), post("b", 0, "2", mentions=["a"])])
    found = []
    for order in ([users, tweets], [tweets, users]):
        empty(graph)
        counts = [write_rows(graph, rows).counts for rows in order]
        assert sum((each.loaded for each in counts), 0) == 3
        found.append(checksum(graph))
    assert found[0] == found[1]
    stored = value(graph, "MATCH (a:Account {account_id: 'a'}) RETURN properties(a)")
    assert stored == {"account_id": "a", "created_on": date(2012, 3, 4), "followers": 5}


def test_an_operation_and_its_states(graph: Database, tmp_path: Path) -> None:
    file = tmp_path / "users.csv"
    values = dict.fromkeys(ARCHIVE_ACCOUNT, "") | {"userid": "u", "account_creation_date": "2019-01-01"}
    file.write_text(",".join(values) + "\n" + ",".join(values.values()) + "\n")
    for _ in range(2):
        load("io-archive", file, graph, operation=Operation("op", ["A", "B"], ["C"], False, "2019-10-30"))
    everything = contents(graph)
    operation = ("node", "Operation", (("baseline", "bool", "False"), ("operation_id", "str", "'op'"),
                                       ("released_on", "Date", "neo4j.time.Date(2019, 10, 30)")))  # fmt: skip
    assert operation in everything
    op = ("Operation", "op")
    assert {thing[1:] for thing in everything if thing[0] == "edge"} == {
        (("Account", "u"), "PART_OF", (), op),
        (op, "ATTRIBUTED_TO", (), ("State", "A")),
        (op, "ATTRIBUTED_TO", (), ("State", "B")),
        (op, "TARGETS", (), ("State", "C")),
    }


@settings(max_examples=12)
@given(posts=random_posts(), ids=st.lists(st.sampled_from("123456"), min_size=14, max_size=14), batch=st.integers(2, 9))
def test_batches_of_any_size_make_the_same_graph(
    database: Database, posts: list[dict[str, Any]], ids: Sequence[str], batch: int
) -> None:
    # With six ids for up to fourteen posts, most rows repeat or contradict another.
    rows = rows_of_posts([row | {"tweet_id": tweet_id} for row, tweet_id in zip(posts, ids, strict=False)])
    found = []
    for size in (1, batch):
        empty(database)
        written = write_rows(database, rows, batch=size)
        counts = written.counts
        assert (counts.loaded, counts.rows_read) == (rows.posts["tweet_id"].n_unique(), rows.posts.height)
        counts.check()
        found.append((checksum(database), counts))
    assert found[0] == found[1]


@contextmanager
def rule(graph: Database, kind: str, text: str) -> Iterator[None]:
    """A constraint or an index of the user's own, while it is needed."""
    graph.run(f"CREATE {kind} own_rule {text}")
    try:
        graph.query("database/await_indexes")
        yield
    finally:
        graph.run(f"DROP {kind} own_rule")


def test_one_row_that_an_index_cannot_take_does_not_take_its_batch_with_it(graph: Database, tmp_path: Path) -> None:
    file, rejects = tmp_path / "posts.csv", tmp_path / "rejects.jsonl"
    texts = [f"text {number}" for number in range(40)]
    texts[17] = "".join(random.Random(0).choices("abcdefgh", k=20_000))
    rows = [f"{number},a,A,,,{text},100," for number, text in enumerate(texts)]
    file.write_text("\n".join(["message_id,user_id,username,repost_id,reply_id,message,timestamp,urls", *rows]))
    with rule(graph, "INDEX", "FOR (t:Tweet) ON (t.text)"):
        loaded = load("posts", file, graph, rejects=rejects, max_rejects=0.1, earliest="1970-01-01")
    assert loaded.counts == Counts(rows_read=40, loaded=39, rejected=1)
    ids = value(graph, "MATCH (t:Tweet) RETURN collect(t.tweet_id)")
    assert sorted(map(int, ids)) == [number for number in range(40) if number != 17]
    (line,) = map(orjson.loads, rejects.read_bytes().splitlines())
    assert (line["reason"], line["file"], orjson.loads(line["raw"])["tweet_id"]) == (
        "refused_by_database",
        str(file),
        "17",
    )
    assert "too large to index" in line["detail"]


def test_rows_that_a_constraint_forbids_are_rejected_one_by_one(graph: Database) -> None:
    names = [f"name{number}" for number in range(20)]
    names[13] = names[4]
    accounts = pl.DataFrame({"account_id": [str(number) for number in range(20)], "screen_name": names})
    whole = pl.concat([pl.DataFrame(schema=ACCOUNTS), accounts], how="diagonal")
    with rule(graph, "CONSTRAINT", "FOR (a:Account) REQUIRE a.screen_name IS UNIQUE"):
        written = write_rows(graph, Rows(pl.DataFrame(schema=POSTS), whole, 20, 20))
    assert written.counts == Counts(rows_read=20, loaded=19, rejected=1)
    assert [orjson.loads(each.raw)["account_id"] for each in written.refused] == ["13"]
