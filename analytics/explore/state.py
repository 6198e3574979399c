"""The state of an investigation: which accounts were met, pinned and hidden, and which edges are looked at.

Nothing here asks a database or draws. A state never changes: each step gives the next one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import pandas as pd

from incahoots.analytics.explore.filters import Filters


@dataclass(frozen=True)
class State:
    """What an investigation has come to.

    Attributes
    ----------
    met : frozenset of str
        Account ids that were come across.
    pinned : frozenset of str
        Those that are shown even where no edge of theirs is.
    hidden : frozenset of str
        Those that are not shown, though met; none of them is pinned.
    filters : Filters
    """

    met: frozenset[str] = frozenset()
    pinned: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()
    filters: Filters = field(default_factory=Filters)

    def meet(self, accounts: Iterable[str]) -> State:
        """Come across accounts; who was hidden stays so."""
        return replace(self, met=self.met | frozenset(accounts))

    def reveal(self, accounts: Iterable[str]) -> State:
        """Meet accounts and show them again if they were hidden."""
        these = frozenset(accounts)
        return replace(self, met=self.met | these, hidden=self.hidden - these)

    def pin(self, accounts: Iterable[str]) -> State:
        """Reveal accounts and keep them, whatever the filters say."""
        these = frozenset(accounts)
        return replace(self.reveal(these), pinned=self.pinned | these)

    def unpin(self, accounts: Iterable[str]) -> State:
        """Leave accounts to the filters again."""
        return replace(self, pinned=self.pinned - frozenset(accounts))

    def hide(self, accounts: Iterable[str]) -> State:
        """Take accounts out of sight, until they are asked for by name."""
        these = frozenset(accounts)
        return replace(self, met=self.met | these, pinned=self.pinned - these, hidden=self.hidden | these)

    def look(self, filters: Filters) -> State:
        """Look at other edges."""
        return replace(self, filters=filters)

    def edges(self, edges: pd.DataFrame) -> pd.DataFrame:
        """Choose the edges that are shown.

        Parameters
        ----------
        edges : pd.DataFrame
            Columns source and target, and what `Filters.keep` needs.
        """
        there = self.met - self.hidden
        return self.filters.keep(edges[edges["source"].isin(there) & edges["target"].isin(there)])

    def accounts(self, edges: pd.DataFrame) -> frozenset[str]:
        """Choose the accounts that are shown: those with an edge that is, and those that are pinned.

        Parameters
        ----------
        edges : pd.DataFrame
            As for `edges`.
        """
        kept = self.edges(edges)
        return frozenset(kept["source"]) | frozenset(kept["target"]) | self.pinned


def neighbours(edges: pd.DataFrame, account: str) -> list[str]:
    """List the accounts with an edge to or from one, the heaviest first; of two alike the first by id.

    Parameters
    ----------
    edges : pd.DataFrame
        Columns source, target, weight. Both directions and all behaviours count together.

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
