"""What is told of work that goes on: of each thing that comes, and of the end."""

from __future__ import annotations

import pytest

from incahoots import progress
from incahoots.progress import Counted, part

Told = list[tuple[str, float, float | None]]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    monkeypatch.setattr(progress, "EVERY_S", 0.0)
    return []


def counted(told: Told, what: str, total: float | None = None, **more: object) -> Counted:
    return Counted(lambda *words: told.append(words), what, total, **more)  # type: ignore[arg-type]


def test_what_comes_is_given_and_counted_when_it_is_done_with(told: Told) -> None:
    seen = []
    for row in counted(told, "reading rows", 2)("ab"):
        seen.append((row, told[-1][1]))
    assert seen == [("a", 0), ("b", 1)]
    assert told == [("reading rows", 0, 2), ("reading rows", 1, 2), ("reading rows", 2, 3), ("reading rows", 2, 2)]


def test_it_is_not_over_before_all_of_it_came(told: Told) -> None:
    list(counted(told, "reading edges", 3, size=len)(["aa", "bbb"]))
    assert [each[1:] for each in told] == [(0, 3), (2, 3), (5, 6), (5, 5)]
    assert not any(done >= total for _, done, total in told[:-1] if total is not None)


def test_fewer_than_was_thought_end_it_too(told: Told) -> None:
    list(counted(told, "reading edges", 10)([]))
    assert told == [("reading edges", 0, 10), ("reading edges", 0, 0)]


def test_what_nobody_can_count_has_no_total_until_the_end(told: Told) -> None:
    list(counted(told, "reading rows")("a"))
    assert told == [("reading rows", 0, None), ("reading rows", 1, None), ("reading rows", 1, 1)]


def test_few_that_take_long_are_called_by_name(told: Told) -> None:
    names = counted(told, "matching traces", 30, size=lambda _: 10, name=str.upper)(["a", "b"])
    assert next(names) == "a"
    assert told[-1] == ("matching traces: A", 0, 30)
    assert next(names) == "b"
    assert told[-1] == ("matching traces: B", 10, 30)


def test_of_many_that_come_fast_few_are_told(monkeypatch: pytest.MonkeyPatch, told: Told) -> None:
    monkeypatch.setattr(progress, "EVERY_S", 60.0)
    list(counted(told, "reading rows", 1_000)(range(1_000)))
    assert [each[1] for each in told] == [0, 1_000]


def test_a_part_is_told_as_begun_and_as_done(told: Told) -> None:
    with part(lambda *words: told.append(words), "reading traces", 70):  # type: ignore[arg-type]
        assert told == [("reading traces", 0, 70)]
    assert told[1:] == [("reading traces", 70, 70)]
