"""Progress and warnings on stderr."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from incahoots.cells import visible
from incahoots.progress import Progress, silent

if TYPE_CHECKING:
    from incahoots.cli.progress_bars import ProgressBars

#: The progress on the screen, which must be cleared before anything is printed.
_shown: ProgressBars | None = None


@contextmanager
def shown_progress(*, quiet: bool, verbose: bool) -> Iterator[Progress]:
    """Show the steps of long work on a terminal; inside another such block, as steps of that one."""
    global _shown
    if quiet or not sys.stderr.isatty():
        yield silent
    elif _shown is not None:
        yield _shown.report
    else:
        from incahoots.cli.progress_bars import ProgressBars

        called = click.get_current_context(silent=True)
        plain = verbose or os.environ.get("TERM", "dumb") in ("dumb", "unknown")
        _shown = ProgressBars(called.command_path if called else "incahoots", plain=plain)
        try:
            yield _shown.report
        finally:
            hide_progress()


def hide_progress() -> None:
    """Clear the progress from the screen, so that something can be printed."""
    global _shown
    bars, _shown = _shown, None
    if bars is not None:
        bars.stop()


def warn(words: str) -> None:
    """Warn on stderr, with ``--quiet`` too: a result that needs a warning is not complete without it."""
    hide_progress()
    click.echo(visible(f"Warning: {words}"), err=True)
