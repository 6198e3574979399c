"""The folder of a simulation: archives, the truth about them, and a manifest, which is written last."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

import numpy as np
import orjson
import polars as pl
from numpy.typing import NDArray

from incahoots.errors import InputError
from incahoots.simulator.population import Operation
from incahoots.simulator.render import TWEET_COLUMNS, USER_COLUMNS

MANIFEST = "simulation.json"
TRUTH, CONFUSIONS, INTERACTIONS = "truth.csv", "confusions.csv", "interactions.csv"
#: The manifest's name while the simulation is not complete.
UNFINISHED = "simulation.json.part"
FORMAT, VERSION = "io-archive", 1
#: Formats of simulations: each may replace another.
FORMATS = (FORMAT, "posts")

TIME_FORMAT = "%Y-%m-%d %H:%M:%S"


def tweets_file(operation: Operation) -> str:
    """Name an operation's tweets."""
    return f"{operation.operation_id}_tweets_csv_hashed.csv"


def users_file(operation: Operation) -> str:
    """Name an operation's accounts."""
    return f"{operation.operation_id}_users_csv_hashed.csv"


class Archive:
    """Writes the folder of a simulation; `complete` adds the manifest.

    Parameters
    ----------
    folder : Path
        New, empty, or an earlier simulation, whose files are replaced.
    operations : sequence of Operation
    manifest : dict
        Contents of `simulation.json`.

    Raises
    ------
    InputError
        The folder contains something else, or cannot be written.
    """

    def __init__(self, folder: Path, operations: Sequence[Operation], manifest: dict[str, Any]) -> None:
        self._folder = folder
        self._operations = operations
        self._open = ExitStack()
        try:
            begin(folder, manifest)
            with ExitStack() as opened:
                self._tweets = [self._start(opened, tweets_file(operation)) for operation in operations]
                self._interactions = self._start(opened, INTERACTIONS)
                self._open = opened.pop_all()
        except OSError as problem:
            words = f"Cannot write to {folder}: {problem.strerror}."
            raise InputError(words, "Give a folder you may write to.") from None
        for stream in self._tweets:
            stream.write(_header(TWEET_COLUMNS))
        self._n_interactions = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    def write_people(self, profiles: pl.DataFrame, truth: pl.DataFrame, confusions: pl.DataFrame) -> None:
        """Write the users files, the members of groups, and the accounts that only seem to be members."""
        for operation in self._operations:
            with (self._folder / users_file(operation)).open("wb") as stream:
                stream.write(_header(USER_COLUMNS))
                _write(profiles.slice(operation.first_account, operation.n_accounts), stream)
        truth.write_csv(self._folder / TRUTH)
        confusions.write_csv(self._folder / CONFUSIONS)

    def write_posts(self, rows: pl.DataFrame, operation: NDArray[np.int16]) -> None:
        """Append rows to the archives of their operations."""
        grouped = rows[np.argsort(operation, kind="stable")]
        counts = np.bincount(operation, minlength=len(self._operations)).tolist()
        first = 0
        for stream, count in zip(self._tweets, counts, strict=True):
            _write(grouped.slice(first, count), stream)
            first += count

    def write_interactions(self, rows: pl.DataFrame) -> None:
        """Append interactions."""
        rows.write_csv(self._interactions, include_header=self._n_interactions == 0)
        self._n_interactions += len(rows)

    def complete(self) -> None:
        """Close the files and add the manifest."""
        self._open.close()
        complete(self._folder)

    def _start(self, opened: ExitStack, name: str) -> BinaryIO:
        """Open a file of the folder."""
        return opened.enter_context((self._folder / name).open("wb"))


def begin(folder: Path, manifest: dict[str, Any]) -> None:
    """Create the folder, or remove the simulation in it and nothing else, and write the unfinished manifest.

    Raises
    ------
    InputError
        The folder contains something else.
    """
    if folder.is_dir() and any(folder.iterdir()):
        former = next((folder / name for name in (MANIFEST, UNFINISHED) if (folder / name).is_file()), None)
        files = None if former is None else _files_of(former)
        if former is None or files is None:
            raise InputError(f"{folder} is not empty and holds no simulation.", "Give a new or an empty folder.")
        # Remove the manifest first: the other files alone are not a complete simulation.
        for name in [former.name, *files]:
            (folder / name).unlink(missing_ok=True)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / UNFINISHED).write_bytes(orjson.dumps(manifest, option=orjson.OPT_INDENT_2) + b"\n")


def complete(folder: Path) -> None:
    """Give the folder its manifest, which says that all files are there."""
    (folder / UNFINISHED).replace(folder / MANIFEST)


def listed(operation_id: str, tweets: str, users: Sequence[str] = (), **about: Any) -> dict[str, Any]:
    """Describe an operation, and the files with its tweets and accounts, for the manifest."""
    return {
        "operation_id": operation_id, "states": [], "targets": [], "baseline": False, "released_on": None, **about,
        "tweets": [tweets], "users": [*users],
    }  # fmt: skip


def _files_of(manifest: Path) -> list[str] | None:
    """List the files of a manifest, none outside its folder; None if the simulator did not write it."""
    try:
        known = orjson.loads(manifest.read_bytes())
        listed = [name for operation in known["operations"] for name in [*operation["tweets"], *operation["users"]]]
        ours = known["format"] in FORMATS and "seed" in known
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return None
    names = [TRUTH, CONFUSIONS, INTERACTIONS, *(name for name in listed if isinstance(name, str))]
    return [name for name in names if Path(name).name == name and name.endswith(".csv")] if ours else None


def _header(columns: Sequence[str]) -> bytes:
    """Write the names of columns, quoted as in the published archives."""
    return (",".join(f'"{column}"' for column in columns) + "\n").encode()


def _write(rows: pl.DataFrame, stream: BinaryIO) -> None:
    """Write rows with every field quoted."""
    rows.write_csv(stream, include_header=False, quote_style="always", datetime_format=TIME_FORMAT)
