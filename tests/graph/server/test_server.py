"""The local server, for real: starts, stops, crashes, and what it refuses."""

from __future__ import annotations

import json
import os
import shlex
import stat
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from neo4j.exceptions import AuthError, Neo4jError

from incahoots.errors import ServerError
from incahoots.server import ServerInfo, bulk_import, doctor, paused, start, status, stop
from incahoots.server.process import STAGES, STARTING


@pytest.fixture(scope="module", autouse=True)
def quick_java() -> Iterator[None]:
    """Start in half the time, in little memory."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("INCAHOOTS_JAVA_FLAGS", "-XX:TieredStopAtLevel=1")
        patch.setenv("INCAHOOTS_HEAP", "1g")
        patch.setenv("INCAHOOTS_PAGECACHE", "128m")
        for name in ("NEO4J_URI", "NEO4J_USERNAME", "NEO4J_PASSWORD", "NEO4J_DATABASE"):
            patch.delenv(name, raising=False)
        yield


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("server") / "a home with spaces"


@pytest.fixture(scope="module")
def told() -> list[tuple[str, float, float | None]]:
    """What is told of the first start."""
    return []


@pytest.fixture(scope="module")
def running(home: Path, quick_java: None, told: list[tuple[str, float, float | None]]) -> Iterator[ServerInfo]:
    yield start(
        home, bolt_port=0, http_port=0, progress=lambda what, done, total=None: told.append((what, done, total))
    )
    stop(home)


def value(info: ServerInfo, query: str) -> object:
    with info.connect() as driver, driver.session() as session:
        return session.run(query).single(strict=True)[0]


def command(*words: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the command line in a process of its own, in a session of its own, as a closed terminal would leave it."""
    return subprocess.run(
        [sys.executable, "-c", "from incahoots.cli import main; main()", *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
        start_new_session=True,
    )


def test_a_second_start_changes_nothing(running: ServerInfo, home: Path) -> None:
    assert start(home) == running
    assert start(home, bolt_port=1, auth=False) == running
    assert status(home) == running


def test_a_start_tells_its_stages(running: ServerInfo, told: list[tuple[str, float, float | None]]) -> None:
    done = [each for what, each, _ in told if what == STARTING]
    assert {total for what, _, total in told if what == STARTING} == {len(STAGES) + 1}
    assert done == sorted(done)
    # All but the shortest are seen on their way, and the last only when it answers.
    assert {0, *done} >= {0, 2, 3, len(STAGES) + 1}
    assert done.count(len(STAGES) + 1) == 1


def test_gds_and_browser_answer(running: ServerInfo) -> None:
    assert value(running, "RETURN gds.version()") == "2.13.9"
    with urllib.request.urlopen(running.http_url) as page:
        assert b"Neo4j Browser" in page.read()


def test_browser_is_told_our_bolt_address(running: ServerInfo) -> None:
    with urllib.request.urlopen(running.http_url.removesuffix("browser/")) as page:
        assert json.load(page)["bolt_direct"] == running.bolt_uri


def test_only_the_password_opens_it(running: ServerInfo) -> None:
    assert value(running, "RETURN 1") == 1
    with pytest.raises(AuthError):
        value(replace(running, password="not the password"), "RETURN 1")
    with pytest.raises(AuthError):
        value(replace(running, auth=False), "RETURN 1")


def test_the_password_is_for_the_owner_only(running: ServerInfo, home: Path) -> None:
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert stat.S_IMODE((home / "server.json").stat().st_mode) == 0o600
    assert json.loads((home / "server.json").read_text())["password"] == running.password
    assert running.password not in repr(running)
    assert running.password not in "\n".join(
        path.read_text() for path in home.glob("*/*.*") if path.suffix not in (".lock", ".jar")
    )


def test_load_csv_reaches_no_address(running: ServerInfo) -> None:
    with pytest.raises(Neo4jError, match="blocked"):
        value(running, f"LOAD CSV FROM '{running.http_url}' AS line RETURN count(line)")


def test_it_listens_on_loopback_only(running: ServerInfo) -> None:
    listening = [c.laddr for c in psutil.Process(running.pid).net_connections("tcp") if c.status == psutil.CONN_LISTEN]
    assert {address.ip.removeprefix("::ffff:") for address in listening} == {"127.0.0.1"}
    assert len(listening) == 2


def test_a_taken_port_is_refused(running: ServerInfo, tmp_path: Path) -> None:
    port = int(running.bolt_uri.rpartition(":")[2])
    with pytest.raises(ServerError, match=rf"Port {port} is in use. Choose another with `bolt_port`, or 0"):
        start(tmp_path, bolt_port=port)
    assert status(tmp_path) is None


def test_bulk_import_refuses_a_running_server(running: ServerInfo, home: Path) -> None:
    with pytest.raises(ServerError, match="requires a stopped server"):
        bulk_import(home, {}, {})


def test_the_life_of_a_second_server(running: ServerInfo, tmp_path: Path) -> None:
    # Started by a process that has ended, beside another server, without a password.
    home = tmp_path / "second"
    code = (
        "import sys; from pathlib import Path; from incahoots.server import start; start(Path(sys.argv[1]), auth=False)"
    )
    subprocess.run([sys.executable, "-c", code, str(home)], check=True, start_new_session=True)
    info = status(home)
    assert info is not None
    assert info.bolt_uri != running.bolt_uri
    asked = command("status", "--home", home)
    assert "This server has no password: any website" in asked.stderr
    value(info, "CREATE (a:Account {account_id: 'kept'}) RETURN a.account_id")
    assert value(running, "MATCH (n) RETURN count(n)") == 0
    assert [check for check in doctor(home) if not check.ok] == []

    # Killed: what was committed is there at the next start, on the same ports, now with a password.
    psutil.Process(info.pid).kill()
    psutil.wait_procs([psutil.Process(info.pid)] if psutil.pid_exists(info.pid) else [], timeout=10)
    assert status(home) is None
    again = start(home)
    assert (again.bolt_uri, again.http_url, again.auth) == (info.bolt_uri, info.http_url, True)
    assert value(again, "MATCH (a:Account) RETURN a.account_id") == "kept"
    with pytest.raises(AuthError):
        value(info, "RETURN 1")

    # Paused for a bulk import that replaces everything; it comes back although the work after it fails.
    nodes = write(tmp_path / "accounts, no.csv", "")
    with pytest.raises(ServerError, match="comma"):
        bulk_import(tmp_path / "elsewhere", {"Account": [nodes]}, {})
    header = write(tmp_path / "header.csv", "account_id:ID,text,followers:long\n")
    data = write(tmp_path / "data.csv", 'a,"two\nlines",3\nb,,4\n')
    follows = write(tmp_path / "follows.csv", ":START_ID,:END_ID,weight:long\na,b,7\n")
    bad = write(tmp_path / "bad.csv", ":START_ID,:END_ID\na,nobody\n")
    with suppress(KeyError), paused(home):
        assert status(home) is None
        with pytest.raises(ServerError, match=r"nobody|import\.report"):
            bulk_import(home, {"Account": [header, data]}, {"FOLLOWS": [bad]}, options=["--bad-tolerance=0"])
        bulk_import(home, {"Account": [header, data]}, {"FOLLOWS": [follows]})
        raise KeyError
    assert replace(again, pid=0) == replace(status(home) or info, pid=0)
    rows = "MATCH (a)-[f:FOLLOWS]->(b) RETURN [a.account_id, a.text, a.followers, f.weight, b.account_id]"
    assert value(again, rows) == ["a", "two\nlines", 3, 7, "b"]

    # Stopped by another process than the one that started it, and once more.
    assert json.loads(command("down", "--home", home, "--json").stdout) == {"stopped": True}
    assert json.loads(command("down", "--home", home, "--json").stdout) == {"stopped": False}
    asked = command("status", "--home", home, "--json")
    assert (asked.returncode, json.loads(asked.stdout)["running"]) == (1, False)
    assert status(running.home) == running


def test_a_failed_start_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INCAHOOTS_JAVA_FLAGS", "-XX:NoSuchFlag=1")
    with pytest.raises(ServerError, match="Could not create the Java Virtual Machine"):
        start(tmp_path, bolt_port=0, http_port=0, auth=False)
    assert status(tmp_path) is None


def test_a_recycled_process_number_is_not_taken_for_ours(tmp_path: Path) -> None:
    created = psutil.Process().create_time()
    (tmp_path / "server.json").write_text(json.dumps({"bolt_port": 1, "pid": os.getpid(), "created": created}))
    assert status(tmp_path) is None
    assert stop(tmp_path) is False
    assert shlex.join(psutil.Process().cmdline())  # we live


@pytest.mark.regression("0.1.1", "B3")
def test_no_command_starts_a_server_without_a_password(tmp_path: Path) -> None:
    try:
        done = command("up", "--home", tmp_path, "--no-auth", "--bolt-port", "0", "--http-port", "0", "--no-browser")
        assert (done.returncode, done.stdout) == (2, "")
        assert "any website open in a browser could read and change the database" in done.stderr
        assert status(tmp_path) is None
    finally:
        stop(tmp_path)


@pytest.mark.regression("0.1.1", "C3")
def test_a_clock_that_is_set_loses_no_server(running: ServerInfo, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    created = psutil.Process.create_time
    # A step of the clock moves what the system says of all processes.
    monkeypatch.setattr(psutil.Process, "create_time", lambda process: created(process) + 3_600)
    assert status(home) == running
    assert start(home) == running


@pytest.mark.regression("0.1.1", "C3")
def test_a_server_that_its_home_forgot_is_found(running: ServerInfo, home: Path) -> None:
    file = home / "server.json"
    text = file.read_text()
    file.write_text(json.dumps(json.loads(text) | {"pid": 0}))
    try:
        with pytest.raises(ServerError, match=rf"is already running \(process {running.pid}\).*incahoots down"):
            start(home)
    finally:
        file.write_text(text)
    assert status(home) == running


@pytest.mark.regression("0.1.1", "C3")
def test_a_server_that_does_not_answer_yet_is_waited_for(
    running: ServerInfo, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Starting, or stopping: its process is there, and does not answer at first.
    answered = iter([False, False, True, True])
    monkeypatch.setattr("incahoots.server.process.responds", lambda info: next(answered))
    assert start(home) == running
    # It was asked until it answered.
    assert list(answered) == [True]


@pytest.mark.regression("0.1.1", "C3")
def test_another_neo4js_folder_is_no_home(tmp_path: Path) -> None:
    conf = tmp_path / "conf" / "neo4j.conf"
    conf.parent.mkdir()
    conf.write_text("server.bolt.listen_address=:7999\n")
    tmp_path.chmod(0o755)
    try:
        done = command("up", "--home", tmp_path, "--bolt-port", "0", "--http-port", "0", "--no-browser")
        assert done.returncode == 1
        assert (
            f"Error: {tmp_path} cannot be used as a home: it contains a 'conf' that is not from incahoots."
            in done.stderr
        )
        assert conf.read_text() == "server.bolt.listen_address=:7999\n"
        assert [path.name for path in tmp_path.iterdir()] == ["conf"]
        assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755
    finally:
        stop(tmp_path)


@pytest.mark.regression("0.1.1", "C3")
def test_a_configuration_that_was_edited_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    conf = tmp_path / "conf" / "neo4j.conf"
    # A start that fails at once, and leaves its configuration.
    monkeypatch.setenv("INCAHOOTS_JAVA_FLAGS", "-XX:NoSuchFlag=1")
    for _ in range(2):
        with pytest.raises(ServerError, match="Could not create the Java Virtual Machine"):
            start(tmp_path, bolt_port=0, http_port=0)
    edited = conf.read_text() + "db.transaction.timeout=10m\n"
    conf.write_text(edited)
    with pytest.raises(ServerError, match=r"neo4j.conf was not written by incahoots.*Move it to another folder"):
        start(tmp_path, bolt_port=0, http_port=0)
    assert conf.read_text() == edited
    conf.unlink()
    with pytest.raises(ServerError, match="Could not create the Java Virtual Machine"):
        start(tmp_path, bolt_port=0, http_port=0)
    assert "db.transaction.timeout" not in conf.read_text()


@pytest.mark.regression("0.1.1", "C3")
def test_a_folder_of_other_files_keeps_its_mode(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "notes.txt", "for all of us")
    tmp_path.chmod(0o750)
    monkeypatch.setenv("INCAHOOTS_JAVA_FLAGS", "-XX:NoSuchFlag=1")
    with pytest.raises(ServerError, match="Could not create the Java Virtual Machine"):
        start(tmp_path, bolt_port=0, http_port=0)
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o750
    assert {stat.S_IMODE((tmp_path / part).stat().st_mode) for part in ("conf", "data", "logs", "run")} == {0o700}


def write(path: Path, text: str) -> Path:
    path.write_text(text)
    return path
