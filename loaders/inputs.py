"""Which files are meant, and what their accounts are part of."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path, PureWindowsPath

import orjson

from incahoots.errors import InputError, UsageError, command
from incahoots.loaders.files import checked_path, sha256

#: What ``incahoots simulate`` writes beside its files.
MANIFEST = "simulation.json"
#: Its name while the simulation is not complete.
UNFINISHED = f"{MANIFEST}.part"


@dataclass(frozen=True)
class Operation:
    """What the accounts of some files are part of.

    Attributes
    ----------
    operation_id : str
    states : sequence of str
        To which the publisher attributes it.
    targets : sequence of str
        States it targets.
    baseline : bool
        A community that is no operation, for comparison.
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
            raise UsageError(f"{self.released_on!r} is no date.", "Write it as YYYY-MM-DD.") from None


@dataclass(frozen=True)
class Input:
    """One file to load."""

    path: Path
    operation: Operation | None

    @property
    def operation_id(self) -> str | None:
        """The operation's id, if there is one."""
        return self.operation.operation_id if self.operation else None

    @cached_property
    def sha256(self) -> str:
        """The file's hash, which is asked for only when there is something to say about its rows."""
        return sha256(self.path)


def find_inputs(paths: Sequence[str | os.PathLike[str]], operation: Operation | None, format_: str) -> list[Input]:
    """Find every file that is meant, with its operation.

    Raises
    ------
    UsageError
        There are no paths, or a simulation was given an operation or another format.
    InputError
        There is no such file, or a folder is no simulation.
    """
    if not paths:
        raise UsageError("There is nothing to load.", "Give one or more files.")
    found: list[Input] = []
    for path in map(Path, paths):
        if path.is_dir() and (path / MANIFEST).is_file():
            if operation is not None:
                raise UsageError(f"{path} carries its own operations.", "Leave --operation and --state out.")
            found += _simulated(path, format_)
        elif (path / UNFINISHED).is_file():
            raise InputError(
                f"{path} holds a simulation that was not finished.",
                "Call `incahoots simulate` again with the same folder and options.",
            )
        elif path.is_dir():
            raise InputError(f"{path} is a folder.", "Name the files in it; only a simulation is loaded by its folder.")
        else:
            found.append(Input(path, operation))
    for each in found:
        checked_path(each.path)
    return found


def _simulated(folder: Path, format_: str) -> list[Input]:
    """The files of a simulation."""
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
        raise InputError(f"{folder / MANIFEST} is damaged.", "Run `incahoots simulate` again.") from problem
    if written_in != format_:
        raise UsageError(f"{folder} is in the format {written_in}.", command("load", given=[written_in, folder]))
    return found


def _inside(folder: Path, name: str) -> Path:
    """Return a file of a simulation: a stranger's list of files must not make us read others.

    Raises
    ------
    InputError
        The name leads out of the folder.
    """
    path = folder / name
    plain = name not in ("", ".", "..") and not set(name) & set("/\\\0") and PureWindowsPath(name).name == name
    # A link may lead out as well.
    if not plain or path.resolve().parent != folder.resolve():
        raise InputError(
            f"{folder / MANIFEST} names {name!r}, which is no file inside its folder.",
            "Do not trust this folder; run `incahoots simulate` to make one of your own.",
        )
    return path
