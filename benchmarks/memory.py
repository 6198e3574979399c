"""How long something takes, and how much memory a process takes meanwhile."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psutil


@contextmanager
def watched(pid: int) -> Iterator[dict[str, float]]:
    """Give a dictionary whose ``peak_mb`` is the largest sum of resident memory of a process and its children.

    Looked at five times a second: a shorter peak is missed. Memory that processes share counts in each.
    """
    process, done, seen = psutil.Process(pid), threading.Event(), {"peak_mb": 0.0}

    def watch() -> None:
        while not done.wait(0.2):
            total = 0
            with contextlib.suppress(psutil.NoSuchProcess):
                for each in (process, *process.children(recursive=True)):
                    with contextlib.suppress(psutil.NoSuchProcess):
                        total += each.memory_info().rss
            seen["peak_mb"] = max(seen["peak_mb"], total / 2**20)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield seen
    finally:
        done.set()
        thread.join()


def repeated(call: Callable[[], dict[str, Any]], times: int, budget_s: float = 60.0) -> dict[str, Any]:
    """Call something that tells its ``wall_s`` again and again, until it took `budget_s` in all.

    Returns
    -------
    dict
        The answer of the first call, with the largest ``peak_mb`` of all, the time of the first call as ``first_s``
        and the least time as ``wall_s``.
    """
    answers = [call()]
    while len(answers) < times and sum(answer["wall_s"] for answer in answers) < budget_s:
        answers.append(call())
    return answers[0] | {
        "first_s": answers[0]["wall_s"],
        "wall_s": min(answer["wall_s"] for answer in answers),
        "peak_mb": max(answer["peak_mb"] for answer in answers),
        "calls": len(answers),
    }


class Clock:
    """Hears of parts that begin and end, and keeps how long each took."""

    def __init__(self) -> None:
        self.parts: dict[str, float] = {}
        self._began: dict[str, float] = {}

    def __call__(self, what: str, done: float, total: float | None = None) -> None:
        """A report: a part begins when it is first heard of, and is done at its total; parts of one name add up."""
        name, now = what.partition(":")[0], time.perf_counter()
        began = self._began.setdefault(name, now)
        if done == total:
            self.parts[name] = self.parts.get(name, 0.0) + now - began
            del self._began[name]
