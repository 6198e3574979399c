"""Windows as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from incahoots.errors import UsageError
from incahoots.windows import format_window, parse_window


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("0s", 0), ("60s", 60), ("5m", 300), ("1h", 3_600), ("1d", 86_400), (" 7 d ", 604_800), ("090s", 90)],
)
def test_read(text: str, seconds: int) -> None:
    assert parse_window(text) == seconds


def test_seconds_are_taken_as_they_are() -> None:
    assert parse_window(90) == 90
    with pytest.raises(UsageError, match=r"^The window must be 0 seconds or more \(got -5\)\.$"):
        parse_window(-5)


@pytest.mark.parametrize("text", ["", "60", "s", "-5s", "1.5h", "1h30m", "5 min", "1e3s", "60S", "٣s", "1000000000s"])
def test_text_that_is_not_a_window_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match=r"is not a length of time. Write a whole number with its unit") as caught:
        parse_window(text)
    assert repr(text) in caught.value.message


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0s"), (60, "60s"), (61, "61s"), (120, "2m"), (3_600, "1h"), (5_400, "90m"), (86_400, "1d"), (90_000, "25h")],
)
def test_written(seconds: int, text: str) -> None:
    assert format_window(seconds) == text


@given(st.integers(0, 999_999_999))
def test_what_is_written_can_be_read(seconds: int) -> None:
    assert parse_window(format_window(seconds)) == seconds
