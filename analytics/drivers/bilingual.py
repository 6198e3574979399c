"""Accounts that post in two languages, and the engagement of their posts. Pure.

References
----------
Yi 2025 (S4), section 4.3.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import polars as pl
from scipy import stats

from incahoots.analytics.drivers.posts import COUNTS
from incahoots.analytics.interstate.engagement import label, spread


def spoken(posts: pl.DataFrame, languages: tuple[str, ...], least: int = 1) -> pd.DataFrame:
    """Count the posts of each account in each language.

    ``posts`` has the columns account_id, language. ``least`` is the minimum number of posts in a language for an
    account to speak it. Returns one row per account that posts in one of the languages: index account_id; a column for
    each language with its posts; main (the language of most posts; if equal, the first), bilingual (whether it speaks
    two).
    """
    counts = posts.filter(pl.col("language").is_in(languages)).group_by("account_id").agg(
        (pl.col("language") == language).sum().cast(pl.Int64).alias(language) for language in languages
    )  # fmt: skip
    table = counts.sort("account_id").to_pandas().set_index("account_id")
    said = table[list(languages)].to_numpy()
    main = np.array(languages)[said.argmax(axis=1)] if len(table) else np.array([], dtype=str)
    return table.assign(main=main, bilingual=(said >= least).sum(axis=1) > 1)


def overlap(table: pd.DataFrame, drivers: Mapping[str, pd.Series[str]]) -> pd.DataFrame:
    """Test whether bilingual accounts are drivers more often than others.

    ``table`` is the answer of `spoken`. ``drivers`` holds account ids of drivers, by language. Returns one row per
    language: language, accounts (that post in it), bilingual (of them), drivers, bilingual_drivers, odds_ratio and
    p_value (Fisher's exact test, two-sided).
    """
    rows = []
    for language, ids in drivers.items():
        speak = table[table[language] > 0]
        is_driver = speak.index.isin(ids)
        both = speak["bilingual"].to_numpy()
        counts = [[int((is_driver & both).sum()), int((is_driver & ~both).sum())],
                  [int((~is_driver & both).sum()), int((~is_driver & ~both).sum())]]  # fmt: skip
        odds_ratio, p_value = stats.fisher_exact(counts)
        rows.append({
            "language": language, "accounts": len(speak), "bilingual": int(both.sum()),
            "drivers": int(is_driver.sum()), "bilingual_drivers": counts[0][0], "odds_ratio": float(odds_ratio),
            "p_value": float(p_value),
        })  # fmt: skip
    return pd.DataFrame(rows)


def engagement_by_language(posts: pl.DataFrame, table: pd.DataFrame, one: str, other: str) -> pd.DataFrame:
    """Compare the engagement of bilingual accounts in two languages, each account with itself.

    ``posts`` is as in `Material`. ``table`` is the answer of `spoken`. ``one`` and ``other`` are languages. Returns one
    row per measure: measure, accounts (with the measure in both languages), mean and other_mean (over accounts, of the
    means of their posts), t and p_value (paired t-test), d (mean difference in its standard deviations), effect.
    """
    ids = table.index[table["bilingual"]]
    own = posts.filter(pl.col("account_id").is_in(ids.to_list()))
    rows = []
    for measure in COUNTS:
        means = own.group_by("account_id", "language").agg(pl.col(measure).cast(pl.Float64).mean()).drop_nulls(measure)
        both = [means.filter(pl.col("language") == each).select("account_id", measure) for each in (one, other)]
        pairs = both[0].join(both[1], on="account_id", suffix="_other").sort("account_id")
        ours, theirs = pairs[measure].to_numpy(), pairs[f"{measure}_other"].to_numpy()
        row = {"measure": measure, "accounts": len(pairs)}
        if len(pairs):
            row |= {"mean": float(ours.mean()), "other_mean": float(theirs.mean())}
        # Differences are rounded like their means; without variance there is no test.
        if len(pairs) > 1 and spread(ours - theirs, of=max(np.abs(ours).max(), np.abs(theirs).max())) > 0:
            t, p_value = stats.ttest_rel(ours, theirs)
            d = float((ours - theirs).mean() / (ours - theirs).std(ddof=1))
            row |= {"t": float(t), "p_value": float(p_value), "d": d, "effect": label(d)}
        rows.append(row)
    return pd.DataFrame(rows, columns=["measure", "accounts", "mean", "other_mean", "t", "p_value", "d", "effect"])
