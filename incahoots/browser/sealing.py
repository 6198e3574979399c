"""Seal the password that a page passes to Neo4j Browser, because browsers keep addresses in their history.

The page in the home can pass a password only in an address. So the address contains the password combined with a pad:
random bytes of the home that only the running server provides. Neither of them alone reveals the password. Only the
user of this machine has both.
"""

from __future__ import annotations

import secrets
from pathlib import Path

from incahoots.private_files import replace_text

#: Bytes of a pad, and the longest password in UTF-8.
PAD_BYTES = 256


def pad_file(home: Path) -> Path:
    """Return the path of the pad of a home."""
    return home / "run" / "browser.pad"


def make_pad(home: Path) -> bytes:
    """Return the pad of a home, created at the first call and then kept, so that earlier pages still sign in."""
    file = pad_file(home)
    if not file.exists():
        replace_text(file, secrets.token_hex(PAD_BYTES))
    return bytes.fromhex(file.read_text(encoding="ascii"))


def seal(home: Path, password: str) -> str | None:
    """Combine a password with the pad of a home.

    Returns
    -------
    str or None
        Hexadecimal digits; None if the password is too long, or a version without pads started the server.
    """
    words = password.encode()
    if not pad_file(home).exists() or len(words) > PAD_BYTES:
        return None
    pad = make_pad(home)
    return bytes(one ^ other for one, other in zip(words, pad, strict=False)).hex()
