"""Where a connection comes from, who closes it, and what is told when there is none."""

from __future__ import annotations

import logging
import socket
import traceback
from pathlib import Path
from typing import Any

import neo4j
import pytest

from incahoots.addresses import read_env_file
from incahoots.database import SCHEMA_VERSION, Database, connect
from incahoots.errors import DatabaseError
from incahoots.loaders.renewal import prepare_graph
from incahoots.server.home import ServerInfo
from tests.command_line import Caller


def answers(database: Database) -> bool:
    """Whether a connection is open."""
    return bool(database.run("RETURN 1 AS one")["one"][0] == 1)


@pytest.fixture
def uri(served: ServerInfo) -> str:
    return served.bolt_uri


@pytest.fixture
def closed(monkeypatch: pytest.MonkeyPatch) -> list[neo4j.Driver]:
    """The drivers that were closed since."""
    found: list[neo4j.Driver] = []
    close = neo4j.Driver.close

    def note(driver: neo4j.Driver) -> None:
        found.append(driver)
        close(driver)

    monkeypatch.setattr(neo4j.Driver, "close", note)
    return found


def test_an_address(uri: str, closed: list[neo4j.Driver]) -> None:
    with connect(uri) as opened:
        assert answers(opened)
        assert opened.name is None
        own = opened.driver
    assert closed == [own]


def test_a_driver_is_never_closed(uri: str, closed: list[neo4j.Driver]) -> None:
    with neo4j.GraphDatabase.driver(uri) as driver:
        with connect(driver, database="neo4j") as opened:
            assert (opened.driver, opened.name) == (driver, "neo4j")
        with pytest.raises(DatabaseError, match="no database of that name"):
            connect(driver, database="nowhere")
        assert closed == []
        driver.verify_connectivity()


def test_a_database_is_never_closed(uri: str, closed: list[neo4j.Driver]) -> None:
    with connect(uri, database="neo4j") as outer:
        with connect(outer) as inner:
            assert (inner.driver, inner.name) == (outer.driver, "neo4j")
        assert closed == []
        assert answers(outer)


def test_a_driver_of_our_own_is_closed_when_the_connection_fails(bare: ServerInfo, closed: list[neo4j.Driver]) -> None:
    with pytest.raises(DatabaseError):
        connect(bare.bolt_uri, username="neo4j", password="wrong")
    assert len(closed) == 1


def test_the_environment(uri: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEO4J_URI", uri)
    monkeypatch.setenv("NEO4J_DATABASE", "neo4j")
    with connect() as opened:
        assert (answers(opened), opened.name) == (True, "neo4j")
    monkeypatch.setenv("NEO4J_DATABASE", "nowhere")
    with pytest.raises(DatabaseError, match="no database of that name"):
        connect()
    with connect(database="neo4j") as opened:
        assert answers(opened)


def test_the_environment_set_to_nothing_is_not_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEO4J_URI", "")
    monkeypatch.setenv("INCAHOOTS_HOME", str(tmp_path))
    with pytest.raises(DatabaseError, match=f"No Neo4j server is running for the home folder {tmp_path}.*incahoots up"):
        connect()


def test_the_environments_password(bare: ServerInfo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEO4J_URI", bare.bolt_uri)
    monkeypatch.setenv("NEO4J_PASSWORD", bare.password)
    # The user is neo4j where nobody says otherwise.
    with connect() as opened:
        assert answers(opened)
    monkeypatch.setenv("NEO4J_USERNAME", "nobody")
    with pytest.raises(DatabaseError, match=r"rejected the user name or password. Check NEO4J_USERNAME"):
        connect()
    with connect(username=bare.username) as opened:
        assert answers(opened)


def test_a_file_as_aura_hands_it_out(bare: ServerInfo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "credentials.txt"
    file.write_text(
        "# Wait 60 seconds before connecting using these details, or login to validate\n"
        f"NEO4J_URI={bare.bolt_uri}\nNEO4J_USERNAME=neo4j\nNEO4J_PASSWORD={bare.password}\n"
        "NEO4J_DATABASE=neo4j\nAURA_INSTANCEID=1234abcd\nAURA_INSTANCENAME=My instance\n"
    )
    # What the file says goes before the environment.
    monkeypatch.setenv("NEO4J_URI", "bolt://127.0.0.1:1")
    with connect(env_file=file) as opened:
        assert (answers(opened), opened.name) == (True, "neo4j")


def test_lines_of_an_env_file(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("export A=1\n B = 'two words' \n#C=3\nD=\"x=y\"\n\nno assignment\nE=\n")
    assert read_env_file(file) == {"A": "1", "B": "two words", "D": "x=y", "E": ""}
    with pytest.raises(DatabaseError, match="missing does not exist"):
        read_env_file(tmp_path / "missing")


def test_a_home_goes_before_the_environment(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEO4J_URI", "bolt://127.0.0.1:1")
    with connect(home=home) as opened:
        assert answers(opened)


def test_the_home_of_a_server_with_a_password(bare: ServerInfo) -> None:
    with connect(home=bare.home) as opened:
        assert answers(opened)


def test_a_database_that_is_down(caplog: pytest.LogCaptureFixture) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    for scheme in ("bolt", "neo4j"):
        with pytest.raises(DatabaseError, match=r"The database does not answer: .*\. Start one with `incahoots up`"):
            connect(f"{scheme}://127.0.0.1:{port}")
    # The driver logs its errors; without a handler Python would print them.
    assert any(isinstance(handler, logging.NullHandler) for handler in logging.getLogger("neo4j").handlers)


@pytest.mark.parametrize(
    "wrong", ["", "nonsense", "localhost:7687", "http://localhost:7474", "bolt://", "bolt://host:99999", "ftp://host"]
)
def test_what_is_no_address(wrong: str) -> None:
    with pytest.raises(DatabaseError, match=r"is not the address of a database. Write it like bolt://") as caught:
        connect(wrong)
    assert repr(wrong) in caught.value.message


@pytest.mark.regression("0.1.1", "B2")
@pytest.mark.parametrize(
    "wrong",
    [
        "bolt://neo4j:S3CRET",
        "bolt://neo4j:S3CRET@localhost",
        "bolt://u:S3CRET%40h:7687",
        "bolt://h;password=S3CRET",
        "bolt://u:S3CRET＠h",
        "bolt://h:7687?password=S3CRET",
        "S3CRET@h",
    ],
)
def test_what_may_be_a_password_is_not_shown(wrong: str) -> None:
    with pytest.raises(DatabaseError) as caught:
        connect(wrong)
    assert "S3CRET" not in str(caught.value)


@pytest.mark.parametrize("wrong", [7687, object(), ["bolt://localhost"], {}])
def test_what_is_no_connection(wrong: Any) -> None:
    with pytest.raises(
        DatabaseError,
        match=f"{type(wrong).__name__!r} is not a database. Pass a URI, a neo4j.Driver or a py2neo",
    ):
        connect(wrong)


def test_a_name_that_is_no_databases(uri: str) -> None:
    for scheme in ("bolt", "neo4j"):
        with pytest.raises(DatabaseError, match=r"no database of that name. Check NEO4J_DATABASE"):
            connect(uri.replace("bolt", scheme), database="nowhere")


def test_a_closed_driver(uri: str) -> None:
    driver = neo4j.GraphDatabase.driver(uri)
    driver.close()
    with pytest.raises(DatabaseError, match="The database failed: Driver closed"):
        connect(driver)


def test_a_query_that_is_refused_says_why_in_one_line(database: Database) -> None:
    with pytest.raises(DatabaseError, match="rejected a query") as caught:
        database.run("RETURN 1 +")
    assert "\n" not in str(caught.value)


def test_values_are_pythons_own(database: Database) -> None:
    frame = database.run(
        "RETURN datetime('2020-01-01T00:00:00Z') AS at, date('2020-01-01') AS day, {a: [date('2020-01-02')]} AS nested"
    )
    assert frame["at"][0].isoformat() == "2020-01-01T00:00:00+00:00"
    assert str(frame["day"][0]) == "2020-01-01"
    assert str(frame["nested"][0]["a"][0]) == "2020-01-02"


def test_no_rows_have_their_columns(database: Database) -> None:
    assert list(database.run("UNWIND [] AS x RETURN x AS one, x AS other").columns) == ["one", "other"]


@pytest.mark.regression("0.1.1", "B2")
@pytest.mark.parametrize(
    "address",
    [
        "bolt://neo4j:s3cret@127.0.0.1:1",
        "neo4j+s://neo4j:s3cret@example.databases.neo4j.io",
        "neo4j:s3cret@127.0.0.1",
        "http://neo4j:s3cret@127.0.0.1:7474",
        "bolt://neo4j:a/s3cret#?@127.0.0.1:99999",
        "nonsense?password=s3cret",
    ],
)
def test_a_password_in_an_address_is_refused_and_never_printed(
    address: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NEO4J_URI", address)
    call = Caller(capsys)
    for words in (["runs"], ["runs", "--json"], ["runs", "--verbose"], ["doctor"], ["doctor", "--json"]):
        said = call(*words, code=1) + call.err
        assert "s3cret" not in said
        if "@" in address:
            assert "must not contain a user name or password" in said
            assert "NEO4J_PASSWORD" in said
    with pytest.raises(DatabaseError) as caught:
        connect()
    assert "s3cret" not in "".join(traceback.format_exception(caught.value))


@pytest.mark.regression("0.1.1", "B2")
@pytest.mark.parametrize("scheme", ["bolt", "neo4j"])
def test_nothing_is_sent_unencrypted_to_another_machine(scheme: str, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []

    def driver(uri: str, **_: Any) -> neo4j.Driver:
        opened.append(uri)
        raise neo4j.exceptions.ServiceUnavailable("not tried")

    monkeypatch.setattr(neo4j.GraphDatabase, "driver", driver)
    monkeypatch.setenv("NEO4J_PASSWORD", "s3cret")
    for host in ("192.0.2.1", "db.example", "localhost.example", "[2001:db8::1]", "128.0.0.1", "0.0.0.0"):
        with pytest.raises(
            DatabaseError, match=rf"unencrypted to another machine. Use {scheme}\+s://.*INCAHOOTS_ALLOW"
        ):
            connect(f"{scheme}://{host}:7687")
    assert opened == []
    addresses = [f"{scheme}://{host}" for host in ("localhost", "LOCALHOST:1", "127.0.0.1", "127.3.2.1:7687", "[::1]")]
    for address in [*addresses, f"{scheme}+s://db.example", f"{scheme}+ssc://192.0.2.1"]:
        with pytest.raises(DatabaseError):
            connect(address)
    monkeypatch.setenv("INCAHOOTS_ALLOW_PLAIN", "1")
    with pytest.raises(DatabaseError):
        connect(f"{scheme}://db.example")
    assert opened == [*addresses, f"{scheme}+s://db.example", f"{scheme}+ssc://192.0.2.1", f"{scheme}://db.example"]


def test_a_graph_of_a_newer_schema_is_refused(graph: Database) -> None:
    prepare_graph(graph)
    version = graph.query("load/schema_version")["version"].iloc[0]
    assert version == SCHEMA_VERSION
    graph.query("load/write_schema_version", version=version + 1)
    with pytest.raises(DatabaseError, match="has schema version 2; this incahoots reads versions up to 1"):
        connect(graph.driver)
    # A graph from before 0.2 has no version, and is read and marked.
    graph.run("MATCH (schema:Schema) DELETE schema")
    assert connect(graph.driver).is_empty()
    prepare_graph(graph)
    assert graph.query("load/schema_version")["version"].iloc[0] == SCHEMA_VERSION
