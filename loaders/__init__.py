"""Loaders: read every source of posts into one columnar form, and reject rows with a reason."""

from typing import TYPE_CHECKING

import lazy_loader

if TYPE_CHECKING:
    from incahoots.loaders.files import sha256 as sha256
    from incahoots.loaders.rows import ACCOUNTS as ACCOUNTS, POSTS as POSTS, Reject as Reject, Rows as Rows
    from incahoots.loaders.sources import SOURCES as SOURCES, Source as Source, rows_of as rows_of
    from incahoots.loaders.texts import text_keys as text_keys
    from incahoots.loaders.urls import domain as domain, normalise as normalise, url_table as url_table

#: Imported when they are first used, because the command line needs only the options.
_NAMES = {
    "files": ["sha256"], "rows": ["ACCOUNTS", "POSTS", "Reject", "Rows"], "sources": ["SOURCES", "Source", "rows_of"],
    "texts": ["text_keys"], "urls": ["domain", "normalise", "url_table"],
}  # fmt: skip
__getattr__, __dir__, __all__ = lazy_loader.attach(__name__, submod_attrs=_NAMES)
