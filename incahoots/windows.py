"""Windows: lengths of time as people write them, and as the hot path wants them."""

from __future__ import annotations

import re

from incahoots.errors import UsageError

SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def parse_window(text: str) -> int:
    """Read ``60s``, ``5m``, ``1h`` or ``1d``.

    Parameters
    ----------
    text : str
        A whole number and one of the units s, m, h, d.

    Returns
    -------
    int
        Seconds, at least 0: with ``0s`` only posts of the very same second match.

    Raises
    ------
    UsageError
        The text is no such window.

    Examples
    --------
    >>> parse_window("5m")
    300
    """
    match = re.fullmatch(r"\s*([0-9]{1,9})\s*([smhd])\s*", text)
    if match is None:
        raise UsageError(f"{text!r} is no window.", "Write a whole number with its unit: 60s, 5m, 1h or 1d.")
    return int(match[1]) * SECONDS[match[2]]


def format_window(window_s: int) -> str:
    """Write seconds as people do, in a form that `parse_window` reads: the field says 60s, but 5m and 1h.

    Examples
    --------
    >>> format_window(60), format_window(300), format_window(86400)
    ('60s', '5m', '1d')
    """
    for unit in "dhm":
        if window_s > 60 and window_s % SECONDS[unit] == 0:
            return f"{window_s // SECONDS[unit]}{unit}"
    return f"{window_s}s"
