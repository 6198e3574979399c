"""Graphs of the same posts with new and with old keys of texts."""

from __future__ import annotations

import pytest

from incahoots.database import Database
from tests.checksum import checksum
from tests.conftest import empty
from tests.posts import load_posts
from tests.text_keys import MORE, POSTS, as_in_0_1_0


@pytest.fixture
def new(database: Database) -> str:
    """The checksum of the posts as they are loaded now."""
    empty(database)
    load_posts(database, POSTS + MORE)
    return checksum(database)


@pytest.fixture
def old(new: str, graph: Database) -> Database:
    """A graph of the posts as 0.1.0 left it; ``new`` goes before, as it empties the graph."""
    load_posts(graph, POSTS + MORE)
    as_in_0_1_0(graph, [row for row in POSTS + MORE if row["tweet_id"] not in ("nothing", "retweet")])
    return graph
