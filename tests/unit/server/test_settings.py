"""What a server is told: its settings, its ports, its memory; and that Docker is told the same."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from incahoots.errors import ServerError
from incahoots.resources import resource
from incahoots.server import configuration
from incahoots.server.configuration import Memory, choose_memory, parse_settings, parse_size, render
from incahoots.server.ports import Ports, any_free, choose_ports, is_free
from tests.tracked import text_of


@pytest.fixture(autouse=True)
def no_overrides(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("INCAHOOTS_HEAP", "INCAHOOTS_PAGECACHE", "INCAHOOTS_JAVA_FLAGS"):
        monkeypatch.delenv(name, raising=False)


def settings(*, auth: bool = True) -> dict[str, str]:
    text = render(Path("/a home"), Path("/files"), Ports(1234, 5678), Memory(1000, 300), auth=auth)
    return parse_settings(text)


def test_a_server_is_told_where_it_lives_and_listens() -> None:
    own = settings()
    assert own["server.bolt.listen_address"] == own["server.bolt.advertised_address"] == "127.0.0.1:1234"
    assert own["server.http.listen_address"] == own["server.http.advertised_address"] == "127.0.0.1:5678"
    assert own["server.default_listen_address"] == "127.0.0.1"
    assert own["server.directories.data"] == "/a home/data"
    assert own["server.directories.plugins"] == "/files/plugins"


def test_memory_and_authentication_are_told() -> None:
    own = settings()
    assert (own["server.memory.heap.initial_size"], own["server.memory.heap.max_size"]) == ("512m", "1000m")
    assert own["server.memory.pagecache.size"] == "300m"
    assert own["dbms.memory.transaction.total.max"] == "700m"
    assert own["dbms.security.auth_enabled"] == "true"
    assert settings(auth=False)["dbms.security.auth_enabled"] == "false"


def test_common_settings_come_first_and_none_is_said_twice() -> None:
    text = render(Path("/h"), Path("/f"), Ports(1, 2), Memory(1, 1), auth=True)
    names = [line.partition("=")[0] for line in text.splitlines() if line and not line.startswith("#")]
    assert len(set(names)) == len(names)
    assert text.startswith(resource("neo4j.conf"))


def test_a_backslash_is_escaped() -> None:
    text = render(Path("C:\\h"), Path("/f"), Ports(1, 2), Memory(1, 1), auth=True)
    assert "C:\\\\h" in text


def test_gds_alone_is_allowed_and_nothing_is_sent() -> None:
    common = parse_settings(resource("neo4j.conf"))
    assert common["dbms.security.procedures.unrestricted"] == "gds.*"
    assert common["dbms.security.procedures.allowlist"] == "gds.*"
    assert common["dbms.usage_report.enabled"] == "false"


def test_docker_is_told_the_same() -> None:
    text = text_of("docker-compose.yml")
    after = text.partition("# As in neo4j/neo4j.conf:")[2].partition("volumes:")[0]
    told = dict(re.findall(r'NEO4J_(\w+): "(.*)"', after))
    # As the image reads them: two underscores are one, one is a dot.
    names = {name.replace("__", "\0").replace("_", ".").replace("\0", "_"): value for name, value in told.items()}
    assert names == parse_settings(resource("neo4j.conf"))


def test_docker_listens_on_loopback_and_asks_for_a_password() -> None:
    text = text_of("docker-compose.yml")
    assert re.findall(r'- "([^"]+):(\d+)"', text) == [
        ("127.0.0.1:${NEO4J_BOLT_PORT:-7687}", "7687"),
        ("127.0.0.1:${NEO4J_HTTP_PORT:-7474}", "7474"),
    ]
    assert 'NEO4J_AUTH: "neo4j/${NEO4J_PASSWORD:?' in text


@pytest.mark.parametrize(
    ("gib", "heap", "pages"), [(1, 1024, 256), (4, 1024, 512), (16, 4096, 2048), (24, 6144, 3072), (512, 8192, 4096)]
)
def test_memory_follows_the_machine(gib: int, heap: int, pages: int) -> None:
    assert choose_memory(gib * 2**30) == Memory(heap, pages)


def test_memory_can_be_overridden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INCAHOOTS_HEAP", "3g")
    monkeypatch.setenv("INCAHOOTS_PAGECACHE", "300M")
    assert choose_memory(2**34) == Memory(3072, 300)
    monkeypatch.setenv("INCAHOOTS_HEAP", "much")
    with pytest.raises(ServerError, match=r"INCAHOOTS_HEAP must be a size .*'much'"):
        choose_memory(2**34)


@pytest.mark.parametrize(
    ("text", "size"), [("512m", 512), ("2g", 2048), ("2 G", None), ("2GiB", 2048), ("", None), ("2", None)]
)
def test_sizes(text: str, size: int | None) -> None:
    assert parse_size(text) == size


def test_flags_can_be_added(monkeypatch: pytest.MonkeyPatch) -> None:
    assert configuration.java_flags() == list(configuration.JVM_FLAGS)
    monkeypatch.setenv("INCAHOOTS_JAVA_FLAGS", "-Xa '-Db=c d'")
    assert configuration.java_flags()[-2:] == ["-Xa", "-Db=c d"]


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as host:
        host.bind(("127.0.0.1", 0))
        host.listen()
        yield host.getsockname()[1]


def test_a_taken_port_is_seen(taken: int) -> None:
    assert not is_free(taken)
    assert is_free(any_free())


def test_a_port_that_listens_everywhere_is_taken() -> None:
    with socket.socket() as host:
        host.bind(("", 0))
        host.listen()
        assert not is_free(host.getsockname()[1])


def test_a_named_port_must_be_free(taken: int) -> None:
    free = any_free()
    assert choose_ports(free, 0).bolt == free
    with pytest.raises(ServerError, match=f"Port {taken} is in use"):
        choose_ports(taken, 0)
    with pytest.raises(ServerError, match=r"Port .* is in use. Choose another with `http_port`"):
        choose_ports(0, taken)


def test_wrong_ports_are_refused() -> None:
    with pytest.raises(ServerError, match="both"):
        choose_ports(5000, 5000)
    with pytest.raises(ServerError, match="must be 1 to 65535"):
        choose_ports(70000, 0)


def test_ports_are_kept_while_they_are_free(taken: int) -> None:
    last = Ports(any_free(), any_free())
    assert choose_ports(None, None, last) == last
    assert choose_ports(0, 0, last) == last
    other = choose_ports(None, 0, Ports(taken, taken))
    assert taken not in (other.bolt, other.http)
    assert other.bolt != other.http


def test_usual_ports_where_they_are_free(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("incahoots.server.ports.is_free", lambda port: port != 7687)
    chosen = choose_ports(None, None)
    assert chosen.http == 7474
    assert chosen.bolt not in (7687, 7474)
