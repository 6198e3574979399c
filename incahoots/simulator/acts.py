"""Acts: posts of several accounts within a minute that share a trace.

Coordinated groups act on purpose (`plants`), opposed accounts by accident (`confusions`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

#: Behaviours of groups, as in `truth.csv`; a behaviour's bit is its index.
BEHAVIOURS = (
    "co_retweet", "co_tweet", "co_link", "co_hashtag", "co_mention", "co_reply", "co_similarity", "link+mention",
)  # fmt: skip
CO_RETWEET, CO_TWEET, CO_LINK, CO_HASHTAG, CO_MENTION, CO_REPLY, CO_SIMILARITY, LINK_MENTION = (
    1 << place for place in range(len(BEHAVIOURS))
)
#: Acts of opposed accounts, without coordination: the same link with different mentions, or the same mention with
#: different links.
SAME_LINK, SAME_PERSON = (1 << len(BEHAVIOURS) + place for place in range(2))

#: All posts of an act are within this many seconds of the first, inclusive.
WINDOW_S = 60
#: Probability that a member takes part in an act, after the first acts, in which all do.
TURNOUT = 0.85

_TYPES = (np.int64, np.int32, np.int64, np.int8, np.int64, np.int64, np.int8)


@dataclass(frozen=True)
class Acts:
    """Acts and their posts, sorted by time.

    Attributes
    ----------
    post_ms, post_account, post_act, post_place : arrays of shape (n_posts,)
        Time, author and act of each post, and the author's index among the members.
    traits : array of shape (n_acts,)
        Bits of the behaviours, or of acts of opposed accounts.
    started_ms : array of shape (n_acts,)
        Start of the act's window.
    language : array of shape (n_acts,)
    """

    post_ms: NDArray[np.int64]
    post_account: NDArray[np.int32]
    post_act: NDArray[np.int64]
    post_place: NDArray[np.int8]
    traits: NDArray[np.int64]
    started_ms: NDArray[np.int64]
    language: NDArray[np.int8]

    @classmethod
    def together(cls, parts: Sequence[Acts]) -> Acts:
        """Concatenate acts, with posts sorted by time."""
        firsts = np.cumsum([0, *(len(part) for part in parts)])
        numbered = [
            replace(part, post_act=part.post_act + first) for part, first in zip(parts, firsts[:-1], strict=True)
        ]
        joined = {
            field.name: np.concatenate([none, *(getattr(part, field.name) for part in numbered)])
            for field, none in zip(fields(cls), (np.empty(0, dtype=each) for each in _TYPES), strict=True)
        }
        order = np.argsort(joined["post_ms"], kind="stable")
        return cls(**{name: array[order] if name.startswith("post_") else array for name, array in joined.items()})

    def __len__(self) -> int:
        """Count the acts."""
        return len(self.traits)

    @property
    def n_coordinated_posts(self) -> int:
        """Posts of coordinated groups."""
        return int((self.traits[self.post_act] < SAME_LINK).sum())

    def between(self, first_ms: int, last_ms: int) -> NDArray[np.int64]:
        """Indices of the posts from ``first_ms`` to before ``last_ms``."""
        return np.arange(*np.searchsorted(self.post_ms, [first_ms, last_ms]))
