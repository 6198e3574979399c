"""Colours of behaviours, in pictures, Neo4j Browser and Bloom.

References
----------
Okabe and Ito 2008, "Color universal design": colours that colour-blind people can tell apart.
"""

from __future__ import annotations

#: Variants of a behaviour share its colour.
COLOURS = {
    "co_retweet": "#0072b2",
    "co_tweet": "#d55e00",
    "co_link": "#009e73",
    "co_hashtag": "#cc79a7",
    "co_mention": "#e69f00",
    "co_reply": "#56b4e9",
    "co_post": "#666666",
    "co_tweet_no_url": "#d55e00",
    "co_similarity": "#d55e00",
    "co_link_raw": "#009e73",
    "co_domain": "#009e73",
}

#: For higher-order and other behaviours.
SPARE = ("#000000", "#882255", "#7f6a00")
