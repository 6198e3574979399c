"""An investigation: start somewhere in a run's network, expand, filter, pin, hide, and read the posts behind edges."""

from __future__ import annotations

from collections.abc import Iterable
from types import EllipsisType
from typing import TYPE_CHECKING, Self

import pandas as pd

from incahoots.analytics.explore.drawing import Drawing
from incahoots.analytics.explore.fetch import Network
from incahoots.analytics.explore.state import State, neighbours
from incahoots.analytics.pictures.style import counted, in_order
from incahoots.database import Connectable
from incahoots.errors import NotFoundError, UsageError
from incahoots.progress import Report, silent

if TYPE_CHECKING:
    from incahoots.analytics.explore.panel import Panel

#: Accounts that a step shows at most, unless another number is given.
LIMIT = 50

BACKENDS = ("neo4j-viz", "ipysigma")

#: What was clicked last: an account; or an edge's source, target and behaviour (None where all of them are one line).
Clicked = str | tuple[str, str, str | None] | None


def explore(
    database: Connectable,
    run_id: str,
    start: str | int | Iterable[str] | None = None,
    *,
    behaviours: Iterable[str] | None = None,
    limit: int = LIMIT,
    names: bool = True,
    backend: str = "neo4j-viz",
    report: Report = silent,
) -> Exploration:
    """Begin to look into a run, somewhere in its network.

    Parameters
    ----------
    database : Database, neo4j.Driver, str or py2neo.Graph, optional
        As for ``connect``.
    run_id : str
        A complete run.
    start : str, int or iterable of str, optional
        An account id: that account, pinned, with its neighbours. A number: the community of that number, as
        `incahoots.communities` numbers it; where the run has none yet they are found and written. Several account
        ids: these, pinned, without neighbours. When None the accounts of the heaviest edges.
    behaviours : iterable of str, optional
        Only edges of these, all the time. When None all of the run but co_post (co_post too where the run has nothing
        else).
    limit : int
        Accounts that a step brings at most, the heaviest; `Exploration.note` says what is left out.
    names : bool
        Show accounts by their screen names where they have one of their own; by their ids when False.
    backend : {'neo4j-viz', 'ipysigma'}
        What `Exploration.show` draws with. Nothing else needs either of them.
    report : callable
        Told of the progress of what takes long.

    Returns
    -------
    Exploration

    Raises
    ------
    NotFoundError
        There is no such run, it is not complete, or it has no such account or community.
    UsageError
        There is no such backend or behaviour, or the limit is below 1.
    """
    if backend not in BACKENDS:
        raise UsageError(f"There is no backend {backend!r}.", f"Choose from: {', '.join(BACKENDS)}.")
    _check_limit(limit)
    network = Network.of(database, run_id, None if behaviours is None else list(behaviours), report)
    view = Exploration(network, limit=limit, names=names, backend=backend)
    view._begin(start)
    return view


class Exploration:
    """A part of a run's network, as `incahoots.explore` gives it: what is seen of it changes with each step.

    Every step gives the exploration itself, so that steps can be written in a row, and redraws pictures that are shown.

    Attributes
    ----------
    accounts : pd.DataFrame
        A row an account that is shown: account_id, screen_name, community (missing where there are none), pinned;
        weighted_degree and neighbours in the whole run, whatever is filtered, and neighbours_shown. By weighted degree.
    edges : pd.DataFrame
        A row an edge that is shown: source, target, behaviour, weight, the heaviest first; once a time was asked for
        also first_at and last_at.
    clicked : str, (str, str, str or None) or None
        What was clicked last in a picture: an account's id, or an edge's source, target and behaviour. The behaviour
        is None where the backend draws all of them as one line.
    note : str
        What the last step did, and what it left out.
    """

    def __init__(self, network: Network, *, limit: int = LIMIT, names: bool = True, backend: str = "neo4j-viz") -> None:
        self.network = network
        self.limit = limit
        self.names = names
        self.backend = backend
        self.clicked: Clicked = None
        self.note = ""
        self._state = State()
        self._before: list[State] = []
        self._facts = pd.DataFrame()
        self._among = pd.DataFrame()
        self._panels: list[Panel] = []
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
        """Show the neighbours of an account: of the edges that are looked at, the heaviest; nobody who is hidden.

        Parameters
        ----------
        account : str
            Its id; it need not be shown yet.
        limit : int, optional
            So many neighbours at most, in place of the exploration's own limit.

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
        """Look only at some edges; accounts that have none of them go out of sight, unless they are pinned.

        What is not given stays as it was; None lifts that part, and calling it with nothing lifts all.

        Parameters
        ----------
        behaviours : iterable of str, optional
            Only edges of these.
        min_weight : float, optional
            Only edges of this weight or more, each direction by itself.
        since, until : str or pd.Timestamp, optional
            Only edges with posts from then on, and before then; UTC unless they say otherwise. An edge stays when the
            time from the first post behind it to the last reaches into what lies between; its weight stays that of the
            whole run. The first time takes as long as `incahoots.edge_times`. Edges without times are left out.

        Raises
        ------
        UsageError
            There is no such behaviour here, or what is given is no time.
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
        """Show accounts and keep them, whatever is filtered; without neighbours, if they were not there.

        Raises
        ------
        NotFoundError
            One is not in the network of the run.
        """
        self._check(accounts)
        return self._step(self._state.pin(accounts), f"Pinned: {', '.join(accounts)}.")

    def unpin(self, *accounts: str) -> Self:
        """Leave accounts to the filters again."""
        return self._step(self._state.unpin(accounts), f"No longer pinned: {', '.join(accounts)}.")

    def hide(self, *accounts: str) -> Self:
        """Take accounts out of sight, until they are expanded or pinned."""
        return self._step(self._state.hide(accounts), f"Hidden: {', '.join(accounts)}.")

    def undo(self) -> Self:
        """Take back the last step that changed anything.

        Raises
        ------
        UsageError
            There is none.
        """
        if not self._before:
            raise UsageError("There is no step to take back.")
        state = self._before.pop()
        return self._arrive(state, "The last step is taken back.")

    def posts(self, account: str, *, limit: int = 0) -> pd.DataFrame:
        """Give the posts of an account, the earliest first: tweet_id, created_at, kind, text, hashtags, urls, mentions.

        Parameters
        ----------
        account : str
            Its id.
        limit : int
            Most posts; 0 gives all.
        """
        return self.network.posts(account, limit)

    def why(self, source: str, target: str, behaviour: str | None = None, *, limit: int = 0) -> pd.DataFrame:
        """Give the pairs of posts behind the edges from one account to another, in the columns of `incahoots.why`.

        Parameters
        ----------
        source, target : str
            Account ids.
        behaviour : str, optional
            Only those behind the edge of this one; of all that the exploration has when None. So
            ``view.why(*view.clicked)`` shows the edge that was clicked.
        limit : int
            Most pairs of posts a behaviour; 0 gives all.

        Raises
        ------
        NotFoundError
            The run has no such edge, or its posts are no longer there.
        """
        wanted = self.network.behaviours if behaviour is None else [behaviour]
        found = self.network.why(source, target, limit)
        found = found[found["behaviour"].isin(wanted)].reset_index(drop=True)
        if found.empty:
            raise NotFoundError(
                f"There are no posts behind an edge from {source!r} to {target!r} of {', '.join(wanted)}.",
                "`edges` of the exploration lists those that are shown.",
            )
        return found

    def drawing(self) -> Drawing:
        """Say how what is shown looks, whatever draws it."""
        return Drawing.of(self.accounts, self.edges, names=self.names)

    def show(self) -> None:
        """Show a picture in a notebook: a click shows posts below it, and each later step redraws it.

        Below it stands a still picture, folded, which a saved notebook keeps when nothing runs any more.

        Raises
        ------
        UsageError
            What draws it is not installed.
        """
        from incahoots.analytics.explore.panel import Panel

        panel = Panel(self)
        self._panels.append(panel)
        panel.display()

    def _begin(self, start: str | int | Iterable[str] | None) -> None:
        """Go to where it starts."""
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
        """Go on to another state, so that it can be taken back."""
        if state != self._state:
            self._before.append(self._state)
        return self._arrive(state, note)

    def _arrive(self, state: State, note: str) -> Self:
        """Read what a state needs, and draw it."""
        if state.met != self._state.met:
            self._read(state.met)
        self._state, self.note = state, note
        for panel in self._panels:
            panel.redraw()
        return self

    def _read(self, met: frozenset[str]) -> None:
        """Read the accounts that were met and the edges among them."""
        self._facts, edges = self.network.accounts(met), self.network.edges_among(met)
        self._among = self.network.timed(edges) if "first_at" in self._among else edges

    def _looked_at(self, edges: pd.DataFrame) -> pd.DataFrame:
        """Those edges that the filters keep."""
        filters = self._state.filters
        return filters.keep(self.network.timed(edges) if filters.of_time else edges)

    def _check(self, accounts: Iterable[str]) -> None:
        """See that accounts are in the network of the run."""
        wanted = list(accounts)
        found = self.network.accounts(wanted)
        known = set(found.loc[found["neighbours"] > 0, "account_id"])
        for account in wanted:
            if account not in known:
                raise NotFoundError(
                    f"The run {self.network.run_id!r} has no edges of an account {account!r}.",
                    f"Behaviours: {', '.join(self.network.behaviours)}. `incahoots edges` lists the edges with their "
                    "accounts' ids.",
                )


def _check_limit(limit: int) -> int:
    """A limit that lets something through."""
    if limit < 1:
        raise UsageError(f"A limit of {limit} accounts shows nothing.", "It is 1 or more.")
    return limit
