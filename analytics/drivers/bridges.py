r"""Bridges: who is between languages, by more than the number of neighbours.

Let the neighbours of account i in the networks of all languages together have main languages, :math:`k_{is}` of them s.
Its *participation* is 0 where all have one, and near 1 - 1 / S where S languages have alike parts; its *betweenness* is
the share of shortest ways between other accounts that go through it:

.. math:: P_i = 1 - \sum_s \left(\frac{k_{is}}{k_i}\right)^2

Who has many neighbours has more of both by that alone. So both are held against networks in which each language's edges
are drawn anew, and each account keeps its number of neighbours in each language.

References
----------
Yi 2025 (S4), section 4.3, which asks for the role of bridges and leaves it open. Guimerà and Amaral 2005,
"Functional cartography of complex metabolic networks" (participation). Maslov and Sneppen 2002, "Specificity and
stability in topology of protein networks" (the null).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy import sparse

from incahoots.analytics.cosines import Floats
from incahoots.analytics.drivers.similarity import EDGE
from incahoots.analytics.projections import BETWEENNESS_SOURCES, betweenness, projected
from incahoots.analytics.shares import Codes
from incahoots.database import Database
from incahoots.errors import UsageError
from incahoots.progress import Report, silent

#: Networks that are drawn anew.
NULLS = 100

#: Accounts from which shortest ways are looked for in a comparison, where betweenness is not exact: with a hundred
#: networks each has its price.
SOURCES = 500

#: Swaps for each edge, after which a network has forgotten which it was.
SWAPS = 10


def bridges(
    database: Database,
    networks: Mapping[str, pd.DataFrame],
    table: pd.DataFrame,
    *,
    nulls: int = NULLS,
    seed: int = 42,
    report: Report = silent,
) -> pd.DataFrame:
    """Measure who is between languages, and whether by more than the number of neighbours.

    Parameters
    ----------
    database : Database
        It needs Graph Data Science, for betweenness: exact up to 2,000 accounts, above from a sample of as many.
    networks : mapping of str to pd.DataFrame
        Edges, by language.
    table : pd.DataFrame
        Of `spoken`.
    nulls : int
        Networks to compare with.
    seed : int
    report : callable
        Told of the progress.

    Returns
    -------
    pd.DataFrame
        A row an account of the networks: account_id, main, bilingual, degree (neighbours in all languages together),
        participation, betweenness, betweenness_error (its standard error; 0 where it is exact, up to 2,000 accounts),
        and of participation and betweenness the mean of the nulls (``_null``), the difference to it in their standard
        deviations (``_z``, missing where they do not vary), and the share of all networks, the nulls and this one, that
        have as much or more (``_p``, one-sided). Above 2,000 accounts these compare estimates from `SOURCES` accounts,
        of this network and of the nulls alike.
    """
    if nulls < 1:
        raise UsageError("Without networks to compare with nobody is a bridge.", "Take 1 or more, such as 100.")
    ends = [each[end] for each in networks.values() for end in EDGE[:2]]
    codes, accounts = pd.factorize(pd.concat(ends, ignore_index=True) if ends else pd.Series(dtype=str), sort=True)
    layers, first = [], 0
    for each in networks.values():
        one, other = codes[first : first + len(each)], codes[first + len(each) : first + 2 * len(each)]
        layers.append(np.stack([one, other], axis=1))
        first += 2 * len(each)
    people = table.reindex(accounts)
    main = pd.Categorical(people["main"]).codes.astype(np.int64)
    pairs = merged(layers)
    real, error = _measures(database, pairs, main, seed)
    # What is compared is measured alike.
    compared, least = real, None
    if len(main) > BETWEENNESS_SOURCES:
        least = SOURCES
        compared, _ = _measures(database, pairs, main, seed, least)
    sums, squares, above = (np.zeros_like(real) for _ in range(3))
    rng = np.random.default_rng(seed)
    for place in range(nulls):
        report("sampling networks", place, nulls)
        drawn, _ = _measures(database, merged([rewired(layer, rng) for layer in layers]), main, seed, least)
        sums += drawn
        squares += (drawn - compared) ** 2
        # The last digits of betweenness are not the same each time.
        above += drawn >= compared - 1e-9
    report("sampling networks", nulls, nulls)
    found = pd.DataFrame({
        "account_id": accounts, "main": people["main"].to_numpy(),
        "bilingual": people["bilingual"].fillna(value=False).to_numpy(dtype=bool),
        "degree": np.bincount(pairs.ravel(), minlength=len(accounts)),
    })  # fmt: skip
    for place, name in enumerate(("participation", "betweenness")):
        mean = sums[place] / nulls
        apart = squares[place] / nulls
        variance = apart - (mean - compared[place]) ** 2
        # Where all nulls are the same, what is left is rounding.
        deviation = np.sqrt(np.where(variance > 1e-9 * apart, variance, np.nan))
        found[name] = real[place]
        if name == "betweenness":
            found["betweenness_error"] = error
        found[f"{name}_null"] = mean
        found[f"{name}_z"] = (compared[place] - mean) / deviation
        found[f"{name}_p"] = (1 + above[place]) / (1 + nulls)
    return found


def merged(layers: list[Codes]) -> Codes:
    """Put edges of all languages together, each once and the smaller end first: shape (n_edges, 2)."""
    every = np.concatenate([np.zeros((0, 2), dtype=np.int64), *layers])
    return np.unique(np.sort(every, axis=1), axis=0)


def participation(pairs: Codes, main: Codes) -> Floats:
    """Say how mixed the main languages of each account's neighbours are.

    Parameters
    ----------
    pairs : array of int, shape (n_edges, 2)
    main : array of int, shape (n_accounts,)
        The number of each account's language; -1 where it has none, and counts for nobody.
    """
    ends = np.concatenate([pairs, pairs[:, ::-1]])
    ends = ends[main[ends[:, 1]] >= 0]
    shape = (len(main), int(main.max(initial=0)) + 1)
    counts = sparse.coo_array((np.ones(len(ends)), (ends[:, 0], main[ends[:, 1]])), shape=shape).toarray()
    total = counts.sum(axis=1, keepdims=True)
    shares = np.divide(counts, total, out=np.zeros_like(counts), where=total > 0)
    mixed: Floats = np.where(total[:, 0] > 0, 1 - (shares**2).sum(axis=1), 0.0)
    return mixed


def _measures(
    database: Database, pairs: Codes, main: Codes, seed: int, sources: int | None = None
) -> tuple[Floats, Floats]:
    """Participation and betweenness of every account, shape (2, n_accounts), and the error of betweenness."""
    n = len(main)
    between, error = np.zeros(n), np.zeros(n)
    if len(pairs):
        edges = [[one, other, 1.0] for one, other in pairs.tolist()]
        nothing = UsageError("The networks have no edges.", "Lower the thresholds.")
        with projected(database, "projections/of_edges", nothing, edges=edges) as (gds, graph):
            scores = betweenness(gds, graph, seed, sources=sources)
        places = scores["nodeId"].to_numpy(dtype=np.int64)
        between[places], error[places] = scores["score"].to_numpy(), scores["error"].to_numpy()
    ways = max((n - 1) * (n - 2) / 2, 1)
    return np.stack([participation(pairs, main), between / ways]), error / ways


def rewired(layer: Codes, rng: np.random.Generator) -> Codes:
    """Draw a network in which everybody has as many neighbours, by swapping ends of edges.

    Parameters
    ----------
    layer : array of int, shape (n_edges, 2)
        Each pair once.
    rng : np.random.Generator

    Returns
    -------
    array of int, shape (n_edges, 2)

    Notes
    -----
    All edges are paired by chance, and each pair swaps ends at once with all others, unless one of its four edges, the
    old and the new ones, is a loop or an old or new edge of another pair. That pairs stand in each other's way is the
    same before and after a swap, so that there and back are equally likely, and all networks in the end.
    """
    pairs, half = layer.copy(), len(layer) // 2
    n = int(layer.max(initial=0)) + 1
    for _ in range(2 * SWAPS):
        order = rng.permutation(len(pairs))
        one, other = pairs[order[:half]], pairs[order[half : 2 * half]]
        other = np.where(rng.random((half, 1)) < 0.5, other, other[:, ::-1])
        swapped = [np.stack([one[:, 0], other[:, 1]], axis=1), np.stack([other[:, 0], one[:, 1]], axis=1)]
        # Old and new edges, and the one that found no other.
        every = np.concatenate([one, other, *swapped, pairs[order[2 * half :]]])
        _, which, often = np.unique(every.min(axis=1) * n + every.max(axis=1), return_inverse=True, return_counts=True)
        alone = (often[which] == 1) & (every[:, 0] != every[:, 1])
        kept = alone[: 4 * half].reshape(4, half).all(axis=0)
        pairs[order[:half][kept]] = swapped[0][kept]
        pairs[order[half : 2 * half][kept]] = swapped[1][kept]
    return pairs
