"""Text from posts in CSV files: a spreadsheet must not run it as a formula."""

from __future__ import annotations

import re

import pandas as pd

# A sign before letters, digits and the signs of base64 is an id or a number, which must stay what it is. The wide signs
# are those of Chinese and Japanese keyboards, which spreadsheets of those countries take for the narrow ones.
_FORMULA = re.compile(r"[=\t\r\n＝＋－＠]|[-+@](?![\w+/=-]*\Z)")


def guarded(frame: pd.DataFrame) -> pd.DataFrame:
    """Put an apostrophe before every text that a spreadsheet would run as a formula.

    Parameters
    ----------
    frame : pd.DataFrame

    Returns
    -------
    pd.DataFrame
        A copy; numbers, times and account ids stay as they are.

    Examples
    --------
    >>> guarded(pd.DataFrame({"text": ["=1+1", "+SUM(1)", "+MZNH4="]}))["text"].to_list()
    ["'=1+1", "'+SUM(1)", '+MZNH4=']
    """
    return frame.map(lambda value: f"'{value}" if isinstance(value, str) and _FORMULA.match(value) else value)
