"""Files that are written must not be files that are read."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from incahoots.errors import UsageError


def same_file(one: Path, other: Path) -> bool:
    """Whether two paths lead to the same file, through links of either kind too, or are the same path."""
    try:
        return one.samefile(other)
    except OSError:
        # One of them does not exist: both may still be the same path, written differently.
        return os.path.realpath(one) == os.path.realpath(other)


def check_outputs(outputs: Mapping[str, Path], inputs: Mapping[str, Path]) -> None:
    """Refuse a call that would overwrite what it reads, or write two things to one file.

    Parameters
    ----------
    outputs : dict of str to Path
        Files and folders that are written, by the name of their option. Any file in a folder may be overwritten.
    inputs : dict of str to Path
        Files that are read, likewise.

    Raises
    ------
    UsageError
        An output is an input, a folder to write to holds an input, or two outputs are one file.
    """
    for name, output in outputs.items():
        written = [output, *output.iterdir()] if output.is_dir() else [output]
        for other, path in inputs.items():
            if any(same_file(each, path) for each in written):
                raise UsageError(
                    f"{name} would overwrite the file that is read: {path} ({other}).",
                    f"Choose another place for {name}.",
                )
    names = list(outputs)
    for place, name in enumerate(names):
        for other in names[:place]:
            if same_file(outputs[name], outputs[other]):
                raise UsageError(f"{other} and {name} must be two files (got {outputs[name]} for both).")
