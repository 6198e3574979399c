"""What all pictures share: names that cannot break them, colours that all can tell apart."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, strategies as st
from matplotlib.colors import to_rgb

from incahoots.analytics.pictures.style import _LOOKS, labels, looks, shown
from incahoots.cypher.behaviours import BEHAVIOURS


def test_labels_are_names_and_ids_where_names_do_not_tell_apart() -> None:
    names = {"1": "anna", "2": "same", "3": "same", "4": None, "5": "\u202e"}
    assert labels(["1", "2", "3", "4", "5"], names) == {"1": "anna", "2": "2", "3": "3", "4": "4", "5": "?"}
    assert labels(["1"]) == {"1": "1"}


@given(st.text(max_size=60), st.integers(2, 30))
def test_what_is_shown_is_short_plain_and_never_empty(text: str, most: int) -> None:
    found = shown(text, most)
    assert 1 <= len(found) <= most
    assert found.isprintable()
    assert shown(found, most) == found or found.endswith("…")


def seen_by(colour: str, matrix: list[list[float]]) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """A colour in CIELAB as somebody sees it, by a matrix of Machado, Oliveira and Fernandes 2009."""
    rgb = np.array(to_rgb(colour))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    linear = np.clip(np.array(matrix) @ linear, 0, 1)
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    ratio = to_xyz @ linear / np.array([0.9505, 1.0, 1.089])
    f = np.where(ratio > (6 / 29) ** 3, np.cbrt(ratio), ratio / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize(
    "matrix",
    [
        [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    ],
    ids=["all colours", "no red", "no green"],
)
def test_colours_are_told_apart_by_those_who_see_fewer(matrix: list[list[float]]) -> None:
    colours = {look.colour for look in looks([row.name for row in BEHAVIOURS.values() if row.in_all]).values()}
    seen = [seen_by(colour, matrix) for colour in colours]
    # 2.3 is what one can just tell apart.
    assert min(float(np.linalg.norm(one - other)) for one, other in itertools.combinations(seen, 2)) > 10


def test_no_two_behaviours_look_the_same() -> None:
    found = looks([*BEHAVIOURS, *_LOOKS, "link+mention", "hashtag+mention", "link+hashtag"])
    assert len(set(found.values())) == len(found)
    assert len({look.marker for look in _LOOKS.values()}) == len(_LOOKS)
    assert [found[name] for name in _LOOKS] == list(_LOOKS.values())
