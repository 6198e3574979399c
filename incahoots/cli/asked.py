"""Make the options of a command from a dataclass, so that defaults, checks and help stand in one place."""

from __future__ import annotations

import functools
import inspect
import re
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import MISSING, Field, fields
from datetime import UTC, datetime
from inspect import cleandoc
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import click

from incahoots.cli import complete
from incahoots.errors import UsageError
from incahoots.windows import parse_window

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

#: Names of an option, and settings of `click.option`.
Row = tuple[tuple[str, ...], dict[str, Any]]


def option(*names: str, **settings: Any) -> Row:
    """Describe how the option of a field differs from what its name, type, default and docstring say."""
    return names, settings


def options_of(kind: type[Any], *left_out: str, **rows: Row) -> Decorator:
    """Add an option for each field of a dataclass, and hand its object to the command.

    The command receives the object after its context and the objects of the decorators above this one. An option that
    was not given (None, or an empty tuple) has the default of its field.

    Parameters
    ----------
    kind : type
        A dataclass, whose docstring describes its fields under *Attributes*: the first paragraph is the help, and
        ``{"a", "b"}`` lists the choices.
    *left_out : str
        Fields without an option. Fields of other types than those in `_TYPES` have one only with a row.
    **rows : Row
        What is different, by field: see `option`.
    """
    described = _described(kind)
    made = []
    for field in fields(kind):
        row = rows.get(field.name) or _KNOWN.get(field.name) or ((), {})
        form, words = described.get(field.name, ("", ""))
        if field.name not in left_out and (field.name in rows or _kind(field) in _TYPES or form.startswith("{")):
            # Two dataclasses of a command can have fields of the same name.
            own = f"{kind.__name__.strip('_')}_{field.name}".lower()
            made.append((field.name, own, _made(field, own, row, form, words)))

    def added(command: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(command)
        def wrapped(*before: Any, **given: Any) -> Any:
            values = {name: given.pop(own) for name, own, _ in made}
            asked = kind(**{name: each for name, each in values.items() if each not in (None, ())})
            return command(*before, asked, **given)

        whole: Callable[..., Any] = wrapped
        for _, _, decorator in reversed(made):
            whole = decorator(whole)
        return whole

    return added


def _made(field: Field[Any], own: str, row: Row, form: str, words: str) -> Decorator:
    """Make the option of a field, whose value the command receives as ``own``."""
    name = f"--{field.name.replace('_', '-')}"
    names, settings = row[0] or (name,), dict(row[1])
    kind, default = _kind(field), None if field.default is MISSING else field.default
    if kind == "bool" and default is False:
        settings["is_flag"] = True
    elif kind == "bool":
        names = (f"{names[0]}/--no-{names[0].removeprefix('--')}",)
        settings |= {"default": default, "show_default": default is not None}
    elif "type" not in settings:
        choices = re.findall(r'"([^"]+)"', form) if form.startswith("{") else []
        settings["type"] = OneOf(choices) if choices else _TYPES.get(kind)
    if "[" in kind and kind in _TYPES:
        settings.setdefault("multiple", True)
        words = f"{words.removesuffix('.')}; may be repeated."
    if kind == "Path":
        settings.setdefault("metavar", "FILE")
    if kind != "bool" and default not in (None, ()):
        settings = {"default": default, "show_default": True} | settings
    return click.option(*names, own, **({"help": words} | settings))


def _described(kind: type[Any]) -> dict[str, tuple[str, str]]:
    """Read the type and the first paragraph of each field from the docstring of a dataclass."""
    section = cleandoc(kind.__doc__ or "").partition("Attributes\n----------\n")[2].partition("\n\nRaises\n")[0]
    found: dict[str, tuple[str, str]] = {}
    known = {field.name for field in fields(kind)}

    def named(name: re.Match[str]) -> str:
        return f"--{name[1].replace('_', '-')}" if name[1] in known else name[1]

    for names, form, text in re.findall(r"^(\w[\w, ]*?)(?: : (.*))?\n((?: +.*\n?)*)", section + "\n", re.M):
        words = re.sub(r"`+(.*?)`+", named, " ".join(text.split()))
        other = vars(sys.modules[kind.__module__]).get(words.removeprefix("As for ").removesuffix("."))
        same = _described(other) if other else {}
        found |= {name: same.get(name, (form, words)) for name in names.split(", ")}
    return found


def _kind(field: Field[Any]) -> str:
    """Name the type of a field, without None."""
    return str(field.type).removesuffix(" | None")


class Read(click.ParamType[Any]):
    """A value that a function reads from text; a wrong one is told in one line, with the option."""

    def __init__(self, name: str, read: Callable[[str], Any], what: str) -> None:
        self.name, self._read, self._what = name, read, what

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Read a text; a default may be a value already."""
        try:
            return self._read(value)
        except ValueError:
            option = param.opts[0] if param else "The value"
            raise UsageError(f"{option} must be {self._what} (got {value!r}).") from None
        except UsageError as problem:
            self.fail(str(problem), param, ctx)


def whole(least: int | None = None, most: int | None = None) -> Read:
    """Return the type of a whole number within limits; without limits, the method checks it."""

    def read(value: str) -> int:
        number = int(value)
        if (least is not None and number < least) or (most is not None and number > most):
            raise ValueError
        return number

    limits = "" if least is None else f" of {least} or more" if most is None else f" from {least} to {most}"
    return Read("integer", read, f"a whole number{limits}")


NUMBER = Read("float", float, "a number")

#: A length of time such as 60s, 5m, 1h or 1d, in seconds; and several, separated by commas.
WINDOW = Read("window", parse_window, "a length of time")
WINDOWS = Read("windows", lambda text: tuple(map(parse_window, text.split(","))), "lengths of time")


def date(form: str = "%Y-%m-%d", *others: str) -> Read:
    """Return the type of a day, or of a moment in other formats, in UTC."""

    def read(text: str) -> datetime:
        for each in (form, *others):
            with suppress(ValueError):
                return datetime.strptime(text, each).replace(tzinfo=UTC)
        raise UsageError(f"{text!r} is not a date.", "Write it as 2021-01-19.")

    return Read("date", read, "a date")


class OneOf(click.Choice[str]):
    """Names to choose from, which the method checks."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Leave the name as it is."""
        return str(value)


class Output(click.Path):
    """A file or folder that a command writes; a file must have one of the endings, which is checked before any work."""

    def __init__(self, *formats: str, folder: bool | None = None) -> None:
        super().__init__(path_type=Path, file_okay=not folder, dir_okay=folder is not False)
        self.formats = formats


FILE = click.Path(path_type=Path, dir_okay=False)

#: The type of an option, by the type of its field.
_TYPES: dict[str, Any] = {
    "int": whole(), "float": NUMBER, "str": click.STRING, "bool": None, "str | int": WINDOW,
    "datetime": date(), "Path": FILE, "Collection[str]": click.STRING, "tuple[str, ...]": click.STRING,
}  # fmt: skip

#: Options with another name than their field, or with a type of their own, in every command.
_KNOWN = {
    "operation_id": option("--operation", metavar="ID", shell_complete=complete.operations),
    "run_id": option("--run", metavar="NAME"),
    "limit": option(type=whole(0)),
    **dict.fromkeys(("jobs", "min_accounts", "min_weight", "permutations"), option(type=whole(1))),
    "seed": option(type=whole(0, 2**32 - 1)),
    "window_s": option("--window", type=whole(0, 2**31)),
}


def gathered(command: Callable[..., Any]) -> Callable[..., Any]:
    """Hand a command the options that are no parameters of its own as one object, ``given``."""
    own = inspect.signature(command).parameters

    @functools.wraps(command)
    def wrapped(*before: Any, **options: Any) -> Any:
        given = SimpleNamespace(**{name: options.pop(name) for name in [*options] if name not in own})
        return command(*before, given=given, **options)

    return wrapped


def as_option(row: Row, *names: str) -> Decorator:
    """Add the option that a row describes."""
    return click.option(*(row[0] or names), **row[1])


def asks(*names: str, words: str, default: Any = None, **settings: Any) -> Decorator:
    """Add an option that is no field of a dataclass; its type is that of the default."""
    kinds = {int: whole(0), float: NUMBER, str: click.STRING}
    if default is False:
        settings["is_flag"] = True
    elif default is not None:
        settings = {"type": kinds.get(type(default)), "default": default, "show_default": default != ""} | settings
    return click.option(*names, help=words, **settings)


def output(words: str, *formats: str, name: str = "--output", metavar: str = "FILE", **settings: Any) -> Decorator:
    """Add the option of a file to write, which is checked before any work."""
    names = ("-o", name) if name == "--output" else (name,)
    return click.option(*names, metavar=metavar, type=Output(*formats, folder=False), help=words, **settings)


def rows(default: int, words: str = "Rows to print of a table; 0 prints all.") -> Decorator:
    """Add the option ``--limit``."""
    return asks("--limit", words=words, default=default)


def run_name(default: str, words: str = "Name of the run.") -> Decorator:
    """Add the option ``--run``."""
    return asks("--run", "run_id", words=words, default=default, metavar="NAME")


def tables_folder(words: str) -> Decorator:
    """Add the option ``--tables``."""
    return click.option("--tables", metavar="FOLDER", type=Output(folder=True), help=words)


def named(
    form: str, example: str, words: str, *names: str, read: Callable[[dict[str, str]], Any] = dict, **settings: Any
) -> Row:
    """Describe an option of NAME=VALUE that may be repeated, of whose pairs ``read`` makes the value of the field."""

    def converted(ctx: click.Context, param: click.Parameter, value: tuple[str, ...]) -> Any:
        return read(pairs(value, form, example))

    return option(*names, multiple=True, metavar=form, callback=converted, help=words, **settings)


def as_epoch(ctx: click.Context, param: click.Parameter, value: datetime | None) -> int | None:
    """Convert a date to seconds since 1970."""
    return None if value is None else int(value.timestamp())


def pairs(words: tuple[str, ...], form: str, example: str) -> dict[str, str]:
    """Read NAME=VALUE, each name once. ``form`` is how the help writes it, and ``example`` begins with the option.

    Raises
    ------
    UsageError
        A word has another form, or a name has two values.
    """
    found: dict[str, str] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not (name and equals and value):
            raise UsageError(f"{example.split()[0]} needs {form}, for example {example} (got {word!r}).")
        if found.get(name, value) != value:
            raise UsageError(f"{name!r} has two values: {found[name]!r} and {value!r}.", "Give it one.")
        found[name] = value
    return found
