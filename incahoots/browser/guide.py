"""The guide of Neo4j Browser: ``neo4j/guide.html`` with its queries filled in."""

from __future__ import annotations

import html
import re

from incahoots import cypher
from incahoots.browser import parameters
from incahoots.resources import resource

_RUN = re.compile(r'<run query="(?P<name>\w+)">(?P<words>.*?)</run>', re.S)
_BEGIN = re.compile(r"<begin>(?P<words>.*?)</begin>", re.S)


def guide() -> str:
    """Write the guide.

    Browser shows a triangle before each link: a click on it runs the query or command; a click on the words puts a
    query into the editor, or runs a command. While a guide is open, Browser does not set parameters, so the queries of
    the guide find their values themselves.
    """
    body, returns = parameters.beginning()
    text = _BEGIN.sub(lambda found: _command(parameters.command(returns, body), found["words"]), resource("guide.html"))
    return _RUN.sub(
        lambda found: _query(parameters.filled(cypher.find(f"explore/{found['name']}")), found["words"]), text
    )


def _command(command: str, words: str) -> str:
    """A link that runs a Browser command."""
    return f'<a data-exec="{html.escape(command.removeprefix(":"))}">{words}</a>'


def _query(text: str, words: str) -> str:
    """A link that runs a query, or shows it."""
    return f'<a data-populate="{html.escape(text)}">{words}</a>'
