"""All queries of incahoots, one statement a file: find them by name, and bind their parameters.

The file is the single home of a query: the same bytes go to the database from Python and into Neo4j Browser from an
analyst's clipboard. Its header says what it takes, writes and returns.

`incahoots.cypher.generate` writes the queries that differ only in the behaviour, and the union of all types of edges in
the others.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from importlib import resources
from typing import Any

from incahoots.errors import UsageError

FAMILIES = (
    *("schema", "load", "coordination", "interactions", "influence", "campaigns", "drivers"),
    *("database", "locks", "runs", "projections", "fetch", "explore", "browser", "bloom"),
)

#: The limit that ``limit=0`` stands for: more rows than any graph has.
ALL_ROWS = 2**62

#: Similar names that an error message suggests, at most.
MOST_NEAR = 3

_PARAMETER = re.compile(r"//\s+\$(?P<name>\w+)(?:\s*=\s*(?P<default>\S+))?\s{2,}(?P<meaning>.+)")


@dataclass(frozen=True)
class Parameter:
    """One parameter of a query, as its header declares it."""

    name: str
    meaning: str
    default: Any = None
    required: bool = True

    def read(self, text: str) -> Any:
        """Parse text from the command line as the declared type: int, float, bool, strings or string."""
        kind = self.meaning.split(",")[0].strip()
        if text == "null":
            return None
        try:
            if kind.startswith("int"):
                return int(text)
            if kind.startswith("float"):
                return float(text)
            if kind.startswith("bool"):
                return {"true": True, "false": False}[text.lower()]
        except (ValueError, KeyError):
            raise UsageError(
                f"{self.name} must be of type {kind} (got {text!r}).", f"${self.name} is: {self.meaning}"
            ) from None
        if kind.startswith("strings"):
            return [part for part in text.split(",") if part]
        return text


@dataclass(frozen=True)
class Query:
    """A shipped query."""

    name: str
    text: str
    title: str
    parameters: Mapping[str, Parameter] = field(default_factory=dict)

    @property
    def family(self) -> str:
        """The folder it lives in."""
        return self.name.split("/")[0]

    @property
    def header(self) -> str:
        """The comment lines at the top."""
        return "\n".join(line for line in self.text.splitlines() if line.startswith("//"))

    @property
    def manages_transactions(self) -> bool:
        """Whether it opens transactions of its own, so that it cannot run inside another transaction."""
        return "TRANSACTIONS" in self.text

    def bind(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Complete parameters with the header's defaults; a ``limit`` of 0 means all rows.

        Raises
        ------
        UsageError
            A parameter is missing or unknown, and the message carries the header; or the limit is negative.
        """
        unknown = sorted(given.keys() - self.parameters.keys())
        missing = [p.name for p in self.parameters.values() if p.required and p.name not in given]
        if unknown or missing:
            wrong = [f"needs {' and '.join(missing)}"] if missing else []
            wrong += [f"has no parameter {' and '.join(unknown)}"] if unknown else []
            short = self.name.split("/")[-1]
            raise UsageError(f"{short} {', and '.join(wrong)}.", "Its header says:", self.header)
        bound = {p.name: given.get(p.name, p.default) for p in self.parameters.values()}
        limit = bound.get("limit")
        if isinstance(limit, int) and limit < 0:
            raise UsageError(f"The limit must be 0 (all rows) or more (got {limit}).")
        # In Cypher, LIMIT 0 would return no rows.
        return bound | {"limit": ALL_ROWS} if limit == 0 else bound


def _default(text: str) -> Any:
    """A default as the header writes it."""
    if text == "null":
        return None
    if text in ("true", "false"):
        return text == "true"
    try:
        return int(text)
    except ValueError:
        return float(text) if re.fullmatch(r"-?\d*\.\d+", text) else text.strip('"')


def parse(name: str, text: str) -> Query:
    """Read a query's header."""
    title = text.splitlines()[0].removeprefix("//").strip()
    parameters = {}
    for line in text.splitlines():
        if match := _PARAMETER.match(line):
            default = match["default"]
            parameters[match["name"]] = Parameter(
                match["name"],
                match["meaning"],
                None if default is None else _default(default),
                required=default is None,
            )
    return Query(name, text, title, parameters)


@cache
def names() -> tuple[str, ...]:
    """Every query's name, such as ``coordination/co_link``."""
    root = resources.files(__name__)
    return tuple(
        f"{family}/{file.name.removesuffix('.cypher')}"
        for family in FAMILIES
        for file in sorted((root / family).iterdir(), key=lambda entry: entry.name)
        if file.name.endswith(".cypher")
    )


@cache
def find(name: str) -> Query:
    """Find a query by its name, with or without its family.

    Raises
    ------
    UsageError
        There is no such query, or several families have one of that name.
    """
    matches = [full for full in names() if full == name or full.split("/")[1] == name]
    if not matches:
        raise UsageError(f"There is no query {name!r}.", _instead(name))
    if len(matches) > 1:
        raise UsageError(f"Several queries are called {name!r}.", f"Choose from: {', '.join(matches)}.")
    family, file = matches[0].split("/")
    text = (resources.files(__name__) / family / f"{file}.cypher").read_text(encoding="utf-8")
    return parse(matches[0], text)


def _instead(name: str) -> str:
    """Suggest queries with similar names, of those that explore: most others are internal."""
    wanted = name.split("/")[-1]
    short = [full.split("/")[1] for full in names() if full.startswith("explore/")]
    near = [each for each in short if wanted and wanted in each]
    near = list(dict.fromkeys([*near, *get_close_matches(wanted, short, MOST_NEAR)]))[:MOST_NEAR]
    meant = f"Did you mean {' or '.join(near)}? " if near else ""
    return f"{meant}`incahoots query` lists all queries."
