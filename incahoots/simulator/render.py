"""Convert posts from codes to the thirty columns of the archives."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from incahoots.simulator.paraphrase import paraphrases
from incahoots.simulator.population import Population
from incahoots.simulator.posts import QUOTE, REPLY, RETWEET, Body, Posts
from incahoots.simulator.traces import Codes, Traces
from incahoots.simulator.vocabulary import AWKWARD, LANGUAGES, phrases

USER_COLUMNS = (
    "userid", "user_display_name", "user_screen_name", "user_reported_location", "user_profile_description",
    "user_profile_url", "follower_count", "following_count", "account_creation_date", "account_language",
)  # fmt: skip
TWEET_COLUMNS = (
    "tweetid", *USER_COLUMNS, "tweet_language", "tweet_text", "tweet_time", "tweet_client_name", "in_reply_to_userid",
    "in_reply_to_tweetid", "quoted_tweet_tweetid", "is_retweet", "retweet_userid", "retweet_tweetid", "latitude",
    "longitude", "quote_count", "reply_count", "like_count", "retweet_count", "hashtags", "urls", "user_mentions",
)  # fmt: skip

CLIENTS = ("Web App", "Phone App", "Tablet App", "Post Scheduler", "News Desk")
#: Ways to write a URL: plain, with a tracking parameter, with another one and a fragment, with the host in capitals.
URL_FORMS = 4
#: Median likes, retweets, replies and quotes of a post that is no retweet; the spread of the logarithm.
MEDIANS, SPREAD = (3.0, 1.5, 0.8, 0.4), 1.3
#: Factor of the engagement of posts that act on another state: an effect that a test can find.
INTER_BOOST = 1.6


def render(
    posts: Posts, inter: NDArray[np.bool_], population: Population, traces: Traces, rng: np.random.Generator
) -> pl.DataFrame:
    """Convert posts to rows of the archives, in `TWEET_COLUMNS`."""
    body, kind = posts.body, posts.kind
    acting = np.where(kind != QUOTE, posts.target, 0)
    second = np.where(body.mention == acting, 0, body.mention)
    places, ids, names = _accounts(np.stack([acting, second]), population, traces)
    tags = _Lists(*_hashtags(body, traces))
    url_places, urls = _urls(body, traces)
    engagement = _engagement(kind, inter, rng)
    added = [
        *tags.inline(" #"), _prefixed(names, " @").gather(places[1]), _prefixed(urls, " ").gather(url_places),
    ]  # fmt: skip
    columns = {
        "tweetid": pl.Series(posts.tweet_id),
        "tweet_language": pl.Series(LANGUAGES).gather(body.language),
        "tweet_text": _text(kind, body, names.gather(places[0]), places[0] > 0, added, traces.salt),
        "tweet_time": pl.Series(posts.at_ms).cast(pl.Datetime("ms")),
        "tweet_client_name": pl.Series(CLIENTS).gather(posts.account % len(CLIENTS)),
        "in_reply_to_userid": _where(kind == REPLY, ids.gather(places[0])),
        "in_reply_to_tweetid": _where(kind == REPLY, pl.Series(posts.reference)),
        "quoted_tweet_tweetid": _where(kind == QUOTE, pl.Series(posts.reference)),
        "is_retweet": pl.Series(["False", "True"]).gather((kind == RETWEET).astype(np.int8)),
        # The published archives name the retweeted account only if it is in the archives.
        "retweet_userid": _where((kind == RETWEET) & (acting <= len(population.profiles)), ids.gather(places[0])),
        "retweet_tweetid": _where(kind == RETWEET, pl.Series(posts.reference)),
        "latitude": pl.repeat("absent", len(posts), eager=True),
        "longitude": pl.repeat("absent", len(posts), eager=True),
        "like_count": engagement[0],
        "retweet_count": engagement[1],
        "reply_count": engagement[2],
        "quote_count": engagement[3],
        "hashtags": tags.written(),
        "urls": _enclosed(_quoted(urls).gather(url_places)),
        "user_mentions": _mentions(ids, places),
    }
    return population.profiles[posts.account].hstack(pl.DataFrame(columns)).select(TWEET_COLUMNS)


class _Lists:
    """Lists of up to three different texts, as places in a table of them; the first of the table is empty."""

    def __init__(self, places: Codes, table: pl.Series) -> None:
        self.places = places
        self.table = table

    def written(self) -> pl.Series:
        """Write the lists in Python's notation."""
        first, later = _quoted(self.table), _quoted(self.table, ", ")
        return _enclosed(*(form.gather(row) for form, row in zip((first, later, later), self.places, strict=True)))

    def inline(self, before: str) -> list[pl.Series]:
        """Return the items as they stand in the text, each after a prefix."""
        shown = _prefixed(self.table, before)
        return [shown.gather(row) for row in self.places]


def _text(
    kind: NDArray[np.int8],
    body: Body,
    named: pl.Series,
    is_named: NDArray[np.bool_],
    added: Sequence[pl.Series],
    salt: int,
) -> pl.Series:
    """Write the texts of posts; ``added`` is what follows the phrases: hashtags, mentions, links."""
    first, later = _phrase_tables()
    opening = first.gather(body.phrases[0])
    varied = np.flatnonzero(body.variant)
    if len(varied):
        opening = opening.scatter(varied, paraphrases(body.variant[varied], body.language[varied], salt))
    before, after = (pl.Series([pair[side] for pair in AWKWARD]).gather(body.awkward) for side in (0, 1))
    return _joined(
        pl.Series(["", "RT @", "@", ""]).gather(kind),
        named,
        pl.Series(["", ": ", " ", ""]).gather(np.where(is_named, kind, 0)),
        before,
        opening,
        later.gather(body.phrases[1]),
        later.gather(body.phrases[2]),
        after,
        *added,
    )


@cache
def _phrase_tables() -> tuple[pl.Series, pl.Series]:
    """Return the phrases for the beginning of a text, and for its continuation."""
    table = pl.Series(phrases())
    return table, _prefixed(table, ", ")


def _accounts(codes: Codes, population: Population, traces: Traces) -> tuple[Codes, pl.Series, pl.Series]:
    """Find accounts: positions in two tables, of ids and of screen names."""
    known, places = _table_of(codes)
    # Sorted: none, the archives' accounts, outsiders.
    n_own = int(np.searchsorted(known, len(population.profiles), side="right"))
    own, outside = known[1:n_own] - 1, known[n_own:]
    none = pl.Series([""])
    ids = pl.concat([none, population.profiles["userid"].gather(own), traces.outsider_ids(outside)])
    names = pl.concat([none, population.profiles["user_screen_name"].gather(own), traces.outsider_names(outside)])
    return places, ids, names


def _hashtags(body: Body, traces: Traces) -> tuple[Codes, pl.Series]:
    """Find hashtags as they are written."""
    # A hashtag drawn twice for a post is written once.
    one, two, three = body.hashtags
    two = np.where(two == one, 0, two)
    three = np.where((three == one) | (three == two), 0, three)
    two, three = np.where(two == 0, three, two), np.where(two == 0, 0, three)
    known, places = _table_of(np.stack([one, two, three]) << 1 | body.lowered * (np.stack([one, two, three]) > 0))
    written = traces.hashtags(known[1:] >> 1)
    lowered = pl.Series(known[1:] & 1 > 0)
    shown = pl.select(pl.when(lowered).then(written.str.to_lowercase()).otherwise(written)).to_series()
    return places, pl.concat([pl.Series([""]), shown])


def _urls(body: Body, traces: Traces) -> tuple[Codes, pl.Series]:
    """Find URLs as they are written."""
    known, places = _table_of(body.url << 2 | np.where(body.url > 0, body.url_form, 0))
    plain = traces.urls(known[1:] >> 2)
    form = pl.Series(known[1:] & 3)
    shown = pl.select(
        pl.when(form == 1).then(plain + "?utm_source=feed&utm_medium=social")
        .when(form == 2).then(plain + "?id=7&utm_campaign=spring#comments")
        .when(form == 3).then(plain.str.replace("https://www.news", "HTTPS://WWW.News").str.replace("https://news", "https://NEWS"))
        .otherwise(plain)
    ).to_series()  # fmt: skip
    return places, pl.concat([pl.Series([""]), shown])


def _mentions(ids: pl.Series, places: Codes) -> pl.Series:
    """Write the lists of mentioned accounts: the one on which the post acts, and its other mention."""
    first = np.where(places[0] > 0, places[0], places[1])
    second = np.where(places[0] > 0, places[1], 0)
    return _enclosed(_quoted(ids).gather(first), _quoted(ids, ", ").gather(second))


def _engagement(kind: NDArray[np.int8], inter: NDArray[np.bool_], rng: np.random.Generator) -> list[pl.Series]:
    """Draw correlated log-normal counts; those of retweets are 0."""
    shared = rng.normal(0.0, SPREAD * 0.8, len(kind))
    scale = np.where(kind == RETWEET, 0.0, np.where(inter, INTER_BOOST, 1.0))
    return [
        pl.Series((median * scale * np.exp(shared + rng.normal(0.0, SPREAD * 0.6, len(kind)))).astype(np.int64))
        for median in MEDIANS
    ]


def _table_of(codes: Codes) -> tuple[Codes, Codes]:
    """Return the distinct codes, sorted, with 0 first, and the position of each of ``codes`` among them."""
    places = np.zeros(codes.shape, dtype=np.int64)
    some = codes != 0  # most are 0, and sorting takes most of the time
    known, found = np.unique(codes[some], return_inverse=True)
    places[some] = found + 1
    return np.append(0, known), places


def _where(condition: NDArray[np.bool_], values: pl.Series) -> pl.Series:
    """Keep the values where the condition holds; null, which is written as an empty field, elsewhere."""
    return pl.select(pl.when(pl.Series(condition)).then(values)).to_series()


def _quoted(table: pl.Series, before: str = "") -> pl.Series:
    """Quote the items of a table, none of which contains a quote, except the empty one."""
    return pl.select(pl.when(table == "").then(pl.lit("")).otherwise(before + "'" + table + "'")).to_series()


def _prefixed(table: pl.Series, before: str) -> pl.Series:
    """Prefix the items of a table, except the empty one."""
    return pl.select(pl.when(table == "").then(pl.lit("")).otherwise(before + table)).to_series()


def _enclosed(*items: pl.Series) -> pl.Series:
    """Write lists of items that are quoted and separated."""
    return _joined(pl.repeat("[", len(items[0]), eager=True), *items, pl.repeat("]", len(items[0]), eager=True))


def _joined(*parts: pl.Series) -> pl.Series:
    """Join texts row by row."""
    return pl.select(pl.concat_str(*(part.alias(str(place)) for place, part in enumerate(parts)))).to_series()
