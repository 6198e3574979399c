"""The table of coordination behaviours. Queries are generated from it: run ``make queries`` after a change."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from difflib import get_close_matches

from incahoots.errors import UsageError


@dataclass(frozen=True)
class Posts:
    """Which posts a behaviour considers.

    Attributes
    ----------
    words : str
        As the documentation has it.
    retweets : bool or None
        The default of the option ``retweets``; None where the behaviour has no such option.
    """

    words: str
    retweets: bool | None = None

    def __str__(self) -> str:
        return self.words


ALL = Posts("all")
RETWEETS = Posts("retweets")
REPLIES = Posts("replies")
#: Retweets have no text of their own, so they have no text key either.
ORIGINALS = Posts("not retweets")
ORIGINALS_FIRST = Posts("not retweets, or all", retweets=False)
ALL_FIRST = Posts("all, or not retweets", retweets=True)


@dataclass(frozen=True, kw_only=True)
class Behaviour:
    """One way in which two accounts can act together.

    Attributes
    ----------
    name : str
        Lower case.
    relationship : str
        The type of its edges.
    trace : str
        What two posts share when they match, in words.
    share : str
        The relationship that carries the trace and the time.
    key : str or None
        The property of ``share`` that is equal when two posts match; None where the time alone counts.
    posts : Posts
        Which posts are considered.
    derivation : str
        A name from `incahoots.analytics.coordination.derivations.DERIVATIONS`.
    in_all : bool
        Whether ``all`` includes it. Variants and co_post are asked for by name.
    parts : tuple of Behaviour
        The behaviours that it combines.
    title, match, source : str
        For the header of its query: what the accounts did; what u's posts do that v did, for the sentence
        "u -> v when at least $min_weight of u's posts ... within $window_s seconds"; where the definition comes from.
    remark : str
        For the header: a sentence after the definition.
    """

    name: str
    relationship: str
    trace: str
    share: str = ""
    key: str | None = None
    posts: Posts
    derivation: str = "query"
    in_all: bool = False
    parts: tuple[Behaviour, ...] = ()
    title: str = ""
    match: str = ""
    source: str = ""
    remark: str = ""

    @property
    def takes_retweets(self) -> bool | None:
        """The default of the option ``retweets``; None where it has no such option."""
        return self.posts.retweets

    def considers_retweets(self, asked: bool | None) -> bool:
        """Whether it considers retweets, given the option: of posts that are retweets by definition it always does."""
        return (self.takes_retweets if asked is None else asked) is not False

    @property
    def counts_by_account(self) -> bool:
        """Whether one account alone has a number of its traces: the trace itself, or whom it retweets at once."""
        return self.key is not None or self.name == "fast_retweet"


_ROWS = (
    Behaviour(
        name="co_retweet",
        relationship="CO_RETWEET",
        trace="the same retweeted tweet",
        share="RETWEETS",
        key="key",
        posts=RETWEETS,
        in_all=True,
        title="accounts that retweeted the same tweet close in time",
        match="retweet a tweet that v retweeted",
        source="exact: Graham et al. 2024 (S3), co-retweet",
    ),
    Behaviour(
        name="co_tweet",
        relationship="CO_TWEET",
        trace="equal texts (case, @mentions and white space aside)",
        share="POSTED",
        key="text_key",
        posts=ORIGINALS,
        in_all=True,
        title="accounts that posted the same text close in time",
        match="have a text that v posted",
        source="exact: Graham et al. 2024 (S3), co-tweet",
        remark="Case, @mentions and white space make no difference. Retweets and empty texts never match.",
    ),
    Behaviour(
        name="co_link",
        relationship="CO_LINK",
        trace="the same URL, normalised",
        share="LINKS_TO",
        key="key",
        posts=ORIGINALS_FIRST,
        in_all=True,
        title="accounts that posted the same URL close in time",
        match="contain a URL that v posted",
        source="exact: Graham et al. 2024 (S3), co-link, on normalised URLs; see co_link_raw for the URL as written",
    ),
    Behaviour(
        name="co_hashtag",
        relationship="CO_HASHTAG",
        trace="the same hashtag",
        share="HAS_HASHTAG",
        key="key",
        posts=ALL_FIRST,
        in_all=True,
        title="accounts that used the same hashtag close in time",
        match="have a hashtag that v used",
        source="exact: Vargas et al. 2020 (S2), co-hashtag, but directed as in S3",
    ),
    Behaviour(
        name="co_mention",
        relationship="CO_MENTION",
        trace="the same mentioned account",
        share="MENTIONS",
        key="key",
        posts=ALL_FIRST,
        in_all=True,
        title="accounts that mentioned the same account close in time",
        match="mention an account that v mentioned",
        source="exact: Vargas et al. 2020 (S2), co-mention, but directed as in S3",
    ),
    Behaviour(
        name="co_reply",
        relationship="CO_REPLY",
        trace="the same replied-to tweet",
        share="REPLIES_TO",
        key="key",
        posts=REPLIES,
        in_all=True,
        title="accounts that replied to the same tweet close in time",
        match="reply to a tweet that v replied to",
        source="exact: Graham et al. 2024 (S3), co-reply",
    ),
    Behaviour(
        name="co_post",
        relationship="CO_POST",
        trace="nothing but the time",
        share="POSTED",
        posts=ALL,
        title="accounts that posted anything close in time",
        match="have any post of v",
        source="exact: Graham et al. 2024 (S3), co-post",
        remark="It says only that both accounts were active: an upper bound for the other behaviours.",
    ),
    Behaviour(
        name="co_tweet_no_url",
        relationship="CO_TWEET_NO_URL",
        trace="equal texts, URLs aside too",
        share="POSTED",
        key="text_key_no_url",
        posts=ORIGINALS,
        title="accounts that posted the same text close in time, links aside",
        match="have a text that v posted",
        source="exact: Vargas et al. 2020 (S2), co-tweet, but directed as in S3",
        remark="As co_tweet, and URLs make no difference either.",
    ),
    Behaviour(
        name="co_link_raw",
        relationship="CO_LINK_RAW",
        trace="the same URL, as written",
        share="LINKS_TO",
        key="raw",
        posts=ORIGINALS_FIRST,
        title="accounts that posted the very same URL close in time",
        match="contain a URL that v posted in the same spelling",
        source="exact: Graham et al. 2024 (S3), co-link",
    ),
    Behaviour(
        name="co_domain",
        relationship="CO_DOMAIN",
        trace="a URL of the same registered domain",
        share="LINKS_TO",
        key="domain",
        posts=ORIGINALS_FIRST,
        title="accounts that linked to the same web site close in time",
        match="link to a registered domain that v linked to",
        source="superset of S3's co-link: a domain stands for all its URLs",
    ),
    Behaviour(
        name="co_similarity",
        relationship="CO_SIMILARITY",
        trace="similar texts",
        share="POSTED",
        posts=ORIGINALS,
        derivation="similarity",
    ),
    Behaviour(
        name="fast_retweet",
        relationship="FAST_RETWEET",
        trace="one retweets the other, within the window",
        share="RETWEETS",
        posts=Posts("retweets and what they retweet"),
        derivation="fast_retweet",
    ),
    Behaviour(
        name="higher_order",
        relationship="CO_HIGHER_ORDER",
        trace="several traces at once, as `link+mention`; not `co_post`, `co_similarity`, `fast_retweet`",
        posts=Posts("those of its parts"),
        derivation="higher_order",
    ),
    Behaviour(
        name="co_activity",
        relationship="CO_ACTIVITY",
        trace="one of the above, rare traces first, by `incahoots discount`; not of `co_post`, `co_similarity`",
        posts=Posts("those of its part"),
        derivation="co_activity",
    ),
)

#: Every type of coordination edge. ``higher_order`` and ``co_activity`` are asked for by their parts: see `find`.
BEHAVIOURS: dict[str, Behaviour] = {row.name: row for row in _ROWS}

#: How the names of co-activities begin: ``activity:link``.
PREFIX = "activity:"


def chosen(behaviours: str | Iterable[str]) -> list[Behaviour]:
    """Find behaviours by name, in the order of the table.

    Parameters
    ----------
    behaviours : str or iterable of str
        Names, as `find` takes them. ``all`` stands for every behaviour but co_post and the variants, which are asked
        for by name, also beside ``all``.

    Raises
    ------
    UsageError
        There is no behaviour of that name, or no name is given.
    """
    names = [behaviours] if isinstance(behaviours, str) else list(behaviours)
    if not names:
        raise UsageError("No behaviour is given.", remedy())
    rows = {row.name: row for row in (find(name) for name in names if name != "all")}
    if "all" in names:
        rows |= {row.name: row for row in BEHAVIOURS.values() if row.in_all}
    table = list(BEHAVIOURS)
    return sorted(rows.values(), key=lambda row: (table.index(row.name) if row.name in table else len(table), row.name))


def without_co_post(names: Iterable[str]) -> list[str]:
    """Leave co_post out, which says only that two accounts were active; it stays where there is nothing else."""
    every = list(names)
    return [name for name in every if name != "co_post"] or every


def find(name: str) -> Behaviour:
    """Find a behaviour by its name, or make one of others: ``link+mention`` and ``activity:link``.

    Their ``co_`` may be left out in these, and the order of the parts makes no difference.

    Raises
    ------
    UsageError
        There is no behaviour of that name, or its parts cannot be combined.
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
        raise UsageError(f"There is no behaviour {name!r}.", remedy(name))
    return BEHAVIOURS[name]


def _parts(name: str, given: list[str], fitting: list[Behaviour]) -> tuple[Behaviour, ...]:
    """Find the behaviours that one combines, in the order of the table."""
    asked = [part if part in BEHAVIOURS else f"co_{part}" for part in given]
    parts = tuple(row for row in fitting if row.name in asked)
    known = {row.name for row in parts}
    wrong = [part for part, full in zip(given, asked, strict=True) if full not in known]
    if wrong or len(parts) != len(asked):
        joined = "joined with +" if "+" in name else f"written after {PREFIX}"
        problem = f"{wrong[0]!r} is not a behaviour that can be {joined}" if wrong else "a part is named twice"
        raise UsageError(
            f"There is no behaviour {name!r}: {problem}.", f"Choose from: {', '.join(map(_short, fitting))}."
        )
    return parts


def _short(row: Behaviour) -> str:
    """The name of a behaviour as a part of another."""
    return row.name.removeprefix("co_")


def remedy(name: str = "") -> str:
    """Say which behaviours can be asked for, or which a wrong name may mean."""
    if name in ("higher_order", "co_activity"):
        return "Name its parts, as link+mention." if name == "higher_order" else "Use `discount()`."
    names = [row.name for row in BEHAVIOURS.values() if row.share]
    if close := get_close_matches(name, names, 1):
        return f"Did you mean {close[0]}?"
    return f"Choose from: all, {', '.join(names)}; or several at once, as link+mention."
