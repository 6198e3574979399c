"""Neo4j Browser, for real: set up, signed in, guided, with favourites; and nothing outside is asked."""

from __future__ import annotations

import json
import re
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from incahoots import cypher
from incahoots.analytics.coordination.coordinate import coordinate
from incahoots.analytics.networks.communities import communities
from incahoots.analytics.runs.store import drop
from incahoots.database import Database
from incahoots.server import ServerInfo
from incahoots.server.browser_links import link, write_page
from tests.chromium import installed, watched
from tests.command_line import Caller
from tests.conftest import empty
from tests.posts import load_posts, post

LIMIT_MS = 60_000


@pytest.fixture(scope="module")
def info(served: ServerInfo, database: Database) -> ServerInfo:
    """The server, with three accounts that share two links, and two that share a hashtag."""
    empty(database)
    shared = {"urls": ["https://a.example/x"]}
    load_posts(database, [post(name, 10 * n, f"{name}{n}", **shared) for n in range(2) for name in "abc"])
    load_posts(database, [post(name, 9_000, f"{name}1", hashtags=["tag"]) for name in "de"])
    coordinate(database, "all", "60s", min_weight=1, run_id="first")
    communities(database, "first")
    return served


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A page of a browser that has been nowhere, which must ask no other host."""
    context = chromium.new_context(viewport={"width": 1300, "height": 900})
    opened = context.new_page()
    opened.set_default_timeout(LIMIT_MS)
    outside = watched(opened)
    yield opened
    context.close()
    assert outside == []


def connected(page: Page) -> None:
    """Wait until Browser has connected."""
    expect(page.locator("text=neo4j$").first).to_be_visible(timeout=LIMIT_MS)


def frame(page: Page) -> Locator:
    """The newest answer."""
    return page.get_by_test_id("frame").first


def answered(page: Page, title: str) -> Locator:
    """Wait for the answer to a query, by what its text begins with."""
    found = frame(page)
    expect(found).to_contain_text(title, timeout=LIMIT_MS)
    expect(found).to_contain_text(re.compile("Displaying|Started streaming|no changes"), timeout=LIMIT_MS)
    return found


def stored(page: Page, name: str) -> Any:
    """What the page's storage holds."""
    return json.loads(page.evaluate("name => localStorage.getItem(name)", name))


def test_the_guide_runs_at_a_click(info: ServerInfo, page: Page) -> None:
    page.goto(link(info))
    connected(page)
    links = page.locator("a:is([data-exec], [data-populate]):visible")
    # What opens the guide keeps Browser from setting parameters: no query of the guide needs them.
    expect(page.get_by_text('"run_id":')).to_have_count(0)
    seen = {}
    for _ in range(6):
        page.get_by_text("Next", exact=True).click()
        for each in links.all():
            title = (each.get_attribute("data-populate") or "").splitlines()[0]
            each.locator("i").click()
            found = answered(page, title)
            expect(found.get_by_test_id("cypherFrameErrorMessage")).to_have_count(0)
            seen[title.removeprefix("// ").split(",")[0]] = found.locator("g.node").count()
    assert {title: nodes for title, nodes in seen.items() if title.startswith("Show")} == {
        "Show a run's network": 5,
        "Show why two accounts are connected": 7,
        "Show a community and its edges": 3,
        "Show an account and its neighbours": 3,
        "Show which states act on each other": 0,
    }
    assert len(seen) == 14
    page.get_by_text("Next", exact=True).click()
    links.first.locator("i").click()
    expect(frame(page)).to_contain_text('"run_id": "first"', timeout=LIMIT_MS)
    expect(frame(page)).to_contain_text('"limit": 200,')


@pytest.mark.regression("0.1.1", "D11")
def test_the_guide_reads_the_posts_of_an_edge_of_hashtags(
    info: ServerInfo, database: Database, page: Page, request: pytest.FixtureRequest
) -> None:
    coordinate(database, "co_hashtag", "60s", min_weight=1, run_id="tags")
    request.addfinalizer(lambda: drop(database, "tags"))
    page.goto(link(info))
    connected(page)
    for _ in range(3):
        # What a page has to be begun with is clicked first.
        for each in page.locator("a[data-exec]:visible").all():
            each.locator("i").click()
            expect(frame(page)).to_contain_text('"run_id": "tags"', timeout=LIMIT_MS)
        page.get_by_text("Next", exact=True).click()
    page.get_by_text("Read the pairs of posts").locator("i").click()
    found = answered(page, "// Why are these two accounts connected?")
    expect(found.locator("table tbody tr")).to_have_count(1)
    expect(found.locator("table tbody tr")).to_contain_text('"tag"')


@pytest.mark.regression("0.1.1", "D11")
@pytest.mark.parametrize("name", ["show_network", "why_connected"])
def test_a_query_can_be_run_before_parameters_are_set(
    info: ServerInfo, page: Page, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    page.goto(Caller(capsys, info.home).json("browser", name)["link"])
    told = page.get_by_text(re.compile("You are connected|You have a working connection"))
    expect(told.first).to_be_visible(timeout=LIMIT_MS)
    page.get_by_test_id("editor-Run").click()
    # The frame that says which parameters were set may come before or after it.
    found = page.get_by_test_id("frame").filter(has_text=cypher.find(name).title)
    expect(found).to_contain_text(re.compile("Displaying|Started streaming|ParameterMissing"), timeout=LIMIT_MS)
    expect(found).not_to_contain_text("ParameterMissing")


def test_a_favourite_shows_a_graph_and_a_table_and_a_mistake_is_told(info: ServerInfo, page: Page) -> None:
    page.goto(link(info))
    connected(page)
    # The second time Browser itself begins with the newest run, and the guide stays away.
    page.goto(link(info))
    expect(frame(page)).to_contain_text('"run_id": "first"', timeout=LIMIT_MS)
    page.get_by_test_id("navigationFavorites").click()
    page.get_by_text("incahoots explore", exact=True).click()
    page.get_by_text("Show a run's network, drawn in Neo4j Browser", exact=True).click()
    page.get_by_test_id("editor-Run").click()
    found = answered(page, "// Show a run's network")
    assert found.locator("g.node").count() == 5
    # Three accounts share a link, two a hashtag; CO_POST, which is in the database too, is not drawn beside them.
    assert found.locator("g.relationship").count() == 8
    assert found.locator("g.relationship path").first.get_attribute("fill") in ("#009e73", "#cc79a7")
    found.get_by_text("Table", exact=True).click()
    expect(found.locator("table tbody tr")).to_have_count(8)

    page.get_by_test_id("activeEditor").click()
    page.keyboard.insert_text("RETURN $nothing")
    page.get_by_test_id("editor-Run").click()
    expect(frame(page).get_by_test_id("cypherFrameErrorMessage")).to_contain_text("nothing", timeout=LIMIT_MS)


def test_a_link_fills_the_editor_and_sets_parameters(info: ServerInfo, page: Page) -> None:
    query = cypher.find("show_network")
    # A value stays a value, whatever it looks like.
    hostile = 'first"} MATCH (n) DETACH DELETE n //\\'
    page.goto(link(info, query, {"run_id": hostile, "limit": "3"}))
    expect(frame(page)).to_contain_text('"limit": 3,', timeout=LIMIT_MS)
    page.get_by_test_id("editor-Run").click()
    expect(frame(page)).to_contain_text("no records", timeout=LIMIT_MS)
    page.goto("about:blank")
    page.goto(link(info, query, {"run_id": "first", "limit": "3"}))
    expect(frame(page)).to_contain_text('"limit": 3,', timeout=LIMIT_MS)
    page.get_by_test_id("editor-Run").click()
    answered(page, query.title)
    assert frame(page).locator("g.relationship").count() == 3
    text = query.text.replace("= $run_id", '= "first"').replace("$behaviour IS", "null IS")
    text = text.replace("= $behaviour", "= null").replace("LIMIT $limit", "LIMIT 3")
    # Browser writes its history some time after the answer.
    latest = "text => JSON.parse(localStorage.getItem('neo4j.history') ?? '[]')[0] === text"
    page.wait_for_function(latest, arg=text)


def test_the_password_passes_through_a_file_and_no_address(bare: ServerInfo, page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    file = write_page(bare, link(bare))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    page.goto(file.as_uri())
    connected(page)
    assert stored(page, "neo4j.connections")["connectionsById"]["$$discovery"]["username"] == "neo4j"
    assert page.get_by_test_id("password").count() == 0
    assert [address for address in asked if bare.password in address] == []
    assert bare.password not in page.url
    page.go_back(wait_until="commit")
    assert bare.password not in page.url


@pytest.mark.regression("0.1.1", "B2")
def test_the_password_is_in_no_history(bare: ServerInfo, chromium: Browser, tmp_path: Path) -> None:
    file = write_page(bare, link(bare))
    profile = tmp_path / "profile"
    with chromium.browser_type.launch_persistent_context(
        profile, executable_path=installed(), args=["--no-sandbox"]
    ) as context:
        page = context.new_page()
        page.goto(file.as_uri())
        expect(page.locator("text=neo4j$").first).to_be_visible(timeout=LIMIT_MS)
    kept = {path for path in profile.rglob("*") if path.is_file() and bare.password.encode() in path.read_bytes()}
    # Browser itself keeps it in its storage, as it does when a person types it.
    assert {path.relative_to(profile).parts[1] for path in kept} <= {"Local Storage"}
    with closing(sqlite3.connect(profile / "Default" / "History")) as history:
        visited = [address for (address,) in history.execute("SELECT url FROM urls")]
    assert file.as_uri() in visited
    assert any("username=neo4j" in address for address in visited)


#: A page on another origin: what it can do without a password, by HTTP and by Bolt over a WebSocket.
_ATTACK = """async ([http, bolt]) => {
  const answers = [];
  try {
    const answer = await fetch(`${http}/db/neo4j/tx/commit`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ statements: [{ statement: "CREATE (n:Planted) RETURN 1" }] }),
    });
    answers.push(answer.status);
  } catch { answers.push("refused"); }
  const pack = (...bytes) => new Uint8Array(bytes.flat());
  const text = (words) => [0x80 + words.length, ...new TextEncoder().encode(words)];
  const message = (...bytes) => pack(0, bytes.flat().length, bytes.flat(), 0, 0);
  const socket = new WebSocket(bolt);
  socket.binaryType = "arraybuffer";
  const said = [];
  await new Promise((resolve) => {
    // Bolt 5.1: HELLO, LOGON without credentials, RUN, PULL.
    socket.onopen = () => socket.send(pack([0x60, 0x60, 0xb0, 0x17, 0, 0, 1, 5], Array(12).fill(0)));
    socket.onmessage = ({ data }) => {
      if (said.push(new TextDecoder().decode(data)) > 1) return;
      socket.send(message(0xb1, 0x01, 0xa1, text("user_agent"), text("x/1")));
      socket.send(message(0xb1, 0x6a, 0xa1, text("scheme"), text("none")));
      socket.send(message(0xb3, 0x10, 0xd0, 19, [...new TextEncoder().encode("CREATE (n:Planted) ")], 0xa0, 0xa0));
      socket.send(message(0xb1, 0x3f, 0xa1, text("n"), 0xff));
    };
    socket.onclose = socket.onerror = resolve;
    setTimeout(resolve, 60000);
  });
  socket.close();
  return [answers[0], said.join(" ").includes("Unauthorized")];
}"""


@pytest.mark.regression("0.1.1", "B3")
def test_another_website_neither_reads_nor_writes(bare: ServerInfo, chromium: Browser, tmp_path: Path) -> None:
    other = tmp_path / "other.html"
    other.write_text("<!doctype html><title>Any page</title>")
    context = chromium.new_context()
    page = context.new_page()
    page.goto(other.as_uri())
    http = bare.http_url.removesuffix("/browser/")
    # The server may close the connection before its refusal is read.
    tries = (page.evaluate(_ATTACK, [http, bare.bolt_uri.replace("bolt://", "ws://")]) for _ in range(3))
    assert [401, True] in tries
    context.close()
    with bare.connect() as driver:
        records, _, _ = driver.execute_query("MATCH (n:Planted) RETURN count(n) AS n")
    assert [record["n"] for record in records] == [0]


def test_what_the_user_has_is_kept(info: ServerInfo, page: Page) -> None:
    own = {"id": "mine", "name": "Mine", "content": "RETURN 1"}
    style = {"node.Account": {"color": "#ff0000"}, "node.Mine": {"color": "#00ff00"}}
    page.goto(f"{info.http_url}incahoots/style.grass")
    page.evaluate(
        """([own, style]) => {
          localStorage.setItem("neo4j.documents", JSON.stringify([own]));
          localStorage.setItem("neo4j.grass", JSON.stringify(style));
          localStorage.setItem("neo4j.settings", JSON.stringify({ initCmd: ":play mine", maxRows: 7 }));
        }""",
        [own, style],
    )
    page.goto(link(info))
    connected(page)
    assert own in stored(page, "neo4j.documents")
    kept = stored(page, "neo4j.grass")
    assert (kept["node.Account"], kept["node.Mine"]) == (style["node.Account"], style["node.Mine"])
    assert kept["node.Tweet"]["caption"] == "{text}"
    settings = stored(page, "neo4j.settings")
    assert (settings["initCmd"], settings["maxRows"], settings["autoComplete"]) == (":play mine", 7, False)

    # One of ours is changed, another removed, a setting turned back: they stay so the next time.
    page.goto(f"{info.http_url}incahoots/style.grass")
    page.evaluate(
        """() => {
          const documents = JSON.parse(localStorage.getItem("neo4j.documents"));
          documents.find(({ id }) => id === "incahoots-explore-top_edges").content = "// Changed";
          localStorage.setItem("neo4j.documents", JSON.stringify(
            documents.filter(({ id }) => id !== "incahoots-explore-show_states")));
          const settings = JSON.parse(localStorage.getItem("neo4j.settings"));
          localStorage.setItem("neo4j.settings", JSON.stringify({ ...settings, autoComplete: true }));
        }"""
    )
    page.goto(link(info))
    connected(page)
    favourites = {each.get("id"): each["content"] for each in stored(page, "neo4j.documents")}
    assert favourites["incahoots-explore-top_edges"] == "// Changed"
    assert "incahoots-explore-show_states" not in favourites
    assert favourites["incahoots-explore-show_network"] == cypher.find("show_network").text
    assert stored(page, "neo4j.settings")["autoComplete"] is True
