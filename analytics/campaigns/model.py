"""A trained classifier that is kept: what it looks at, what it was trained on, and how its scores become probabilities.

A file is a .zip of two parts: ``about.json``, which anybody can read, and the estimator in the format of skops, which
unlike a pickle runs nothing when it is opened.
"""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

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
from incahoots.analytics.campaigns.panel import GAPS, Panel
from incahoots.errors import InputError, UsageError
from incahoots.private_files import replace_with
from incahoots.progress import Report, silent

#: Of the file.
VERSION = 1

#: What a forest is made of that skops does not know by itself.
_TRUSTED = ["sklearn.tree._tree.Tree"]

#: A share of campaigns that is expected: that of the paper's ratio of 5 to 15.
SHARE = 0.25


@dataclass(frozen=True)
class CampaignModel:
    """What `train_model` gives.

    Attributes
    ----------
    classifier : Classifier
        Trained on all communities.
    aggregate : {"day", "week"}
    window_s : int
        Of the features.
    share : float
        Of campaigns, that probabilities hold for.
    seed : int
    calibration : Calibration
    training : pd.DataFrame
        A row a community: community, label, first and last (day), days, posts.
    usual : pd.DataFrame
        A row a feature: feature, and its median over the days of campaigns and of baselines.
    fingerprint : str
        SHA-256 of the values it was trained on.
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
        """Say of each community and day how much it looks like one of a campaign.

        Parameters
        ----------
        frame : pd.DataFrame
            Of `campaign_features`.

        Returns
        -------
        pd.DataFrame
            A row a community and day: community, date, posts, score (share of votes), probability (calibrated; of a
            community that did not train), in_training (whether the model knows the day, or a day of the week: what it
            says is then no evidence).

        Raises
        ------
        UsageError
            The features were made another way than those of the training.
        """
        rows = self.rows(frame)
        score = self.classifier.score(rows[list(self.classifier.features)].to_numpy(np.float32))
        known = rows[["community", "date"]].merge(self.training, on="community", how="left")
        # A week has days of the training until it begins after them.
        after = pd.Timedelta(days=GAPS[self.aggregate] - 1)
        inside = (known["date"] >= known["first"]) & (known["date"] - after <= known["last"])
        return rows[["community", "date", "posts"]].assign(
            score=score, probability=self.calibration.sigmoid(score), in_training=inside.to_numpy()
        )

    def rows(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The rows of the model's aggregate, with all columns it looks at."""
        checked = _window_s(frame)
        if checked != self.window_s:
            words = f"These features are of a window of {checked} s, those of the training of {self.window_s} s."
            raise UsageError(words, f"Compute them with --window {self.window_s}s.")
        needed = [name for name in ("community", "date", "aggregate", *SIZE, *FEATURES) if name not in frame]
        if needed:
            raise UsageError(f"The features have no column {needed[0]}.", "Compute them anew.")
        every = with_change(frame)
        rows = every[every["aggregate"] == self.aggregate].reset_index(drop=True)
        missing = [name for name in self.classifier.features if name not in rows]
        if missing or rows.empty:
            raise UsageError("These features lack what the model looks at.", "Compute them anew.")
        return rows

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write it; a file of that name is replaced whole, or not at all."""
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
        # As it will be read: what JSON makes of a number is what is summed up.
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
        It is not there, is something else, was made with another version, or was damaged or changed after it was
        saved. Nothing is unpacked that is larger than a model can be.
    """
    from skops.io import loads

    remedy = "Make one with `incahoots campaigns train`."
    try:
        about, estimator = read_parts(Path(path))
    except Exception as problem:
        raise InputError(f"{path} is no model: {_line(problem)}.", remedy) from None
    # Trees are arrays of the library's own: another version reads them wrongly, or not at all.
    for name, here in (("version", VERSION), ("scikit-learn", sklearn.__version__)):
        there = about.get(name)
        if str(there).split(".")[:2] != str(here).split(".")[:2]:
            what = "format" if name == "version" else name
            words = f"{path} is a model of {what} {there}; this is {what} {here}."
            raise InputError(words, "Train it anew with `incahoots campaigns train`.")
    try:
        check_about(about, estimator)
        features = tuple(about["features"])
        check_estimator(estimator, len(features))
        fitted = loads(estimator, trusted=_TRUSTED)
        # How many processes to use and what to print is not for a file to say.
        fitted.set_params(n_jobs=1, verbose=0)
        _check_votes(fitted, len(features))
        training = pd.DataFrame(about["training"])
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
        raise InputError(f"{path} is no model of ours: {_line(problem)}.", remedy) from None


def _check_votes(fitted: Any, n_features: int) -> None:
    """See that a forest votes for one of two classes."""
    votes = fitted.predict_proba(np.zeros((1, n_features), np.float32))
    classes = np.asarray(fitted.classes_).tolist()
    if classes != [0, 1] or votes.shape != (1, 2) or not np.isclose(votes.sum(), 1) or len(fitted.estimators_) < 1:
        raise ValueError("its forest does not vote for campaigns or baselines")


def _line(problem: Exception) -> str:
    """The first line of what an error says."""
    return str(problem).partition("\n")[0].rstrip(".") or type(problem).__name__


def train_model(
    frame: pd.DataFrame,
    *,
    aggregate: str = "week",
    classifier: str = "paper",
    share: float = SHARE,
    seed: int = 1,
    jobs: int = 2,
    report: Report = silent,
) -> CampaignModel:
    """Train a model on all days of all communities, and calibrate it by leaving out each community in turn.

    Parameters
    ----------
    frame : pd.DataFrame
        Of `campaign_features`.
    aggregate : {"day", "week"}
    classifier : str
        One of `CLASSIFIERS`.
    share : float
        Of campaigns among communities that it will be asked about. Communities of either kind count for as much as that
        says, however many of them there are.
    seed : int
    jobs : int
        Processes.
    report : callable
        Told of the progress.

    Returns
    -------
    CampaignModel

    Raises
    ------
    UsageError
        The classifier is unknown, the share is not between 0 and 1, or there are not two communities of each kind.
    """
    if classifier not in CLASSIFIERS:
        raise UsageError(f"There is no classifier {classifier!r}.", f"Choose from: {', '.join(CLASSIFIERS)}.")
    if not 0 < share < 1:
        raise UsageError(f"A share of {share} is not between 0 and 1.", "Take 0.25, for one campaign of four.")
    panel = Panel.of(with_change(frame), aggregate, CLASSIFIERS[classifier].features)
    for who, there in (("campaign", panel.campaigns), ("baseline", panel.baselines)):
        if len(there) < 2:
            words = f"There {'is only one' if len(there) else 'is no'} {who}: two are needed."
            raise UsageError(words, "What is learnt of one community is checked on another. Load another of its kind.")
    n, n_days = len(panel.communities), len(panel.dates)
    values = panel.values.reshape(n * n_days, -1)
    groups, labels = np.repeat(np.arange(n), n_days), np.repeat(panel.is_campaign.astype(np.int64), n_days)
    weights = np.where(labels == 1, share / np.mean(labels == 1), (1 - share) / np.mean(labels == 0))
    report("training forests", 0, n + 1)
    fits: list[tuple[NDArray[np.float64], Any]] = []
    for done in Parallel(n_jobs=jobs, return_as="generator")(
        delayed(_fitted)(CLASSIFIERS[classifier], values, labels, weights, groups, left_out, seed)
        for left_out in range(-1, n)
    ):
        fits.append(done)
        report("training forests", len(fits), n + 1)
    scores = np.concatenate([of_group for of_group, _ in fits[1:]])
    training = frame[frame["aggregate"] == "day"].groupby("community").agg(
        label=("label", "first"), first=("date", "min"), last=("date", "max"), days=("date", "size"),
        posts=("posts", "sum"),
    )  # fmt: skip
    usual = {"feature": panel.features} | {
        name: np.median(values[labels == label], axis=0).astype(float)
        for name, label in (("campaigns", 1), ("baselines", 0))
    }
    return CampaignModel(
        fits[0][1],
        aggregate,
        _window_s(frame),
        share,
        seed,
        Calibration.of(scores, labels, groups, weights),
        training.reset_index(),
        pd.DataFrame(usual),
        hashlib.sha256(np.ascontiguousarray(values).tobytes()).hexdigest(),
    )


def _fitted(
    of: Classifier,
    values: NDArray[np.float32],
    labels: NDArray[np.int64],
    weights: NDArray[np.float64],
    groups: NDArray[np.int64],
    left_out: int,
    seed: int,
) -> tuple[NDArray[np.float64], Classifier | None]:
    """Train without a community and score it; with all where there is none to be left out."""
    rest = groups != left_out
    fitted = replace(of).fit(values[rest], labels[rest], seed, weights[rest])
    if left_out < 0:
        return np.zeros(0), fitted
    return fitted.score(values[~rest]), None


def _window_s(frame: pd.DataFrame) -> int:
    """The window of features, which is one."""
    if "window_s" not in frame or frame["window_s"].nunique() != 1:
        raise UsageError("The features do not say which window they are of.", "Compute them anew.")
    return int(frame["window_s"].iloc[0])


def _plain(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows with nothing but what JSON knows."""
    rows: list[dict[str, Any]] = json.loads(frame.to_json(orient="records", date_format="iso", double_precision=15))
    return rows
