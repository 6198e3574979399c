"""Populations: the accounts of each operation or baseline, and the label of each."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from incahoots.analytics.campaigns.panel import BASELINE, CAMPAIGN
from incahoots.database import Database
from incahoots.errors import UsageError


class Layer(NamedTuple):
    """Populations that have no account in common.

    Attributes
    ----------
    numbers : dict of str to int
        By account id: the position of its population times the stride, plus its own position in the population.
    """

    populations: list[str]
    numbers: dict[str, int]
    stride: int


@dataclass(frozen=True)
class Members:
    """The accounts of each population; an account may be in several.

    Attributes
    ----------
    labels : dict of str to str
        Label of each population.
    accounts : dict of str to list of str
        Account ids of each population.
    """

    labels: dict[str, str]
    accounts: dict[str, list[str]]

    def layers(self) -> Iterator[Layer]:
        """Partition the populations into layers in which no two have an account in common, and number the accounts."""
        left = list(self.accounts)
        while left:
            taken: set[str] = set()
            chosen = []
            for name in left:
                if taken.isdisjoint(self.accounts[name]):
                    taken.update(self.accounts[name])
                    chosen.append(name)
            stride = max(len(self.accounts[name]) for name in chosen) + 1
            numbers = {
                account: place * stride + number
                for place, name in enumerate(chosen)
                for number, account in enumerate(self.accounts[name])
            }
            yield Layer(chosen, numbers, stride)
            left = [name for name in left if name not in chosen]


def fetch_members(
    database: Database, merge: Mapping[str, Collection[str]] | None = None, only: Collection[str] = ()
) -> Members:
    """Fetch the accounts of each operation and baseline.

    ``merge`` holds the operations of populations that consist of several, by name. ``only`` names the populations to
    fetch; all when empty.

    Raises
    ------
    UsageError
        An operation does not exist, there is none at all, or a population would consist of campaigns and baselines.
    """
    rows = database.query("campaigns/members").to_dict(orient="records")
    known: dict[str, dict[Any, Any]] = {str(row["operation_id"]): row for row in rows}
    parts = {name: list(operations) for name, operations in (merge or {}).items()}
    merged = {operation for operations in parts.values() for operation in operations}
    parts |= {name: [name] for name in known if name not in merged}
    asked = list(only) or sorted(parts)
    for name in asked:
        for operation in parts.get(name, [name]):
            if operation not in known or name not in parts:
                has = ", ".join(sorted(parts)) or "none"
                raise UsageError(f"There is no population {operation!r}.", f"Populations: {has}.")
    if not asked:
        raise UsageError("The database has no operations.", "Load some with an operation, and some as a baseline.")
    labels: dict[str, str] = {}
    accounts: dict[str, list[str]] = {}
    for name in asked:
        kinds = {bool(known[operation]["baseline"]) for operation in parts[name]}
        if len(kinds) > 1:
            raise UsageError(f"{name!r} merges an operation and a baseline.", "Merge either operations or baselines.")
        labels[name] = BASELINE if kinds.pop() else CAMPAIGN
        accounts[name] = sorted({account for part in parts[name] for account in known[part]["account_ids"]})
    return Members(labels, accounts)
