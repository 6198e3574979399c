"""Where things are kept: the cache of server files, the home of a server, the clock of a window."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs


def cache_folder() -> Path:
    """Where assembled server files are kept, shared by all homes. ``INCAHOOTS_CACHE`` overrides it."""
    return Path(os.environ.get("INCAHOOTS_CACHE") or platformdirs.user_cache_dir("incahoots"))


def home_folder(home: str | os.PathLike[str] | None = None) -> Path:
    """Where one managed server keeps its data: the argument, else ``INCAHOOTS_HOME``, else the user's data folder."""
    chosen = home or os.environ.get("INCAHOOTS_HOME") or platformdirs.user_data_dir("incahoots")
    return Path(chosen).expanduser().resolve()
