"""Parse lists in text columns: in Python's notation, without quotes, or with a separator."""

from __future__ import annotations

import ast

import polars as pl

LIST = pl.List(pl.String())
_MAX_CHARS = 100_000
#: A list of objects (``[{'tag': 'bread'}]``, maybe in quotes), or of lists.
_OBJECTS = r"""^[\s"']*(?:array\(\s*)?(?:\[\s*["']*\s*)*\{|^[\s"']*(?:array\(\s*)?\[\s*[\[(]"""


def python_lists(values: pl.Series, *, commas_in_items: bool = False) -> tuple[pl.Series, pl.Series]:
    """Parse lists in Python's notation (``['a', "b's"]``), or without quotes (``[443196382]``, ``443196382``).

    Parameters
    ----------
    values : pl.Series of str
        Null stays null; ``[]`` is the empty list.
    commas_in_items : bool
        Whether items without quotes may contain commas (URLs): then only a comma with a space separates them.

    Returns
    -------
    (pl.Series of list of str, pl.Series of bool)
        The lists, null where the text is not a list, and where that is.
    """
    some = values.is_not_null() & (values != "[]")
    if not some.any():
        return _plain(values, some), pl.repeat(value=False, n=len(values), eager=True)
    text = values.filter(some).str.strip_chars()
    # Nearly all lists have single quotes around each item and nowhere else, and no escapes: they need no Python.
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
    """Whether texts are lists of objects or lists, which must not be split at commas."""
    return values.str.contains(_OBJECTS)


def separated_lists(values: pl.Series, separator: str) -> pl.Series:
    """Parse lists with a separator between items; empty items are dropped."""
    return without_empty(values.str.split(separator))


def without_empty(lists: pl.Series) -> pl.Series:
    """Strip the items of lists, and drop empty ones."""
    return lists.list.eval(pl.element().str.strip_chars().replace("", None).drop_nulls())


def _plain(values: pl.Series, some: pl.Series) -> pl.Series:
    """Return null for missing values, and the empty list for others."""
    empty = pl.lit(pl.Series([[]], dtype=LIST))
    return pl.select(pl.when(values.is_not_null()).then(empty)).to_series().alias(values.name)


def _bare(text: pl.Series, commas_in_items: bool) -> pl.Series:
    """Parse items without quotes, with or without brackets."""
    inner = text.str.strip_prefix("[").str.strip_suffix("]")
    return without_empty(inner.str.split(", " if commas_in_items else ","))


def _literal(text: str) -> list[str] | None:
    """Parse a list that needs Python's own parser; None if it is invalid."""
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
    """Replace some of the lists; polars cannot scatter lists."""
    index = pl.Series([0] * len(lists), dtype=pl.UInt32).scatter(
        at, pl.int_range(1, len(at) + 1, dtype=pl.UInt32, eager=True)
    )
    chosen = items.gather((index.cast(pl.Int64) - 1).clip(lower_bound=0)) if len(items) else lists
    return pl.select(pl.when(index > 0).then(chosen).otherwise(lists)).to_series().alias(lists.name)
