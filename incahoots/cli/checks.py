"""Check names that a command is given, before slow imports and any work."""

from __future__ import annotations

from collections.abc import Iterable

from incahoots.analytics.runs.kinds import NETWORK
from incahoots.cli.context import Context
from incahoots.cypher import behaviours as table


def check_names(
    context: Context,
    *run_ids: str,
    kind: str | None = NETWORK,
    behaviours: Iterable[str] = (),
    operations: Iterable[str | None] = (),
    accounts: Iterable[str] = (),
) -> None:
    """Check that runs, behaviours, operations and accounts that a command names exist.

    Runs must be complete and of the kind, if any: see `incahoots.analytics.runs.kinds.check_kind`. None is ignored
    among the operations, and ``all`` is a behaviour.

    Raises
    ------
    UsageError
        A behaviour does not exist, or a run has another kind.
    NotFoundError
        A run, operation or account does not exist, or a run is not complete.
    """
    # Check behaviours before connecting.
    for name in behaviours:
        if name != "all":
            table.find(name)
    wanted, posting = [each for each in operations if each is not None], list(accounts)
    if not (run_ids or wanted or posting):
        return
    from incahoots.analytics.checks import check_accounts, check_operation
    from incahoots.analytics.runs.store import find_run

    with context.connect() as database:
        for run_id in run_ids:
            find_run(database, run_id, kind=kind)
        check_operation(database, *wanted)
        check_accounts(database, *posting)
