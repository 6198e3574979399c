"""What accounts are called, beside their ids, for a person at a terminal, who knows ids by nothing else."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from incahoots.cli.options import Context

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from incahoots.database import Database


def with_names(context: Context, database: Database, shown: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """Add names: what programs read has the same columns everywhere.

    Parameters
    ----------
    context : Context
    database : Database
    shown : pd.DataFrame
        The rows that are printed.
    columns : sequence of str
        Those of account ids, or of lists of them.

    Returns
    -------
    pd.DataFrame
        With a column ``<column>_name`` for each; in lists an id stands for who has no name. As it was off a terminal,
        and where names are no more than the ids.
    """
    if context.json or not sys.stdout.isatty() or shown.empty:
        return shown
    ids = sorted({account_id for name in columns for account_id in shown[name].explode().dropna()})
    found = database.query("fetch/screen_names", account_ids=ids).set_index("account_id")["screen_name"]
    names = {account_id: name for account_id, name in found.items() if name != account_id}
    if not names:
        return shown

    def called(ids: Any) -> Any:
        """The name of an account, or of each of several."""
        return [names.get(each, each) for each in ids] if isinstance(ids, list) else names.get(ids)

    return shown.assign(**{f"{name}_name": shown[name].map(called) for name in columns})
