"""The files of the ``neo4j/`` folder: settings, the list of jars, what Neo4j Browser and Bloom are given."""

from __future__ import annotations

from pathlib import Path

from incahoots.errors import ServerError


def resource_path(name: str) -> Path:
    """Where a file of the ``neo4j/`` folder is: in the package when installed, beside it in a checkout.

    The folder is no Python package (a module ``neo4j`` would hide the driver), and ``importlib.resources`` does not
    find such a one in an editable install: on Python 3.11 never, later not when the checkout is the current folder.
    """
    package = Path(__file__).parent
    for folder in (package, package.parent):
        if (path := folder / "neo4j" / name).is_file():
            return path
    raise ServerError(f"The file neo4j/{name} of incahoots is missing.", "Install incahoots again.")


def resource(name: str) -> str:
    """Text of a file of the ``neo4j/`` folder."""
    return resource_path(name).read_text(encoding="utf-8")
