"""The same networks as the coordination network toolkit: every edge, every weight, and every difference explained."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from incahoots.database import Database, connect
from incahoots.loaders.counts import Counts
from incahoots.loaders.load import load
from tests.conftest import server_of_its_own
from tests.golden.networks import WINDOW_S, loaded, ours, theirs, without_loops
from tests.posts import Edges

pytestmark = [
    pytest.mark.real_data,
    pytest.mark.copied_from("coordination-network-toolkit, development version", why="the reference of S3's authors"),
]


def posts_of(path: Path) -> pl.DataFrame:
    """The toolkit's input, all of it text; an empty cell is null."""
    return pl.read_csv(path, infer_schema=False)


def originals_of(posts: pl.DataFrame) -> pl.DataFrame:
    """Posts that are no reposts."""
    return posts.filter(pl.col("repost_id").is_null() | (pl.col("repost_id") == ""))


def linked(posts: pl.DataFrame, *, empty_url: bool, loops: bool) -> Edges:
    """co_link by its definition, two pointers a URL; ``empty_url`` lets posts without one share the URL ''."""
    by_url = defaultdict(list)
    columns = originals_of(posts).select(
        "user_id", "message_id", "urls", ts=pl.col("timestamp").cast(pl.Float64).cast(pl.Int64)
    )
    for account, post, urls, ts in columns.iter_rows():
        for url in set(urls.split(" ")) if urls else {""} if empty_url else ():
            by_url[url].append((ts, account, post))
    matched = defaultdict(set)
    for shares in by_url.values():
        shares.sort()
        first = 0
        for number, (ts, account, post) in enumerate(shares):
            while shares[first][0] < ts - WINDOW_S:
                first += 1
            for _, other_account, other in shares[first:number]:
                if loops or account != other_account:
                    matched[account, other_account].add(post)
                    matched[other_account, account].add(other)
    return {pair: len(posts) for pair, posts in matched.items()}


@pytest.fixture(scope="class")
def synthetic(database: Database, reference: Path) -> Iterator[Database]:
    """20,000 posts, all networks."""
    yield from loaded(database, "posts", reference / "cnt" / "synth20k" / "input.csv.gz", 20_000)


@pytest.fixture(scope="class")
def troll_month(real_data: Path) -> Iterator[Database]:
    """115,918 posts of one operation, the fast way in: a server of its own, thrown away with its data."""
    with server_of_its_own() as folder:
        counts = load("posts", real_data / "ira_538" / "ira_month_8col.csv.gz", bulk=True, home=folder).counts
        assert counts == Counts(rows_read=115_918, loaded=115_918)
        with connect(home=folder) as opened:
            yield opened


class TestSynthetic:
    @pytest.mark.parametrize(
        ("behaviour", "n_edges", "weight"),
        [("co_retweet", 1_776, 7_756), ("co_tweet", 1_320, 8_406), ("co_reply", 1_356, 6_488)],
    )
    def test_network(self, synthetic: Database, reference: Path, behaviour: str, n_edges: int, weight: int) -> None:
        found = ours(synthetic, behaviour)
        assert found == theirs(reference / "cnt" / "synth20k" / f"{behaviour}.csv")
        assert (len(found), sum(found.values())) == (n_edges, weight)

    def test_co_post(self, synthetic: Database, reference: Path) -> None:
        expected = theirs(reference / "cnt" / "synth20k" / "co_post.csv")
        # The reference holds an account's match with itself in this one network only.
        assert ours(synthetic, "co_post", loops=True) == expected
        assert (len(expected), sum(expected.values())) == (78_489, 109_544)

    # Nothing in this file is two URLs for one as written and one as normalised.
    @pytest.mark.parametrize("behaviour", ["co_link_raw", "co_link"])
    def test_co_link(self, synthetic: Database, reference: Path, behaviour: str) -> None:
        folder = reference / "cnt" / "synth20k"
        posts = posts_of(folder / "input.csv.gz")
        found = ours(synthetic, behaviour)
        assert found == linked(posts, empty_url=False, loops=False)
        # With all posts without a URL sharing the URL "", that is the toolkit's network: nothing else differs.
        expected = theirs(folder / "co_link.csv")
        assert linked(posts, empty_url=True, loops=False) == expected
        assert found != expected
        assert (len(expected), sum(expected.values())) == (5_120, 26_446)


class TestTrollMonth:
    def test_all_of_it_is_there(self, troll_month: Database) -> None:
        posted = "MATCH (a:Account)-[:POSTED]->(t) WHERE t.text IS NOT NULL "
        found = troll_month.run(posted + "RETURN count(DISTINCT a) AS accounts, count(DISTINCT t) AS tweets")
        assert found.to_dict("records") == [{"accounts": 471, "tweets": 115_918}]

    def test_co_retweet(self, troll_month: Database, reference: Path) -> None:
        expected = theirs(reference / "cnt" / "ira_month" / "co_retweet.csv")
        assert ours(troll_month, "co_retweet", loops=True) == expected
        found = ours(troll_month, "co_retweet")
        assert found == without_loops(expected)
        assert (len(found), sum(found.values()), len(expected) - len(found)) == (2_272, 8_712, 67)

    def test_co_tweet(self, troll_month: Database, reference: Path) -> None:
        expected = theirs(reference / "cnt" / "ira_month" / "co_tweet.csv")
        assert ours(troll_month, "co_tweet", loops=True) == expected
        assert ours(troll_month, "co_tweet") == {}
        assert len(expected) == 31

    def test_co_link(self, troll_month: Database, real_data: Path, reference: Path) -> None:
        posts = posts_of(real_data / "ira_538" / "ira_month_8col.csv.gz")
        expected = theirs(reference / "cnt" / "ira_month" / "co_link.csv")
        assert linked(posts, empty_url=True, loops=True) == expected
        assert ours(troll_month, "co_link_raw", loops=True) == linked(posts, empty_url=False, loops=True)
        between = without_loops(expected)
        assert (len(between), sum(between.values()), len(expected) - len(between)) == (5_098, 34_738, 114)
