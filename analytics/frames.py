"""Rows of a query as a frame of known types."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import polars as pl


def typed(found: pd.DataFrame, kinds: Mapping[str, Any]) -> pl.DataFrame:
    """Take these columns, as these types; what pandas calls not a number is missing.

    Parameters
    ----------
    found : pd.DataFrame
    kinds : mapping of str to polars type

    Returns
    -------
    pl.DataFrame
    """
    plain = {name: found[name].astype(object).where(found[name].notna(), None).to_list() for name in kinds}
    return pl.DataFrame(plain, schema=dict(kinds))
