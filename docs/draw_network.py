"""Draw the demo's network as docs/images/network.svg: each line is a pair of accounts, coloured by behaviour.

Run it after ``make demo``, with the demo's home: ``.venv/bin/python docs/draw_network.py .demo``.
"""

from __future__ import annotations

import sys
from pathlib import Path

import networkx as nx

import incahoots as ih
from incahoots.analytics.pictures.style import looks

WIDTH = 960
TOP = 64


def shelves(groups: list[set[str]]) -> tuple[dict[str, tuple[float, float]], float]:
    """Lay out communities in rows, the largest first; return the accounts' positions and the height."""
    places: dict[str, tuple[float, float]] = {}
    x = row_height = 0.0
    y = TOP + 10.0
    for group in groups:
        side = 26 * len(group) ** 0.5 + 24
        if x + side > WIDTH - 24:
            x, y, row_height = 0.0, y + row_height + 6, 0.0
        # With a fixed seed, equal networks give equal pictures.
        for account, (right, down) in nx.spring_layout(graph.subgraph(group), seed=1, weight=None).items():
            reach = side / 2 - 12
            places[account] = (24 + x + side / 2 + right * reach, y + side / 2 + down * reach)
        x, row_height = x + side + 6, max(row_height, side)
    return places, y + row_height + 16


home, output = Path(sys.argv[1]), Path(__file__).parent / "images" / "network.svg"
with ih.connect(home=home) as database:
    edges = ih.edges(database, "all-60s").query("behaviour != 'co_post'")
    accounts = ih.communities(database, "all-60s").accounts
colours = {behaviour: look.colour for behaviour, look in looks(edges["behaviour"]).items()}
graph = nx.Graph(zip(edges["source"], edges["target"], strict=True))
groups = [set(group["account_id"]) for _, group in accounts.groupby("community")]
places, height = shelves(groups)

parts = [
    f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0f}" font-family="sans-serif">',
    f'<rect width="{WIDTH}" height="{height:.0f}" rx="12" fill="#fbfaf7"/>',
    f'<text x="24" y="28" font-size="15" fill="#222">{len(graph):,} of 1,000 simulated accounts share traces within '
    f"60 s, twice or more: {len(groups)} groups</text>",
]
for number, (behaviour, colour) in enumerate(colours.items()):
    x = 24 + 130 * number
    parts.append(f'<path d="M{x} 48h26" stroke="{colour}" stroke-width="4"/>')
    parts.append(f'<text x="{x + 32}" y="53" font-size="13" fill="#222">{behaviour}</text>')
for shift, (behaviour, colour) in enumerate(colours.items()):
    rows = edges[edges["behaviour"] == behaviour]
    pairs = sorted({(min(pair), max(pair)) for pair in zip(rows["source"], rows["target"], strict=True)})
    lines = []
    for ends in pairs:
        # A small shift, so that two behaviours of one pair are both visible.
        (x1, y1), (x2, y2) = ((places[end][0] + shift - 2.5, places[end][1] + shift - 2.5) for end in ends)
        lines.append(f"M{x1:.0f} {y1:.0f}L{x2:.0f} {y2:.0f}")
    parts.append(f'<path d="{"".join(lines)}" stroke="{colour}" stroke-width="1" stroke-opacity=".55"/>')
parts.append('<g fill="#222">')
parts += [f'<circle cx="{places[account][0]:.0f}" cy="{places[account][1]:.0f}" r="4"/>' for account in sorted(graph)]
parts.append("</g>")
output.write_text("\n".join([*parts, "</svg>", ""]), encoding="utf-8")
