"""The commands ``up``, ``down``, ``status`` and ``doctor`` of the local server."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import click

from incahoots import server
from incahoots.cli.asked import asks, gathered, whole
from incahoots.cli.browser import offer
from incahoots.cli.context import Context, warn_of_unfinished_bulk
from incahoots.cli.messages import warn
from incahoots.cli.options import shared
from incahoots.cli.output import count, end, print_record, print_table, say, showing_progress
from incahoots.errors import UsageError
from incahoots.server import ServerInfo
from incahoots.server.browser_links import link
from incahoots.server.ports import BOLT, HTTP


@click.command()
@shared
@gathered
@asks("--bolt-port", words="Port for queries; 0 for any free one (default: 7687 if free).", type=whole(0, 65535))
@asks("--http-port", words="Port for Neo4j Browser; 0 for any free one (default: 7474 if free).", type=whole(0, 65535))
@asks("--no-auth", words="Removed.", default=False, hidden=True)
@asks("--show-password", words="Also print the password.", default=False)
@asks("--no-browser", words="Do not open Neo4j Browser.", default=False)
def up(context: Context, given: SimpleNamespace) -> None:
    """Start a local Neo4j with Graph Data Science.

    The first start downloads about 145 MB into your cache. The server listens on this machine only and runs until you
    stop it. Neo4j Browser opens if there is a screen.

    \b
    Examples:
      incahoots up
      incahoots up --bolt-port 0 --http-port 0
      incahoots up --home ./case-42 --show-password
    """
    if given.no_auth:
        raise UsageError(
            "--no-auth was removed, because any website open in a browser could read and change the database.",
            "Omit it; `incahoots status --show-password` prints the password.",
        )
    before = server.status(context.folder)
    sweep(context)
    with showing_progress(context) as progress:
        info = server.start(context.folder, bolt_port=given.bolt_port, http_port=given.http_port, progress=progress)
        if server.unfinished_bulk(info.home):
            # Connecting creates the missing constraints and indexes.
            context.connect_to_home().close()
    if before is not None and before.pid == info.pid:
        say(context, "The server is already running.")
    elif given.bolt_port is None and not info.bolt_uri.endswith(f":{BOLT}"):
        say(context, f"The ports {BOLT} and {HTTP} are taken, or this server used others before.")
    print_record(context, _record(info, given.show_password))
    _warn(info)
    offer(context, info, link(info), no_browser=given.no_browser)
    end(context, "Started", *_following(context), hint=f"Stop it with: {context.command('down')}")


@click.command()
@shared
def down(context: Context) -> None:
    """Stop the local server and keep its data.

    \b
    Examples:
      incahoots down
      incahoots down --home ./case-42
    """
    with showing_progress(context) as progress:
        stopped = server.stop(context.folder, progress=progress)
    sweep(context)
    if context.json:
        print_record(context, {"stopped": stopped})
    elif stopped:
        end(context, "Stopped", "up", hint="The data is kept.")
    else:
        say(context, "The server was not running.")


@click.command()
@shared
@asks("--show-password", words="Also print the password.", default=False)
def status(context: Context, show_password: bool) -> None:
    """Show whether the local server runs, and its addresses.

    The exit code is 1 if it does not run or does not answer yet.

    \b
    Examples:
      incahoots status
      incahoots status --json --show-password
    """
    sweep(context)
    info = server.status(context.folder)
    if info is not None and server.answers(info):
        print_record(context, {"running": True, **_record(info, show_password)})
        _warn(info)
        return
    print_record(context, {"running": False, "home": str(context.folder)})
    if info is None:
        end(context, "No running server found", "up")
    else:
        end(context, "The server did not answer", "status", hint="It is starting or stopping.")
    raise click.exceptions.Exit(1)


@click.command()
@shared
def doctor(context: Context) -> None:
    """Check everything that the local server needs.

    The exit code is 1 if a check fails.

    \b
    Examples:
      incahoots doctor
      incahoots doctor --json
    """
    checks = server.doctor(context.folder)
    rows = [
        {
            "check": check.name,
            "ok": check.ok if context.json else "ok" if check.ok else "FAILED",
            "detail": check.detail,
            "remedy": "" if check.ok else check.remedy,
        }
        for check in checks
    ]
    print_table(context, rows)
    missing = sum(not check.ok for check in checks)
    following = ("up",) if server.status(context.folder) is None else _following(context)
    end(context, f"{count(len(checks), 'check')}, {missing} failed,", *(() if missing else following))
    if missing:
        raise click.exceptions.Exit(1)


def _following(context: Context) -> tuple[str, ...]:
    """Suggest the command to go on with: `load` for an empty database, else `runs`."""
    with context.connect_to_home() as database:
        return ("load", "--help") if database.is_empty() else ("runs",)


def sweep(context: Context) -> None:
    """Remove the temporary files of killed bulk loads from the home."""
    for folder in server.sweep(context.folder):
        say(context, f"Removed {folder}: it held posts of a bulk load that was killed.")


def _warn(info: ServerInfo) -> None:
    """Warn of a server without a password, or with an unfinished bulk load."""
    if not info.auth:
        warn(
            "This server has no password: any website open in a browser can read and change the database. "
            "Restart it with `incahoots down` and `incahoots up` to set one."
        )
    warn_of_unfinished_bulk(info)


def _record(info: ServerInfo, show_password: bool) -> dict[str, Any]:
    """Describe how to connect."""
    if not info.auth:
        secret = {"password": "not required"}
    elif show_password:
        secret = {"password": info.password}
    else:
        secret = {"password_file": str(info.home / "server.json")}
    where = {"bolt": info.bolt_uri, "browser": info.http_url, "user": info.username}
    return where | secret | {"home": str(info.home)}
