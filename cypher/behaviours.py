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
    how : {"query", "together", "texts", "retweets", "discount"}
        What derives it: the query ``coordination/<name>``; or Python, from what queries fetch: posts that match by
        each of ``parts``, posts of similar texts, retweets that came at once, or accounts by how much they have in
        common of ``parts``, rare traces first.
    parts : tuple of Behaviour
        Of which it is made.
    """

    name: str
    relationship: str
    trace: str
    share: str
    key: str | None
    posts: str
    takes_retweets: bool | None = None
    in_all: bool = True
    how: str = "query"
    parts: tuple[Behaviour, ...] = ()

    @property
    def has_traces(self) -> bool:
        """Whether two posts match by a trace, or several, within the window; and by nothing else."""
        return self.key is not None or self.how == "together"

    @property
    def counts_by_account(self) -> bool:
        """Whether it says of one account alone what it shares how often: a trace, or whom it retweets at once."""
        return self.key is not None or self.name == "fast_retweet"


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
        "not retweets", in_all=False, how="texts",
    ),
    Behaviour(
        "fast_retweet", "FAST_RETWEET", "one retweets the other, within the window", "RETWEETS", None,
        "retweets and what they retweet", in_all=False, how="retweets",
    ),
    Behaviour(
        "higher_order", "CO_HIGHER_ORDER", "two or more of the above at once, as `link+mention`", "", None,
        "those of its parts", in_all=False, how="together",
    ),
    Behaviour(
        "co_activity", "CO_ACTIVITY", "one of the above, rare traces first, by `incahoots discount`", "", None,
        "those of its part", in_all=False, how="discount",
    ),
)  # fmt: skip

#: Every type of coordination relationship there is. ``higher_order`` is asked for by its parts, see `find`.
BEHAVIOURS: dict[str, Behaviour] = {row.name: row for row in _ROWS}


def find(name: str) -> Behaviour:
    """Find a behaviour by its name, or make one of others: ``link+mention`` and ``activity:link``.

    Their ``co_`` may be left out in these, and the order of the parts makes no difference.

    Raises
    ------
    UsageError
        There is none of that name, or its parts cannot hold together.
    """
    if name.startswith(PREFIX):
        fitting = [row for row in BEHAVIOURS.values() if row.counts_by_account]
        (part,) = _parts(name, [name.removeprefix(PREFIX)], fitting)
        return replace(BEHAVIOURS["co_activity"], name=PREFIX + _short(part), trace=part.trace, parts=(part,))
    if "+" in name:
        parts = _parts(name, name.split("+"), [row for row in BEHAVIOURS.values() if row.key])
        joined, trace = "+".join(map(_short, parts)), " and ".join(row.trace for row in parts)
        return replace(BEHAVIOURS["higher_order"], name=joined, trace=trace, parts=parts)
    if name not in BEHAVIOURS or not BEHAVIOURS[name].share:
        raise UsageError(f"There is no behaviour {name!r}.", remedy())
    return BEHAVIOURS[name]


#: How the names of co-activities begin: ``activity:link``.
PREFIX = "activity:"


def _parts(name: str, given: list[str], fitting: list[Behaviour]) -> tuple[Behaviour, ...]:
    """Find the behaviours of which one is made, in the order of the table."""
    asked = [part if part in BEHAVIOURS else f"co_{part}" for part in given]
    parts = tuple(row for row in fitting if row.name in asked)
    wrong = [part for part in asked if part not in {row.name for row in parts}]
    if wrong or len(parts) != len(asked):
        problem = f"{wrong[0]!r} cannot be a part of it" if wrong else "a part is named twice"
        raise UsageError(
            f"There is no behaviour {name!r}: {problem}.", f"Choose from: {', '.join(map(_short, fitting))}."
        )
    return parts


def _short(row: Behaviour) -> str:
    """The name of a behaviour as a part of another."""
    return row.name.removeprefix("co_")


def remedy() -> str:
    """Say which behaviours can be asked for."""
    names = [row.name for row in BEHAVIOURS.values() if row.share]
    return f"Choose from: all, {', '.join(names)}; or several at once, as link+mention."
