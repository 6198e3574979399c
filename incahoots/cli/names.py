"""Screen names of accounts, to print beside ids at a terminal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from incahoots.cli.context import Context

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from incahoots.database import Database


def with_names(context: Context, database: Database, shown: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """Add a column ``<column>_name`` for columns of account ids, or lists of them, at a terminal only.

    For programs, the columns are always the same. In lists, ids replace missing names; without any name other than the
    id, nothing is added.
    """
    if context.json or not sys.stdout.isatty() or shown.empty:
        return shown
    ids = sorted({account_id for name in columns for account_id in shown[name].explode().dropna()})
    found = database.query("fetch/screen_names", account_ids=ids).set_index("account_id")["screen_name"]
    names = {account_id: name for account_id, name in found.items() if name != account_id}
    if not names:
        return shown

    def called(ids: Any) -> Any:
        """Name an account, or each of a list."""
        return [names.get(each, each) for each in ids] if isinstance(ids, list) else names.get(ids)

    return shown.assign(**{f"{name}_name": shown[name].map(called) for name in columns})
