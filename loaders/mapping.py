"""Mappings: small JSON or TOML files in which analysts define the columns of any table.

.. code-block:: toml

    [columns]                       # field = "column"; in JSON lines "user.id" is the id inside user
    tweet_id = "id"
    account_id = "user"
    created_at = "posted"
    text = "body"
    urls = "links"

    [time]                          # a format with a time zone, or the unit of numbers since 1970
    format = "%d/%m/%Y %H:%M"       # or a list of them, or "iso"
    timezone = "Europe/Berlin"      # not needed where the format has %z; "iso" needs it only for times without a zone
    # unit = "s"                    # or "ms"

    [lists]                         # default: lists in the notation of Python or JSON
    separator = " "

    [booleans]                      # default: true and false, in any case
    true = ["Y"]
    false = ["N"]

    [file]
    delimiter = ";"
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import polars as pl

from incahoots.errors import InputError
from incahoots.loaders.columns import has_zone, is_format
from incahoots.loaders.files import checked_path
from incahoots.loaders.rows import ACCOUNTS, POSTS

REQUIRED = ("tweet_id", "account_id", "created_at")
#: Fields that a column can be mapped to.
FIELDS = tuple(dict.fromkeys(column for column in (*POSTS, *ACCOUNTS) if column != "ids_rounded"))
_SECTIONS = {
    "columns": FIELDS,
    "time": ("format", "timezone", "unit"),
    "lists": ("separator",),
    "booleans": ("true", "false"),
    "file": ("delimiter",),
}
_ISO_ZONED = ("%Y-%m-%dT%H:%M:%S%.f%#z", "%Y-%m-%d %H:%M:%S%.f%#z")
_ISO_BARE = ("%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M")


@dataclass(frozen=True)
class TableMapping:
    """The meaning of a table's columns.

    Attributes
    ----------
    columns : mapping of str to str
        The table's column for each field.
    formats : sequence of str
        Formats of times, empty if they are numbers.
    timezone : str
        Zone of times without one; empty if all have one.
    per_second : int
        Units of a numeric time in a second; 0 if times are not numbers.
    separator : str or None
        Separator of list items; None for lists in the notation of Python or JSON.
    true, false : sequence of str
        Spellings of booleans, in lower case; empty for the usual ones.
    delimiter : str
        Delimiter of a CSV file.
    """

    columns: Mapping[str, str]
    formats: Sequence[str]
    timezone: str
    per_second: int
    separator: str | None = None
    true: Sequence[str] = ()
    false: Sequence[str] = ()
    delimiter: str = ","


def read_mapping(mapping: Path | str | Mapping[str, Any] | TableMapping) -> TableMapping:
    """Read a mapping from a JSON or TOML file, or check a dictionary.

    Raises
    ------
    InputError
        The file cannot be read, or the mapping has an unknown field, lacks one, or does not define a time zone.
    """
    if isinstance(mapping, TableMapping):
        return mapping
    if isinstance(mapping, Mapping):
        return _checked(mapping, "The mapping")
    path = checked_path(mapping)
    try:
        # Editors may add a byte-order mark.
        text = path.read_text(encoding="utf-8-sig")
        value = tomllib.loads(text) if path.suffix.lower() == ".toml" else json.loads(text)
    except UnicodeDecodeError as error:
        byte = error.object[error.start]
        raise InputError(
            f"The mapping {path.name} is not UTF-8 text: it contains the byte {byte:#04x}.", "Save it as UTF-8."
        ) from error
    except (ValueError, RecursionError, OSError) as error:
        words = f"The mapping {path.name} cannot be read: {error}."
        raise InputError(words, "A mapping must be a JSON or TOML file.") from error
    if not isinstance(value, dict):
        raise InputError(f"The mapping {path.name} is not an object.", 'It must begin with {"columns": …}.')
    return _checked(value, f"The mapping {path.name}")


def _checked(value: Mapping[str, Any], name: str) -> TableMapping:
    """Check a dictionary, and convert it to a mapping."""
    _check_names(name, "section", value, tuple(_SECTIONS))
    for section, fields in _SECTIONS.items():
        if not isinstance(value.get(section, {}), Mapping):
            raise InputError(f"{name}: {section} is not an object.", f"Its fields: {', '.join(fields)}.")
        _check_names(name, f"field in {section}", value.get(section, {}), fields)
    _check_unicode(name, value)
    columns = {ours: _column(name, ours, theirs) for ours, theirs in value.get("columns", {}).items()}
    missing = [field for field in REQUIRED if field not in columns]
    if missing:
        raise InputError(f"{name} has no column for {', '.join(missing)}.", "A mapping needs these three.")
    lists, booleans = value.get("lists", {}), value.get("booleans", {})
    return TableMapping(
        columns,
        *_times(name, value.get("time", {})),
        separator=_separator(name, lists.get("separator")),
        true=_words(name, booleans.get("true", ())),
        false=_words(name, booleans.get("false", ())),
        delimiter=_delimiter(name, value.get("file", {}).get("delimiter", ",")),
    )


def _check_unicode(name: str, value: Mapping[str, Any]) -> None:
    """Refuse half of a surrogate pair, which JSON can contain but UTF-8 cannot."""
    try:
        json.dumps(value, ensure_ascii=False, default=str).encode()
    except UnicodeEncodeError as error:
        half = error.object[error.start]
        raise InputError(
            f"{name} contains {half!r}, half of a surrogate pair.", "Write the whole character."
        ) from error


def _column(name: str, ours: str, given: Any) -> str:
    """Check the name of a column, which may be a number."""
    if isinstance(given, str) or (isinstance(given, int) and not isinstance(given, bool)):
        return str(given)
    raise InputError(
        f"{name}: the column for {ours} must be a string (got {given!r}).", f'Write it like {ours} = "id".'
    )


def _separator(name: str, given: Any) -> str | None:
    """Check the separator of list items."""
    if given is None or (isinstance(given, str) and given):
        return given
    raise InputError(f"{name}: the separator of lists must be a string (got {given!r}).", 'For example " " or "|".')


def _words(name: str, given: Any) -> list[str]:
    """Check the spellings of a boolean, and convert them to lower case."""
    if isinstance(given, list | tuple) and all(isinstance(word, str | int | float) for word in given):
        return [str(word).lower() for word in given]
    raise InputError(
        f"{name}: the spellings of a boolean must be a list of strings (got {given!r}).", 'For example ["Y", "yes"].'
    )


def _check_names(name: str, what: str, given: Mapping[str, Any], known: Sequence[str]) -> None:
    """Refuse unknown names, which would otherwise be ignored."""
    unknown = [key for key in given if key not in known]
    if unknown:
        raise InputError(f"{name} has an unknown {what}: {unknown[0]!r}.", f"Known: {', '.join(known)}.")


def _times(name: str, time: Mapping[str, Any]) -> tuple[Sequence[str], str, int]:
    """Check formats, zone and unit of times."""
    zone = str(time.get("timezone", ""))
    if zone:
        try:
            ZoneInfo(zone)
            # Polars, which parses the times, does not support all of Python's zones.
            pl.Series([datetime(2020, 1, 1)]).dt.replace_time_zone(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError, pl.exceptions.PolarsError) as error:
            raise InputError(f"{name}: unknown time zone {zone!r}.", 'For example "Europe/Berlin" or "UTC".') from error
    if "unit" in time:
        if time["unit"] not in ("s", "ms") or "format" in time or zone:
            raise InputError(
                f"{name}: the unit of times must be s or ms, without format and timezone.",
                'Write it like {"unit": "s"}.',
            )
        return (), "", 1 if time["unit"] == "s" else 1000
    given = time.get("format")
    if not given:
        raise InputError(
            f"{name} does not define the format of times.",
            'Add "time": {"format": "iso"}, {"format": "%d/%m/%Y %H:%M", "timezone": "UTC"} or {"unit": "s"}.',
        )
    if given == "iso":
        return ((*_ISO_ZONED, *_ISO_BARE) if zone else _ISO_ZONED), zone, 0
    formats = list(given) if isinstance(given, list | tuple) else [given]
    wrong = next((form for form in formats if not isinstance(form, str) or not is_format(form)), None)
    if wrong is not None:
        raise InputError(f"{name}: {wrong!r} is not a format of times.", 'For example "%d/%m/%Y %H:%M", or "iso".')
    if not zone and not all(map(has_zone, formats)):
        raise InputError(
            f"{name} does not define the time zone of times.",
            'Add "timezone": "Europe/Berlin", or "UTC".',
        )
    return formats, zone, 0


def _delimiter(name: str, given: Any) -> str:
    """Check the delimiter, which must be one byte."""
    if not isinstance(given, str) or len(given.encode()) != 1 or given in '"\r\n\0':
        raise InputError(f"{name}: the delimiter must be one character, not {given!r}.", r'For example ";" or "\t".')
    return given
