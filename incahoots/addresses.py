"""Addresses of databases: where they are configured, and whether it is safe to connect."""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from incahoots.errors import DatabaseError

#: Supported schemes. The driver also accepts http, as a preview that needs another dependency.
SCHEMES = ("bolt", "bolt+s", "bolt+ssc", "neo4j", "neo4j+s", "neo4j+ssc")

#: An address that holds no secret: scheme, host and port.
_PLAIN_ADDRESS = re.compile(r"([a-z0-9+]{1,10}://)?([\w.-]{1,255}|\[[0-9A-Fa-f:.]{2,45}\])?(:\d{1,5})?/?", re.ASCII)

#: Environment variable, or line of a file of settings, that allows unencrypted connections to other machines.
ALLOW_PLAIN = "INCAHOOTS_ALLOW_PLAIN"


def read_env_file(path: Path) -> dict[str, str]:
    """Read ``NAME=value`` lines, the format of Aura's credentials files."""
    if not path.is_file():
        raise DatabaseError(
            f"The file {path} does not exist.", "Name the file that contains NEO4J_URI and NEO4J_PASSWORD."
        )
    settings = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        name, equals, value = line.strip().removeprefix("export ").partition("=")
        if equals and not name.startswith("#"):
            settings[name.strip()] = value.strip().strip("\"'")
    return settings


def allows_plain(settings: Mapping[str, str]) -> bool:
    """Whether the environment, or a file of settings, allows unencrypted connections to other machines."""
    return (settings.get(ALLOW_PLAIN) or os.environ.get(ALLOW_PLAIN) or "0") not in ("0", "false", "no")


def check_address(uri: str, *, allow_plain: bool = False) -> None:
    """Check the address of a database before anything is sent to it.

    Parameters
    ----------
    uri : str
    allow_plain : bool
        Whether an unencrypted connection may leave this machine.

    Raises
    ------
    DatabaseError
        The address is not valid, contains a user name or password, or would send the password and posts unencrypted to
        another machine. The message never contains a password.
    """
    shown = shown_address(uri)
    if "@" in uri:
        raise DatabaseError(
            f"The address {shown!r} must not contain a user name or password.",
            "Remove everything between // and @, and set NEO4J_USERNAME and NEO4J_PASSWORD.",
        )
    try:
        parts = urlsplit(uri)
        known = parts.scheme in SCHEMES and bool(parts.hostname) and parts.port != 0
    except ValueError:
        known = False
    if not known:
        raise DatabaseError(
            f"{shown!r} is not the address of a database.",
            "Write it like bolt://localhost:7687 or neo4j+s://example.databases.neo4j.io, not like the http address of "
            "Neo4j Browser.",
        )
    if parts.scheme in ("bolt", "neo4j") and not allow_plain and not _is_loopback(parts.hostname or ""):
        raise DatabaseError(
            f"{shown} would send the password and all posts unencrypted to another machine.",
            f"Use {parts.scheme}+s://, or {parts.scheme}+ssc:// for a self-signed certificate. On a safe "
            f"network, as between containers of one machine, set {ALLOW_PLAIN}=1.",
        )


def shown_address(uri: str) -> str:
    """Return an address to print: if it is more than scheme, host and port, without what may be a password."""
    if _PLAIN_ADDRESS.fullmatch(uri):
        return uri
    scheme, at, _ = uri.partition("://")
    return f"{scheme}://***" if at and scheme in SCHEMES else "***"


def _is_loopback(host: str) -> bool:
    """Whether a host name or IP address is this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
