"""Progress bars: what is counted, how fast, the time left, and what is shown at all."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from rich.console import Console
from rich.progress import Task, TaskID

from incahoots.cli.progress_bars import ProgressBars, clock, figures


class Clock:
    """A clock that stands still until it is told."""

    s = 0.0

    def __call__(self) -> float:
        return self.s


@pytest.fixture
def now() -> Clock:
    return Clock()


@pytest.fixture
def bars(now: Clock) -> Iterator[ProgressBars]:
    made = ProgressBars("incahoots test", plain=True)
    made.bars.get_time = now
    for task in made.bars.tasks:
        task.start_time, task._get_time = now(), now
    yield made
    made.stop()


def drawn(bars: ProgressBars, width: int = 80) -> list[str]:
    """Give the lines that are drawn at a terminal of that width."""
    console = Console(file=io.StringIO(), width=width, force_terminal=True, color_system=None)
    console.print(bars.bars.get_renderable())
    return console.file.getvalue().splitlines()  # type: ignore[attr-defined,no-any-return]


def test_a_rate_is_of_what_was_done_since_the_first_report(bars: ProgressBars, now: Clock) -> None:
    for now.s, done in ((0, 1_000), (5, 1_500), (15, 2_500)):
        bars.report("embedding texts", done, 5_000)
    assert bars.lines() == ["embedding texts  2,500/5,000  100 texts/s  0:15  0:25 left"]


def test_neither_rate_nor_time_left_are_guessed(bars: ProgressBars, now: Clock) -> None:
    bars.report("deriving networks: co_link", 0, 7)
    now.s = 5
    assert bars.lines() == ["deriving networks: co_link  0/7  0:05"]
    bars.report("deriving networks: co_post", 1, 7)
    assert bars.lines() == ["deriving networks: co_post  1/7  0:05"]
    now.s = 10
    bars.report("deriving networks: co_reply", 2, 7)
    assert bars.lines() == ["deriving networks: co_reply  2/7  0.2 networks/s  0:10  0:25 left"]


def test_without_a_total_there_is_a_rate(bars: ProgressBars, now: Clock) -> None:
    for now.s, done in ((0, 0), (2, 50_000), (4, 100_000)):
        bars.report("reading rows: tweets.csv", done)
    assert bars.lines() == ["reading rows: tweets.csv  100,000  25,000 rows/s  0:04"]


def test_what_cannot_be_counted_has_a_clock(bars: ProgressBars, now: Clock) -> None:
    bars.report("starting Neo4j", 0, 1)
    now.s = 61
    bars.report("starting Neo4j", 0, 1)
    assert bars.lines() == ["starting Neo4j  1:01"]
    assert "━" not in drawn(bars)[0]


def test_finished_steps_vanish_and_the_command_stays(bars: ProgressBars, now: Clock) -> None:
    bars.report("writing edges", 0, 2)
    bars.report("reading posts", 0, 1)
    assert [line.partition("  ")[0] for line in bars.lines()] == ["writing edges", "reading posts"]
    bars.report("writing edges", 2, 2)
    bars.report("reading posts", 1, 1)
    now.s = 3
    assert bars.lines() == ["incahoots test  0:03"]


def test_the_same_step_again_begins_anew(bars: ProgressBars, now: Clock) -> None:
    bars.report("comparing accounts", 900, 1_000)
    now.s = 10
    bars.report("comparing accounts", 0, 1_000)
    assert bars.lines() == ["comparing accounts  0/1,000  0:00"]


def test_names_of_others_do_nothing_to_the_terminal(bars: ProgressBars) -> None:
    bars.report("loading rows: [red]\x1b[2J.csv", 0, 5)
    assert bars.lines() == ["loading rows: [red]\\x1b[2J.csv  0/5  0:00"]
    assert "loading rows: [red]\\x1b[2J.csv" in drawn(bars)[0]


@pytest.mark.parametrize("width", [40, 60, 80])
def test_a_step_is_a_line_however_narrow(bars: ProgressBars, now: Clock, width: int) -> None:
    for now.s, done in ((0, 0), (100, 1), (200, 2)):
        bars.report("deriving networks: co_hashtag", done, 8)
    (line,) = drawn(bars, width)
    assert len(line) <= width
    assert (" 2/8  0.01 networks/s  3:20  10:00 left" in line) == (width >= 60)


def test_a_long_name_gives_way_to_figures(bars: ProgressBars, now: Clock) -> None:
    for now.s, done in ((0, 0), (3, 2_100), (9, 6_300)):
        bars.report("loading rows: an_archive_of_a_very_long_name.csv.gz", done, 63_000)
    (line,) = drawn(bars)
    assert line.rstrip().endswith(" 6,300/63,000  700 rows/s  0:09  1:21 left")
    assert "loading rows: an" in line


def test_a_bar_comes_with_the_first_that_is_done(bars: ProgressBars) -> None:
    seen = []
    for done in (0, 1):
        bars.report("writing edges", done, 2)
        seen.append("━" in drawn(bars)[0])
    assert seen == [False, True]


@pytest.mark.parametrize(("seconds", "words"), [(0.9, "0:00"), (59, "0:59"), (600, "10:00"), (3_723, "1:02:03")])
def test_a_clock(seconds: float, words: str) -> None:
    assert clock(seconds) == words


def test_the_unit_is_the_last_word_of_the_step(now: Clock, bars: ProgressBars) -> None:
    for now.s, done in ((0, 0), (1, 2), (2, 4)):
        bars.report("trying cosines: text of en", done, 5)
    assert "2 cosines/s" in bars.lines()[0]
    assert figures(Task(TaskID(0), "drawing", None, 0, _get_time=now, fields={"unit": ""})) == "0:00"
