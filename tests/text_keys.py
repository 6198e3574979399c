"""Posts whose texts have keys, and the keys that version 0.1.0 wrote."""

from __future__ import annotations

import hashlib
import re
from typing import Any

from incahoots.database import Database
from tests.posts import post

#: Pairs of texts that differ in whom they mention, and in what touches the mention.
PAIRS = [
    ("@ann: please read our report", "@bob please read our report"),
    ("great job today everybody @ann!", "great job today everybody @bob"),
    ("(@ann's) only question remains open", "(@bob only question remains open"),
]
POSTS = [
    post(name, 100 * turn + second, f"{name}{turn}", text=pair[second])
    for turn, pair in enumerate(PAIRS)
    for second, name in enumerate("ab")
]

#: Posts with a link, with nothing else, with nothing that is left, without a text, and of somebody else's text.
MORE = [
    post("a", 900, "url", text="see https://a.example/1"),
    post("b", 901, "url only", text="https://a.example/1"),
    post("c", 902, "at", text="@: @x"),
    post("c", 903, "nothing", text=None),
    post("c", 904, "retweet", text="hello", retweeted_tweet_id="o"),
]


def as_in_0_1_0(graph: Database, rows: list[dict[str, Any]]) -> None:
    """Write keys as version 0.1.0 did: without a version, of texts from which ``@`` and the word behind it are cut."""
    keys = []
    for row in rows:
        for name, pattern in (("text_key", r"@\w+"), ("text_key_no_url", r"(?:https?://|www\.)\S+|@\w+")):
            left = " ".join(re.sub(pattern, "", (row["text"] or "").casefold()).split())
            key = hashlib.blake2b(left.encode(), digest_size=16).hexdigest() if left else None
            keys.append({"tweet_id": row["tweet_id"], "name": name, "key": key})
    graph.run(
        "UNWIND $keys AS row MATCH ()-[r:POSTED]->(:Tweet {tweet_id: row.tweet_id}) SET r[row.name] = row.key",
        {"keys": keys},
    )
