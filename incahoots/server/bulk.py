"""Import CSV files into the database of a stopped server."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from incahoots.errors import ServerError
from incahoots.progress import Progress, silent
from incahoots.server.admin import AdminError, run_admin
from incahoots.server.assembly import assemble
from incahoots.server.configuration import choose_memory, machine_bytes, render, write_configuration
from incahoots.server.half_import import drop_half_import, import_mark
from incahoots.server.home import locked, read_state
from incahoots.server.import_progress import ImportProgress
from incahoots.server.java import Java, find_java
from incahoots.server.ports import choose_ports
from incahoots.server.process import status

REPORT = "import.report"


def bulk_import(
    home: Path,
    nodes: Mapping[str, Sequence[Path]],
    relationships: Mapping[str, Sequence[Path]],
    *,
    records: int | None = None,
    options: Sequence[str] = (),
    last_transaction: int | None = None,
    progress: Progress = silent,
) -> str:
    """Replace the whole database with the content of CSV files, which is much faster than loading.

    Parameters
    ----------
    home : Path
        Home of a stopped server.
    nodes, relationships : dict of str to list of Path
        By label, and by type: the header file and the data files, in order.
    records : int, optional
        Number of nodes and relationships, for the progress.
    options : sequence of str
        Further options of ``neo4j-admin database import full``, such as ``--quote='``.
    last_transaction : int, optional
        Number of the last transaction when the database was known to be empty. A later transaction prevents the
        import.
    progress : Progress
        Called during the import.

    Returns
    -------
    str
        Output of the tool: counts and times.

    Raises
    ------
    ServerError
        The server runs, there was a later transaction, a file is missing, or the import failed, which leaves the
        database empty. ``logs/import.report`` lists invalid lines.
    """
    home = home.resolve()
    with locked(home):
        # Check after locking, so that no other process can start it.
        if status(home) is not None:
            raise ServerError(
                "Bulk import requires a stopped server, but it is running.",
                "Stop it with `incahoots down`, or use paused().",
            )
        java, files, memory = find_java(), assemble(progress), choose_memory(machine_bytes())
        state = read_state(home)
        ports = state.ports or choose_ports(0, 0)
        write_configuration(home, render(home, files, ports, memory, auth=state.auth))
        arguments = import_arguments(
            nodes,
            relationships,
            report_file=home / "logs" / REPORT,
            # Threads wait for the disk and for each other: two for each processor save a fifth of the time.
            threads=2 * (os.cpu_count() or 1),
            options=options,
        )
        if last_transaction is not None:
            _see_unchanged(java, files, home, last_transaction)
        watched = ImportProgress(progress, records)
        mark = import_mark(home)
        mark.touch()
        try:
            output = run_admin(
                java, files, home, ("database", "import", "full"), arguments, heap_mib=memory.heap, told=watched.told
            )
        except AdminError as problem:
            if "store files" not in problem.output:
                mark.unlink()
                raise
            drop_half_import(home)
            raise ServerError(
                problem.message, f"The database is empty now. {home / 'logs' / REPORT} lists invalid lines, if any."
            ) from problem
        mark.unlink()
        watched.over()
    return output


def _see_unchanged(java: Java, files: Path, home: Path, last_transaction: int) -> None:
    """Refuse to import if another transaction has been committed since."""
    output = run_admin(java, files, home, ("database", "info"), ("neo4j",))
    found = re.search(r"Last committed transaction id:\s*(\d+)", output)
    if found is None or int(found.group(1)) != last_transaction:
        raise ServerError(
            "Another program wrote to the database when the import began. Nothing was imported, and its data is kept.",
            "Omit `bulk`, or use another `home`.",
        )


def import_arguments(
    nodes: Mapping[str, Sequence[Path]],
    relationships: Mapping[str, Sequence[Path]],
    *,
    report_file: Path,
    threads: int,
    options: Sequence[str],
) -> list[str]:
    """Build the arguments of ``neo4j-admin database import full``."""
    return [
        "neo4j",
        "--overwrite-destination=true",
        "--verbose",  # otherwise the tool does not print the reason of a failure
        "--id-type=string",
        "--multiline-fields=true",
        "--normalize-types=true",
        "--max-off-heap-memory=50%",
        f"--threads={threads}",
        f"--report-file={report_file}",
        *options,  # must come first: the tool takes words after the following for files
        *(f"--nodes={label}={_join(paths)}" for label, paths in nodes.items()),
        *(f"--relationships={kind}={_join(paths)}" for kind, paths in relationships.items()),
    ]


def _join(paths: Sequence[Path]) -> str:
    """Join the header file and data files with commas; names must not contain commas or quotes."""
    for path in paths:
        if any(character in str(path) for character in ",'\""):
            raise ServerError(
                f"{path} cannot be imported because its name contains a comma or a quote.", "Rename or move it."
            )
        if not path.is_file():
            raise ServerError(f"The file {path} does not exist.", "Give the header file first, then the data files.")
    return ",".join(str(path.resolve()) for path in paths)
