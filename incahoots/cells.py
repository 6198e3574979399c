"""Values as text on one line, for tables of the terminal and of pages."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

# Characters that move the cursor or reverse the line: text from posts may contain any.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")

#: A node is named by the first of these properties that it has.
_CALLED = ("name", "screen_name", "account_id", "operation_id", "tag", "url", "tweet_id", "run_id")


def visible(text: str, *, lines: bool = False) -> str:
    r"""Escape control characters, so that the terminal does not obey them.

    Parameters
    ----------
    text : str
        What is printed; it may contain names that others chose.
    lines : bool
        Whether to keep line feeds and tabs.

    Examples
    --------
    >>> print(visible("a\x1b[2Jb\n\u202e"))
    a\x1b[2Jb\n\u202e
    """
    return _CONTROL.sub(lambda found: "".join(_shown(sign, lines=lines) for sign in found[0]), text)


def _shown(sign: str, *, lines: bool) -> str:
    """Write a control character as Python does."""
    return sign if lines and sign in "\n\t" else sign.encode("unicode_escape").decode("ascii")


def present(value: Any) -> Any:
    """Return the value, or None if it is NaN, NaT or NA."""
    if isinstance(value, float) and math.isnan(value):
        return None
    return None if type(value).__name__ in ("NaTType", "NAType") else value


def cell(value: Any) -> str:
    """Write one value on one line.

    Examples
    --------
    >>> cell(0.123456), cell(1234.5), cell(["a", "b"]), cell(None)
    ('0.1235', '1,234', 'a, b', '')
    """
    value = present(value)
    if type(value).__name__ == "Path" and hasattr(value, "relationships"):
        return _CONTROL.sub(" ", _way(value))
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.0f}"
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds").removesuffix("+00:00")
    if isinstance(value, Mapping):
        return ", ".join(f"{cell(key)}={cell(part)}" for key, part in value.items())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(cell(part) for part in value)
    return _CONTROL.sub(" ", str(value))


def _way(path: Any) -> str:
    """Write a path of the graph: the names of its nodes and the types of the relationships between them."""
    called = [next((str(node[key]) for key in _CALLED if node.get(key)), node.element_id) for node in path.nodes]
    steps = (
        f"-[{edge.type}]-> " if edge.start_node == node else f"<-[{edge.type}]- "
        for node, edge in zip(path.nodes, path.relationships, strict=False)
    )
    return called[0] + "".join(f" {step}{name}" for step, name in zip(steps, called[1:], strict=True))
