"""Loading: which files, part of which operation, by which way in; and what became of every row."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl

from incahoots import server
from incahoots.database import Connectable, Database, connect
from incahoots.disk import writing_to
from incahoots.errors import DatabaseError, InputError, UsageError
from incahoots.loaders.bulk import Import
from incahoots.loaders.counts import Counts
from incahoots.loaders.inputs import Input, Operation, find_inputs
from incahoots.loaders.live import Written, write_rows
from incahoots.loaders.rejects import RejectFile, choose_path
from incahoots.loaders.rows import ACCOUNTS, Rows
from incahoots.loaders.sources import SOURCES, rows_of
from incahoots.locks import LOAD, LOAD_WAIT_S, held, write
from incahoots.progress import Report, silent
from incahoots.settings import home_folder

__all__ = ["MAX_REJECTS", "Loaded", "Operation", "load"]

#: Why a line that cannot be parsed as JSON is rejected.
NO_JSON = "bad_json"

#: The share of rejected rows from which on a load is an error.
MAX_REJECTS = 0.01


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
    force: bool = False,
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
        The reject file; by default in the home folder, with a name of its own for each set of files. Never one of the
        files that are read.
    force : bool
        Whether ``rejects`` may replace a file that exists outside the home's ``rejects`` folder.
    report : callable
        Told of the progress.
    **options
        Those of the format, and the limits of every format: ``earliest`` and ``latest`` (``YYYY-MM-DD``),
        ``max_field_mb``, ``max_row_mb``, ``max_depth`` and ``max_ratio``.

    Returns
    -------
    Loaded

    Raises
    ------
    InputError
        A file is not what it was said to be, or too many of its rows are bad. Nothing was loaded.
    DatabaseError
        The database is not there, refuses, or is not empty for ``bulk``; or another load went on for an hour.
    """
    if format_ not in SOURCES:
        raise UsageError(f"There is no format {format_!r}.", f"Formats: {', '.join(SOURCES)}.")
    if not 0 <= max_rejects <= 1:
        raise UsageError(f"A share of rejected rows is between 0 and 1, not {max_rejects}.")
    if bulk and (database is not None or (home is None and os.environ.get("NEO4J_URI"))):
        raise UsageError(
            "--bulk writes the managed server's files, not a database elsewhere.",
            "Leave --bulk out, or name the managed server with --home.",
        )
    given = [Path(path) for path in ([paths] if isinstance(paths, str | os.PathLike) else paths)]
    inputs = find_inputs(given, operation, format_)
    # Options may name files that are read too, as the mapping of columns, and a simulation is more than its posts.
    read = [each.path for each in inputs] + [
        Path(value) for value in options.values() if isinstance(value, str | os.PathLike)
    ]
    read += [file for path in given if path.is_dir() for file in path.iterdir()]
    list_path, replace = choose_path(Path(rejects) if rejects else None, home_folder(home), read, force=force)
    server.sweep(home_folder(home))
    with closing(RejectFile(list_path, replace)) as reject_file, connect(database, home=home) as opened:
        work = _Work(inputs, format_, options, max_rejects, reject_file, report)
        if bulk:
            _see_empty(opened)
            work.write_store(opened, home_folder(home))
        else:
            work.check()
            with held(opened, LOAD, wait_s=LOAD_WAIT_S, report=report):
                opened.ensure_schema(report)
                work.send(opened)
        if opened.server is not None:
            server.end_bulk(opened.server.home, [each.path for each in inputs])
        return work.result()


class _Work:
    """One call of `load` under way: what is to be done, and what became of the rows so far."""

    def __init__(
        self,
        inputs: Sequence[Input],
        format_: str,
        options: dict[str, Any],
        max_rejects: float,
        reject_file: RejectFile,
        report: Report,
    ) -> None:
        self.inputs = inputs
        self.format = format_
        self.options = options
        self.max_rejects = max_rejects
        self.reject_file = reject_file
        self.report = report
        self.counts = {str(each.path): Counts() for each in inputs}
        self.n_rows = self.n_refused = 0

    def check(self) -> None:
        """Read everything once before anything is sent, so that a bad file leaves nothing half-loaded.

        Reading takes a tenth of the time of sending.
        """
        self.reject_file.clear()
        for each in self.inputs:
            # Before the first piece is read, which may be a large one.
            self.report(f"checking rows: {each.path.name}", self.n_rows)
            for rows in self._read(each):
                self.n_rows += rows.n_read
                self.report(f"checking rows: {each.path.name}", self.n_rows)
        self.report("checking rows", self.n_rows, self.n_rows)
        self.reject_file.clear()

    def send(self, database: Database) -> None:
        """Send everything in batches."""
        done = 0
        for each in self.inputs:
            self.report(f"loading rows: {each.path.name}", done, self.n_rows)
            _write_operation(database, each.operation)
            for rows in self._read(each):
                self._send_rows(database, each, rows, partial(self._loaded, each, done))
                done += rows.n_read
                self._loaded(each, done, 0)

    def write_store(self, database: Database, home: Path) -> None:
        """Write the store of the managed server; then send the rows that repeat a tweet in batches.

        Nothing is written before everything was read, so no check has to go before. Reading takes long: whether the
        database is still empty is looked at again when the import is about to begin.
        """
        later: list[tuple[Input, Path]] = []
        done = 0
        self.reject_file.clear()
        with writing_to(home), server.bulk_folder(home) as folder:
            files = Import(folder)
            for each in self.inputs:
                self.report(f"reading rows: {each.path.name}", done)
                for rows in self._read(each):
                    counts, differences, put_aside = files.add(rows, each.operation_id)
                    self._note(each, Written(counts, differences))
                    if put_aside:
                        later.append((each, put_aside))
                    done += rows.n_read
                    self.report(f"reading rows: {each.path.name}", done)
            nodes, relationships = files.finish()
            with held(database, LOAD, wait_s=LOAD_WAIT_S, report=self.report) as lock:
                # To renew the lease would be a transaction, and so look like that of another program.
                with lock.at_rest():
                    transaction = _see_empty(database)
                    with server.paused(home, report=self.report):
                        server.begin_bulk(home, [each.path for each in self.inputs])
                        try:
                            server.bulk_import(
                                home,
                                nodes,
                                relationships,
                                records=files.n_records,
                                last_transaction=transaction,
                                report=self.report,
                            )
                        except BaseException:
                            # The database is as it was, or empty.
                            server.end_bulk(home)
                            raise
                    # The import replaced the database, and with it the lock.
                    lock.take_again()
                database.ensure_schema(self.report)
                for each in self.inputs:
                    _write_operation(database, each.operation)
                self._send_later(database, later)

    def _send_later(self, database: Database, later: list[tuple[Input, Path]]) -> None:
        """Send the rows that were put aside, as they repeat a tweet; those of one piece are in memory at a time."""
        done, self.n_rows = 0, sum(pl.scan_ipc(path).select(pl.len()).collect().item() for _, path in later)
        for each, path in later:
            posts = pl.read_ipc(path)
            rows = Rows(posts, pl.DataFrame(schema=ACCOUNTS), posts.height)
            self._send_rows(database, each, rows, partial(self._loaded, each, done))
            done += posts.height

    def result(self) -> Loaded:
        """Add everything up.

        Raises
        ------
        DatabaseError
            The database took too few of the rows; the others are loaded.
        """
        counts = Counts()
        for each in self.counts.values():
            each.check()
            counts += each
        if counts.rejected > self.max_rejects * counts.rows_read:
            raise DatabaseError(
                f"The database refused {self.n_refused:,} of {counts.rows_read:,} rows; the others are loaded.",
                f"The refused ones are listed in {self.reject_file.put()}, each with the database's reason.",
            )
        return Loaded(counts, self.counts, self.reject_file.put())

    def _read(self, each: Input) -> Iterator[Rows]:
        """Read a file and list its bad rows; fail at its end when there were too many."""
        n_read = n_rejected = n_no_json = 0
        for rows in ahead(rows_of(self.format, each.path, **self.options)):
            n_read += rows.n_read
            n_rejected += len(rows.rejects)
            n_no_json += sum(reject.reason == NO_JSON for reject in rows.rejects)
            if rows.rejects:
                self.reject_file.add(each.path, each.sha256, rows.rejects)
            yield rows
        if n_rejected > self.max_rejects * n_read and n_no_json == n_read:
            raise InputError(
                f"{each.path} is not JSON lines: none of its {n_read:,} lines is JSON; nothing was loaded.",
                "Name the format it is in: `incahoots load --help` lists them.",
            )
        if n_rejected > self.max_rejects * n_read:
            raise InputError(
                f"{n_rejected:,} of {n_read:,} rows of {each.path} are bad, more than {self.max_rejects:.2%}; "
                "nothing was loaded.",
                f"They are listed in {self.reject_file.put()}. Mend the file, or allow more with --max-rejects.",
            )

    def _send_rows(self, database: Database, each: Input, rows: Rows, told: Callable[[int], None]) -> None:
        """Send one piece, and note what became of its rows."""
        self._note(each, write_rows(database, rows, each.operation_id, told=told))

    def _loaded(self, each: Input, before: int, done: int) -> None:
        """Report how many rows are loaded: those of pieces before, and of this one."""
        self.report(f"loading rows: {each.path.name}", before + done, self.n_rows)

    def _note(self, each: Input, written: Written) -> None:
        """Count rows, and list those that a person should see."""
        self.counts[str(each.path)] += written.counts
        self.n_refused += len(written.refused)
        if written.refused or written.differences:
            self.reject_file.add(each.path, each.sha256, written.refused, written.differences)


def ahead(pieces: Iterator[Rows]) -> Iterator[Rows]:
    """Read the next piece while the last one is written."""
    with ThreadPoolExecutor(1, thread_name_prefix="read") as reader:
        following = reader.submit(next, pieces, None)
        while (rows := following.result()) is not None:
            following = reader.submit(next, pieces, None)
            yield rows


def _write_operation(database: Database, operation: Operation | None) -> None:
    """Note an operation and its states."""
    if operation is not None:
        write(database, "load/operation", **asdict(operation))


def _see_empty(database: Database) -> int:
    """See that there is no node, and give the number of the last transaction before that look.

    Raises
    ------
    DatabaseError
        There is a node.
    """
    transaction = database.last_transaction()
    if not database.is_empty():
        raise DatabaseError(
            "--bulk needs an empty database.",
            "Leave --bulk out, which also completes a bulk load that was interrupted, or use another --home.",
        )
    return transaction
