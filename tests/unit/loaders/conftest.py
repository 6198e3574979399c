"""What the tests of the loaders share: small files, and a way to read them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from incahoots.loaders import ACCOUNTS, POSTS, Rows, rows_of


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write a small file and give its path."""

    def _write(name: str, data: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return path

    return _write


@pytest.fixture
def load() -> Callable[..., Rows]:
    """Read a file and join its pieces, each of which has to be sound; small times are fine unless a test is of them."""

    def _load(format_: str, path: Path, *, earliest: str = "1970-01-01", **options: Any) -> Rows:
        import polars as pl

        pieces = list(rows_of(format_, path, earliest=earliest, **options))
        for piece in pieces:
            assert dict(piece.posts.schema) == POSTS
            assert dict(piece.accounts.schema) == ACCOUNTS
            assert piece.n_read == piece.posts.height + piece.n_account_rows + len(piece.rejects)
        return Rows(
            pl.concat([piece.posts for piece in pieces] or [pl.DataFrame(schema=POSTS)]),
            pl.concat([piece.accounts for piece in pieces] or [pl.DataFrame(schema=ACCOUNTS)]),
            sum(piece.n_read for piece in pieces),
            sum(piece.n_account_rows for piece in pieces),
            [reject for piece in pieces for reject in piece.rejects],
        )

    return _load
