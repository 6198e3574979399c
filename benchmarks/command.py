"""The command line of benchmarks that measure a simulation of so many posts."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any


def run(
    name: str, about: str | None, measure: Callable[[int, Path], Any], write: Callable[[Any, Path], None], output: Path
) -> None:
    """Measure in a temporary folder, write the results to ``output``, and print them.

    Parameters
    ----------
    name, about : str
        Module and description of the benchmark.
    measure, write : callable
        From the number of posts and a folder to the results; and from the results to files.
    output : Path
        Default output, without an ending.
    """
    parser = argparse.ArgumentParser(prog=f"python -m {name}", description=about)
    parser.add_argument("--posts", type=int, default=1_000_000)
    parser.add_argument("-o", "--output", type=Path, default=output)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="incahoots-bench-") as folder:
        write(measure(arguments.posts, Path(folder)), arguments.output)
    print(arguments.output.with_suffix(".md").read_text())
