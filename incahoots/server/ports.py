"""Choose the ports of a server."""

from __future__ import annotations

import socket
from dataclasses import dataclass

from incahoots.errors import ServerError

LOOPBACK = "127.0.0.1"
BOLT, HTTP = 7687, 7474


@dataclass(frozen=True)
class Ports:
    """Ports of a server."""

    bolt: int
    http: int


def is_free(port: int) -> bool:
    """Whether a port is free, on loopback and on all addresses."""
    # Connect as well as bind: some systems allow binding beside a server that listens on all addresses.
    with socket.socket() as visitor:
        visitor.settimeout(1)
        if visitor.connect_ex((LOOPBACK, port)) == 0:
            return False
    with socket.socket() as host:
        # Like Java, ignore connections that have just ended.
        host.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            host.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def any_free(taken: int = 0) -> int:
    """Return a free port other than ``taken``."""
    while True:
        with socket.socket() as host:
            host.bind((LOOPBACK, 0))
            port: int = host.getsockname()[1]
        if port != taken:
            return port


def choose_ports(bolt: int | None, http: int | None, last: Ports | None = None) -> Ports:
    """Choose the ports of a server that is about to start.

    Parameters
    ----------
    bolt, http : int or None
        A port that must be free; 0 for any; None for the usual one, or any if that is in use.
    last : Ports or None
        Ports of the last start, which are kept if they are free and no others are given.

    Raises
    ------
    ServerError
        A given port is in use or is not a port, or both are the same.
    """
    if bolt and bolt == http:
        raise ServerError(f"Bolt and HTTP need different ports (got {bolt} for both).")
    chosen_bolt = _choose("`bolt_port`", bolt, BOLT, last.bolt if last else None, http or 0)
    return Ports(chosen_bolt, _choose("`http_port`", http, HTTP, last.http if last else None, chosen_bolt))


def _choose(option: str, wanted: int | None, usual: int, last: int | None, other: int) -> int:
    """Choose one port, which is not ``other``."""
    if wanted:
        if not 0 < wanted < 65536:
            raise ServerError(f"{option} must be 1 to 65535, or 0 for any free port (got {wanted}).")
        if not is_free(wanted):
            raise ServerError(f"Port {wanted} is in use.", f"Choose another with {option}, or 0 for any free one.")
        return wanted
    for port in (last, usual if wanted is None else None):
        if port and port != other and is_free(port):
            return port
    return any_free(other)
