"""Generate the queries that are alike from the table of behaviours: ``make queries``.

The files are committed, so that an analyst can paste them, and a test compares them with what this module generates.

Generated are: ``coordination/<behaviour>``, one for every behaviour that is derived by a query;
``explore/<behaviour>_pairs``, one for every trace that is a node of its own; ``schema/<trace>_window``, the index of a
trace; ``campaigns/daily_<network>``. In all other queries the generator keeps two things complete: a union of the types
of coordination edges, ``CO_RETWEET|CO_TWEET|...``, and a map from these types to what their behaviour has, as in
``{CO_RETWEET: "RETWEETS", ...}[type(edge)] AS share``.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from pathlib import Path

from incahoots.cypher.behaviours import BEHAVIOURS, Behaviour

FOLDER = Path(__file__).parent

#: The daily networks that match by a trace, by the name of S2, and the behaviour whose trace it is.
DAILY = {
    "co_hashtag": "co_hashtag",
    "co_mention": "co_mention",
    "co_retweet": "co_retweet",
    "co_tweet": "co_tweet_no_url",
    "co_url": "co_link",
}

#: Relationships of which a post has at most one; of the others it may have several.
_SINGLE = ("RETWEETS", "REPLIES_TO", "POSTED")

_UNION = re.compile(r"CO_[A-Z_]+(?:\|[A-Z_]+)+")
_MAP = re.compile(r"\{[^{}]*\}(?=\[type\(edge\)\][^\n]* AS (?P<what>share|key|retweets)\b)")


def generated() -> dict[str, str]:
    """The texts of all queries that are generated as a whole, by name."""
    by_query = [row for row in BEHAVIOURS.values() if row.derivation == "query"]
    return {
        **{f"coordination/{row.name}": coordination(row) for row in by_query},
        **{f"explore/{row.name}_pairs": pairs(row) for row in by_query if row.key == "key"},
        # The first behaviour of a trace names its index.
        **{f"schema/{_index_name(row)}": index(row) for row in reversed(by_query) if row.key},
        **{f"campaigns/daily_{network}": daily(network, BEHAVIOURS[name]) for network, name in DAILY.items()},
    }


def completed(text: str) -> str:
    """Complete the unions and maps of a query's text."""
    union = "|".join(row.relationship for row in BEHAVIOURS.values())
    return _MAP.sub(lambda found: _map(found["what"]), _UNION.sub(union, text))


def files() -> Iterator[tuple[Path, str]]:
    """Every query's file, and the text that it should have."""
    whole = generated()
    yield from ((FOLDER / f"{name}.cypher", text) for name, text in whole.items())
    for path in sorted(FOLDER.glob("*/*.cypher")):
        if f"{path.parent.name}/{path.stem}" not in whole:
            yield path, completed(path.read_text(encoding="utf-8"))


def coordination(row: Behaviour) -> str:
    """The query that derives the network of a behaviour."""
    steps = _BY_TRACE if row.key else _BY_TIME
    definition = f"u -> v when at least $min_weight of u's posts {row.match} within $window_s seconds. {row.remark}"
    return f"""// {_title(row)}: {row.title}
//
{_comment(definition)}
//
// Params
//   $window_s = 60  int, seconds, inclusive, >= 0
//   $min_weight = 2  int, distinct posts of u, >= 1
//   $run_id  string; no relationship of this run and type may be there yet
//   $leader = false  bool, count only posts of v that come after u's
//   $loops = false  bool, also match an account with itself
//   $operation_id = null  string or null, only accounts of this operation
{_option(row)}// Writes
//   (:Account)-[:{row.relationship} {{run_id, weight, window_s}}]->(:Account)
// Returns
//   edges  int, relationships written
// Source
{_comment(row.source, "  ")}
// How
{_comment(steps, "  ")}
// Browser
//   :params {{window_s: 60, min_weight: 2, run_id: "try"}}, then put :auto before the query
CYPHER 5
{_first_pass(row)}WITH u, collect(p) AS shares
WHERE size(shares) >= $min_weight
  AND ($operation_id IS NULL OR EXISTS {{ (u)-[:PART_OF]->(:Operation {{operation_id: $operation_id}}) }})
CALL (u, shares) {{
  UNWIND shares AS p
{_neighbours(row)}
  WHERE weight >= $min_weight AND ($loops OR v <> u)
  RETURN v, weight
}} IN CONCURRENT TRANSACTIONS OF 200 ROWS
WITH u, v, weight
WHERE $operation_id IS NULL OR EXISTS {{ (v)-[:PART_OF]->(:Operation {{operation_id: $operation_id}}) }}
CALL (u, v, weight) {{
  CREATE (u)-[:{row.relationship} {{run_id: $run_id, weight: weight, window_s: $window_s}}]->(v)
}} IN TRANSACTIONS OF 10000 ROWS
RETURN count(*) AS edges
"""


_BY_TRACE = (
    "One pass over the index, in order of trace and time, keeps the posts that have a neighbour within the window. "
    "Only for these, account by account, are the neighbours looked up. So time grows with the matches and not with the "
    "posts of a popular trace, and memory with the accounts of a batch. The window is written twice: the index seeks "
    "by it, and abs() checks it."
)

_BY_TIME = (
    "Account by account: each post is one seek in the index of times, and counts once for each account that is found. "
    "The window is written twice: the index seeks by it, and abs() checks it."
)


def _first_pass(row: Behaviour) -> str:
    """Find the accounts u, and those of their shares p that may have a neighbour."""
    if not row.key:
        return f"""MATCH (u)-[p:{row.share}]->()
USING INDEX p:{row.share}(ts)
WHERE p.ts IS NOT NULL
"""
    author = "WITH startNode(p) AS u, p" if row.share == "POSTED" else _AUTHOR
    return _in_order(row, f"p.ts IS NOT NULL{_only(row, 'p')}") + author + "\n"


_AUTHOR = """WITH p, startNode(p) AS post
MATCH (u)-[:POSTED]->(post)"""


def _in_order(row: Behaviour, condition: str) -> str:
    """Read shares in order of trace and time; keep those with a neighbour within the window."""
    return f"""MATCH ()-[p:{row.share}]->()
USING INDEX p:{row.share}({row.key}, ts)
WHERE p.{row.key} >= "" AND {condition}
WITH p.{row.key} AS key, p.ts AS ts, p
ORDER BY key, ts
WITH key, collect(ts) AS times, collect(p) AS shares
WHERE size(times) > 1
UNWIND [i IN range(0, size(times) - 1)
        WHERE (i > 0 AND times[i] - times[i - 1] <= $window_s) OR times[i + 1] - times[i] <= $window_s
        | shares[i]] AS p
"""


def _neighbours(row: Behaviour) -> str:
    """Find the accounts v that have a neighbour of a share p, and count the posts of u."""
    several = row.share not in _SINGLE
    post = "startNode(p)" if several else "p"
    key = f"\n  WHERE q.{row.key} = p.{row.key}\n    AND " if row.key else "\n  WHERE "
    return f"""  MATCH {_author_of(row, "v", "other" if several else "")}
  USING INDEX q:{row.share}({f"{row.key}, " if row.key else ""}ts){key}\
p.ts + CASE WHEN $leader THEN 1 ELSE -$window_s END <= q.ts <= p.ts + $window_s
    AND abs(q.ts - p.ts) <= $window_s
    AND {"other" if several else "q"} <> {post}{_only(row, "q")}
  WITH v, count(DISTINCT {post}) AS weight"""


def _author_of(row: Behaviour, account: str, post: str = "", share: str = "q") -> str:
    """An account, its post and its share."""
    if row.share == "POSTED":
        return f"({account})-[{share}:POSTED]->()"
    return f"({account})-[:POSTED]->({post})-[{share}:{row.share}]->()"


def _only(row: Behaviour, share: str) -> str:
    """Leave retweets out where the option says so."""
    return "" if row.takes_retweets is None else f" AND ($retweets OR NOT {share}.is_retweet)"


def pairs(row: Behaviour) -> str:
    """The query that lists the pairs of posts of a behaviour."""
    parameters = ["window_s", *([] if row.takes_retweets is None else ["retweets"]), "limit"]
    values = {"window_s": "60", "retweets": str(row.takes_retweets).lower(), "limit": "100"}
    given = ", ".join(f"{values[name]} AS {name}" for name in parameters)
    source = "exact: CooRTweet 2.1.3, the pairs of detect_groups before it filters by participation"
    only = "" if row.takes_retweets is None else "    AND ($retweets OR NOT q.is_retweet)\n"
    return f"""// {_title(row)} pairs: which posts have {row.trace}, close in time?
//
// Posts within $window_s seconds of each other. Each pair is listed once, the earlier post first; of two posts of the
// same second, the one with the smaller id first.
//
// Params
//   $window_s = 60  int, seconds, inclusive, >= 0
{_option(row)}//   $limit = 100  int, rows
// Returns
//   object_id  string, the trace
//   content_id, content_id_y  string, the earlier and the later post
//   time_delta  int, seconds, >= 0
//   account_id, account_id_y  string, the accounts that posted them
//   n_shares, n_shares_y  int, number of traces of this kind that each post has
// Source
//   {source}{", given normalised URLs" if row.share == "LINKS_TO" else ""}
// Browser
//   :param [{{{", ".join(parameters)}}}] => {{RETURN {given}}}
MATCH (account)-[:POSTED]->(post)-[p:{row.share}]->(trace)
WHERE COUNT {{ (trace)<-[:{row.share}]-() }} > 1{_only(row, "p")}
CALL (post, p) {{
  MATCH (account_y)-[:POSTED]->(other)-[q:{row.share}]->()
  USING INDEX q:{row.share}({row.key}, ts)
  // Without the + 0 the planner seeks only the upper bound.
  WHERE q.{row.key} = p.{row.key} AND p.ts + 0 <= q.ts <= p.ts + $window_s
{only}    AND (q.ts > p.ts OR other.tweet_id > post.tweet_id)
  RETURN account_y, other, q
}}
WITH DISTINCT p.{row.key} AS object_id, account, post, account_y, other, q.ts - p.ts AS time_delta, p.ts AS ts
ORDER BY ts, object_id, post.tweet_id, time_delta, other.tweet_id
LIMIT $limit
RETURN object_id, post.tweet_id AS content_id, other.tweet_id AS content_id_y, time_delta,
       account.account_id AS account_id, account_y.account_id AS account_id_y,
       COUNT {{ (post)-[:{row.share}]->() }} AS n_shares, COUNT {{ (other)-[:{row.share}]->() }} AS n_shares_y
"""


def daily(network: str, row: Behaviour) -> str:
    """The query that finds the edges of a day in a daily network."""
    first, others = (
        ("\n  AND NOT p.is_retweet", "\n    AND NOT q.is_retweet") if row.takes_retweets is False else ("", "")
    )
    author = "WITH p, startNode(p) AS u" if row.share == "POSTED" else _AUTHOR
    return f"""// Daily {network.replace("_", "-")}: which accounts of a population post {row.trace}, close in time?
//
// Both posts are of the same day (UTC), as each day is analysed by itself.
//
// Params
//   $window_s = 60  int, seconds, inclusive, >= 0
//   $since  int, epoch seconds
//   $until  int, epoch seconds, exclusive
//   $members  map of account_id to a code: the number of its population times $stride, plus its own number in it
//   $stride  int, above the number of accounts of any population
//   $codes  int, above all codes of $members
// Returns
//   a row an account: own (its code), and pairs: day * $codes + the other account's code, for each day and account
//   that it matches; each pair of accounts is listed from one side or from both
// Source
//   exact: Vargas et al. 2020 (S2), {network.replace("_", "-")}
// How
//   As in coordination/: one pass in the order of the index, then a seek for each post that has a neighbour.
CYPHER 5
{_in_order(row, f"$since <= p.ts < $until{first}")}{author}
WITH u, $members[u.account_id] AS own, collect(p) AS shares
WHERE own IS NOT NULL
CALL (own, shares) {{
  UNWIND shares AS p
  WITH own, p, p.{row.key} AS key, p.ts AS ts
  MATCH {_author_of(row, "v")}
  USING INDEX q:{row.share}({row.key}, ts)
  WHERE q.{row.key} = key AND ts <= q.ts <= ts + $window_s AND abs(q.ts - ts) <= $window_s
    AND q.ts / 86400 = ts / 86400 AND q <> p{others}
  WITH own, ts / 86400 AS day, $members[v.account_id] AS other
  WHERE other / $stride = own / $stride AND other <> own
  RETURN collect(DISTINCT day * $codes + other) AS pairs
}} IN CONCURRENT TRANSACTIONS OF 200 ROWS
WITH own, pairs
WHERE size(pairs) > 0
RETURN own, pairs
"""


def index(row: Behaviour) -> str:
    """The statement that creates the index of a trace."""
    return f"""// Index for {row.name}: posts of one trace, ordered by time
//
// A window on a trace is one index seek: equal {row.key}, ts in a range.
//
// Writes
//   a range index on relationships
CREATE INDEX {_index_name(row)} IF NOT EXISTS
FOR ()-[share:{row.share}]-() ON (share.{row.key}, share.ts)
"""


def _index_name(row: Behaviour) -> str:
    """The name of the index of a trace."""
    key = (row.key or "").replace("text_key", "text")
    return "_".join([row.share.lower(), *([] if key == "key" else [key]), "window"])


def _title(row: Behaviour) -> str:
    """The name of a behaviour at the beginning of a title."""
    return row.name.replace("_", "-").capitalize()


def _option(row: Behaviour) -> str:
    """The line of the option ``retweets``, where a behaviour has it."""
    if row.takes_retweets is None:
        return ""
    return f"//   $retweets = {str(row.takes_retweets).lower()}  bool, also consider retweets\n"


def _comment(text: str, indent: str = "") -> str:
    """Wrap text as a comment."""
    return "\n".join(f"// {indent}{line}" for line in textwrap.wrap(text, 117 - len(indent), break_on_hyphens=False))


def _map(what: str) -> str:
    """A map from the types of edges to what their behaviour has."""
    rows = BEHAVIOURS.values()
    values = {
        # Any two posts within the window may be behind an edge of a behaviour without a key.
        "share": [f'"{row.share if row.key else "POSTED"}"' for row in rows],
        "key": [f'"{row.key}"' if row.key else "null" for row in rows],
        "retweets": [str(row.considers_retweets(None)).lower() for row in rows],
    }[what]
    return "{" + ", ".join(f"{row.relationship}: {value}" for row, value in zip(rows, values, strict=True)) + "}"


if __name__ == "__main__":
    for file, text in files():
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            file.write_text(text, encoding="utf-8")
