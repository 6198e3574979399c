"""The table of coordination behaviours: each is one query file and one row here."""

from __future__ import annotations

from dataclasses import dataclass, replace

from incahoots.errors import UsageError


@dataclass(frozen=True)
class Behaviour:
    """One way in which two accounts can act together.

    Attributes
    ----------
    name : str
        Lower case; that of a query when it has one.
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
    has_query : bool
        Whether a query derives it, ``coordination/<name>``; Python finds the others, from what queries fetch.
    parts : tuple of Behaviour
        Those that have to hold together in a higher-order behaviour.
    """

    name: str
    relationship: str
    trace: str
    share: str
    key: str | None
    posts: str
    takes_retweets: bool | None = None
    in_all: bool = True
    has_query: bool = True
    parts: tuple[Behaviour, ...] = ()


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
    Behaviour(
        "co_similarity", "CO_SIMILARITY", "similar texts", "POSTED", None,
        "not retweets", in_all=False, has_query=False,
    ),
    Behaviour(
        "higher_order", "CO_HIGHER_ORDER", "two or more of the above at once, as `link+mention`", "", None,
        "those of its parts", in_all=False, has_query=False,
    ),
)  # fmt: skip

#: Every type of coordination relationship there is. ``higher_order`` is asked for by its parts, see `find`.
BEHAVIOURS: dict[str, Behaviour] = {row.name: row for row in _ROWS}


def find(name: str) -> Behaviour:
    """Find a behaviour by its name, or make one of several: ``link+mention``, with or without each ``co_``.

    The order of the parts makes no difference.

    Raises
    ------
    UsageError
        There is none of that name, or its parts cannot hold together.
    """
    whole = BEHAVIOURS["higher_order"]
    if "+" not in name:
        if name not in BEHAVIOURS or name == whole.name:
            raise UsageError(f"There is no behaviour {name!r}.", _remedy())
        return BEHAVIOURS[name]
    asked = [part if part.startswith("co_") else f"co_{part}" for part in name.split("+")]
    parts = tuple(row for row in BEHAVIOURS.values() if row.name in asked and row.key)
    wrong = [part for part in asked if part not in {row.name for row in parts}]
    if wrong or len(parts) != len(asked):
        problem = f"{wrong[0]!r} cannot be a part of it" if wrong else "a part is named twice"
        raise UsageError(
            f"There is no behaviour {name!r}: {problem}.",
            f"Join two or more of: {', '.join(_short(row) for row in BEHAVIOURS.values() if row.key)}.",
        )
    joined = "+".join(map(_short, parts))
    return replace(whole, name=joined, trace=" and ".join(row.trace for row in parts), parts=parts)


def _short(row: Behaviour) -> str:
    """The name of a behaviour as a part of another."""
    return row.name.removeprefix("co_")


def _remedy() -> str:
    """Say what can be asked for."""
    names = [row.name for row in BEHAVIOURS.values() if row.share]
    return f"Choose from: all, {', '.join(names)}; or several at once, as link+mention."
