"""Significance: whether the two accounts of an edge are closer in time than chance.

There are three null models, each a module of this package: ``rates``, the default, ``poisson`` and ``shuffle``. Their
assumptions and failures are described there and in ``docs/significance.md``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import polars as pl

from incahoots.analytics.coordination.derivations import derivation_of
from incahoots.analytics.coordination.traced_posts import Codes, TracedPosts, count_traced_posts, in_turn
from incahoots.analytics.runs.parts import TESTS, whole_or_absent
from incahoots.analytics.runs.store import SIGNIFICANCE, batches, find_run, finish, whole_edges, writing
from incahoots.analytics.significance.multiplicity import check_alpha, holm
from incahoots.analytics.significance.poisson import n_pairs, poisson
from incahoots.analytics.significance.rates import family, rates
from incahoots.analytics.significance.shuffle import shuffle
from incahoots.analytics.significance.trial import PERMUTATIONS, Trial
from incahoots.cypher.behaviours import find
from incahoots.database import Connectable, Database, connect
from incahoots.errors import UsageError, check_choice
from incahoots.locks import write
from incahoots.progress import Progress, part, silent


@dataclass(frozen=True)
class Significance:
    """The result of `significance`.

    Attributes
    ----------
    run_id, null : str
    alpha : float
    edges : pd.DataFrame
        Those of the run, with the columns of ``SIGNIFICANCE``: p_value of the edge alone; p_adjusted, within the family
        of all pairs of accounts and all behaviours of the run; effect_size, the base-2 logarithm of the ratio of
        observed to expected matches; observed and expected, the numbers of matches observed and expected by chance, in
        bins of time (``rates``) or posts of the source (``shuffle``). NaN where there is no test. With ``keep`` only
        the remaining edges.
    n_tests : int
        Pairs of accounts that were tested, of all behaviours, with an edge or without.
    n_tested : int
        Number of edges that were tested, including those that ``keep`` deleted.
    untested : pd.DataFrame
        The other edges: a row a behaviour and reason, with columns behaviour, why and edges (their number).
    warnings : tuple of str
        The rows of ``untested``, in words.
    """

    run_id: str
    null: str
    alpha: float
    edges: pd.DataFrame
    n_tests: int
    n_tested: int
    untested: pd.DataFrame
    warnings: tuple[str, ...] = ()

    @property
    def significant(self) -> pd.DataFrame:
        """The edges that are significant at the level alpha."""
        return self.edges[self.edges["p_adjusted"] <= self.alpha]

    def table(self) -> pd.DataFrame:
        """One row a behaviour: number of edges, of tested edges and of significant edges."""
        grouped = self.edges.assign(
            tested=self.edges["p_value"].notna(), significant=self.edges["p_adjusted"] <= self.alpha
        ).groupby("behaviour", sort=False)
        return grouped.agg(
            edges=("weight", "size"), tested=("tested", "sum"), significant=("significant", "sum")
        ).reset_index()


def significance(
    database: Connectable,
    run_id: str,
    *,
    null: str = "rates",
    alpha: float = 0.05,
    keep: bool = False,
    permutations: int = PERMUTATIONS,
    seed: int = 42,
    progress: Progress = silent,
) -> Significance:
    """Test every edge of a run against a null model, and write the result to the edges.

    Parameters
    ----------
    database : Database, neo4j.Driver, str or py2neo.Graph, optional
        As for ``connect``.
    run_id : str
        A complete run of coordination.
    null : {"rates", "poisson", "shuffle"}
    alpha : float
        Significance level, 0 to 1: the probability of one or more false positives in the whole run.
    keep : bool
        Delete the edges that are not significant. To restore them, derive the run again.
    permutations, seed : int
        Number of permutations and random seed, for ``shuffle``.
    progress : callable
        Told of the progress.

    Returns
    -------
    Significance

    Raises
    ------
    UsageError
        There is no such null model, alpha is not between 0 and 1, or no edge of the run can be tested.
    NotFoundError
        There is no such run, or it is not complete.

    Notes
    -----
    The p-values of ``rates`` and ``poisson`` are adjusted by Holm's procedure over all pairs of accounts that could
    have an edge, not only those that do: testing only pairs with an edge would select by the outcome. Those of
    ``shuffle`` are adjusted by the maximum over all pairs, and by Bonferroni over the behaviours.
    """
    check_choice("null model", null, NULLS)
    check_alpha(alpha)
    with connect(database) as opened, writing(opened, run_id, progress=progress):
        run = find_run(opened, run_id)
        rows = [row for row in map(find, run.behaviours) if derivation_of(row).can_be_tested(row)]
        no_trace = sorted(set(run.behaviours) - {row.name for row in rows})
        if not rows:
            raise UsageError(
                f"The run {run_id!r} has no behaviour with a trace: {', '.join(no_trace)}.",
                "Only edges between posts that share a trace can be tested. Derive co_link, co_retweet or others.",
            )
        precision = opened.query("fetch/time_precision", operation_id=run.operation_id)["precision_s"].iloc[0]
        about = Trial(
            null, alpha, run.window, run.leader, int(precision or 1), permutations, seed, progress,
            count_traced_posts(opened, rows),
        )  # fmt: skip
        bin_s = about.bins.size * about.bins.unit_s
        traced = {row.name: partial(derivation_of(row).traced_posts, opened, run, row, bin_s, progress) for row in rows}
        edges, n_tests = tested(whole_edges(opened, run_id, progress=progress), traced, about)
        without, n_tested = untested(edges, no_trace, null), int(edges["p_value"].notna().sum())
        # Without a test nothing has to be written, except to overwrite the result of an earlier one.
        earlier = run.null_model or TESTS in run.unfinished
        with whole_or_absent(opened, run_id, TESTS) as noted:
            _write(opened, run_id, edges if earlier else edges[edges["p_value"].notna()], progress)
            noted |= {"null_model": null, "alpha": alpha, "n_tests": n_tests, "kept": keep}
            if keep:
                # The run is incomplete until all of these edges are deleted.
                write(opened, "runs/reopen", run_id=run_id)
                with part(progress, "deleting edges", len(edges)):
                    write(opened, "runs/drop_insignificant", run_id=run_id, alpha=alpha)
                edges = edges[edges["p_adjusted"] <= alpha].reset_index(drop=True)
        if keep:
            finish(opened, run_id, {name: int((edges["behaviour"] == name).sum()) for name in run.behaviours})
    warnings = tuple(
        f"{row.edges:,} {'edge' if row.edges == 1 else 'edges'} of {row.behaviour} were not tested: {row.why}."
        for row in without.itertuples()
    )
    return Significance(run_id, null, alpha, edges, n_tests, n_tested, without, warnings)


def tested(
    edges: pd.DataFrame, traced: Mapping[str, Callable[[], pl.DataFrame]], about: Trial
) -> tuple[pd.DataFrame, int]:
    """Test edges of several behaviours. Pure.

    ``traced`` has for each behaviour a function that fetches its posts, as `fetch_traced_posts` does; they are in
    memory one behaviour at a time. The result has the edges with the columns of ``SIGNIFICANCE``, and the size of the
    family.
    """
    edges = edges.assign(**dict.fromkeys(SIGNIFICANCE, np.nan))
    in_family = np.zeros(len(edges), dtype=bool)
    n_tests = 0
    for behaviour in in_turn(about.counts or dict.fromkeys(traced, 1), "testing traces", about.progress):
        coded = TracedPosts.of(traced[behaviour]())
        places = {account_id: place for place, account_id in enumerate(coded.account_ids)}
        known = edges["source"].isin(places) & edges["target"].isin(places) & (edges["source"] != edges["target"])
        # Accounts whose posts are no longer in the graph are not known.
        rows = np.flatnonzero((edges["behaviour"] == behaviour) & known)
        u, v = (edges[end].iloc[rows].map(places).to_numpy(dtype=np.int64) for end in ("source", "target"))
        found, size = NULLS[about.null](coded, u, v, about, len(traced))
        n_tests += size
        in_family[rows] = found.pop("in_family")
        for column in found:
            edges.loc[edges.index[rows], column] = found[column].to_numpy()
    if about.null != "shuffle":
        # Edges outside the family cannot be significant.
        adjusted = holm(edges["p_value"].where(in_family).to_numpy(), n_tests)
        edges["p_adjusted"] = np.where(in_family, adjusted, edges["p_value"].where(edges["p_value"].isna(), 1.0))
    return edges, n_tests


def untested(edges: pd.DataFrame, no_trace: Collection[str], null: str) -> pd.DataFrame:
    """Count the edges of `tested` that were not tested. Pure.

    One row a behaviour and reason, the most edges first: behaviour, why, edges. ``no_trace`` are behaviours without a
    trace.
    """
    without = edges[edges["p_value"].isna()]
    few = "the two accounts share fewer than two traces, or all of them equally far apart"
    reasons = {
        "a behaviour without a trace cannot be tested": without["behaviour"].isin(list(no_trace)),
        "an account is not compared with itself": without["source"] == without["target"],
        few if null == "poisson" else "posts of the accounts are no longer in the graph": True,
    }
    why = np.select([np.full(len(without), held) for held in reasons.values()], list(reasons), "")
    counts = without.assign(why=why).groupby(["behaviour", "why"]).size().rename("edges").reset_index()
    return counts.sort_values("edges", ascending=False, kind="stable", ignore_index=True)


_Null = Callable[[TracedPosts, Codes, Codes, Trial, int], tuple[pd.DataFrame, int]]


def _rates(traced: TracedPosts, u: Codes, v: Codes, about: Trial, n_behaviours: int) -> tuple[pd.DataFrame, int]:
    """Test by the local rates of traces and accounts."""
    bins = about.bins
    # Each behaviour is one of several families, and gets its part of the level.
    n_tests, least = family(traced, bins, about.alpha / n_behaviours)
    found = rates(traced, u, v, bins)
    return pd.DataFrame(
        {
            "p_value": found["p_value"],
            "effect_size": _effect(found["occasions"], found["expected"]),
            "observed": found["occasions"].astype(float),
            "expected": found["expected"],
            "in_family": found["possible"] >= least,
        }
    ), n_tests


def _poisson(traced: TracedPosts, u: Codes, v: Codes, about: Trial, n_behaviours: int) -> tuple[pd.DataFrame, int]:
    """Test by the log-odds of a mixture."""
    found = poisson(traced, u, v)
    # The effect size is the mean log-odds; there are no observed and expected counts.
    return pd.DataFrame(
        {
            "p_value": found["p_value"],
            "effect_size": found["mean_log_odds"] / np.log(2),
            "in_family": found["p_value"].notna(),
        }
    ), 2 * n_pairs(traced)


def _shuffle(traced: TracedPosts, u: Codes, v: Codes, about: Trial, n_behaviours: int) -> tuple[pd.DataFrame, int]:
    """Test by permutation."""
    found = shuffle(traced, u, v, about)
    return pd.DataFrame(
        {
            "p_value": found["p_value"],
            "p_adjusted": np.minimum(found["p_adjusted"] * n_behaviours, 1.0),
            "effect_size": _effect(found["weight"], found["expected"]),
            "observed": found["weight"].astype(float),
            "expected": found["expected"],
            "in_family": True,
        }
    ), len(traced.account_ids) * (len(traced.account_ids) - 1)


NULLS: dict[str, _Null] = {"rates": _rates, "poisson": _poisson, "shuffle": _shuffle}


def _effect(observed: pd.Series[Any], expected: pd.Series[Any]) -> pd.Series[Any]:
    """Base-2 logarithm of observed over expected; adding half to both keeps it finite."""
    return pd.Series(np.log2((observed.to_numpy() + 0.5) / (expected.to_numpy() + 0.5)))


def _write(database: Database, run_id: str, edges: pd.DataFrame, progress: Progress) -> None:
    """Write p-values to relationships."""
    rows = (
        edges[["source", "target", "behaviour", *SIGNIFICANCE]].astype(object).where(lambda frame: frame.notna(), None)
    )
    for batch in batches(rows, "writing p-values of edges", progress):
        write(database, "runs/write_significance", run_id=run_id, rows=batch)
