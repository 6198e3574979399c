"""Columns that hold a list as text: as Python writes it, without quotes, or with a separator."""

from __future__ import annotations

import ast

import polars as pl

LIST = pl.List(pl.String())
_MAX_CHARS = 100_000
#: A list of objects (``[{'tag': 'bread'}]``, maybe in quotes), or of lists.
_OBJECTS = r"""^[\s"']*(?:array\(\s*)?(?:\[\s*["']*\s*)*\{|^[\s"']*(?:array\(\s*)?\[\s*[\[(]"""


def python_lists(values: pl.Series, *, commas_in_items: bool = False) -> tuple[pl.Series, pl.Series]:
    """Read lists as Python writes them (``['a', "b's"]``), or bare (``[443196382]``, ``443196382``).

    Parameters
    ----------
    values : pl.Series of str
        Null stays null, ``[]`` is the empty list.
    commas_in_items : bool
        Whether bare items may hold commas (URLs): then only a comma with a space after it separates them.

    Returns
    -------
    (pl.Series of list of str, pl.Series of bool)
        The lists, and where the text is no list: those are null.
    """
    some = values.is_not_null() & (values != "[]")
    if not some.any():
        return _plain(values, some), pl.repeat(value=False, n=len(values), eager=True)
    text = values.filter(some).str.strip_chars()
    # Simple: single quotes around each item and nowhere else, no escapes. That is nearly all, and needs no Python.
    n_marks = text.str.count_matches("'", literal=True)
    quoted = text.str.starts_with("['") & text.str.ends_with("']")
    odd = text.str.contains_any(["\\", '"'])
    simple = quoted & ~odd & (n_marks == 2 * text.str.count_matches("', '", literal=True) + 2)
    bare = ~quoted & ~odd & (n_marks == 0)
    lists = text.str.strip_prefix("['").str.strip_suffix("']").str.split("', '")
    if bare.any():
        lists = pl.select(pl.when(bare).then(_bare(text, commas_in_items)).otherwise(lists)).to_series()
    rest = (~simple & ~bare).arg_true()
    faulty = pl.Series(values.name, [False] * len(values))
    if len(rest):
        parsed = [_literal(item) for item in text.gather(rest)]
        bad = rest.filter(pl.Series([item is None for item in parsed]))
        lists = _put(lists, rest, pl.Series(parsed, dtype=LIST))
        if len(bad):
            faulty = faulty.scatter(some.arg_true().gather(bad), True)
    return _put(_plain(values, some), some.arg_true(), lists), faulty


def object_lists(values: pl.Series) -> pl.Series:
    """Whether texts hold a list of objects or of lists, of which cutting at commas would make pieces."""
    return values.str.contains(_OBJECTS)


def separated_lists(values: pl.Series, separator: str) -> pl.Series:
    """Read lists with a separator between the items; empty items are left out."""
    return without_empty(values.str.split(separator))


def without_empty(lists: pl.Series) -> pl.Series:
    """Return the lists without empty items and without white space around items."""
    return lists.list.eval(pl.element().str.strip_chars().replace("", None).drop_nulls())


def _plain(values: pl.Series, some: pl.Series) -> pl.Series:
    """Null where there is no value, the empty list where there is one."""
    empty = pl.lit(pl.Series([[]], dtype=LIST))
    return pl.select(pl.when(values.is_not_null()).then(empty)).to_series().alias(values.name)


def _bare(text: pl.Series, commas_in_items: bool) -> pl.Series:
    """Items without quotes, with or without brackets."""
    inner = text.str.strip_prefix("[").str.strip_suffix("]")
    return without_empty(inner.str.split(", " if commas_in_items else ","))


def _literal(text: str) -> list[str] | None:
    """Return the items of a list that only Python's own parser reads, or None."""
    if not text.startswith(("['", '["', "[u'", '[u"')):
        return [item.strip() for item in text.removeprefix("[").removesuffix("]").split(",") if item.strip()]
    if len(text) > _MAX_CHARS:
        return None
    try:
        items = ast.literal_eval(text)
        result = [str(item) for item in items]
        "".join(result).encode()
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):  # a lone surrogate is a ValueError
        return None
    return result


def _put(lists: pl.Series, at: pl.Series, items: pl.Series) -> pl.Series:
    """Return lists with some of them replaced; polars cannot scatter lists."""
    index = pl.Series([0] * len(lists), dtype=pl.UInt32).scatter(
        at, pl.int_range(1, len(at) + 1, dtype=pl.UInt32, eager=True)
    )
    chosen = items.gather((index.cast(pl.Int64) - 1).clip(lower_bound=0)) if len(items) else lists
    return pl.select(pl.when(index > 0).then(chosen).otherwise(lists)).to_series().alias(lists.name)
