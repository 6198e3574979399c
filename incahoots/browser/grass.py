"""The style of Neo4j Browser, ``neo4j/style.grass``."""

from __future__ import annotations

from incahoots.browser.look import EDGES, NODES

#: Browser's defaults, which a style must repeat.
_NODE = {
    "diameter": "50px",
    "color": "#A5ABB6",
    "border-color": "#9AA1AC",
    "border-width": "2px",
    "text-color-internal": "#FFFFFF",
    "font-size": "10px",
}
_RELATIONSHIP = {
    "color": "#A5ABB6",
    "shaft-width": "1px",
    "font-size": "8px",
    "padding": "3px",
    "text-color-external": "#000000",
    "text-color-internal": "#FFFFFF",
    "caption": "<type>",
}


def rules() -> dict[str, dict[str, str]]:
    """Return all rules by selector, as Browser stores them."""
    nodes = {
        f"node.{node.label}": {
            "diameter": f"{node.size}px",
            "color": node.colour,
            "border-color": _darker(node.colour),
            "border-width": "2px",
            "text-color-internal": node.ink,
            "font-size": "10px",
            "caption": " ".join(f"{{{name}}}" for name in node.captions),
        }
        for node in NODES
    }
    edges = {
        f"relationship.{edge.type}": {
            **_RELATIONSHIP,
            "color": edge.colour,
            "shaft-width": f"{edge.width}px",
            "caption": f"{edge.type} {{{edge.caption}}}" if edge.caption else "<type>",
        }
        for edge in EDGES
    }
    return {"node": _NODE, **nodes, "relationship": _RELATIONSHIP, **edges}


def grass() -> str:
    """Write the rules as a ``.grass`` file, which cannot contain comments."""
    blocks = []
    for selector, properties in rules().items():
        lines = "".join(
            f'  {name}: "{value}";\n' if name == "caption" else f"  {name}: {value};\n"
            for name, value in properties.items()
        )
        blocks.append(f"{selector} {{\n{lines}}}\n")
    return "\n".join(blocks)


def _darker(colour: str) -> str:
    """Darken a colour by a quarter, for borders."""
    return "#" + "".join(f"{int(colour[place : place + 2], 16) * 3 // 4:02x}" for place in (1, 3, 5))
