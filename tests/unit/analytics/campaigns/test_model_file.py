"""Files of models that a stranger may have made: bombs, damage, and trees that are none."""

from __future__ import annotations

import io
import json
import random
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sklearn.ensemble import RandomForestClassifier

from incahoots.analytics.campaigns import features
from incahoots.analytics.campaigns.features import read_features
from incahoots.analytics.campaigns.model import CampaignModel, load_model, train_model
from incahoots.analytics.campaigns.options import TrainingOptions
from incahoots.analytics.pictures import of_campaigns
from incahoots.errors import IncahootsError, InputError
from tests.campaigns import features_frame

Parts = dict[str, bytes]


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return features_frame()


@pytest.fixture(scope="module")
def path(frame: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of few trees."""
    model: CampaignModel = train_model(frame, TrainingOptions("day"), jobs=1)
    rows = model.rows(frame)
    values = rows[list(model.classifier.features)].to_numpy(np.float32)
    forest = RandomForestClassifier(4, random_state=1).fit(values, rows["population"].str.startswith("c").astype(int))
    found = tmp_path_factory.mktemp("model") / "model.zip"
    replace(model, classifier=replace(model.classifier, fitted_=forest)).save(found)
    return found


def unpacked(archive: bytes) -> Parts:
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def packed(parts: Parts) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return stream.getvalue()


def changed(path: Path, about: dict[str, Any], estimator: Callable[[Parts], None] = lambda _: None) -> Path:
    """A model with other words about itself, and an estimator with other parts."""
    parts = unpacked(path.read_bytes())
    inside = unpacked(parts["estimator.skops"])
    estimator(inside)
    said = json.loads(parts["about.json"]) | about
    other = path.with_name("changed.zip")
    kept = {name: value for name, value in said.items() if value is not ...}
    other.write_bytes(packed({"about.json": json.dumps(kept).encode(), "estimator.skops": packed(inside)}))
    return other


def test_a_model_of_the_first_format_is_read(path: Path, frame: pd.DataFrame) -> None:
    about = json.loads(unpacked(path.read_bytes())["about.json"])
    training = [{"community": row.pop("population"), **row} for row in about["training"]]
    old = load_model(changed(path, {"version": 1, "training": training, **UNSEALED}))
    pd.testing.assert_frame_equal(old.predict(frame), load_model(path).predict(frame))
    with pytest.raises(InputError, match="training does not have the fields of a model"):
        load_model(changed(path, {"training": training, **UNSEALED}))


def test_features_of_the_version_before_are_read(tmp_path: Path, frame: pd.DataFrame) -> None:
    features._write(frame, tmp_path / "old.parquet", {})
    old = pq.read_table(tmp_path / "old.parquet")
    old = old.rename_columns(["community" if name == "population" else name for name in old.column_names])
    made = {"version": 3, "window_s": 60, "communities": sorted(frame["population"].unique())}
    pq.write_table(old.replace_schema_metadata({b"incahoots": json.dumps(made).encode()}), tmp_path / "old.parquet")
    assert read_features(tmp_path / "old.parquet").columns.tolist() == frame.columns.tolist()


#: As a model of 0.1.0 is, which has no checksum.
UNSEALED = {"incahoots": "0.1.0", "checksum": ...}


def with_nodes(column: str, value: Callable[[np.ndarray], Any]) -> Callable[[Parts], None]:
    """Change a column of the nodes of all trees that branch."""

    def change(parts: Parts) -> None:
        for name, data in parts.items():
            if name.endswith(".npy") and (nodes := np.load(io.BytesIO(data))).dtype.names and len(nodes) > 2:
                nodes[column][0] = value(nodes)
                stream = io.BytesIO()
                np.save(stream, nodes)
                parts[name] = stream.getvalue()

    return change


def with_schema(old: str, new: str) -> Callable[[Parts], None]:
    def change(parts: Parts) -> None:
        text = parts["schema.json"].decode()
        assert old in text
        parts["schema.json"] = text.replace(old, new).encode()

    return change


@pytest.mark.regression("0.1.1", "C2")
@pytest.mark.parametrize(
    ("change", "message"),
    [
        (with_nodes("left_child", lambda nodes: 10**9), "do not form a tree"),
        (with_nodes("right_child", lambda nodes: -5), "do not form a tree"),
        (with_nodes("left_child", lambda nodes: 0), "do not form a tree"),
        (with_nodes("right_child", lambda nodes: nodes["left_child"][0]), "do not form a tree"),
        (with_nodes("feature", lambda nodes: 10**6), "uses a feature or threshold that does not exist"),
        (with_nodes("feature", lambda nodes: -7), "uses a feature or threshold that does not exist"),
        (with_nodes("threshold", lambda nodes: np.nan), "uses a feature or threshold that does not exist"),
        (with_schema('"DecisionTreeClassifier"', '"ExtraTreeClassifier"'), "contains more than a forest"),
        (with_schema('"content": "42"', '"content": "41"'), "has other features than the model"),
    ],
)
def test_invalid_trees_are_refused(path: Path, change: Callable[[Parts], None], message: str) -> None:
    load_model(changed(path, UNSEALED))
    with pytest.raises(InputError, match=message):
        load_model(changed(path, UNSEALED, change))


@pytest.mark.regression("0.1.1", "C2")
def test_any_change_is_noticed(path: Path) -> None:
    about = json.loads(unpacked(path.read_bytes())["about.json"])
    for change in (
        {"fingerprint": "0" * 64}, {"checksum": "0" * 64}, {"checksum": ...}, {"incahoots": "0.1.0"}, {"share": 0.5},
        {"features": about["features"][::-1]}, {"seed": 2}, {"calibration": about["calibration"] | {"roc_auc": 1.0}},
    ):  # fmt: skip
        with pytest.raises(InputError, match=r"damaged or changed after it was saved"):
            load_model(changed(path, change))
    with pytest.raises(InputError, match="damaged or changed"):
        load_model(changed(path, {}, with_nodes("threshold", lambda nodes: nodes["threshold"][0] + 1)))
    for change in ({"fingerprint": "?"}, {"window_s": -1}, {"training": [{}]}, {"usual": None}, {"more": 1}):
        with pytest.raises(InputError, match="is not a valid model"):
            load_model(changed(path, UNSEALED | change))


@pytest.mark.regression("0.1.1", "C1")
def test_an_archive_is_not_unpacked_when_it_is_far_larger_than_a_model(path: Path) -> None:
    parts = unpacked(path.read_bytes())
    zeros = bytes(30 << 20)
    bomb = path.with_name("bomb.zip")
    for name in parts:
        bomb.write_bytes(packed(parts | {name: zeros}))
        assert bomb.stat().st_size < 1 << 20
        with pytest.raises(InputError, match=r"would unpack to 3\d,\d\d\d,\d\d\d; the most is 100 times as many"):
            load_model(bomb)
    # A bomb in the archive within.
    inside = unpacked(parts["estimator.skops"])
    bomb = changed(path, UNSEALED, lambda found: found.update({next(iter(inside)): zeros}))
    with pytest.raises(InputError, match="would unpack to"):
        load_model(bomb)
    # An array that says it is larger than it is.
    header = (
        np.lib.format.magic(1, 0)
        + b"\x76\x00"
        + b"{'descr': '<f8', 'fortran_order': False, 'shape': (9999999999,), }".ljust(117)
        + b"\n"
    )
    bomb = changed(path, UNSEALED, lambda found: found.update({next(iter(inside)): header}))
    with pytest.raises(InputError, match="does not have its declared length"):
        load_model(bomb)
    with pytest.raises(InputError, match="the most is 50,000"):
        load_model(changed(path, UNSEALED, lambda found: found.update({f"{n}.npy": b"" for n in range(50_001)})))


ODD = (None, -1, 10**30, 1e308, float("nan"), "", "x" * 1000, [], {}, [[]], True, "1970-01-01", "99999-01-01")


def spoilt(node: Any, rng: random.Random) -> Any:
    """A value of JSON in which one place is another."""
    if isinstance(node, dict | list) and node and rng.random() < 0.97:
        copy = dict(node) if isinstance(node, dict) else list(node)
        place = rng.choice(list(copy)) if isinstance(copy, dict) else rng.randrange(len(copy))
        if rng.random() < 0.05:
            del copy[place]
        else:
            copy[place] = spoilt(copy[place], rng)
        return copy
    return rng.choice(ODD)


@pytest.mark.regression("0.1.1", "C2")
def test_whatever_is_changed_nothing_else_is_raised(path: Path, frame: pd.DataFrame) -> None:
    rng = random.Random(7)
    whole, few = path.read_bytes(), frame[frame["aggregate"] == "day"].head(20)
    about = json.loads(unpacked(whole)["about.json"])

    def flipped(data: bytes) -> bytes:
        place = rng.randrange(len(data))
        return data[:place] + bytes([data[place] ^ (1 << rng.randrange(8))]) + data[place + 1 :]

    def an_array(parts: Parts) -> None:
        name = rng.choice([name for name in parts if name.endswith(".npy")])
        parts[name] = flipped(parts[name])

    def the_schema(parts: Parts) -> None:
        parts["schema.json"] = json.dumps(spoilt(json.loads(parts["schema.json"]), rng)).encode()

    refused = 0
    for number in range(300):
        match number % 4:
            case 0:
                other = path.with_name("flipped.zip")
                other.write_bytes(flipped(whole))
            case 1:
                said = spoilt(about, rng)
                other = changed(path, (said if isinstance(said, dict) else {}) | UNSEALED)
            case 2:
                other = changed(path, UNSEALED, an_array)
            case _:
                other = changed(path, UNSEALED, the_schema)
        try:
            model = load_model(other)
            assert np.isfinite(model.predict(few)["score"]).all()
        except IncahootsError:
            refused += 1
    assert refused > 150


@pytest.mark.regression("0.1.1", "C2")
def test_other_tables_that_are_damaged_are_told(tmp_path: Path) -> None:
    table = pa.table({"population": ["a"]}).replace_schema_metadata({b"incahoots": b"{}"})
    pq.write_table(table, tmp_path / "features.parquet")
    with pytest.raises(InputError, match=r"is not a file of features: it has no column date"):
        read_features(tmp_path / "features.parquet")
    predictions = tmp_path / "predictions.csv"
    predictions.write_text(",".join(of_campaigns._COLUMNS) + "\n" + ",".join(["x"] * len(of_campaigns._COLUMNS)) + "\n")
    with pytest.raises(InputError, match="has an invalid date"):
        of_campaigns.read_predictions(predictions)
