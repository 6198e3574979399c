"""Vectors of texts that a model has read before, in a file for each model in the user's cache folder.

Texts are kept as hashes. The file says how its model reads one sentence: a model that reads it otherwise, as it was
replaced under the same name, begins anew. A vector that was damaged is read anew.
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

#: What a model is known by.
PROBE = "All cats are grey in the dark."

#: As far as two readings of a sentence by one model may be apart, on other machines or in other batches.
_APART = 1e-3

#: How far from 1 the length of a vector may be, as models may reckon with few digits.
_OFF = 0.05

#: Texts that are asked for at once.
_ASKED = 10_000

#: How long to wait for another process that writes.
_PATIENCE_S = 60.0


def cache_file(model: str) -> Path:
    """Give the file of a model: the end of its name or folder, and a hash of the whole."""
    name = re.sub(r"[^A-Za-z0-9.-]+", "_", model).strip("_.")[-60:]
    return cache_folder() / "embeddings" / f"{name}-{_key(model)[:8]}.sqlite"


class EmbeddingCache:
    """Vectors of texts by one model: see `embedding_cache`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def fill(self, texts: Sequence[str], vectors: Vectors) -> npt.NDArray[np.bool_]:
        """Fill in the rows of texts that are known, and say which these are."""
        found = np.zeros(len(texts), bool)
        for start in range(0, len(texts), _ASKED):
            places = {_key(text): place for place, text in enumerate(texts[start : start + _ASKED], start)}
            wanted = json.dumps(list(places))
            for key, row in self._connection.execute(
                "SELECT key, vector FROM vectors WHERE key IN (SELECT value FROM json_each(?))", (wanted,)
            ):
                vector = _vector(row, vectors.shape[1])
                # What is damaged is read anew, and replaced.
                if vector is not None:
                    vectors[places[key]] = vector
                    found[places[key]] = True
        return found

    def add(self, texts: Sequence[str], vectors: Vectors) -> None:
        """Keep the rows of texts."""
        rows = ((_key(text), row.tobytes()) for text, row in zip(texts, vectors, strict=True))
        with self._connection:
            self._connection.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?)", rows)


@contextmanager
def embedding_cache(model: str, probe: Vectors) -> Iterator[EmbeddingCache]:
    """Open the file of a model.

    Parameters
    ----------
    model : str
        Its name or folder.
    probe : array of float32, shape (d,)
        How it reads `PROBE`.

    Raises
    ------
    UsageError
        The file cannot be read or written.
    """
    path = cache_file(model)
    try:
        make_folder(path.parent)
        # What texts mean is as private as the texts.
        path.touch(mode=0o600)
        with closing(sqlite3.connect(path, timeout=_PATIENCE_S)) as connection:
            with connection:
                _of_model(connection, probe)
            yield EmbeddingCache(connection)
    except (FileExistsError, NotADirectoryError, PermissionError, sqlite3.Error) as error:
        raise UsageError(
            f"The cache of embeddings, {path}, cannot be used: {error}.",
            "Remove the file, or set INCAHOOTS_CACHE to a folder that can be written.",
        ) from error


def _of_model(connection: sqlite3.Connection, probe: Vectors) -> None:
    """Begin anew where the file is of another model."""
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
    """A kept vector, or None where it is none: of another length, with what is no number, or not of length 1 or 0."""
    if not isinstance(row, bytes) or len(row) != 4 * length:
        return None
    vector = np.frombuffer(row, np.float32)
    if not np.isfinite(vector).all():
        return None
    size = float(np.linalg.norm(vector.astype(float)))
    return vector if size == 0 or abs(size - 1) < _OFF else None


def _key(text: str) -> str:
    """What a text is kept as."""
    return blake2b(text.encode(), digest_size=16).hexdigest()
