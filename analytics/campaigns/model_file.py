"""The file of a model, which a stranger may have made: checked before anything in it is unpacked, built or believed.

Sizes are checked before a byte is unpacked. What the file says about itself has to have the right form, and a checksum
of it and of the estimator that fits. The estimator may be made of nothing but a forest's own classes, and its trees
have to be trees: scikit-learn walks them without looking, so a wrong child would read foreign memory or never end.
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

#: The last version that saved no checksum.
_WITHOUT_CHECKSUM = "0.1.0"

#: Bytes of a file with text, and of all of an archive, unpacked; a model of 100 trees has about 2 MB.
_MOST_TEXT, _MOST = 16 << 20, 512 << 20

#: How many times smaller an archive may be than what is in it, from a megabyte on; a model is about 30 times.
_MOST_RATIO = 100

#: Arrays in an estimator; a tree has five.
_MOST_MEMBERS = 50_000

#: What an estimator may be made of: kinds of nodes of skops, and the classes of scikit-learn.
_PLAIN = {"JsonNode", "ListNode", "TupleNode", "DictNode", "TypeNode", "NdArrayNode"}
_CLASSES = {
    ("ObjectNode", "sklearn.ensemble._forest", "RandomForestClassifier"),
    ("ObjectNode", "sklearn.tree._classes", "DecisionTreeClassifier"),
    ("TreeNode", "sklearn.tree._tree", "Tree"),
}


def read_parts(path: Path) -> tuple[dict[str, Any], bytes]:
    """Unpack what a model says about itself, and its estimator.

    Raises
    ------
    ValueError
        It is no archive of these two parts, or one that would unpack to far more than a model is.
    OSError
        It cannot be read.
    """
    with zipfile.ZipFile(path) as archive:
        _check_sizes(archive, path.stat().st_size)
        names = sorted(archive.namelist())
        if names != [ABOUT, ESTIMATOR]:
            raise ValueError(f"it has not the two parts {ABOUT} and {ESTIMATOR}")
        if archive.getinfo(ABOUT).file_size > _MOST_TEXT:
            raise ValueError(f"{ABOUT} is larger than {_MOST_TEXT >> 20} MB")
        about = json.loads(archive.read(ABOUT))
        if not isinstance(about, dict):
            raise ValueError(f"{ABOUT} is no object")
        return about, archive.read(ESTIMATOR)


def _check_sizes(archive: zipfile.ZipFile, packed: int) -> None:
    """Refuse an archive before it is unpacked; of a member Python reads no more than the size it is said to have."""
    members = archive.infolist()
    if len(members) > _MOST_MEMBERS:
        raise ValueError(f"it has {len(members):,} members; the most is {_MOST_MEMBERS:,}")
    if any(member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for member in members):
        raise ValueError("it is compressed in a way that models are not")
    unpacked = sum(member.file_size for member in members)
    if unpacked > _MOST or unpacked > max(_MOST_RATIO * packed, 1 << 20):
        raise ValueError(
            f"it has {packed:,} bytes and would unpack to {unpacked:,}; the most is {_MOST_RATIO} times as many, "
            f"and {_MOST >> 20} MB"
        )


def checksum(about: dict[str, Any], estimator: bytes) -> str:
    """Give the SHA-256 of all that a model says about itself, but for this, and of its estimator."""
    said = {name: value for name, value in about.items() if name != "checksum"}
    text = json.dumps(said, sort_keys=True, separators=(",", ":")).encode()
    return hashlib.sha256(text + hashlib.sha256(estimator).digest()).hexdigest()


def check_about(about: dict[str, Any], estimator: bytes) -> None:
    """See that what a model says about itself has the right form, and is what was saved.

    Raises
    ------
    ValueError
        It has not, or was damaged or changed after it was saved.
    """
    _check_form(about, _FORM, ABOUT)
    if len(set(about["features"])) != len(about["features"]) or not about["features"]:
        raise ValueError("its features are none, or not different")
    known = about.get("checksum")
    if known is None and about["incahoots"] == _WITHOUT_CHECKSUM:
        return
    if known != checksum(about, estimator):
        raise ValueError("it was damaged or changed after it was saved, its checksum does not fit")


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
    "training": [
        dict.fromkeys(("community", "label", "first", "last"), _is_text) | dict.fromkeys(("days", "posts"), _is_count)
    ],
    "usual": [{"feature": _is_text, **dict.fromkeys(("campaigns", "baselines"), _is_missing_or_number)}],
}


def _check_form(value: Any, form: Callable[[Any], bool] | list[Any] | dict[str, Any], where: str) -> None:
    """See that a value has a form; `checksum` may be there beside."""
    if isinstance(form, dict):
        if not isinstance(value, dict) or set(value) - {"checksum"} != set(form):
            raise ValueError(f"{where} has not what a model has there")
        for name, of_name in form.items():
            _check_form(value[name], of_name, name)
    elif isinstance(form, list):
        if not isinstance(value, list):
            raise ValueError(f"{where} is no list")
        for each in value:
            _check_form(each, form[0], where)
    elif not form(value):
        raise ValueError(f"{where} has a value that cannot be")


def check_estimator(estimator: bytes, n_features: int) -> None:
    """See that an estimator is a forest of real trees over so many features, without building it.

    Raises
    ------
    ValueError
        It is not.
    """
    with zipfile.ZipFile(io.BytesIO(estimator)) as archive:
        _check_sizes(archive, len(estimator))
        names = archive.namelist()
        if len(set(names)) != len(names) or any(name != SCHEMA and not name.endswith(".npy") for name in names):
            raise ValueError("its estimator has parts that a forest has not")
        if archive.getinfo(SCHEMA).file_size > _MOST_TEXT:
            raise ValueError(f"{SCHEMA} is larger than {_MOST_TEXT >> 20} MB")
        arrays = {name: _array(archive.read(name)) for name in names if name != SCHEMA}
        root = json.loads(archive.read(SCHEMA))
    trees: list[dict[str, Any]] = []
    _check_node(root, {}, trees)
    if root["__class__"] != "RandomForestClassifier":
        raise ValueError("its estimator is no forest")
    for tree in trees:
        width, classes, outputs = (_value(node, arrays) for node in tree["__reduce__"]["args"]["content"])
        if (width, np.asarray(classes).tolist(), outputs) != (n_features, [2], 1):
            raise ValueError("a tree is not of the model's features and two classes")
        state = {name: _value(node, arrays) for name, node in tree["content"]["content"].items()}
        _check_tree(state, n_features)
    if not trees:
        raise ValueError("its estimator has no trees")


def _array(data: bytes) -> NDArray[Any]:
    """Read an array, after a look at whether it is as long as it says."""
    stream = io.BytesIO(data)
    major, _ = np.lib.format.read_magic(stream)
    header = np.lib.format.read_array_header_1_0 if major == 1 else np.lib.format.read_array_header_2_0
    shape, _, dtype = header(stream)
    if dtype.hasobject or math.prod(shape) * dtype.itemsize != len(data) - stream.tell():
        raise ValueError("an array is not as long as it says")
    stream.seek(0)
    found: NDArray[Any] = np.load(stream, allow_pickle=False)
    return found


def _check_node(node: Any, seen: dict[Any, bytes], trees: list[dict[str, Any]]) -> bytes:
    """See that nodes of skops are such as a forest has, and give a hash of what they hold.

    Two nodes of one id have to hold the same: skops takes the first for both.
    """
    if isinstance(node, list):
        return _hash([_check_node(each, seen, trees) for each in node])
    if not isinstance(node, dict):
        return _hash([json.dumps(node).encode()])
    if "__loader__" in node:
        kind = node["__loader__"], node.get("__module__"), node.get("__class__")
        if kind not in _CLASSES and not (kind[0] in _PLAIN and kind[1] in ("builtins", "numpy")):
            raise ValueError("its estimator is made of more than a forest is")
        if kind[0] == "TreeNode":
            trees.append(node)
    held = [_hash([name.encode(), _check_node(node[name], seen, trees)]) for name in sorted(node) if name != "__id__"]
    found = _hash(held)
    if "__id__" in node and seen.setdefault(node["__id__"], found) != found:
        raise ValueError("two parts of its estimator have one number")
    return found


def _hash(parts: list[bytes]) -> bytes:
    """A hash of parts, and of where one ends and the next begins."""
    return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).digest()


def _value(node: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> Any:
    """What a node of a number or an array holds."""
    if node["__loader__"] == "JsonNode":
        return json.loads(node["content"])
    if node["__loader__"] == "NdArrayNode" and node.get("type") == "numpy":
        return arrays[node["file"]]
    raise ValueError("a tree is made of something else than arrays")


def _check_tree(state: dict[str, Any], n_features: int) -> None:
    """See that a tree's arrays are those of a tree: every node but the first the child of one before it."""
    nodes, values, n = state["nodes"], state["values"], state["node_count"]
    if (
        not _is_count(n)
        or not _is_count(state["max_depth"])
        or nodes.shape != (n,)
        or values.shape != (n, 1, 2)
        or n < 1
    ):
        raise ValueError("a tree has not as many nodes as it says")
    if values.dtype != np.float64 or not np.isfinite(values).all() or (values < 0).any():
        raise ValueError("a leaf of a tree has no shares")
    left, right = nodes["left_child"].astype(np.int64), nodes["right_child"].astype(np.int64)
    places = np.arange(n)
    inner = left != -1
    if (right[~inner] != -1).any():
        raise ValueError("a node of a tree has one child")
    children = np.concatenate([left[inner], right[inner]])
    parents = np.concatenate([places[inner], places[inner]])
    if (children <= parents).any() or not np.array_equal(np.sort(children), places[1:]):
        raise ValueError("the nodes of a tree are no tree")
    feature, threshold = nodes["feature"][inner], nodes["threshold"][inner]
    if (feature < 0).any() or (feature >= n_features).any() or not np.isfinite(threshold).all():
        raise ValueError("a tree looks at what is not there")
