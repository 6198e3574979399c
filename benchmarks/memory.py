"""How much memory a process takes while something runs."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager

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
