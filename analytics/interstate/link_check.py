"""Check whether links still answer. Only on request: whoever runs a site can see who opens it."""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib.metadata import version
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urljoin, urlsplit

import pandas as pd

from incahoots.progress import Progress, silent

Address = IPv4Address | IPv6Address

#: Minimum number of seconds between two requests.
GAP_S = 1.0

#: Maximum number of seconds for one request, from the first byte to the last.
LONGEST_S = 10.0

#: Maximum number of redirects to follow.
MOST_REDIRECTS = 5

_PORTS = {"http": 80, "https": 443}
_REDIRECTS = {301, 302, 303, 307, 308}
_GONE = {404, 410}
_NAT64 = ip_network("64:ff9b::/96")


@dataclass(frozen=True)
class _Answer:
    """The answer to a request: a status and where it redirects to, or why there is no status."""

    status: int | None
    location: str | None = None
    outcome: str | None = None
    why: str | None = None


def check_links(
    urls: Iterable[str],
    *,
    gap_s: float = GAP_S,
    longest_s: float = LONGEST_S,
    allowed: Callable[[Address], bool] | None = None,
    progress: Progress = silent,
) -> pd.DataFrame:
    """Request the headers of pages.

    Requests are HEAD, one at a time, without cookies or a proxy. A host is contacted only if all its addresses are
    public, and at the address that was checked, also after a redirect.

    Returns one row per URL: url, outcome, status (of the last answer; missing without one), final_url (after
    redirects), why (if there is no answer). The outcome is ``active`` (2xx), ``gone`` (404, 410), ``refused`` (other
    4xx: the page may exist for others), ``failed`` (5xx), ``no answer``, or ``not opened`` (not a public address,
    another scheme, too many redirects).

    ``gap_s`` is the minimum number of seconds between two requests, ``longest_s`` the maximum for one. ``allowed`` says
    which addresses may be contacted; `is_public` when None.
    """
    wanted = list(urls)
    rows = []
    pause = _Pause(gap_s)
    for number, url in enumerate(wanted):
        progress("opening links", number, len(wanted))
        rows.append({"url": url} | _followed(url, pause, longest_s, allowed or is_public))
    progress("opening links", len(wanted), len(wanted))
    return pd.DataFrame(rows, columns=["url", "outcome", "status", "final_url", "why"]).astype({"status": "Int64"})


def is_public(address: Address) -> bool:
    """Say whether an address is public; an address that contains another is public if both are."""
    if isinstance(address, IPv6Address):
        carried = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
        if address in _NAT64:
            carried.append(IPv4Address(int(address) & 0xFFFFFFFF))
        if any(inner is not None and not is_public(inner) for inner in carried):
            return False
        if address.ipv4_mapped is not None:
            return True
    return address.is_global and not address.is_multicast


class _Pause:
    """Keeps requests apart."""

    def __init__(self, gap_s: float) -> None:
        self._gap_s = gap_s
        self._next = time.monotonic()

    def wait(self) -> None:
        """Wait until the next request may go out."""
        time.sleep(max(0.0, self._next - time.monotonic()))
        self._next = time.monotonic() + self._gap_s


def _followed(url: str, pause: _Pause, longest_s: float, allowed: Callable[[Address], bool]) -> dict[str, object]:
    """Ask for a URL, and for what it redirects to."""
    for _ in range(MOST_REDIRECTS + 1):
        answer = _asked(url, pause, longest_s, allowed)
        if answer.location is None:
            outcome = answer.outcome or _named(answer.status or 0)
            return {"outcome": outcome, "status": answer.status, "final_url": url, "why": answer.why}
        url = urljoin(url, answer.location)
    return {"outcome": "not opened", "status": answer.status, "final_url": url, "why": "too many redirects"}


def _named(status: int) -> str:
    """Name what a status says."""
    if 200 <= status < 300:
        return "active"
    if status in _GONE:
        return "gone"
    return "failed" if status >= 500 else "refused"


def _asked(url: str, pause: _Pause, longest_s: float, allowed: Callable[[Address], bool]) -> _Answer:
    """Send one HEAD."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port or _PORTS.get(parts.scheme)
    except ValueError as problem:
        return _Answer(None, outcome="not opened", why=str(problem))
    if parts.scheme not in _PORTS or not host or port is None:
        return _Answer(None, outcome="not opened", why="no address of the web")
    pause.wait()
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as problem:
        return _Answer(None, outcome="no answer", why=f"no such host: {problem}")
    # An address may carry the name of an interface: fe80::1%eth0.
    addresses = [str(each[4][0]) for each in found]
    if not all(allowed(ip_address(address.partition("%")[0])) for address in addresses):
        return _Answer(None, outcome="not opened", why=f"{host} is not a public address")
    try:
        return _spoken(addresses[0], port, host, parts.scheme == "https", _target(url), longest_s)
    except (OSError, http.client.HTTPException, ValueError) as problem:
        return _Answer(None, outcome="no answer", why=str(problem) or type(problem).__name__)


def _target(url: str) -> str:
    """What is asked of the server: path and query."""
    parts = urlsplit(url)
    words = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return "".join(sign if "!" <= sign <= "~" else _quoted(sign) for sign in words)


def _quoted(sign: str) -> str:
    """A sign as it may stand in a request."""
    return "".join(f"%{byte:02X}" for byte in sign.encode("utf-8", "surrogatepass"))


def _spoken(address: str, port: int, host: str, secure: bool, target: str, longest_s: float) -> _Answer:
    """Connect to the address that was checked: another look-up of the name may give another address."""
    connected = socket.create_connection((address, port), timeout=longest_s)
    if secure:
        context = ssl.create_default_context()
        try:
            connected = context.wrap_socket(connected, server_hostname=host, do_handshake_on_connect=False)
        except BaseException:
            connected.close()
            raise
    connection = http.client.HTTPConnection(host, port)
    connection.sock = connected

    def hang_up() -> None:
        with contextlib.suppress(OSError):
            connected.shutdown(socket.SHUT_RDWR)

    # The time-out of a socket does not stop a server that sends a byte now and then.
    last_call = threading.Timer(longest_s, hang_up)
    last_call.start()
    try:
        if isinstance(connected, ssl.SSLSocket):
            connected.do_handshake()
        connection.request(
            "HEAD", target, headers={"User-Agent": f"incahoots/{version('incahoots')}", "Connection": "close"}
        )
        answer = connection.getresponse()
        location = answer.getheader("Location") if answer.status in _REDIRECTS else None
        return _Answer(answer.status, location)
    finally:
        last_call.cancel()
        connection.close()
