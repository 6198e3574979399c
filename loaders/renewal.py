"""Renew text keys that an earlier version of incahoots wrote.

Posts match in co_tweet if their keys are equal, so keys of two versions must not be mixed in a graph. Keys are computed
again from the texts in the graph.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import polars as pl

from incahoots.database import SCHEMA_VERSION
from incahoots.loaders.texts import VERSION, both_text_keys
from incahoots.progress import Progress, silent

log = logging.getLogger(__name__)

if TYPE_CHECKING:
    import pandas as pd

    from incahoots.database import Database

#: Posts of a transaction, as many as loading sends.
BATCH = 5_000

#: Range of this version's keys in the order of all keys: from the first to below the second.
_RANGE = {"since": VERSION, "until": VERSION[:-1] + chr(ord(VERSION[-1]) + 1)}


def prepare_graph(database: Database, progress: Progress = silent) -> None:
    """Create missing constraints and indexes, renew text keys of earlier versions, and set the schema version.

    Raises
    ------
    DiskFullError
        The local server's disk is nearly full.
    """
    database.ensure_schema(progress)
    renew_text_keys(database, progress)
    database.query("load/write_schema_version", version=SCHEMA_VERSION)


def renew_text_keys(database: Database, progress: Progress = silent, *, batch: int = BATCH) -> int:
    """Renew text keys of earlier versions.

    Each batch is a transaction, so this can be killed at any time and repeated. Without such keys, it takes one look-up
    in an index. Networks that were derived before do not change.

    Parameters
    ----------
    database : Database
        Database with its indexes.
    progress : callable
        Called during the renewal.
    batch : int
        Posts of a transaction.

    Returns
    -------
    int
        Number of posts whose keys were renewed. A post without text keeps its key, marked with this version: it still
        matches posts with equal texts, unless punctuation touches a mention.
    """
    total = int(database.query("load/count_old_text_keys", **_RANGE)["posts"].iloc[0])
    done = 0
    while done < total:
        progress("renewing keys of texts", done, total)
        old = database.query("load/old_text_keys", **_RANGE, limit=batch)
        if old.empty:  # another process renewed them at the same time
            break
        database.query("load/renew_text_keys", rows=_renewed(old))
        done += len(old)
    if total:
        progress("renewing keys of texts", total, total)
        log.warning(
            "The text keys of %s posts were made by incahoots 0.1.0 and have been renewed. Derive runs of co_tweet and "
            "co_tweet_no_url from before again.",
            f"{done:,}",
        )
    return done


def _renewed(old: pd.DataFrame) -> list[dict[str, str | None]]:
    """Compute keys of posts from their texts, or without text from their keys."""
    # pandas represents null strings as NaN.
    known = old.astype(object).where(old.notna(), None)
    columns = {name: pl.Series(known[name].to_list(), dtype=pl.String()) for name in known}
    texts = columns.pop("text")
    made = dict(zip(("text_key", "text_key_no_url"), both_text_keys(texts), strict=True))
    keys = [pl.when(texts.is_null()).then(VERSION + pl.col(name)).otherwise(made[name]).alias(name) for name in made]
    return pl.DataFrame(columns).with_columns(keys).to_dicts()
