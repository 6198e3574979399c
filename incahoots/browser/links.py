"""Links into the Browser of the managed server, and how they are opened without showing the password to anybody."""

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
from incahoots.server.home import ServerInfo


def link(info: ServerInfo, query: Query | None = None, given: Mapping[str, str] | None = None) -> str:
    """Give a link to the page that sets up Browser, without credentials.

    Parameters
    ----------
    info : ServerInfo
        The running server.
    query : Query, optional
        Is put into the editor.
    given : mapping of str to str, optional
        Its parameters, as text; the others have their defaults, or those of the newest run.

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
    """Write a page into the home that leads to an address and signs in; its owner alone may read it.

    Credentials in a link would stand in the list of processes. Here they stand in a file, as in ``server.json`` beside
    it, and pass in the fragment, which no browser sends to a server. Its history keeps the fragment, so the password is
    sealed (`incahoots.browser.sealing`).
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
    path, beside = info.home / "browser.html", info.home / "browser.html.new"
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(page)
    beside.replace(path)
    return path


def has_display() -> bool:
    """Whether a browser could show itself here: not over SSH, in a container or in CI."""
    if os.environ.get("CI") or os.environ.get("SSH_CONNECTION"):
        return False
    if os.name == "nt" or os.uname().sysname == "Darwin":
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def open_page(page: Path) -> bool:
    """Open a page in the user's browser; tell whether one was found."""
    try:
        return webbrowser.open(page.as_uri())
    except webbrowser.Error:
        return False


def _address(info: ServerInfo, words: Mapping[str, str]) -> str:
    """The address of the page, with words for it in the fragment."""
    address = f"{info.http_url}incahoots/"
    return f"{address}#{urlencode(words, quote_via=quote, safe='')}" if words else address


def _in_script(text: str) -> str:
    """Write text as a literal of JavaScript that cannot end the script it stands in."""
    return json.dumps(text).replace("<", "\\u003c")
