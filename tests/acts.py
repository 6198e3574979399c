"""Acts between accounts of states, for tests."""

from __future__ import annotations

import polars as pl

from incahoots.analytics.interstate.acts import classified


def acts_of(rows: list[tuple[str, str, str, int]], accounts: pl.DataFrame) -> pl.DataFrame:
    """Acts as (account, target, kind, epoch seconds), classified by the states of the accounts."""
    columns = {"account_id": pl.String, "target_id": pl.String, "kind": pl.String, "ts": pl.Int64}
    frame = pl.DataFrame(rows, schema=columns, orient="row").with_row_index("tweet_id")
    return classified(frame.with_columns(pl.col("tweet_id").cast(pl.String)), accounts)
