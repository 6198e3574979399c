"""All pictures of campaigns, in the order of S2: what communities do, how days look, and how well they are told."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from incahoots.analytics.campaigns.explain import shap_values
from incahoots.analytics.campaigns.model import CampaignModel
from incahoots.analytics.pictures.campaigns import (
    DAYS,
    daily_errors,
    draw_contributions,
    draw_curves,
    draw_daily_errors,
    draw_days,
    draw_metrics,
    draw_participation,
)
from incahoots.analytics.pictures.page import Section
from incahoots.errors import InputError

#: Days whose contributions are drawn.
_ROWS = 400

#: What a file of predictions has.
_COLUMNS = (
    "task",
    "ratio",
    "aggregate",
    "classifier",
    "seed",
    "number",
    "date",
    "community",
    "label",
    "times",
    "score",
)


def campaign_sections(
    frame: pd.DataFrame, model: CampaignModel | None = None, attempts: pd.DataFrame | None = None, *, seed: int = 1
) -> list[Section]:
    """Draw all there is to draw.

    Parameters
    ----------
    frame : pd.DataFrame
        Of `campaign_features`.
    model : CampaignModel, optional
        Its contributions and calibration are shown.
    attempts : pd.DataFrame, optional
        Predictions of one task, as `read_predictions` gives them.
    seed : int
        Of the map of days, and of the days whose contributions are drawn.

    Returns
    -------
    list of Section
    """
    sections = [
        Section(
            "Participation by behaviour",
            "Accounts with an edge in each network, by day. Each community has a scale of its own.",
            draw_participation(frame),
        ),
        Section(
            "Days that look alike",
            "The 42 figures of a week by t-SNE. Where colours mix, communities do not differ.",
            draw_days(frame, seed=seed),
        ),
    ]
    if model is not None:
        rows = model.rows(frame)
        some = rows.sample(min(_ROWS, len(rows)), random_state=seed)
        values = some[list(model.classifier.features)].to_numpy(np.float32)
        contributions, _ = shap_values(model, values)
        quality = model.calibration
        sections += [
            Section(
                "What the model looks at",
                f"SHAP values of {len(some)} days or weeks, drawn by chance: what each figure adds to the score.",
                draw_contributions(contributions, values, model.classifier.features),
            ),
            Section(
                "Calibration",
                "Probabilities of communities that did not train, and how many of them were campaigns. ROC AUC "
                f"{quality.roc_auc:.3f}, Brier score {quality.brier:.3f}, of the share of campaigns alone "
                f"{quality.brier_of_share:.3f}.",
                quality.reliability,
            ),
        ]
    if attempts is not None:
        first = attempts["classifier"].iloc[0]
        own = attempts[attempts["classifier"] == first]
        task, ratio, aggregate = (own[name].iloc[0] for name in ("task", "ratio", "aggregate"))
        about = f"Task {task}, {ratio}, by {aggregate}, classifier {first}"
        sections += [
            Section("ROC and precision–recall", f"Task {task}, {ratio}, by {aggregate}.", draw_curves(attempts)),
            Section("Day by day", f"{about}; the first {DAYS} days that were tested.", draw_metrics(own)),
            Section(
                "Daily errors",
                f"{about}. Few days with many errors are events; many with few are what no figure tells apart.",
                draw_daily_errors(own),
            ),
            Section(
                "Days with the most errors",
                "Which baseline was taken for a campaign.",
                _dated(daily_errors(own)),
            ),
        ]
    return sections


def _dated(table: pd.DataFrame) -> pd.DataFrame:
    """The first ten days, without an hour."""
    return table.head(10).assign(date=table["date"].dt.strftime("%Y-%m-%d"))


def read_predictions(path: Path) -> pd.DataFrame:
    """Read predictions that ``incahoots campaigns evaluate -o`` wrote.

    Raises
    ------
    InputError
        It is not there, or is something else.
    """
    remedy = "Make one with `incahoots campaigns evaluate FEATURES -o FILE`."
    try:
        frame = pd.read_parquet(path) if path.suffix.lower() == ".parquet" else pd.read_csv(path)
    except (OSError, ValueError) as problem:
        raise InputError(f"{path} cannot be read: {str(problem).splitlines()[0]}.", remedy) from None
    missing = [name for name in _COLUMNS if name not in frame]
    if missing or frame.empty:
        words = f"{path} has no {'column ' + missing[0] if missing else 'predictions'}."
        raise InputError(words, remedy)
    try:
        return frame.assign(date=pd.to_datetime(frame["date"], utc=True))
    except (TypeError, ValueError):
        raise InputError(f"{path} has a date that is none.", remedy) from None
