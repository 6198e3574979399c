"""Completion of values in a shell: runs, operations, behaviours, queries and their parameters.

Values in the database are omitted if it does not answer within `LIMIT_S`.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence

import click
from click.shell_completion import CompletionItem

from incahoots import cypher
from incahoots.cells import visible
from incahoots.cli.context import Context
from incahoots.cypher.behaviours import BEHAVIOURS
from incahoots.errors import UsageError

#: Seconds to wait for a database.
LIMIT_S = 1.0

Completer = Callable[[click.Context, click.Parameter, str], "list[CompletionItem[str]]"]


def one_of(*names: str) -> Completer:
    """Offer fixed names."""

    def offer(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:
        return _begun(names, incomplete)

    return offer


def behaviours(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:
    """Offer behaviours that match posts, and after link+ those that can be joined to it."""
    joined, plus, last = incomplete.rpartition("+")
    if plus:
        parts = sorted(
            {row.name.removeprefix("co_") for row in BEHAVIOURS.values() if row.share} - {*joined.split("+")}
        )
        return [CompletionItem(f"{joined}+{part}") for part in parts if part.startswith(last)]
    names = [row.name for row in BEHAVIOURS.values() if row.share]
    return _begun([*names, *(["all"] if param.nargs == -1 else [])], incomplete)


def runs(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:
    """Offer the runs of the database, newest first."""
    return _begun(_asked(ctx, "runs/list", "run_id")[::-1], incomplete)


def operations(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:
    """Offer the operations that are loaded."""
    return _begun(_asked(ctx, "fetch/operation_ids", "operation_id"), incomplete)


def queries(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:
    """Offer exploring queries by their short names, others by their folder."""
    short = {name.removeprefix("explore/"): name for name in cypher.names()}
    wanted = [each for each in short if each.startswith(incomplete) and ("/" in incomplete or "/" not in each)]
    families = [f"{family}/" for family in cypher.FAMILIES if incomplete and f"{family}/".startswith(incomplete)]
    found = [CompletionItem(each, help=cypher.find(short[each]).title) for each in wanted]
    return found or [CompletionItem(family) for family in families]


def parameters(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:
    """Offer missing parameters of a query, and values of those that name runs and operations."""
    given = list(ctx.params.get("parameters") or ())
    name, equals, value = incomplete.partition("=")
    # Bash splits run_id=al into three words, of which the last may be missing.
    cut = (
        given[-2:-1] if given[-1:] == ["="] else given[-1:] if given and "=" not in (*given[-1], *given[-2:-1]) else []
    )
    if cut:
        name, equals, value = cut[0], "=", incomplete
    if equals:
        known = {"run_id": runs, "operation_id": operations}
        values = known[name](ctx, param, value) if name in known else []
        return values if cut else [CompletionItem(f"{name}={item.value}") for item in values]
    try:
        query = cypher.find(ctx.params.get("name") or "")
    except UsageError:
        return []
    there = {word.partition("=")[0] for word in given}
    return [
        CompletionItem(f"{each.name}=", help=each.meaning)
        for each in query.parameters.values()
        if each.name.startswith(incomplete) and each.name not in there
    ]


def _begun(names: Sequence[str], incomplete: str) -> list[CompletionItem[str]]:
    """Offer names with this prefix, without those that contain control characters, which a shell would print."""
    return [CompletionItem(name) for name in names if name.startswith(incomplete) and visible(name) == name]


def _asked(ctx: click.Context, query: str, column: str) -> list[str]:
    """Return a column of a query's result, or nothing if the database does not answer in time."""
    from incahoots import server

    context = Context(ctx.params.get("home"), env_file=ctx.params.get("env_file"))
    elsewhere = context.env_file or (os.environ.get("NEO4J_URI") and not context.home)
    if not elsewhere and server.status(context.folder) is None:
        return []
    # Import before the time limit begins.
    import incahoots.database  # noqa: F401

    found: list[str] = []

    def ask() -> None:
        try:
            with context.connect() as database:
                known = cypher.find(query)
                with database.session() as session:
                    found.extend(record[column] for record in session.run(known.text, known.bind({})))
        except Exception:
            # An error message would appear in the middle of the command line.
            found.clear()

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(LIMIT_S)
    return [] if asking.is_alive() else found
