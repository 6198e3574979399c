"""Loaders: read every source of posts into one columnar form, and reject rows with a reason."""

from incahoots.loaders.files import sha256
from incahoots.loaders.rows import ACCOUNTS, POSTS, Reject, Rows
from incahoots.loaders.sources import SOURCES, Source, rows_of
from incahoots.loaders.texts import text_keys
from incahoots.loaders.urls import domain, normalise, url_table

__all__ = [
    "ACCOUNTS",
    "POSTS",
    "SOURCES",
    "Reject",
    "Rows",
    "Source",
    "domain",
    "normalise",
    "rows_of",
    "sha256",
    "text_keys",
    "url_table",
]
