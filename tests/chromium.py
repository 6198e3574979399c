"""A headless Chromium, as a person would have one: for the pages that incahoots makes or serves."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Request, sync_playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_OURS = ("127.0.0.1", "localhost")


def installed() -> str | None:
    """Where a Chromium is, or one of its kin."""
    return next((found for name in _NAMES if (found := shutil.which(name))), None)


# A module's, not the session's: as long as it is there its event loop runs, and notebooks need one of their own.
@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A running Chromium; every test opens a context of its own."""
    program = installed()
    if program is None:
        pytest.fail(
            "No Chromium was found. Install it: `apt-get install chromium` on Debian; elsewhere any of its kin."
        )
    with sync_playwright() as playwright:
        # As root Chromium has no sandbox; only pages made here are opened.
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


def watched(page: Page) -> list[str]:
    """Collect the addresses on other hosts that a page asks for; what its own policy stops is not asked for."""
    asked: list[str] = []

    def ask(address: str) -> None:
        parts = urlsplit(address)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.hostname not in _OURS:
            asked.append(address)

    def fail(request: Request) -> None:
        if request.failure == "csp" and request.url in asked:
            asked.remove(request.url)

    page.on("request", lambda request: ask(request.url))
    page.on("requestfailed", fail)
    page.on("websocket", lambda socket: ask(socket.url))
    return asked
