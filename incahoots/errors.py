"""What can go wrong in a way the user can mend: one line, and the remedy."""

import shlex
from collections.abc import Sequence

from incahoots.cells import visible


def command(*words: str, given: Sequence[object] = ()) -> str:
    """Write a command of incahoots for a person to copy.

    Parameters
    ----------
    *words : str
        The command and its options, without ``incahoots``.
    given : sequence
        Arguments that somebody else chose, such as file names and run ids: each stays one word in a shell, and is
        never taken for an option.

    Examples
    --------
    >>> command("load", "posts", given=["$(touch x).csv"])
    "incahoots load posts '$(touch x).csv'"
    >>> command("drop", given=["-x"])
    'incahoots drop -- -x'
    """
    others = [str(word) for word in given]
    end = ["--"] if any(word.startswith("-") for word in others) else []
    return " ".join(["incahoots", *map(quoted, [*words, *end, *others])])


def quoted(word: str) -> str:
    r"""Write a word as a shell takes it, with nothing in it that a terminal would obey.

    Examples
    --------
    >>> print(quoted("a b"), quoted("it's\x1b[31m"))
    'a b' $'it\'s\x1b[31m'
    """
    if visible(word) == word:
        return shlex.quote(word)
    return "$'" + visible(word.replace("\\", "\\\\").replace("'", "\\'")) + "'"


class IncahootsError(Exception):
    """An error with a remedy. The command line prints both and exits with ``exit_code``.

    Parameters
    ----------
    message : str
        What is wrong, in one line.
    remedy : str
        What to do about it, in one line; may be empty.
    below : str
        Text of ours of several lines that belongs to it, such as a query's header; may be empty.
    """

    exit_code = 1

    def __init__(self, message: str, remedy: str = "", below: str = "") -> None:
        super().__init__("\n".join(filter(None, [f"{message} {remedy}".strip(), below])))
        self.message = message
        self.remedy = remedy
        self.below = below


class UsageError(IncahootsError):
    """The call itself is wrong: an unknown behaviour, a window that is none."""

    exit_code = 2


class NotFoundError(UsageError):
    """The call makes sense, but the database has no run, operation or edge of that name."""

    exit_code = 1


class InputError(IncahootsError):
    """The file is not what it was said to be."""


class DatabaseError(IncahootsError):
    """The database is not there, refuses us, or lacks something."""


class ServerError(IncahootsError):
    """The managed local server could not be assembled, started or stopped."""
