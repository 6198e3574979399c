"""Steps of long work: what is counted, how fast, how long still, and what is shown at all."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from incahoots.cli.steps import Step, Steps, clock


class Clock:
    """A clock that stands still until it is told."""

    def __init__(self) -> None:
        self.s = 0.0

    def __call__(self) -> float:
        return self.s


@pytest.fixture
def now() -> Clock:
    return Clock()


def test_a_rate_is_of_what_was_done_since_the_first_report(now: Clock) -> None:
    steps = Steps("incahoots test", 0, now)
    steps.report("embedding texts", 1_000, 5_000)
    now.s = 10
    steps.report("embedding texts", 2_000, 5_000)
    now.s = 12
    (step,) = steps.current()
    assert (step.rate, step.left_s(now.s)) == (100, 28)
    assert steps.lines() == ["embedding texts  2,000/5,000  100 texts/s  0:12  0:28 left"]


def test_the_time_left_is_not_said_where_nobody_knows_it(now: Clock) -> None:
    steps = Steps("incahoots test", 0, now)
    steps.report("deriving networks: co_link", 0, 7)
    now.s = 5
    assert steps.lines() == ["deriving networks: co_link  0/7  0:05"]
    steps.report("deriving networks: co_post", 1, 7)
    assert steps.lines() == ["deriving networks: co_post  1/7  0.2 networks/s  0:05  0:30 left"]
    # It took longer than those before: what is left is not known any more.
    now.s = 36
    assert steps.lines() == ["deriving networks: co_post  1/7  0.2 networks/s  0:36"]


def test_without_a_total_there_is_a_rate(now: Clock) -> None:
    steps = Steps("incahoots test", 0, now)
    steps.report("reading rows: tweets.csv", 0)
    now.s = 2
    steps.report("reading rows: users.csv", 50_000)
    assert steps.lines() == ["reading rows: users.csv  50,000  25,000 rows/s  0:02"]


def test_what_cannot_be_counted_has_a_clock(now: Clock) -> None:
    steps = Steps("incahoots test", 0, now)
    steps.report("starting Neo4j", 0, 1)
    now.s = 61
    steps.report("starting Neo4j", 0, 1)
    assert steps.lines() == ["starting Neo4j  1:01"]


def test_what_is_finished_goes_and_the_whole_work_stays(now: Clock) -> None:
    steps = Steps("incahoots test", 0, now)
    steps.report("writing edges", 0, 2)
    steps.report("reading posts", 0, 1)
    assert [step.what for step in steps.current()] == ["writing edges", "reading posts"]
    steps.report("writing edges", 2, 2)
    steps.report("reading posts", 1, 1)
    now.s = 3
    assert steps.lines() == ["incahoots test  0:03"]


def test_the_same_again_begins_anew(now: Clock) -> None:
    steps = Steps("incahoots test", 0, now)
    steps.report("comparing accounts", 900, 1_000)
    now.s = 10
    steps.report("comparing accounts", 0, 1_000)
    assert steps.lines() == ["comparing accounts  0/1,000  0:00"]


@pytest.mark.parametrize("width", [40, 60, 80])
def test_a_step_is_a_line_however_narrow(now: Clock, width: int) -> None:
    steps = Steps("incahoots test", 0, now)
    steps.report("deriving networks: co_hashtag", 0, 7)
    now.s = 100
    steps.report("deriving networks: co_hashtag", 1, 7)
    console = Console(file=io.StringIO(), width=width, force_terminal=True, color_system=None)
    console.print(steps.table(console))
    (line,) = console.file.getvalue().splitlines()  # type: ignore[attr-defined]
    assert len(line) <= width
    assert (" 1/7  0.01 networks/s  1:40  10:00 left" in line) == (width >= 60)


def test_a_long_name_gives_way_to_figures(now: Clock) -> None:
    steps = Steps("incahoots test", 0, now)
    steps.report("loading rows: an_archive_of_a_very_long_name.csv.gz", 0, 63_000)
    now.s = 9
    steps.report("loading rows: an_archive_of_a_very_long_name.csv.gz", 6_300, 63_000)
    console = Console(file=io.StringIO(), width=80, force_terminal=True, color_system=None)
    console.print(steps.table(console))
    (line,) = console.file.getvalue().splitlines()  # type: ignore[attr-defined]
    assert line.rstrip().endswith(" 6,300/63,000  700 rows/s  0:09  1:21 left")
    assert "loading rows: an" in line


def test_a_bar_comes_with_the_first_that_is_done(now: Clock) -> None:
    steps = Steps("incahoots test", 0, now)
    console = Console(file=io.StringIO(), width=80, force_terminal=True, color_system=None)
    for done in (0, 1):
        steps.report("writing edges", done, 2)
        console.print(steps.table(console))
    before, after = console.file.getvalue().splitlines()  # type: ignore[attr-defined]
    assert ("━" in before, "━" in after) == (False, True)


@pytest.mark.parametrize(("seconds", "words"), [(0.9, "0:00"), (59, "0:59"), (600, "10:00"), (3_723, "1:02:03")])
def test_a_clock(seconds: float, words: str) -> None:
    assert clock(seconds) == words


def test_a_step_has_the_unit_that_it_names_last() -> None:
    units = {what: Step(what, 0, 0, 0, 0, 5).unit for what in ("writing edges", "trying cosines: text of en")}
    assert units == {"writing edges": "edges", "trying cosines: text of en": "cosines"}
