"""Folders: the cache of server files, and the home of a server."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs


def cache_folder() -> Path:
    """Return the folder of the server files that all homes share. ``INCAHOOTS_CACHE`` overrides it."""
    return Path(os.environ.get("INCAHOOTS_CACHE") or platformdirs.user_cache_dir("incahoots"))


def home_folder(home: str | os.PathLike[str] | None = None) -> Path:
    """Return the folder of a local server: the argument, else ``INCAHOOTS_HOME``, else the user's data folder."""
    chosen = home or os.environ.get("INCAHOOTS_HOME") or platformdirs.user_data_dir("incahoots")
    return Path(chosen).expanduser().resolve()
