"""Errors that a user can mend: a message in one line, and a remedy.

Messages and remedies name parameters and functions as Python has them, in backquotes. The command line writes them as
its options and commands.

Exit codes of the command line: 2 if the call is wrong (`UsageError`), 1 for every other error.
"""

import shlex
from collections.abc import Collection, Sequence

from incahoots.cells import visible


def command(*words: str, given: Sequence[object] = ()) -> str:
    """Write a command of incahoots for a person to copy.

    Parameters
    ----------
    *words : str
        The command and its options, without ``incahoots``.
    given : sequence
        Arguments that others chose, such as file names and run ids: each is one word to a shell, and never an option.

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
    r"""Quote a word for a shell, without control characters that a terminal would obey.

    Examples
    --------
    >>> print(quoted("a b"), quoted("it's\x1b[31m"))
    'a b' $'it\'s\x1b[31m'
    """
    if visible(word) == word:
        return shlex.quote(word)
    return "$'" + visible(word.replace("\\", "\\\\").replace("'", "\\'")) + "'"


def first_line(problem: Exception) -> str:
    """The first line of another library's error, without its full stop; the error's type if it says nothing."""
    return str(problem).strip().partition("\n")[0].rstrip(".") or type(problem).__name__


class IncahootsError(Exception):
    """An error with a remedy. The command line prints both, and exits with ``exit_code``.

    Parameters
    ----------
    message : str
        What is wrong, in one line.
    remedy : str
        What to do about it, in one line; may be empty.
    below : str
        Further lines, such as a query's header; may be empty.
    """

    exit_code = 1

    def __init__(self, message: str, remedy: str = "", below: str = "") -> None:
        super().__init__("\n".join(filter(None, [f"{message} {remedy}".strip(), below])))
        self.message = message
        self.remedy = remedy
        self.below = below


class UsageError(IncahootsError):
    """The call is wrong: an unknown behaviour, or an invalid window."""

    exit_code = 2


class NotFoundError(IncahootsError):
    """The database has no run, operation, account or edge of that name."""


class InputError(IncahootsError):
    """A file cannot be read, or is not in the format that was named."""


class StoreError(IncahootsError):
    """The post store cannot be used."""


class DatabaseError(IncahootsError):
    """The database does not answer, rejects the call, or lacks something."""


class ServerError(IncahootsError):
    """The local server could not be installed, started or stopped."""


def check_choice(what: str, value: object, choices: Collection[str]) -> None:
    """Raise a `UsageError` that lists the choices unless the value is one of them."""
    if value not in choices:
        raise UsageError(f"There is no {what} {value!r}.", f"Choose from: {', '.join(choices)}.")


def check_least(what: str, value: float, least: float) -> None:
    """Raise a `UsageError` that names the number unless it is large enough."""
    if not value >= least:
        raise UsageError(f"{what} must be {least:g} or more (got {value:g}).")


def check_within(what: str, value: float, low: float, high: float) -> None:
    """Raise a `UsageError` that names the number unless it is above ``low`` and at most ``high``."""
    if not low < value <= high:
        raise UsageError(f"{what} must be above {low:g} and at most {high:g} (got {value:g}).")
