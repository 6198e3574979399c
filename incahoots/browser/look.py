"""The look of nodes and relationships in Neo4j Browser and Bloom.

A trace has a pale tone of its behaviour's colour. The coordination relationships come from the table of behaviours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from incahoots.colours import COLOURS, SPARE
from incahoots.cypher.behaviours import BEHAVIOURS


@dataclass(frozen=True)
class Rule:
    """Changes the size of what has at least this value of a property."""

    name: str
    least: int
    size: float


@dataclass(frozen=True)
class Node:
    """The look of the nodes of a label.

    Attributes
    ----------
    label, colour, ink : str
        ``ink`` is the colour of the caption.
    size : int
        Diameter in Browser, pixels.
    captions : tuple of str
        Properties to show as the name.
    properties : mapping of str to str
        Bloom's type of each property.
    rules : tuple of Rule
        For Bloom; Browser has none.
    """

    label: str
    colour: str
    ink: str
    size: int
    captions: tuple[str, ...]
    properties: Mapping[str, str]
    rules: tuple[Rule, ...] = ()


@dataclass(frozen=True)
class Edge:
    """The look of the relationships of a type.

    Attributes
    ----------
    type, colour : str
    width : int
        In Browser, pixels.
    caption : str or None
        Property to show beside the type.
    ends : tuple of (str, str)
        Labels of source and target.
    properties : mapping of str to str
        Bloom's type of each property.
    rules : tuple of Rule
        For Bloom.
    """

    type: str
    colour: str
    width: int
    caption: str | None
    ends: tuple[tuple[str, str], ...]
    properties: Mapping[str, str] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()


_DARK, _LIGHT, _GREY = "#1d2733", "#ffffff", "#8a8f98"


def _kinds(**names: str) -> dict[str, str]:
    """Return types by property, from properties by type."""
    return {name: kind for kind, words in names.items() for name in words.split()}


#: Accounts are also labelled with their ids: stubs have no name, and queries need ids.
NODES = (
    Node(
        "Account", "#3d5a80", _LIGHT, 60, ("screen_name", "account_id"),
        _kinds(
            string="account_id screen_name display_name description location profile_url language",
            bigint="followers following", Date="created_on",
        ),
        (Rule("followers", 10_000, 1.5), Rule("followers", 100_000, 2.0)),
    ),
    Node(
        "Tweet", "#dbe2ea", _DARK, 40, ("text",),
        _kinds(
            string="tweet_id text language client", DateTime="created_at",
            bigint="ts like_count retweet_count reply_count quote_count", boolean="ids_rounded",
        ),
        (Rule("retweet_count", 100, 1.5),),
    ),
    Node("Hashtag", "#ecd0e0", _DARK, 50, ("tag",), _kinds(string="tag")),
    Node("Url", "#a9dcc9", _DARK, 50, ("url",), _kinds(string="url")),
    Node(
        "Domain", "#5fbf9f", _DARK, 55, ("domain",), _kinds(string="domain leaning category", number="factuality"),
    ),
    Node(
        "Operation", "#f0e442", _DARK, 80, ("operation_id",),
        _kinds(string="operation_id", boolean="baseline", Date="released_on"),
    ),
    Node("State", "#8c510a", _LIGHT, 80, ("name",), _kinds(string="name")),
    Node(
        "Run", "#555555", _LIGHT, 65, ("run_id",),
        _kinds(
            string="run_id kind version", bigint="window_s min_weight edges", boolean="leader",
            DateTime="started_at ended_at",
        ),
    ),
)  # fmt: skip

_SHARED = _kinds(string="key", bigint="ts")
_COORDINATION = _kinds(
    string="run_id behaviour", bigint="weight window_s", number="p_value p_adjusted effect_size observed expected"
)
_HEAVY = (Rule("weight", 5, 2.0), Rule("weight", 20, 4.0))


def _coordination() -> tuple[Edge, ...]:
    """Return a type for each behaviour; those without a colour use the spare ones in turn."""
    known = {name: COLOURS[name] for name in BEHAVIOURS if name in COLOURS}
    # Skip black, which is invisible on Browser's dark background.
    others = {
        name: SPARE[1 + place % (len(SPARE) - 1)]
        for place, name in enumerate(name for name in BEHAVIOURS if name not in COLOURS)
    }
    return tuple(
        Edge(
            row.relationship,
            (known | others)[name],
            1 if name == "co_post" else 3,
            "weight",
            (("Account", "Account"),),
            _COORDINATION,
            _HEAVY,
        )
        for name, row in BEHAVIOURS.items()
    )


EDGES = (
    *_coordination(),
    Edge(
        "POSTED", _GREY, 1, None, (("Account", "Tweet"),), _kinds(string="text_key text_key_no_url", bigint="ts"),
    ),
    Edge("RETWEETS", COLOURS["co_retweet"], 1, None, (("Tweet", "Tweet"),), _SHARED),
    Edge("REPLIES_TO", COLOURS["co_reply"], 1, None, (("Tweet", "Tweet"),), _SHARED),
    Edge("QUOTES", _GREY, 1, None, (("Tweet", "Tweet"),)),
    Edge("SIMILAR_TO", COLOURS["co_similarity"], 1, "similarity", (("Tweet", "Tweet"),),
         _kinds(string="run_id", number="similarity")),
    Edge("ADDRESSES", _GREY, 1, None, (("Tweet", "Account"),), _kinds(string="kind")),
    Edge("MENTIONS", COLOURS["co_mention"], 1, None, (("Tweet", "Account"),), {**_SHARED, "is_retweet": "boolean"}),
    Edge("HAS_HASHTAG", COLOURS["co_hashtag"], 1, None, (("Tweet", "Hashtag"),), {**_SHARED, "is_retweet": "boolean"}),
    Edge("LINKS_TO", COLOURS["co_link"], 1, None, (("Tweet", "Url"),),
         {**_SHARED, "raw": "string", "domain": "string", "is_retweet": "boolean"}),
    Edge("ON_DOMAIN", _GREY, 1, None, (("Url", "Domain"),)),
    Edge("PART_OF", _GREY, 1, None, (("Account", "Operation"),)),
    Edge("ATTRIBUTED_TO", "#8c510a", 2, None, (("Operation", "State"),)),
    Edge("TARGETS", "#b2182b", 2, None, (("Operation", "State"),)),
    Edge("INTERACTED", "#bf812d", 2, "weight", (("Account", "Account"),),
         _kinds(string="run_id source_state target_state kind", bigint="weight", DateTime="first_at last_at")),
    Edge("INTERACTED_WITH", "#bf812d", 4, "weight", (("State", "State"),),
         _kinds(string="run_id", bigint="weight accounts target_accounts retweet quote reply mention"),
         (Rule("weight", 100, 2.0), Rule("weight", 1_000, 4.0))),
    Edge("INFLUENCES", "#762a83", 2, "weight", (("Account", "Account"),),
         _kinds(string="run_id entity", number="weight", bigint="lag bin_s")),
    Edge("ALIKE", "#1b7837", 2, "weight", (("Account", "Account"),), _kinds(string="run_id language", number="weight")),
    Edge("CENTRAL_IN", _GREY, 1, "language", (("Account", "Run"),),
         _kinds(string="run_id language", number="centrality", bigint="cluster")),
    Edge("SCORED_IN", _GREY, 1, "community", (("Account", "Run"),),
         _kinds(string="algorithm", bigint="community degree",
                number="weighted_degree eigenvector pagerank betweenness")),
)  # fmt: skip
