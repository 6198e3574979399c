"""Derivations: how the edges of a behaviour come about, and what follows from that, in one object each.

Each row of the table of behaviours names its derivation, a key of `DERIVATIONS`. All that depends on the derivation
(the posts behind an edge, the times of edges, window sweeps, significance, co-activity) asks the object; no other code
compares the names.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import pandas as pd
import polars as pl

from incahoots.analytics.coordination.co_similarity import Similarity
from incahoots.analytics.coordination.engines import ARRAYS, CYPHER, ENGINES, engine_for
from incahoots.analytics.coordination.engines.arrays import in_order, with_texts
from incahoots.analytics.coordination.engines.cypher import counted
from incahoots.analytics.coordination.fast_retweet import FAST_S, fetch_fast_retweets
from incahoots.analytics.coordination.matching import Pairs, coded_pairs, matched
from incahoots.analytics.coordination.request import Request
from incahoots.analytics.coordination.similar_posts import derive_similar, fetch_similar
from incahoots.analytics.coordination.text_families import fetch_families
from incahoots.analytics.coordination.traced_posts import TracedPosts, fetch_traced_posts
from incahoots.analytics.runs.run import Run
from incahoots.analytics.tables import typed
from incahoots.cypher.behaviours import Behaviour
from incahoots.database import Database
from incahoots.errors import UsageError
from incahoots.progress import Progress, silent


@dataclass(frozen=True)
class Matched:
    """The edges of one behaviour of a run, and the posts that match."""

    edges: pd.DataFrame
    posts: TracedPosts
    pairs: Iterable[Pairs]


class Derivation:
    """What every derivation knows; the defaults are those of edges that no engine derives and no test understands.

    Attributes
    ----------
    by_window : bool
        Whether posts match by the time and nothing but a trace, so that several windows can be compared.
    times_from_ids : bool
        Whether it knows times finer than minutes, from the posts' ids.
    compares_texts : bool
        Whether it takes a `Similarity`.
    """

    by_window = False
    times_from_ids = False
    compares_texts = False

    def checked(self, request: Request, row: Behaviour) -> Request:
        """Complete a request, or raise a `UsageError` if it cannot answer it."""
        return request

    def derive(
        self, database: Database, request: Request, row: Behaviour, run_id: str, progress: Progress = silent
    ) -> int:
        """Derive a network and write its edges; return their number. See the engines."""
        return ENGINES[engine_for(database, row, request.engine)].derive(database, request, row, run_id, progress)

    def engine(self, database: Database, request: Request, row: Behaviour) -> str | None:
        """The name of the engine that derives a network; None if it needs none."""
        return engine_for(database, row, request.engine)

    def posts_behind(
        self, database: Database, run: Run, row: Behaviour, ends: tuple[str, str], limit: int
    ) -> tuple[pd.DataFrame, int]:
        """Find the pairs of posts behind an edge of a run, and count them. See the same of an engine."""
        return CYPHER.posts_behind(database, Request.of(run, row), row, ends, limit)

    def matched(
        self, database: Database, run: Run, row: Behaviour, edges: pd.DataFrame, progress: Progress
    ) -> Matched | None:
        """Find the posts behind edges of a run again; None if their times do not tell when the two accounts met."""
        return None

    def can_be_tested(self, row: Behaviour) -> bool:
        """Whether significance can test its edges: posts share a trace, and can be closer in time than chance."""
        return False

    def traced_posts(
        self, database: Database, run: Run, row: Behaviour, bin_s: int, progress: Progress
    ) -> pl.DataFrame:
        """Fetch posts with their traces, as `fetch_traced_posts` does, for a null model with bins of this length.

        Raises
        ------
        UsageError
            The behaviour cannot be tested.
        """
        raise _without_trace(row)

    def used_traces(self, database: Database, request: Request, row: Behaviour, progress: Progress) -> pl.DataFrame:
        """Fetch which account used which trace, rare ones too, for co-activity; as `fetch_traced_posts` returns it.

        Raises
        ------
        UsageError
            Its accounts use no traces.
        """
        raise _without_trace(row)


def _without_trace(row: Behaviour) -> UsageError:
    """The error for a behaviour whose posts share no trace."""
    return UsageError(f"{row.name} has no trace that posts could share.", "Choose another behaviour.")


class ByTrace(Derivation):
    """Posts share a trace, or several, within the window. Of co_post the time alone counts."""

    by_window = True

    def matched(
        self, database: Database, run: Run, row: Behaviour, edges: pd.DataFrame, progress: Progress
    ) -> Matched | None:
        if run.window_s is None:
            return None
        accounts = sorted({*edges["source"], *edges["target"]})
        frame = fetch_traced_posts(database, row, Request.of(run, row), accounts=accounts, progress=progress)
        # Of co_post all posts were fetched.
        traced = TracedPosts.of(frame.filter(pl.col("account_id").is_in(accounts)))
        loops = bool((edges["source"] == edges["target"]).any())
        return Matched(edges, traced, matched(traced, run.window_s, leader=run.leader, loops=loops))

    def can_be_tested(self, row: Behaviour) -> bool:
        return row.key is not None or bool(row.parts)

    def traced_posts(
        self, database: Database, run: Run, row: Behaviour, bin_s: int, progress: Progress
    ) -> pl.DataFrame:
        return fetch_traced_posts(database, row, Request.of(run, row), progress=progress)

    def used_traces(self, database: Database, request: Request, row: Behaviour, progress: Progress) -> pl.DataFrame:
        return fetch_traced_posts(database, row, request, least=1, progress=progress)


class SimilarTexts(Derivation):
    """Posts have similar texts. Which do is kept in the graph."""

    compares_texts = True

    def checked(self, request: Request, row: Behaviour) -> Request:
        similarity = request.similarity or Similarity()
        similarity.check()
        return replace(request, similarity=similarity)

    def derive(
        self, database: Database, request: Request, row: Behaviour, run_id: str, progress: Progress = silent
    ) -> int:
        return derive_similar(database, request, row, run_id, progress)

    def engine(self, database: Database, request: Request, row: Behaviour) -> str | None:
        return None

    def posts_behind(
        self, database: Database, run: Run, row: Behaviour, ends: tuple[str, str], limit: int
    ) -> tuple[pd.DataFrame, int]:
        parameters = {"run_id": run.run_id, "source": ends[0], "target": ends[1], "leader": run.leader}
        found = database.query("explore/why_similar", limit=limit, **parameters)
        return found, counted(database, "fetch/count_similar", found, limit, **parameters)

    def matched(
        self, database: Database, run: Run, row: Behaviour, edges: pd.DataFrame, progress: Progress
    ) -> Matched | None:
        return _as_found(edges, fetch_similar(database, run))

    def can_be_tested(self, row: Behaviour) -> bool:
        return True

    def traced_posts(
        self, database: Database, run: Run, row: Behaviour, bin_s: int, progress: Progress
    ) -> pl.DataFrame:
        # The trace of a text is the family of similar texts that it belongs to.
        similarity = Similarity.of(run.properties)
        return fetch_families(database, similarity, bin_s, operation_id=run.operation_id, progress=progress)


class FastRetweets(Derivation):
    """One post retweets the other soon after it."""

    times_from_ids = True

    def checked(self, request: Request, row: Behaviour) -> Request:
        if request.leader:
            raise UsageError(f"{row.name} has no leader: the retweet always comes second.", "Leave `leader` out.")
        return request

    def posts_behind(
        self, database: Database, run: Run, row: Behaviour, ends: tuple[str, str], limit: int
    ) -> tuple[pd.DataFrame, int]:
        return ARRAYS.posts_behind(database, Request.of(run, row), row, ends, limit)

    def matched(
        self, database: Database, run: Run, row: Behaviour, edges: pd.DataFrame, progress: Progress
    ) -> Matched | None:
        return _as_found(edges, fetch_fast_retweets(database, run.window, progress=progress))

    def used_traces(self, database: Database, request: Request, row: Behaviour, progress: Progress) -> pl.DataFrame:
        # The traces are the accounts that one retweets at once.
        found = fetch_fast_retweets(database, request.window_s, request.operation_id, progress=progress)
        others = found[found["account_id"] != found["other_account_id"]].rename(columns={"other_account_id": "trace"})
        return typed(others, {"trace": pl.String, "account_id": pl.String, "tweet_id": pl.String, "ts": pl.Int64})


class CoActivity(Derivation):
    """Accounts have used the same traces, rare ones above all. `incahoots.discount` derives it."""

    def checked(self, request: Request, row: Behaviour) -> Request:
        raise UsageError(f"{row.name} is not derived by matching posts.", "Use `discount()`.")

    def posts_behind(
        self, database: Database, run: Run, row: Behaviour, ends: tuple[str, str], limit: int
    ) -> tuple[pd.DataFrame, int]:
        (part,) = row.parts
        if part.key:
            return super().posts_behind(database, run, part, ends, limit)
        window_s = FAST_S if run.window_s is None else run.window_s
        ours, theirs = (
            fetch_fast_retweets(database, window_s, source=end).rename(columns={"other_account_id": "trace"})[
                ["trace", "tweet_id", "ts"]
            ]
            for end in ends
        )
        theirs = theirs.rename(columns={"tweet_id": "other_tweet_id", "ts": "other_ts"})
        found = in_order(with_texts(database, ours[~ours["trace"].isin(ends)].merge(theirs, on="trace")))
        return (found.head(limit) if limit else found), len(found)

    def matched(
        self, database: Database, run: Run, row: Behaviour, edges: pd.DataFrame, progress: Progress
    ) -> Matched | None:
        (part,) = row.parts
        return _BY_TRACE.matched(database, run, part, edges, progress) if part.key else None


def _as_found(edges: pd.DataFrame, found: pd.DataFrame) -> Matched:
    """The pairs that a query returns."""
    traced, pairs = coded_pairs(found)
    return Matched(edges, traced, [pairs])


_BY_TRACE = ByTrace()

#: All derivations, by the name that rows of the table of behaviours have.
DERIVATIONS: dict[str, Derivation] = {
    "query": _BY_TRACE,
    "higher_order": _BY_TRACE,
    "similarity": SimilarTexts(),
    "fast_retweet": FastRetweets(),
    "co_activity": CoActivity(),
}


def derivation_of(row: Behaviour) -> Derivation:
    """The derivation of a behaviour."""
    return DERIVATIONS[row.derivation]
