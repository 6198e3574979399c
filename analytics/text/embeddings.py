"""Embeddings of texts, by a model on this machine.

Models are those of sentence-transformers, which ``pip install 'incahoots[embeddings]'`` installs with PyTorch.
Nothing is downloaded: if a model is missing, the error says how to get it.

References
----------
Reimers and Gurevych 2020, "Making monolingual sentence embeddings multilingual using knowledge distillation" (the
default model).
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from incahoots.analytics.text.embedding_cache import PROBE, Vectors, embedding_cache
from incahoots.errors import UsageError, first_line
from incahoots.progress import Progress, silent

#: The model of S4; 512 numbers a text, 15 languages.
MODEL = "sentence-transformers/distiluse-base-multilingual-cased-v1"

#: Batches after which embeddings are stored, so that an interrupted run can continue.
_KEPT = 16


def embedded(
    texts: Sequence[str | None] | pl.Series,
    model: str | os.PathLike[str] = MODEL,
    *,
    batch_size: int = 64,
    progress: Progress = silent,
) -> Vectors:
    """Embed texts, or read their embeddings from the cache, see `incahoots.analytics.text.embedding_cache`.

    Parameters
    ----------
    texts : sequence of str or None, length n
        Equal texts are embedded once, so that their rows are identical.
    model : str or path
        The name of a downloaded sentence-transformers model, or a folder with one.
    batch_size : int
        Texts per batch.

    Returns
    -------
    array of float32, shape (n, d)
        Rows of length 1; zeros where a text is None or blank, which makes it similar to no text.

    Raises
    ------
    UsageError
        sentence-transformers is not installed, the model is not on this machine, or its cache cannot be used.
    """
    loaded = _loaded(os.fspath(model), isinstance(model, os.PathLike))
    column = pl.Series("text", texts, dtype=pl.String())
    column = column.set(column.str.strip_chars() == "", None)
    different = column.drop_nulls().unique(maintain_order=True)
    folder = Path(model).expanduser()
    name = str(folder.resolve()) if folder.is_dir() else os.fspath(model)
    vectors = _read(loaded, name, different.to_list(), batch_size, progress)
    with_none: Vectors = np.vstack([vectors, np.zeros((1, vectors.shape[1]), np.float32)])
    number = column.replace_strict(different, np.arange(len(different)), default=-1, return_dtype=pl.Int64())
    found: Vectors = with_none[number.fill_null(-1).to_numpy()]
    return found


def _read(loaded: Any, model: str, texts: list[str], batch_size: int, progress: Progress) -> Vectors:
    """Embed the texts that are not cached, and store them every few batches."""

    def encoded(some: list[str]) -> Vectors:
        rows = loaded.encode(
            some,
            batch_size=batch_size,
            show_progress_bar=False,
            convert_to_numpy=True,
            normalize_embeddings=True,
        )
        return np.ascontiguousarray(rows, np.float32)

    if not texts:
        return np.zeros((0, 0), np.float32)
    probe = encoded([PROBE])[0]
    vectors = np.empty((len(texts), len(probe)), np.float32)
    with embedding_cache(model, probe) as cache:
        missing = np.flatnonzero(~cache.fill(texts, vectors))
        for start in range(0, len(missing), batch_size * _KEPT):
            progress("embedding texts", len(texts) - len(missing) + start, len(texts))
            places = missing[start : start + batch_size * _KEPT]
            some = [texts[place] for place in places]
            vectors[places] = encoded(some)
            cache.add(some, vectors[places])
    progress("embedding texts", len(texts), len(texts))
    return vectors


@lru_cache(maxsize=1)
def _loaded(name: str, is_path: bool) -> Any:
    """Load a model without the network; the errors say what is missing."""
    try:
        from sentence_transformers import SentenceTransformer
    except ImportError as error:
        if error.name == "sentence_transformers":
            raise UsageError(
                "Embeddings need sentence-transformers, which is not installed.",
                "Install it with: pip install 'incahoots[embeddings]'; or compare words with the measure lexical.",
            ) from None
        raise UsageError(
            f"sentence-transformers is installed, but cannot be imported: {first_line(error)}.",
            "Install it again with: pip install --force-reinstall 'incahoots[embeddings]'.",
        ) from error
    folder = Path(name).expanduser()
    is_folder = is_path or name.startswith((".", "/", "~")) or folder.exists()
    wanted = MODEL if is_folder else name
    remedy = (
        f'Download {wanted} with: python -c "import sentence_transformers as s; s.SentenceTransformer({wanted!r})"; '
        "or give the folder of a model."
    )
    if is_folder and not folder.is_dir():
        raise UsageError(f"The folder {name} does not exist.", remedy)
    try:
        return SentenceTransformer(str(folder) if is_folder else name, local_files_only=True)
    except (OSError, ValueError) as error:
        if is_folder:
            raise UsageError(f"Cannot load a model from the folder {name}: {first_line(error)}.", remedy) from error
        raise UsageError(f"The model {name} is not on this machine.", remedy) from error
