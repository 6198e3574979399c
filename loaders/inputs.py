"""Find the files to load, and the operations of their accounts."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path, PureWindowsPath

import orjson

from incahoots.errors import InputError, UsageError
from incahoots.loaders.files import checked_path, sha256

#: The file that marks a folder as a simulation.
MANIFEST = "simulation.json"
#: Its name until the simulation is complete.
UNFINISHED = f"{MANIFEST}.part"


@dataclass(frozen=True)
class Operation:
    """An information operation, or a baseline, that accounts belong to.

    Attributes
    ----------
    operation_id : str
    states : sequence of str
        States to which the publisher attributes it.
    targets : sequence of str
        States that it targets.
    baseline : bool
        Whether the accounts are not an operation, but a population for comparison.
    released_on : str, optional
        ``YYYY-MM-DD``.
    """

    operation_id: str
    states: Sequence[str] = ()
    targets: Sequence[str] = ()
    baseline: bool = False
    released_on: str | None = None

    def __post_init__(self) -> None:
        if self.released_on is None:
            return
        try:
            date.fromisoformat(self.released_on)
        except ValueError:
            raise UsageError(f"The release date must be YYYY-MM-DD (got {self.released_on!r}).") from None


@dataclass(frozen=True)
class Input:
    """A file to load."""

    path: Path
    operation: Operation | None

    @property
    def operation_id(self) -> str | None:
        """Id of the operation, if any."""
        return self.operation.operation_id if self.operation else None

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of the file, computed only when a row is rejected."""
        return sha256(self.path)


def find_inputs(paths: Sequence[str | os.PathLike[str]], operation: Operation | None, format_: str) -> list[Input]:
    """Find all files to load, with their operations.

    Raises
    ------
    UsageError
        There are no paths, or a simulation is given with an operation or another format.
    InputError
        A file does not exist, or a folder is not a simulation.
    """
    if not paths:
        raise UsageError("No files are given.", "Give one or more files.")
    found: list[Input] = []
    for path in map(Path, paths):
        if path.is_dir() and (path / MANIFEST).is_file():
            if operation is not None:
                raise UsageError(f"{path} is a simulation, which defines its own operations.", "Omit `operation`.")
            found += _simulated(path, format_)
        elif (path / UNFINISHED).is_file():
            raise InputError(
                f"{path} contains an unfinished simulation.",
                "Call `simulate()` again with the same options.",
            )
        elif path.is_dir():
            raise InputError(f"{path} is a folder, but not a simulation.", "Give the files in it.")
        else:
            found.append(Input(path, operation))
    for each in found:
        checked_path(each.path)
    return found


def _simulated(folder: Path, format_: str) -> list[Input]:
    """Find the files of a simulation."""
    try:
        manifest = orjson.loads((folder / MANIFEST).read_bytes())
        found = [
            Input(
                _inside(folder, name),
                Operation(each["operation_id"], each["states"], each["targets"], each["baseline"], each["released_on"]),
            )
            for each in manifest["operations"]
            for name in (*each["users"], *each["tweets"])
        ]
        written_in = manifest["format"]
    except (orjson.JSONDecodeError, KeyError, TypeError) as problem:
        raise InputError(f"{folder / MANIFEST} is damaged.", "Call `simulate()` again.") from problem
    if written_in != format_:
        raise UsageError(f"{folder} is in the format {written_in}, not {format_}.", f"Load it as {written_in}.")
    return found


def _inside(folder: Path, name: str) -> Path:
    """Return the path of a file of a simulation, which must be in its folder.

    Raises
    ------
    InputError
        The name leads to another folder.
    """
    path = folder / name
    plain = name not in ("", ".", "..") and not set(name) & set("/\\\0") and PureWindowsPath(name).name == name
    # A link may lead to another folder, too.
    if not plain or path.resolve().parent != folder.resolve():
        raise InputError(
            f"{folder / MANIFEST} names {name!r}, which is not a file in that folder.",
            "Do not trust this folder; call `simulate()` to create your own.",
        )
    return path
