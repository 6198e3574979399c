"""Links are opened by HEAD only, slowly, and never at a private address: against a server on loopback."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from typing import Any

import pandas as pd
import pytest

from incahoots.analytics.interstate import link_check
from incahoots.analytics.interstate.link_check import check_links, is_public


def anywhere(_: object) -> bool:
    """Allow any address: the server of the tests is on loopback."""
    return True


class Site(ThreadingHTTPServer):
    """A server that answers by path and writes down what it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Page)
        self.asked: list[tuple[str, str]] = []
        self.headers: list[Any] = []
        self.dripped = 0
        self.left = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Page(BaseHTTPRequestHandler):
    """``/200`` answers with that status, ``/to/…`` redirects, ``/drip`` sends bytes until the client leaves."""

    server: Site

    def do_HEAD(self) -> None:
        self.server.asked.append((self.command, self.path))
        self.server.headers.append(self.headers)
        if self.path == "/drip":
            with suppress(OSError):
                while True:
                    self.wfile.write(b"H")
                    self.wfile.flush()
                    self.server.dripped += 1
                    time.sleep(0.001)
            self.server.left.set()
            return
        where = self.path.removeprefix("/to/")
        self.send_response(302 if where != self.path else int(self.path.split("?")[0].lstrip("/")))
        if where != self.path:
            self.send_header("Location", where)
        self.end_headers()

    do_GET = do_POST = do_HEAD

    def log_message(self, *words: object) -> None:
        """Say nothing."""


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def checked(url: str, **options: Any) -> dict[str, Any]:
    """What comes of one link."""
    row: dict[str, Any] = check_links([url], **{"gap_s": 0.0, "allowed": anywhere} | options).iloc[0].to_dict()
    return row


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, "active"),
        (204, "active"),
        (404, "gone"),
        (410, "gone"),
        (403, "refused"),
        (405, "refused"),
        (503, "failed"),
    ],
)
def test_what_a_status_says(site: Site, status: int, outcome: str) -> None:
    row = checked(f"{site.url}/{status}?a=b c")
    assert (row["outcome"], row["status"]) == (outcome, status)
    assert site.asked == [("HEAD", f"/{status}?a=b%20c")]
    assert "Cookie" not in site.headers[0]


def test_redirects_are_followed_and_end_somewhere(site: Site) -> None:
    row = checked(f"{site.url}/to//200")
    assert (row["outcome"], row["final_url"]) == ("active", f"{site.url}/200")
    row = checked(f"{site.url}/to/{site.url}/404")
    assert (row["outcome"], row["status"]) == ("gone", 404)
    site.asked.clear()
    row = checked(f"{site.url}/to/{'/to/' * 20}200")
    assert (row["outcome"], row["why"]) == ("not opened", "too many redirects")
    assert len(site.asked) == 1 + link_check.MOST_REDIRECTS


def test_no_private_address_without_leave(site: Site) -> None:
    for url in (site.url, site.url.replace("127.0.0.1", "localhost"), "http://[::1]/", "http://2130706433/"):
        row = checked(url + "/200", allowed=None)
        assert row["outcome"] == "not opened"
        assert "is not a public address" in row["why"]
    assert site.asked == []


def test_a_redirect_to_a_private_address_is_not_followed(site: Site) -> None:
    port = site.server_address[1]
    # The first look is allowed, as of a public site that redirects; the second is not.
    looks = iter([True, False])
    row = checked(f"{site.url}/to/http://127.0.0.2:{port}/200", allowed=lambda _: next(looks))
    assert (row["outcome"], row["final_url"]) == ("not opened", f"http://127.0.0.2:{port}/200")
    assert len(site.asked) == 1


def test_a_name_that_changes_what_it_stands_for(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    port = site.server_address[1]
    looks: list[str] = []

    def found(host: str, *_: Any, **__: Any) -> list[Any]:
        looks.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    with monkeypatch.context() as patch:
        patch.setattr(link_check.socket, "getaddrinfo", found)
        # Speaking to the host looks the address up as written; the name is looked up once.
        row = checked(f"http://example.test:{port}/200")
    assert row["outcome"] == "active"
    assert looks.count("example.test") == 1
    assert site.headers[0]["Host"] == f"example.test:{port}"


def test_one_private_address_of_a_host_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    both = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 80)) for address in ("8.8.8.8", "10.0.0.1")]
    monkeypatch.setattr(link_check.socket, "getaddrinfo", lambda *_, **__: both)
    assert checked("http://example.test/", allowed=None)["outcome"] == "not opened"


class Clock:
    """Time that passes only when somebody sleeps."""

    def __init__(self) -> None:
        self.now, self.slept = 0.0, []

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def test_requests_are_kept_apart(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr(link_check, "time", clock)
    check_links([f"{site.url}/200", f"{site.url}/to//404"], gap_s=60, allowed=anywhere)
    # Before the second link, and before where it leads.
    assert len(site.asked) == 3
    assert clock.slept == [0, 60, 60]


def test_a_server_that_never_ends(site: Site) -> None:
    row = checked(f"{site.url}/drip", longest_s=0.3)
    assert row["outcome"] == "no answer"
    assert pd.isna(row["status"])
    # We hung up, long before the line was longer than Python reads.
    assert site.left.wait(60)
    assert site.dripped < 60_000


@contextmanager
def silent_port() -> Iterator[int]:
    """A port on which nobody says anything."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield listening.getsockname()[1]


def test_what_is_no_answer() -> None:
    with silent_port() as port:
        assert checked(f"http://127.0.0.1:{port}/", longest_s=0.2)["outcome"] == "no answer"
        assert checked(f"https://127.0.0.1:{port}/", longest_s=0.2)["outcome"] == "no answer"
    # Now it is closed.
    assert checked(f"http://127.0.0.1:{port}/")["outcome"] == "no answer"
    assert checked("http://no-such-host.invalid/")["outcome"] == "no answer"


@pytest.mark.parametrize(
    "url", ["ftp://example.org/", "javascript:alert(1)", "file:///etc/passwd", "http://", "http://[", "http://a:99999/"]
)
def test_what_is_no_address_of_the_web(url: str) -> None:
    assert checked(url)["outcome"] == "not opened"


@pytest.mark.parametrize(
    ("address", "public"),
    [("8.8.8.8", True), ("2606:4700::1111", True), ("::ffff:8.8.8.8", True), ("64:ff9b::808:808", True),
     ("127.0.0.1", False), ("10.1.2.3", False), ("192.168.0.1", False), ("169.254.169.254", False), ("0.0.0.0", False),
     ("100.64.0.1", False), ("224.0.0.1", False), ("::1", False), ("fe80::1", False), ("fd00::1", False),
     ("::ffff:10.0.0.1", False), ("64:ff9b::a00:1", False), ("2002:a00:1::", False), ("::", False)],
)  # fmt: skip
def test_public_addresses(address: str, public: bool) -> None:
    assert is_public(ip_address(address)) is public


def test_nothing_to_open() -> None:
    assert list(check_links([]).columns) == ["url", "outcome", "status", "final_url", "why"]
