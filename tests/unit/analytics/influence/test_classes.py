"""Edges by class, against labels that are dealt out by chance, and before and after a date."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from incahoots.analytics.influence.classes import before_and_after, class_table
from incahoots.analytics.pictures import draw_influence
from incahoots.analytics.tables import read_lookup
from incahoots.errors import InputError, UsageError

LABELS = {"a": "linked", "b": "linked", "c": "linked"}


def edges_of(rows: list[tuple[str, str, float]], entity: str = "hashtag") -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["source", "target", "weight"]).assign(entity=entity)


def test_edges_by_class() -> None:
    table = class_table(edges_of([("a", "b", 0.5), ("b", "a", 0.25), ("a", "x", 0.25)]), LABELS)
    found = table.set_index(["source_class", "target_class"])
    columns = ["edges", "share", "weight", "sources", "targets"]
    assert found.loc[("linked", "linked"), columns].tolist() == [2, 2 / 3, 0.75, 2, 2]
    assert found.loc[("linked", "other"), columns].tolist() == [1, 1 / 3, 0.25, 1, 1]
    assert class_table(edges_of([]), LABELS).empty


def test_labels_dealt_out_by_chance_are_the_baseline() -> None:
    # 20 accounts, half of them linked, who influence only each other: by chance a quarter of the edges would be so.
    rng = np.random.default_rng(1)
    names = [f"l{number}" for number in range(10)], [f"o{number}" for number in range(10)]
    rows = [(*rng.choice(own, 2, replace=False), 0.1) for own in names for _ in range(60)]
    table = class_table(edges_of(rows), dict.fromkeys(names[0], "linked"))
    found = table.set_index(["source_class", "target_class"])
    assert found.loc[("linked", "linked"), "share"] == 0.5
    # Both ends are different accounts: 10 / 20 times 9 / 19.
    assert found["shuffled_share"].tolist() == pytest.approx([10 * 9 / (20 * 19)] * 2, abs=0.02)


def test_before_and_after() -> None:
    before = edges_of([("a", "b", 0.2), ("b", "c", 0.4), ("x", "y", 0.1), ("a", "x", 0.9)])
    after = edges_of([("a", "b", 0.9), ("b", "c", 0.9)])
    found = before_and_after(before, after, LABELS).set_index("account_class")
    assert found.loc["linked", ["edges_before", "edges_after"]].tolist() == [2, 2]
    assert found.loc["linked", "ratio"] == pytest.approx(0.9 / 0.3)
    assert found.loc["other", ["edges_before", "edges_after"]].tolist() == [1, 0]
    assert pd.isna(found.loc["other", "ratio"])


def test_a_picture_of_influence() -> None:
    edges = edges_of([("a", "b", 0.5), ("b", "c", 0.25), ("x", "y", 0.125), ("a", "x", 0.01)])
    figure = draw_influence(edges, LABELS, title="$ <b>")
    (axes,) = figure.axes
    lines, linked, other = axes.collections[:3]
    assert [len(each.get_paths()) for each in (lines, linked, other)] == [1, 2, 1]
    # A wedge is as wide at the leader as its weight has it, and ends where the follower is.
    spots = np.asarray(axes.collections[3].get_offsets())
    base = np.array([path.vertices[:3] for path in linked.get_paths()])
    assert all(np.isclose(spots, wedge[2]).all(axis=1).any() for wedge in base)
    assert all(np.isclose(spots, wedge[:2].mean(axis=0)).all(axis=1).any() for wedge in base)
    widths = np.hypot(*(base[:, 0] - base[:, 1]).T)
    assert widths[0] > widths[1] > 0
    sizes = axes.collections[3].get_sizes()
    # In order of influence and influenced together: b, a, c, x, y.
    assert sizes.argmax() == 1
    assert {text.get_text() for text in axes.texts} == {"a", "b", "c", "x", "y"}
    few = draw_influence(edges, limit=2)
    assert len(few.axes[0].texts) == 2
    with pytest.raises(UsageError, match="no edges to draw"):
        draw_influence(edges.head(0))
    # Of several networks one is drawn.
    both = pd.concat([edges, edges.head(1).assign(entity="mention")])
    one = draw_influence(both, LABELS, entity="mention")
    assert {text.get_text() for text in one.axes[0].texts} == {"a", "b"}
    with pytest.raises(UsageError, match="no edges to draw"):
        draw_influence(both, entity="url")


def test_labels_are_read(tmp_path: Path) -> None:
    file = tmp_path / "labels.csv"
    file.write_text("account_id,label\n0123,linked\n4,\n")
    assert read_lookup(file, "account_id", "label") == {"0123": "linked"}
    file.write_text("account,label\n")
    with pytest.raises(InputError, match="has no column account_id"):
        read_lookup(file, "account_id", "label")
    with pytest.raises(InputError, match=r"^There is no file .*nowhere"):
        read_lookup(tmp_path / "nowhere.csv", "account_id", "label")
