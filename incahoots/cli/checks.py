"""Check the names a command is given before it imports what takes seconds, and before any work."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from incahoots.cli.options import Context
from incahoots.cypher import behaviours as table


def check_names(
    context: Context,
    *run_ids: str,
    kinds: Collection[str] | None = ("coordination", "co_activity"),
    behaviours: Iterable[str] = (),
    operations: Iterable[str | None] = (),
    accounts: Iterable[str] = (),
) -> None:
    """See that everything that a command names is there.

    Parameters
    ----------
    context : Context
    *run_ids : str
        Runs that have to be complete.
    kinds : collection of str, optional
        Those that the runs may be of; any when None.
    behaviours : iterable of str
        Names in ``BEHAVIOURS``, or ``all``.
    operations : iterable of str or None
        Operation ids; None is no operation.
    accounts : iterable of str
        Account ids.

    Raises
    ------
    UsageError
        There is no such behaviour, or a run is of another kind.
    NotFoundError
        There is no such run, operation or account, or a run is not complete.
    """
    # A wrong behaviour is found before a database is.
    for name in behaviours:
        if name != "all":
            table.find(name)
    wanted, posting = [each for each in operations if each is not None], list(accounts)
    if not (run_ids or wanted or posting):
        return
    from incahoots.analytics.names import check_accounts, check_operation
    from incahoots.analytics.runs import find_run

    with context.connect() as database:
        for run_id in run_ids:
            find_run(database, run_id, kinds=kinds)
        check_operation(database, *wanted)
        check_accounts(database, *posting)
