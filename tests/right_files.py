"""Files of every format in which nothing is wrong, row by row: what `tests.mutations` damages."""

from __future__ import annotations

import csv
import io
import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from incahoots.loaders.headers import ARCHIVE_ACCOUNT, ARCHIVE_TWEET, POSTS as POSTS_COLUMNS, SHARES, TROLL_TWEETS

N_ROWS = 14
AT = 1_600_000_000


@dataclass
class Table:
    """A file before anything is wrong: the pieces before its rows, and each row with the key of its posts."""

    format: str
    suffix: str
    header: bytes
    rows: list[bytes]
    keys: list[tuple[str, ...]]
    options: dict[str, Any] = field(default_factory=dict)


def _text(number: int) -> str:
    """A text of some kind; each is different, as it is the key of a post."""
    kinds = [
        "plain {}",
        'with, a "quote" {}',
        "of two\nlines {}",
        "ünïcödé 🍞 {}",
        "#tag @name https://a.example/{}",
        "'{}'",
    ]
    return kinds[number % len(kinds)].format(f"n{number}")


def _csv(columns: tuple[str, ...], rows: list[dict[str, Any]], **style: Any) -> tuple[bytes, list[bytes]]:
    """The header and the rows as CSV."""

    def line(values: Any) -> bytes:
        text = io.StringIO(newline="")
        csv.writer(text, **style).writerow(values)
        return text.getvalue().encode()

    return line(columns), [line([row.get(column, "") for column in columns]) for row in rows]


def _style(chance: random.Random) -> dict[str, Any]:
    """How CSV is written."""
    return {
        "quoting": chance.choice([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
        "lineterminator": chance.choice(["\n", "\r\n"]),
    }


def _io_archive(chance: random.Random) -> Table:
    """Tweets of an archive."""
    rows = [
        {
            "tweetid": f"{1200 + n}", "userid": f"u{n % 4}=", "user_screen_name": f"name{n % 4}", "follower_count": "7",
            "account_creation_date": "2019-06-19", "tweet_text": _text(n), "tweet_time": f"2019-07-02 13:{n:02}",
            "is_retweet": "False", "hashtags": "['a', 'b']" if n % 2 else "[]", "urls": "[https://a.example/1]",
        }
        for n in range(N_ROWS)
    ]  # fmt: skip
    header, lines = _csv(ARCHIVE_TWEET, rows, **_style(chance))
    return Table("io-archive", ".csv", header, lines, [(_text(n),) for n in range(N_ROWS)])


def _users(chance: random.Random) -> Table:
    """Accounts of an archive: no posts, so nothing to compare but the sums."""
    rows = [{"userid": f"u{n}", "user_display_name": _text(n), "follower_count": str(n)} for n in range(N_ROWS)]
    header, lines = _csv(ARCHIVE_ACCOUNT, rows, **_style(chance))
    return Table("io-archive", ".csv", header, lines, [()] * N_ROWS)


def _posts(chance: random.Random) -> Table:
    """The toolkit's posts, with or without a header."""
    rows = [
        {"message_id": f"m{n}", "user_id": f"u{n % 3}", "username": "name", "message": _text(n),
         "timestamp": f"{AT + n}", "urls": "https://a.example/x" if n % 2 else ""}
        for n in range(N_ROWS)
    ]  # fmt: skip
    header, lines = _csv(POSTS_COLUMNS, rows, **_style(chance))
    header = chance.choice([header, b""])
    return Table("posts", ".csv", header, lines, [(_text(n),) for n in range(N_ROWS)])


def _shares(chance: random.Random) -> Table:
    """CooRTweet's shares."""
    rows = [
        {"object_id": f"o{n % 3}", "account_id": f"u{n}", "content_id": f"c{n}", "timestamp_share": str(AT + n)}
        for n in range(N_ROWS)
    ]
    header, lines = _csv(SHARES, rows, **_style(chance))
    return Table("shares", ".csv", header, lines, [(f"c{n}",) for n in range(N_ROWS)])


def troll_rows() -> list[dict[str, Any]]:
    """Rows of the 538 files."""
    return [
        {"author_id": f"U{n % 3}", "content": _text(n), "language": "English", "publish_date": f"10/6/2016 7:{n:02}",
         "post_type": "", "followers": "5", "following": "6"}
        for n in range(N_ROWS)
    ]  # fmt: skip


def _troll_tweets(chance: random.Random) -> Table:
    """The 538 files as CSV."""
    header, lines = _csv(TROLL_TWEETS, troll_rows(), **_style(chance))
    return Table("troll-tweets", ".csv", header, lines, [(_text(n),) for n in range(N_ROWS)])


MAPPING = {
    "columns": {"tweet_id": "id", "account_id": "who", "created_at": "at", "text": "said", "hashtags": "tags"},
    "time": {"unit": "s"},
}


def table_rows() -> list[dict[str, Any]]:
    """Rows of a table with a mapping."""
    return [
        {"id": f"t{n}", "who": f"u{n % 3}", "at": AT + n, "said": _text(n), "tags": ["a", f"b{n}"]}
        for n in range(N_ROWS)
    ]


def _table_csv(chance: random.Random) -> Table:
    """A table as CSV with semicolons."""
    header, lines = _csv(("id", "who", "at", "said", "tags"), table_rows(), delimiter=";", **_style(chance))
    mapping = {**MAPPING, "file": {"delimiter": ";"}}
    return Table("table", ".csv", header, lines, [(_text(n),) for n in range(N_ROWS)], {"mapping": mapping})


def _table_json(chance: random.Random) -> Table:
    """A table as JSON lines."""
    end = chance.choice([b"\n", b"\r\n"])
    lines = [json.dumps(row, ensure_ascii=chance.random() < 0.5).encode() + end for row in table_rows()]
    return Table("table", ".jsonl", b"", lines, [(_text(n),) for n in range(N_ROWS)], {"mapping": MAPPING})


def _twitter(chance: random.Random) -> Table:
    """Pages, flattened posts and streams, mixed."""
    lines, keys = [], []
    for n in range(0, N_ROWS * 3, 3):
        posts = [
            {"id": str(n + k), "author_id": f"u{n % 2}", "created_at": "2021-04-01T15:53:42.000Z", "text": _text(n + k),
             "entities": {"hashtags": [{"tag": "bread"}], "urls": [{"expanded_url": "https://a.example/1"}],
                          "mentions": [{"id": "9", "username": "Ann"}]},
             "public_metrics": {"like_count": 3}, "referenced_tweets": [{"type": "quoted", "id": "5"}]}
            for k in range(3)
        ]  # fmt: skip
        user = {"id": f"u{n}", "username": "ann", "name": "Ann", "public_metrics": {"followers_count": 1}}
        page = {"data": posts[:2], "includes": {"tweets": posts[2:], "users": [user]}, "meta": {"result_count": 2}}
        flat = {**posts[0], "author": user, "referenced_tweets": [{"type": "quoted", **posts[1]}]}
        value, used = chance.choice([(page, 3), (flat, 2), ({"data": posts[0]}, 1)])
        lines.append(json.dumps(value).encode() + b"\n")
        keys.append(tuple(_text(n + k) for k in range(used)))
    return Table("twitter-v2", ".jsonl", b"", lines, keys)


TABLES: list[Callable[[random.Random], Table]] = [
    _io_archive, _users, _posts, _shares, _troll_tweets, _table_csv, _table_json, _twitter,
]  # fmt: skip
