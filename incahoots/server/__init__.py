"""A Neo4j server with GDS that incahoots assembles, starts and stops: no Docker, no installed Neo4j."""

from incahoots.server.bulk import bulk_import
from incahoots.server.checks import Check, doctor
from incahoots.server.home import ServerInfo
from incahoots.server.process import paused, start, status, stop

__all__ = ["Check", "ServerInfo", "bulk_import", "doctor", "paused", "start", "status", "stop"]
