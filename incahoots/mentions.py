"""What is cut out of a text as a mention before texts are compared: one rule for every behaviour that reads texts."""

from __future__ import annotations

import polars as pl

#: A mention, as the coordination-network-toolkit 1.5.2 cuts it: from an ``@``, wherever it stands, to the next white
#: space. What touches the name goes with it (``@ann:``, ``@ann!``, ``@ann's``). In a script that is written without
#: spaces, so does the rest of the sentence. *Who* is mentioned is another question: see `incahoots.loaders.extract`.
MENTION = r"@\S*"


def without_mentions(texts: pl.Series) -> pl.Series:
    """Cut mentions out of texts, and leave everything else as it was written.

    Parameters
    ----------
    texts : pl.Series of str

    Returns
    -------
    pl.Series of str
        White space, also where a mention was, is one space each; null stays null.

    Examples
    --------
    >>> without_mentions(pl.Series(["Great  job, @ann!", "@bob: please read"])).to_list()
    ['Great job,', 'please read']
    """
    return texts.str.replace_all(MENTION, "").str.replace_all(r"\s+", " ").str.strip_chars()
