"""Loading: which files, part of which operation, by which way in; and what became of every row."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from incahoots import server
from incahoots.database import Connectable, Database, connect
from incahoots.errors import DatabaseError, InputError, UsageError
from incahoots.loaders.bulk import Import, import_options
from incahoots.loaders.counts import Counts
from incahoots.loaders.files import sha256
from incahoots.loaders.live import write_rows
from incahoots.loaders.rejects import RejectFile
from incahoots.loaders.rows import Rows
from incahoots.loaders.sources import SOURCES, rows_of
from incahoots.progress import Report, silent
from incahoots.settings import home_folder

#: The share of rejected rows from which on a load is an error.
MAX_REJECTS = 0.01
MANIFEST = "simulation.json"


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


@dataclass
class Loaded:
    """The answer of `load`.

    Attributes
    ----------
    counts : Counts
    files : dict of str to Counts
        The same, file by file.
    rejects : Path or None
        The reject file, where there is something in it.
    """

    counts: Counts = field(default_factory=Counts)
    files: dict[str, Counts] = field(default_factory=dict)
    rejects: Path | None = None


@dataclass(frozen=True)
class _Input:
    """One file to load."""

    path: Path
    operation: Operation | None


def load(
    format_: str,
    paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    database: Connectable = None,
    *,
    operation: Operation | None = None,
    bulk: bool = False,
    home: str | os.PathLike[str] | None = None,
    max_rejects: float = MAX_REJECTS,
    rejects: str | os.PathLike[str] | None = None,
    report: Report = silent,
    **options: Any,
) -> Loaded:
    """Load files into the graph.

    Parameters
    ----------
    format_ : str
        A name in ``incahoots.loaders.SOURCES``.
    paths : path or paths
        Files, plain, ``.gz`` or ``.zip``; or the folder that ``simulate`` wrote, which carries its own operations.
    database : Database, neo4j.Driver, str or py2neo.Graph, optional
        As for ``connect``. Not with ``bulk``.
    operation : Operation, optional
        What the accounts with rows of their own are part of.
    bulk : bool
        Write the store of the managed server of ``home``, which must be empty, instead of sending batches. Much
        faster from some 100,000 posts up; the server is stopped and started around it.
    home : path, optional
        The managed server.
    max_rejects : float
        The largest share of rejected rows, 0 to 1. With more nothing is loaded.
    rejects : path, optional
        The reject file; by default in the home folder, under the name of the first file.
    report : callable
        Told of the progress.
    **options
        Those of the format.

    Returns
    -------
    Loaded

    Raises
    ------
    InputError
        A file is not what it was said to be, or too many of its rows are bad. Nothing was loaded.
    DatabaseError
        The database is not there, refuses, or is not empty for ``bulk``.
    """
    if format_ not in SOURCES:
        raise UsageError(f"There is no format {format_!r}.", f"Formats: {', '.join(SOURCES)}.")
    if not 0 <= max_rejects <= 1:
        raise UsageError(f"A share of rejected rows is between 0 and 1, not {max_rejects}.")
    inputs = _inputs([paths] if isinstance(paths, str | os.PathLike) else list(paths), operation, format_)
    reject_path = Path(rejects) if rejects else home_folder(home) / "rejects" / f"{inputs[0].path.name}.jsonl"
    _check(inputs, format_, max_rejects, options, reject_path, report)
    loaded = Loaded(files={str(each.path): Counts() for each in inputs})
    with RejectFile(reject_path) as reject_file:
        if bulk:
            if database is not None:
                raise UsageError(
                    "--bulk writes the managed server's files, not a database elsewhere.",
                    "Leave --bulk out, or use --home.",
                )
            _bulk(home_folder(home), inputs, format_, options, loaded, reject_file, report)
        else:
            with connect(database, home=home) as opened:
                opened.ensure_schema()
                _live(opened, inputs, format_, options, loaded, reject_file, report)
    loaded.rejects = reject_path if reject_file.n_lines else None
    for counts in loaded.files.values():
        counts.check()
        loaded.counts += counts
    return loaded


def _inputs(paths: list[str | os.PathLike[str]], operation: Operation | None, format_: str) -> list[_Input]:
    """Every file that is meant, with its operation."""
    if not paths:
        raise UsageError("There is nothing to load.", "Give one or more files.")
    found: list[_Input] = []
    for path in map(Path, paths):
        if path.is_dir() and (path / MANIFEST).is_file():
            if operation is not None:
                raise UsageError(f"{path} carries its own operations.", "Leave --operation and --state out.")
            found += _simulated(path, format_)
        elif path.is_dir():
            raise InputError(f"{path} is a folder.", "Name the files in it; only a simulation is loaded by its folder.")
        else:
            found.append(_Input(path, operation))
    return found


def _simulated(folder: Path, format_: str) -> list[_Input]:
    """The files of a simulation."""
    try:
        manifest = orjson.loads((folder / MANIFEST).read_bytes())
        if manifest["format"] != format_:
            raise UsageError(f"{folder} is in the format {manifest['format']}.", f"incahoots load {manifest['format']}")
        return [
            _Input(
                folder / name,
                Operation(each["operation_id"], each["states"], each["targets"], each["baseline"], each["released_on"]),
            )
            for each in manifest["operations"]
            for name in (*each["users"], *each["tweets"])
        ]
    except (orjson.JSONDecodeError, KeyError, TypeError) as problem:
        raise InputError(f"{folder / MANIFEST} is damaged.", "Run `incahoots simulate` again.") from problem


def _check(
    inputs: Sequence[_Input], format_: str, max_rejects: float, options: dict[str, Any], path: Path, report: Report
) -> None:
    """Read everything once before anything is written, so that a bad file leaves nothing half-loaded.

    Reading takes a tenth of the time of writing.
    """
    for number, each in enumerate(inputs):
        report("checking", number, len(inputs))
        n_read = n_rejected = 0
        with RejectFile(path) as rejects:
            for rows in rows_of(format_, each.path, **options):
                n_read += rows.n_read
                n_rejected += len(rows.rejects)
                rejects.add(each.path, "", rows.rejects)
            if n_rejected > max_rejects * n_read:
                reasons = f"{n_rejected:,} of {n_read:,} rows of {each.path} are bad"
                raise InputError(
                    f"{reasons}, more than {max_rejects:.2%}; nothing was loaded.",
                    f"They are listed in {path}. Mend the file, or allow more with --max-rejects.",
                )
    report("checking", len(inputs), len(inputs))
    path.unlink(missing_ok=True)


def _live(
    database: Database,
    inputs: Sequence[_Input],
    format_: str,
    options: dict[str, Any],
    loaded: Loaded,
    reject_file: RejectFile,
    report: Report,
) -> None:
    """Send everything in batches."""
    done = 0
    for each in inputs:
        _write_operation(database, each.operation)
        for rows in rows_of(format_, each.path, **options):
            _write(database, each, rows, loaded, reject_file)
            done += rows.n_read
            report("rows loaded", done)


def _bulk(
    home: Path,
    inputs: Sequence[_Input],
    format_: str,
    options: dict[str, Any],
    loaded: Loaded,
    reject_file: RejectFile,
    report: Report,
) -> None:
    """Write the store of the managed server; then send the rows that repeat a tweet in batches."""
    with connect(home=home) as opened:
        if not opened.is_empty():
            raise DatabaseError("--bulk needs an empty database.", "Leave --bulk out, or use another --home.")
    later: list[tuple[_Input, Rows]] = []
    done = 0
    with tempfile.TemporaryDirectory(prefix="bulk-", dir=home) as folder:
        files = Import(Path(folder))
        for each in inputs:
            for rows in rows_of(format_, each.path, **options):
                counts, differences, again = files.add(rows, each.operation.operation_id if each.operation else None)
                loaded.files[str(each.path)] += counts
                if rows.rejects or differences:
                    reject_file.add(each.path, sha256(each.path), rows.rejects, differences)
                if again.n_read:
                    later.append((each, again))
                done += rows.n_read
                report("rows read", done)
        nodes, relationships = files.finish()
        with server.paused(home):
            server.bulk_import(home, nodes, relationships, options=import_options(Path(folder)), report=report)
    with connect(home=home) as opened:
        opened.ensure_schema()
        for each in inputs:
            _write_operation(opened, each.operation)
        for each, rows in later:
            _write(opened, each, rows, loaded, reject_file)


def _write_operation(database: Database, operation: Operation | None) -> None:
    """Note an operation and its states."""
    if operation is not None:
        database.query(
            "load/operation",
            operation_id=operation.operation_id,
            states=list(operation.states),
            targets=list(operation.targets),
            baseline=operation.baseline,
            released_on=operation.released_on,
        )


def _write(database: Database, each: _Input, rows: Rows, loaded: Loaded, reject_file: RejectFile) -> None:
    """Send one piece, and note what became of its rows."""
    counts, differences = write_rows(database, rows, each.operation.operation_id if each.operation else None)
    loaded.files[str(each.path)] += counts
    if rows.rejects or differences:
        reject_file.add(each.path, sha256(each.path), rows.rejects, differences)
