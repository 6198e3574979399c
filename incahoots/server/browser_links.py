"""Links to Neo4j Browser on the local server, and how to open them without exposing the password."""

from __future__ import annotations

import html
import json
import os
import webbrowser
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote, urlencode

from incahoots.browser.sealing import seal
from incahoots.cypher import Query
from incahoots.private_files import replace_text
from incahoots.server.home import ServerInfo


def link(info: ServerInfo, query: Query | None = None, given: Mapping[str, str] | None = None) -> str:
    """Return a link to the page that sets up Browser, without credentials.

    Parameters
    ----------
    info : ServerInfo
        The running server.
    query : Query, optional
        Query to put into the editor.
    given : mapping of str to str, optional
        Parameters as text; others have their defaults, or values of the newest run.

    Examples
    --------
    >>> from incahoots import cypher
    >>> server = ServerInfo(Path(), "bolt://127.0.0.1:7687", "http://127.0.0.1:7474/browser/", "neo4j", "", 1, False)
    >>> link(server)
    'http://127.0.0.1:7474/browser/incahoots/'
    >>> link(server, cypher.find("top_edges"), {"run_id": "all 60s"})
    'http://127.0.0.1:7474/browser/incahoots/#query=explore%2Ftop_edges&run_id=all%2060s'
    """
    words = {"query": query.name, **(given or {})} if query else {}
    return _address(info, words)


def write_page(info: ServerInfo, address: str) -> Path:
    """Write a page into the home that opens an address, signed in; only its owner can read it.

    Credentials in a link would appear in the list of processes. This file passes them in the URL's fragment, which
    browsers do not send to servers. As the history of the browser keeps the fragment, the password is sealed
    (`incahoots.browser.sealing`).
    """
    sealed = seal(info.home, info.password) if info.auth else None
    credentials = {"username": info.username, "sealed": sealed} if sealed else {}
    separator = "&" if "#" in address else "#"
    whole = address + (separator + urlencode(credentials, quote_via=quote) if credentials else "")
    page = (
        '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<meta name="referrer" content="no-referrer">\n'
        f"<title>incahoots</title>\n<script>location.replace({_in_script(whole)})</script>\n"
        f'<p><a href="{html.escape(whole)}">Neo4j Browser</a></p>\n</html>\n'
    )
    path = info.home / "browser.html"
    replace_text(path, page)
    return path


def has_display() -> bool:
    """Whether a browser can open a window: not over SSH, in a container or in CI."""
    if os.environ.get("CI") or os.environ.get("SSH_CONNECTION"):
        return False
    if os.name == "nt" or os.uname().sysname == "Darwin":
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def open_page(page: Path) -> bool:
    """Open a page in the user's browser; return whether there is one."""
    try:
        return webbrowser.open(page.as_uri())
    except webbrowser.Error:
        return False


def _address(info: ServerInfo, words: Mapping[str, str]) -> str:
    """Return the address of the page, with parameters in the fragment."""
    address = f"{info.http_url}incahoots/"
    return f"{address}#{urlencode(words, quote_via=quote, safe='')}" if words else address


def _in_script(text: str) -> str:
    """Write text as a JavaScript literal that cannot end its script."""
    return json.dumps(text).replace("<", "\\u003c")
