"""A Neo4j server with GDS that incahoots installs, starts and stops, without Docker."""

from incahoots.server.bulk import bulk_import
from incahoots.server.checks import Check, doctor
from incahoots.server.home import ServerInfo
from incahoots.server.leftovers import begin_bulk, bulk_folder, end_bulk, sweep, unfinished_bulk
from incahoots.server.process import answers, paused, start, status, stop

__all__ = [
    "Check",
    "ServerInfo",
    "answers",
    "begin_bulk",
    "bulk_folder",
    "bulk_import",
    "doctor",
    "end_bulk",
    "paused",
    "start",
    "status",
    "stop",
    "sweep",
    "unfinished_bulk",
]
