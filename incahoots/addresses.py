"""Where a database is: its address, from the environment or a file, and whether it is safe to connect there."""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from incahoots.errors import DatabaseError

#: Beginnings of an address. The driver takes http too, as a preview with a dependency of its own.
SCHEMES = ("bolt", "bolt+s", "bolt+ssc", "neo4j", "neo4j+s", "neo4j+ssc")

#: An address that holds no secret: scheme, host and port.
_PLAIN_ADDRESS = re.compile(r"([a-z0-9+]{1,10}://)?([\w.-]{1,255}|\[[0-9A-Fa-f:.]{2,45}\])?(:\d{1,5})?/?", re.ASCII)

#: Environment variable, or line of a file of settings, that allows unencrypted connections to other machines.
ALLOW_PLAIN = "INCAHOOTS_ALLOW_PLAIN"


def read_env_file(path: Path) -> dict[str, str]:
    """Read ``NAME=value`` lines, as in the credentials file that Aura hands out."""
    if not path.is_file():
        raise DatabaseError(f"There is no file {path}.", "Give the file that holds NEO4J_URI and NEO4J_PASSWORD.")
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
    """Check the address of a database before anything is sent there.

    Parameters
    ----------
    uri : str
    allow_plain : bool
        Whether an unencrypted connection may leave this machine.

    Raises
    ------
    DatabaseError
        It is no address, holds a user name or password, or would send the password and posts unencrypted to another
        machine. The message never holds a password.
    """
    shown = shown_address(uri)
    if "@" in uri:
        raise DatabaseError(
            f"The address {shown!r} must not hold a user name or a password.",
            "Take out everything between // and @, and set NEO4J_USERNAME and NEO4J_PASSWORD.",
        )
    try:
        parts = urlsplit(uri)
        known = parts.scheme in SCHEMES and bool(parts.hostname) and parts.port != 0
    except ValueError:
        known = False
    if not known:
        raise DatabaseError(
            f"{shown!r} is no address of a database.",
            "Write it like bolt://localhost:7687 or neo4j+s://example.databases.neo4j.io; Browser's http address is "
            "another.",
        )
    if parts.scheme in ("bolt", "neo4j") and not allow_plain and not _is_loopback(parts.hostname or ""):
        raise DatabaseError(
            f"{shown} would send the password and all posts unencrypted to another machine.",
            f"Use {parts.scheme}+s://, or {parts.scheme}+ssc:// for a self-signed certificate. Where the network "
            f"is safe, as between containers of one machine, set {ALLOW_PLAIN}=1.",
        )


def shown_address(uri: str) -> str:
    """Write an address to show it; without what may be a password where it is not just scheme, host and port."""
    if _PLAIN_ADDRESS.fullmatch(uri):
        return uri
    scheme, at, _ = uri.partition("://")
    return f"{scheme}://***" if at and scheme in SCHEMES else "***"


def _is_loopback(host: str) -> bool:
    """Whether a host is this machine, by its name or number alone."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
