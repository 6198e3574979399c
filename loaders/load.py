"""Load files into the graph, in batches or by bulk import, and count what became of every row."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, field, fields
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
from incahoots.loaders.options import MAX_REJECTS, LoadOptions
from incahoots.loaders.rejects import RejectFile, choose_path
from incahoots.loaders.renewal import prepare_graph
from incahoots.loaders.rows import ACCOUNTS, Rows
from incahoots.loaders.sources import SOURCES, rows_of
from incahoots.loaders.storing import is_usable, note_loads, store_folder, store_rows
from incahoots.loaders.transactions import Written, write_rows
from incahoots.locks import LOAD, LOAD_WAIT_S, held, write
from incahoots.progress import Progress, silent
from incahoots.settings import home_folder
from incahoots.store import NewLoad, new_load

__all__ = ["MAX_REJECTS", "Loaded", "Operation", "load"]

#: Reason to reject a line that is not JSON.
NO_JSON = "bad_json"


@dataclass
class Loaded:
    """Result of `load`.

    Attributes
    ----------
    counts : Counts
    files : dict of str to Counts
        Counts of each file.
    rejects : Path or None
        The reject file, unless it is empty.
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
    home: str | os.PathLike[str] | None = None,
    progress: Progress = silent,
    **options: Any,
) -> Loaded:
    """Load files into the graph.

    Parameters
    ----------
    format_ : str
        A name in ``incahoots.loaders.SOURCES``.
    paths : path or paths
        Files, plain, ``.gz`` or ``.zip``; or a folder that ``simulate`` wrote, which defines its own operations.
    database : Database, neo4j.Driver, str or py2neo.Graph, optional
        As for ``connect``. Not with ``bulk``.
    operation : Operation, optional
        The operation that accounts with rows of their own belong to.
    home : path, optional
        Folder of the local server.
    progress : callable
        Called during the load.
    **options
        The fields of `LoadOptions` (``bulk``, ``max_rejects``, ``rejects``, ``force``), options of the format, and the
        limits of every format: ``earliest`` and ``latest`` (``YYYY-MM-DD``), ``max_field_mb``, ``max_row_mb``,
        ``max_depth`` and ``max_ratio``.

    Returns
    -------
    Loaded

    Raises
    ------
    InputError
        A file is not in the format, or too many of its rows are invalid. Nothing was loaded.
    DatabaseError
        The database does not answer or rejects rows, or is not empty with ``bulk``; or another load took over an hour.
    """
    if format_ not in SOURCES:
        raise UsageError(f"There is no format {format_!r}.", f"Formats: {', '.join(SOURCES)}.")
    own = {each.name for each in fields(LoadOptions)} & set(options)
    asked = LoadOptions(**{name: options.pop(name) for name in own})
    if asked.bulk and (database is not None or (home is None and os.environ.get("NEO4J_URI"))):
        raise UsageError(
            "`bulk` works on the local server only, not on another database.",
            "Omit `bulk`, or name the local server with `home`.",
        )
    given = [Path(path) for path in ([paths] if isinstance(paths, str | os.PathLike) else paths)]
    inputs = find_inputs(given, operation, format_)
    # Options such as the mapping can name files that are read, too, and a simulation has further files.
    read = [each.path for each in inputs] + [
        Path(value) for value in options.values() if isinstance(value, str | os.PathLike)
    ]
    read += [file for path in given if path.is_dir() for file in path.iterdir()]
    list_path, replace = choose_path(
        Path(asked.rejects) if asked.rejects else None, home_folder(home), read, force=asked.force
    )
    server.sweep(home_folder(home))
    with closing(RejectFile(list_path, replace)) as reject_file, connect(database, home=home) as opened:
        work = _Work(inputs, format_, options, asked.max_rejects, reject_file, progress)
        with _storing(opened, inputs, format_) as work.store:
            if asked.bulk:
                _see_empty(opened)
                work.import_all(opened, home_folder(home))
            else:
                work.check()
                with held(opened, LOAD, wait_s=LOAD_WAIT_S, progress=progress):
                    prepare_graph(opened, progress)
                    work.send(opened)
        note_loads(opened)
        if opened.server is not None:
            server.end_bulk(opened.server.home, [each.path for each in inputs])
        return work.result()


@dataclass
class _Work:
    """State of a call of `load`."""

    inputs: Sequence[Input]
    format: str
    options: dict[str, Any]
    max_rejects: float
    reject_file: RejectFile
    progress: Progress
    n_rows: int = 0
    n_refused: int = 0
    #: The load in the post store; None where the database has none.
    store: NewLoad | None = None

    def __post_init__(self) -> None:
        self.counts = {str(each.path): Counts() for each in self.inputs}

    def check(self) -> None:
        """Read everything once before anything is sent, so that no file is loaded partially.

        Reading takes a tenth of the time of sending.
        """
        self.reject_file.clear()
        for each in self.inputs:
            # Report before reading the first chunk, which can be large.
            self.progress(f"checking rows: {each.path.name}", self.n_rows)
            for rows in self._read(each):
                self._store(each, rows)
                self.n_rows += rows.n_read
                self.progress(f"checking rows: {each.path.name}", self.n_rows)
        self.progress("checking rows", self.n_rows, self.n_rows)
        self.reject_file.clear()

    def send(self, database: Database) -> None:
        """Send everything in batches."""
        done = 0
        for each in self.inputs:
            self.progress(f"loading rows: {each.path.name}", done, self.n_rows)
            _write_operation(database, each.operation)
            for rows in self._read(each):
                self._send_rows(database, each, rows, partial(self._loaded, each, done))
                done += rows.n_read
                self._loaded(each, done, 0)

    def import_all(self, database: Database, home: Path) -> None:
        """Import into the files of the local server; then send rows that repeat a tweet in batches.

        Everything is read before anything is written. As reading takes long, check again that the database is empty
        before the import begins.
        """
        later: list[tuple[Input, Path]] = []
        done = 0
        self.reject_file.clear()
        with writing_to(home), server.bulk_folder(home) as folder:
            files = Import(folder)
            for each in self.inputs:
                self.progress(f"reading rows: {each.path.name}", done)
                for rows in self._read(each):
                    self._store(each, rows)
                    counts, differences, put_aside = files.add(rows, each.operation_id)
                    self._note(each, Written(counts, differences))
                    if put_aside:
                        later.append((each, put_aside))
                    done += rows.n_read
                    self.progress(f"reading rows: {each.path.name}", done)
            nodes, relationships = files.finish()
            with held(database, LOAD, wait_s=LOAD_WAIT_S, progress=self.progress) as lock:
                # Renewing the lease is a transaction, which would look like that of another program.
                with lock.at_rest():
                    transaction = _see_empty(database)
                    with server.paused(home, progress=self.progress):
                        server.begin_bulk(home, [each.path for each in self.inputs])
                        try:
                            server.bulk_import(
                                home, nodes, relationships, records=files.n_records, last_transaction=transaction,
                                progress=self.progress,
                            )  # fmt: skip
                        except BaseException:
                            # The database is unchanged, or empty.
                            server.end_bulk(home)
                            raise
                    # The import replaced the database, including the lock.
                    lock.take_again()
                prepare_graph(database, self.progress)
                for each in self.inputs:
                    _write_operation(database, each.operation)
                self._send_later(database, later)

    def _send_later(self, database: Database, later: list[tuple[Input, Path]]) -> None:
        """Send the rows that repeat a tweet, one chunk at a time."""
        done, self.n_rows = 0, sum(pl.scan_ipc(path).select(pl.len()).collect().item() for _, path in later)
        for each, path in later:
            posts = pl.read_ipc(path)
            rows = Rows(posts, pl.DataFrame(schema=ACCOUNTS), posts.height)
            self._send_rows(database, each, rows, partial(self._loaded, each, done))
            done += posts.height

    def result(self) -> Loaded:
        """Add up the counts.

        Raises
        ------
        DatabaseError
            The database rejected too many rows; the others are loaded.
        """
        counts = Counts()
        for each in self.counts.values():
            each.check()
            counts += each
        if counts.rejected > self.max_rejects * counts.rows_read:
            raise DatabaseError(
                f"The database rejected {self.n_refused:,} of {counts.rows_read:,} rows; the others are loaded.",
                f"{self.reject_file.put()} lists the rejected rows with the database's reasons.",
            )
        return Loaded(counts, self.counts, self.reject_file.put())

    def _read(self, each: Input) -> Iterator[Rows]:
        """Read a file and list its invalid rows; fail at its end if there were too many."""
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
                f"{each.path} is not JSON lines: none of its {n_read:,} lines is JSON. Nothing was loaded.",
                f"Give the format of the file: {', '.join(SOURCES)}.",
            )
        if n_rejected > self.max_rejects * n_read:
            raise InputError(
                f"{n_rejected:,} of {n_read:,} rows of {each.path} are invalid, more than {self.max_rejects:.2%}. "
                "Nothing was loaded.",
                f"{self.reject_file.put()} lists them. Correct the file, or raise `max_rejects`.",
            )

    def _store(self, each: Input, rows: Rows) -> None:
        """Write a chunk into the post store."""
        if self.store:
            store_rows(self.store, rows, each.operation_id)

    def _send_rows(self, database: Database, each: Input, rows: Rows, told: Callable[[int], None]) -> None:
        """Send a chunk and count its rows."""
        self._note(each, write_rows(database, rows, each.operation_id, told=told))

    def _loaded(self, each: Input, before: int, done: int) -> None:
        """Report the number of loaded rows: of previous chunks, and of this one."""
        self.progress(f"loading rows: {each.path.name}", before + done, self.n_rows)

    def _note(self, each: Input, written: Written) -> None:
        """Count rows, and list those that were rejected or differ."""
        self.counts[str(each.path)] += written.counts
        self.n_refused += len(written.refused)
        if written.refused or written.differences:
            self.reject_file.add(each.path, each.sha256, written.refused, written.differences)


def ahead(chunks: Iterator[Rows]) -> Iterator[Rows]:
    """Read the next chunk while the previous one is written."""
    with ThreadPoolExecutor(1, thread_name_prefix="read") as reader:
        following = reader.submit(next, chunks, None)
        while (rows := following.result()) is not None:
            following = reader.submit(next, chunks, None)
            yield rows


@contextmanager
def _storing(database: Database, inputs: Sequence[Input], format_: str) -> Iterator[NewLoad | None]:
    """Add a load to the post store of a local server; it appears when the graph has its posts, too."""
    folder = store_folder(database)
    if folder is None:
        yield None
        return
    files = [{"name": each.path.name, "sha256": each.sha256} for each in inputs]
    if not is_usable(folder):
        yield None
        return
    # Whoever emptied the graph does not want the posts in the store either.
    with new_load(folder, {"format": format_, "files": files}, is_stale=database.is_empty) as load:
        yield load


def _write_operation(database: Database, operation: Operation | None) -> None:
    """Write an operation and its states."""
    if operation is not None:
        write(database, "load/operation", **asdict(operation))


def _see_empty(database: Database) -> int:
    """Check that the database is empty; return the number of the last transaction before the check.

    Raises
    ------
    DatabaseError
        The database is not empty.
    """
    transaction = database.last_transaction()
    if not database.is_empty():
        raise DatabaseError(
            "`bulk` needs an empty database.",
            "Omit `bulk`, which also completes an interrupted bulk load, or use another `home`.",
        )
    return transaction
