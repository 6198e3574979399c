"""Remove mentions from texts before they are compared: one rule for every behaviour that reads texts."""

from __future__ import annotations

import polars as pl

#: A mention, as the coordination-network-toolkit 1.5.2 removes it: from any ``@`` to the next white space, including
#: what touches the name (``@ann:``, ``@ann!``, ``@ann's``). In a script without spaces, this removes the rest of the
#: sentence too. For *who* is mentioned, see `incahoots.loaders.extract`.
MENTION = r"@\S*"


def without_mentions(texts: pl.Series) -> pl.Series:
    """Remove mentions from texts, and normalise white space.

    Parameters
    ----------
    texts : pl.Series of str

    Returns
    -------
    pl.Series of str
        Runs of white space, also around a removed mention, become one space; null stays null.

    Examples
    --------
    >>> without_mentions(pl.Series(["Great  job, @ann!", "@bob: please read"])).to_list()
    ['Great job,', 'please read']
    """
    return texts.str.replace_all(MENTION, "").str.replace_all(r"\s+", " ").str.strip_chars()
