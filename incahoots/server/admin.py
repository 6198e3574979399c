"""Run Neo4j's administration tool on a stopped server: to set its first password, or for a bulk import."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from incahoots.errors import ServerError
from incahoots.server.configuration import java_flags
from incahoots.server.java import Java
from incahoots.server.leftovers import bulk_folder

ADMIN_CLASS = "org.neo4j.cli.AdminTool"


class AdminError(ServerError):
    """The administration tool failed; ``output`` is its whole output."""

    def __init__(self, message: str, output: str) -> None:
        super().__init__(message)
        self.output = output


def class_path(files: Path, *first: Path) -> str:
    """Build the class path: first jars that override others, then GDS and the server, as in Neo4j's start script."""
    return os.pathsep.join([*map(str, first), *(str(files / part / "*") for part in ("plugins", "lib"))])


def java_environment(home: Path) -> dict[str, str]:
    """Build the environment of the server: the user's, with this home."""
    # These variables would change the memory or the class path.
    dropped = ("NEO4J_CONF", "HEAP_SIZE", "JAVA_OPTS", "CLASSPATH", "EXTENDED_CONF")
    kept = {name: value for name, value in os.environ.items() if name not in dropped}
    return {**kept, "NEO4J_HOME": str(home), "NEO4J_CONF": str(home / "conf")}


def write_arguments(words: Iterable[str]) -> str:
    """Write arguments as an argument file: one on each line, quoted."""
    return "".join('"{}"\n'.format(word.replace("\\", "\\\\").replace('"', '\\"')) for word in words)


def run_admin(
    java: Java,
    files: Path,
    home: Path,
    command: Sequence[str],
    arguments: Sequence[str],
    *,
    heap_mib: int = 256,
    told: Callable[[str], None] = lambda line: None,
) -> str:
    """Run ``neo4j-admin`` with its arguments in a file, which ``ps`` does not show and which can be long.

    ``told`` is called with each line of its output, as it comes.

    Raises
    ------
    AdminError
        The tool failed; the message is the line of its output that says why.
    """
    # If this process is killed, the file, which may contain a password, is removed like tables of a bulk load.
    with bulk_folder(home, "arguments") as folder:
        file = folder / "arguments"
        file.touch(mode=0o600)
        file.write_text(write_arguments(arguments), encoding="utf-8")
        lines = []
        with subprocess.Popen(
            [java.program, *java_flags(), f"-Xmx{heap_mib}m", "-XX:+UseParallelGC", "-cp", class_path(files),
             ADMIN_CLASS, *command, f"@{file}"],
            env=java_environment(home), cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, errors="replace",
        ) as process:  # fmt: skip
            assert process.stdout is not None
            try:
                for line in process.stdout:
                    lines.append(line)
                    told(line)
            except BaseException:
                # Also after an interrupt: the tool would go on in a folder that no longer exists.
                process.kill()
                raise
    output = "".join(lines)
    if process.returncode != 0:
        raise AdminError(f"neo4j-admin {' '.join(command)} failed: {useful_line(output)}", output)
    return output


def useful_line(output: str) -> str:
    """Return the line of a tool's output that describes the error."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    # A stack trace ends with the root cause; if Java itself fails to start, the first line has it.
    for mark, which in (("Caused by:", -1), ("Exception:", -1), ("Error:", 0), ("ERROR", -1)):
        if found := [line for line in lines if mark in line]:
            return found[which].removeprefix("Caused by:").strip()
    return lines[-1] if lines else "it printed nothing."


def set_first_password(java: Java, files: Path, home: Path, password: str) -> None:
    """Set the password of the user ``neo4j`` before the first start."""
    run_admin(java, files, home, ("dbms", "set-initial-password"), (password,))
