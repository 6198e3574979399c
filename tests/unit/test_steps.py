"""Steps of long work: what is counted, how fast, how long still, and what is shown at all."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from incahoots.cli.paces import AT_FIRST, Paces
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


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "paces.json"


@pytest.fixture
def paces(path: Path) -> Paces:
    return Paces(path)


def test_a_rate_is_of_what_was_done_since_the_first_report(now: Clock, paces: Paces) -> None:
    steps = Steps("incahoots test", 0, paces, now=now)
    steps.report("embedding texts", 1_000, 5_000)
    now.s = 10
    steps.report("embedding texts", 2_000, 5_000)
    now.s = 12
    (step,) = steps.current()
    assert (step.rate, step.left_s(now.s)) == (100, 28)
    assert steps.lines() == ["embedding texts  2,000/5,000  100 texts/s  0:12  0:28 left"]


def test_the_time_left_is_not_said_where_nobody_knows_it(now: Clock, paces: Paces) -> None:
    steps = Steps("incahoots test", 0, paces, now=now)
    steps.report("deriving networks: co_link", 0, 7)
    now.s = 5
    assert steps.lines() == ["deriving networks: co_link  0/7  0:05"]
    steps.report("deriving networks: co_post", 1, 7)
    assert steps.lines() == ["deriving networks: co_post  1/7  0.2 networks/s  0:05  0:30 left"]
    # It took longer than those before: what is left is not known any more.
    now.s = 36
    assert steps.lines() == ["deriving networks: co_post  1/7  0.2 networks/s  0:36"]


def test_without_a_total_there_is_a_rate(now: Clock, paces: Paces) -> None:
    steps = Steps("incahoots test", 0, paces, now=now)
    steps.report("reading rows: tweets.csv", 0)
    now.s = 2
    steps.report("reading rows: users.csv", 50_000)
    assert steps.lines() == ["reading rows: users.csv  50,000  25,000 rows/s  0:02"]


def test_what_cannot_be_counted_has_a_clock(now: Clock, paces: Paces) -> None:
    steps = Steps("incahoots test", 0, paces, now=now)
    steps.report("starting Neo4j", 0, 1)
    now.s = 61
    steps.report("starting Neo4j", 0, 1)
    assert steps.lines() == ["starting Neo4j  1:01"]


def test_what_was_measured_the_last_time_is_expected_the_next(now: Clock, paces: Paces, path: Path) -> None:
    steps = Steps("incahoots test", 0, paces, called="incahoots test 1", now=now)
    steps.report("reading edges", 0, 1_000)
    steps.report("drawing", 0, 1)
    now.s = 10
    steps.report("reading edges", 1_000, 1_000)
    steps.report("drawing", 1, 1)
    steps.over()
    paces.save()

    again = Paces(path)
    steps = Steps("incahoots test", now.s, again, called="incahoots test 1", now=now)
    assert steps.lines() == ["incahoots test  0:00  ~0:10 left"]
    steps.report("reading edges", 0, 500)
    steps.report("drawing", 0, 1)
    now.s += 2
    assert steps.lines() == ["reading edges  0/500  ~100 edges/s  0:02  ~0:03 left", "drawing  0:02  ~0:08 left"]
    # What is measured counts from then on.
    steps.report("reading edges", 100, 500)
    assert steps.lines()[0] == "reading edges  100/500  50 edges/s  0:02  0:08 left"
    # What takes longer than it did says nothing.
    now.s += 9
    assert steps.lines()[1] == "drawing  0:11"
    # Another call may take any time.
    assert Steps("incahoots test", now.s, again, called="incahoots test 2", now=now).lines() == ["incahoots test  0:00"]


def test_what_could_not_be_counted_says_nothing_of_when_it_can(now: Clock, paces: Paces, path: Path) -> None:
    steps = Steps("incahoots test", 0, paces, now=now)
    steps.report("deleting edges", 0, 1)
    now.s = 4
    steps.report("deleting edges", 1, 1)
    paces.save()
    steps = Steps("incahoots test", now.s, Paces(path), now=now)
    steps.report("deleting edges", 0, 1)
    assert steps.lines() == ["deleting edges  0:00  ~0:04 left"]
    steps.report("deleting edges", 1, 1)
    steps.report("deleting edges", 0, 100_000)
    assert steps.lines() == ["deleting edges  0/100,000  ~50,000 edges/s  0:00  ~0:02 left"]


def test_what_is_finished_goes_and_the_whole_work_stays(now: Clock, paces: Paces) -> None:
    steps = Steps("incahoots test", 0, paces, now=now)
    steps.report("writing edges", 0, 2)
    steps.report("reading posts", 0, 1)
    assert [step.what for step in steps.current()] == ["writing edges", "reading posts"]
    steps.report("writing edges", 2, 2)
    steps.report("reading posts", 1, 1)
    now.s = 3
    assert steps.lines() == ["incahoots test  0:03"]


def test_the_same_again_begins_anew(now: Clock, paces: Paces) -> None:
    steps = Steps("incahoots test", 0, paces, now=now)
    steps.report("comparing accounts", 900, 1_000)
    now.s = 10
    steps.report("comparing accounts", 0, 1_000)
    assert steps.lines() == ["comparing accounts  0/1,000  0:00"]


@pytest.mark.parametrize("width", [40, 60, 80])
def test_a_step_is_a_line_however_narrow(now: Clock, paces: Paces, width: int) -> None:
    steps = Steps("incahoots test", 0, paces, now=now)
    steps.report("deriving networks: co_hashtag", 0, 7)
    now.s = 100
    steps.report("deriving networks: co_hashtag", 1, 7)
    console = Console(file=io.StringIO(), width=width, force_terminal=True, color_system=None)
    console.print(steps.table(console))
    (line,) = console.file.getvalue().splitlines()  # type: ignore[attr-defined]
    assert len(line) <= width
    assert (" 1/7  0.01 networks/s  1:40  10:00 left" in line) == (width >= 60)


def test_a_long_name_gives_way_to_figures(now: Clock, paces: Paces) -> None:
    steps = Steps("incahoots test", 0, paces, now=now)
    steps.report("loading rows: an_archive_of_a_very_long_name.csv.gz", 0, 63_000)
    now.s = 9
    steps.report("loading rows: an_archive_of_a_very_long_name.csv.gz", 6_300, 63_000)
    console = Console(file=io.StringIO(), width=80, force_terminal=True, color_system=None)
    console.print(steps.table(console))
    (line,) = console.file.getvalue().splitlines()  # type: ignore[attr-defined]
    assert line.rstrip().endswith(" 6,300/63,000  700 rows/s  0:09  1:21 left")
    assert "loading rows: an" in line


def test_a_bar_comes_with_the_first_that_is_done(now: Clock, paces: Paces) -> None:
    steps = Steps("incahoots test", 0, paces, now=now)
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


def test_paces_are_of_what_took_its_time(path: Path) -> None:
    paces = Paces(path)
    paces.note("reading edges", 1_000, 0.5)
    paces.note("writing edges", 0, 5)
    paces.save()
    assert not path.exists()
    assert Paces(path).expected("reading edges") is None


def test_paces_of_two_commands_are_both_kept(path: Path) -> None:
    one, other = Paces(path), Paces(path)
    for paces, name in ((one, "reading edges"), (other, "writing edges")):
        paces.note(name, 100, 2)
        paces.save()
    assert [Paces(path).expected(name) for name in ("reading edges", "writing edges")] == [50, 50]


def test_the_last_paces_are_kept(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("incahoots.cli.paces.MOST", 2)
    for name in ("a", "b", "a", "c"):
        paces = Paces(path)
        paces.note(name, 10, 10)
        paces.save()
    assert [Paces(path).expected(name) for name in ("a", "b", "c")] == [1, None, 1]


@pytest.mark.parametrize("text", ["", "no JSON", "[1, 2]", '{"reading edges": "fast"}', '{"reading edges": -1}'])
def test_a_file_of_paces_that_says_nothing_is_none(path: Path, text: str) -> None:
    path.parent.mkdir()
    path.write_text(text)
    paces = Paces(path)
    assert paces.expected("reading edges") is None
    paces.note("reading edges", 10, 2)
    paces.save()
    assert Paces(path).expected("reading edges") == 5


def test_where_nothing_can_be_kept_nothing_fails(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    paces = Paces(tmp_path / "file" / "paces.json")
    paces.note("reading edges", 10, 2)
    paces.save()


def test_some_paces_are_expected_at_first(path: Path) -> None:
    name, pace = next(iter(AT_FIRST.items()))
    assert Paces(path).expected(name) == pace
