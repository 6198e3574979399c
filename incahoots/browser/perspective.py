"""The perspective of Neo4j Bloom, ``neo4j/incahoots-perspective.json``: categories, relationships, search phrases.

It has the fields that published exports of Bloom 1.4 to 2.x share. It depends only on the looks and the queries in
``cypher/bloom/``, so two exports of one version of incahoots are identical.
"""

from __future__ import annotations

import json
from typing import Any

from incahoots import cypher
from incahoots.browser.look import EDGES, NODES, Edge, Node, Rule
from incahoots.cypher import Query

NAME = "incahoots"
VERSION = "2.3.0"

#: A fixed date, 2026-11-23, in ms, which keeps the file the same.
_MADE = 1_795_392_000_000

#: Diameter in Browser, in pixels, of Bloom's size 1.
_USUAL = 50

#: Caption of a relationship: its type.
_TYPE = "0_REL_TYPE_CAPTION_KEY"

_WHOLE = "bigint"


def perspective() -> dict[str, Any]:
    """Build the perspective."""
    return {
        "name": NAME,
        "id": "3f0f9ad2-5f1a-4c55-9d0b-6f8e6a1c7b10",
        "version": VERSION,
        "createdAt": _MADE,
        "lastEditedAt": _MADE,
        "isAuto": False,
        "parentPerspectiveId": None,
        "hideUncategorisedData": False,
        "hiddenCategories": [],
        # co_post only shows activity at the same time, and would cover everything else.
        "hiddenRelationshipTypes": ["CO_POST"],
        "palette": {"colors": list(dict.fromkeys(node.colour for node in NODES)), "currentIndex": 0},
        "categories": [_category(number, node) for number, node in enumerate(NODES, 1)],
        "relationshipTypes": [_relationship(edge) for edge in EDGES],
        "labels": {
            node.label: [
                {"propertyKey": name, "type": node.label, "dataType": kind} for name, kind in node.properties.items()
            ]
            for node in NODES
        },
        "templates": [_phrase(number, query) for number, query in enumerate(phrases(), 1)],
        "sceneActions": [],
        "metadata": {
            "pathSegments": [
                {"source": source, "relationshipType": edge.type, "target": target}
                for edge in EDGES
                for source, target in edge.ends
            ],
            "indexes": [],
            "stats": {"labels": {}, "relationshipTypes": {}},
        },
    }


def text() -> str:
    """Write the perspective as a file that Bloom imports."""
    return json.dumps(perspective(), indent=1) + "\n"


def phrases() -> list[Query]:
    """Return the queries of the search phrases."""
    return [cypher.find(name) for name in cypher.names() if name.startswith("bloom/")]


def _category(number: int, node: Node) -> dict[str, Any]:
    """Describe the nodes of a label."""
    return {
        "id": number,
        "name": node.label,
        "labels": [node.label],
        "color": node.colour,
        "size": node.size / _USUAL,
        "icon": "no-icon",
        "createdAt": _MADE,
        "lastEditedAt": _MADE,
        "properties": [
            {"name": name, "exclude": False, "isCaption": name in node.captions, "dataType": kind}
            for name, kind in node.properties.items()
        ],
        "caption": list(node.captions),
        "captionKeys": list(node.captions),
        "styleRules": [_rule(node.label, rule) for rule in node.rules],
    }


def _relationship(edge: Edge) -> dict[str, Any]:
    """Describe the relationships of a type."""
    return {
        "id": edge.type,
        "name": edge.type,
        "color": edge.colour,
        "size": edge.width,
        "properties": [
            {"propertyKey": name, "type": edge.type, "dataType": kind} for name, kind in edge.properties.items()
        ],
        "captionKeys": [_TYPE, *([edge.caption] if edge.caption else [])],
        "styleRules": [_rule(edge.type, rule) for rule in edge.rules],
    }


def _rule(owner: str, rule: Rule) -> dict[str, Any]:
    """Describe a rule of size."""
    return {
        "id": f"{owner}-{rule.name}-{rule.least}",
        "type": "single",
        "basedOn": f"{rule.name}_{_WHOLE}",
        "condition": "greater-than-or-equal",
        "conditionValue": rule.least,
        "applyColor": False,
        "applySize": True,
        "color": "",
        "size": rule.size,
    }


def _phrase(number: int, query: Query) -> dict[str, Any]:
    """Describe a search phrase: its words are the query's title, its suggestions come from the query's header."""
    return {
        "id": f"tmpl:{_MADE + number}",
        "name": query.name.split("/")[1].replace("_", " "),
        "text": query.title,
        "cypher": "\n".join(line for line in query.text.splitlines() if not line.startswith("//")),
        "createdAt": _MADE,
        "isUpdateQuery": None,
        "hasCypherErrors": False,
        "params": [
            _parameter(name, [part.strip() for part in parameter.meaning.split(",")])
            for name, parameter in query.parameters.items()
        ],
    }


def _parameter(name: str, meaning: list[str]) -> dict[str, Any]:
    """Describe a parameter; ``string, Account.screen_name`` is where suggestions come from."""
    label, _, key = meaning[1].partition(".") if meaning[0] == "string" else ("", "", "")
    return {
        "name": f"${name}",
        "dataType": "String" if meaning[0] == "string" else "Integer",
        "collapsed": False,
        "suggestionLabel": label or None,
        "suggestionProp": key or None,
        "suggestionBoolean": False,
        "cypher": None,
    }
