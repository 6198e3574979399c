"""Roles of accounts between states by in- and out-degree, and accounts whose profiles say that they lead a group."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib import resources

import numpy as np
import pandas as pd

#: Degree above which an account is an influencer (in-degree) or a promoter (out-degree).
MOST = 10

ROLES = ("broker", "influencer", "promoter", "follower")


def roles(edges: pd.DataFrame, most: int = MOST) -> pd.DataFrame:
    """Assign a role to each account of a network.

    ``edges`` has the columns source, target, source_state, target_state, weight, as in `account_network`. ``most`` is
    the degree above which an account is an influencer (in) or a promoter (out): 10 in the paper, "greater than".
    Returns one row per account: account_id, state, in_degree and out_degree (distinct accounts), in_weighted_degree and
    out_weighted_degree (acts), role: broker (both), influencer, promoter or follower; the most active first.
    """
    pairs = edges.groupby(["source", "target"], as_index=False).agg({"weight": "sum"})
    ends = {"in": "target", "out": "source"}
    found = {
        f"{name}_{what}": pairs.groupby(end)["weight"].agg(how)
        for what, how in (("degree", "size"), ("weighted_degree", "sum"))
        for name, end in ends.items()
    }
    table = pd.DataFrame(found).fillna(0).astype(np.int64).rename_axis("account_id").reset_index()
    states = pd.concat([
        edges[["source", "source_state"]].set_axis(["account_id", "state"], axis=1),
        edges[["target", "target_state"]].set_axis(["account_id", "state"], axis=1),
    ]).drop_duplicates("account_id")  # fmt: skip
    table = table.merge(states, on="account_id", how="left")
    into, out = table["in_degree"] > most, table["out_degree"] > most
    table["role"] = np.select([into & out, into, out], ROLES[:3], ROLES[3])
    table = table.assign(weighted_degree=table["in_weighted_degree"] + table["out_weighted_degree"])
    table = table.sort_values(["weighted_degree", "account_id"], ascending=[False, True], ignore_index=True)
    degrees = ["in_degree", "out_degree", "in_weighted_degree", "out_weighted_degree"]
    return table[["account_id", "state", *degrees, "role"]]


def administrators(profiles: pd.DataFrame) -> pd.DataFrame:
    """Find accounts whose profiles say that they lead a group, for a person to confirm.

    ``profiles`` has the columns account_id, display_name and description, text or missing. Returns one row per account:
    account_id, language and phrase (all matches, separated by semicolons; phrases as in the profile), where
    (display_name, description, or both) and text (the full text of these).
    """
    rows = []
    for row in profiles.drop_duplicates("account_id").itertuples():
        texts = {where: getattr(row, where) for where in ("display_name", "description")}
        found = {where: _matched(text) for where, text in texts.items() if isinstance(text, str)}
        if any(found.values()):
            places = [where for where, matches in found.items() if matches]
            matches = [match for where in places for match in found[where]]
            joined = ["; ".join(dict.fromkeys(each)) for each in zip(*matches, strict=True)]
            shown = places, [texts[where] for where in places]
            rows.append([row.account_id, *joined, *("; ".join(each) for each in shown)])
    return pd.DataFrame(rows, columns=["account_id", "language", "phrase", "where", "text"])


def _matched(text: str) -> list[tuple[str, str]]:
    """The phrases in a text with their languages, without phrases that are part of another."""
    folded, found = _folded(text), dict[str, str]()
    for language, pattern in _phrases():
        if match := pattern.search(folded):
            # A phrase of several languages counts for the first.
            found.setdefault(match.group(), language)
    whole = [phrase for phrase in found if not any(phrase != other and phrase in other for other in found)]
    return [(found[phrase], phrase) for phrase in whole]


@cache
def _phrases() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """The phrases: language, and the pattern that finds it."""
    text = (resources.files(__package__) / "administrators.txt").read_text(encoding="utf-8")
    lines = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
    teams = "|".join(_folded(word) for kind, word in lines if kind == "team")
    return tuple((kind, _pattern(_folded(phrase), teams)) for kind, phrase in lines if kind != "team")


def _pattern(phrase: str, teams: str) -> re.Pattern[str]:
    """The pattern that finds a phrase as whole words; Chinese and Thai have no spaces between words.

    ``{team}`` is a word that begins or ends with a word for a group, or is followed by one within three words; a name
    may follow.
    """
    # Any character but the end of a sentence or of a part of the profile.
    word = r"[^\s.,;:|/!?()]+"
    team = rf"(?:{word} ){{0,3}}(?:(?:{teams})[\w-]*(?: {word})??|[\w-]*(?:{teams}))"
    escaped = re.escape(phrase).replace(re.escape("{team}"), team)
    return re.compile(escaped if re.search(r"[\u0e00-\u0e7f\u4e00-\u9fff]", phrase) else rf"(?<!\w){escaped}(?!\w)")


def _folded(text: str) -> str:
    """Fold case, remove accents and collapse white space."""
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
    return " ".join(plain.casefold().split())
