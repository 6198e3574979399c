"""A headless Chromium, as a person would have one: for the pages that incahoots makes or serves."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A running Chromium; every test opens a context of its own."""
    program = next((found for name in _NAMES if (found := shutil.which(name))), None)
    if program is None:
        pytest.fail(
            "No Chromium was found. Install it: `apt-get install chromium` on Debian; elsewhere any of its kin."
        )
    with sync_playwright() as playwright:
        # As root Chromium has no sandbox; only pages made here are opened.
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()
