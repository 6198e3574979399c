"""Check that the accounts and operations in a call exist, before any long work starts."""

from __future__ import annotations

from incahoots.database import Database
from incahoots.errors import NotFoundError


def check_accounts(database: Database, *words: str) -> None:
    """Check that words are account ids; screen names are not accepted, because they change.

    Raises
    ------
    NotFoundError
        A word is not an account id. If it is a screen name, the message gives the id.
    """
    for word, is_id, called in database.query("fetch/accounts_called", words=list(words)).itertuples(index=False):
        if not is_id and len(called):
            whose, remedy = ("account", "its id") if len(called) == 1 else ("accounts", "the id of one of them")
            raise NotFoundError(f"{word!r} is the screen name of the {whose} {', '.join(called)}.", f"Give {remedy}.")
        if not is_id:
            raise NotFoundError(f"There is no account {word!r}.", "Give account ids, as `edges()` lists them.")


def check_operation(database: Database, *operation_ids: str | None) -> None:
    """Check that operations exist, before anything of an earlier run is removed; None is ignored.

    Raises
    ------
    NotFoundError
        An operation does not exist.
    """
    wanted = [each for each in operation_ids if each is not None]
    known = list(database.query("fetch/operation_ids")["operation_id"]) if wanted else []
    for operation_id in wanted:
        if operation_id not in known:
            raise NotFoundError(
                f"There is no operation {operation_id!r}.", f"Operations: {', '.join(known) or 'none yet'}."
            )
