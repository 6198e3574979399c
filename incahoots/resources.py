"""Files of the ``neo4j/`` folder: settings, the list of jars, and those for Neo4j Browser and Bloom."""

from __future__ import annotations

from pathlib import Path

from incahoots.errors import ServerError


def resource_path(name: str) -> Path:
    """Return the path of a file in the ``neo4j/`` folder.

    The folder is no Python package (a module ``neo4j`` would hide the driver), so ``importlib.resources`` does not
    find it on Python 3.11.
    """
    path = Path(__file__).parent / "neo4j" / name
    if not path.is_file():
        raise ServerError(f"The file neo4j/{name} of incahoots is missing.", "Reinstall incahoots.")
    return path


def resource(name: str) -> str:
    """Return the text of a file in the ``neo4j/`` folder."""
    return resource_path(name).read_text(encoding="utf-8")
