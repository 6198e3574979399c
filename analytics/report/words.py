"""What the pictures and tables of a report show, in words for who has not made it."""

from __future__ import annotations

from collections.abc import Mapping

#: By what the dots are and the kind of the run.
_ABOUT: Mapping[tuple[str, str], str] = {
    ("accounts", "coordination"): (
        "A dot is an account, the larger the heavier its lines; its colour is its community. A line joins two accounts "
        "that did the same at about the same time, in the colour of what they did, the wider the heavier."
    ),
    ("accounts", "co_activity"): (
        "A dot is an account, the larger the heavier its lines; its colour is its community. A line joins two accounts "
        "that share what few others share, the wider the more alike they are in it."
    ),
    ("accounts", "interstate"): (
        "A dot is an account, the larger the heavier its lines; its colour is the state that its operation is "
        "attributed to. A line joins two accounts one of which acted on the other, in the colour of how, the wider the "
        "more often."
    ),
    ("accounts", "influence"): (
        "A dot is an account, the larger the heavier its lines. A line joins two accounts one of which moves before "
        "the other, in the colour of what they do, the wider the more the one tells of what the other does next."
    ),
    ("accounts", "drivers"): (
        "A dot is an account, the larger the heavier its lines. A line joins two accounts that are alike in what they "
        "post, in the colour of what it is, the wider the more alike."
    ),
    ("communities", "co_activity"): (
        "A dot is a community, the larger the more accounts it has. A line stands for all lines between accounts of "
        "two communities, the wider the more alike they are in what few share."
    ),
    ("communities", "coordination"): (
        "A dot is a community, the larger the more accounts it has. A line stands for all lines between accounts of "
        "two communities, in the colour of what they did, the wider the heavier."
    ),
    ("states", "interstate"): (
        "A dot is a state, the larger the more of its accounts act. A line stands for all acts of its accounts on "
        "those of the other, and back, in the colour of how, the wider the more."
    ),
}

#: What the columns of the table of groups say.
OF_GROUPS = (
    "accounts: how many. edges: between two of them, each direction and behaviour by itself, so that a line of the "
    "picture may be two. density: of all ordered pairs of its accounts so many have an edge, 1 all. clustering: how "
    "often two accounts that are beside one are beside each other. reciprocity: so many of these pairs have one back. "
    "top_eigenvector: how central its most central account is in the whole network, 1 the most. behaviours: which "
    "share of the edges is of which. most_central: the accounts at its middle."
)


def about(of: str, kind: str) -> str:
    """Say what the dots and lines of a network are.

    Parameters
    ----------
    of : {'accounts', 'communities', 'states'}
    kind : str
        Of the run.
    """
    return _ABOUT[of, kind]


def left_out(drawn: int, lines: int) -> str:
    """Say how many lines are not in the picture."""
    return f"The heaviest {drawn:,} of {lines:,} lines; {lines - drawn:,} are left out."
