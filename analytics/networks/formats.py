"""Check an output file before anything is computed or imported."""

from __future__ import annotations

from pathlib import Path

from incahoots.errors import UsageError

FORMATS = (".csv", ".parquet", ".graphml", ".gexf")


def check_format(path: Path, formats: tuple[str, ...] = FORMATS) -> None:
    """Check that a file can be written: its ending is allowed, and its folder exists; otherwise raise `UsageError`."""
    if path.suffix.lower() not in formats:
        raise UsageError(f"Unknown file type: {path.name!r}.", f"Choose an ending from: {', '.join(formats)}.")
    if not path.resolve().parent.is_dir():
        raise UsageError(f"There is no folder {path.parent}.", "Create it first.")
    if path.is_dir():
        raise UsageError(f"{path} is a folder.", "Give a file.")
