"""``up``, ``down``, ``status``, ``doctor``: the managed local server."""

from __future__ import annotations

from typing import Any

import click

from incahoots import server
from incahoots.browser.links import link
from incahoots.cli.browser import offer
from incahoots.cli.options import Context, shared, warn_of_unfinished_bulk
from incahoots.cli.output import count, end, print_record, print_table, progress, say, warn
from incahoots.errors import UsageError
from incahoots.server import ServerInfo
from incahoots.server.ports import BOLT, HTTP


@click.command()
@shared
@click.option("--bolt-port", type=click.IntRange(0, 65535), help="Port for queries; 0: any (default: 7687, if free).")
@click.option("--http-port", type=click.IntRange(0, 65535), help="Port for Browser; 0: any (default: 7474, if free).")
@click.option("--no-auth", is_flag=True, hidden=True, help="Removed.")
@click.option("--show-password", is_flag=True, help="Print the password too.")
@click.option("--no-browser", is_flag=True, help="Do not open Neo4j Browser.")
def up(
    context: Context,
    bolt_port: int | None,
    http_port: int | None,
    no_auth: bool,
    show_password: bool,
    no_browser: bool,
) -> None:
    """Start a local Neo4j with Graph Data Science.

    The first time it fetches some 145 MB into your cache. The server listens on this machine only, and keeps running
    until you stop it. Neo4j Browser is opened where you sit at a screen.

    \b
    Examples:
      incahoots up
      incahoots up --bolt-port 0 --http-port 0
      incahoots up --home ./case-42 --show-password
    """
    if no_auth:
        raise UsageError(
            "--no-auth was removed: any website that is open in a browser could read and change the database.",
            "Leave it out; `incahoots status --show-password` prints the password.",
        )
    before = server.status(context.folder)
    sweep(context)
    with progress(context) as report:
        info = server.start(context.folder, bolt_port=bolt_port, http_port=http_port, report=report)
        if server.unfinished_bulk(info.home):
            # Connecting makes the keys and indexes that it lacks.
            context.connect_to_home().close()
    if before is not None and before.pid == info.pid:
        say(context, "It runs already.")
    elif bolt_port is None and not info.bolt_uri.endswith(f":{BOLT}"):
        say(context, f"Not on the usual ports {BOLT} and {HTTP}: they are taken, or this server had others before.")
    print_record(context, _record(info, show_password))
    _warn(info)
    offer(context, info, link(info), no_browser=no_browser)
    end(context, "Up", "load", "--help", hint=f"Stop it with: {context.command('down')}")


@click.command()
@shared
def down(context: Context) -> None:
    """Stop the local server; its data stays.

    \b
    Examples:
      incahoots down
      incahoots down --home ./case-42
    """
    with progress(context) as report:
        stopped = server.stop(context.folder, report=report)
    sweep(context)
    if context.json:
        print_record(context, {"stopped": stopped})
    elif stopped:
        end(context, "Stopped", "up", hint="Its data stays.")
    else:
        say(context, "It was not running.")


@click.command()
@shared
@click.option("--show-password", is_flag=True, help="Print the password too.")
def status(context: Context, show_password: bool) -> None:
    """Tell where the local server is.

    Exit code 1 when it does not run, or does not answer yet.

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
        end(context, "No server found", "up")
    else:
        end(context, "It is starting or stopping: it does not answer", "status")
    raise click.exceptions.Exit(1)


@click.command()
@shared
def doctor(context: Context) -> None:
    """Check everything the local server needs.

    Exit code 1 when something is missing.

    \b
    Examples:
      incahoots doctor
      incahoots doctor --json
    """
    checks = server.doctor(context.folder)
    rows = [
        {
            "check": check.name,
            "ok": check.ok if context.json else "ok" if check.ok else "MISSING",
            "detail": check.detail,
            "remedy": "" if check.ok else check.remedy,
        }
        for check in checks
    ]
    print_table(context, rows)
    missing = sum(not check.ok for check in checks)
    following = ("up",) if server.status(context.folder) is None else ("load", "--help")
    end(context, f"{count(len(checks), 'check')}, {missing} failed,", *(() if missing else following))
    if missing:
        raise click.exceptions.Exit(1)


def sweep(context: Context) -> None:
    """Remove what killed bulk loads left in the home, and say so."""
    for folder in server.sweep(context.folder):
        say(context, f"Removed {folder}: a bulk load that was killed had left its posts there.")


def _warn(info: ServerInfo) -> None:
    """Warn of a server that is open to all, or whose posts are not complete."""
    if not info.auth:
        warn(
            "This server asks for no password: any website that is open in a browser can read and change the database. "
            "Call `incahoots down`, then `incahoots up`: from then on it asks for one."
        )
    warn_of_unfinished_bulk(info)


def _record(info: ServerInfo, show_password: bool) -> dict[str, Any]:
    """Give what a person or a script needs to connect."""
    if not info.auth:
        secret = {"password": "none is asked for"}
    elif show_password:
        secret = {"password": info.password}
    else:
        secret = {"password_file": str(info.home / "server.json")}
    return {
        "bolt": info.bolt_uri,
        "browser": info.http_url,
        "user": info.username,
        **secret,
        "home": str(info.home),
    }
