"""How progress looks: a bar with rate and time left where something is counted, else a spinner and a clock."""

from __future__ import annotations

import sys
import threading

from rich.console import Console, RenderableType
from rich.progress import BarColumn, Progress, ProgressColumn, SpinnerColumn, Task, TaskID
from rich.table import Column
from rich.text import Text

from incahoots.cells import visible

#: Seconds before anything is shown, so that short commands stay calm.
PATIENCE_S = 1.0

#: Seconds between two plain lines.
PLAIN_EVERY_S = 10.0


class ProgressBars:
    """The steps of one command on stderr, from `PATIENCE_S` after it began until `stop`; nothing stays behind.

    Parameters
    ----------
    title : str
        Shown while no step is under way.
    plain : bool
        Write a line for each step every `PLAIN_EVERY_S`: where bars cannot be redrawn in place.
    """

    def __init__(self, title: str, *, plain: bool) -> None:
        console = Console(stderr=True, highlight=False, markup=False, emoji=False)
        spinner = SpinnerColumn("line" if console.options.ascii_only else "dots")
        # On a narrow terminal the name of the step gives way first.
        fixed = Column(no_wrap=True)
        # What is printed to stdout belongs to whoever reads it, and is left alone.
        self.bars = Progress(
            spinner, _What(), _Bar(bar_width=8, table_column=fixed), _Figures(fixed), console=console,
            transient=True, redirect_stdout=False, refresh_per_second=8, speed_estimate_period=600,
        )  # fmt: skip
        self._title = self.bars.add_task(title, total=None, unit="")
        self._steps: dict[str, tuple[TaskID, float]] = {}
        self._lock, self._over = threading.Lock(), threading.Event()
        self._thread = threading.Thread(target=self._write if plain else self._draw, daemon=True)
        self._thread.start()

    def report(self, what: str, done: float, total: float | None = None) -> None:
        """Show how far a step is, and remove one that is finished: see `incahoots.progress.Progress`."""
        what = visible(what)
        name = what.partition(":")[0]
        known, unit = (None, "") if total == 1 else (total, name.split()[-1])
        finished = total is not None and done >= total
        with self._lock:
            task, before = self._steps.pop(name, (None, 0))
            # Less than before: the same step begins again, for something else.
            if task is not None and (finished or done < before):
                self.bars.remove_task(task)
                task = None
            if not finished:
                if task is None:
                    task = self.bars.add_task(what, total=known, completed=int(done), unit=unit)
                self.bars.update(task, total=known, completed=done, description=what)
                self._steps[name] = task, done
            self.bars.update(self._title, visible=not self._steps)

    def lines(self) -> list[str]:
        """Write each step under way as a line of plain text."""
        return [f"{task.description}  {figures(task)}" for task in self.bars.tasks if task.visible]

    def stop(self) -> None:
        """Clear the screen of it."""
        self._over.set()
        self._thread.join()

    def _draw(self) -> None:
        if not self._over.wait(PATIENCE_S):
            with self.bars:
                self._over.wait()

    def _write(self) -> None:
        while not self._over.wait(PLAIN_EVERY_S):
            sys.stderr.write("".join(f"{line}\n" for line in self.lines()))
            sys.stderr.flush()


class _What(ProgressColumn):
    """The step; a long name, as of a file, gives way to the figures."""

    def render(self, task: Task) -> Text:
        return Text(task.description, no_wrap=True, overflow="ellipsis")


class _Bar(BarColumn):
    """A bar, from the first that is done of a known number."""

    def render(self, task: Task) -> RenderableType:  # type: ignore[override]
        return super().render(task) if task.total and task.completed else ""


class _Figures(ProgressColumn):
    """The figures, which never wrap."""

    def render(self, task: Task) -> Text:
        return Text(figures(task), style="cyan", no_wrap=True, overflow="ellipsis")


def figures(task: Task) -> str:
    """Write how much of a step is done, how fast, since when, and how long it will still take, if known."""
    words = []
    if unit := task.fields["unit"]:
        if task.completed or task.total:
            words.append(f"{task.completed:,.0f}" + (f"/{task.total:,.0f}" if task.total else ""))
        if rate := task.speed:
            words.append(f"{rate:,.0f} {unit}/s" if rate >= 10 else f"{rate:.2g} {unit}/s")
    words.append(clock(task.elapsed or 0))
    if task.time_remaining:
        words.append(f"{clock(task.time_remaining)} left")
    return "  ".join(words)


def clock(seconds: float) -> str:
    """Write a length of time as on a clock: 0:07, 12:03, 1:02:03."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
