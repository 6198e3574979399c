"""The options that every command shares, and the connection that they describe."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from incahoots.cli.messages import warn
from incahoots.errors import command
from incahoots.settings import home_folder

if TYPE_CHECKING:
    from incahoots.database import Database
    from incahoots.server import ServerInfo


@dataclass
class Context:
    """Values of the shared options."""

    home: Path | None = None
    json: bool = False
    quiet: bool = False
    verbose: bool = False
    env_file: Path | None = None
    began_s: float = field(default_factory=time.monotonic)

    @property
    def folder(self) -> Path:
        """Home folder of the local server."""
        return home_folder(self.home)

    def connect(self) -> Database:
        """Connect to the database of the options and the environment; use it in a ``with`` statement."""
        from incahoots.database import connect

        opened = connect(home=self.home, env_file=self.env_file)
        if opened.server is not None:
            warn_of_unfinished_bulk(opened.server)
        return opened

    def connect_to_home(self) -> Database:
        """Connect to the local server, whatever the environment says."""
        from incahoots.database import connect

        return connect(home=self.folder)

    def command(self, *words: str) -> str:
        """Write a command on the same database for a person to copy, with quoted ids."""
        where = {"--home": self.home, "--env-file": self.env_file}
        given = [word for name, value in where.items() if value is not None for word in (name, str(value))]
        # Options must precede --, which keeps an id from being read as an option.
        at = words.index("--") if "--" in words else len(words)
        return command(*words[:at], *given, *words[at:])


def warn_of_unfinished_bulk(info: ServerInfo) -> None:
    """Warn if the database lacks rows of an unfinished bulk load."""
    from incahoots import server

    if files := server.unfinished_bulk(info.home):
        more = f" and {len(files) - 1} more" if len(files) > 1 else ""
        warn(
            f"The bulk load of {files[0]}{more} is still running or was interrupted, and rows are missing. "
            "If it was interrupted, load the same files again without --bulk."
        )
