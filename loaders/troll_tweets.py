"""The columns of the 538/Clemson data, CSV or Parquet: posts of one operation, without ids of posts.

**Ids.** A post's id is computed from its author, time and text, and the number of equal rows before it in the file, so
that an account that posts the same text twice in a minute has two posts. The same row in two files has the same id and
is loaded once, which is right for overlapping files. If a file was split within such a minute, a post is lost: load
files that were not split.

**Retweets** do not name a tweet either. Those with equal texts are assumed to retweet the same tweet, whose id is
``text:`` and a 128-bit hash of the text without the prefix ``RT name:``. ``post_type`` is R (retweet) or Q (quote,
which does not name the quoted tweet, and counts as an original post). Some posts of 2017 have no type but begin with
``RT name:``: they are retweets, too.

Accounts are identified by ``author_id``, the name, because ``external_author_id`` was converted to floats.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl

from incahoots.loaders import extract
from incahoots.loaders.chunks import Chunk
from incahoots.loaders.columns import in_schema, integers, times
from incahoots.loaders.delimited import BLOCK_BYTES, Layout, read_delimited
from incahoots.loaders.headers import TROLL_TWEETS as COLUMNS, require
from incahoots.loaders.limits import Limits
from incahoots.loaders.parquet import is_parquet, read_parquet
from incahoots.loaders.rows import ACCOUNTS, POSTS, Rows
from incahoots.loaders.validation import Faults

_NAMES = {"account_id": "author_id", "created_at": "publish_date", "text": "content"}
_IDENTITY = ("author_id", "publish_date", "content")
_TIME_FORMATS = ("%Y-%m-%d %H:%M:%S", "%m/%d/%Y %H:%M")
_RT = r"^RT @?\w{1,15}: ?"
#: ISO 639-1 codes of the collector's names of languages.
_LANGUAGES = {
    "Albanian": "sq", "Arabic": "ar", "Bengali": "bn", "Bulgarian": "bg", "Catalan": "ca", "Croatian": "hr",
    "Czech": "cs", "Danish": "da", "Dutch": "nl", "English": "en", "Estonian": "et", "Farsi (Persian)": "fa",
    "Finnish": "fi", "French": "fr", "German": "de", "Greek": "el", "Gujarati": "gu", "Hebrew": "he", "Hindi": "hi",
    "Hungarian": "hu", "Icelandic": "is", "Indonesian": "id", "Italian": "it", "Japanese": "ja", "Kannada": "kn",
    "Korean": "ko", "Kurdish": "ku", "Latvian": "lv", "Lithuanian": "lt", "Macedonian": "mk", "Malay": "ms",
    "Malayalam": "ml", "Norwegian": "no", "Polish": "pl", "Portuguese": "pt", "Pushto": "ps", "Romanian": "ro",
    "Russian": "ru", "Serbian": "sr", "Simplified Chinese": "zh", "Slovak": "sk", "Slovenian": "sl", "Somali": "so",
    "Spanish": "es", "Swedish": "sv", "Tagalog (Filipino)": "tl", "Tamil": "ta", "Telugu": "te", "Thai": "th",
    "Traditional Chinese": "zh", "Turkish": "tr", "Ukrainian": "uk", "Urdu": "ur", "Uzbek": "uz",
    "Vietnamese": "vi",
}  # fmt: skip


def read(path: Path | str, *, block_bytes: int = BLOCK_BYTES, limits: Limits | None = None) -> Iterator[Chunk]:
    """Read a CSV (plain, gzip, zip) or Parquet file; add the number of equal previous rows to each row.

    Raises
    ------
    InputError
        The file lacks columns.
    """
    if is_parquet(path):
        chunks = read_parquet(path, lambda name, columns: _layout(name, columns).wanted, limits=limits)
    else:
        chunks = read_delimited(path, _layout, block_bytes=block_bytes, limits=limits)
    seen = pl.DataFrame(schema={"row_hash": pl.UInt64(), "n_before": pl.UInt32()})
    for chunk in chunks:
        hashes = chunk.frame.select(row_hash=pl.struct(_IDENTITY).hash())
        here = pl.int_range(pl.len(), dtype=pl.UInt32).over("row_hash")
        before = hashes.join(seen, on="row_hash", how="left", maintain_order="left")["n_before"].fill_null(0)
        frame = chunk.frame.with_columns(occurrence=hashes.select(here).to_series() + before)
        counts = hashes.group_by("row_hash").agg(n_before=pl.len().cast(pl.UInt32))
        seen = pl.concat([seen, counts]).group_by("row_hash").agg(pl.col("n_before").sum())
        yield Chunk(frame, chunk.locate, chunk.rejects, chunk.member)


def to_rows(chunk: Chunk, *, limits: Limits | None = None) -> Rows:
    """Return the posts of a chunk, and their accounts."""
    frame = chunk.frame
    faults = Faults(frame.height, _NAMES, limits)
    created = times(frame["publish_date"], _TIME_FORMATS)
    text = _unwrapped(frame["content"])
    source = text.str.replace(_RT, "")
    kind = frame["post_type"]
    is_retweet = (kind == "R").fill_null(value=False) | (kind.is_null() & text.str.contains(_RT).fill_null(value=False))
    posts = pl.DataFrame(
        {
            "tweet_id": _made_ids(frame["author_id"], created, text, frame["occurrence"]),
            "account_id": frame["author_id"],
            "created_at": created,
            "text": text,
            "language": frame["language"].replace(_LANGUAGES).replace("LANGUAGE UNDEFINED", "und"),
            "retweeted_tweet_id": _text_ids(source.set(~is_retweet, None)),
            "is_retweet": is_retweet,
            "hashtags": extract.hashtags(text),
            "urls": extract.urls(text),
            "mentions": extract.mentions(text),
        }
    ).with_columns(ids_rounded=pl.lit(value=False))
    posts = faults.check_posts(in_schema(posts, POSTS))
    accounts = {"account_id": frame["author_id"], "screen_name": frame["author_id"]}
    for column in ("followers", "following"):
        accounts[column] = faults.unread(column, "bad_number", frame[column], integers(frame[column]))
    # Counts are those at the time of each post; the account's first row in the chunk is used.
    known = faults.good(pl.DataFrame(accounts)).unique("account_id", keep="first", maintain_order=True)
    return Rows(faults.good(posts), in_schema(known, ACCOUNTS), chunk.n_read, 0, faults.rejects(chunk))


def _layout(name: str, header: Sequence[str]) -> Layout:
    """Return the columns to read; in the publisher's CSV, the author is ``author``."""
    renamed = ["author_id" if c == "author" and "author_id" not in header else c for c in header]
    require(name, renamed, COLUMNS, "troll-tweets")
    return Layout(renamed, COLUMNS)


def _unwrapped(text: pl.Series) -> pl.Series:
    """Remove the single quotes that the source puts around texts that begin with a mention."""
    wrapped = text.str.starts_with("'@") & text.str.ends_with("'")
    return pl.select(pl.when(wrapped).then(text.str.slice(1, text.str.len_chars() - 2)).otherwise(text)).to_series()


def _made_ids(author: pl.Series, created: pl.Series, text: pl.Series, occurrence: pl.Series) -> pl.Series:
    """Compute an id for each post from its content: the same on every machine and in every version."""
    parts = pl.DataFrame(
        {"a": author, "t": created.dt.epoch("s").cast(pl.String()), "x": text, "n": occurrence.cast(pl.String())}
    )
    joined = parts.select(pl.concat_str(pl.col("a", "t", "x", "n").fill_null(""), separator="\x1f")).to_series()
    return pl.Series(["row:" + _hash(value) for value in joined])


def _text_ids(text: pl.Series) -> pl.Series:
    """Compute a substitute for the id of the tweet with a text; null without text."""
    return pl.Series([None if value is None else "text:" + _hash(value) for value in text], dtype=pl.String())


def _hash(text: str) -> str:
    """Hash text to 128 bits, in hexadecimal."""
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
