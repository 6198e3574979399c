"""Run Neo4j's administration tool on the stopped server of a home: for its first password, for a bulk import."""

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
    """The administration tool failed; ``output`` is all it said."""

    def __init__(self, message: str, output: str) -> None:
        super().__init__(message)
        self.output = output


def class_path(files: Path, *first: Path) -> str:
    """Everything the server is made of, after what shadows parts of it. GDS first, as Neo4j's start script has it."""
    return os.pathsep.join([*map(str, first), *(str(files / part / "*") for part in ("plugins", "lib"))])


def java_environment(home: Path) -> dict[str, str]:
    """Environment of the server: the user's, with this home."""
    # Variables of these names would change the memory or the class path behind our back.
    dropped = ("NEO4J_CONF", "HEAP_SIZE", "JAVA_OPTS", "CLASSPATH", "EXTENDED_CONF")
    kept = {name: value for name, value in os.environ.items() if name not in dropped}
    return {**kept, "NEO4J_HOME": str(home), "NEO4J_CONF": str(home / "conf")}


def write_arguments(words: Iterable[str]) -> str:
    """Write words as an argument file: one a line, quoted."""
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
    """Run ``neo4j-admin``; the arguments go through a file, which ``ps`` does not show and which may be long.

    ``told`` is called with each line of its output, as it comes.

    Raises
    ------
    AdminError
        The tool failed; the message is the line of its output that says why.
    """
    # What a kill leaves of it, a password maybe, is removed as the tables of a bulk load are.
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
                # An interrupt too: it would go on in a folder that is no longer there.
                process.kill()
                raise
    output = "".join(lines)
    if process.returncode != 0:
        raise AdminError(f"neo4j-admin {' '.join(command)} failed: {useful_line(output)}", output)
    return output


def useful_line(output: str) -> str:
    """Pick the line that says what went wrong out of a tool's output."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    # A stack trace names the root cause last; Java itself, when it does not even start, says it first.
    for mark, which in (("Caused by:", -1), ("Exception:", -1), ("Error:", 0), ("ERROR", -1)):
        if found := [line for line in lines if mark in line]:
            return found[which].removeprefix("Caused by:").strip()
    return lines[-1] if lines else "it said nothing."


def set_first_password(java: Java, files: Path, home: Path, password: str) -> None:
    """Set the password of the user ``neo4j`` before the server's first start."""
    run_admin(java, files, home, ("dbms", "set-initial-password"), (password,))
