"""Inter-state and intra-state acts over time: counts by month, peaks, and the gap between peaks."""

from __future__ import annotations

import pandas as pd
import polars as pl

from incahoots.analytics.coordination.timeline import partly_covered

#: Labels of the gap between the intra-state and the inter-state peak, each with its maximum number of months.
GAPS = (("same month", 0), ("below 3 months", 2), ("3 to 12 months", 12))
LONGEST_GAP = "above 12 months"


def monthly(acts: pl.DataFrame) -> pd.DataFrame:
    """Count the acts of each state by month.

    ``acts`` is as in `Acts`. Returns one row per state, scope (inter, intra) and month, from the first month of any
    state to the last: state, scope, month (its first day, UTC), count, cumulative, and partial (whether acts begin or
    end within the month).
    """
    month = pl.from_epoch("ts", time_unit="s").dt.truncate("1mo").dt.replace_time_zone("UTC")
    of_states = acts.filter(pl.col("scope") != "external").with_columns(month=month)
    if of_states.is_empty():
        return pd.DataFrame(columns=["state", "scope", "month", "count", "cumulative", "partial"])
    months = of_states.select(month=pl.datetime_range(pl.col("month").min(), pl.col("month").max(), interval="1mo"))
    states = of_states.select(pl.col("state").unique()).sort("state")
    every = states.join(pl.DataFrame({"scope": ["inter", "intra"]}), how="cross").join(months, how="cross")
    counts = of_states.group_by("state", "scope", "month").agg(count=pl.len().cast(pl.Int64))
    table = (
        every.join(counts, on=["state", "scope", "month"], how="left", maintain_order="left")
        .with_columns(pl.col("count").fill_null(0))
        .with_columns(cumulative=pl.col("count").cum_sum().over("state", "scope"))
        .to_pandas()
    )
    return table.assign(partial=partly_covered(table["month"], acts["ts"]))


def peaks(acts: pl.DataFrame) -> pd.DataFrame:
    """Compare the times of inter-state and intra-state acts of each state.

    ``acts`` is as in `Acts`. Returns one row per state: state; first_intra_at and first_inter_at (UTC) and lag_days,
    the second minus the first; intra_peak and inter_peak, the months of most acts, of equals the earliest; gap_months
    between them, and gap, its class. Missing where a state has none.
    """
    months = monthly(acts).set_index(["state", "scope", "month"])["count"]
    started = acts.group_by("state", "scope").agg(pl.col("ts").min()).rows()
    first = {(state, scope): pd.Timestamp(int(ts), unit="s", tz="UTC") for state, scope, ts in started}
    rows = []
    for state in sorted({state for state, scope in first if scope != "external"}):
        row: dict[str, object] = {"state": state}
        for scope in ("intra", "inter"):
            known = (state, scope) in first
            row[f"first_{scope}_at"] = first.get((state, scope), pd.NaT)
            row[f"{scope}_peak"] = months[state, scope].idxmax() if known else pd.NaT
        rows.append(row)
    columns = ["state", "first_intra_at", "intra_peak", "first_inter_at", "inter_peak"]
    table = pd.DataFrame(rows, columns=columns)
    for column in columns[1:]:
        table[column] = pd.to_datetime(table[column], utc=True)
    table["lag_days"] = (table["first_inter_at"] - table["first_intra_at"]).dt.total_seconds() / 86_400
    count = {
        scope: table[f"{scope}_peak"].dt.year * 12 + table[f"{scope}_peak"].dt.month for scope in ("intra", "inter")
    }
    table["gap_months"] = (count["inter"] - count["intra"]).abs()
    table["gap"] = table["gap_months"].map(_gap)
    ordered = ["first_intra_at", "first_inter_at", "lag_days", "intra_peak", "inter_peak", "gap_months", "gap"]
    return table[["state", *ordered]]


def _gap(months: float) -> str | None:
    """Label the gap between two peaks."""
    if pd.isna(months):
        return None
    return next((name for name, most in GAPS if months <= most), LONGEST_GAP)
