"""Uninformative domains, such as platforms and link shorteners, by language."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import resources
from pathlib import Path

import pandas as pd

from incahoots.errors import InputError, first_line

#: Languages with a list of their own: those of S4's appendix.
LANGUAGES = ("en", "es")


def ignored_domains(languages: Iterable[str]) -> dict[str, frozenset[str]]:
    """Give the shipped lists; for a language without one, the union of all lists."""
    lists = {
        name: _read((resources.files(__package__) / f"ignored_domains_{name}.csv").read_text()) for name in LANGUAGES
    }
    every = frozenset().union(*lists.values())
    return {language: lists.get(language, every) for language in languages}


def read_ignored(path: Path) -> frozenset[str]:
    """Read a list of domains: a .csv with the column domain.

    Raises
    ------
    InputError
        The file cannot be read, or has no such column.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise InputError(f"There is no file {path}.", "Give a .csv with the column domain.") from None
    except (OSError, UnicodeDecodeError) as problem:
        raise InputError(f"{path} cannot be read: {problem}.", "Give a .csv with the column domain.") from None
    if text.partition("\n")[0].strip().lower() != "domain":
        raise InputError(
            f"{path} must have a single column, domain.", "Write domain in the first line, then one domain per line."
        )
    return _read(text)


def _read(text: str) -> frozenset[str]:
    """The lines after the first."""
    return frozenset(line.strip().lower() for line in text.splitlines()[1:] if line.strip())


def read_about(path: Path) -> pd.DataFrame:
    """Read a table of domains: a .csv with the column domain, and others such as factuality and leaning.

    All columns are text; domain is in lower case, each once.

    Raises
    ------
    InputError
        The file cannot be read, has no such column, or has two different rows for one domain.
    """
    remedy = "Give a .csv with the column domain, and others such as factuality and leaning."
    try:
        table = pd.read_csv(path, dtype=str, encoding="utf-8-sig")
    except FileNotFoundError:
        raise InputError(f"There is no file {path}.", remedy) from None
    except (OSError, ValueError) as problem:
        raise InputError(f"{path} cannot be read: {first_line(problem)}.", remedy) from None
    if "domain" not in table:
        raise InputError(f"{path} has no column domain.", remedy)
    if taken := {"group", "language", "posts", "accounts"} & set(table):
        words = f"{path} has a column {min(taken)}, which the table of domains uses itself."
        raise InputError(words, "Give it another name.")
    table["domain"] = table["domain"].str.strip().str.lower()
    table = table.dropna(subset=["domain"]).drop_duplicates()
    if (twice := table.loc[table["domain"].duplicated(), "domain"]).any():
        raise InputError(f"{path} has different rows for {twice.iloc[0]}.", "Keep one of them.")
    return table.reset_index(drop=True)
