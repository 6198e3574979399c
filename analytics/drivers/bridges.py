r"""Bridges: accounts between languages, compared with accounts of the same degrees.

Let :math:`k_{is}` be the number of neighbours of account i, in the networks of all languages together, whose main
language is s. Its *participation* is 0 if all neighbours have one language, and near 1 - 1 / S if S languages have
equal parts. Its *betweenness* is the share of shortest paths between other accounts that pass through it:

.. math:: P_i = 1 - \sum_s \left(\frac{k_{is}}{k_i}\right)^2

Both increase with the number of neighbours. So they are compared with random networks in which the edges of each
language are rewired, while each account keeps its number of neighbours in each language.

References
----------
Yi 2025 (S4), section 4.3, which asks for the role of bridges and leaves it open. Guimerà and Amaral 2005,
"Functional cartography of complex metabolic networks" (participation). Maslov and Sneppen 2002, "Specificity and
stability in topology of protein networks" (the null model).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy import sparse

from incahoots.analytics.coordination.traced_posts import Codes
from incahoots.analytics.drivers.options import DriverOptions
from incahoots.analytics.drivers.similarity import EDGE
from incahoots.analytics.networks.cosines import Floats
from incahoots.analytics.networks.projections import BETWEENNESS_SOURCES, betweenness, projected
from incahoots.database import Database
from incahoots.errors import UsageError, check_least
from incahoots.progress import Progress, silent

#: Number of sources of shortest paths in comparisons in which betweenness is not exact, to bound the time of a hundred
#: networks.
SOURCES = 500

#: Number of swaps per edge after which the original network has no influence.
SWAPS = 10


def bridges(
    database: Database,
    networks: Mapping[str, pd.DataFrame],
    table: pd.DataFrame,
    *,
    nulls: int = DriverOptions.nulls,
    seed: int = 42,
    progress: Progress = silent,
) -> pd.DataFrame:
    """Measure participation and betweenness of each account, and compare them with random networks.

    Returns one row per account of the networks: account_id, main, bilingual, degree (neighbours in all languages
    together), participation, betweenness, betweenness_error (its standard error; 0 if it is exact, up to 2,000
    accounts), and for participation and betweenness the mean over the random networks (``_null``), the difference from
    it in standard deviations (``_z``, missing if they do not vary), and the share of all networks, including this one,
    that have at least as much (``_p``, one-sided). Above 2,000 accounts, these compare estimates from `SOURCES`
    sources, for this network and the random ones alike.

    ``networks`` holds edges, by language, ``table`` is the answer of `spoken`, and ``nulls`` the number of random
    networks. Graph Data Science computes betweenness: exactly up to 2,000 accounts; above, it is estimated from 2,000
    sources.
    """
    check_least("The number of random networks", nulls, 1)
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
    # Compare values that were computed in the same way.
    compared, least = real, None
    if len(main) > BETWEENNESS_SOURCES:
        least = SOURCES
        compared, _ = _measures(database, pairs, main, seed, least)
    sums, squares, above = (np.zeros_like(real) for _ in range(3))
    rng = np.random.default_rng(seed)
    for place in range(nulls):
        progress("sampling networks", place, nulls)
        drawn, _ = _measures(database, merged([rewired(layer, rng) for layer in layers]), main, seed, least)
        sums += drawn
        squares += (drawn - compared) ** 2
        # The last digits of betweenness vary.
        above += drawn >= compared - 1e-9
    progress("sampling networks", nulls, nulls)
    found = pd.DataFrame({
        "account_id": accounts, "main": people["main"].to_numpy(),
        "bilingual": people["bilingual"].fillna(value=False).to_numpy(dtype=bool),
        "degree": np.bincount(pairs.ravel(), minlength=len(accounts)),
    })  # fmt: skip
    for place, name in enumerate(("participation", "betweenness")):
        mean = sums[place] / nulls
        apart = squares[place] / nulls
        variance = apart - (mean - compared[place]) ** 2
        # If all random networks have the same value, the remaining difference is rounding.
        deviation = np.sqrt(np.where(variance > 1e-9 * apart, variance, np.nan))
        found[name] = real[place]
        if name == "betweenness":
            found["betweenness_error"] = error
        found[f"{name}_null"] = mean
        found[f"{name}_z"] = (compared[place] - mean) / deviation
        found[f"{name}_p"] = (1 + above[place]) / (1 + nulls)
    return found


def mixed(found: pd.DataFrame) -> pd.DataFrame:
    """Select the accounts with neighbours of several languages from a table of `bridges`, the most mixed first."""
    columns = [
        *("account_id", "main", "bilingual", "degree", "participation", "participation_z"),
        *("betweenness", "betweenness_z"),
    ]
    some = found[found["participation"] > 0]
    return some.sort_values(["participation", "betweenness"], ascending=False)[columns]


def merged(layers: list[Codes]) -> Codes:
    """Merge the edges of all languages, each once and the smaller end first: shape (n_edges, 2)."""
    every = np.concatenate([np.zeros((0, 2), dtype=np.int64), *layers])
    return np.unique(np.sort(every, axis=1), axis=0)


def participation(pairs: Codes, main: Codes) -> Floats:
    """Measure how mixed the main languages of each account's neighbours are.

    Parameters
    ----------
    pairs : array of int, shape (n_edges, 2)
    main : array of int, shape (n_accounts,)
        Index of each account's main language; accounts with -1, which have none, do not count as neighbours.
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
    """Rewire a network by swapping ends of edges, so that all degrees stay the same.

    Parameters
    ----------
    layer : array of int, shape (n_edges, 2)
        Each pair once.

    Returns
    -------
    array of int, shape (n_edges, 2)

    Notes
    -----
    All edges are paired at random, and all pairs swap ends at once, except pairs of which one of the four edges, old
    and new, is a loop or an old or new edge of another pair. Conflicts between pairs are the same before and after a
    swap, so that each step is as likely as its reverse, and all networks are equally likely in the limit.
    """
    pairs, half = layer.copy(), len(layer) // 2
    n = int(layer.max(initial=0)) + 1
    for _ in range(2 * SWAPS):
        order = rng.permutation(len(pairs))
        one, other = pairs[order[:half]], pairs[order[half : 2 * half]]
        other = np.where(rng.random((half, 1)) < 0.5, other, other[:, ::-1])
        swapped = [np.stack([one[:, 0], other[:, 1]], axis=1), np.stack([other[:, 0], one[:, 1]], axis=1)]
        # Old and new edges, and the edge without a partner.
        every = np.concatenate([one, other, *swapped, pairs[order[2 * half :]]])
        _, which, often = np.unique(every.min(axis=1) * n + every.max(axis=1), return_inverse=True, return_counts=True)
        alone = (often[which] == 1) & (every[:, 0] != every[:, 1])
        kept = alone[: 4 * half].reshape(4, half).all(axis=0)
        pairs[order[:half][kept]] = swapped[0][kept]
        pairs[order[half : 2 * half][kept]] = swapped[1][kept]
    return pairs
