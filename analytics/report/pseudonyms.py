"""What accounts are called in a report: a number each, or, when asked for, by their own names."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from incahoots.analytics.pictures.style import labels

#: A handle in a text, and one in the address of a profile or post.
_MENTION = re.compile(r"(?<![\w/])@(\w{1,50})")
_PROFILE = re.compile(
    r"(?i)(?<![\w.-])((?:(?:www|mobile|m)\.)?(?:twitter\.com|x\.com|facebook\.com|instagram\.com|t\.me)/)@?([\w.]{2,50})"
)

#: Parts of addresses that are no handles.
_NO_HANDLE = ("i", "web", "hashtag", "search", "intent", "share", "home", "explore")

_SOMEBODY = "@somebody"


@dataclass(frozen=True)
class Naming:
    """What accounts are called.

    Attributes
    ----------
    called : dict of str to str
        By account id.
    own : bool
        Whether these are their own names and ids; else they are pseudonyms.
    names : dict of str to str
        Handles by account id, where they are known.
    """

    called: Mapping[str, str]
    own: bool
    names: Mapping[str, str | None]

    @classmethod
    def of(cls, accounts: Sequence[str], names: Mapping[str, str | None], *, own: bool) -> Naming:
        """Name accounts.

        Parameters
        ----------
        accounts : sequence of str
            Ids, in the order in which pseudonyms count.
        names : mapping of str to str
            Handles by id, where they are known.
        own : bool
            Use them; else ``Account 1`` and so on.
        """
        if own:
            called = labels(accounts, names)
        else:
            called = {account: f"Account {number}" for number, account in enumerate(accounts, 1)}
        return cls(called, own, names)

    @cached_property
    def by_name(self) -> dict[str, str]:
        """What who has a handle is called: by handle, in lower case."""
        return {name.lower(): self.called[each] for each, name in self.names.items() if name and each in self.called}

    def account(self, account_id: str) -> str:
        """What an account is called; one that is not among those named only by its own id, if at all."""
        return self.called.get(account_id) or (account_id if self.own else "somebody")

    def text(self, text: str) -> str:
        """A text without handles, unless own names are wanted: in mentions and in addresses of profiles and posts.

        Other words stay as they are, names among them; who looks for the text may find its author.
        """
        if self.own:
            return text
        masked = _MENTION.sub(lambda found: self._handle(found[1]), text)
        return _PROFILE.sub(self._address, masked)

    def _handle(self, name: str) -> str:
        known = self.by_name.get(name.lower())
        return f"@[{known}]" if known else _SOMEBODY

    def _address(self, found: re.Match[str]) -> str:
        return found[0] if found[2].lower() in _NO_HANDLE else f"{found[1]}{self._handle(found[2])}"

    def key(self) -> pd.DataFrame:
        """Who is who: called, account_id and screen_name, a row an account."""
        ids = list(self.called)
        names = pd.Series([self.names.get(account) for account in ids], dtype=object)
        return pd.DataFrame({"called": list(self.called.values()), "account_id": ids, "screen_name": names})
