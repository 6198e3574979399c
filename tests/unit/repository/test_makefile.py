"""What `make setup` says, and to whom pip tells how far it is."""

from __future__ import annotations

import os
import pty
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests import ROOT
from tests.tracked import text_of


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A folder with the Makefile, and an environment whose Python notes what it is called with."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    for name in ("pyproject.toml", "requirements.lock"):
        (tmp_path / name).touch()
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\necho "$@" >> called\n')
    python.chmod(0o755)
    return tmp_path


@pytest.mark.parametrize("terminal", [True, False])
def test_pip_tells_its_progress_at_a_terminal_only(clone: Path, terminal: bool) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    reader, writer = pty.openpty() if terminal else os.pipe()
    # What the environment calls quiet is no option of pip.
    subprocess.run(["make", "setup"], cwd=clone, stdout=writer, env=environment | {"quiet": "--no"}, check=True)
    os.close(writer)
    said = os.read(reader, 10_000).decode()
    os.close(reader)
    first, second = (clone / "called").read_text().splitlines()
    assert first.startswith("-m pip install " + ("" if terminal else "--quiet ") + "--disable-pip-version-check")
    assert "--require-hashes -r requirements.lock" in first
    assert second.startswith("-m pip install --quiet")
    # The README says the same of size and time.
    (size,) = re.findall(r"Installing into .venv, (.+): one to three minutes on a quick line", said)
    readme = text_of("README.md")
    assert f"installs {size} into `.venv`, which takes one to three minutes on a fast" in " ".join(readme.split())
