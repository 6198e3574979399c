"""A second server, for what the first cannot show: one that asks for a password and has no Graph Data Science."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import neo4j
import pytest

from incahoots import server
from incahoots.server import process
from incahoots.server.assembly import assemble
from incahoots.server.home import ServerInfo


def _answers(info: ServerInfo) -> bool:
    """Whether the server answers; the usual check asks for GDS, too."""
    try:
        with info.connect() as driver:
            driver.verify_connectivity()
    except neo4j.exceptions.ServiceUnavailable:
        return False
    return True


@pytest.fixture(scope="session")
def bare(home: Path) -> Iterator[ServerInfo]:
    """A running server with a password and without plugins."""
    folder = Path(tempfile.mkdtemp(prefix="incahoots-bare-"))
    files = folder / "files"
    (files / "plugins").mkdir(parents=True)
    (files / "lib").symlink_to(assemble(lambda *_: None) / "lib")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(process, "assemble", lambda progress: files)
        patch.setattr(process, "responds", _answers)
        info = server.start(folder / "home", bolt_port=0, http_port=0, auth=True)
    yield info
    server.stop(folder / "home")
    shutil.rmtree(folder, ignore_errors=True)
