"""Embeddings by a model that stands in for one, and what is said where there is none."""

from __future__ import annotations

import sqlite3
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from incahoots.analytics.text import embeddings
from incahoots.analytics.text.embedding_cache import PROBE, cache_file
from incahoots.analytics.text.embeddings import MODEL, embedded
from incahoots.analytics.text.similarity import cosine_pairs
from incahoots.errors import UsageError

CALLS: list[tuple[str, dict[str, Any]]] = []
ENCODED: list[list[str]] = []


class Model:
    """Knows its name or folder; a text's vector says which letters a, b and c it has."""

    def __init__(self, name: str, **options: Any) -> None:
        CALLS.append((name, options))
        if name == "unknown/model":
            raise OSError("We could not connect to the hub.\nTry later.")
        if Path(name).is_dir() and not (Path(name) / "modules.json").exists():
            raise ValueError("Unrecognized model.")

    def encode(self, sentences: list[str], **options: Any) -> np.ndarray:
        ENCODED.append(sentences)
        CALLS.append(("encode", options))
        rows = np.array([[letter in sentence for letter in "abc"] for sentence in sentences], np.float64)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True) if len(rows) else rows


@pytest.fixture(autouse=True)
def stub(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    monkeypatch.setenv("INCAHOOTS_CACHE", str(tmp_path_factory.mktemp("cache")))
    module = ModuleType("sentence_transformers")
    module.SentenceTransformer = Model  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "sentence_transformers", module)
    embeddings._loaded.cache_clear()
    CALLS.clear()
    ENCODED.clear()


def test_equal_texts_are_embedded_once_and_blank_ones_never() -> None:
    vectors = embedded(["ab", None, "c", " \n", "ab", ""], batch_size=7)
    half = np.float32(0.5**0.5)
    assert vectors.dtype == np.float32
    assert vectors.tolist() == [[half, half, 0], [0, 0, 0], [0, 0, 1], [0, 0, 0], [half, half, 0], [0, 0, 0]]
    assert ENCODED == [[PROBE], ["ab", "c"]]
    assert CALLS[1] == (
        "encode",
        {"batch_size": 7, "show_progress_bar": False, "convert_to_numpy": True, "normalize_embeddings": True},
    )
    pairs = [(i.tolist(), j.tolist()) for i, j, _ in cosine_pairs(vectors, [0] * 6, 0, threshold=1)]
    assert pairs == [([0], [4])]


def test_the_network_is_never_asked() -> None:
    embedded(["a"])
    embedded(["a"], "some/model")
    assert [call for call in CALLS if call[0] != "encode"] == [
        (MODEL, {"local_files_only": True}),
        ("some/model", {"local_files_only": True}),
    ]


@pytest.mark.parametrize("texts", [[], [None], ["", " "]])
def test_no_texts_have_no_vectors(texts: list[str | None]) -> None:
    vectors = embedded(texts)
    assert vectors.shape == (len(texts), 0) or not vectors.any()
    assert not list(cosine_pairs(vectors, [0] * len(texts), 0, threshold=0.5))


@pytest.mark.parametrize("as_path", [True, False])
def test_a_folder_of_a_model_is_read(tmp_path: Path, as_path: bool) -> None:
    (tmp_path / "modules.json").write_text("[]")
    assert embedded(["a"], tmp_path if as_path else str(tmp_path)).tolist() == [[1, 0, 0]]
    assert CALLS[0] == (str(tmp_path), {"local_files_only": True})


def told(model: str | Path = MODEL) -> UsageError:
    with pytest.raises(UsageError) as caught:
        embedded(["a"], model)
    assert "\n" not in str(caught.value)
    return caught.value


def test_a_model_that_is_not_here_is_told() -> None:
    error = told("unknown/model")
    assert error.message == "The model unknown/model is not on this machine."
    assert error.remedy == (
        'Download unknown/model with: python -c "import sentence_transformers as s; '
        "s.SentenceTransformer('unknown/model')\"; or give the folder of a model."
    )


def test_a_folder_that_is_none_is_told(tmp_path: Path) -> None:
    missing = tmp_path / "missing"
    for model in (missing, str(missing)):
        error = told(model)
        assert error.message == f"The folder {missing} does not exist."
        assert f"Download {MODEL} with: python -c" in error.remedy
    assert not CALLS
    assert told(tmp_path).message == f"Cannot load a model from the folder {tmp_path}: Unrecognized model."


def test_a_package_that_cannot_be_imported_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    error = told()
    assert error.message == "Embeddings need sentence-transformers, which is not installed."
    assert error.remedy.startswith("Install it with: pip install 'incahoots[embeddings]'; or compare words with the")
    (tmp_path / "sentence_transformers.py").write_text("import torch_that_is_not_here")
    monkeypatch.delitem(sys.modules, "sentence_transformers")
    monkeypatch.syspath_prepend(tmp_path)
    error = told()
    assert error.message == (
        "sentence-transformers is installed, but cannot be imported: No module named 'torch_that_is_not_here'."
    )
    assert error.remedy == "Install it again with: pip install --force-reinstall 'incahoots[embeddings]'."


def test_what_a_model_has_read_it_does_not_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    first = embedded(["ab", "c"])
    ENCODED.clear()
    # In another order, with one that is new; and more than are asked for at once.
    monkeypatch.setattr("incahoots.analytics.text.embedding_cache._ASKED", 2)
    again = embedded(["c", "bc", "ab", "c"])
    assert ENCODED == [[PROBE], ["bc"]]
    assert again[[2, 0]].tolist() == first.tolist()
    assert again[0].tolist() == again[3].tolist()
    ENCODED.clear()
    embedded(["ab"], "other/model")
    assert ENCODED == [[PROBE], ["ab"]]
    assert cache_file(MODEL) != cache_file("other/model")
    # No text is in it.
    with sqlite3.connect(cache_file(MODEL)) as connection:
        assert {len(key) for (key,) in connection.execute("SELECT key FROM vectors")} == {32}
    connection.close()


def test_a_model_that_was_replaced_reads_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    embedded(["ab"])
    monkeypatch.setattr(Model, "encode", lambda self, sentences, **options: np.eye(2)[[1] * len(sentences)])
    assert embedded(["ab"]).tolist() == [[0, 1]]
    monkeypatch.setattr(Model, "encode", lambda self, sentences, **options: np.eye(2)[[0] * len(sentences)])
    assert embedded(["ab"]).tolist() == [[1, 0]]


def test_what_was_read_before_an_interruption_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embeddings, "_KEPT", 1)
    said: list[tuple[float, float | None]] = []

    def progress(what: str, done: float, total: float | None = None) -> None:
        said.append((done, total))
        if done == 4:
            raise KeyboardInterrupt

    texts = ["a", "b", "c", "ab", "bc", "abc"]
    with pytest.raises(KeyboardInterrupt):
        embedded(texts, batch_size=2, progress=progress)
    assert said == [(0, 6), (2, 6), (4, 6)]
    ENCODED.clear()
    said.clear()
    assert len(embedded(texts, batch_size=2, progress=lambda what, done, total=None: said.append((done, total)))) == 6
    assert ENCODED == [[PROBE], ["bc", "abc"]]
    assert said == [(4, 6), (6, 6)]


@pytest.mark.regression("0.1.1", "C2")
@pytest.mark.parametrize(
    "damaged",
    [np.full(3, np.nan, np.float32), np.full(3, np.inf, np.float32), np.full(3, 7, np.float32), np.ones(2, np.float32)],
)
@pytest.mark.parametrize("table", ["vectors", "probe"])
def test_what_was_damaged_in_the_cache_is_read_anew(damaged: np.ndarray, table: str) -> None:
    first = embedded(["ab", "c"])
    for value in (damaged.tobytes(), damaged.tobytes()[:-1], "text", 7):
        with sqlite3.connect(cache_file(MODEL)) as connection:
            connection.execute(f"UPDATE {table} SET vector = ?", (value,))  # noqa: S608
        connection.close()
        ENCODED.clear()
        assert embedded(["ab", "c"]).tolist() == first.tolist()
        assert ENCODED == [[PROBE], ["ab", "c"]]
    ENCODED.clear()
    embedded(["ab", "c"])
    assert ENCODED == [[PROBE]]


def test_a_cache_that_cannot_be_used_is_told() -> None:
    path = cache_file(MODEL)
    path.parent.mkdir(parents=True)
    path.write_text("no database, though long enough to look like one " * 20)
    error = told()
    assert error.message == f"Cannot use the cache of embeddings {path}: file is not a database."
    assert error.remedy == "Remove the file, or set INCAHOOTS_CACHE to a writable folder."
    path.unlink()
    path.parent.rmdir()
    path.parent.write_text("no folder")
    assert "Cannot use the cache of embeddings " in told().message
