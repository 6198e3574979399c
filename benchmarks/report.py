"""The report of a measurement: JSON for machines, Markdown for people."""

from __future__ import annotations

import json
import math
import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any


def write(results: list[dict[str, Any]], path: Path) -> None:
    """Write ``path.json`` and ``path.md``; the first result has the peer beside it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.with_suffix(".json").write_text(json.dumps(results, indent=1) + "\n")
    first = results[0]
    lines = [
        "# Coordination networks against the coordination-network-toolkit",
        "",
        f"{datetime.now(UTC):%Y-%m-%d}, incahoots {version('incahoots')}, toolkit "
        f"{version('coordination-network-toolkit')}, Python {platform.python_version()}, {os.cpu_count()} cores. "
        f"{first['posts']:,} simulated posts of {first['accounts']:,} accounts; window 60 s, weight 2 and more; the "
        "toolkit with 2 processes. Repeat with `make bench`. Times of one run, on a machine that others use too: read "
        "the ratios.",
        "",
        "| step | incahoots s | toolkit s | ratio | incahoots MB | toolkit MB | edges |",
        "|---|---|---|---|---|---|---|",
        _row("loading (`--bulk`)", first["ours"]["load"], first["peer"]["load"]),
    ]
    lines += [
        _row(name, found, first["peer"]["networks"].get(name)) for name, found in first["ours"]["networks"].items()
    ]
    lines += [
        "",
        "The ratio is the toolkit's time over ours: above 1 incahoots is faster. Memory is the peak of the server for "
        "networks, of the loading process and the import tool for loading, of the toolkit and its workers.",
    ]
    if len(results) > 1:
        lines += _growth(results)
    path.with_suffix(".md").write_text("\n".join(lines) + "\n")


def _row(name: str, ours: dict[str, Any], peer: dict[str, Any] | None) -> str:
    """One step of both."""
    edges = f"{ours['edges']:,}" if "edges" in ours else ""
    if peer is None:
        return f"| {name} | {ours['wall_s']:.1f} | has none | | {ours['peak_mb']:,.0f} | | {edges} |"
    return (
        f"| {name} | {ours['wall_s']:.1f} | {peer['wall_s']:.1f} | {peer['wall_s'] / ours['wall_s']:.1f} "
        f"| {ours['peak_mb']:,.0f} | {peer['peak_mb']:,.0f} | {edges} |"
    )


def _growth(results: list[dict[str, Any]]) -> list[str]:
    """How times grow with the number of posts, at constant density."""
    ordered = sorted(results, key=lambda each: each["posts"])
    steps = ["load", *ordered[0]["ours"]["networks"]]
    sizes = " | ".join(f"{each['posts']:,}" for each in ordered)
    lines = [
        "",
        "## Growth",
        "",
        "Seconds by number of posts at constant density, and the exponent of a power law through them (1 is linear).",
        "",
        f"| step | {sizes} | exponent |",
        f"|---|{'---|' * (len(ordered) + 1)}",
    ]
    for step in steps:
        times = [
            (each["ours"]["load"] if step == "load" else each["ours"]["networks"][step])["wall_s"] for each in ordered
        ]
        cells = " | ".join(f"{seconds:.1f}" for seconds in times)
        lines.append(f"| {step} | {cells} | {exponent([each['posts'] for each in ordered], times):.2f} |")
    return lines


def exponent(sizes: list[int], times: list[float]) -> float:
    """Slope of the least-squares line through the logarithms."""
    x, y = [math.log(size) for size in sizes], [math.log(seconds) for seconds in times]
    mean_x, mean_y = sum(x) / len(x), sum(y) / len(y)
    return sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y, strict=True)) / sum((a - mean_x) ** 2 for a in x)
