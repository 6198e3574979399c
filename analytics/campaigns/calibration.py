"""From the share of votes to a probability, by communities that did not train.

A forest knows the communities it was trained on by heart: what it says of them is far surer than what it says of
others. So its scores are calibrated by what it says of each community when all others trained it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, roc_auc_score

Values = NDArray[np.float64]

#: Of the table that compares probabilities with what is.
BINS = 10


@dataclass(frozen=True)
class Sigmoid:
    """Platt's: the probability is that of a logistic regression on the score.

    Attributes
    ----------
    slope, intercept : float
    """

    slope: float
    intercept: float

    @classmethod
    def of(cls, scores: Values, labels: NDArray[np.int64], weights: Values) -> Self:
        """Fit to scores of rows whose labels, 1 or 0, are known; weights are those of rows, of mean 1."""
        fitted = LogisticRegression().fit(scores[:, None], labels, sample_weight=weights)
        return cls(float(fitted.coef_[0, 0]), float(fitted.intercept_[0]))

    def __call__(self, scores: Values) -> Values:
        """Give probabilities."""
        probabilities: Values = expit(self.slope * scores + self.intercept)
        return probabilities


@dataclass(frozen=True)
class Calibration:
    """How scores become probabilities, and how good these are for communities that did not train.

    Attributes
    ----------
    sigmoid : Sigmoid
    roc_auc : float
        Of the scores.
    brier, brier_of_share : float
        Mean square error of the probabilities, and of one that says the share of campaigns of everybody.
    reliability : pd.DataFrame
        A row a tenth of probabilities: low, high, days, probability (their mean), campaigns (their share by weight).
    """

    sigmoid: Sigmoid
    roc_auc: float
    brier: float
    brier_of_share: float
    reliability: pd.DataFrame

    @classmethod
    def of(cls, scores: Values, labels: NDArray[np.int64], groups: NDArray[Any], weights: Values) -> Self:
        """Calibrate scores that communities were given when others trained.

        Parameters
        ----------
        scores : array of float, shape (n,)
        labels : array of int, shape (n,)
            1 for campaigns and 0 for baselines.
        groups : array, shape (n,)
            The community of each row: what is said about quality is of probabilities that it had no part in.
        weights : array of float, shape (n,)
            Of mean 1.
        """
        probabilities = np.empty_like(scores)
        for group in np.unique(groups):
            inside = groups == group
            sigmoid = Sigmoid.of(scores[~inside], labels[~inside], weights[~inside])
            probabilities[inside] = sigmoid(scores[inside])
        share = float(np.average(labels, weights=weights))
        return cls(
            Sigmoid.of(scores, labels, weights),
            float(roc_auc_score(labels, scores, sample_weight=weights)),
            float(brier_score_loss(labels, probabilities, sample_weight=weights)),
            share * (1 - share),
            reliability(probabilities, labels, weights),
        )

    def record(self) -> dict[str, Any]:
        """As it is written into a file."""
        rows = self.reliability.to_dict(orient="records")
        return {**asdict(self), "sigmoid": asdict(self.sigmoid), "reliability": rows}

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> Self:
        """As `record` gave it."""
        return cls(**{
            **record, "sigmoid": Sigmoid(**record["sigmoid"]), "reliability": pd.DataFrame(record["reliability"]),
        })  # fmt: skip


def reliability(probabilities: Values, labels: NDArray[np.int64], weights: Values) -> pd.DataFrame:
    """Compare probabilities with the share of campaigns among those who have them.

    Returns
    -------
    pd.DataFrame
        As ``Calibration.reliability``; tenths that nobody has are left out.
    """
    place = np.minimum((probabilities * BINS).astype(np.int64), BINS - 1)
    days = np.bincount(place, minlength=BINS)
    weight = np.bincount(place, weights, minlength=BINS)
    kept = np.flatnonzero(days)
    return pd.DataFrame({
        "low": kept / BINS, "high": (kept + 1) / BINS, "days": days[kept],
        "probability": np.bincount(place, weights * probabilities, minlength=BINS)[kept] / weight[kept],
        "campaigns": np.bincount(place, weights * labels, minlength=BINS)[kept] / weight[kept],
    })  # fmt: skip
