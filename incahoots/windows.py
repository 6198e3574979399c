"""Windows: conversion between text such as 5m and seconds."""

from __future__ import annotations

import re

from incahoots.errors import UsageError

SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def parse_window(window: str | int) -> int:
    """Read ``60s``, ``5m``, ``1h``, ``1d``, or a number of seconds.

    Parameters
    ----------
    window : str or int
        A whole number with one of the units s, m, h, d; or seconds.

    Returns
    -------
    int
        Seconds, at least 0: with ``0s`` only posts of the same second match.

    Raises
    ------
    UsageError
        The text is not a window, or the number is below 0.

    Examples
    --------
    >>> parse_window("5m"), parse_window(300)
    (300, 300)
    """
    if not isinstance(window, str):
        if window < 0:
            raise UsageError(f"The window must be 0 seconds or more (got {window}).")
        return int(window)
    match = re.fullmatch(r"\s*([0-9]{1,9})\s*([smhd])\s*", window)
    if match is None:
        raise UsageError(
            f"{window!r} is not a length of time.", "Write a whole number with its unit: 60s, 5m, 1h or 1d."
        )
    return int(match[1]) * SECONDS[match[2]]


def format_window(window_s: int) -> str:
    """Write seconds as text that `parse_window` reads: 60s as in the literature, but 5m and 1h.

    Examples
    --------
    >>> format_window(60), format_window(300), format_window(86400)
    ('60s', '5m', '1d')
    """
    for unit in "dhm":
        if window_s > 60 and window_s % SECONDS[unit] == 0:
            return f"{window_s // SECONDS[unit]}{unit}"
    return f"{window_s}s"
