"""Classifiers of days: the paper's forest, a baseline, and an extension."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import RandomForestClassifier

from incahoots.analytics.campaigns.columns import CHANGE, FEATURES, SIZE


@dataclass
class Classifier:
    """A random forest.

    Attributes
    ----------
    features : tuple of str
        Columns that it uses.
    """

    name: str
    features: tuple[str, ...]
    fitted_: Any = field(default=None, repr=False)

    def fit(
        self,
        values: NDArray[np.float32],
        labels: NDArray[np.int64],
        seed: int,
        weights: NDArray[np.float64] | None = None,
    ) -> Self:
        """Train; labels are 1 for campaigns and 0 for baselines, weights those of rows."""
        self.fitted_ = RandomForestClassifier(100, random_state=seed, n_jobs=1)
        self.fitted_.fit(values, labels, sample_weight=weights)
        return self

    def score(self, values: NDArray[np.float32]) -> NDArray[np.float64]:
        """Compute the share of the votes for a campaign."""
        scores: NDArray[np.float64] = self.fitted_.predict_proba(values)[:, 1]
        return scores


#: By name. ``paper`` is that of S2; ``size`` uses only the numbers of posts and accounts, which shows how much of a
#: score is due to size; ``change`` also uses the difference of a population from its own past. Other attempts are in
#: benchmarks/results/detection.md.
CLASSIFIERS = {
    each.name: each
    for each in (
        Classifier("paper", FEATURES),
        Classifier("size", SIZE),
        Classifier("change", (*FEATURES, *CHANGE)),
    )
}
