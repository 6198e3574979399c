"""The files that git tracks, and what is in them."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

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


def text_of(name: str) -> str:
    """The text of a file."""
    return (ROOT / name).read_text(encoding="utf-8")


def broken_links(text: str, page: Path) -> list[str]:
    """The links of a Markdown text that lead to no file, or to no heading of one, from a page."""
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        path, _, anchor = target.partition("#")
        file = page.parent / path if path else page
        headings = re.findall(r"^#+ (.+)$", file.read_text(encoding="utf-8"), re.M) if anchor and file.exists() else []
        slugs = {re.sub(r"[^\w -]", "", each).lower().replace(" ", "-") for each in headings}
        if not target.startswith(("http:", "https:")) and (not file.exists() or (anchor and anchor not in slugs)):
            broken.append(target)
    return broken
