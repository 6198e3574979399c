"""What can go wrong in a way the user can mend: one line, and the remedy."""


class IncahootsError(Exception):
    """An error with a remedy. The command line prints both and exits with ``exit_code``.

    Parameters
    ----------
    message : str
        What is wrong, in one line.
    remedy : str
        What to do about it, in one line; may be empty.
    """

    exit_code = 1

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(f"{message} {remedy}".strip())
        self.message = message
        self.remedy = remedy


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
