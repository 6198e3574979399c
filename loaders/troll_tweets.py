"""The 538/Clemson columns, CSV or Parquet: posts of one operation, collected by account, without ids of posts.

**Ids.** A post's id is made from its author, time and text, and from how many equal rows stood before it in the file,
so that an account that said the same twice in a minute has two posts. The same row in two files has the same id and
is loaded once, which is right for files that overlap. Of posts that are equal but lie in two files (a file cut in the
middle of such a minute), one would be lost; load uncut files.

**Retweets** name no tweet either. Those of equal text are taken to retweet the same tweet, whose id is ``text:`` and
a 128-bit hash of the text without ``RT name:`` before it. ``post_type`` says R (retweet) or Q (quote, which names
nothing, and counts as a post of the account's own); some of 2017 have no type and begin with ``RT name:``, and are
retweets too.

Accounts go by ``author_id``, the name, because ``external_author_id`` went through floats.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl

from incahoots.loaders import extract
from incahoots.loaders.columns import in_schema, integers, times
from incahoots.loaders.delimited import BLOCK_BYTES, Layout, read_delimited
from incahoots.loaders.headers import TROLL_TWEETS as COLUMNS
from incahoots.loaders.headers import require
from incahoots.loaders.limits import Limits
from incahoots.loaders.parquet import is_parquet, read_parquet
from incahoots.loaders.pieces import Piece
from incahoots.loaders.rows import ACCOUNTS, POSTS, Rows
from incahoots.loaders.validation import Faults

_NAMES = {"account_id": "author_id", "created_at": "publish_date", "text": "content"}
_IDENTITY = ("author_id", "publish_date", "content")
_TIME_FORMATS = ("%Y-%m-%d %H:%M:%S", "%m/%d/%Y %H:%M")
_RT = r"^RT @?\w{1,15}: ?"
#: Where the collector's names of languages have an ISO 639-1 code.
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


def read(path: Path | str, *, block_bytes: int = BLOCK_BYTES, limits: Limits | None = None) -> Iterator[Piece]:
    """Read a CSV (plain, gzip, zip) or Parquet file; each row gets the number of equal rows before it in the file.

    Raises
    ------
    InputError
        The file does not have the columns.
    """
    if is_parquet(path):
        pieces = read_parquet(path, lambda name, columns: _layout(name, columns).wanted, limits=limits)
    else:
        pieces = read_delimited(path, _layout, block_bytes=block_bytes, limits=limits)
    seen = pl.DataFrame(schema={"row_hash": pl.UInt64(), "n_before": pl.UInt32()})
    for piece in pieces:
        hashes = piece.frame.select(row_hash=pl.struct(_IDENTITY).hash())
        here = pl.int_range(pl.len(), dtype=pl.UInt32).over("row_hash")
        before = hashes.join(seen, on="row_hash", how="left", maintain_order="left")["n_before"].fill_null(0)
        frame = piece.frame.with_columns(occurrence=hashes.select(here).to_series() + before)
        counts = hashes.group_by("row_hash").agg(n_before=pl.len().cast(pl.UInt32))
        seen = pl.concat([seen, counts]).group_by("row_hash").agg(pl.col("n_before").sum())
        yield Piece(frame, piece.locate, piece.rejects, piece.member)


def to_rows(piece: Piece, *, limits: Limits | None = None) -> Rows:
    """Return posts and their accounts of one piece."""
    frame = piece.frame
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
    # The counts are those at the time of each post: the account's first row in the piece stands.
    known = faults.good(pl.DataFrame(accounts)).unique("account_id", keep="first", maintain_order=True)
    return Rows(faults.good(posts), in_schema(known, ACCOUNTS), piece.n_read, 0, faults.rejects(piece))


def _layout(name: str, header: Sequence[str]) -> Layout:
    """Return the columns we use; the publisher's CSV calls the author ``author``."""
    renamed = ["author_id" if c == "author" and "author_id" not in header else c for c in header]
    require(name, renamed, COLUMNS, "troll-tweets")
    return Layout(renamed, COLUMNS)


def _unwrapped(text: pl.Series) -> pl.Series:
    """Texts that begin with a mention stand between single quotes in the source."""
    wrapped = text.str.starts_with("'@") & text.str.ends_with("'")
    return pl.select(pl.when(wrapped).then(text.str.slice(1, text.str.len_chars() - 2)).otherwise(text)).to_series()


def _made_ids(author: pl.Series, created: pl.Series, text: pl.Series, occurrence: pl.Series) -> pl.Series:
    """Return an id for each post, from what it says: the same on every machine and in every version."""
    parts = pl.DataFrame(
        {"a": author, "t": created.dt.epoch("s").cast(pl.String()), "x": text, "n": occurrence.cast(pl.String())}
    )
    joined = parts.select(pl.concat_str(pl.col("a", "t", "x", "n").fill_null(""), separator="\x1f")).to_series()
    return pl.Series(["row:" + _hash(value) for value in joined])


def _text_ids(text: pl.Series) -> pl.Series:
    """Return a stand-in for the id of the tweet with a text; null where there is no text."""
    return pl.Series([None if value is None else "text:" + _hash(value) for value in text], dtype=pl.String())


def _hash(text: str) -> str:
    """128 bits in hexadecimal."""
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
