"""A real browser for tests: Chromium as the system has it, without a screen, watched for requests to other hosts."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Request, sync_playwright

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
OURS = ("127.0.0.1", "localhost", "")


@contextmanager
def launched() -> Iterator[Browser]:
    """A running Chromium, or a failure that says how to get one."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        pytest.fail(f"None of {', '.join(PROGRAMS)} is here. Install one, as with: apt-get install chromium")
    with sync_playwright() as playwright:
        # Without a sandbox, as it refuses to start as root with one, and containers have no other user.
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


def watched(page: Page) -> list[str]:
    """Collect the addresses on other hosts that a page asks for; what its own policy stops is not asked for."""
    asked: list[str] = []

    def ask(address: str) -> None:
        if urlsplit(address).hostname not in OURS and urlsplit(address).scheme in ("http", "https", "ws", "wss"):
            asked.append(address)

    def fail(request: Request) -> None:
        if request.failure == "csp" and request.url in asked:
            asked.remove(request.url)

    page.on("request", lambda request: ask(request.url))
    page.on("requestfailed", fail)
    page.on("websocket", lambda socket: ask(socket.url))
    return asked
