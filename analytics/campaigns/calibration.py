"""Convert the share of votes to a probability, by populations that did not train.

A forest is far more certain about the populations that trained it than about others. So its scores are calibrated on
each population when all others train it.
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

#: Number of bins of the reliability table.
BINS = 10


@dataclass(frozen=True)
class Sigmoid:
    """Platt scaling: the probability is that of a logistic regression on the score."""

    slope: float
    intercept: float

    @classmethod
    def of(cls, scores: Values, labels: NDArray[np.int64], weights: Values) -> Self:
        """Fit to scores and labels (1 or 0) of rows, with weights of mean 1."""
        fitted = LogisticRegression().fit(scores[:, None], labels, sample_weight=weights)
        return cls(float(fitted.coef_[0, 0]), float(fitted.intercept_[0]))

    def __call__(self, scores: Values) -> Values:
        """Convert scores to probabilities."""
        probabilities: Values = expit(self.slope * scores + self.intercept)
        return probabilities


@dataclass(frozen=True)
class Calibration:
    """The conversion of scores to probabilities, and its quality for populations that did not train.

    Attributes
    ----------
    roc_auc : float
        Area under the ROC curve of the scores.
    brier, brier_of_share : float
        Mean squared error of the probabilities, and of the share of campaigns as a constant prediction.
    reliability : pd.DataFrame
        One row per tenth of probabilities: low, high, days, probability (mean), campaigns (weighted share).
    """

    sigmoid: Sigmoid
    roc_auc: float
    brier: float
    brier_of_share: float
    reliability: pd.DataFrame

    @classmethod
    def of(cls, scores: Values, labels: NDArray[np.int64], groups: NDArray[Any], weights: Values) -> Self:
        """Calibrate the scores of populations for which others trained.

        Parameters
        ----------
        scores : array of float, shape (n,)
        labels : array of int, shape (n,)
            1 for campaigns and 0 for baselines.
        groups : array, shape (n,)
            The population of each row; quality is measured on probabilities calibrated without it.
        weights : array of float, shape (n,)
            Weights of rows, with mean 1.
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
        """Convert to plain values for a file."""
        rows = self.reliability.to_dict(orient="records")
        return {**asdict(self), "sigmoid": asdict(self.sigmoid), "reliability": rows}

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> Self:
        """Restore from the answer of `record`."""
        return cls(**{
            **record, "sigmoid": Sigmoid(**record["sigmoid"]), "reliability": pd.DataFrame(record["reliability"]),
        })  # fmt: skip


def reliability(probabilities: Values, labels: NDArray[np.int64], weights: Values) -> pd.DataFrame:
    """Compare probabilities with observed shares: ``Calibration.reliability``, without empty tenths."""
    place = np.minimum((probabilities * BINS).astype(np.int64), BINS - 1)
    days = np.bincount(place, minlength=BINS)
    weight = np.bincount(place, weights, minlength=BINS)
    kept = np.flatnonzero(days)
    return pd.DataFrame({
        "low": kept / BINS, "high": (kept + 1) / BINS, "days": days[kept],
        "probability": np.bincount(place, weights * probabilities, minlength=BINS)[kept] / weight[kept],
        "campaigns": np.bincount(place, weights * labels, minlength=BINS)[kept] / weight[kept],
    })  # fmt: skip
