"""Counts by state, as in the first table of S0."""

from __future__ import annotations

import pandas as pd
import polars as pl

from incahoots.analytics.interstate.acts import Acts


def counts_by_state(found: Acts) -> pd.DataFrame:
    """Count the acts of each state.

    Returns one row per state: state, accounts, posts; inter_out and inter_in (acts on accounts of other states, and by
    them), intra (acts within the state), external (acts on accounts of no state), isolates (posts without an act), and
    external_and_isolates, their sum.
    """
    acts = found.acts
    accounts = found.accounts.group_by("state").agg(accounts=pl.len(), posts=pl.col("posts").sum())
    out = acts.group_by("state").agg(
        *((pl.col("scope") == scope).sum().alias(name) for scope, name in _NAMES.items()),
        acting=pl.col("tweet_id").n_unique(),
    )
    into = acts.filter(pl.col("scope") == "inter").group_by(state=pl.col("target_state")).agg(inter_in=pl.len())
    table = (
        accounts.join(out, on="state", how="left").join(into, on="state", how="left").fill_null(0)
        .with_columns(isolates=pl.col("posts") - pl.col("acting"))
        .with_columns(external_and_isolates=pl.col("external") + pl.col("isolates"))
        .sort("state")
    )  # fmt: skip
    return table.select(_COLUMNS).with_columns(pl.col(_COLUMNS[1:]).cast(pl.Int64)).to_pandas()


_NAMES = {"inter": "inter_out", "intra": "intra", "external": "external"}

_COLUMNS = [
    "state", "accounts", "posts", "inter_out", "inter_in", "intra", "external", "isolates", "external_and_isolates",
]  # fmt: skip
