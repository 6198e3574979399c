"""JSON lines of the X API v2, as twarc writes them: pages, a flattened post on each line, or a stream.

A row is a record: a post or an account in ``data`` or ``includes``, a post on a line, or a post inside a flattened one.
Posts in ``includes`` are real posts. The account inside a flattened post belongs to it, as in an archive. Posts and
accounts may be repeated on the same page and the next: that is normal, and the loader counts them.

The platform truncates texts of retweets; their hashtags, URLs and mentions are those in their ``entities``. Links to
pictures and videos of the post itself are ignored.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
import polars as pl

from incahoots.loaders.chunks import Chunk, Place
from incahoots.loaders.columns import ids, in_schema, integers, times
from incahoots.loaders.json_lines import BLOCK_BYTES, Lines, fault_of, is_unicode, parsed, read_lines
from incahoots.loaders.limits import Limits
from incahoots.loaders.rows import ACCOUNTS, POSTS, Reject, Rows
from incahoots.loaders.validation import Faults

#: Characters of an invalid record to show in a reject.
RAW_CHARS = 2_000
_TIME_FORMATS = ("%Y-%m-%dT%H:%M:%S%.f%#z",)
_NAMES = {"tweet_id": "id", "account_id": "author_id", "language": "lang", "client": "source"}
_COUNTS = ("like_count", "retweet_count", "reply_count", "quote_count")
_KINDS = {"retweeted": "retweeted", "quoted": "quoted", "replied_to": "replied"}
_Json = dict[str, Any]


@dataclass
class _Records:
    """Records of lines, each with its line number."""

    posts: list[tuple[int, _Json]] = field(default_factory=list)
    accounts: list[tuple[int, _Json]] = field(default_factory=list)
    # Accounts that belong to a post and are not records.
    authors: list[_Json] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    # Authors of posts that others refer to, if the same line names them.
    writers: dict[str, str] = field(default_factory=dict)
    # The posts again, in the columns of the schema.
    fields: list[_Json] = field(default_factory=list)


def read(path: Path | str, *, block_bytes: int = BLOCK_BYTES, limits: Limits | None = None) -> Iterator[Lines]:
    """Read JSON lines, plain, gzip or zip.

    Raises
    ------
    InputError
        The file cannot be read, or is a JSON array.
    """
    return read_lines(path, block_bytes=block_bytes, limits=limits)


def to_rows(lines: Lines, *, limits: Limits | None = None) -> Rows:
    """Return the posts and accounts of lines."""
    limits = limits or Limits.of()
    records = _Records(rejects=list(lines.rejects))
    for number, line in lines.lines:
        _sort(number, line, lines.member, records, limits.max_depth)
    n_read = len(records.posts) + len(records.accounts) + len(records.rejects)
    posts, post_rejects = _posts(records, lines.member, limits)
    accounts, account_rejects = _accounts(records.accounts, lines.member, limits)
    authors, _ = _accounts([(0, author) for author in records.authors], lines.member, limits)
    rejects = sorted([*records.rejects, *post_rejects, *account_rejects], key=lambda reject: reject.line)
    return Rows(posts, pl.concat([accounts, authors]), n_read, accounts.height, rejects)


def _sort(number: int, line: bytes, member: str, records: _Records, max_depth: int) -> None:
    """Sort the records of a line into posts, accounts and rejects."""
    try:
        value, doubtful = parsed(line, max_depth)
    except ValueError as error:
        raw = line.decode("utf-8", "backslashreplace")[:RAW_CHARS]
        records.rejects.append(Reject(number, "", fault_of(error), raw, member))
        return
    found = _Records()
    _sort_value(number, value, member, found)
    if doubtful:
        for kind in (found.posts, found.accounts):
            bad = [item for item in kind if not is_unicode(item[1])]
            found.rejects += [_reject(number, "bad_text", item, member) for _, item in bad]
            kind[:] = [item for item in kind if is_unicode(item[1])]
        found.authors = [author for author in found.authors if is_unicode(author)]
    records.posts += found.posts
    records.accounts += found.accounts
    records.authors += found.authors
    records.rejects += found.rejects
    records.fields += [_fields(post, found.writers) for _, post in found.posts]


def _sort_value(number: int, value: Any, member: str, found: _Records) -> None:
    """Find the records of a parsed line."""
    if not isinstance(value, dict):
        found.rejects.append(_reject(number, "not_a_post", value, member))
        return
    if "data" not in value and "includes" not in value:
        # A page without results has meta; anything else must be a flattened post.
        if _is_post(value):
            _add_flat(number, value, found)
        elif _is_account(value):
            found.accounts.append((number, value))
        elif "meta" not in value or "errors" in value:
            found.rejects.append(_reject(number, "not_a_post", value, member))
        return
    data = value.get("data") or []
    includes = _mapping(value.get("includes"))
    for item in [
        *(data if isinstance(data, list) else [data]),
        *_items(includes, "tweets"),
        *_items(includes, "users"),
    ]:
        if _is_post(item):
            _add_flat(number, item, found)
        elif _is_account(item):
            found.accounts.append((number, item))
        else:
            found.rejects.append(_reject(number, "not_a_post", item, member))


def _add_flat(number: int, post: _Json, found: _Records) -> None:
    """Add a post, with the posts and accounts that flattening has nested in it."""
    found.posts.append((number, post))
    if isinstance(post.get("author_id"), str):
        found.writers[str(post["id"])] = post["author_id"]
    if _is_account(post.get("author")):
        found.authors.append(post["author"])
    for reference in _items(post, "referenced_tweets"):
        if _is_post(reference):
            _add_flat(number, reference, found)


def _is_post(value: Any) -> bool:
    """Whether a record is a post."""
    return isinstance(value, dict) and "id" in value and "text" in value


def _is_account(value: Any) -> bool:
    """Whether a record is an account."""
    return isinstance(value, dict) and "id" in value and "username" in value


def _mapping(value: Any) -> _Json:
    """Return an object, or an empty one for any other value."""
    return value if isinstance(value, dict) else {}


def _items(value: _Json, key: str) -> list[_Json]:
    """Return the objects in a list; an empty list may be written as ``{}``."""
    items = value.get(key)
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def _text(value: Any) -> str | None:
    """Return a value as text, or null if it is missing."""
    if value is None or value == "":
        return None
    return value if isinstance(value, str) else str(value)


def _raw(value: Any) -> str:
    """Return a record as JSON, shortened."""
    try:
        return orjson.dumps(value).decode()[:RAW_CHARS]
    except TypeError:
        return repr(value)[:RAW_CHARS]


def _reject(number: int, reason: str, value: Any, member: str) -> Reject:
    """Build a reject of a record."""
    return Reject(number, "", reason, _raw(value), member)


def _chunk(items: list[tuple[int, _Json]], member: str) -> Chunk:
    """Return a function that finds the record of a row, for `Faults`."""
    return Chunk(
        pl.DataFrame(), lambda rows: [Place(items[row][0], _raw(items[row][1])) for row in rows], member=member
    )


def _posts(records: _Records, member: str, limits: Limits) -> tuple[pl.DataFrame, list[Reject]]:
    """Return the posts as a frame, and invalid ones as rejects."""
    columns: dict[str, list[Any]] = {column: [] for column in POSTS}
    for fields in records.fields:
        for column, value in fields.items():
            columns[column].append(value)
    faults = Faults(len(records.posts), _NAMES, limits)
    data = {
        column: pl.Series(column, values, dtype=type_ if type_ in (pl.List, pl.Boolean) else pl.String())
        for (column, type_), values in zip(POSTS.items(), columns.values(), strict=True)
    }
    data |= {column: ids(data[column]) for column in data if column.endswith("_id")}
    data["created_at"] = times(data["created_at"], _TIME_FORMATS)
    for column in _COUNTS:
        data[column] = faults.unread(column, "bad_number", data[column], integers(data[column]))
    posts = faults.check_posts(in_schema(pl.DataFrame(data), POSTS))
    return faults.good(posts), faults.rejects(_chunk(records.posts, member))


def _fields(post: _Json, writers: dict[str, str]) -> _Json:
    """Convert a post to the columns of the schema, as text."""
    entities = post.get("entities")
    metrics = _mapping(post.get("public_metrics"))
    row: _Json = dict.fromkeys(POSTS) | {
        "tweet_id": _text(post.get("id")),
        "account_id": _text(post.get("author_id")),
        "created_at": _text(post.get("created_at")),
        "text": _text(post.get("text")),
        "language": _text(post.get("lang")),
        "client": _text(post.get("source")),
        **{column: _text(metrics.get(column)) for column in _COUNTS},
        "is_retweet": False,
        "ids_rounded": False,
    }
    for reference in _items(post, "referenced_tweets"):
        kind = reference.get("type")
        ours = _KINDS.get(kind) if isinstance(kind, str) else None
        if ours:
            target = _text(reference.get("id"))
            row[f"{ours}_tweet_id"] = target
            row[f"{ours}_account_id"] = writers.get(target or "")
    row["replied_account_id"] = _text(post.get("in_reply_to_user_id")) or row["replied_account_id"]
    row["is_retweet"] = row["retweeted_tweet_id"] is not None
    if entities is not None:
        entities = _mapping(entities)
        row["hashtags"] = [tag for item in _items(entities, "hashtags") if (tag := _text(item.get("tag")))]
        row["urls"] = [
            url
            for item in _items(entities, "urls")
            if not item.get("media_key") and (url := _text(item.get("expanded_url")) or _text(item.get("url")))
        ]
        row["mentions"] = [name for item in _items(entities, "mentions") if (name := _mentioned(item))]
    return row


def _mentioned(item: _Json) -> str | None:
    """Return the id of a mentioned account, or its name if only that is known."""
    name = _text(item.get("username"))
    return _text(item.get("id")) or (f"@{name.lower()}" if name else None)


def _accounts(items: list[tuple[int, _Json]], member: str, limits: Limits) -> tuple[pl.DataFrame, list[Reject]]:
    """Return the accounts as a frame, and invalid ones as rejects."""
    rows = [_account_fields(account) for _, account in items]
    frame = pl.DataFrame(rows, schema=dict.fromkeys(ACCOUNTS, pl.String()), orient="row")
    frame = frame.with_columns(ids(frame["account_id"]))
    faults = Faults(len(items), {"account_id": "id"}, limits)
    faults.check_key("account_id", frame["account_id"])
    created = times(frame["created_on"], _TIME_FORMATS)
    frame = frame.with_columns(
        faults.unread("created_at", "bad_time", frame["created_on"], created).dt.date(),
        *(faults.unread(c, "bad_number", frame[c], integers(frame[c])) for c in ("followers", "following")),
    )
    faults.check_texts(frame)
    return faults.good(in_schema(frame, ACCOUNTS)), faults.rejects(_chunk(items, member))


def _account_fields(account: _Json) -> _Json:
    """Convert an account to the columns of the schema, as text."""
    metrics = _mapping(account.get("public_metrics"))
    links = _items(_mapping(_mapping(account.get("entities")).get("url")), "urls")
    profile_url = next((url for link in links if (url := _text(link.get("expanded_url")))), None)
    return {
        "account_id": _text(account.get("id")),
        "screen_name": _text(account.get("username")),
        "display_name": _text(account.get("name")),
        "description": _text(account.get("description")),
        "location": _text(account.get("location")),
        "profile_url": profile_url or _text(account.get("url")),
        "followers": _text(metrics.get("followers_count")),
        "following": _text(metrics.get("following_count")),
        "created_on": _text(account.get("created_at")),
        "language": None,
    }
