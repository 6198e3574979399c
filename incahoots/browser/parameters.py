"""Set parameters in Neo4j Browser, so that whole numbers stay whole.

``:params {limit: 20}`` makes 20 a float, which ``LIMIT`` refuses. ``:param [{limit}] => {RETURN 20 AS limit}`` asks the
server, whose integers they are then; it takes several at once, and the answer of a query.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from incahoots import cypher
from incahoots.cypher import Query

#: What stands in examples for what has no default.
EXAMPLES = {"run_id": "all-60s", "account_id": "...", "source": "...", "target": "..."}

#: What queries have different defaults of: rows that fit a table and edges that fit a picture, and links first.
_COMMON = {"limit": 200, "share": "LINKS_TO", "retweets": False}


def literal(value: Any) -> str:
    r"""Write a value as Cypher has it.

    Examples
    --------
    >>> literal(None), literal(True), literal(0.5), literal(["a"]), literal('say "\\"')
    ('null', 'true', '0.5', '["a"]', '"say \\"\\\\\\""')
    """
    return json.dumps(value)


def command(returns: Mapping[str, str], body: str = "") -> str:
    """Write the command that sets parameters to expressions, which a body may compute.

    Examples
    --------
    >>> command({"run_id": '"all-60s"', "limit": "20"})
    ':param [{run_id, limit}] => {RETURN "all-60s" AS run_id, 20 AS limit}'
    """
    answers = ", ".join(f"{expression} AS {name}" for name, expression in returns.items())
    return f":param [{{{', '.join(returns)}}}] => {{{body}RETURN {answers}}}"


def example(query: Query) -> str:
    """Write the command that sets a query's parameters to its defaults, and to examples of what has none."""
    return command({name: literal(_value(query, name)) for name in query.parameters})


def beginning() -> tuple[str, dict[str, str]]:
    """Give the body and the answers of the command that begins an investigation.

    It takes the newest run of coordination and the accounts of its heaviest edge; all other parameters of exploring
    queries have their defaults. ``run_id`` is that of the demo where there is no run.
    """
    text = cypher.find("browser/parameters").text
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("//")]
    body, _, answers = " ".join(" ".join(lines).split()).rpartition("RETURN ")
    returns = {}
    for answer in _split(answers):
        expression, _, name = answer.rpartition(" AS ")
        returns[name] = expression
    returns["run_id"] = f"coalesce({returns['run_id']}, {literal(EXAMPLES['run_id'])})"
    for query in exploring():
        for name, parameter in query.parameters.items():
            if not parameter.required:
                returns.setdefault(name, literal(_COMMON.get(name, parameter.default)))
    return body, returns


def exploring() -> list[Query]:
    """All queries that explore."""
    return [cypher.find(name) for name in cypher.names() if name.startswith("explore/")]


def _value(query: Query, name: str) -> Any:
    """A parameter's default, or an example."""
    parameter = query.parameters[name]
    return EXAMPLES.get(name, "...") if parameter.required else parameter.default


def _split(answers: str) -> Iterable[str]:
    """Split what a query returns at commas that stand in no brackets."""
    depth, begin = 0, 0
    for place, sign in enumerate(answers):
        depth += (sign in "([{") - (sign in ")]}")
        if sign == "," and depth == 0:
            yield answers[begin:place].strip()
            begin = place + 1
    yield answers[begin:].strip()
