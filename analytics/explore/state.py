"""The state of an exploration: which accounts were met, pinned and hidden, and the filters.

Nothing here reads a database or draws. A state never changes: each step returns a new one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import pandas as pd

from incahoots.analytics.explore.filters import Filters

#: The last click: an account; or an edge's source, target and behaviour.
Clicked = str | tuple[str, str, str] | None


@dataclass(frozen=True)
class State:
    """The state of an exploration.

    Attributes
    ----------
    met : frozenset of str
        Ids of accounts that any step has added.
    pinned : frozenset of str
        Accounts that are shown even without edges that pass the filters.
    hidden : frozenset of str
        Accounts that were met but are not shown; none of them is pinned.
    filters : Filters
    """

    met: frozenset[str] = frozenset()
    pinned: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()
    filters: Filters = field(default_factory=Filters)

    def meet(self, accounts: Iterable[str]) -> State:
        """Add accounts; hidden ones stay hidden."""
        return replace(self, met=self.met | frozenset(accounts))

    def reveal(self, accounts: Iterable[str]) -> State:
        """Add accounts, and show them again if they were hidden."""
        these = frozenset(accounts)
        return replace(self, met=self.met | these, hidden=self.hidden - these)

    def pin(self, accounts: Iterable[str]) -> State:
        """Reveal accounts and show them regardless of the filters."""
        these = frozenset(accounts)
        return replace(self.reveal(these), pinned=self.pinned | these)

    def unpin(self, accounts: Iterable[str]) -> State:
        """Show accounts only if their edges pass the filters."""
        return replace(self, pinned=self.pinned - frozenset(accounts))

    def hide(self, accounts: Iterable[str]) -> State:
        """Hide accounts until they are revealed or pinned."""
        these = frozenset(accounts)
        return replace(self, met=self.met | these, pinned=self.pinned - these, hidden=self.hidden | these)

    def look(self, filters: Filters) -> State:
        """Set other filters."""
        return replace(self, filters=filters)

    def edges(self, edges: pd.DataFrame) -> pd.DataFrame:
        """Choose the edges that are shown."""
        there = self.met - self.hidden
        return self.filters.keep(edges[edges["source"].isin(there) & edges["target"].isin(there)])

    def accounts(self, edges: pd.DataFrame) -> frozenset[str]:
        """Choose the accounts that are shown: those with an edge that is shown, and those that are pinned."""
        kept = self.edges(edges)
        return frozenset(kept["source"]) | frozenset(kept["target"]) | self.pinned


def neighbours(edges: pd.DataFrame, account: str) -> list[str]:
    """List the neighbours of an account, the heaviest first; equally heavy ones in order of their ids.

    Weights of both directions and of all behaviours are added up.

    Examples
    --------
    >>> edges = pd.DataFrame({"source": ["a", "b", "a"], "target": ["b", "a", "c"], "weight": [1, 1, 3]})
    >>> neighbours(edges, "a"), neighbours(edges, "b"), neighbours(edges, "x")
    (['c', 'b'], ['a'], [])
    """
    away = edges.loc[edges["source"] == account, ["target", "weight"]].set_axis(["account_id", "weight"], axis=1)
    back = edges.loc[edges["target"] == account, ["source", "weight"]].set_axis(["account_id", "weight"], axis=1)
    both = pd.concat([away, back])
    weights = both[both["account_id"] != account].groupby("account_id")["weight"].sum().reset_index()
    return list(weights.sort_values(["weight", "account_id"], ascending=[False, True])["account_id"])
