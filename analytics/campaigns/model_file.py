"""Check the file of a model, which may be malicious, before anything in it is unpacked, built or trusted.

Sizes are checked before anything is unpacked. The description must have the right form, and its checksum must match it
and the estimator. The estimator may contain only the classes of a forest, and its trees must be valid trees:
scikit-learn traverses them without checks, so a wrong child would read foreign memory or never end.
"""

from __future__ import annotations

import hashlib
import io
import json
import math
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from incahoots.analytics.campaigns.panel import GAPS

ABOUT, ESTIMATOR, SCHEMA = "about.json", "estimator.skops", "schema.json"

#: The last version that saved without a checksum.
_WITHOUT_CHECKSUM = "0.1.0"

#: Maximum unpacked bytes of a text file, and of an archive; a model of 100 trees has about 2 MB.
_MOST_TEXT, _MOST = 16 << 20, 512 << 20

#: Maximum compression ratio, above a megabyte; that of a model is about 30.
_MOST_RATIO = 100

#: Maximum number of arrays in an estimator; a tree has five.
_MOST_MEMBERS = 50_000

#: Allowed content of an estimator: kinds of nodes of skops, and classes of scikit-learn.
_PLAIN = {"JsonNode", "ListNode", "TupleNode", "DictNode", "TypeNode", "NdArrayNode"}
_CLASSES = {
    ("ObjectNode", "sklearn.ensemble._forest", "RandomForestClassifier"),
    ("ObjectNode", "sklearn.tree._classes", "DecisionTreeClassifier"),
    ("TreeNode", "sklearn.tree._tree", "Tree"),
}


def read_parts(path: Path) -> tuple[dict[str, Any], bytes]:
    """Unpack the description and the estimator of a model.

    Raises
    ------
    ValueError
        It is not an archive of these two parts, or would unpack to far more than a model.
    OSError
        It cannot be read.
    """
    with zipfile.ZipFile(path) as archive:
        _check_sizes(archive, path.stat().st_size)
        names = sorted(archive.namelist())
        if names != [ABOUT, ESTIMATOR]:
            raise ValueError(f"it does not have the two parts {ABOUT} and {ESTIMATOR}")
        if archive.getinfo(ABOUT).file_size > _MOST_TEXT:
            raise ValueError(f"{ABOUT} is larger than {_MOST_TEXT >> 20} MB")
        about = json.loads(archive.read(ABOUT))
        if not isinstance(about, dict):
            raise ValueError(f"{ABOUT} is not an object")
        return about, archive.read(ESTIMATOR)


def _check_sizes(archive: zipfile.ZipFile, packed: int) -> None:
    """Check sizes before unpacking; Python reads no more of a member than its declared size."""
    members = archive.infolist()
    if len(members) > _MOST_MEMBERS:
        raise ValueError(f"it has {len(members):,} members; the most is {_MOST_MEMBERS:,}")
    if any(member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for member in members):
        raise ValueError("it uses another compression than models")
    unpacked = sum(member.file_size for member in members)
    if unpacked > _MOST or unpacked > max(_MOST_RATIO * packed, 1 << 20):
        raise ValueError(
            f"it has {packed:,} bytes and would unpack to {unpacked:,}; the most is {_MOST_RATIO} times as many, "
            f"and {_MOST >> 20} MB"
        )


def checksum(about: dict[str, Any], estimator: bytes) -> str:
    """Compute the SHA-256 of the description without its checksum, and of the estimator."""
    said = {name: value for name, value in about.items() if name != "checksum"}
    text = json.dumps(said, sort_keys=True, separators=(",", ":")).encode()
    return hashlib.sha256(text + hashlib.sha256(estimator).digest()).hexdigest()


def check_about(about: dict[str, Any], estimator: bytes) -> None:
    """Check the form of the description, and that it is unchanged since it was saved.

    Raises
    ------
    ValueError
        The form is wrong, or the file was damaged or changed after it was saved.
    """
    old = {"training": [{"community": _is_text, **_TRAINING}]} if about.get("version") == 1 else {}
    _check_form(about, _FORM | old, ABOUT)
    if len(set(about["features"])) != len(about["features"]) or not about["features"]:
        raise ValueError("its features are missing or not distinct")
    known = about.get("checksum")
    if known is None and about["incahoots"] == _WITHOUT_CHECKSUM:
        return
    if known != checksum(about, estimator):
        raise ValueError("its checksum does not match: it was damaged or changed after it was saved")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 63


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_hash(value: Any) -> bool:
    return isinstance(value, str) and len(value) == 64 and set(value) <= set("0123456789abcdef")


def _is_missing_or_number(value: Any) -> bool:
    return value is None or _is_number(value)


#: Columns of the training, beside the population.
_TRAINING = dict.fromkeys(("label", "first", "last"), _is_text) | dict.fromkeys(("days", "posts"), _is_count)

#: The form of a value: a check, a list of one form, or an object of forms by name.
_FORM: dict[str, Any] = {
    "version": _is_count,
    "incahoots": _is_text,
    "scikit-learn": _is_text,
    "classifier": _is_text,
    "features": [_is_text],
    "aggregate": lambda value: value in tuple(GAPS),
    "window_s": _is_count,
    "share": lambda value: _is_number(value) and 0 < value < 1,
    "seed": lambda value: isinstance(value, int),
    "fingerprint": _is_hash,
    "calibration": {
        "sigmoid": {"slope": _is_number, "intercept": _is_number},
        **dict.fromkeys(("roc_auc", "brier", "brier_of_share"), _is_number),
        "reliability": [dict.fromkeys(("low", "high", "probability", "campaigns"), _is_number) | {"days": _is_count}],
    },
    "training": [{"population": _is_text, **_TRAINING}],
    "usual": [{"feature": _is_text, **dict.fromkeys(("campaigns", "baselines"), _is_missing_or_number)}],
}


def _check_form(value: Any, form: Callable[[Any], bool] | list[Any] | dict[str, Any], where: str) -> None:
    """Check the form of a value; `checksum` may be there too."""
    if isinstance(form, dict):
        if not isinstance(value, dict) or set(value) - {"checksum"} != set(form):
            raise ValueError(f"{where} does not have the fields of a model")
        for name, of_name in form.items():
            _check_form(value[name], of_name, name)
    elif isinstance(form, list):
        if not isinstance(value, list):
            raise ValueError(f"{where} is not a list")
        for each in value:
            _check_form(each, form[0], where)
    elif not form(value):
        raise ValueError(f"{where} has an invalid value")


def check_estimator(estimator: bytes, n_features: int) -> None:
    """Check that an estimator is a forest of valid trees over this number of features, without building it.

    Raises
    ------
    ValueError
        It is not.
    """
    with zipfile.ZipFile(io.BytesIO(estimator)) as archive:
        _check_sizes(archive, len(estimator))
        names = archive.namelist()
        if len(set(names)) != len(names) or any(name != SCHEMA and not name.endswith(".npy") for name in names):
            raise ValueError("its estimator has parts that a forest does not have")
        if archive.getinfo(SCHEMA).file_size > _MOST_TEXT:
            raise ValueError(f"{SCHEMA} is larger than {_MOST_TEXT >> 20} MB")
        arrays = {name: _array(archive.read(name)) for name in names if name != SCHEMA}
        root = json.loads(archive.read(SCHEMA))
    trees: list[dict[str, Any]] = []
    _check_node(root, {}, trees)
    if root["__class__"] != "RandomForestClassifier":
        raise ValueError("its estimator is not a forest")
    for tree in trees:
        width, classes, outputs = (_value(node, arrays) for node in tree["__reduce__"]["args"]["content"])
        if (width, np.asarray(classes).tolist(), outputs) != (n_features, [2], 1):
            raise ValueError("a tree has other features than the model, or not two classes")
        state = {name: _value(node, arrays) for name, node in tree["content"]["content"].items()}
        _check_tree(state, n_features)
    if not trees:
        raise ValueError("its estimator has no trees")


def _array(data: bytes) -> NDArray[Any]:
    """Read an array after checking that it has its declared length."""
    stream = io.BytesIO(data)
    major, _ = np.lib.format.read_magic(stream)
    header = np.lib.format.read_array_header_1_0 if major == 1 else np.lib.format.read_array_header_2_0
    shape, _, dtype = header(stream)
    if dtype.hasobject or math.prod(shape) * dtype.itemsize != len(data) - stream.tell():
        raise ValueError("an array does not have its declared length")
    stream.seek(0)
    found: NDArray[Any] = np.load(stream, allow_pickle=False)
    return found


def _check_node(node: Any, seen: dict[Any, bytes], trees: list[dict[str, Any]]) -> bytes:
    """Check that nodes of skops are those of a forest, and hash their content.

    Two nodes with the same id must have the same content: skops uses the first for both.
    """
    if isinstance(node, list):
        return _hash([_check_node(each, seen, trees) for each in node])
    if not isinstance(node, dict):
        return _hash([json.dumps(node).encode()])
    if "__loader__" in node:
        kind = node["__loader__"], node.get("__module__"), node.get("__class__")
        if kind not in _CLASSES and not (kind[0] in _PLAIN and kind[1] in ("builtins", "numpy")):
            raise ValueError("its estimator contains more than a forest")
        if kind[0] == "TreeNode":
            trees.append(node)
    held = [_hash([name.encode(), _check_node(node[name], seen, trees)]) for name in sorted(node) if name != "__id__"]
    found = _hash(held)
    if "__id__" in node and seen.setdefault(node["__id__"], found) != found:
        raise ValueError("two different parts of its estimator have the same id")
    return found


def _hash(parts: list[bytes]) -> bytes:
    """Hash parts together with their boundaries."""
    return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).digest()


def _value(node: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> Any:
    """The value of a node that is a number or an array."""
    if node["__loader__"] == "JsonNode":
        return json.loads(node["content"])
    if node["__loader__"] == "NdArrayNode" and node.get("type") == "numpy":
        return arrays[node["file"]]
    raise ValueError("a tree has a value that is not an array or a number")


def _check_tree(state: dict[str, Any], n_features: int) -> None:
    """Check that the arrays are a tree: every node except the first is the child of an earlier one."""
    nodes, values, n = state["nodes"], state["values"], state["node_count"]
    if (
        not _is_count(n)
        or not _is_count(state["max_depth"])
        or nodes.shape != (n,)
        or values.shape != (n, 1, 2)
        or n < 1
    ):
        raise ValueError("a tree does not have its declared number of nodes")
    if values.dtype != np.float64 or not np.isfinite(values).all() or (values < 0).any():
        raise ValueError("a leaf of a tree has invalid shares")
    left, right = nodes["left_child"].astype(np.int64), nodes["right_child"].astype(np.int64)
    places = np.arange(n)
    inner = left != -1
    if (right[~inner] != -1).any():
        raise ValueError("a node of a tree has one child")
    children = np.concatenate([left[inner], right[inner]])
    parents = np.concatenate([places[inner], places[inner]])
    if (children <= parents).any() or not np.array_equal(np.sort(children), places[1:]):
        raise ValueError("the nodes of a tree do not form a tree")
    feature, threshold = nodes["feature"][inner], nodes["threshold"][inner]
    if (feature < 0).any() or (feature >= n_features).any() or not np.isfinite(threshold).all():
        raise ValueError("a tree uses a feature or threshold that does not exist")
