"""Names of accounts in a report: pseudonyms, or their own names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import pandas as pd

from incahoots.analytics.pictures.style import labels
from incahoots.analytics.report.known import Known, Words
from incahoots.analytics.report.people import Found, people
from incahoots.analytics.report.plain import Plain, fold


@dataclass(frozen=True)
class Naming:
    """Names of accounts, and the names that texts must not show.

    Attributes
    ----------
    called : dict of str to str
        Names by account id.
    own : bool
        Whether these are their own names; when False they are pseudonyms.
    names : dict of str to str
        Handles by account id, where known.
    known : Known
        Names and ids that are replaced where a text has them as words.
    """

    called: Mapping[str, str]
    own: bool
    names: Mapping[str, str | None]
    known: Known = field(default_factory=Known)

    @classmethod
    def of(
        cls,
        accounts: Sequence[str],
        names: Mapping[str, str | None],
        *,
        own: bool,
        loaded: pd.DataFrame | None = None,
        posts: Iterable[str] = (),
    ) -> Naming:
        """Name accounts by their handles, or, unless ``own``, by pseudonyms: ``Account 1`` and so on, in this order.

        ``names`` has handles by id, where known; ``loaded`` all accounts that texts may mention, with account_id,
        screen_name and display_name; ``posts`` the ids of posts that texts may contain.
        """
        if own:
            called = labels(accounts, names)
        else:
            called = {account: f"Account {number}" for number, account in enumerate(accounts, 1)}
        known = Known()
        if not own:
            for account, name in names.items():
                known.add(name or "", account, sure=account in called)
            if loaded is not None:
                _add(known, loaded, called)
            for account in called:
                known.add(account, account, sure=True)
            for post in posts:
                known.add(post, "", sure=True)
        return cls(called, own, names, known)

    def but_ordinary(self, texts: Iterable[str]) -> Naming:
        """Leave out names that occur in so many of these texts that they are ordinary words."""
        if self.own:
            return self
        different = {Plain.of(text).text for text in set(texts)}
        ordinary = self.known.ordinary([words for *_, words in self._words(text)] for text in different)
        return replace(self, known=self.known.without(ordinary)) if ordinary else self

    def _words(self, plain: str) -> Iterator[tuple[int, int, Words]]:
        """Find names as words; not within handles and links, which are replaced anyway."""
        taken = [(found.start, found.end) for found in people(plain)]
        for start, end, words in self.known.found(plain):
            if not any(at < end and start < after for at, after in taken):
                yield start, end, words

    @cached_property
    def by_name(self) -> dict[str, str]:
        """Names of accounts, by folded id and handle."""
        by_id = {fold(account): name for account, name in self.called.items()}
        return by_id | {
            fold(name): self.called[each] for each, name in self.names.items() if name and each in self.called
        }

    def account(self, account_id: str) -> str:
        """The name of an account; of one that has no name here its id, or ``somebody`` among pseudonyms."""
        return self.called.get(account_id) or (account_id if self.own else "somebody")

    def text(self, text: str) -> str:
        """Remove names from a text, unless own names are shown.

        Handles, addresses, links to accounts and posts, and loaded names and ids are replaced by the account's
        pseudonym or, if it has none, by a word such as ``@somebody``. Other names and words stay, so that searching for
        the text may still lead to its author.
        """
        return text if self.own else self._hidden(text, tag=False)

    def trace(self, trace: str, carrier: str) -> str:
        """Remove names from a trace that a relationship carries, as `text` does; also within a hashtag."""
        return trace if self.own else self._hidden(trace, tag=carrier == "HAS_HASHTAG")

    def distinct(self, names: Iterable[str]) -> dict[str, str]:
        """Remove names from the names of runs or the like, and keep different ones different."""
        found: dict[str, str] = {}
        for name in names:
            hidden, n = self.text(name), 1
            while (called := hidden if n == 1 else f"{hidden} ({n})") in found.values():
                n += 1
            found[name] = called
        return found

    def cells(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Remove names from the cells of a table."""
        return frame if self.own else frame.map(self._cell)

    def _cell(self, value: object) -> object:
        if isinstance(value, str):
            return self.text(value)
        return [self._cell(each) for each in value] if isinstance(value, list | tuple) else value

    def _hidden(self, text: str, *, tag: bool) -> str:
        """Replace names; a longer match covers those within it."""
        plain = Plain.of(f"#{text}" if tag else text)
        replaced = [self._who(found, plain.text) for found in people(plain.text)]
        replaced += [
            (start, end, self._word(self.known.whose[words])) for start, end, words in self.known.found(plain.text)
        ]
        parts: list[str] = []
        last = 0
        for start, end, words in sorted(replaced, key=lambda each: (each[0], -each[1])):
            at, after = plain.written(start, end)
            at, after = (max(place - tag, 0) for place in (at, after))
            if at < last:
                # Two matches overlap: the replacement of the first also replaces the rest of the second.
                last = max(last, after)
                continue
            parts += [text[last:at], words]
            last = after
        return "".join([*parts, text[last:]])

    def _who(self, found: Found, text: str) -> tuple[int, int, str]:
        """The part of a match that is replaced, and its replacement."""
        for name in found.names:
            called = self.by_name.get(name)
            if called is None:
                continue
            end, after = found.end, found.start + 1 + len(name)
            # If a handle is known without its last part, that part belongs to the sentence; but a host never does.
            if text[found.start] == "@" and text.startswith(name, found.start + 1) and text[after : after + 1] != "@":
                end = after
            return found.start, end, f"@[{called}]" if found.words == "@somebody" else f"[{called}]"
        return found.start, found.end, found.words

    def _word(self, account_id: str) -> str:
        """The replacement of a name that is a word, or of the id of a post."""
        return f"[{self.called.get(account_id, 'somebody')}]" if account_id else "[post]"

    def key(self) -> pd.DataFrame:
        """The key to the pseudonyms, one row per account: called, account_id, screen_name."""
        ids = list(self.called)
        names = pd.Series([self.names.get(account) for account in ids], dtype=object)
        return pd.DataFrame({"called": list(self.called.values()), "account_id": ids, "screen_name": names})


def _add(known: Known, loaded: pd.DataFrame, called: Mapping[str, str]) -> None:
    """Add the names and ids of accounts; those of the page first, as several accounts may share a name."""
    here = loaded["account_id"].isin(list(called))
    for name in ("account_id", "screen_name", "display_name"):
        for some in (loaded[here], loaded[~here]):
            named = some[["account_id", name]].dropna()
            for account, value in named.itertuples(index=False, name=None):
                known.add(value, account, sure=account in called or name == "account_id")
