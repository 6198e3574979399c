"""``shipped-queries``: every query with the text of its file, a section each; and Cypher in colour, as we write it."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from docutils import nodes
from pygments.lexer import inherit
from pygments.lexers.graph import CypherLexer
from pygments.token import Name, Number, Operator
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from incahoots import cypher


class Cypher(CypherLexer):
    """Pygments' lexer is of Neo4j 3: it takes parameters, numbers and arithmetic for errors."""

    tokens: ClassVar = {
        "root": [
            (r"\$\w+", Name.Variable),
            (r"\$(?=\()", Operator),
            (r"\d+(?:\.\d+)?\b", Number),
            inherit,
            (r"[-+/%^!~]", Operator),
        ],
    }


class ShippedQueries(SphinxDirective):
    """All queries, or those of the folders that are its arguments."""

    optional_arguments = len(cypher.FAMILIES)

    def run(self) -> list[nodes.Node]:
        """Make a section for each query."""
        wanted = self.arguments or cypher.FAMILIES
        names = [name for name in cypher.names() if name.split("/")[0] in wanted]
        for name in names:
            self.env.note_dependency(str(Path(cypher.__file__).parent / f"{name}.cypher"))
        return [self._section(cypher.find(name)) for name in names]

    def _section(self, query: cypher.Query) -> nodes.section:
        """A query: its name, and the text as it goes to the database and into Neo4j Browser."""
        section = nodes.section(ids=[f"query-{query.name.replace('/', '-').replace('_', '-')}"], names=[query.name])
        section += nodes.title("", "", nodes.literal("", query.name))
        section += nodes.paragraph("", query.title)
        section += nodes.literal_block(query.text, query.text, language="cypher")
        return section


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive and the lexer."""
    app.add_lexer("cypher", Cypher)
    app.add_directive("shipped-queries", ShippedQueries)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
