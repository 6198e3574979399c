"""The guide of Neo4j Browser: ``neo4j/guide.html`` with the queries it speaks of put in."""

from __future__ import annotations

import html
import re

from incahoots import cypher
from incahoots.browser import parameters
from incahoots.resources import resource

_RUN = re.compile(r'<run query="(?P<name>\w+)">(?P<words>.*?)</run>', re.S)
_BEGIN = re.compile(r"<begin>(?P<words>.*?)</begin>", re.S)
_GO_ON = re.compile(r'<with (?P<name>\w+)="(?P<value>[\w-]+)">(?P<words>.*?)</with>', re.S)


def guide() -> str:
    """Write the guide.

    Browser puts a triangle before each of these links: a click on it runs what the link holds, one on the words puts a
    query into the editor, and runs a command.
    """
    body, returns = parameters.beginning()
    text = _BEGIN.sub(lambda found: _command(parameters.command(returns, body), found["words"]), resource("guide.html"))
    text = _GO_ON.sub(
        lambda found: _command(parameters.command({found["name"]: parameters.literal(found["value"])}), found["words"]),
        text,
    )
    return _RUN.sub(lambda found: _query(cypher.find(f"explore/{found['name']}").text, found["words"]), text)


def _command(command: str, words: str) -> str:
    """Something to click that runs a command of Browser."""
    return f'<a data-exec="{html.escape(command.removeprefix(":"))}">{words}</a>'


def _query(text: str, words: str) -> str:
    """Something to click that runs a query, or shows it."""
    return f'<a data-populate="{html.escape(text)}">{words}</a>'
