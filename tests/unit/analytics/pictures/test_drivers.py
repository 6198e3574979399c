"""Pictures of drivers, and the page of them: what is drawn is what the tables say, and text stays text."""

from __future__ import annotations

import datetime
from pathlib import Path

import matplotlib.dates as mdates
import numpy as np
import pandas as pd
import pytest

from incahoots.analytics.drivers.tables import Drivers
from incahoots.analytics.pictures.drivers import (
    draw_quality,
    draw_sentiment,
    draw_thresholds,
    draw_topics,
    driver_sections,
)
from incahoots.analytics.pictures.page import save_page
from incahoots.errors import UsageError

MAY, JUNE = datetime.date(2024, 5, 1), datetime.date(2024, 6, 1)

PROPERTIES = pd.DataFrame(
    [("en", "fused", 0.2, 0.9), ("en", "text", 0.5, 0.7), ("en", "met", 0.4, None), ("es", "fused", 0.3, 0.6)],
    columns=["language", "network", "entropy", "divergence"],
)
SENTIMENT = pd.DataFrame(
    [("en", MAY, 4, 0.25, 0.25, 0.5), ("en", JUNE, 2, 0.5, 0.0, 0.5), ("es", JUNE, 1, 0.0, 1.0, 0.0)],
    columns=["language", "month", "posts", "negative", "neutral", "positive"],
)
TOPICS = pd.DataFrame(
    [("en", MAY, 0, "war $x_1$ army", 3, 0.75), ("en", MAY, 1, "votes", 1, 0.25), ("en", JUNE, 1, "votes", 5, 1.0)],
    columns=["language", "month", "topic", "name", "posts", "share"],
)


def test_a_point_a_network() -> None:
    english, spanish = draw_quality(PROPERTIES).axes
    points = {tuple(offset) for each in english.collections for offset in each.get_offsets().tolist()}
    assert points == {(0.2, 0.9), (0.5, 0.7)}
    assert [tuple(each.get_offsets()[0]) for each in spanish.collections] == [(0.3, 0.6)]
    with pytest.raises(UsageError, match="two clusters"):
        draw_quality(PROPERTIES.assign(divergence=None))


def test_months_of_sentiment_and_topics() -> None:
    english, spanish = draw_sentiment(SENTIMENT).axes
    lines = {line.get_label(): line.get_ydata().tolist() for line in english.lines}
    assert lines == {"negative": [0.25, 0.5], "neutral": [0.25, 0.0], "positive": [0.5, 0.5]}
    assert all(len(line.get_xdata()) == 1 for line in spanish.lines)
    assert [tick.get_text() for tick in spanish.get_xticklabels()] == ["2024-05", "2024-06"]
    (axes,) = draw_topics(TOPICS).axes
    drawn = {line.get_label(): line.get_ydata().tolist() for line in axes.lines}
    # Most posts first; a month without a topic has none of it.
    assert drawn == {"votes": [0.25, 1.0], "war $x_1$ army": [0.75, 0.0]}
    for draw, table in ((draw_sentiment, SENTIMENT), (draw_topics, TOPICS)):
        both = pd.concat([table.assign(group="drivers"), table.assign(group="bilingual")])
        with pytest.raises(UsageError, match="several groups"):
            draw(both)
        with pytest.raises(UsageError, match="no"):
            draw(table.head(0))


@pytest.mark.regression("0.1.1", "D9")
def test_no_line_goes_through_a_month_that_posts_cover_in_part() -> None:
    july = datetime.date(2024, 7, 1)
    feelings = pd.concat([SENTIMENT.head(2), SENTIMENT.head(1).assign(month=july)]).assign(partial=[True, False, False])
    topics = TOPICS.assign(partial=TOPICS["month"] == MAY)
    for draw, table in ((draw_sentiment, feelings), (draw_topics, topics)):
        figure = draw(table)
        (axes,) = figure.axes
        may = mdates.date2num(MAY)
        through = [line for line in axes.lines if line.get_linestyle() != "None"]
        alone = [line for line in axes.lines if line.get_linestyle() == "None"]
        for line in through:
            days = mdates.date2num(line.get_xdata())
            assert np.isnan(np.asarray(line.get_ydata(), dtype=float)[days == may]).all()
        assert [mdates.date2num(line.get_xdata()).tolist() for line in alone] == [[may]] * len(through)
        assert {line.get_markerfacecolor() for line in alone} == {"none"}
        assert figure.get_supxlabel() == "Hollow markers are months that the posts cover only in part."


def test_the_chosen_threshold_is_ringed() -> None:
    rows = [("en", "text", 0.7, 0.5, 0.1, False), ("en", "text", 0.8, 0.9, 0.05, True),
            ("en", "co_domain", 0.8, None, None, False), ("es", "text", 0.8, 1.0, 0.0, False)]  # fmt: skip
    table = pd.DataFrame(rows, columns=["language", "trace", "cosine", "stability", "stability_se", "chosen"])
    english, spanish = draw_thresholds(table).axes
    ((line, caps, bars),) = (each.lines for each in english.containers)
    assert line.get_xydata().tolist() == [[0.7, 0.5], [0.8, 0.9]]
    assert [cap.get_ydata().tolist() for cap in caps] == [[0.4, pytest.approx(0.85)], [0.6, pytest.approx(0.95)]]
    rings = [
        each.get_offsets().tolist() for axes in (english, spanish) for each in axes.collections if each not in bars
    ]
    assert [[0.8, 0.9]] in rings
    assert len(spanish.containers) == 1
    with pytest.raises(UsageError, match="No network"):
        draw_thresholds(table.assign(stability=float("nan")))


def test_the_page_has_what_there_is(tmp_path: Path) -> None:
    tables = {name: pd.DataFrame({"language": []}) for name in Drivers.__annotations__}
    tables["bridges"] = pd.DataFrame({"account_id": ["a", "b"], "participation": [0.5, 0.0]})
    tables |= {"properties": PROPERTIES, "topics": TOPICS.assign(group="drivers")}
    tables["hashtags"] = pd.DataFrame({
        "group": ["drivers", "bilingual"], "language": ["en", "es"], "tag": ["<script>alert(1)</script>", "hola"],
        "posts": [1, 2],
    })  # fmt: skip
    tables["sentiment"] = SENTIMENT.head(0)
    found = Drivers(**tables)
    assert ", ".join(section.heading for section in driver_sections(found)) == (
        "Networks, Clusters and topics, Hashtags of drivers, Topics of drivers, Hashtags of bilingual accounts, "
        "Bridges between languages"
    )
    save_page("Drivers", "words", driver_sections(found), tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text()
    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    # Who has neighbours of one language only is no bridge.
    assert "<td>a</td>" in page
    assert "<td>b</td>" not in page
