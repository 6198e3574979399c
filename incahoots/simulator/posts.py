"""The contents of one chunk of posts, as arrays of codes, which `render` converts to text."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from incahoots.simulator.acts import (
    CO_HASHTAG,
    CO_LINK,
    CO_MENTION,
    CO_REPLY,
    CO_RETWEET,
    CO_SIMILARITY,
    CO_TWEET,
    LINK_MENTION,
    SAME_LINK,
    SAME_PERSON,
    Acts,
)
from incahoots.simulator.calendar import HOUR_MS, START_MS, Calendar
from incahoots.simulator.paraphrase import variant_code
from incahoots.simulator.traces import (
    EARLIER_HOURS,
    EVENT,
    EVERGREEN,
    N_EVERGREEN,
    N_OUTSIDERS,
    OUTSIDER,
    STORY,
    TOPICAL,
    URL,
    Codes,
    Traces,
    act_code,
    act_tweet_id,
    code,
    hour_of,
    snowflake,
    uniforms,
    zipf,
)
from incahoots.simulator.vocabulary import AWKWARD, ENGLISH, N_PHRASES, SHOUT

ORIGINAL, RETWEET, REPLY, QUOTE = range(4)
#: Shares of the kinds of background posts.
KIND_SHARES = (0.46, 0.32, 0.16, 0.06)

#: Mean lifetime of traces, in hours.
STORY_LIFE_H, URL_LIFE_H, HASHTAG_LIFE_H = 3.0, 5.0, 8.0
#: Posts with 0, 1, 2 and 3 hashtags; hashtags that are evergreen; posts of an event day that use its hashtag.
HASHTAGS_SHARES = (0.5, 0.27, 0.15, 0.08)
EVERGREEN_SHARE = 0.4
EVENT_SHARE = 0.08
URL_SHARE, MENTION_SHARE, AWKWARD_SHARE = 0.25, 0.12, 0.05
#: Share of each way to write a URL (`render.URL_FORMS`), the plain one first.
URL_FORM_SHARES = (0.85, 0.07, 0.04, 0.04)
#: Share of the copies of a co_tweet group in capitals; share of copies and paraphrases that mention another account.
SHOUT_SHARE, CALL_SHARE = 0.2, 0.1

#: Number of uniform numbers from which a body is made.
N_UNIFORMS = 20

#: From this rank on, outside accounts are mentioned so rarely that only opposed accounts mention the same one.
LITTLE_KNOWN = 200


@dataclass
class Body:
    """The contents of posts, one entry per post; a retweet has those of its source.

    Attributes
    ----------
    phrases : array of shape (3, n)
        Places in `vocabulary.phrases`, 0 for none.
    variant : array of shape (n,)
        The code of a paraphrase that replaces the phrases, 0 for none.
    awkward : array of shape (n,)
        Places in `vocabulary.AWKWARD`.
    hashtags : array of shape (3, n)
        Codes; 0 for none, which come last.
    lowered : array of bool, shape (n,)
        Whether the hashtags are in lower case.
    url, url_form, mention : arrays of shape (n,)
        The code of the URL, the way in which it is written, and the code of the mentioned account.
    language : array of shape (n,)
    """

    phrases: NDArray[np.int32]
    variant: Codes
    awkward: NDArray[np.int8]
    hashtags: Codes
    lowered: NDArray[np.bool_]
    url: Codes
    url_form: NDArray[np.int8]
    mention: Codes
    language: NDArray[np.int8]

    def take(self, rows: Codes) -> Body:
        """Return the bodies of some rows."""
        return Body(*(getattr(self, field.name)[..., rows] for field in fields(self)))

    def after(self, earlier: Body) -> Body:
        """Prepend earlier bodies."""
        pairs = ((getattr(earlier, field.name), getattr(self, field.name)) for field in fields(self))
        return Body(*(np.concatenate(pair, axis=-1) for pair in pairs))

    def put(self, rows: Codes, other: Body) -> None:
        """Overwrite the bodies of some rows."""
        for field in fields(self):
            getattr(self, field.name)[..., rows] = getattr(other, field.name)


@dataclass
class Posts:
    """Posts in order of time.

    Attributes
    ----------
    at_ms, tweet_id, account, kind : arrays of shape (n,)
    reference : array of shape (n,)
        The id of the tweet that is retweeted, replied to or quoted, 0 for none.
    target : array of shape (n,)
        The code of the account that is retweeted, replied to or quoted, 0 for none.
    planted : array of bool, shape (n,)
        Whether the post belongs to an act of a coordinated group or of opposed accounts.
    body : Body
    """

    at_ms: Codes
    tweet_id: Codes
    account: NDArray[np.int32]
    kind: NDArray[np.int8]
    reference: Codes
    target: Codes
    planted: NDArray[np.bool_]
    body: Body

    def __len__(self) -> int:
        return len(self.at_ms)

    def take(self, rows: Codes) -> Posts:
        """Return some of the posts."""
        arrays = {field.name: getattr(self, field.name)[rows] for field in fields(self)[:-1]}
        return Posts(**arrays, body=self.body.take(rows))

    def after(self, earlier: Posts) -> Posts:
        """Prepend earlier posts."""
        arrays = {
            field.name: np.concatenate([getattr(earlier, field.name), getattr(self, field.name)])
            for field in fields(self)[:-1]
        }
        return Posts(**arrays, body=self.body.after(earlier.body))


@dataclass(frozen=True)
class Plan:
    """The times, traces and acts from which posts are made."""

    calendar: Calendar
    traces: Traces
    acts: Acts


def compose(
    plan: Plan,
    at_ms: Codes,
    account: NDArray[np.int32],
    act_post: Codes,
    language: NDArray[np.int8],
    rng: np.random.Generator,
) -> Posts:
    """Compose the posts of a chunk, sorted by time; ``act_post`` is a post's index in the acts, -1 for background."""
    traces = plan.traces
    n = len(at_ms)
    hour = (at_ms - START_MS) // HOUR_MS
    kind = _split(rng.random(n), KIND_SHARES)
    planted = act_post >= 0
    kind[planted] = ORIGINAL

    story = traces.recent(STORY, language, hour, rng.random((2, n)), STORY_LIFE_H)
    refers = kind != ORIGINAL
    u = rng.random((N_UNIFORMS, n))
    retweets = np.flatnonzero(kind == RETWEET)
    u[:, retweets] = uniforms(story[retweets], N_UNIFORMS, traces.salt)
    # The text of a story has the age of the story, so that every retweet has the same traces.
    hour[retweets] = hour_of(story[retweets]) - EARLIER_HOURS

    posts = Posts(
        at_ms=at_ms,
        tweet_id=snowflake(at_ms, np.arange(n)),
        account=account,
        kind=kind,
        reference=np.where(refers, traces.story_tweet_id(story), 0),
        target=np.where(refers, traces.story_author(story), 0),
        planted=planted,
        body=_bodies(plan, u, language, hour),
    )
    _plant(posts, act_post[planted], plan, rng)
    return posts


def _bodies(plan: Plan, u: NDArray[np.float64], language: NDArray[np.int8], hour: Codes) -> Body:
    """Make bodies from uniform numbers of shape (N_UNIFORMS, n): random numbers, or hashes of stories."""
    n, traces = u.shape[1], plan.traces
    phrases = 1 + language.astype(np.int64) * N_PHRASES + (u[:3] * N_PHRASES).astype(np.int64)
    phrases[2, u[3] < 0.4] = 0
    n_hashtags = _split(u[4], HASHTAGS_SHARES)
    hashtags = np.zeros((3, n), dtype=np.int64)
    for place in range(3):
        kind, *which = u[5 + 3 * place : 8 + 3 * place]
        rows = np.flatnonzero(n_hashtags > place)
        choice = np.array(which)[:, rows]
        hashtags[place, rows] = np.where(
            kind[rows] < EVERGREEN_SHARE,
            code(EVERGREEN, language[rows], 0, zipf(choice[1], N_EVERGREEN)),
            traces.recent(TOPICAL, language[rows], hour[rows], choice, HASHTAG_LIFE_H),
        )
    # A story can be older than the period, which has no events before its first day.
    day = np.maximum(hour, 0) // 24
    event = np.flatnonzero(plan.calendar.event[day] & (u[14] < EVENT_SHARE))
    hashtags[0, event] = code(EVENT, ENGLISH, day[event], 0)

    linked = np.flatnonzero(u[15] < URL_SHARE)
    url = np.zeros(n, dtype=np.int64)
    url[linked] = traces.recent(URL, language[linked], hour[linked], u[16:18, linked], URL_LIFE_H)
    outsider = code(OUTSIDER, language, 0, (N_OUTSIDERS * (u[18] / MENTION_SHARE) ** 3).astype(np.int64))
    awkward = np.where(u[19] < AWKWARD_SHARE, 1 + u[19] / AWKWARD_SHARE * (len(AWKWARD) - 1), 0)
    return Body(
        phrases=phrases.astype(np.int32),
        variant=np.zeros(n, dtype=np.int64),
        awkward=awkward.astype(np.int8),
        hashtags=hashtags,
        lowered=u[3] % 0.1 < 0.015,
        url=url,
        url_form=_split(u[15] / URL_SHARE, URL_FORM_SHARES),
        mention=np.where(u[18] < MENTION_SHARE, outsider, 0),
        language=language.copy(),
    )


def _plant(posts: Posts, act_post: Codes, plan: Plan, rng: np.random.Generator) -> None:
    """Replace the contents of planted posts by those of their acts."""
    rows, acts = np.flatnonzero(posts.planted), plan.acts
    act, place = acts.post_act[act_post], acts.post_place[act_post].astype(np.int64)
    traits, started_ms, language = acts.traits[act], acts.started_ms[act], acts.language[act]
    fresh = act_code(language, act)
    body = posts.body.take(rows)

    # An act of co_tweet, co_retweet or co_similarity has one text, without hashtags and URLs other than planted ones.
    same = np.flatnonzero(traits & (CO_TWEET | CO_RETWEET | CO_SIMILARITY))
    started = (started_ms[same] - START_MS) // HOUR_MS
    one_text = _bodies(plan, uniforms(fresh[same], N_UNIFORMS, plan.traces.salt), language[same], started)
    one_text.hashtags[:], one_text.url[:], one_text.mention[:] = 0, 0, 0
    body.put(same, one_text)
    # Copies differ in case and mentions, which the comparison of texts must ignore.
    calling = np.flatnonzero((traits & (CO_TWEET | CO_SIMILARITY) > 0) & (rng.random(len(rows)) < CALL_SHARE))
    anyone = rng.integers(0, N_OUTSIDERS, len(calling))
    body.mention[calling] = code(OUTSIDER, language[calling], 0, anyone)
    shouting = np.flatnonzero((traits & CO_TWEET > 0) & (rng.random(len(rows)) < SHOUT_SHARE))
    body.phrases[:, shouting] += np.where(body.phrases[:, shouting] > 0, SHOUT, 0).astype(np.int32)
    # Awkward characters belong to the first and last word, which paraphrases may omit, so paraphrases have none.
    alike = traits & CO_SIMILARITY > 0
    body.phrases[:, alike], body.awkward[alike] = 0, 0
    body.variant[alike] = variant_code(fresh[alike], place[alike])

    linked = traits & (CO_LINK | LINK_MENTION) > 0
    body.url[linked], body.url_form[linked] = fresh[linked], 0
    tagged = traits & CO_HASHTAG > 0
    body.hashtags[:, tagged] = np.stack([fresh[tagged], *np.zeros((2, int(tagged.sum())), dtype=np.int64)])
    mentioning = traits & (CO_MENTION | LINK_MENTION) > 0
    body.mention[mentioning] = fresh[mentioning]
    clashing = np.flatnonzero(traits & (SAME_LINK | SAME_PERSON))
    _oppose(body, clashing, act[clashing], place[clashing], acts)
    posts.body.put(rows, body)

    refers = np.flatnonzero(traits & (CO_RETWEET | CO_REPLY))
    posts.kind[rows[refers]] = np.where(traits[refers] & CO_RETWEET > 0, RETWEET, REPLY)
    posts.target[rows[refers]] = fresh[refers]
    # The tweet on which they act is some minutes older, by the same time for all of them.
    age_ms = 60_000 * (1 + act[refers] % 30)
    posts.reference[rows[refers]] = act_tweet_id(act[refers], started_ms[refers] - age_ms)


def _oppose(body: Body, rows: Codes, act: Codes, place: Codes, acts: Acts) -> None:
    """Set the same link with different mentions, or the same mention with different links."""
    language, one_link = acts.language[act], acts.traits[act] == SAME_LINK
    # The most popular link of this hour, or of a different earlier hour for each post.
    hour = (acts.started_ms[act] - START_MS) // HOUR_MS + EARLIER_HOURS - 1
    body.url[rows] = code(URL, language, hour - np.where(one_link, 0, 1 + place), 0)
    body.url_form[rows] = 0
    somebody = LITTLE_KNOWN + act * 31 % (N_OUTSIDERS // 2)
    body.mention[rows] = code(OUTSIDER, language, 0, somebody + np.where(one_link, 1 + place, 0))


def _split(u: NDArray[np.float64], shares: tuple[float, ...]) -> NDArray[np.int8]:
    """Choose categories by their shares."""
    return np.minimum(np.searchsorted(np.cumsum(shares), u, side="right"), len(shares) - 1).astype(np.int8)
