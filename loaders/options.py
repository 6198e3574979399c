"""The options of `load`: of the function and of the command."""

from __future__ import annotations

from dataclasses import dataclass
from os import PathLike

from incahoots.errors import UsageError

#: Largest share of rejected rows with which a load succeeds.
MAX_REJECTS = 0.01


@dataclass(frozen=True)
class LoadOptions:
    """How `load` loads.

    Attributes
    ----------
    bulk : bool
        Import directly into the files of the local server, whose database must be empty.

        Much faster than sending batches for more than about 100,000 posts; restarts the server.
    max_rejects : float
        Load nothing if a larger share of the rows is invalid.
    rejects : path, optional
        Write rejected rows to this file (default: a file in the home folder).

        The default has a different name for each set of files. Must not be one of the files that are read.
    force : bool
        Let ``rejects`` replace an existing file.

        Files in the home's ``rejects`` folder are always replaced.

    Raises
    ------
    UsageError
        ``max_rejects`` is not between 0 and 1.
    """

    bulk: bool = False
    max_rejects: float = MAX_REJECTS
    rejects: str | PathLike[str] | None = None
    force: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.max_rejects <= 1:
            raise UsageError(f"`max_rejects` must be between 0 and 1 (got {self.max_rejects}).", "For 5 % write 0.05.")
