"""A trained classifier that can be saved, with its training and the calibration of its scores.

A file is a .zip of two parts: ``about.json``, which is readable, and the estimator in the format of skops, which unlike
a pickle runs no code when it is opened.
"""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import sklearn
from joblib import Parallel, delayed
from numpy.typing import NDArray

from incahoots.analytics.campaigns.calibration import Calibration
from incahoots.analytics.campaigns.classifiers import CLASSIFIERS, Classifier
from incahoots.analytics.campaigns.columns import FEATURES, SIZE, with_change
from incahoots.analytics.campaigns.model_file import (
    ABOUT,
    ESTIMATOR,
    check_about,
    check_estimator,
    checksum,
    read_parts,
)
from incahoots.analytics.campaigns.options import TrainingOptions
from incahoots.analytics.campaigns.panel import GAPS, Panel
from incahoots.errors import InputError, UsageError, check_choice, first_line
from incahoots.private_files import replace_with
from incahoots.progress import Progress, silent

#: Version of the file; 1 had another name for populations.
VERSION = 2

#: Types of a forest that skops does not trust by default.
_TRUSTED = ["sklearn.tree._tree.Tree"]


@dataclass(frozen=True)
class CampaignModel:
    """The answer of `train_model`.

    Attributes
    ----------
    classifier : Classifier
        Trained on all populations.
    aggregate : {"day", "week"}
    window_s : int
        Window of the features.
    share : float
        Share of campaigns for which the probabilities are valid.
    seed : int
    calibration : Calibration
    training : pd.DataFrame
        One row per population: population, label, first and last (day), days, posts.
    usual : pd.DataFrame
        One row per feature: feature, and its medians over the days of campaigns and of baselines.
    fingerprint : str
        SHA-256 of the values that trained it.
    """

    classifier: Classifier
    aggregate: str
    window_s: int
    share: float
    seed: int
    calibration: Calibration
    training: pd.DataFrame
    usual: pd.DataFrame
    fingerprint: str

    def predict(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Compute for each population and day the probability that it is a campaign's.

        Parameters
        ----------
        frame : pd.DataFrame
            The answer of `campaign_features`.

        Returns
        -------
        pd.DataFrame
            One row per population and day: population, date, posts, score (share of votes), probability (calibrated,
            for populations that did not train), in_training (whether the day, or a day of its week, trained the model:
            the prediction is then no evidence).

        Raises
        ------
        UsageError
            The features were computed with other options than those of the training.
        """
        rows = self.rows(frame)
        score = self.classifier.score(rows[list(self.classifier.features)].to_numpy(np.float32))
        known = rows[["population", "date"]].merge(self.training, on="population", how="left")
        # A week contains days of the training until it begins after them.
        after = pd.Timedelta(days=GAPS[self.aggregate] - 1)
        inside = (known["date"] >= known["first"]) & (known["date"] - after <= known["last"])
        return rows[["population", "date", "posts"]].assign(
            score=score, probability=self.calibration.sigmoid(score), in_training=inside.to_numpy()
        )

    def rows(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The rows of the model's aggregate, with all columns that it uses."""
        checked = _window_s(frame)
        if checked != self.window_s:
            words = f"The features have a window of {checked} s, but the training had {self.window_s} s."
            raise UsageError(words, f"Compute features with a window of {self.window_s}s.")
        needed = [name for name in ("population", "date", "aggregate", *SIZE, *FEATURES) if name not in frame]
        if needed:
            raise UsageError(f"The features have no column {needed[0]}.", "Compute them again.")
        every = with_change(frame)
        rows = every[every["aggregate"] == self.aggregate].reset_index(drop=True)
        missing = [name for name in self.classifier.features if name not in rows]
        if missing or rows.empty:
            raise UsageError("The features lack columns or rows that the model uses.", "Compute them again.")
        return rows

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the model; a file of that name is replaced completely, or not at all."""
        from skops.io import dumps

        about = {
            "version": VERSION,
            "incahoots": version("incahoots"),
            "scikit-learn": sklearn.__version__,
            "classifier": self.classifier.name,
            "features": list(self.classifier.features),
            "aggregate": self.aggregate,
            "window_s": self.window_s,
            "share": self.share,
            "seed": self.seed,
            "fingerprint": self.fingerprint,
            "calibration": self.calibration.record(),
            "training": _plain(self.training),
            "usual": _plain(self.usual),
        }

        estimator = dumps(self.classifier.fitted_)
        # The checksum is of the numbers as JSON writes them.
        about = json.loads(json.dumps(about))
        about["checksum"] = checksum(about, estimator)

        def written(part: Path) -> None:
            with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
                archive.writestr(ABOUT, json.dumps(about, indent=1))
                archive.writestr(ESTIMATOR, estimator)

        replace_with(Path(path), written)


def load_model(path: str | os.PathLike[str]) -> CampaignModel:
    """Read a model that `CampaignModel.save` wrote.

    Raises
    ------
    InputError
        The file cannot be read, is not a model, is of another version, or was damaged or changed after it was saved.
        Files that would unpack to more than a model are refused.
    """
    from skops.io import loads

    remedy = "Make one with `train_model()`."
    try:
        about, estimator = read_parts(Path(path))
    except FileNotFoundError:
        raise InputError(f"There is no file {path}.", remedy) from None
    except Exception as problem:
        raise InputError(f"{path} is not a model: {first_line(problem)}.", remedy) from None
    # Trees are internal arrays of scikit-learn: another version reads them wrongly, or not at all.
    for name, what, here in (
        ("version", "format", (1, VERSION)),
        ("scikit-learn", "scikit-learn", (sklearn.__version__,)),
    ):
        there = about.get(name)
        if str(there).split(".")[:2] not in [str(each).split(".")[:2] for each in here]:
            words = f"{path} is a model of {what} {there}; this version reads {what} {here[-1]}."
            raise InputError(words, "Train it again with `train_model()`.")
    try:
        check_about(about, estimator)
        features = tuple(about["features"])
        check_estimator(estimator, len(features))
        fitted = loads(estimator, trusted=_TRUSTED)
        # The file must not decide the number of processes or what is printed.
        fitted.set_params(n_jobs=1, verbose=0)
        _check_votes(fitted, len(features))
        training = pd.DataFrame(about["training"]).rename(columns={"community": "population"})
        return CampaignModel(
            Classifier(about["classifier"], features, fitted),
            about["aggregate"],
            int(about["window_s"]),
            float(about["share"]),
            int(about["seed"]),
            Calibration.from_record(about["calibration"]),
            training.assign(**{name: pd.to_datetime(training[name], utc=True) for name in ("first", "last")}),
            pd.DataFrame(about["usual"]),
            about["fingerprint"],
        )
    except Exception as problem:
        raise InputError(f"{path} is not a valid model: {first_line(problem)}.", remedy) from None


def _check_votes(fitted: Any, n_features: int) -> None:
    """Check that a forest votes for one of two classes."""
    votes = fitted.predict_proba(np.zeros((1, n_features), np.float32))
    classes = np.asarray(fitted.classes_).tolist()
    if classes != [0, 1] or votes.shape != (1, 2) or not np.isclose(votes.sum(), 1) or len(fitted.estimators_) < 1:
        raise ValueError("its forest does not vote for campaigns or baselines")


def train_model(
    frame: pd.DataFrame, options: TrainingOptions | None = None, *, jobs: int = 2, progress: Progress = silent
) -> CampaignModel:
    """Train a model on all days of all populations, and calibrate it by leaving out each population in turn.

    Parameters
    ----------
    frame : pd.DataFrame
        The answer of `campaign_features`.
    options : TrainingOptions, optional
        The defaults when None.
    jobs : int
        Number of processes.
    progress : callable
        Called as work goes on.

    Returns
    -------
    CampaignModel

    Raises
    ------
    UsageError
        There is no such classifier, or there are fewer than two populations of a kind.
    """
    asked = options or TrainingOptions()
    check_choice("classifier", asked.classifier, CLASSIFIERS)
    classifier, share = CLASSIFIERS[asked.classifier], asked.share
    panel = Panel.of(with_change(frame), asked.aggregate, classifier.features)
    for who, there in (("campaign", panel.campaigns), ("baseline", panel.baselines)):
        if len(there) < 2:
            words = f"There {'is only one' if len(there) else 'is no'} {who}: at least two are needed."
            raise UsageError(words, "Load another: a model is checked on populations that did not train it.")
    n, n_days = len(panel.populations), len(panel.dates)
    values = panel.values.reshape(n * n_days, -1)
    groups, labels = np.repeat(np.arange(n), n_days), np.repeat(panel.is_campaign.astype(np.int64), n_days)
    weights = np.where(labels == 1, share / np.mean(labels == 1), (1 - share) / np.mean(labels == 0))
    rows = _Rows(values, labels, weights, groups)
    progress("training forests", 0, n + 1)
    fits: list[tuple[NDArray[np.float64], Any]] = []
    for done in Parallel(n_jobs=jobs, return_as="generator")(
        delayed(_fitted)(classifier, rows, left_out, asked.seed) for left_out in range(-1, n)
    ):
        fits.append(done)
        progress("training forests", len(fits), n + 1)
    scores = np.concatenate([of_group for of_group, _ in fits[1:]])
    training = frame[frame["aggregate"] == "day"].groupby("population").agg(
        label=("label", "first"), first=("date", "min"), last=("date", "max"), days=("date", "size"),
        posts=("posts", "sum"),
    )  # fmt: skip
    usual = {"feature": panel.features} | {
        name: np.median(values[labels == label], axis=0).astype(float)
        for name, label in (("campaigns", 1), ("baselines", 0))
    }
    return CampaignModel(
        fits[0][1],
        asked.aggregate,
        _window_s(frame),
        share,
        asked.seed,
        Calibration.of(scores, labels, groups, weights),
        training.reset_index(),
        pd.DataFrame(usual),
        hashlib.sha256(np.ascontiguousarray(values).tobytes()).hexdigest(),
    )


class _Rows(NamedTuple):
    """What trains: values, labels and weights of rows, and the population of each."""

    values: NDArray[np.float32]
    labels: NDArray[np.int64]
    weights: NDArray[np.float64]
    groups: NDArray[np.int64]


def _fitted(of: Classifier, rows: _Rows, left_out: int, seed: int) -> tuple[NDArray[np.float64], Classifier | None]:
    """Train without one population and score it; train with all of them when ``left_out`` is below 0."""
    rest = rows.groups != left_out
    fitted = replace(of).fit(rows.values[rest], rows.labels[rest], seed, rows.weights[rest])
    if left_out < 0:
        return np.zeros(0), fitted
    return fitted.score(rows.values[~rest]), None


def by_population(found: pd.DataFrame) -> pd.DataFrame:
    """Summarise predictions by population, the most probable first.

    ``found`` is the answer of `CampaignModel.predict`. The columns are population, days, in_training (days),
    probability (mean), above_half (days with a probability above .5), highest (probability) and highest_on (its day).
    """
    highest = found.loc[found.groupby("population")["probability"].idxmax()].set_index("population")
    grouped = found.groupby("population")
    table = grouped.agg(
        days=("date", "size"), in_training=("in_training", "sum"), probability=("probability", "mean"),
    ).assign(
        above_half=grouped["probability"].agg(lambda probability: int((probability > 0.5).sum())),
        highest=highest["probability"], highest_on=highest["date"].dt.strftime("%Y-%m-%d"),
    )  # fmt: skip
    return table.sort_values("probability", ascending=False, kind="stable").reset_index()


def _window_s(frame: pd.DataFrame) -> int:
    """The window of features, which must be the same for all."""
    if "window_s" not in frame or frame["window_s"].nunique() != 1:
        raise UsageError("The features do not have a single window.", "Compute them again.")
    return int(frame["window_s"].iloc[0])


def _plain(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows with plain JSON values."""
    rows: list[dict[str, Any]] = json.loads(frame.to_json(orient="records", date_format="iso", double_precision=15))
    return rows
