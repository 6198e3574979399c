"""The report of real runs: what is on the page, and what a person can do with it in a browser without a network."""

from __future__ import annotations

import base64
import gzip
import json
import re
from collections.abc import Iterator
from itertools import combinations, permutations
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from playwright.sync_api import Browser, Page, expect

from incahoots.analytics.coordination.coordinate import coordinate
from incahoots.analytics.influence.influence import influence
from incahoots.analytics.influence.options import InfluenceOptions
from incahoots.analytics.interstate.interstate import interstate
from incahoots.analytics.report.report import Reported, report
from incahoots.database import Database, connect
from incahoots.errors import NotFoundError, UsageError
from tests.command_line import Caller
from tests.networks import write_run
from tests.posts import load_posts, post

#: Above 2^53: as a number it would be another one.
ONE, OTHER, THIRD = "9007199254740993", "9007199254740995", "9007199254740997"
TWEET = "9007199254741001"

HOSTILE = "<script>document.title='caught'</script>"
IMAGE = '"><img src=x onerror="document.title=\'caught\'">'


@pytest.fixture
def run(graph: Database) -> Database:
    """Two accounts that share a link, twice; a third that shares a hashtag with one of them. All are hostile."""
    link, tag = {"urls": ["https://a.example/x"]}, {"hashtags": ["x"]}
    load_posts(
        graph,
        [
            post(ONE, 0, TWEET, text=f"first {HOSTILE} @{'other_name'}", **link),
            post(OTHER, 10, "2", text=IMAGE, **link),
            post(ONE, 200_000, "3", text="again", **link),
            post(OTHER, 200_020, "4", text="again too", **link),
            post(ONE, 400_000, "5", text="tag", **tag),
            post(THIRD, 400_030, "6", text="tag too", **tag),
        ],
        "op",
    )
    names = {ONE: IMAGE, OTHER: "other_name", THIRD: "third"}
    for account_id, name in names.items():
        graph.run("MATCH (a:Account {account_id: $id}) SET a.screen_name = $name", {"id": account_id, "name": name})
    coordinate(graph, ["co_link", "co_hashtag"], "60s", min_weight=1, run_id="t")
    return graph


@pytest.fixture
def offline(chromium: Browser) -> Iterator[Page]:
    """A page without a network, which tells what it would have asked for."""
    context = chromium.new_context(offline=True, viewport={"width": 1200, "height": 900})
    opened = context.new_page()
    problems: list[str] = []
    opened.on("pageerror", lambda error: problems.append(str(error)))
    opened.on("request", lambda request: problems.append(request.url) if not _own(request.url) else None)
    yield opened
    context.close()
    assert problems == []


def _own(url: str) -> bool:
    return url.startswith(("file:", "data:", "blob:"))


def written(graph: Database, folder: Path, *runs: str, **options: Any) -> Path:
    path = folder / "report.html"
    report(graph, runs, path, **options)
    return path


def opened(page: Page, path: Path) -> Page:
    page.goto(path.as_uri())
    page.wait_for_selector("body[data-ready]")
    return page


def data_of(path: Path) -> dict[str, Any]:
    (packed,) = re.findall(r'id="data">([^<]+)<', path.read_text(encoding="utf-8"))
    found: dict[str, Any] = json.loads(gzip.decompress(base64.b64decode(packed)))
    return found


def test_what_is_on_the_page(run: Database, tmp_path: Path) -> None:
    done = report(run, "t", tmp_path / "report.html")
    assert done == Reported(tmp_path / "report.html", 3, 2, 6, ())
    data = data_of(done.path)
    (network,) = data["networks"]
    assert [each["name"] for each in network["behaviours"]] == ["co_link", "co_hashtag"]
    lines = network["lines"]
    assert (lines["forth"], lines["back"], lines["behaviour"]) == ([2, 1], [2, 1], [0, 1])
    assert lines["days"] == [[18262, 18264], [18266]]
    assert [[pair[:2] for pair in pairs] for pairs in network["evidence"]] == [[[0, 1], [2, 3]], [[4, 5]]]
    assert [data["traces"][trace] for *_, trace in network["evidence"][0]] == ["https://a.example/x"] * 2


def test_no_id_and_no_name_is_on_a_page_of_pseudonyms(run: Database, tmp_path: Path) -> None:
    path = written(run, tmp_path, "t", key=tmp_path / "key.csv")
    said = path.read_text(encoding="utf-8").split("/*!")[0] + json.dumps(data_of(path))
    assert not [secret for secret in (ONE, OTHER, THIRD, TWEET, "other_name", "third") if secret in said]
    assert data_of(path)["accounts"]["label"] == ["Account 1", "Account 2", "Account 3"]
    assert "first <script>document.title='caught'</script> @[Account 2]" in data_of(path)["posts"]["text"]
    key = pd.read_csv(tmp_path / "key.csv", dtype=str)
    assert dict(zip(key["called"], key["account_id"], strict=True)) == {
        "Account 1": ONE, "Account 2": OTHER, "Account 3": THIRD,
    }  # fmt: skip


def test_a_line_shows_the_posts_behind_it(run: Database, tmp_path: Path, offline: Page) -> None:
    page = opened(offline, written(run, tmp_path, "t", names=True))
    at = page.evaluate(
        """() => {
          const figure = Bokeh.documents[0].get_model_by_name("figure");
          const { x0, y0, x1, y1 } = figure.renderers.find((each) => each.name === "lines-0").data_source.data;
          const { frame } = Bokeh.index.find_one_by_id(figure.id);
          const box = document.getElementById("plot").getBoundingClientRect();
          const across = frame.x_scale.compute((x0[0] + x1[0]) / 2);
          return [box.left + across, box.top + frame.y_scale.compute((y0[0] + y1[0]) / 2)];
        }"""
    )
    page.mouse.click(*at)
    details = page.locator("#details")
    expect(details.locator(".pair")).to_have_count(2)
    expect(details).to_contain_text("co_link: weight 2 from the first to the second, 2 back; on 2 days")
    # What is hostile is read, not run.
    expect(details).to_contain_text(HOSTILE)
    expect(details).to_contain_text(IMAGE)
    assert page.title() == "Report of t"
    assert page.locator("#details img, #details script").count() == 0
    # Ids are whole.
    expect(details).to_contain_text(TWEET)


def test_an_account_is_found_and_told_of(run: Database, tmp_path: Path, offline: Page) -> None:
    page = opened(offline, written(run, tmp_path, "t", names=True))
    page.fill("#search", ONE)
    page.press("#search", "Enter")
    details = page.locator("#details")
    expect(details.locator("h3").first).to_have_text(f"{IMAGE[:23]}…")
    expect(details).to_contain_text(f"id {ONE}")
    expect(details).to_contain_text("3 posts in the data")
    expect(details).to_contain_text("2 neighbours, 2 lines")
    expect(details).to_contain_text("Its posts behind these lines: 3 examples")
    details.get_by_role("button", name="third").click()
    expect(details.locator(".pair")).to_have_count(1)
    expect(details).to_contain_text("30 s apart · x")
    details.get_by_role("button", name="third").click()
    details.get_by_role("button", name="community 0").click()
    expect(details).to_contain_text("community 0: 3 accounts, 2 lines")
    page.fill("#search", "nobody")
    page.press("#search", "Enter")
    expect(details).to_contain_text("This network has no account “nobody”.")


def test_lines_are_filtered(run: Database, tmp_path: Path, offline: Page) -> None:
    page = opened(offline, written(run, tmp_path, "t"))
    shown = page.locator("#shown")
    expect(shown).to_contain_text("2 of 2 lines and 3 of 3 accounts shown")
    page.get_by_label("co_link").uncheck()
    expect(shown).to_contain_text("1 of 2 lines and 2 of 3 accounts shown")
    page.click("#reset")
    expect(shown).to_contain_text("2 of 2 lines")
    page.fill("#weight", "2")
    page.press("#weight", "Enter")
    expect(shown).to_contain_text("1 of 2 lines")
    page.click("#reset")
    # The link was shared on the 1st and the 3rd, the hashtag on the 5th; of the 2nd and the 4th there is nothing.
    page.fill("#since", "2020-01-02")
    page.fill("#until", "2020-01-04")
    page.press("#until", "Enter")
    expect(shown).to_contain_text("1 of 2 lines")
    page.fill("#since", "2020-01-04")
    page.press("#since", "Enter")
    expect(shown).to_contain_text("0 of 2 lines and 0 of 3 accounts shown")


def test_what_is_told_follows_the_filters(run: Database, tmp_path: Path, offline: Page) -> None:
    page = opened(offline, written(run, tmp_path, "t"))
    details, tools = page.locator("#details"), page.locator("#tools")
    expect(details.locator("li")).to_have_count(2)
    page.get_by_label("co_link").uncheck()
    expect(details.locator("li")).to_have_count(1)
    expect(details).to_contain_text("co_hashtag, 1")
    page.get_by_label("co_hashtag").uncheck()
    expect(details).to_contain_text("Nothing is shown")
    page.locator("#search").press_sequentially("Account 1")
    details.get_by_role("button", name="Show all").click()
    expect(details.locator("li")).to_have_count(2)
    expect(tools.get_by_label("Search")).to_have_value("")
    page.fill("#since", "2020-01-05")
    page.fill("#until", "2020-01-04")
    page.press("#until", "Enter")
    expect(details).to_contain_text("The first day is after the last.")
    tools.get_by_role("button", name="Show all").click()
    # So does what is told of an account.
    page.fill("#search", "Account 1")
    page.press("#search", "Enter")
    expect(details).to_contain_text("2 neighbours, 2 lines")
    page.get_by_label("co_link").uncheck()
    expect(details).to_contain_text("1 neighbour, 1 line")


def test_a_tangle_shows_its_heaviest_lines_first(graph: Database, tmp_path: Path, offline: Page) -> None:
    pairs = list(combinations([f"a{number:02}" for number in range(60)], 2))
    write_run(graph, {"co_link": {pair: weight for weight, pair in enumerate(pairs, 1)}})
    page = opened(offline, written(graph, tmp_path, "t"))
    # Ten lines an account, and those as heavy as the next: three digits are enough for a first look.
    expect(page.locator("#shown")).to_contain_text("601 of 1,770 lines and 36 of 60 accounts shown")
    expect(page.locator("#weight")).to_have_value("1170")
    page.click("#reset")
    expect(page.locator("#shown")).to_contain_text("1,770 of 1,770 lines")


def test_small_weights_are_told_apart(run: Database, tmp_path: Path, offline: Page) -> None:
    page = opened(offline, written(run, tmp_path, "t"))
    said = page.evaluate("[0.00123456, 0.00129, 12345, 0, 2.5].map((weight) => number.format(weight))")
    assert said == ["0.00123", "0.00129", "12,345", "0", "2.5"]


def test_on_paper_the_network_is_a_picture_with_a_legend(run: Database, tmp_path: Path, offline: Page) -> None:
    page = opened(offline, written(run, tmp_path, "t"))
    assert page.locator("#printed").get_attribute("src") is None
    page.pdf()
    assert str(page.locator("#printed").get_attribute("src")).startswith("data:image/png;base64,")
    page.emulate_media(media="print")
    expect(page.locator("#printed")).to_be_visible()
    expect(page.locator("#behaviours")).to_contain_text("co_link")
    for hidden in ("#plot", "#find", "#reset", "#behaviours input"):
        expect(page.locator(hidden).first).to_be_hidden()


def test_edges_that_are_not_drawn_are_named(graph: Database, tmp_path: Path) -> None:
    load_posts(graph, [post(ONE, 0, hashtags=["x"]), post(OTHER, 10, hashtags=["x"])])
    coordinate(graph, ["co_hashtag", "co_post"], "60s", min_weight=1, run_id="t")
    coordinate(graph, ["co_post"], "60s", min_weight=1, run_id="alone")
    words = "t: 2 edges of co_post are not shown. They say only that two accounts posted at about the same time."
    assert report(graph, ["t", "alone"], tmp_path / "report.html").left_out == (words,)


def test_of_too_many_lines_communities_are_drawn(graph: Database, tmp_path: Path, offline: Page) -> None:
    groups = {pair: 3 for group in ("abc", "xyz") for pair in permutations([f"{group}{n}" for n in range(3)], 2)}
    write_run(graph, {"co_link": {**groups, ("abc0", "xyz0"): 1}})
    done = report(graph, "t", tmp_path / "report.html", limit=4)
    assert done.left_out == ("t, accounts: The heaviest 4 of 7 lines are shown; 3 are left out.",)
    page = opened(offline, done.path)
    assert page.locator("#network option").all_inner_texts() == ["t: communities", "t: accounts"]
    expect(page.locator("#shown")).to_contain_text("1 of 1 line and 2 of 2 communities shown")
    page.fill("#search", "community 1")
    page.press("#search", "Enter")
    expect(page.locator("#details")).to_contain_text("3 accounts")
    page.get_by_role("button", name="Show its accounts").click()
    expect(page.locator("#details h3").first).to_contain_text("community 1")
    assert page.locator("#network").input_value() == "1"


def test_lines_between_communities_are_limited_too(graph: Database, tmp_path: Path, offline: Page) -> None:
    groups = {pair: 9 for group in "abcd" for pair in permutations([f"{group}{n}" for n in range(3)], 2)}
    between = {(f"{one}0", f"{other}0"): 1 + n for n, (one, other) in enumerate(combinations("abcd", 2))}
    write_run(graph, {"co_link": {**groups, **between}})
    done = report(graph, "t", tmp_path / "report.html", limit=4)
    assert done.left_out == (
        "t, communities: The heaviest 4 of 6 lines are shown; 2 are left out.",
        "t, accounts: The heaviest 4 of 18 lines are shown; 14 are left out.",
    )
    page = opened(offline, done.path)
    expect(page.locator("#shown")).to_contain_text("4 of 4 lines and 4 of 4 communities shown")
    page.fill("#weight", "6")
    page.press("#weight", "Enter")
    expect(page.locator("#shown")).to_contain_text("1 of 4 lines")
    page.fill("#search", "community 3")
    page.press("#search", "Enter")
    page.get_by_role("button", name="Show its accounts").click()
    assert page.locator("#network").input_value() == "1"
    expect(page.locator("#details")).to_contain_text("None of its lines is among the heaviest lines")


def test_runs_of_states_and_of_influence(graph: Database, tmp_path: Path, offline: Page) -> None:
    mentions = [post("a", second, mentions=["b"], hashtags=["x"]) for second in (0, 7_200, 20_000)]
    load_posts(graph, mentions, "one")
    load_posts(graph, [post("b", 3_700, "r", mentions=["a"], hashtags=["x"])], "two")
    for operation_id, state in (("one", "Aurelia"), ("two", "Borovia")):
        graph.query("load/operation", operation_id=operation_id, states=[state], targets=[])
    interstate(graph, run_id="states")
    influence(graph, InfluenceOptions(min_posts=1), run_id="leads")
    page = opened(offline, written(graph, tmp_path, "states", "leads"))
    assert page.locator("#network option").all_inner_texts() == [
        "states: states", "states: accounts", "leads: accounts",
    ]  # fmt: skip
    for network, words in (
        ("leads: accounts", "one of which is active before the other"), ("states: accounts", "one of which acted on"),
        ("states: states", "Each dot is a state"),
    ):  # fmt: skip
        page.locator("#network").select_option(label=network)
        expect(page.locator("#about")).to_contain_text(words)
    page.get_by_role("button", name="Aurelia – Borovia").click()
    expect(page.locator("#details")).to_contain_text("mention: weight 3 from the first to the second, 1 back")
    expect(page.locator("#details .post")).to_have_count(4)
    assert page.locator("#states-states img").count() == 1


def test_a_wrong_call_is_told(run: Database, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="There is no run 'nothing'"):
        report(run, "nothing", tmp_path / "report.html")
    with pytest.raises(UsageError, match="Name at least one run"):
        report(run, [], tmp_path / "report.html")
    with pytest.raises(UsageError, match=r"Unknown file type: 'report\.pdf'"):
        report(run, "t", tmp_path / "report.pdf")
    assert list(tmp_path.iterdir()) == []


def test_a_run_without_edges_is_a_page_without_a_network(graph: Database, tmp_path: Path) -> None:
    load_posts(graph, [post("a", 0, urls=["https://a.example/x"])])
    coordinate(graph, ["co_link"], "60s", run_id="t")
    text = written(graph, tmp_path, "t").read_text(encoding="utf-8")
    assert "The run has no edges." in text
    assert "<script" not in text


def test_links_lead_into_the_browser_of_the_managed_server(
    run: Database, home: Path, tmp_path: Path, offline: Page
) -> None:
    with connect(home=home) as database:
        page = opened(offline, written(database, tmp_path, "t", names=True))
        assert database.server is not None
        start = f"{database.server.http_url}incahoots/#query=explore%2F"
    assert page.locator("#further a").get_attribute("href") == f"{start}show_network&run_id=t"
    page.fill("#search", ONE)
    page.press("#search", "Enter")
    shown = page.locator("#details a")
    assert shown.get_attribute("href") == f"{start}show_account&run_id=t&account_id={ONE}"
    page.locator("#details").get_by_role("button", name="third").click()
    page.locator("#details").get_by_role("button", name="third").wait_for()
    assert shown.get_attribute("href") == f"{start}show_why&source={ONE}&target={THIRD}"
    # Where the database is another, nobody knows its Browser.
    assert opened(offline, written(run, tmp_path, "t", names=True)).locator("#further a, #details a").count() == 0


def test_on_the_command_line(run: Database, home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call = Caller(capsys, home)
    path = tmp_path / "report.html"
    done = call.json("report", "t", "-o", str(path), "--title", "Case 42")
    assert done == {"output": str(path), "accounts": 3, "lines": 2, "posts": 6, "left_out": []}
    assert "<h1>Case 42</h1>" in path.read_text(encoding="utf-8")
