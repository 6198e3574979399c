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
    """Read a file and join its chunks, each of which has to be sound; small times are fine unless a test is of them."""

    def _load(format_: str, path: Path, *, earliest: str = "1970-01-01", **options: Any) -> Rows:
        import polars as pl

        chunks = list(rows_of(format_, path, earliest=earliest, **options))
        for chunk in chunks:
            assert dict(chunk.posts.schema) == POSTS
            assert dict(chunk.accounts.schema) == ACCOUNTS
            assert chunk.n_read == chunk.posts.height + chunk.n_account_rows + len(chunk.rejects)
        return Rows(
            pl.concat([chunk.posts for chunk in chunks] or [pl.DataFrame(schema=POSTS)]),
            pl.concat([chunk.accounts for chunk in chunks] or [pl.DataFrame(schema=ACCOUNTS)]),
            sum(chunk.n_read for chunk in chunks),
            sum(chunk.n_account_rows for chunk in chunks),
            [reject for chunk in chunks for reject in chunk.rejects],
        )

    return _load
