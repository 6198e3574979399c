"""A panel: the features of every community and day, as one array, and what is drawn from it to train and to test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from incahoots.errors import UsageError

#: Labels of communities.
CAMPAIGN, BASELINE = "campaign", "baseline"

AGGREGATES = ("day", "week")

#: Days that two weeks have to be apart to have no day in common.
GAPS = {"day": 1, "week": 7}


@dataclass(frozen=True)
class Panel:
    """Features by community and day.

    Attributes
    ----------
    communities : list of str
    is_campaign : array of bool, shape (n_communities,)
    dates : pd.DatetimeIndex
        Days that follow each other.
    values : array of float32, shape (n_communities, n_dates, n_features)
    features : list of str
    aggregate : {"day", "week"}
    """

    communities: list[str]
    is_campaign: NDArray[np.bool_]
    dates: pd.DatetimeIndex
    values: NDArray[np.float32]
    features: list[str]
    aggregate: str

    @classmethod
    def of(cls, frame: pd.DataFrame, aggregate: str, features: Sequence[str]) -> Panel:
        """Take the rows of an aggregate from the frame that `campaign_features` gives.

        Raises
        ------
        UsageError
            There is no such aggregate, days are missing or there twice, or a label is unknown.
        """
        if aggregate not in AGGREGATES:
            raise UsageError(f"There is no aggregate {aggregate!r}.", f"Choose from: {', '.join(AGGREGATES)}.")
        missing = [name for name in ("community", "date", "label", "aggregate", *features) if name not in frame]
        if missing:
            raise UsageError(f"The features have no column {', '.join(missing)}.", "Compute them anew.")
        rows = frame[frame["aggregate"] == aggregate].sort_values(["community", "date"], ignore_index=True)
        labels = rows.groupby("community", sort=True)["label"].agg(["first", "nunique"])
        odd = sorted(set(rows["label"]) - {CAMPAIGN, BASELINE}) or labels.index[labels["nunique"] > 1].to_list()
        if odd:
            raise UsageError(f"Not a label of one community: {odd[0]}.", f"Labels are {CAMPAIGN} and {BASELINE}.")
        dates = pd.DatetimeIndex(np.sort(rows["date"].unique()))
        complete = len(rows) == len(labels) * len(dates) and not rows.duplicated(["community", "date"]).any()
        if not len(dates) or not complete or len(pd.date_range(dates[0], dates[-1])) != len(dates):
            raise UsageError("Not every community has each day once.", "Compute the features anew.")
        values = rows[list(features)].to_numpy(np.float32).reshape(len(labels), len(dates), len(features))
        campaign = (labels["first"] == CAMPAIGN).to_numpy()
        return cls(labels.index.to_list(), campaign, dates, values, list(features), aggregate)

    @property
    def campaigns(self) -> NDArray[np.int64]:
        """Places of campaigns."""
        return np.flatnonzero(self.is_campaign)

    @property
    def baselines(self) -> NDArray[np.int64]:
        """Places of baselines."""
        return np.flatnonzero(~self.is_campaign)

    def between(self, first: int, last: int) -> Panel:
        """Take these days, the last one left out."""
        return replace(self, dates=self.dates[first:last], values=self.values[:, first:last])

    def window(self, day: int, n_days: int) -> slice:
        """Give the days to train on, so that a test on ``day`` has no day of posts in common with them."""
        end = day - GAPS[self.aggregate] + 1
        return slice(end - n_days, end)

    def first_day(self, n_days: int) -> int:
        """Give the first day that has so many days before it to train on."""
        return n_days + GAPS[self.aggregate] - 1
