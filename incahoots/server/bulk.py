"""Fill the database of a stopped server from CSV files."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from incahoots.errors import ServerError
from incahoots.progress import Report, silent
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
    report: Report = silent,
) -> str:
    """Replace the whole database by the content of CSV files, which is many times faster than loading.

    Parameters
    ----------
    home : Path
        Of a stopped server.
    nodes, relationships : dict of str to list of Path
        By label, and by type: the header file and the data files, in order.
    records : int, optional
        How many nodes and relationships there are, for the progress.
    options : sequence of str
        More options of ``neo4j-admin database import full``, such as ``--quote='``.
    last_transaction : int, optional
        The last transaction that was seen while the database was known to be empty. The import is refused if there
        was another one since.
    report : Report
        Told of the progress.

    Returns
    -------
    str
        What the tool printed: counts and times.

    Raises
    ------
    ServerError
        The server runs, there was another transaction, a file is missing, or the import failed, which leaves the
        database empty. Bad lines are listed in ``logs/import.report``.
    """
    home = home.resolve()
    with locked(home):
        # Not before the lock: another process may start it until then.
        if status(home) is not None:
            raise ServerError("The server runs: bulk import needs it stopped.", "Run incahoots down, or use paused().")
        java, files, memory = find_java(), assemble(report), choose_memory(machine_bytes())
        state = read_state(home)
        ports = state.ports or choose_ports(0, 0)
        write_configuration(home, render(home, files, ports, memory, auth=state.auth))
        arguments = import_arguments(
            nodes,
            relationships,
            report_file=home / "logs" / REPORT,
            # Its threads wait for the disk and for each other: twice as many as processors take a fifth off its time.
            threads=2 * (os.cpu_count() or 1),
            options=options,
        )
        if last_transaction is not None:
            _see_unchanged(java, files, home, last_transaction)
        watched = ImportProgress(report, records)
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
                problem.message, f"The database is empty now. Bad lines, if any, are in {home / 'logs' / REPORT}."
            ) from problem
        mark.unlink()
        watched.over()
    return output


def _see_unchanged(java: Java, files: Path, home: Path, last_transaction: int) -> None:
    """Refuse to import where something was committed after the transaction of this number."""
    output = run_admin(java, files, home, ("database", "info"), ("neo4j",))
    found = re.search(r"Last committed transaction id:\s*(\d+)", output)
    if found is None or int(found.group(1)) != last_transaction:
        raise ServerError(
            "Another program wrote to the database while the import began. Nothing was imported, and its data stays.",
            "Leave --bulk out, or use another --home.",
        )


def import_arguments(
    nodes: Mapping[str, Sequence[Path]],
    relationships: Mapping[str, Sequence[Path]],
    *,
    report_file: Path,
    threads: int,
    options: Sequence[str],
) -> list[str]:
    """Arguments of ``neo4j-admin database import full``."""
    return [
        "neo4j",
        "--overwrite-destination=true",
        "--verbose",  # without it the tool keeps the reason of a failure for itself
        "--id-type=string",
        "--multiline-fields=true",
        "--normalize-types=true",
        "--max-off-heap-memory=50%",
        f"--threads={threads}",
        f"--report-file={report_file}",
        *options,  # here: the tool takes any word after the following for one more file
        *(f"--nodes={label}={_join(paths)}" for label, paths in nodes.items()),
        *(f"--relationships={kind}={_join(paths)}" for kind, paths in relationships.items()),
    ]


def _join(paths: Sequence[Path]) -> str:
    """Header file and data files as the tool wants them; a comma or a quote in a name would split it."""
    for path in paths:
        if any(character in str(path) for character in ",'\""):
            raise ServerError(f"{path} cannot be imported: its name has a comma or a quote.", "Rename or move it.")
        if not path.is_file():
            raise ServerError(f"{path} is not there.", "Bulk import reads the header file first, then the data files.")
    return ",".join(str(path.resolve()) for path in paths)
