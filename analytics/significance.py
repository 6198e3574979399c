"""Significance: whether the two accounts of an edge are closer in time than chance.

Three nulls say what chance is, each a module of ``incahoots.analytics.nulls``: ``rates``, the default, ``poisson`` and
``shuffle``. What each assumes, and where it fails, stands there and in ``docs/significance.md``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import polars as pl

from incahoots.analytics.co_similarity import Similarity
from incahoots.analytics.nulls.multiplicity import holm
from incahoots.analytics.nulls.poisson import n_pairs, poisson
from incahoots.analytics.nulls.rates import Bins, family, rates
from incahoots.analytics.nulls.shuffle import PERMUTATIONS, shuffle
from incahoots.analytics.run_parts import TESTS, unfinished_parts, whole_or_absent
from incahoots.analytics.runs import SIGNIFICANCE, batches, find_run, finish, whole_edges, writing
from incahoots.analytics.shares import Codes, Shares, fetch_shares, in_turn, share_counts
from incahoots.analytics.text_families import fetch_families
from incahoots.cypher.behaviours import Behaviour, find
from incahoots.database import Connectable, Database, connect
from incahoots.errors import UsageError
from incahoots.locks import write
from incahoots.progress import Report, part, silent


@dataclass(frozen=True)
class Significance:
    """The answer of `significance`.

    Attributes
    ----------
    run_id, null : str
    alpha : float
    edges : pd.DataFrame
        Those of the run, with the columns of ``SIGNIFICANCE``: p_value of the edge alone; p_adjusted, of the family of
        all pairs of accounts and all behaviours of the run; effect_size, the logarithm to base 2 of how many times
        more often they met than expected; observed and expected, how often they met and would by chance, both in bins
        of time (``rates``) or posts of the source (``shuffle``). Not a number where there is no test. With ``keep``
        only those that are left.
    n_tests : int
        Pairs of accounts that were looked at, of all behaviours, with an edge or without.
    n_tested : int
        Edges that were tested, with those that ``keep`` deleted.
    untested : pd.DataFrame
        The other edges: a row a behaviour and reason, with columns behaviour, why and edges (how many).
    warnings : tuple of str
        What is in ``untested``, in words.
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
        """The edges at the level alpha."""
        return self.edges[self.edges["p_adjusted"] <= self.alpha]

    def table(self) -> pd.DataFrame:
        """One row a behaviour: its edges, those that were tested, those that are significant."""
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
    report: Report = silent,
) -> Significance:
    """Test every edge of a run against a null, and write the result to its relationship.

    Parameters
    ----------
    database : Database, neo4j.Driver, str or py2neo.Graph, optional
        As for ``connect``.
    run_id : str
        A complete run of coordination.
    null : {"rates", "poisson", "shuffle"}
    alpha : float
        The level, 0 to 1: the chance of one false finding or more in the whole run.
    keep : bool
        Delete the edges that are not significant. Deriving the run again brings them back.
    permutations, seed : int
        Of ``shuffle``.
    report : callable
        Told of the progress.

    Returns
    -------
    Significance

    Raises
    ------
    UsageError
        There is no such null, alpha is none, or nothing in the run can be tested.
    NotFoundError
        There is no such run, or it is not complete.

    Notes
    -----
    The p-values of ``rates`` and ``poisson`` are adjusted by Holm's procedure over all pairs of accounts that could
    have had an edge, not only those that have one: to look only at the pairs that met would be to choose by the
    outcome. Those of ``shuffle`` are adjusted by the maximum over all pairs, and by Bonferroni over the behaviours.
    """
    check(null, alpha)
    with connect(database) as opened, writing(opened, run_id, report=report):
        run = find_run(opened, run_id)
        rows = [row for row in map(find, run["behaviours"]) if row.has_traces or row.how == "texts"]
        no_trace = sorted(set(run["behaviours"]) - {row.name for row in rows})
        if not rows:
            raise UsageError(
                f"The run {run_id!r} has no behaviour with a trace: {', '.join(no_trace)}.",
                "Posts that share a trace can be closer in time than chance; derive co_link, co_retweet or others.",
            )
        precision = opened.query("runs/time_precision", operation_id=_known(run["operation_id"]))["precision_s"].iloc[0]
        about = Trial(
            null, alpha, int(run["window_s"]), bool(run["leader"]), int(precision or 1), permutations, seed, report,
            share_counts(opened, rows),
        )  # fmt: skip
        shares = {row.name: partial(_fetched, opened, row, run, about.bins, report) for row in rows}
        edges, n_tests = tested(whole_edges(opened, run_id, report=report), shares, about)
        without, n_tested = untested(edges, no_trace, null), int(edges["p_value"].notna().sum())
        # Where there was no test nothing has to be written, but over an earlier one.
        earlier = run["null_model"] or TESTS in unfinished_parts(run)
        with whole_or_absent(opened, run_id, TESTS) as noted:
            _write(opened, run_id, edges if earlier else edges[edges["p_value"].notna()], report)
            noted |= {"null_model": null, "alpha": alpha, "n_tests": n_tests, "kept": keep}
            if keep:
                # Until all are deleted that are to be, the run is not complete.
                write(opened, "runs/reopen", run_id=run_id)
                with part(report, "deleting edges", len(edges)):
                    write(opened, "runs/drop_insignificant", run_id=run_id, alpha=alpha)
                edges = edges[edges["p_adjusted"] <= alpha].reset_index(drop=True)
        if keep:
            finish(opened, run_id, {name: int((edges["behaviour"] == name).sum()) for name in run["behaviours"]})
    warnings = tuple(
        f"{row.edges:,} {'edge' if row.edges == 1 else 'edges'} of {row.behaviour} were not tested: {row.why}."
        for row in without.itertuples()
    )
    return Significance(run_id, null, alpha, edges, n_tests, n_tested, without, warnings)


def check(null: str, alpha: float) -> None:
    """See that a call makes sense, before a database is looked for.

    Raises
    ------
    UsageError
        There is no such null, or alpha is none.
    """
    if null not in NULLS:
        raise UsageError(f"There is no null {null!r}.", f"Choose from: {', '.join(NULLS)}.")
    if not 0 < alpha < 1:
        raise UsageError(f"A level of {alpha} is none.", "It is between 0 and 1, such as 0.05.")


@dataclass(frozen=True)
class Trial:
    """What is tested, and how.

    Attributes
    ----------
    null : str
    alpha : float
    window_s : int
    leader : bool
        Whether the edges are those of a run of ``leader``.
    precision_s : int
        What all times are a multiple of, seconds.
    permutations, seed : int
        Of ``shuffle``.
    report : Report
    counts : mapping of str to int
        Shares of each behaviour, for the progress.
    """

    null: str = "rates"
    alpha: float = 0.05
    window_s: int = 60
    leader: bool = False
    precision_s: int = 1
    permutations: int = PERMUTATIONS
    seed: int = 42
    report: Report = silent
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def bins(self) -> Bins:
        """The bins of time of ``rates``."""
        return Bins.of(self.window_s, self.precision_s, self.leader)


def _fetched(database: Database, row: Behaviour, run: pd.Series[Any], bins: Bins, report: Report) -> pl.DataFrame:
    """Fetch the shares of a behaviour; of similar texts their families."""
    operation_id = _known(run["operation_id"])
    if row.how == "texts":
        similarity = Similarity.of({str(name): value for name, value in run.items()})
        return fetch_families(database, similarity, bins.size * bins.unit_s, operation_id=operation_id, report=report)
    return fetch_shares(database, row, retweets=_known(run["retweets"]), operation_id=operation_id, report=report)


def tested(
    edges: pd.DataFrame,
    shares: Mapping[str, Callable[[], pl.DataFrame]],
    about: Trial,
) -> tuple[pd.DataFrame, int]:
    """Test edges of several behaviours. Pure.

    Parameters
    ----------
    edges : pd.DataFrame
        Columns source, target, behaviour, weight.
    shares : dict of str to callable
        For each behaviour what gives its shares, as `fetch_shares` does; they are in memory one at a time.
    about : Trial

    Returns
    -------
    edges, n_tests : pd.DataFrame, int
        The edges with the columns of ``SIGNIFICANCE``; the size of the family.
    """
    edges = edges.assign(**dict.fromkeys(SIGNIFICANCE, np.nan))
    in_family = np.zeros(len(edges), dtype=bool)
    n_tests = 0
    for behaviour in in_turn(about.counts or dict.fromkeys(shares, 1), "testing traces", about.report):
        coded = Shares.of(shares[behaviour]())
        places = {account_id: place for place, account_id in enumerate(coded.account_ids)}
        known = edges["source"].isin(places) & edges["target"].isin(places) & (edges["source"] != edges["target"])
        # Accounts whose posts are no longer there are not known.
        rows = np.flatnonzero((edges["behaviour"] == behaviour) & known)
        u, v = (edges[end].iloc[rows].map(places).to_numpy(dtype=np.int64) for end in ("source", "target"))
        found, size = NULLS[about.null](coded, u, v, about, len(shares))
        n_tests += size
        in_family[rows] = found.pop("in_family")
        for column in found:
            edges.loc[edges.index[rows], column] = found[column].to_numpy()
    if about.null != "shuffle":
        # Outside the family nothing can be significant.
        adjusted = holm(edges["p_value"].where(in_family).to_numpy(), n_tests)
        edges["p_adjusted"] = np.where(in_family, adjusted, edges["p_value"].where(edges["p_value"].isna(), 1.0))
    return edges, n_tests


def untested(edges: pd.DataFrame, no_trace: Collection[str], null: str) -> pd.DataFrame:
    """Count the edges that were not tested, and say why. Pure.

    Parameters
    ----------
    edges : pd.DataFrame
        Of `tested`.
    no_trace : collection of str
        Behaviours without a trace.
    null : str

    Returns
    -------
    pd.DataFrame
        A row a behaviour and reason, that of most edges first: behaviour, why, edges.
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


_Null = Callable[[Shares, Codes, Codes, Trial, int], tuple[pd.DataFrame, int]]


def _rates(shares: Shares, u: Codes, v: Codes, about: Trial, n_behaviours: int) -> tuple[pd.DataFrame, int]:
    """Test by the local rates of traces and accounts."""
    bins = about.bins
    # Each behaviour is one family of several, and tells what it can at its part of the level.
    n_tests, least = family(shares, bins, about.alpha / n_behaviours)
    found = rates(shares, u, v, bins)
    return pd.DataFrame(
        {
            "p_value": found["p_value"],
            "effect_size": _effect(found["occasions"], found["expected"]),
            "observed": found["occasions"].astype(float),
            "expected": found["expected"],
            "in_family": found["possible"] >= least,
        }
    ), n_tests


def _poisson(shares: Shares, u: Codes, v: Codes, about: Trial, n_behaviours: int) -> tuple[pd.DataFrame, int]:
    """Test by the log-odds of a mixture."""
    found = poisson(shares, u, v)
    # The effect is the mean log-odds; nothing is counted, and nothing expected, of a single edge.
    return pd.DataFrame(
        {
            "p_value": found["p_value"],
            "effect_size": found["mean_log_odds"] / np.log(2),
            "in_family": found["p_value"].notna(),
        }
    ), 2 * n_pairs(shares)


def _shuffle(shares: Shares, u: Codes, v: Codes, about: Trial, n_behaviours: int) -> tuple[pd.DataFrame, int]:
    """Test by permutation."""
    found = shuffle(
        shares, u, v, about.window_s, leader=about.leader, permutations=about.permutations, seed=about.seed,
        report=about.report,
    )  # fmt: skip
    return pd.DataFrame(
        {
            "p_value": found["p_value"],
            "p_adjusted": np.minimum(found["p_adjusted"] * n_behaviours, 1.0),
            "effect_size": _effect(found["weight"], found["expected"]),
            "observed": found["weight"].astype(float),
            "expected": found["expected"],
            "in_family": True,
        }
    ), len(shares.account_ids) * (len(shares.account_ids) - 1)


NULLS: dict[str, _Null] = {"rates": _rates, "poisson": _poisson, "shuffle": _shuffle}


def _effect(observed: pd.Series[Any], expected: pd.Series[Any]) -> pd.Series[Any]:
    """How many times more than expected, as a logarithm to base 2; half a count on both sides keeps it finite."""
    return pd.Series(np.log2((observed.to_numpy() + 0.5) / (expected.to_numpy() + 0.5)))


def _known(value: Any) -> Any:
    """A parameter of a run; None where it has none."""
    return None if pd.isna(value) else value


def _write(database: Database, run_id: str, edges: pd.DataFrame, report: Report) -> None:
    """Write p-values to relationships."""
    rows = (
        edges[["source", "target", "behaviour", *SIGNIFICANCE]].astype(object).where(lambda frame: frame.notna(), None)
    )
    for batch in batches(rows, "writing p-values of edges", report):
        write(database, "runs/write_significance", run_id=run_id, rows=batch)
