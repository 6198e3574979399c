"""Convert rows to tables of the graph: the nodes and relationships of a chunk of posts.

Pure and columnar. Both ways of loading write these tables, so both create the same graph.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from incahoots.loaders.rows import ACCOUNTS
from incahoots.loaders.texts import both_text_keys
from incahoots.loaders.urls import keyed_all, url_table


@dataclass(frozen=True)
class NodeTable:
    """A label, its key, and its properties."""

    label: str
    key: str
    properties: tuple[str, ...] = ()


@dataclass(frozen=True)
class EdgeTable:
    """A relationship type: columns of the keys of both ends, their labels, and its properties."""

    type: str
    start: tuple[str, str]  # label, column
    end: tuple[str, str]
    properties: tuple[str, ...] = ()


#: Properties of a tweet that are columns of its row.
TWEET_PROPERTIES = (
    "text", "language", "client", "like_count", "retweet_count", "reply_count", "quote_count", "ids_rounded",
)  # fmt: skip

NODES: dict[str, NodeTable] = {
    "accounts": NodeTable("Account", "account_id", tuple(name for name in ACCOUNTS if name != "account_id")),
    "tweets": NodeTable("Tweet", "tweet_id", (*TWEET_PROPERTIES, "created_at", "ts")),
    "hashtags": NodeTable("Hashtag", "tag"),
    "urls": NodeTable("Url", "url"),
    "domains": NodeTable("Domain", "domain"),
}

_TWEET = ("Tweet", "tweet_id")
_SHARE = ("key", "ts", "is_retweet")
#: Fractions of a second are cut off.
_SECOND = pl.col("created_at").dt.epoch("s").alias("ts")

#: In the order of writing. Names are those of the queries in ``cypher/load``.
EDGES: dict[str, EdgeTable] = {
    "posted": EdgeTable("POSTED", ("Account", "account_id"), _TWEET, ("ts", "text_key", "text_key_no_url")),
    "retweets": EdgeTable("RETWEETS", _TWEET, ("Tweet", "original_id"), ("key", "ts")),
    "quotes": EdgeTable("QUOTES", _TWEET, ("Tweet", "original_id")),
    "replies_to": EdgeTable("REPLIES_TO", _TWEET, ("Tweet", "original_id"), ("key", "ts")),
    "addresses": EdgeTable("ADDRESSES", _TWEET, ("Account", "addressed_id"), ("kind",)),
    "mentions": EdgeTable("MENTIONS", _TWEET, ("Account", "mentioned_id"), _SHARE),
    "has_hashtag": EdgeTable("HAS_HASHTAG", _TWEET, ("Hashtag", "tag"), _SHARE),
    "links_to": EdgeTable("LINKS_TO", _TWEET, ("Url", "url"), ("raw", *_SHARE, "domain")),
    "on_domain": EdgeTable("ON_DOMAIN", ("Url", "url"), ("Domain", "domain")),
}


def first_known(frame: pl.DataFrame, key: str) -> pl.DataFrame:
    """Merge rows of one key: keep the first known value of each column (for lists: the first that is not empty).

    If two rows contradict each other, the first wins, but values that only the second has are kept.

    Parameters
    ----------
    frame : pl.DataFrame
    key : str
        The column that identifies rows.

    Returns
    -------
    pl.DataFrame
        The same columns, in the order of first appearance.
    """
    repeated = frame[key].is_duplicated()
    if not repeated.any():
        return frame
    lists = [name for name, kind in frame.schema.items() if isinstance(kind, pl.List)]
    numbered = frame.with_row_index("_row")
    folded = (
        numbered.filter(repeated)
        .with_columns(pl.when(pl.col(name).list.len() > 0).then(pl.col(name)) for name in lists)
        .group_by(key, maintain_order=True)
        .agg(pl.col("_row").first(), pl.exclude("_row").drop_nulls().first())
        .with_columns(pl.col(name).fill_null([]) for name in lists)
        .select(numbered.columns)
    )
    return pl.concat([numbered.filter(~repeated), folded]).sort("_row").drop("_row")


def graph_tables(posts: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Convert posts to the tables of ``NODES`` and ``EDGES``, each row once.

    Parameters
    ----------
    posts : pl.DataFrame
        In the schema ``POSTS``, with unique ``tweet_id``.

    Returns
    -------
    dict of str to pl.DataFrame
        Tables by name. ``accounts`` and ``tweets`` contain stubs, too: rows with only a key. A tweet that is referred
        to *and* has a row appears once, with its row.
    """
    edges = edge_tables(posts)
    edges["on_domain"] = edges["links_to"].select("url", "domain").drop_nulls().unique(maintain_order=True)
    own = posts.select(
        "tweet_id",
        *TWEET_PROPERTIES,
        # As text, so that both ways of loading create the same time.
        pl.col("created_at").dt.to_string("%Y-%m-%dT%H:%M:%S%.fZ"),
        _SECOND,
    ).with_columns(pl.when("ids_rounded").then(pl.lit(True)).alias("ids_rounded"))
    referred = _ids(edges, "original_id", "tweet_id").filter(~pl.col("tweet_id").is_in(own["tweet_id"].implode()))
    nodes = {
        "accounts": pl.concat(
            [
                _ids(edges, "account_id", "account_id"),
                _ids(edges, "addressed_id", "account_id"),
                _ids(edges, "mentioned_id", "account_id"),
            ]
        )
        .unique(maintain_order=True)
        .with_columns(screen_name=_name_in_key()),
        "tweets": pl.concat([own, referred], how="diagonal"),
        "hashtags": edges["has_hashtag"].select("tag").unique(maintain_order=True),
        "urls": edges["links_to"].select("url").unique(maintain_order=True),
        "domains": edges["on_domain"].select("domain").unique(maintain_order=True),
    }
    return nodes | edges


def edge_tables(posts: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Convert posts to the tables of ``EDGES`` that begin at a post or at its author; see `graph_tables`."""
    posts = posts.with_columns(
        _SECOND,
        is_retweet=pl.col("is_retweet").fill_null(False) | pl.col("retweeted_tweet_id").is_not_null(),
    )
    return {
        "posted": _posted(posts),
        "retweets": _reference(posts, "retweeted_tweet_id", keyed=True),
        "quotes": _reference(posts, "quoted_tweet_id", keyed=False),
        "replies_to": _reference(posts, "replied_tweet_id", keyed=True),
        "addresses": _addresses(posts),
        "mentions": _shares(posts, "mentions", "mentioned_id").with_columns(key="mentioned_id"),
        "has_hashtag": _hashtags(posts),
        "links_to": _links(posts),
    }


def complete_accounts(stubs: pl.DataFrame, profiles: pl.DataFrame) -> pl.DataFrame:
    """Join profiles to the accounts that are referred to; one row for each account."""
    return first_known(pl.concat([profiles, stubs], how="diagonal"), "account_id")


def _name_in_key() -> pl.Expr:
    """Return the name of an account of which only the name is known, whose key is '@' and the name."""
    key = pl.col("account_id")
    return pl.when(key.str.starts_with("@")).then(key.str.slice(1))


def _ids(edges: dict[str, pl.DataFrame], column: str, name: str) -> pl.DataFrame:
    """Return all ids in a column of any edge table."""
    parts = [frame.select(pl.col(column).alias(name)) for frame in edges.values() if column in frame.columns]
    return pl.concat(parts).unique(maintain_order=True)


def _posted(posts: pl.DataFrame) -> pl.DataFrame:
    """Return who posted which tweet when, with text keys except for retweets, whose texts do not match."""
    texts = posts.select(pl.when(~pl.col("is_retweet")).then("text")).to_series()
    key, key_no_url = both_text_keys(texts)
    return posts.select("account_id", "tweet_id", "ts", text_key=key, text_key_no_url=key_no_url)


def _reference(posts: pl.DataFrame, column: str, *, keyed: bool) -> pl.DataFrame:
    """Return the posts that act on another post."""
    found = posts.filter(pl.col(column).is_not_null()).select("tweet_id", "ts", original_id=column)
    return found.with_columns(key="original_id") if keyed else found.drop("ts")


def _addresses(posts: pl.DataFrame) -> pl.DataFrame:
    """Return the accounts that posts act on, if the source names them."""
    kinds = {"retweet": "retweeted_account_id", "quote": "quoted_account_id", "reply": "replied_account_id"}
    return pl.concat(
        [
            posts.filter(pl.col(column).is_not_null()).select("tweet_id", addressed_id=column, kind=pl.lit(kind))
            for kind, column in kinds.items()
        ]
    )


def _shares(posts: pl.DataFrame, column: str, name: str) -> pl.DataFrame:
    """Return a row for each item in a list of each post."""
    return (
        posts.select("tweet_id", "ts", "is_retweet", pl.col(column).alias(name))
        .filter(pl.col(name).list.len() > 0)
        .explode(name)
        .filter(pl.col(name).str.len_bytes() > 0)
        .unique(["tweet_id", name], maintain_order=True)
    )


def _hashtags(posts: pl.DataFrame) -> pl.DataFrame:
    """Return posts and their hashtags, case-folded."""
    found = _shares(posts, "hashtags", "tag").with_columns(pl.col("tag").str.strip_chars_start("#"))
    distinct = found.select(pl.col("tag").unique())
    folded = distinct.with_columns(key=pl.Series([tag.casefold() for tag in distinct["tag"]], dtype=pl.String))
    return (
        found.join(folded, on="tag", how="left", maintain_order="left")
        .with_columns(tag="key")
        .filter(pl.col("tag").str.len_bytes() > 0)
        .unique(["tweet_id", "tag"], maintain_order=True)
    )


def _links(posts: pl.DataFrame) -> pl.DataFrame:
    """Return posts and their URLs: as written, normalised, and the registered domain."""
    found = _shares(posts, "urls", "raw")
    table = url_table(found["raw"])
    links = found.join(table, on="raw", how="left", maintain_order="left").with_columns(key="url")
    # URLs as written are traces too, and have the same limit of length.
    return links.with_columns(raw=keyed_all(links["raw"]))
