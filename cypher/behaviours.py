"""The table of coordination behaviours: each is one query file and one row here."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Behaviour:
    """One way in which two accounts can act together.

    Attributes
    ----------
    name : str
        Also the name of its query, ``coordination/<name>``.
    relationship : str
        The type of the relationships it derives.
    trace : str
        What two posts share when they match, in words.
    share : str
        The relationship that carries the trace and the time.
    key : str or None
        Its property that is equal when two posts match; None where the time alone counts.
    posts : str
        Which posts are considered.
    takes_retweets : bool or None
        The default of the query's ``$retweets``; None where the query has no such parameter.
    in_all : bool
        Whether ``all`` means it too. The variants of a behaviour are asked for by name.
    """

    name: str
    relationship: str
    trace: str
    share: str
    key: str | None
    posts: str
    takes_retweets: bool | None = None
    in_all: bool = True


_ROWS = (
    Behaviour("co_retweet", "CO_RETWEET", "the same retweeted tweet", "RETWEETS", "key", "retweets"),
    Behaviour(
        "co_tweet", "CO_TWEET", "equal texts (case, @mentions and white space aside)", "POSTED", "text_key",
        "not retweets",
    ),
    Behaviour("co_link", "CO_LINK", "the same URL, normalised", "LINKS_TO", "key", "not retweets, or all", False),
    Behaviour("co_hashtag", "CO_HASHTAG", "the same hashtag", "HAS_HASHTAG", "key", "all, or not retweets", True),
    Behaviour(
        "co_mention", "CO_MENTION", "the same mentioned account", "MENTIONS", "key", "all, or not retweets", True
    ),
    Behaviour("co_reply", "CO_REPLY", "the same replied-to tweet", "REPLIES_TO", "key", "replies"),
    Behaviour("co_post", "CO_POST", "nothing but the time", "POSTED", None, "all"),
    Behaviour(
        "co_tweet_no_url", "CO_TWEET_NO_URL", "equal texts, URLs aside too", "POSTED", "text_key_no_url",
        "not retweets", in_all=False,
    ),
    Behaviour(
        "co_link_raw", "CO_LINK_RAW", "the same URL, as written", "LINKS_TO", "raw", "not retweets, or all",
        takes_retweets=False, in_all=False,
    ),
    Behaviour(
        "co_domain", "CO_DOMAIN", "a URL of the same registered domain", "LINKS_TO", "domain", "not retweets, or all",
        takes_retweets=False, in_all=False,
    ),
)  # fmt: skip

BEHAVIOURS: dict[str, Behaviour] = {row.name: row for row in _ROWS}
