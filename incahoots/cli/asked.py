"""Hand a command the options of a method as one object, so that their defaults and checks stand in one place."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

import click

from incahoots.errors import UsageError


def asked(kind: type[Any]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Collect the options that are fields of a dataclass.

    The command receives the object after its context and the objects of the decorators above this one. An option that
    was not given (None, or an empty tuple) has the default of its field.
    """
    names = {field.name for field in fields(kind)}

    def collected(command: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(command)
        def wrapped(*before: Any, **given: Any) -> Any:
            own = {name: given.pop(name) for name in names & set(given)}
            values = {name: value for name, value in own.items() if value not in (None, ())}
            return command(*before, kind(**values), **given)

        return wrapped

    return collected


def as_utc(ctx: click.Context, param: click.Parameter, value: datetime | None) -> datetime | None:
    """Read a date as UTC."""
    return None if value is None else value.replace(tzinfo=UTC)


def as_epoch(ctx: click.Context, param: click.Parameter, value: datetime | None) -> int | None:
    """Read a date as seconds since 1970, UTC."""
    return None if value is None else int(value.replace(tzinfo=UTC).timestamp())


class Date(click.DateTime):
    """A day, or a moment, in the given formats."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Convert to a datetime, or say how to write a date."""
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            self.fail(f"{value!r} is not a date. Write it as 2021-01-19.", param, ctx)


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
