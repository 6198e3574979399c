"""Refuse to overwrite files that are read."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from incahoots.errors import UsageError


def same_file(one: Path, other: Path) -> bool:
    """Whether two paths lead to the same file, also through links, or are the same path."""
    try:
        return one.samefile(other)
    except OSError:
        # One does not exist: they may still be two spellings of one path.
        return os.path.realpath(one) == os.path.realpath(other)


def check_outputs(outputs: Mapping[str, Path], inputs: Mapping[str, Path]) -> None:
    """Refuse a call that would overwrite what it reads, or write two things to one file.

    Parameters
    ----------
    outputs : dict of str to Path
        Files and folders that are written, by option. Any file in a folder may be overwritten.
    inputs : dict of str to Path
        Files that are read, by option.

    Raises
    ------
    UsageError
        An output is an input, an output folder contains an input, or two outputs are the same file.
    """
    for name, output in outputs.items():
        written = [output, *output.iterdir()] if output.is_dir() else [output]
        for other, path in inputs.items():
            if any(same_file(each, path) for each in written):
                raise UsageError(
                    f"{name} would overwrite the file that is read: {path} ({other}).",
                    f"Choose another path for {name}.",
                )
    names = list(outputs)
    for place, name in enumerate(names):
        for other in names[:place]:
            if same_file(outputs[name], outputs[other]):
                raise UsageError(f"{other} and {name} must be different files (got {outputs[name]} for both).")
