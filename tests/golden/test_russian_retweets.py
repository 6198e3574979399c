"""35,125 retweets, CooRTweet's own example: the same numbers as CooRTweet, the same edges as the toolkit."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from incahoots.database import Database
from tests.coortweet import CoordinatedNetwork, coortweet
from tests.golden.networks import loaded, ours, theirs, without_loops

pytestmark = pytest.mark.real_data


@pytest.fixture(scope="module")
def russian(database: Database, real_data: Path) -> Iterator[Database]:
    """The retweets. 40 rows repeat a post: CooRTweet takes them for shares of their own, but no number rests on one."""
    yield from loaded(database, "shares", real_data / "coortweet_mit" / "russian_coord_tweets.csv.gz", 35_125)


@pytest.mark.copied_from("coordination-network-toolkit, development version", why="the reference of S3's authors")
@pytest.mark.parametrize(("window_s", "n_edges"), [(10, 2_184), (60, 12_412)])
def test_as_the_toolkit(russian: Database, reference: Path, window_s: int, n_edges: int) -> None:
    expected = theirs(reference / "cnt" / "russian_coord" / f"co_retweet_{window_s}s.csv")
    assert ours(russian, "co_retweet", window_s, loops=True) == expected
    found = ours(russian, "co_retweet", window_s)
    assert found == without_loops(expected)
    assert len(found) == n_edges


def sizes(found: CoordinatedNetwork) -> tuple[int, int, int, int, int]:
    """What the reference gives: pairs, the sum of their time deltas, nodes, edges, the largest weight."""
    nodes = set(found.edges["from"]) | set(found.edges["to"])
    largest = int(found.edges["weight"].max())
    return len(found.pairs), int(found.pairs["time_delta"].sum()), len(nodes), len(found.edges), largest


@pytest.mark.copied_from("CooRTweet 2.1.3, reference/README.md", why="the reference for counting pairs of shares")
@pytest.mark.parametrize(
    ("window_s", "min_participation", "remove_loops", "expected"),
    [
        (10, 5, True, (22, 118, 23, 20, 3)),
        (10, 5, False, (60, 362, 30, 27, 26)),
        (10, 1, True, (1_098, 5_911, 1_525, 1_092, 3)),
        (60, 2, True, (3_791, 115_243, 2_110, 3_721, 4)),
        (60, 1, True, (6_281, 191_046, 3_954, 6_206, 4)),
        (0, 1, True, (35, 0, 68, 35, 1)),
    ],
)
def test_as_coortweet(
    russian: Database, window_s: int, min_participation: int, remove_loops: bool, expected: tuple[int, ...]
) -> None:
    assert sizes(coortweet(russian, window_s, min_participation, remove_loops=remove_loops)) == expected
