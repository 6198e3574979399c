"""Whether a file can be written: asked before anything is computed, and before what writes it is imported."""

from __future__ import annotations

from pathlib import Path

from incahoots.errors import UsageError

FORMATS = (".csv", ".parquet", ".graphml", ".gexf")


def check_format(path: Path, formats: tuple[str, ...] = FORMATS) -> None:
    """See that a file can be written before anything is computed.

    Parameters
    ----------
    path : Path
    formats : tuple of str
        Endings that it may have.

    Raises
    ------
    UsageError
        Its ending is none of them, its folder is not there, or it is a folder itself.
    """
    if path.suffix.lower() not in formats:
        raise UsageError(f"Cannot write {path.name!r}.", f"Choose an ending from: {', '.join(formats)}.")
    if not path.resolve().parent.is_dir():
        raise UsageError(f"There is no folder {path.parent}.", "Make it first.")
    if path.is_dir():
        raise UsageError(f"{path} is a folder.", "Name a file.")
