"""Explore a run's network: start somewhere, expand, filter, pin, hide, and read the posts behind edges."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from types import EllipsisType
from typing import Self

import pandas as pd

from incahoots.analytics.explore.fetch import Network
from incahoots.analytics.explore.state import Clicked, State, neighbours
from incahoots.analytics.pictures.style import counted, in_order
from incahoots.database import Connectable
from incahoots.errors import NotFoundError, UsageError
from incahoots.progress import Progress, silent

#: Accounts that a step adds, at most, unless another number is given.
LIMIT = 50


def explore(
    database: Connectable,
    run_id: str,
    start: str | int | Iterable[str] | None = None,
    *,
    behaviours: Iterable[str] | None = None,
    limit: int = LIMIT,
    names: bool = True,
    progress: Progress = silent,
) -> Exploration:
    """Start exploring the network of a run.

    Parameters
    ----------
    database : Database, neo4j.Driver, str or py2neo.Graph, optional
        As for ``connect``.
    run_id : str
        A complete run.
    start : str, int or iterable of str, optional
        Where to start. An account id: this account, pinned, with its neighbours. A number: the community of that
        number, as `incahoots.communities` numbers it; communities are detected and written if the run has none yet.
        Several account ids: these accounts, pinned, without neighbours. None: the accounts of the heaviest edges.
    behaviours : iterable of str, optional
        Only edges of these behaviours, throughout. When None, all behaviours of the run but co_post (co_post, too, if
        the run has no others).
    limit : int
        Accounts that a step adds, at most, the heaviest first; `Exploration.note` says how many are left out.
    names : bool
        Label accounts by their screen names, where these are unique; by their ids when False.
    progress : callable
        Told of the progress of long steps.

    Returns
    -------
    Exploration

    Raises
    ------
    NotFoundError
        There is no such run, it is not complete, or it has no such account or community.
    UsageError
        There is no such behaviour, or the limit is below 1.
    """
    _check_limit(limit)
    network = Network.of(database, run_id, None if behaviours is None else list(behaviours), progress)
    view = Exploration(network, limit=limit, names=names)
    view._begin(start)
    return view


class Exploration:
    """A part of a run's network, made by `incahoots.explore`; each step changes which part is shown.

    Every step returns the exploration, so that steps can be chained, and redraws the pictures that are shown.

    Attributes
    ----------
    accounts : pd.DataFrame
        One row per account that is shown, in order of weighted degree: account_id, screen_name, community (missing
        without communities), pinned; weighted_degree and neighbours in the whole run, without filters; and
        neighbours_shown.
    edges : pd.DataFrame
        One row per edge that is shown, the heaviest first: source, target, behaviour, weight; after a filter by time
        also first_at and last_at.
    clicked : str, (str, str, str) or None
        The last click in a picture: an account's id, or an edge's source, target and behaviour.
    note : str
        What the last step did and left out.
    """

    def __init__(self, network: Network, *, limit: int = LIMIT, names: bool = True) -> None:
        self.network = network
        self.limit = limit
        self.names = names
        self.clicked: Clicked = None
        self.note = ""
        self._state = State()
        self._before: list[State] = []
        self._facts = pd.DataFrame()
        self._among = pd.DataFrame()
        self._redraws: list[Callable[[], None]] = []
        self._read(frozenset())

    def __repr__(self) -> str:
        edges, accounts = self.edges, self.accounts
        counts = edges["behaviour"].value_counts()
        each = ", ".join(f"{name} {counts[name]}" for name in in_order(counts.index))
        filters, pinned = str(self._state.filters), int(accounts["pinned"].sum())
        parts = [
            f"{self.network.run_id}: {counted(len(accounts), 'account')}, {counted(len(edges), 'edge')}",
            f" ({each})" if each else "",
            f"; {pinned} pinned" if pinned else "",
            f"; only {filters}" if filters else "",
            f".\n{self.note}",
        ]
        return "".join(parts)

    @property
    def accounts(self) -> pd.DataFrame:
        """The accounts that are shown."""
        shown, edges = self._state.accounts(self._among), self.edges
        found = self._facts[self._facts["account_id"].isin(shown)].copy()
        beside = pd.concat(
            [edges[["source", "target"]], edges[["target", "source"]].set_axis(["source", "target"], axis=1)]
        )
        counts = beside.drop_duplicates().groupby("source").size()
        found["neighbours_shown"] = found["account_id"].map(counts).fillna(0).astype(int)
        found["pinned"] = found["account_id"].isin(self._state.pinned)
        return found.sort_values(["weighted_degree", "account_id"], ascending=[False, True], ignore_index=True)

    @property
    def edges(self) -> pd.DataFrame:
        """The edges that are shown."""
        return self._state.edges(self._among)

    def expand(self, account: str, *, limit: int | None = None) -> Self:
        """Show the neighbours of an account: those of its heaviest edges that pass the filters, without hidden ones.

        Parameters
        ----------
        account : str
            An account id; the account need not be shown yet.
        limit : int, optional
            At most this many neighbours, instead of the exploration's limit.

        Raises
        ------
        NotFoundError
            The account is not in the network of the run.
        """
        most = self.limit if limit is None else _check_limit(limit)
        self._check([account])
        beside = neighbours(self._looked_at(self.network.edges_at(account)), account)
        open_to = [other for other in beside if other not in self._state.hidden]
        words = f"{account}: {counted(len(open_to), 'neighbour')}"
        if len(open_to) > most:
            words += f", the {most:,} heaviest shown, {len(open_to) - most:,} left out (limit={most})"
        if len(beside) > len(open_to):
            words += f"; {len(beside) - len(open_to):,} more hidden"
        return self._step(self._state.reveal([account]).meet(open_to[:most]), f"{words}.")

    def filter(
        self,
        *,
        behaviours: Iterable[str] | EllipsisType | None = ...,
        min_weight: float | EllipsisType | None = ...,
        since: str | pd.Timestamp | EllipsisType | None = ...,
        until: str | pd.Timestamp | EllipsisType | None = ...,
    ) -> Self:
        """Show only some edges; accounts without any of them are not shown unless they are pinned.

        Filters that are not given stay; None removes one, and a call without arguments removes all.

        Parameters
        ----------
        behaviours : iterable of str, optional
            Only edges of these behaviours.
        min_weight : float, optional
            Only edges of this weight or more, each direction by itself.
        since, until : str or pd.Timestamp, optional
            Only edges with posts since then and before then, in UTC unless a time zone is given: edges whose time from
            the first post behind them to the last overlaps with that period. Weights remain those of the whole run.
            The first filter by time takes as long as `incahoots.edge_times`. Edges without times are left out.

        Raises
        ------
        UsageError
            There is no such behaviour here, or a value is not a time.
        """
        given = {"behaviours": behaviours, "min_weight": min_weight, "since": since, "until": until}
        changes = {name: value for name, value in given.items() if value is not ...}
        filters = self._state.filters.changed(changes, self.network.behaviours)
        if filters.of_time and "first_at" not in self._among:
            self._among = self.network.timed(self._among)
        state = self._state.look(filters)
        every = len(State(state.met, hidden=state.hidden).edges(self._among))
        return self._step(state, f"{len(state.edges(self._among)):,} of {counted(every, 'edge')} pass the filters.")

    def pin(self, *accounts: str) -> Self:
        """Show accounts regardless of filters; accounts that were not shown come without neighbours.

        Raises
        ------
        NotFoundError
            An account is not in the network of the run.
        """
        self._check(accounts)
        return self._step(self._state.pin(accounts), f"Pinned: {', '.join(accounts)}.")

    def unpin(self, *accounts: str) -> Self:
        """Show accounts only if their edges pass the filters."""
        return self._step(self._state.unpin(accounts), f"No longer pinned: {', '.join(accounts)}.")

    def hide(self, *accounts: str) -> Self:
        """Hide accounts until they are expanded or pinned."""
        return self._step(self._state.hide(accounts), f"Hidden: {', '.join(accounts)}.")

    def undo(self) -> Self:
        """Undo the last step that changed anything.

        Raises
        ------
        UsageError
            There is no such step.
        """
        if not self._before:
            raise UsageError("There is no step to undo.")
        state = self._before.pop()
        return self._arrive(state, "The last step was undone.")

    def posts(self, account: str, *, limit: int = 0) -> pd.DataFrame:
        """Read the posts of an account, the earliest first: tweet_id, created_at, kind, text, hashtags, urls, mentions.

        Parameters
        ----------
        account : str
            An account id.
        limit : int
            At most this many posts; 0 gives all.
        """
        return self.network.posts(account, limit)

    def why(self, source: str, target: str, behaviour: str | None = None, *, limit: int = 0) -> pd.DataFrame:
        """Read the pairs of posts behind the edges from one account to another, with the columns of `incahoots.why`.

        Parameters
        ----------
        source, target : str
            Account ids.
        behaviour : str, optional
            Only pairs behind the edge of this behaviour; of all behaviours of the exploration when None. Thus
            ``view.why(*view.clicked)`` explains the edge that was clicked.
        limit : int
            At most this many pairs of posts per behaviour; 0 gives all.

        Raises
        ------
        NotFoundError
            The run has no such edge, or its posts are no longer in the database.
        """
        wanted = self.network.behaviours if behaviour is None else [behaviour]
        found = self.network.why(source, target, limit)
        found = found[found["behaviour"].isin(wanted)].reset_index(drop=True)
        if found.empty:
            raise NotFoundError(
                f"There are no posts behind an edge from {source!r} to {target!r} of {', '.join(wanted)}.",
                "The attribute `edges` of the exploration lists the edges that are shown.",
            )
        return found

    def redrawn_by(self, redraw: Callable[[], None]) -> None:
        """Call a function after every step."""
        self._redraws.append(redraw)

    def show(self) -> None:
        """Show a picture in a notebook: a click shows posts below it, and each later step redraws it.

        A collapsed image below it remains in the saved notebook.

        Raises
        ------
        UsageError
            neo4j-viz is not installed.
        """
        from incahoots.analytics.explore.panel import Panel

        Panel(self).display()

    def _begin(self, start: str | int | Iterable[str] | None) -> None:
        """Show the first accounts."""
        if isinstance(start, str):
            self.pin(start).expand(start)
        elif isinstance(start, int):
            members = self.network.community(start)
            note = f"Community {start}: {counted(len(members), 'account')}"
            left = len(members) - self.limit
            note += f", the {self.limit:,} heaviest shown, {left:,} left out (limit={self.limit})." if left > 0 else "."
            self._step(self._state.meet(members[: self.limit]), note)
        elif start is not None:
            self.pin(*start)
        else:
            found = self.network.heaviest(self.limit)
            note = f"{counted(len(found), 'account')} of the heaviest edges." if found else "The run has no edges."
            self._step(self._state.meet(found), note)
        self._before.clear()

    def _step(self, state: State, note: str) -> Self:
        """Change to another state, and remember the present one for `undo`."""
        if state != self._state:
            self._before.append(self._state)
        return self._arrive(state, note)

    def _arrive(self, state: State, note: str) -> Self:
        """Read the data that a state needs, and redraw."""
        if state.met != self._state.met:
            self._read(state.met)
        self._state, self.note = state, note
        for redraw in self._redraws:
            redraw()
        return self

    def _read(self, met: frozenset[str]) -> None:
        """Read accounts and the edges among them."""
        self._facts, edges = self.network.accounts(met), self.network.edges_among(met)
        self._among = self.network.timed(edges) if "first_at" in self._among else edges

    def _looked_at(self, edges: pd.DataFrame) -> pd.DataFrame:
        """Keep the edges that pass the filters."""
        filters = self._state.filters
        return filters.keep(self.network.timed(edges) if filters.of_time else edges)

    def _check(self, accounts: Iterable[str]) -> None:
        """Check that accounts are in the network of the run."""
        wanted = list(accounts)
        found = self.network.accounts(wanted)
        known = set(found.loc[found["neighbours"] > 0, "account_id"])
        for account in wanted:
            if account not in known:
                raise NotFoundError(
                    f"The run {self.network.run_id!r} has no edges of an account {account!r}.",
                    f"Behaviours: {', '.join(self.network.behaviours)}. `edges()` lists the accounts.",
                )


def _check_limit(limit: int) -> int:
    """Check that a limit is positive."""
    if limit < 1:
        raise UsageError(f"The limit must be 1 account or more (got {limit}).")
    return limit
