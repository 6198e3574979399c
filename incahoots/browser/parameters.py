"""Set parameters in Neo4j Browser, with integers as integers.

``:params {limit: 20}`` makes 20 a float, which ``LIMIT`` rejects. ``:param [{limit}] => {RETURN 20 AS limit}`` runs a
query on the server, which returns integers; it can set several parameters at once.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from textwrap import indent
from typing import Any

from incahoots import cypher
from incahoots.cypher import Query

#: Example values of parameters without default.
EXAMPLES = {"run_id": "all-60s", "account_id": "...", "source": "...", "target": "..."}

#: Parameters whose defaults differ between queries: rows for a table, edges for a picture.
_COMMON = {"limit": 200}


def literal(value: Any) -> str:
    r"""Write a value as a Cypher literal.

    Examples
    --------
    >>> literal(None), literal(True), literal(0.5), literal(["a"]), literal('say "\\"')
    ('null', 'true', '0.5', '["a"]', '"say \\"\\\\\\""')
    """
    return json.dumps(value)


def command(returns: Mapping[str, str], body: str = "") -> str:
    """Write the command that sets parameters to expressions, which a query may compute.

    Examples
    --------
    >>> command({"run_id": '"all-60s"', "limit": "20"})
    ':param [{run_id, limit}] => {RETURN "all-60s" AS run_id, 20 AS limit}'
    """
    answers = ", ".join(f"{expression} AS {name}" for name, expression in returns.items())
    return f":param [{{{', '.join(returns)}}}] => {{{body}RETURN {answers}}}"


def example(query: Query) -> str:
    """Write the command that sets a query's parameters to its defaults, or else to examples."""
    return command({name: literal(_value(query, name)) for name in query.parameters})


def filled(query: Query) -> str:
    """Write an exploring query with values in place of its parameters, so that none need to be set.

    Values that depend on the data are found first, as in `beginning`; others are the query's defaults. The values are
    in a map called ``given``, where a reader can change them.
    """
    statement = _statement(query.text)
    if limit := query.parameters.get("limit"):
        # LIMIT does not accept variables.
        statement = statement.replace("$limit", literal(limit.default))
    found = _statement(cypher.find("browser/parameters").text)
    names = [name for name in query.parameters if name != "limit"]
    given = {name: name if _found(query, name) else literal(query.parameters[name].default) for name in names}
    if given:
        values = ", ".join(f"{name}: {value}" for name, value in given.items())
        statement = re.sub(r"\$(\w+)", r"given.\1", statement)
        first = [f"CALL () {{\n{indent(found, '  ')}\n}}"] if any(_found(query, name) for name in names) else []
        statement = "\n".join([
            *first, f"WITH {{{values}}} AS given", f"CALL (given) {{\n{indent(statement, '  ')}\n}}",
            f"RETURN {', '.join(name for _, name in _answers(statement))}",
        ])  # fmt: skip
    said = "//\n// Put your own values after the colons of: WITH {...} AS given\n" if given else ""
    return f"// {query.title}\n{said}{statement}\n"


def beginning() -> tuple[str, dict[str, str]]:
    """Return the query and the result columns of the command that begins an investigation.

    It finds the newest coordination run, the accounts of its heaviest edge and the traces that their posts share; other
    parameters of exploring queries have their defaults. Without runs, ``run_id`` is that of the demo.
    """
    body, _, answers = " ".join(_statement(cypher.find("browser/parameters").text).split()).rpartition("RETURN ")
    returns = {name: expression for expression, name in _answers(f"RETURN {answers}")}
    returns["run_id"] = f"coalesce({returns['run_id']}, {literal(EXAMPLES['run_id'])})"
    for query in exploring():
        for name, parameter in query.parameters.items():
            if not parameter.required:
                returns.setdefault(name, literal(_COMMON.get(name, parameter.default)))
    return body, returns


def exploring() -> list[Query]:
    """Return all exploring queries."""
    return [cypher.find(name) for name in cypher.names() if name.startswith("explore/")]


def default_runs() -> list[str]:
    """The runs that exploring queries read when they are given none: those of methods other than coordination."""
    asked = [query.parameters["run_id"] for query in exploring() if "run_id" in query.parameters]
    return sorted({str(parameter.default) for parameter in asked if not parameter.required})


def _value(query: Query, name: str) -> Any:
    """Return a parameter's default, or an example."""
    parameter = query.parameters[name]
    return EXAMPLES.get(name, "...") if parameter.required else parameter.default


def _found(query: Query, name: str) -> bool:
    """Whether a parameter's value is found in the data; runs with a default are of other kinds."""
    answers = {answer for _, answer in _answers(_statement(cypher.find("browser/parameters").text))}
    return name in answers and (name != "run_id" or query.parameters[name].required)


def _statement(text: str) -> str:
    """Return a query without its header."""
    return "\n".join(line for line in text.splitlines() if not line.startswith("//"))


def _answers(statement: str) -> list[tuple[str, str]]:
    """Return the expressions of the last RETURN clause, and their names."""
    _, _, clause = f"\n{statement}".rpartition("\nRETURN ")
    clause = re.split(r"\n(?:ORDER BY|LIMIT) ", clause)[0]
    answers = [answer.rpartition(" AS ") for answer in _split(clause)]
    return [(expression or name, name) for expression, _, name in answers]


def _split(answers: str) -> Iterable[str]:
    """Split a RETURN clause at its top-level commas."""
    depth, begin = 0, 0
    for place, sign in enumerate(answers):
        depth += (sign in "([{") - (sign in ")]}")
        if sign == "," and depth == 0:
            yield answers[begin:place].strip()
            begin = place + 1
    yield answers[begin:].strip()
