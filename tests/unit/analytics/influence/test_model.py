"""The general influence model: against the peer's exact values, by definition, and by what was planted."""

from __future__ import annotations

import ast
import itertools
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from numpy.typing import NDArray
from sklearn.exceptions import NotFittedError

from incahoots.analytics.influence.model import InfluenceModel, generate, influence_matrix, transition_matrices
from incahoots.errors import UsageError

Floats = NDArray[np.float64]

#: An example with all numbers round: D, and A by pair.
D = np.array([[0.7, 0.3], [0.4, 0.6]])
A = np.array([
    [[[0.9, 0.1], [0.2, 0.8]], [[0.5, 0.5], [0.25, 0.75]]],
    [[[0.6, 0.4], [0.1, 0.9]], [[0.3, 0.7], [1.0, 0.0]]],
])  # fmt: skip


def blocks(matrix: Floats, m: int = 2) -> Floats:
    """A matrix of blocks as ``A[i, j, u, v]``."""
    n = len(matrix) // m
    return matrix.reshape(n, m, n, m).transpose(0, 2, 1, 3)


def numbers(text: str) -> Floats:
    """A matrix as numpy prints it."""
    rows = re.findall(r"\[([^\[\]]+)\]", text)
    return np.array([[float(word) for word in row.split()] for row in rows])


@pytest.mark.real_data
@pytest.mark.copied_from("influence-model 0.1.1, reference/influence_model.txt", why="the package of S1's authors")
def test_as_the_peer(reference: Path) -> None:
    text = (reference / "influence_model.txt").read_text()
    cases = re.findall(
        r"== \w+ (\{.*?\})\nA=\n(.*?)\nD=\n(.*?) rowsum.*?\n(?:H\(Dn\)=\n(.*?)(?=\n==|\nH fix|\Z))?", text, re.S
    )
    assert len(cases) == 4
    with_h = 0
    for sequences, a, d, h in cases:
        found = transition_matrices(np.array([*ast.literal_eval(sequences).values()]).T)
        expected = blocks(numbers(a))
        # Of a status that a site never has on a step the peer has zeros, which are no chances.
        seen = expected.sum(axis=-1) > 0
        assert np.abs(found - expected)[seen].max() < 1e-10
        assert np.allclose(found.sum(axis=-1), 1)
        assert seen.all() == (len(h) > 0)
        if h:
            network = numbers(d)
            with_h += 1
            ours = influence_matrix(network / network.sum(axis=1, keepdims=True), expected)
            assert np.abs(ours - numbers(h)).max() < 1e-9
    assert with_h == 3
    assert np.abs(influence_matrix(D, A) - numbers(text.partition("H fixture=")[2].partition("p1=")[0])).max() < 1e-10
    chances = numbers(text.partition("p1=")[2])
    assert np.array([[1, 0, 0, 1]]) @ influence_matrix(D, A) == pytest.approx(chances)


def test_a_status_that_is_never_seen_makes_no_difference() -> None:
    # The first site has the status 0 only; the second has 1 on two of four steps.
    found = transition_matrices(np.array([[0, 0, 0, 0, 0], [0, 1, 0, 0, 1]]).T)
    assert found[0, 1].tolist() == [[0.5, 0.5], [0.5, 0.5]]
    assert found[0, 0].tolist() == [[1.0, 0.0], [1.0, 0.0]]


sequences = st.integers(2, 12).flatmap(
    lambda steps: st.lists(st.lists(st.integers(0, 2), min_size=3, max_size=3), min_size=steps, max_size=steps)
)


@given(rows=sequences)
def test_transitions_by_definition(rows: list[list[int]]) -> None:
    found = transition_matrices(np.array(rows), 3)
    steps = list(itertools.pairwise(rows))
    for i in range(3):
        for j in range(3):
            for u in range(3):
                after = [later[j] for earlier, later in steps if earlier[i] == u] or [later[j] for _, later in steps]
                assert found[i, j, u].tolist() == pytest.approx([after.count(v) / len(after) for v in range(3)])


def test_the_influence_matrix_is_a_kronecker_product() -> None:
    assert influence_matrix(D, A)[:2, 2:].tolist() == (0.4 * A[0, 1]).tolist()
    # With one A for all it is numpy's.
    same = np.broadcast_to(A[0, 0], A.shape)
    assert influence_matrix(D, same) == pytest.approx(np.kron(D.T, A[0, 0]))


def test_generated_sequences_follow_the_model() -> None:
    found = generate(D, A, 40_000, seed=1)
    assert found.shape == (40_000, 2)
    for statuses in ([0, 0], [0, 1], [1, 0], [1, 1]):
        after = found[1:][(found[:-1] == statuses).all(axis=1)]
        expected = [D[i, 0] * A[0, i, statuses[0], 1] + D[i, 1] * A[1, i, statuses[1], 1] for i in range(2)]
        assert after.mean(axis=0) == pytest.approx(expected, abs=0.02)
    assert (generate(D, A, 50, seed=3) == generate(D, A, 50, seed=3)).all()
    assert generate(D, A, 1, start=[1, 0]).tolist() == [[1, 0]]
    assert len(generate(D, A, 0)) == 0
    with pytest.raises(UsageError, match="rows of D are not probabilities"):
        generate(D * 2, A, 5)


def planted(n: int, m: int, seed: int) -> tuple[Floats, Floats]:
    """A network, and one set of transitions for all pairs, that make a difference."""
    rng = np.random.default_rng(seed)
    transitions = 0.8 * np.eye(m)[rng.permutation(m)] + 0.2 * rng.dirichlet(np.ones(m), m)
    return rng.dirichlet(np.ones(n), n), np.broadcast_to(transitions, (n, n, m, m))


@pytest.mark.parametrize(("seed", "m"), [(1, 2), (2, 2), (3, 3)])
def test_a_planted_network_is_recovered(seed: int, m: int) -> None:
    d, a = planted(5, m, seed)
    model = InfluenceModel().fit(generate(d, a, 20_000, seed=seed))
    assert np.abs(model.network_ - d).mean() <= 0.03
    assert np.abs(model.transitions_ - a).mean() <= 0.03
    assert np.allclose(model.network_.sum(axis=1), 1)
    assert (np.diff(model.log_likelihood_) >= -1e-12).all()
    assert model.influence_ == pytest.approx(influence_matrix(model.network_, model.transitions_))


def test_with_couplings_of_their_own_the_one_of_least_determination_is_recovered() -> None:
    # Every pair copies or does the opposite: nothing in it is constant, so this D is the one that is given.
    rng = np.random.default_rng(4)
    d = rng.dirichlet(np.ones(5), 5)
    a = np.array([[np.eye(2)[[u, 1 - u]] for u in row] for row in rng.integers(0, 2, (5, 5))])
    # A site that only ever copies ends in one status: each also listens to itself, by chance.
    for i in range(5):
        a[i, i] = [[0.7, 0.3], [0.4, 0.6]]
    model = InfluenceModel("each").fit(generate(d, a, 20_000, seed=4))
    assert np.abs(model.network_ - d).mean() <= 0.03
    assert np.allclose(model.network_.sum(axis=1), 1)
    assert np.allclose(model.transitions_.sum(axis=-1), 1)


def test_what_is_given_has_the_likelihood_that_was_reached() -> None:
    d, a = planted(3, 2, 7)
    found = generate(d, a, 3_000, seed=7)
    for couplings in ("shared", "each"):
        model = InfluenceModel(couplings).fit(found)
        offset = 2 * np.arange(3)
        chances = np.array([model.influence_[offset + row].sum(axis=0).reshape(3, 2) for row in found[:-1]])
        logs = np.log([chances[k, i, found[k + 1, i]] for k in range(len(chances)) for i in range(3)])
        assert logs.mean() == pytest.approx(model.log_likelihood_[-1], abs=1e-6)
        # As good as the truth, or better: it was fitted.
        truth = influence_matrix(d, a)
        chances = np.array([truth[offset + row].sum(axis=0).reshape(3, 2) for row in found[:-1]])
        logs = np.log([chances[k, i, found[k + 1, i]] for k in range(len(chances)) for i in range(3)])
        assert model.log_likelihood_[-1] >= logs.mean()


@settings(max_examples=30)
@given(seed=st.integers(0, 10_000), couplings=st.sampled_from(["shared", "each"]))
def test_the_likelihood_never_falls(seed: int, couplings: str) -> None:
    rng = np.random.default_rng(seed)
    model = InfluenceModel(couplings, max_iter=60, seed=seed).fit(rng.integers(0, 3, (40, 3)))
    assert (np.diff(model.log_likelihood_) >= -1e-10).all()
    assert np.allclose(model.network_.sum(axis=1), 1)
    assert (model.network_ >= 0).all()


def test_several_sequences_have_no_step_between_them() -> None:
    one, other = np.array([[0, 1], [1, 1]]), np.array([[1, 0], [0, 0], [1, 1]])
    found = transition_matrices([one, other])
    # The first site goes 0 to 1, 1 to 0, 0 to 1.
    assert found[0, 0].tolist() == [[0.0, 1.0], [1.0, 0.0]]


def test_manners_of_scikit_learn() -> None:
    model = InfluenceModel("each", max_iter=3)
    assert model.get_params()["couplings"] == "each"
    with pytest.raises(NotFittedError):
        model.generate(3)
    assert model.fit(np.array([[0, 1], [1, 0], [0, 1]])) is model
    assert model.n_iter_ <= 3
    assert model.generate(4).shape == (4, 2)


@pytest.mark.parametrize(
    ("rows", "message"),
    [([[0, 1]], "no step"), ([[0.5, 1], [0, 1]], "must be integers"),
     ([[0, -1], [0, 1]], "must be 0 or more and below 2"), ([[0, 5], [0, 1]], "must be 0 or more and below 2"),
     ([], "do not have the same sites")],
)  # fmt: skip
def test_what_is_no_sequence(rows: list[list[float]], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        transition_matrices(rows, 2)
    with pytest.raises(UsageError, match="no couplings 'free'"):
        InfluenceModel("free").fit([[0, 1], [1, 0]])
