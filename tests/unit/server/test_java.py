"""Finding Java, and what the administration tool is told and says."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from incahoots.errors import ServerError
from incahoots.server import bulk, checks, home, java
from incahoots.server.admin import useful_line, write_arguments
from incahoots.server.java import find_java, major_of, version_in


@pytest.mark.parametrize(
    ("output", "version", "major"),
    [
        ('openjdk version "17.0.15" 2025-04-15', "17.0.15", 17),
        ('java version "1.8.0_402"', "1.8.0_402", 8),
        ('openjdk version "21-ea" 2023-09-19', "21-ea", 21),
        ('Picked up JAVA_TOOL_OPTIONS: -Xmx1g\nopenjdk version "21.0.8" 2025-07-15 LTS', "21.0.8", 21),
    ],
)
def test_versions(output: str, version: str, major: int) -> None:
    assert version_in(output) == version
    assert major_of(version) == major


def test_no_version() -> None:
    assert version_in("command not found") is None
    assert major_of("GraalVM") is None


def a_java(folder: Path, version: str) -> Path:
    program = folder / "bin" / "java"
    program.parent.mkdir(parents=True)
    program.write_text(f"#!/bin/sh\necho 'openjdk version \"{version}\"' >&2\n")
    program.chmod(0o755)
    return program


def test_java_home_is_asked_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mine, other = a_java(tmp_path / "mine", "21.0.1"), a_java(tmp_path / "other", "17.0.1")
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "mine"))
    monkeypatch.setenv("PATH", str(other.parent), prepend=":")
    assert find_java() == java.Java(mine, "JAVA_HOME", "21.0.1")


def test_a_java_that_is_too_new_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    a_java(tmp_path / "new", "25")
    other = a_java(tmp_path / "other", "17.0.1")
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "new"))
    monkeypatch.setenv("PATH", str(other.parent), prepend=":")
    assert find_java() == java.Java(other, "PATH", "17.0.1")


def test_no_java_says_what_was_found_and_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    a_java(tmp_path / "new", "25")
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "new"))
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(java, "find_spec", lambda name: None)
    with pytest.raises(ServerError, match=r"JAVA_HOME has 25\. .*pip install 'incahoots\[server\]'"):
        find_java()


def test_doctor_works_when_nothing_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAVA_HOME", "")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("INCAHOOTS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("INCAHOOTS_RESOLVER", "maven")
    monkeypatch.delenv("NEO4J_URI", raising=False)
    monkeypatch.setattr(java, "find_spec", lambda name: None)
    found = {check.name: check.ok for check in checks.doctor(tmp_path / "home")}
    assert not found["java"]
    assert not found["resolver"]
    assert found["server files"]
    assert found["server"]
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize(
    ("limits", "detail"),
    [
        ((1_024, 20_000), "1,024, which the server raises to 20,000"),
        ((20_000, 20_000), "20,000"),
        ((-1, -1), "unlimited"),
    ],
)
def test_doctor_says_how_many_files_may_be_open(
    limits: tuple[int, int], detail: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("resource.getrlimit", lambda what: limits)
    (found,) = [check for check in checks.doctor(tmp_path) if check.name == "open files"]
    assert (found.detail, found.ok) == (detail, limits[1] != 1_024)


def test_doctor_reaches_for_the_user_s_own_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEO4J_URI", "bolt://127.0.0.1:1")
    found = {check.name: check for check in checks.doctor(tmp_path)}
    assert not found["NEO4J_URI"].ok
    monkeypatch.setenv("NEO4J_URI", "nonsense")
    found = {check.name: check for check in checks.doctor(tmp_path)}
    assert not found["NEO4J_URI"].ok


def test_an_argument_file_is_quoted() -> None:
    assert write_arguments(["a b", 'say "x"', "c:\\d"]) == '"a b"\n"say \\"x\\""\n"c:\\\\d"\n'


@pytest.mark.parametrize(
    ("output", "line"),
    [
        ("start\njava.X: a\n\tat y\nCaused by: java.Y: the root\n\tat z\nend", "java.Y: the root"),
        ("Error: could not open\nmore", "Error: could not open"),
        ("one\ntwo\n", "two"),
        ("", "it printed nothing."),
    ],
)
def test_the_line_that_says_why(output: str, line: str) -> None:
    assert useful_line(output) == line


def test_import_arguments(tmp_path: Path) -> None:
    one, two = tmp_path / "one.csv", tmp_path / "two.csv"
    one.touch()
    two.touch()
    words = bulk.import_arguments(
        {"Account": [one, two]}, {"POSTED": [one]}, report_file=tmp_path / "r", threads=3, options=["--quote='"]
    )
    assert words[0] == "neo4j"
    assert words[-3:] == ["--quote='", f"--nodes=Account={one},{two}", f"--relationships=POSTED={one}"]
    assert "--threads=3" in words
    with pytest.raises(ServerError, match="does not exist"):
        bulk.import_arguments({"A": [tmp_path / "no"]}, {}, report_file=tmp_path, threads=1, options=())


def test_a_home_remembers(tmp_path: Path) -> None:
    assert home.read_state(tmp_path) == home.State()
    state = home.State(bolt_port=1, http_port=2, password="secret", pid=3)
    home.write_state(tmp_path, state)
    assert home.read_state(tmp_path) == state
    assert "secret" not in repr(state)
    assert stat.S_IMODE(home.state_file(tmp_path).stat().st_mode) == 0o600
    home.forget_process(tmp_path)
    assert json.loads(home.state_file(tmp_path).read_text())["pid"] == 0


def test_a_broken_memory_is_an_error(tmp_path: Path) -> None:
    home.state_file(tmp_path).write_text("{")
    with pytest.raises(ServerError, match=r"server\.json cannot be read"):
        home.read_state(tmp_path)


def test_a_password_is_long_and_plain() -> None:
    passwords = {home.new_password() for _ in range(50)}
    assert len(passwords) == 50
    assert all(len(password) == 24 and password.isalnum() for password in passwords)


def test_a_home_that_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ServerError, match="cannot be used as a home"):
        home.make_home(tmp_path / "file" / "home")
