"""A panel: the features of every population and day as one array, from which rows are drawn to train and to test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from incahoots.analytics.campaigns.options import AGGREGATES
from incahoots.errors import UsageError, check_choice

#: Labels of populations.
CAMPAIGN, BASELINE = "campaign", "baseline"

#: Minimum number of days between two days, or between the ends of two weeks, without a day in common.
GAPS = {"day": 1, "week": 7}


@dataclass(frozen=True)
class Panel:
    """Features by population and day.

    Attributes
    ----------
    is_campaign : array of bool, shape (n_populations,)
    dates : pd.DatetimeIndex
        Consecutive days.
    values : array of float32, shape (n_populations, n_dates, n_features)
    aggregate : {"day", "week"}
    """

    populations: list[str]
    is_campaign: NDArray[np.bool_]
    dates: pd.DatetimeIndex
    values: NDArray[np.float32]
    features: list[str]
    aggregate: str

    @classmethod
    def of(cls, frame: pd.DataFrame, aggregate: str, features: Sequence[str]) -> Panel:
        """Select the rows of an aggregate from the answer of `campaign_features`.

        Raises
        ------
        UsageError
            There is no such aggregate, days are missing or there twice, or a label is unknown.
        """
        check_choice("aggregate", aggregate, AGGREGATES)
        missing = [name for name in ("population", "date", "label", "aggregate", *features) if name not in frame]
        if missing:
            raise UsageError(f"The features have no column {', '.join(missing)}.", "Compute them anew.")
        rows = frame[frame["aggregate"] == aggregate].sort_values(["population", "date"], ignore_index=True)
        labels = rows.groupby("population", sort=True)["label"].agg(["first", "nunique"])
        odd = sorted(set(rows["label"]) - {CAMPAIGN, BASELINE}) or labels.index[labels["nunique"] > 1].to_list()
        if odd:
            raise UsageError(f"Not a label of one population: {odd[0]}.", f"Labels are {CAMPAIGN} and {BASELINE}.")
        dates = pd.DatetimeIndex(np.sort(rows["date"].unique()))
        complete = len(rows) == len(labels) * len(dates) and not rows.duplicated(["population", "date"]).any()
        if not len(dates) or not complete or len(pd.date_range(dates[0], dates[-1])) != len(dates):
            raise UsageError("Not every population has each day once.", "Compute the features anew.")
        values = rows[list(features)].to_numpy(np.float32).reshape(len(labels), len(dates), len(features))
        campaign = (labels["first"] == CAMPAIGN).to_numpy()
        return cls(labels.index.to_list(), campaign, dates, values, list(features), aggregate)

    @property
    def campaigns(self) -> NDArray[np.int64]:
        """Positions of campaigns."""
        return np.flatnonzero(self.is_campaign)

    @property
    def baselines(self) -> NDArray[np.int64]:
        """Positions of baselines."""
        return np.flatnonzero(~self.is_campaign)

    def between(self, first: int, last: int) -> Panel:
        """Select a range of days, the last exclusive."""
        return replace(self, dates=self.dates[first:last], values=self.values[:, first:last])

    def window(self, day: int, n_days: int) -> slice:
        """The days to train on for a test on ``day``: they have no day of posts in common with it."""
        end = day - GAPS[self.aggregate] + 1
        return slice(end - n_days, end)

    def first_day(self, n_days: int) -> int:
        """The first day with enough days before it to train on."""
        return n_days + GAPS[self.aggregate] - 1
