"""Communities: which accounts are looked at together, and what they are labelled."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from incahoots.analytics.campaigns.panel import BASELINE, CAMPAIGN
from incahoots.database import Database
from incahoots.errors import UsageError


@dataclass(frozen=True)
class Members:
    """Who is in which community; an account may be in several.

    Attributes
    ----------
    labels : dict of str to str
        Of each community.
    accounts : dict of str to list of str
        Of each community, its account ids.
    """

    labels: dict[str, str]
    accounts: dict[str, list[str]]

    def layers(self) -> Iterator[tuple[list[str], dict[str, int], int]]:
        """Give communities that have no account in common, and numbers for their accounts.

        Yields
        ------
        communities : list of str
        numbers : dict of str to int
            By account id: the place of its community times the stride, and its own place in it.
        stride : int
        """
        left = list(self.accounts)
        while left:
            taken: set[str] = set()
            chosen = []
            for name in left:
                if taken.isdisjoint(self.accounts[name]):
                    taken.update(self.accounts[name])
                    chosen.append(name)
            stride = max(len(self.accounts[name]) for name in chosen) + 1
            yield (
                chosen,
                {
                    account: place * stride + number
                    for place, name in enumerate(chosen)
                    for number, account in enumerate(self.accounts[name])
                },
                stride,
            )
            left = [name for name in left if name not in chosen]


def fetch_members(
    database: Database, merge: Mapping[str, Collection[str]] | None = None, only: Collection[str] = ()
) -> Members:
    """Fetch which accounts are in which operation or baseline.

    Parameters
    ----------
    database : Database
    merge : mapping of str to collection of str, optional
        Communities that are made of several operations, by name.
    only : collection of str
        Only these communities; all when empty.

    Raises
    ------
    UsageError
        There is no such operation, no operation at all, or a community of campaigns and baselines.
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
                raise UsageError(f"There is no community {operation!r}.", f"There are: {has}.")
    if not asked:
        raise UsageError("There are no operations.", "Load some with --operation, and a community with --baseline.")
    labels: dict[str, str] = {}
    accounts: dict[str, list[str]] = {}
    for name in asked:
        kinds = {bool(known[operation]["baseline"]) for operation in parts[name]}
        if len(kinds) > 1:
            raise UsageError(f"{name!r} is made of an operation and a baseline.", "Make it of one of both.")
        labels[name] = BASELINE if kinds.pop() else CAMPAIGN
        accounts[name] = sorted({account for part in parts[name] for account in known[part]["account_ids"]})
    return Members(labels, accounts)
