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

from benchmarks import kinds


def write(results: list[dict[str, Any]], hot: list[dict[str, Any]], path: Path) -> None:
    """Write ``path.json`` and ``path.md``; the first result has the peer beside it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.with_suffix(".json").write_text(json.dumps({"sizes": results, "hot": hot}, indent=1) + "\n")
    first = results[0]
    lines = [
        "# Coordination networks against the coordination-network-toolkit",
        "",
        f"{datetime.now(UTC):%Y-%m-%d}, incahoots {version('incahoots')}, toolkit "
        f"{version('coordination-network-toolkit')}, Python {platform.python_version()}, {os.cpu_count()} cores. "
        f"{first['posts']:,} simulated posts of {first['accounts']:,} accounts; window 60 s, weight 2 and more; the "
        "toolkit with 2 processes. Repeat with `make bench`. Other programs use the machine too: read the ratios.",
        "",
        "| step | incahoots s, first | best | toolkit s, first | best | ratio, first | best | incahoots MB "
        "| toolkit MB | incahoots edges | toolkit edges |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
        _row("loading (`--bulk`)", first["ours"]["load"], first["peer"]["load"]),
    ]
    lines += [
        _row(name, found, first["peer"]["networks"].get(name)) for name, found in first["ours"]["networks"].items()
    ]
    ours, as_it_is = first["ours"]["networks"], first["peer"]["networks"].get("co_link, as it is")
    if "co_link" in ours and as_it_is:
        lines.append(_row("co_link, toolkit as it is", ours["co_link"], as_it_is))
    lines += [
        "",
        "The ratio is the toolkit's time over ours: above 1 incahoots is faster. *First* is the first call after "
        "loading: a server that has just started compiles as it runs, and the toolkit makes its indexes. *Best* is the "
        "shortest of up to five calls. Memory is the peak of the server for networks, of the loading process and the "
        "import tool for loading, of the toolkit and its workers. Loading is more than the toolkit's: it stops and "
        "starts the server, makes nodes of hashtags, URLs and mentions, and all indexes. The toolkit gives a post "
        "without URL an empty one and matches those too: co_link is measured without them, and as it is. Its first "
        "co_tweet prepares the texts, which we do when loading.",
    ]
    lines += kinds.lines(first["ours"]["kinds"])
    if len(results) > 1:
        lines += _growth(results)
    if len(hot) > 1:
        lines += _hot(hot)
    path.with_suffix(".md").write_text("\n".join(lines) + "\n")


def _row(name: str, ours: dict[str, Any], peer: dict[str, Any] | None) -> str:
    """One step of both."""
    cells = [
        name,
        *_times(ours),
        *(
            _times(peer)
            if peer
            else (
                "has none",
                "",
            )
        ),
    ]
    for key in ("first_s", "wall_s"):
        known = peer is not None and key in peer
        cells.append(f"{peer[key] / ours[key]:.1f}" if known and peer else "")
    cells += [f"{each['peak_mb']:,.0f}" if each else "" for each in (ours, peer)]
    cells += [f"{each['edges']:,}" if each and "edges" in each else "" for each in (ours, peer)]
    return f"| {' | '.join(cells)} |"


def _times(found: dict[str, Any]) -> tuple[str, str]:
    """Seconds of the first call, and of the best; what is only done once has no first."""
    return f"{found['first_s']:.1f}" if "first_s" in found else "", f"{found['wall_s']:.1f}"


def _hot(hot: list[dict[str, Any]]) -> list[str]:
    """How co_hashtag grows where every post carries the same hashtag."""
    sizes, times = [each["posts"] for each in hot], [each["wall_s"] for each in hot]
    return [
        "",
        "## One hashtag in every post",
        "",
        "co_hashtag on posts that all carry one hashtag, ten a minute: expanding the hashtag would be quadratic.",
        "",
        "| posts | s, best | edges |",
        "|---|---|---|",
        *(f"| {each['posts']:,} | {each['wall_s']:.1f} | {each['edges']:,} |" for each in hot),
        "",
        f"The exponent is {exponent(sizes, times):.2f}.",
    ]


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
