"""Whether accounts and operations that a person names are there: asked before any long work."""

from __future__ import annotations

from incahoots.database import Database
from incahoots.errors import NotFoundError


def check_accounts(database: Database, *words: str) -> None:
    """See that words are account ids; a person may know the names alone, which are no ids as they change.

    Raises
    ------
    NotFoundError
        One is none: what it is, if an account is called so.
    """
    for word, is_id, called in database.query("fetch/accounts_called", words=list(words)).itertuples(index=False):
        if not is_id and len(called):
            whose = f"the account {called[0]} is" if len(called) == 1 else f"the accounts {', '.join(called)} are"
            raise NotFoundError(
                f"{word!r} is what {whose} called:", f"give {'its id' if len(called) == 1 else 'the id of one'}."
            )
        if not is_id:
            raise NotFoundError(f"There is no account {word!r}.", "Give account ids, as `incahoots edges` prints them.")


def check_operation(database: Database, *operation_ids: str | None) -> None:
    """See that operations are there, before anything of an old run is removed; None is no operation.

    Raises
    ------
    NotFoundError
        It is not.
    """
    wanted = [each for each in operation_ids if each is not None]
    known = list(database.query("runs/operation_ids")["operation_id"]) if wanted else []
    for operation_id in wanted:
        if operation_id not in known:
            raise NotFoundError(
                f"There is no operation {operation_id!r}.", f"Operations: {', '.join(known) or 'none yet'}."
            )
