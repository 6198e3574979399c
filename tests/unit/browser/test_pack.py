"""What Neo4j Browser and Bloom are given: one description, no stale file, nothing that a user would have to mend."""

from __future__ import annotations

import html
import io
import json
import re
import zipfile
from pathlib import Path

import pytest

from incahoots import cypher
from incahoots.browser import favourites, grass, guide, look, pack, parameters, perspective
from incahoots.browser.sealing import make_pad, pad_file
from incahoots.colours import COLOURS, SPARE
from incahoots.cypher.behaviours import BEHAVIOURS
from incahoots.errors import ServerError
from incahoots.resources import resource
from incahoots.server import ServerInfo
from incahoots.server.browser_links import link, write_page
from tests.tracked import text_of

MODEL = text_of("docs/graph-model.md")
COORDINATION = {row.relationship for row in BEHAVIOURS.values()}


def test_the_committed_files_are_those_that_the_description_gives() -> None:
    # Written by: make look
    assert resource("style.grass") == grass.grass()
    assert resource("incahoots-perspective.json") == perspective.text()


def test_every_label_and_type_of_the_graph_model_has_a_look() -> None:
    labels = re.findall(r"^\| `(\w+)` \|", MODEL.split("## Nodes")[1].split("## Relationships")[0], re.M)
    assert [node.label for node in look.NODES] == ["Account", "Tweet", *labels[2:]]
    assert sorted(labels) == sorted(node.label for node in look.NODES)
    rows = MODEL.split("## Relationships")[1].split("\n## ")[0]
    types = set(re.findall(r"\[:(\w+)\]", rows)) - {"CO_"}
    assert {edge.type for edge in look.EDGES} == types | COORDINATION


def test_properties_are_those_of_the_graph_model() -> None:
    rows = {row.split("`")[1]: row for row in MODEL.splitlines() if re.match(r"\| `\w+` \|", row)}
    for node in look.NODES:
        unknown = [name for name in node.properties if f"`{name}`" not in rows[node.label]]
        # A table of the user's says these of a domain; a run knows its version and times besides.
        assert [name for name in unknown if name not in ("factuality", "leaning", "category")] == [], node.label
        assert set(node.captions) <= set(node.properties)
        assert {rule.name for rule in node.rules} <= set(node.properties)
    for edge in look.EDGES:
        assert {edge.caption or "weight"} <= {*edge.properties, "weight"}
        assert {rule.name for rule in edge.rules} <= set(edge.properties)


def test_behaviours_have_their_colours_everywhere() -> None:
    colours = {edge.type: edge.colour for edge in look.EDGES}
    for name, row in BEHAVIOURS.items():
        assert colours[row.relationship] in ([COLOURS[name]] if name in COLOURS else SPARE[1:])
    assert colours["LINKS_TO"] == colours["CO_LINK"] == "#009e73"


def test_browser_reads_the_style() -> None:
    # As Browser does: selectors, then properties in braces; quotes hold braces of captions together.
    text = resource("style.grass")
    read = {
        selector.strip(): dict(re.findall(r'([\w-]+): "?([^";]*)"?;', body))
        for selector, body in re.findall(r'([^{}]+)\{((?:"[^"]*"|[^{}"])*)\}', text)
    }
    assert read == grass.rules()
    assert "//" not in text
    assert "/*" not in text


#: What headers call the values of parameters; the start page reads the first five from a link.
KINDS = {"int", "float", "bool", "string", "strings", "map", "list", "maps"}

#: The fields that published exports of Bloom 1.9 to 2.x have.
TOP = {
    "name", "id", "version", "createdAt", "lastEditedAt", "categories", "relationshipTypes", "templates", "palette",
    "hiddenRelationshipTypes", "hiddenCategories", "hideUncategorisedData", "parentPerspectiveId", "isAuto", "labels",
    "metadata",
}  # fmt: skip


def test_the_perspective_has_the_fields_of_exports() -> None:
    made = json.loads(resource("incahoots-perspective.json"))
    assert made.keys() - {"sceneActions"} == TOP
    assert made["palette"].keys() == {"colors", "currentIndex"}
    assert made["metadata"].keys() == {"pathSegments", "indexes", "stats"}
    for category in made["categories"]:
        assert category.keys() >= {
            "id",
            "name",
            "color",
            "size",
            "icon",
            "labels",
            "properties",
            "caption",
            "styleRules",
        }
        assert category["icon"] == "no-icon"
        assert {each["name"] for each in category["properties"] if each["isCaption"]} == set(category["caption"])
        assert {frozenset(each) for each in category["properties"]} == {
            frozenset(("name", "exclude", "isCaption", "dataType"))
        }
    for kind in made["relationshipTypes"]:
        assert kind.keys() >= {"id", "name", "properties", "styleRules", "color", "size"}
        assert all(each.keys() == {"propertyKey", "type", "dataType"} for each in kind["properties"])
    rules = [rule for each in [*made["categories"], *made["relationshipTypes"]] for rule in each["styleRules"]]
    assert {frozenset(rule) for rule in rules} == {
        frozenset(("id", "type", "basedOn", "condition", "conditionValue", "applyColor", "applySize", "color", "size"))
    }
    assert len({rule["id"] for rule in rules}) == len(rules)
    labels = {label for each in made["categories"] for label in each["labels"]}
    types = {each["name"] for each in made["relationshipTypes"]}
    for segment in made["metadata"]["pathSegments"]:
        assert {segment["source"], segment["target"]} <= labels
        assert segment["relationshipType"] in types


def test_search_phrases_ask_for_what_their_queries_take() -> None:
    made = json.loads(resource("incahoots-perspective.json"))
    phrases = made["templates"]
    assert len(phrases) == 11
    assert len({phrase["id"] for phrase in phrases}) == 11
    properties = {node.label: node.properties for node in look.NODES}
    for phrase in phrases:
        assert phrase.keys() >= {"id", "name", "text", "cypher", "hasCypherErrors", "params"}
        asked = {each["name"] for each in phrase["params"]}
        assert asked == set(re.findall(r"\$\w+", phrase["text"])) == set(re.findall(r"\$\w+", phrase["cypher"]))
        for each in phrase["params"]:
            assert each["dataType"] in ("String", "Integer")
            if each["suggestionLabel"]:
                assert each["suggestionProp"] in properties[each["suggestionLabel"]]


def test_every_query_is_a_favourite_by_its_title() -> None:
    with zipfile.ZipFile(io.BytesIO(favourites.archive())) as archive:
        texts = {name: archive.read(name).decode() for name in archive.namelist()}
    shipped = [name for name in cypher.names() if not name.startswith(("browser/", "bloom/"))]
    for name in shipped:
        assert texts[f"incahoots {name}.cypher"] == cypher.find(name).text
    others = [text for name, text in texts.items() if name.startswith("incahoots/")]
    assert len(texts) == len(shipped) + len(others)
    assert all(re.match(r"// \S.*\n", text) for text in texts.values())
    # The same queries make the same bytes.
    assert favourites.archive() == favourites.archive()


def test_favourites_are_told_apart_by_how_their_names_begin() -> None:
    # Browser cuts a name off at some 30 characters.
    begins = [each.text.splitlines()[0].removeprefix("// ")[:30] for each in favourites.favourites()]
    assert [begin for begin in begins if begins.count(begin) > 1] == []


def test_every_exploring_query_says_how_to_set_its_parameters() -> None:
    for query in parameters.exploring():
        assert f"\n// Browser\n//   {parameters.example(query)}\n" in query.text, query.name


def test_the_beginning_sets_every_parameter_of_exploring_queries() -> None:
    body, returns = parameters.beginning()
    needed = {name for query in parameters.exploring() for name in query.parameters}
    assert set(returns) == needed
    assert "//" not in body
    assert parameters.command(returns, body).count("\n") == 0


def test_the_guide_survives_what_browser_takes_out() -> None:
    text = guide.guide()
    assert re.findall(r"<(?:run|begin|with)\b", text) == []
    # Browser removes scripts, and whatever looks like an attribute onload="..." - in a query too.
    taken = r"""\s+on[^\s=]+\s*=\s*(?:"[^"]*"|'[^']*'|[\w\-.:]+\s*)|<script|javascript:"""
    assert re.findall(taken, text, re.I) == []
    assert text.count("<slide>") == text.count("</slide>") == 8
    assert re.findall(r"""(?:href|src)=["']?http""", text) == []


def test_no_query_of_the_guide_needs_a_parameter() -> None:
    # On a first visit Browser opens the guide, and then does not run the command that sets parameters.
    queries = [html.unescape(text) for text in re.findall(r'data-populate="([^"]*)"', guide.guide())]
    assert len(queries) == 14
    assert [text for text in queries if "$" in text] == []


def test_the_heaviest_edge_says_what_its_posts_share() -> None:
    text = cypher.find("browser/parameters").text
    maps = [dict(re.findall(r'(\w+): "?(\w+)"?', found)) for found in re.findall(r"{[^{}]*}(?=\[type)", text)]
    shares, keys, retweets = maps
    relationships = [row.relationship for row in BEHAVIOURS.values()]
    assert [list(each) for each in maps] == [relationships] * 3
    rows = [row for row in BEHAVIOURS.values() if row.key]
    assert {row.name: (shares[row.relationship], keys[row.relationship]) for row in rows} == {
        row.name: (row.share, row.key) for row in rows
    }
    # Those without one trace show any two posts within the window.
    others = [row.relationship for row in BEHAVIOURS.values() if not row.key]
    assert {(shares[name], keys[name]) for name in others} == {("POSTED", "null")}
    originals = [row.relationship for row in BEHAVIOURS.values() if row.takes_retweets is False]
    assert [name for name, value in retweets.items() if value == "false"] == originals


def test_a_link_can_hold_every_query() -> None:
    # What comes after these two is lost where Browser reads the address.
    assert [name for name in cypher.names() if re.search("[&#]", cypher.find(name).text)] == []
    # The page reads more from the address than parameters.
    taken = {"query", "guide", "username", "sealed"}
    assert [name for name in cypher.names() if taken & cypher.find(name).parameters.keys()] == []


def server_info(home: Path, *, auth: bool) -> ServerInfo:
    return ServerInfo(home, "bolt://127.0.0.1:1", "http://127.0.0.1:2/browser/", "neo4j", "</p&ss>", 1, auth)


@pytest.mark.regression("0.1.1", "B2")
def test_the_page_that_signs_in_holds_no_password(tmp_path: Path) -> None:
    info = server_info(tmp_path, auth=True)
    # The server was started by a version that had no pad: Browser asks for the password.
    assert "neo4j&" not in write_page(info, link(info)).read_text()
    (tmp_path / "run").mkdir()
    pad = make_pad(tmp_path)
    assert make_pad(tmp_path) == pad
    page = write_page(info, link(info, cypher.find("top_edges"), {"limit": "3"})).read_text()
    address = "http://127.0.0.1:2/browser/incahoots/#query=explore%2Ftop_edges&limit=3&username=neo4j&sealed="
    found = re.search(re.escape(address) + r"(\w+)", page)
    assert found
    assert bytes(one ^ other for one, other in zip(bytes.fromhex(found[1]), pad, strict=False)) == b"</p&ss>"
    assert write_page(info, link(info)).stat().st_mode & 0o777 == 0o600
    assert pad_file(tmp_path).stat().st_mode & 0o777 == 0o600
    open_to_all = server_info(tmp_path, auth=False)
    assert "sealed" not in write_page(open_to_all, link(open_to_all)).read_text()


def test_the_jar_holds_browser_and_ours(tmp_path: Path) -> None:
    (tmp_path / "lib").mkdir()
    (tmp_path / "run").mkdir()
    with pytest.raises(ServerError, match="Neo4j Browser is missing in"):
        pack.write_jar(tmp_path, tmp_path, auth=True)
    with zipfile.ZipFile(tmp_path / "lib" / "neo4j-browser-1.jar", "w") as original:
        original.mkdir("browser")
        original.writestr("browser/index.html", "Browser itself")
    for _ in range(2):
        with zipfile.ZipFile(pack.write_jar(tmp_path, tmp_path, auth=True)) as jar:
            names = jar.namelist()
            assert jar.read("browser/index.html") == b"Browser itself"
            setup = json.loads(jar.read("browser/incahoots/setup.json"))
        assert names[2:] == [
            "browser/incahoots/",
            *(
                f"browser/incahoots/{name}"
                for name in (
                    "style.grass", "favourites.zip", "guide.html", "incahoots-perspective.json", "index.html",
                    "start.js", "setup.json",
                )
            ),
        ]  # fmt: skip
    assert setup["auth"] is True
    assert setup["queries"]["explore/top_edges"]["parameters"]["limit"] == {"kind": "int", "default": "20"}
    assert {folder["id"] for folder in setup["folders"]} == {each["folder"] for each in setup["favourites"]}
    kinds = {each["kind"] for query in setup["queries"].values() for each in query["parameters"].values()}
    assert kinds <= KINDS


def test_what_can_be_dropped_onto_another_browser(tmp_path: Path) -> None:
    written = pack.write_files(tmp_path / "new")
    assert [path.name for path in written] == [
        "style.grass", "favourites.zip", "guide.html", "incahoots-perspective.json",
    ]  # fmt: skip
    assert written[0].read_text() == grass.grass()


def test_every_search_phrase_is_documented() -> None:
    page = text_of("docs/browser.md").split("| phrase |")[1]
    assert sorted(re.findall(r"^\| (.+) \|$", page, re.M)) == sorted(query.title for query in perspective.phrases())
