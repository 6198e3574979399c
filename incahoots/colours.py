"""The colour of each behaviour: the same in pictures, in Neo4j Browser and in Bloom.

References
----------
Okabe and Ito 2008, "Color universal design": colours that colour-blind people tell apart.
"""

from __future__ import annotations

#: Variants of a behaviour have its colour.
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

#: For higher-order behaviours and such as are not known here.
SPARE = ("#000000", "#882255", "#7f6a00")
