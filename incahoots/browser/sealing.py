"""Seal the password that a page hands to Neo4j Browser: addresses stay in the history of a web browser.

The page in the home can hand a password over only in the address it leads to. So the address holds the password
combined with a pad, random bytes of the home that only the running server hands out: either of the two says nothing
about the password. Whoever has both is at this machine, and reads this user's files.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

#: Bytes of a pad, and the longest password in UTF-8.
PAD_BYTES = 256


def pad_file(home: Path) -> Path:
    """The file that holds the pad of a home."""
    return home / "run" / "browser.pad"


def make_pad(home: Path) -> bytes:
    """Give the pad of a home, made at the first call. It stays the same, so that pages written before still sign in."""
    file = pad_file(home)
    if not file.exists():
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as out:
            out.write(secrets.token_hex(PAD_BYTES))
    return bytes.fromhex(file.read_text(encoding="ascii"))


def seal(home: Path, password: str) -> str | None:
    """Combine a password with the pad of a home.

    Returns
    -------
    str or None
        Hexadecimal digits; None where the password is too long, or the server was started by a version without a pad.
    """
    words = password.encode()
    if not pad_file(home).exists() or len(words) > PAD_BYTES:
        return None
    pad = make_pad(home)
    return bytes(one ^ other for one, other in zip(words, pad, strict=False)).hex()
