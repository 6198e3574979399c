"""A cache of embeddings: one file per model in the user's cache folder.

Texts are stored as hashes. Each file stores the embedding of one sentence: if the model now embeds it differently,
because it was replaced under the same name, the cache is cleared. Damaged vectors are computed again.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from hashlib import blake2b
from pathlib import Path

import numpy as np
import numpy.typing as npt

from incahoots.errors import UsageError
from incahoots.private_files import make_folder
from incahoots.settings import cache_folder

Vectors = npt.NDArray[np.float32]

#: The sentence that identifies a model.
PROBE = "All cats are grey in the dark."

#: Largest difference between two embeddings of a sentence by one model, on other machines or in other batches.
_APART = 1e-3

#: Largest deviation of a vector's length from 1, as models may use low precision.
_OFF = 0.05

#: Texts looked up per query.
_ASKED = 10_000

#: Longest wait for another writing process, seconds.
_WAIT_S = 60.0


def cache_file(model: str) -> Path:
    """Path of a model's cache: the end of its name or folder, and a hash of the whole."""
    name = re.sub(r"[^A-Za-z0-9.-]+", "_", model).strip("_.")[-60:]
    return cache_folder() / "embeddings" / f"{name}-{_key(model)[:8]}.sqlite"


class EmbeddingCache:
    """Embeddings by one model: see `embedding_cache`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def fill(self, texts: Sequence[str], vectors: Vectors) -> npt.NDArray[np.bool_]:
        """Fill in the rows of cached texts; return a mask of them."""
        found = np.zeros(len(texts), bool)
        for start in range(0, len(texts), _ASKED):
            places = {_key(text): place for place, text in enumerate(texts[start : start + _ASKED], start)}
            wanted = json.dumps(list(places))
            for key, row in self._connection.execute(
                "SELECT key, vector FROM vectors WHERE key IN (SELECT value FROM json_each(?))", (wanted,)
            ):
                vector = _vector(row, vectors.shape[1])
                # Damaged vectors are computed again, and replaced.
                if vector is not None:
                    vectors[places[key]] = vector
                    found[places[key]] = True
        return found

    def add(self, texts: Sequence[str], vectors: Vectors) -> None:
        """Store the rows of texts."""
        rows = ((_key(text), row.tobytes()) for text, row in zip(texts, vectors, strict=True))
        with self._connection:
            self._connection.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?)", rows)


@contextmanager
def embedding_cache(model: str, probe: Vectors) -> Iterator[EmbeddingCache]:
    """Open the cache of a model.

    Parameters
    ----------
    model : str
        Its name or folder.
    probe : array of float32, shape (d,)
        Its embedding of `PROBE`.

    Raises
    ------
    UsageError
        The file cannot be read or written.
    """
    path = cache_file(model)
    try:
        make_folder(path.parent)
        # Embeddings are as private as their texts.
        path.touch(mode=0o600)
        with closing(sqlite3.connect(path, timeout=_WAIT_S)) as connection:
            with connection:
                _of_model(connection, probe)
            yield EmbeddingCache(connection)
    except (FileExistsError, NotADirectoryError, PermissionError, sqlite3.Error) as error:
        raise UsageError(
            f"Cannot use the cache of embeddings {path}: {error}.",
            "Remove the file, or set INCAHOOTS_CACHE to a writable folder.",
        ) from error


def _of_model(connection: sqlite3.Connection, probe: Vectors) -> None:
    """Clear the cache if it belongs to another model."""
    connection.execute("CREATE TABLE IF NOT EXISTS vectors (key TEXT PRIMARY KEY, vector BLOB NOT NULL) WITHOUT ROWID")
    connection.execute("CREATE TABLE IF NOT EXISTS probe (vector BLOB NOT NULL)")
    for (row,) in connection.execute("SELECT vector FROM probe"):
        kept = _vector(row, len(probe))
        if kept is not None and np.allclose(kept, probe, rtol=0, atol=_APART):
            return
    connection.execute("DELETE FROM vectors")
    connection.execute("DELETE FROM probe")
    connection.execute("INSERT INTO probe VALUES (?)", (probe.tobytes(),))


def _vector(row: object, length: int) -> Vectors | None:
    """A stored vector, or None if it is damaged: wrong dimension, not finite, or a length other than 0 or 1."""
    if not isinstance(row, bytes) or len(row) != 4 * length:
        return None
    vector = np.frombuffer(row, np.float32)
    if not np.isfinite(vector).all():
        return None
    size = float(np.linalg.norm(vector.astype(float)))
    return vector if size == 0 or abs(size - 1) < _OFF else None


def _key(text: str) -> str:
    """The key of a text."""
    return blake2b(text.encode(), digest_size=16).hexdigest()
