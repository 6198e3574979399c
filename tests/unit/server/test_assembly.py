"""The server's files: the lock, how they are fetched, and that they come whole or not at all."""

from __future__ import annotations

import hashlib
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from xml.etree import ElementTree

import pytest
from filelock import FileLock

from incahoots.errors import ServerError
from incahoots.progress import Progress
from incahoots.resources import resource
from incahoots.server import assembly, fetch, lock
from incahoots.server.lock import Jar, jar_at, read_lock, server_version
from tests.lock_jars import lock_text


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


CORE = Jar("lib", "org.neo4j", "neo4j", "1.0", "", digest(b"core"))
NATIVE = Jar("lib", "io.netty", "epoll", "4.1.Final", "linux-x86_64", digest(b"native"))
GDS = Jar("plugins", "org.neo4j.gds", "proc", "2.0", "", digest(b"gds"))
CONTENT = {CORE: b"core", NATIVE: b"native", GDS: b"gds"}
TEXT = "# heading\n\n" + "".join(f"{jar}\n" for jar in CONTENT)


def put(repository: Path, content: dict[Jar, bytes]) -> None:
    for jar, data in content.items():
        path = repository / jar.repository_path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def fetching(content: dict[Jar, bytes]) -> fetch.Fetch:
    def one(repository: Path, jars: tuple[Jar, ...], progress: Progress) -> None:
        put(repository, content)

    return one


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a cache of its own, and a server of three jars."""
    monkeypatch.setenv("INCAHOOTS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(lock, "resource", lambda name: TEXT)
    monkeypatch.setattr(assembly, "resource", lambda name: TEXT)
    return tmp_path / "cache"


def use(monkeypatch: pytest.MonkeyPatch, **ways: fetch.Fetch) -> None:
    monkeypatch.setattr(assembly, "resolvers", lambda: ways)


def test_lock_is_read_as_it_is_written() -> None:
    assert read_lock(TEXT) == tuple(CONTENT)
    assert str(NATIVE).split()[1] == "io.netty:epoll:4.1.Final:linux-x86_64"
    assert NATIVE.repository_path == Path("io/netty/epoll/4.1.Final/epoll-4.1.Final-linux-x86_64.jar")


@pytest.mark.parametrize(
    "line",
    ["lib a:b:1 abc", f"lib a:b {digest(b'')} b-1.jar", f"bin a:b:1 {digest(b'')} b-1.jar", "lib a:b:1 12 b-1.jar"],
)
def test_a_line_that_is_no_jar_is_an_error(line: str) -> None:
    with pytest.raises(ServerError, match="line 1"):
        read_lock(line)


def test_two_jars_of_one_name_are_an_error() -> None:
    with pytest.raises(ServerError, match="twice"):
        read_lock(TEXT + str(CORE))


def test_the_lock_that_ships_fits_the_pom() -> None:
    jars = read_lock()
    assert len(jars) == 344
    assert server_version(jars) == "neo4j-5.26.30-gds-2.13.9"
    space = {"m": "http://maven.apache.org/POM/4.0.0"}
    pom = ElementTree.fromstring(resource("pom.xml"))
    versions = {f"${{{p.tag.partition('}')[2]}}}": p.text for p in pom.findall("m:properties/*", space)}
    wanted = {
        tuple(versions.get(part.text or "", part.text) for part in dependency)
        for dependency in pom.findall("m:dependencies/m:dependency", space)
    }
    assert len(wanted) == 9
    assert wanted <= {(jar.group, jar.artifact, jar.version) for jar in jars}
    assert {jar.folder for jar in jars if jar.group == "org.neo4j.gds"} == {"plugins"}
    assert {jar.folder for jar in jars if jar.group != "org.neo4j.gds"} == {"lib"}


def test_the_pom_names_no_repository() -> None:
    pom = ElementTree.fromstring(resource("pom.xml"))
    assert [element.tag for element in pom.iter() if "epositor" in element.tag] == []


def test_a_lock_is_made_from_a_repository(tmp_path: Path) -> None:
    put(tmp_path, CONTENT)
    assert jar_at(tmp_path, tmp_path / NATIVE.repository_path) == NATIVE
    assert set(read_lock(lock_text(tmp_path))) == set(CONTENT)


def test_files_are_laid_out(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, maven=fetching(CONTENT))
    told: list[tuple[float, float | None]] = []
    folder = assembly.assemble(lambda what, done, total=None: told.append((done, total)))
    assert folder == cache / "neo4j-1.0-gds-2.0"
    assert (folder / "lib/neo4j-1.0.jar").read_bytes() == b"core"
    assert (folder / "plugins/proc-2.0.jar").read_bytes() == b"gds"
    assert told[-1] == (3, 3)
    assert assembly.damage(folder) == []
    assert sorted(path.name for path in cache.iterdir() if path.is_dir()) == [folder.name]


def test_the_second_time_nothing_is_fetched(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, maven=fetching(CONTENT))
    folder = assembly.assemble()
    use(monkeypatch)
    assert assembly.assemble() == folder


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ({**CONTENT, CORE: b"other"}, "neo4j-1.0.jar differs from jars.lock"),
        ({CORE: b"core", GDS: b"gds"}, "epoll-4.1.Final-linux-x86_64.jar is missing"),
        ({**CONTENT, Jar("lib", "x", "y", "1", "", ""): b"y"}, "y-1.jar is not in jars.lock"),
    ],
)
def test_other_jars_are_refused(
    content: dict[Jar, bytes], why: str, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, maven=fetching(content))
    with pytest.raises(ServerError, match=why):
        assembly.assemble()
    assert [path.name for path in cache.iterdir() if path.is_dir()] == []


def test_python_steps_in_when_maven_fails(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, maven=fetching({}), python=fetching(CONTENT))
    assert assembly.damage(assembly.assemble()) == []


def test_nobody_to_fetch(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch)
    with pytest.raises(ServerError, match=r"pip install 'incahoots\[server\]'"):
        assembly.assemble()


def test_damage_is_seen_and_mended(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, maven=fetching(CONTENT))
    folder = assembly.assemble()
    (folder / "lib/neo4j-1.0.jar").write_bytes(b"broken")
    (folder / "lib/stranger.jar").touch()
    assert assembly.damage(folder) == [
        "neo4j-1.0.jar differs from jars.lock (SHA-256)",
        "stranger.jar is not in jars.lock",
    ]
    assert assembly.damage(assembly.assemble(anew=True)) == []


def test_a_new_lock_replaces_the_files(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, maven=fetching(CONTENT))
    folder = assembly.assemble()
    (folder / "jars.lock").write_text("of an older incahoots")
    assert not assembly.is_assembled(folder)
    assert assembly.is_assembled(assembly.assemble())


def test_the_user_chooses_who_fetches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: f"/bin/{name}")
    monkeypatch.setattr(fetch, "has_jgo", lambda: True)
    monkeypatch.delenv("INCAHOOTS_RESOLVER", raising=False)
    assert list(fetch.resolvers()) == ["maven", "python"]
    for name in ("maven", "python"):
        monkeypatch.setenv("INCAHOOTS_RESOLVER", name)
        assert list(fetch.resolvers()) == [name]
    monkeypatch.setenv("INCAHOOTS_RESOLVER", "ivy")
    with pytest.raises(ServerError, match="maven or python"):
        fetch.resolvers()


def test_maven_s_reason_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "mvn"
    program.write_text("#!/bin/sh\necho Downloaded from x: a.jar\necho '[ERROR] no network'\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setattr("shutil.which", lambda name: str(program))
    told: list[float] = []
    with pytest.raises(ServerError, match=r"Maven failed: \[ERROR\] no network"):
        fetch.fetch_with_maven(tmp_path / "r", tuple(CONTENT), lambda what, done, total=None: told.append(done))
    assert told == [1]


def test_two_at_once_fetch_once(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fetched: list[Path] = []
    asked = threading.Semaphore(0)

    class Asked(FileLock):
        def __enter__(self) -> FileLock:
            asked.release()
            return super().__enter__()

    def last(repository: Path, jars: tuple[Jar, ...], progress: Progress) -> None:
        fetched.append(repository)
        # All four ask for the lock before the first has fetched anything.
        assert all(asked.acquire(timeout=60) for _ in range(4))
        put(repository, CONTENT)

    monkeypatch.setattr(assembly, "FileLock", Asked)
    use(monkeypatch, maven=last)
    with ThreadPoolExecutor(4) as pool:
        folders = {result.result() for result in [pool.submit(assembly.assemble) for _ in range(4)]}
    assert len(folders) == 1
    assert len(fetched) == 1
    assert assembly.damage(folders.pop()) == []
