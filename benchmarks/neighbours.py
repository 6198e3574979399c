"""How many similar texts are found where not all pairs are compared, and how much quicker that is.

Run with ``python -m benchmarks.neighbours POSTS.parquet --column content --model FOLDER``. Posts and the model are no
part of the project, so it is no part of ``make bench``; it needs the extra ``embeddings``.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from benchmarks.memory import watched
from incahoots.analytics.drivers.options import TEXT_COSINES
from incahoots.analytics.drivers.texts import cleaned
from incahoots.analytics.text.embeddings import embedded
from incahoots.analytics.text.neighbours import Near, Vectors, near_vectors

RESULTS = Path(__file__).parent / "results"

#: How far copies are from what they are copies of: cosines of some .93.
NOISE = 0.4


def with_copies(vectors: Vectors, times: int, seed: int = 1) -> Vectors:
    """Make a network of texts that is larger: each some times, and a little otherwise."""
    rng = np.random.default_rng(seed)
    parts = [vectors]
    for _ in range(times - 1):
        noise = rng.normal(size=vectors.shape).astype(np.float32) * np.float32(NOISE / vectors.shape[1] ** 0.5)
        noisy = vectors + noise
        parts.append(noisy / np.linalg.norm(noisy, axis=1, keepdims=True))
    return np.concatenate(parts)


def measure(vectors: Vectors, threshold: float) -> dict[str, Any]:
    """Find all pairs, and nearly all."""
    found: dict[str, Any] = {"vectors": len(vectors), "threshold": threshold}
    pairs = []
    for name, exact in (("all", len(vectors)), ("cells", 0)):
        with watched(os.getpid()) as seen:
            start = time.perf_counter()
            near: Near = near_vectors(vectors, threshold, exact=exact)
            found[f"{name}_s"] = time.perf_counter() - start
        found[f"{name}_mb"] = seen["peak_mb"]
        pairs.append(near.pairs[0] * len(vectors) + near.pairs[1])
    found |= {"pairs": len(pairs[0]), "recall": float(np.isin(pairs[0], pairs[1]).mean()), "said": near.recall}
    if not np.isin(pairs[1], pairs[0]).all():
        raise RuntimeError("A pair was found that is none.")
    print(json.dumps(found), flush=True)
    return found


def write(rows: list[dict[str, Any]], path: Path, model: str, numbers: int) -> None:
    """Write what was measured as ``path.md`` and ``path.json``."""
    path.parent.mkdir(exist_ok=True)
    path.with_suffix(".json").write_text(json.dumps(rows, indent=1) + "\n")
    lines = [
        "# Similar texts, nearly all",
        "",
        f"Embeddings of the different texts of real posts in English, cleaned as `incahoots drivers` does, by {model} "
        f"({numbers} numbers a text); rows of more vectors have each text again, with noise. *Recall* is the share of "
        "all pairs that looking into the nearest cells finds, *said* what it tells of itself by a sample. 2 cores.",
        "",
        "| vectors | cosine from | pairs | recall | said | all pairs, s | cells, s | times | peak MB: all, cells |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {row['vectors']:,} | {row['threshold']} | {row['pairs']:,} | {row['recall']:.4f} | {row['said']:.4f} "
        f"| {row['all_s']:.1f} | {row['cells_s']:.1f} | {row['all_s'] / row['cells_s']:.1f} "
        f"| {row['all_mb']:,.0f}, {row['cells_mb']:,.0f} |"
        for row in rows
    ]
    lines += ["", "Again: `python -m benchmarks.neighbours POSTS --column NAME --model FOLDER`.", ""]
    path.with_suffix(".md").write_text("\n".join(lines))


def main() -> None:
    """Measure and write the report."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.neighbours", description=__doc__)
    parser.add_argument("posts", type=Path, help=".parquet")
    parser.add_argument("--column", default="text", help="of texts")
    parser.add_argument("--model", required=True, help="of sentence-transformers: a name, or a folder")
    parser.add_argument("--name", help="of the model, for the report")
    parser.add_argument("--times", type=int, nargs="*", default=[1, 2, 4], help="how often each text is there")
    parser.add_argument("-o", "--output", type=Path, default=RESULTS / "neighbours")
    arguments = parser.parse_args()
    posts = pl.read_parquet(arguments.posts)
    english = posts.filter(pl.col("language") == "English") if "language" in posts else posts
    texts = cleaned(english[arguments.column], "en").drop_nulls().unique(maintain_order=True)
    vectors = embedded(texts, arguments.model)
    rows = [
        measure(with_copies(vectors, times), threshold)
        for times in arguments.times
        for threshold in sorted(TEXT_COSINES.values())
    ]
    write(rows, arguments.output, arguments.name or arguments.model, vectors.shape[1])
    print(arguments.output.with_suffix(".md").read_text())


if __name__ == "__main__":
    main()
