"""Pictures of campaigns, and the page of them."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from incahoots.analytics.campaigns.columns import NETWORKS
from incahoots.analytics.campaigns.model import train_model
from incahoots.analytics.networks.exports import write_table
from incahoots.analytics.pictures.campaigns import (
    daily_errors,
    draw_contributions,
    draw_curves,
    draw_daily_errors,
    draw_days,
    draw_metrics,
    draw_participation,
)
from incahoots.analytics.pictures.of_campaigns import campaign_sections, read_predictions
from incahoots.analytics.pictures.page import Section, save_page
from incahoots.errors import IncahootsError
from tests.campaigns import features_frame


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return features_frame(12)


@pytest.fixture
def attempts() -> pd.DataFrame:
    """Two days, two sets: a campaign that is seen once, and a baseline that is mistaken on the second day."""
    dates = pd.to_datetime(["2020-01-01", "2020-01-02"], utc=True)
    return pd.DataFrame([
        {
            "task": 1, "ratio": "2:18", "aggregate": "day", "classifier": "paper", "seed": 1, "number": number,
            "date": date, "population": population, "label": int(population == "c"),
            "times": 1 if population == "c" else 3,
            "score": 0.9 if (population == "c") == (place == 0) else 0.1,
        }
        for number in range(2) for place, date in enumerate(dates) for population in ("c", "b")
    ])  # fmt: skip


def lines(figure: Figure, axes: int = 0) -> dict[str, list[float]]:
    return {str(line.get_label()): list(map(float, line.get_ydata())) for line in figure.axes[axes].lines}


def test_participation_is_the_accounts_of_each_network(frame: pd.DataFrame) -> None:
    figure = draw_participation(frame.sample(frac=1, random_state=1), populations=["c1", "b4"])
    titles = [axes.get_title(loc="left") for axes in figure.axes if axes.get_visible()]
    assert titles == ["c1 (campaign)", "b4 (baseline)"]
    own = frame.query("population == 'c1' and aggregate == 'day'").sort_values("date")
    assert lines(figure) == {network: own[f"{network}_nodes"].to_list() for network in NETWORKS}
    assert len([axes for axes in draw_participation(frame).axes if axes.get_visible()]) == 7
    with pytest.raises(IncahootsError, match="no days to draw"):
        draw_participation(frame, populations=["none"])


def test_what_adds_most_stands_on_top() -> None:
    contributions = np.array([[0.1, -0.5, 0.0], [0.1, 0.4, 0.0]])
    figure = draw_contributions(contributions, np.ones((2, 3), np.float32), ["a", "b", "c"], title="Why")
    axes = figure.axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["b", "a", "c"]
    assert axes.get_title(loc="left") == "Why"
    first = axes.collections[0].get_offsets()
    assert sorted(np.asarray(first)[:, 0]) == [-0.5, 0.4]


def test_a_map_of_days(frame: pd.DataFrame) -> None:
    figure = draw_days(frame, days=5)
    clouds = figure.axes[0].collections
    assert [cloud.get_label() for cloud in clouds] == sorted(frame["population"].unique())
    assert [len(cloud.get_offsets()) for cloud in clouds] == [5] * 7
    # Hollow signs are baselines.
    assert [len(cloud.get_facecolors()) > 0 for cloud in clouds] == [False] * 3 + [True] * 4
    for options, message in [({"days": 0}, "at least 4 days .got 0"), ({"aggregate": "year"}, "no aggregate")]:
        with pytest.raises(IncahootsError, match=message):
            draw_days(frame, **options)  # type: ignore[arg-type]


def test_curves_and_days(attempts: pd.DataFrame) -> None:
    figure = draw_curves(attempts, title="T")
    assert [text.get_text() for text in figure.axes[0].get_legend().get_texts()] == ["paper (AUC 0.500)"]
    with pytest.raises(IncahootsError, match="of one class"):
        draw_curves(attempts[attempts["label"] == 1])
    # On the second day the campaign is missed and the baseline taken for one.
    assert lines(draw_metrics(attempts)) == {"F1": [1, 0], "precision": [1, 0], "recall": [1, 0]}
    assert lines(draw_metrics(attempts.assign(task=2), days=1)) == {"F1": [1], "precision": [1], "recall": [1]}
    table = daily_errors(attempts)
    assert table[["errors", "tested", "population"]].to_numpy().tolist()[0] == [6, 6, "b"]
    assert table["errors"].tolist() == [6, 0]
    assert pd.isna(table["population"][1])
    bars = draw_daily_errors(attempts).axes[0].patches
    assert sum(bar.get_height() for bar in bars) == 2  # type: ignore[attr-defined]


def test_predictions_come_back_from_a_file(attempts: pd.DataFrame, tmp_path: Path) -> None:
    for name in ("p.csv", "p.parquet"):
        write_table(attempts, tmp_path / name)
        pd.testing.assert_frame_equal(read_predictions(tmp_path / name), attempts, check_dtype=False)
    write_table(attempts.drop(columns="score"), tmp_path / "p.csv")
    write_table(attempts.head(0), tmp_path / "p.parquet")
    wrong = {"p.csv": "no column score", "p.parquet": "no predictions", "none.csv": "^There is no"}
    for name, message in wrong.items():
        with pytest.raises(IncahootsError, match=message):
            read_predictions(tmp_path / name)


def test_the_page(frame: pd.DataFrame, attempts: pd.DataFrame, tmp_path: Path) -> None:
    hostile = frame.assign(population=frame["population"].replace("c1", '"><img src=x onerror=alert(1)>$x$'))
    model = train_model(frame, jobs=1)
    sections = campaign_sections(hostile, model, attempts.assign(population='<script>alert("b")</script>'))
    assert [section.heading for section in sections] == [
        "Participation by behaviour", "Similarity of days", "Contributions of features", "Calibration",
        "ROC and precision–recall", "Day by day", "Daily errors", "Days with the most errors",
    ]  # fmt: skip
    path = tmp_path / "page.html"
    save_page("A <b>title</b>", 'Words & "more"', [*sections, Section("<i>", "x", attempts.head(1))], path)
    text = path.read_text(encoding="utf-8")
    assert re.findall(r"<(script|b|i|img)\b(?! alt)", text) == []
    assert "&lt;script&gt;" in text
    assert "A &lt;b&gt;title&lt;/b&gt;" in text
    pictures = re.findall(r'src="data:image/svg\+xml;base64,([^"]+)"', text)
    assert len(pictures) == 6
    first = base64.b64decode(pictures[0]).decode()
    assert "&lt;img" in first or "&gt;&lt;img" in first
    assert "<img" not in first
    assert not re.findall(r'(?:src|href)="http', text)
    assert len(campaign_sections(frame)) == 2
    with pytest.raises(IncahootsError, match="Unknown file type"):
        save_page("T", "", [], tmp_path / "page.txt")
