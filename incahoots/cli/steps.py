"""The steps of long work as a person sees them: what is done, how far, how fast, and how long it will still take."""

from __future__ import annotations

import os
import sys
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from incahoots.cells import visible
from incahoots.cli.paces import Paces
from incahoots.progress import Report, silent

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from incahoots.cli.options import Context

#: Seconds before anything is shown, so that what is short stays calm.
PATIENCE_S = 1.0

#: Seconds between two lines where a line cannot be drawn over.
PLAIN_EVERY_S = 10.0


@dataclass
class Step:
    """One step: what its last report said, and since when it has gone on.

    Attributes
    ----------
    what : str
        As in `incahoots.progress.Report`.
    began_s, told_s : float
        When it was reported first and last, on any clock.
    first, done : float
        How much was done then.
    total : float, optional
        None where it is not known.
    expected : float, optional
        So many a second the last time it was done, which counts as long as nothing is measured.
    """

    what: str
    began_s: float
    told_s: float
    first: float
    done: float
    total: float | None
    expected: float | None = None

    @property
    def name(self) -> str:
        """What is done, without what is next."""
        return self.what.partition(":")[0]

    @property
    def unit(self) -> str:
        """What is counted: the last word of what is done; empty where nothing is."""
        return "" if self.total == 1 else self.name.split()[-1]

    @property
    def finished(self) -> bool:
        """Whether there is nothing left to do."""
        return self.total is not None and self.done >= self.total

    @property
    def rate(self) -> float | None:
        """So many a second, from the first report to the last; None before there were two."""
        took, did = self.told_s - self.began_s, self.done - self.first
        return did / took if self.unit and took > 0 and did > 0 else None

    def left_s(self, now_s: float) -> float | None:
        """Seconds that it will still take at this rate, else at the expected one; None where nobody knows.

        Below one second nothing is said, nor when it has taken longer already.
        """
        rate = self.rate or self.expected
        if self.total is None or not rate:
            return None
        left = (self.total - self.done) / rate - (now_s - self.told_s)
        return left if left >= 1 else None

    def figures(self, now_s: float) -> list[str]:
        """How much is done, how fast, since when, and how long still; what is not known is left out."""
        words = []
        if self.unit and (self.done or self.total):
            words.append(f"{self.done:,.0f}" + (f"/{self.total:,.0f}" if self.total else ""))
        about = "" if self.rate else "~"
        if rate := self.rate or (self.expected if self.unit else None):
            words.append(f"{about}{_number(rate)} {self.unit}/s")
        words.append(clock(now_s - self.began_s))
        if left := self.left_s(now_s):
            words.append(f"{about}{clock(left)} left")
        return words


class Steps:
    """The steps under way, in the order in which they began; ``report`` is what work is given.

    Parameters
    ----------
    title : str
        What is said to be done while no step is.
    began_s : float
        When it began, on the clock.
    paces : Paces
        How fast steps were the last time; told how fast they are.
    called : str
        What was called, in full: what the whole work takes is expected of this alone.
    now : callable
        The clock, in seconds.
    """

    def __init__(
        self, title: str, began_s: float, paces: Paces, *, called: str = "", now: Callable[[], float] = time.monotonic
    ) -> None:
        self._now = now
        self._paces = paces
        self._called = called or title
        self._whole = Step(title, began_s, began_s, 0, 0, 1, paces.expected(self._called))
        self._steps: dict[str, Step] = {}
        self._lock = threading.Lock()

    def report(self, what: str, done: float, total: float | None = None) -> None:
        """Note how far a step is; one that is finished is forgotten."""
        what = visible(what)
        now, name = self._now(), what.partition(":")[0]
        with self._lock:
            step = self._steps.get(name)
            # Less than before: the same is done to the next.
            if step is None or done < step.done:
                expected = self._paces.expected(_pace_of(name, total))
                step = self._steps[name] = Step(what, now, now, done, done, total, expected)
            if done > step.done:
                step.told_s = now
            step.what, step.done, step.total = what, done, total
            if step.finished:
                self._paces.note(_pace_of(name, total), done - step.first, now - step.began_s)
                del self._steps[name]

    def over(self) -> None:
        """Note that all of it is done."""
        self._paces.note(self._called, 1, self.elapsed_s)

    @property
    def elapsed_s(self) -> float:
        """Seconds since all of it began."""
        return self._now() - self._whole.began_s

    def current(self) -> list[Step]:
        """The steps under way; the whole work while there is none."""
        with self._lock:
            return list(self._steps.values()) or [self._whole]

    def lines(self) -> list[str]:
        """Each step in a line of plain text."""
        return [f"{step.what}  {'  '.join(step.figures(self._now()))}" for step in self.current()]

    def table(self, console: Console) -> Table:
        """The steps as they are drawn: a bar where there is a total, else a spinner alone."""
        from rich.progress_bar import ProgressBar
        from rich.spinner import Spinner
        from rich.table import Table
        from rich.text import Text

        now = self._now()
        table = Table.grid(padding=(0, 1))
        table.add_column(no_wrap=True)
        table.add_column(no_wrap=True, overflow="ellipsis")
        table.add_column(no_wrap=True)
        table.add_column(no_wrap=True, overflow="ellipsis")
        current = self.current()
        figures = ["  ".join(step.figures(now)) for step in current]
        # Long names, as of files, give way to figures.
        room = max(console.width - max(map(len, figures)) - _BAR - 5, _BAR)
        for step, known in zip(current, figures, strict=True):
            spinner = Spinner("line" if console.options.ascii_only else "dots")
            # The same frames for whoever looks, however often it is drawn anew.
            spinner.start_time = 0.0
            counted = step.unit and step.total and step.done
            bar = ProgressBar(total=step.total or 1, completed=step.done, width=_BAR) if counted else Text("")
            what = Text(step.what)
            what.truncate(room, overflow="ellipsis")
            table.add_row(spinner, what, bar, Text(known, style="cyan"))
        return table


def _pace_of(name: str, total: float | None) -> str:
    """By what name the pace of a step is kept: what could not be counted says nothing of when it can be."""
    return f"{name}, all at once" if total == 1 else name


#: Characters of a bar: with the longest words and figures a line fits 80.
_BAR = 8


class Display:
    """Steps on stderr, from `PATIENCE_S` after they began until `stop`; nothing stays behind.

    Parameters
    ----------
    steps : Steps
    plain : bool
        Whether lines cannot be drawn over: then each step is a line now and then.
    """

    def __init__(self, steps: Steps, *, plain: bool) -> None:
        self.steps = steps
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._write if plain else self._draw, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Take it off the screen."""
        self._over.set()
        self._thread.join()

    def _draw(self) -> None:
        """Draw the steps anew eight times a second."""
        if self._over.wait(PATIENCE_S - self.steps.elapsed_s):
            return
        # Importing takes its time too: who is not shown anything does not wait for it.
        from rich.console import Console
        from rich.live import Live

        console = Console(stderr=True, highlight=False, markup=False, emoji=False)
        # What is printed to stdout belongs to whoever reads it, and is left alone.
        with Live(
            get_renderable=lambda: self.steps.table(console), console=console, transient=True, refresh_per_second=8,
            redirect_stdout=False,
        ):  # fmt: skip
            self._over.wait()

    def _write(self) -> None:
        """Write the steps now and then."""
        while not self._over.wait(PLAIN_EVERY_S):
            for line in self.steps.lines():
                sys.stderr.write(f"{line}\n")
            sys.stderr.flush()


#: What is on the screen: there is one terminal, and whoever prints takes it off first.
_shown: Display | None = None


@contextmanager
def watched(context: Context) -> Iterator[Report]:
    """Show the steps of long work, on a terminal; within a command that is watched already, as steps of that."""
    global _shown
    if context.quiet or not sys.stderr.isatty():
        yield silent
    elif _shown is not None:
        yield _shown.steps.report
    else:
        called = click.get_current_context(silent=True)
        plain = context.verbose or os.environ.get("TERM", "dumb") in ("dumb", "unknown")
        path, asked = (called.command_path, called.params) if called else ("incahoots", {})
        paces = Paces()
        # What was asked for is nobody's business: a number tells it from something else.
        steps = Steps(path, context.began_s, paces, called=f"{path} {zlib.crc32(str(asked).encode())}")
        _shown = Display(steps, plain=plain)
        try:
            yield steps.report
            steps.over()
        finally:
            hide()
            paces.save()


def hide() -> None:
    """Take off the screen what is on it, so that something can be printed."""
    global _shown
    display, _shown = _shown, None
    if display is not None:
        display.stop()


def clock(seconds: float) -> str:
    """A length of time as on a clock: 0:07, 12:03, 1:02:03."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _number(rate: float) -> str:
    """A rate with as many digits as mean anything."""
    return f"{rate:,.0f}" if rate >= 10 else f"{rate:.2g}" if rate >= 0.1 else f"{rate:.1g}"
