"""The files that git tracks."""

from __future__ import annotations

import subprocess

import pytest

from tests import ROOT


def _tracked() -> list[str]:
    """What git has, or would add, as it is in the folder now."""
    done = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True
    )
    if done.returncode:
        pytest.skip("this is not a git repository, such as an unpacked source archive")
    return sorted(done.stdout.splitlines())


def git_files() -> list[str]:
    """Names of the files, without links."""
    return [name for name in _tracked() if (ROOT / name).is_file() and not (ROOT / name).is_symlink()]


def git_links() -> list[str]:
    """Names of the links to folders."""
    return [name for name in _tracked() if (ROOT / name).is_symlink()]
