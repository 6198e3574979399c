"""The wheel installs what git holds, under one name, with one version."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import version

import pytest

from tests import ROOT
from tests.tracked import git_files, git_links, text_of

PROJECT = tomllib.loads(text_of("pyproject.toml"))
FOLDERS = ("incahoots", "analytics", "cypher", "loaders", "neo4j")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The names in a wheel that is built from what git holds, without a network."""
    source, out = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for name in (*git_files(), *git_links()):
        copy = source / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, copy, follow_symlinks=False)
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(source)]
    done = subprocess.run(build, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    (file,) = out.glob("*.whl")
    with zipfile.ZipFile(file) as archive:
        return archive.namelist()


def test_the_wheel_holds_what_git_holds(wheel: list[str]) -> None:
    expected = set()
    for name in git_files():
        folder, _, rest = name.partition("/")
        if folder in FOLDERS and rest:
            expected.add(name if folder == "incahoots" else f"incahoots/{name}")
    assert {name for name in wheel if ".dist-info/" not in name} == expected


def test_the_wheel_is_typed_and_licensed(wheel: list[str]) -> None:
    assert "incahoots/py.typed" in wheel
    assert [name for name in wheel if name.endswith(".dist-info/licenses/LICENSE")]


def test_the_version_stands_in_one_place() -> None:
    number = PROJECT["project"]["version"]
    assert version("incahoots") == number
    # Tests name the version that mended what they are about.
    names = [name for name in git_files() if name.endswith((".py", ".toml")) and not name.startswith("tests/")]
    texts = {name: text_of(name) for name in names}
    assert [name for name, text in texts.items() if f'"{number}"' in text] == ["pyproject.toml"]


def test_the_lock_has_every_dependency() -> None:
    lock = text_of("requirements.lock")
    extras = PROJECT["project"]["optional-dependencies"]
    # The benchmarks have a lock of their own; PyTorch, which embeddings and topics bring, has a build for each machine.
    optional = [
        each for name, extra in extras.items() if name not in ("bench", "embeddings", "topics") for each in extra
    ]
    # An extra may name others of this project.
    wanted = [each for each in (*PROJECT["project"]["dependencies"], *optional) if not each.startswith("incahoots[")]
    names = {each.split(">")[0].split("<")[0].split("[")[0].split(";")[0].strip() for each in wanted}
    assert sorted(name for name in names if f"\n{name.lower()}==" not in f"\n{lock}") == []
