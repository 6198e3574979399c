"""Keep spreadsheets from running text of posts in CSV files as formulas."""

from __future__ import annotations

import re

import pandas as pd

# A sign before letters, digits and base64 characters begins an id or a number, which must not change. Spreadsheets in
# China and Japan treat the full-width signs of their keyboards like the ASCII ones.
_FORMULA = re.compile(r"[=\t\r\n＝＋－＠]|[-+@](?![\w+/=-]*\Z)")


def guarded(frame: pd.DataFrame) -> pd.DataFrame:
    """Prefix text that a spreadsheet would run as a formula with an apostrophe.

    Parameters
    ----------
    frame : pd.DataFrame

    Returns
    -------
    pd.DataFrame
        A copy; numbers, times and account ids do not change.

    Examples
    --------
    >>> guarded(pd.DataFrame({"text": ["=1+1", "+SUM(1)", "+MZNH4="]}))["text"].to_list()
    ["'=1+1", "'+SUM(1)", '+MZNH4=']
    """
    return frame.map(lambda value: f"'{value}" if isinstance(value, str) and _FORMULA.match(value) else value)
