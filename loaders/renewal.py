"""Renewing the keys of texts that an earlier version of incahoots wrote.

Two posts meet in co_tweet when their keys are equal, so keys of two versions must not stand in one graph. The texts are
in the graph too: keys are made anew from them.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import polars as pl

from incahoots.loaders.texts import VERSION, both_text_keys
from incahoots.progress import Report, silent

log = logging.getLogger(__name__)

if TYPE_CHECKING:
    import pandas as pd

    from incahoots.database import Database

#: Posts a transaction, as many as loading sends.
BATCH = 5_000

#: Where the keys of this version lie in the order of all keys: from the first on, and below the second.
_RANGE = {"since": VERSION, "until": VERSION[:-1] + chr(ord(VERSION[-1]) + 1)}


def renew_text_keys(database: Database, report: Report = silent, *, batch: int = BATCH) -> int:
    """Write the keys of texts that are of an earlier version anew.

    Each batch is one transaction, so this can be killed anywhere and called again. A graph without such keys costs one
    look into an index. Networks that were derived before stay as they are.

    Parameters
    ----------
    database : Database
        With its indexes in place.
    report : callable
        Told of the progress.
    batch : int
        Posts a transaction.

    Returns
    -------
    int
        Posts whose keys were renewed. A post whose text is gone keeps its key, marked as one of this version: it still
        meets the posts whose text was equal, but where punctuation touches a mention.
    """
    total = int(database.query("load/count_old_text_keys", **_RANGE)["posts"].iloc[0])
    done = 0
    while done < total:
        report("renewing keys of texts", done, total)
        old = database.query("load/old_text_keys", **_RANGE, limit=batch)
        if old.empty:  # somebody else renewed them at the same time
            break
        database.query("load/renew_text_keys", rows=_renewed(old))
        done += len(old)
    if total:
        report("renewing keys of texts", total, total)
        log.warning(
            "The text keys of %s posts were made by incahoots 0.1.0 and have been renewed. Derive runs of co_tweet and "
            "co_tweet_no_url from before again.",
            f"{done:,}",
        )
    return done


def _renewed(old: pd.DataFrame) -> list[dict[str, str | None]]:
    """Make the keys of posts from their texts; where there is no text, from the keys they have."""
    # pandas has no null among strings.
    known = old.astype(object).where(old.notna(), None)
    columns = {name: pl.Series(known[name].to_list(), dtype=pl.String()) for name in known}
    texts = columns.pop("text")
    made = dict(zip(("text_key", "text_key_no_url"), both_text_keys(texts), strict=True))
    keys = [pl.when(texts.is_null()).then(VERSION + pl.col(name)).otherwise(made[name]).alias(name) for name in made]
    return pl.DataFrame(columns).with_columns(keys).to_dicts()
