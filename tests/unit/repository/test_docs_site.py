"""The documentation as a site: it builds offline, without a warning, and every link in it leads somewhere."""

from __future__ import annotations

import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag

import pytest

import incahoots
from incahoots import cypher
from incahoots.loaders import SOURCES
from incahoots.loaders.headers import ARCHIVE_ACCOUNT
from tests import ROOT
from tests.command_line import commands
from tests.tracked import text_of

#: Attributes by which a page has the browser fetch something.
FETCHED = {
    ("script", "src"), ("link", "href"), ("img", "src"), ("img", "srcset"), ("iframe", "src"), ("source", "src"),
    ("source", "srcset"), ("video", "src"), ("audio", "src"), ("embed", "src"), ("object", "data"), ("image", "href"),
    ("use", "href"), ("form", "action"),
}  # fmt: skip
OUTSIDE = re.compile(r"(?:https?:)?//", re.I)
METHODS = (
    *("coordination", "discount", "significance", "communities", "clusters", "interstate", "influence", "campaigns"),
    *("drivers", "simulation"),
)


class Page(HTMLParser):
    """What a page fetches, where it leads, and what can be led to."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.fetched: list[str] = []
        self.links: list[str] = []
        self.styles = ""
        self._in_style = False
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_style = tag == "style"
        for name, value in attrs:
            if name == "id" and value:
                self.ids.add(value)
            elif name == "style":
                self.styles += value or ""
            elif tag == "a" and name == "href" and value:
                self.links.append(value)
            elif (tag, name) in FETCHED and value:
                self.fetched.append(value)

    def handle_endtag(self, tag: str) -> None:
        self._in_style = False

    def handle_data(self, data: str) -> None:
        if self._in_style:
            self.styles += data


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site as ``make docs`` builds it, in a folder of its own."""
    folder = tmp_path_factory.mktemp("site")
    options = ["-q", "-W", "--keep-going", "-n", "-c", "docs", "-d", str(folder / "trees")]
    build = [sys.executable, "-m", "sphinx", *options, ".", str(folder / "html")]
    done = subprocess.run(build, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return folder / "html"


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, Page]:
    """Every page of it, by its place."""
    return {path: Page(path) for path in sorted(site.rglob("*.html"))}


def test_the_test_builds_as_make_does() -> None:
    made = re.search(r"sphinx-build (.+)", text_of("Makefile"))
    assert made is not None
    assert made[1] == "-q -W --keep-going -n -c docs -d docs/_build/doctrees . docs/_build/html"


def test_nothing_is_fetched_from_outside(site: Path, pages: dict[Path, Page]) -> None:
    fetched = [(path.name, each) for path, page in pages.items() for each in page.fetched if OUTSIDE.match(each)]
    assert fetched == []
    styles = {path.name: page.styles for path, page in pages.items()}
    styles |= {path.name: path.read_text(encoding="utf-8") for path in site.rglob("*.css")}
    asked = re.compile(r"(?:url\(|@import)\s*[\"']?\s*(?:https?:)?//[^)\"']*", re.I)
    assert [(name, found) for name, text in styles.items() for found in asked.findall(text)] == []


def test_what_pages_fetch_is_there(pages: dict[Path, Page]) -> None:
    missing = [
        (path.name, each)
        for path, page in pages.items()
        for each in page.fetched
        if not each.startswith(("data:", "#")) and not (path.parent / unquote(each.partition("?")[0])).exists()
    ]
    assert missing == []


def test_every_link_leads_somewhere(pages: dict[Path, Page]) -> None:
    broken = []
    for path, page in pages.items():
        for link in page.links:
            if re.match(r"(?:https?|mailto|data):", link):
                continue
            name, anchor = urldefrag(link)
            target = (path.parent / unquote(name)).resolve() if name else path
            if not target.exists() or (anchor and target in pages and unquote(anchor) not in pages[target].ids):
                broken.append((path.name, link))
    assert broken == []


def test_every_page_can_be_reached(site: Path, pages: dict[Path, Page]) -> None:
    reached, ahead = set(), [site / "index.html", site / "docs" / "index.html"]
    while ahead:
        path = ahead.pop()
        if path in reached or path not in pages:
            continue
        reached.add(path)
        ahead += [(path.parent / unquote(urldefrag(link)[0])).resolve() for link in pages[path].links]
    # A form leads to the last.
    assert sorted(path.name for path in set(pages) - reached) == ["search.html"]


def test_search_needs_no_server(site: Path) -> None:
    index = (site / "searchindex.js").read_text(encoding="utf-8")
    assert index.startswith("Search.setIndex(")
    assert "docs/significance" in index
    assert 'src="searchindex.js"' in (site / "search.html").read_text(encoding="utf-8")


def test_every_name_of_the_api_has_an_anchor(site: Path, pages: dict[Path, Page]) -> None:
    there = pages[site / "docs" / "reference" / "api.html"].ids
    assert [name for name in incahoots.__all__ if f"incahoots.{name}" not in there] == []


def test_every_command_has_an_anchor(site: Path, pages: dict[Path, Page]) -> None:
    there = pages[site / "docs" / "reference" / "commands.html"].ids
    assert [path for path, _ in commands() if path.replace(" ", "-") not in there] == []


def test_every_query_has_an_anchor(site: Path, pages: dict[Path, Page]) -> None:
    there = pages[site / "docs" / "reference" / "cypher.html"].ids
    wanted = {name: f"query-{name.replace('/', '-').replace('_', '-')}" for name in cypher.names()}
    assert [name for name, anchor in wanted.items() if anchor not in there] == []


@pytest.mark.parametrize("name", METHODS)
def test_every_method_says_what_it_assumes_and_when_it_misleads(site: Path, pages: dict[Path, Page], name: str) -> None:
    assert {"assumptions", "when-it-misleads"} <= pages[site / "docs" / f"{name}.html"].ids


@pytest.mark.parametrize("name", list(SOURCES))
def test_every_column_of_a_format_is_described(name: str) -> None:
    page = text_of(f"docs/formats/{name}.md")
    columns = [*SOURCES[name].columns, *(ARCHIVE_ACCOUNT if name == "io-archive" else ())]
    assert [column for column in columns if f"`{column}`" not in page] == []


def test_every_function_that_pages_call_is_there() -> None:
    texts = {path: path.read_text(encoding="utf-8") for path in (ROOT / "docs").rglob("*.md")}
    called = {(path.name, name) for path, text in texts.items() for name in re.findall(r"\bih\.(\w+)", text)}
    assert sorted((page, name) for page, name in called if name not in incahoots.__all__) == []
