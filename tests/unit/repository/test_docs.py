"""The documentation keeps step with the code: queries, commands, options, behaviours, links, examples."""

from __future__ import annotations

import doctest
import importlib
import inspect
import pkgutil
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

import incahoots
import incahoots.cli.load as cli_load
from incahoots import cypher
from incahoots.analytics.campaigns.columns import NETWORKS
from incahoots.analytics.campaigns.network_features import NETWORK_FEATURES
from incahoots.analytics.networks.communities import ALGORITHMS, CENTRALITIES
from incahoots.cli import COMMANDS, SECTIONS, app
from incahoots.cypher.behaviours import BEHAVIOURS, chosen, find
from incahoots.errors import UsageError
from incahoots.loaders import SOURCES
from tests import ROOT
from tests.command_line import CONTEXT, Caller, commands
from tests.tracked import broken_links, text_of

PAGES = sorted(
    [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md"), ROOT / "notebooks" / "README.md"]
)


def command_lines() -> Iterator[tuple[str, list[str]]]:
    """Every ``incahoots …`` line of the pages and of the help, in words."""
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        fenced = [line.strip() for block in re.findall(r"```\w*\n(.*?)```", text, re.S) for line in block.splitlines()]
        spans = [" ".join(span.split()) for span in re.findall(r"(?<!`)`(incahoots [^`]+)`(?!`)", text)]
        for line in [*fenced, *spans]:
            # A command that is only named, as in "see incahoots why", has no arguments.
            if line.startswith("incahoots ") and not (line in spans and line.count(" ") == 1):
                yield page.name, shlex.split(line, comments=True)[1:]
    for name, command in commands():
        for line in (command.help or "").splitlines():
            if line.strip().startswith("incahoots "):
                yield f"{name} --help", shlex.split(line)[1:]


def command_of(name: str) -> click.Command:
    found = app.get_command(CONTEXT, name)
    assert found is not None
    return found


@pytest.mark.parametrize(("page", "words"), list(command_lines()))
def test_every_command_line_can_be_called(page: str, words: list[str]) -> None:
    name, *arguments = (word for word in words if word != "...")
    command = command_of(name)
    for sign in ("|", ">"):
        if sign in arguments:
            arguments = arguments[: arguments.index(sign)]
    if arguments == ["FORMAT", "FILES"]:
        return
    context = command.make_context(name, list(arguments), parent=CONTEXT)
    if name in ("query", "browser") and (query := context.params["name"]):
        given = dict(pair.split("=", 1) for pair in context.params["parameters"])
        found = cypher.find(query)
        read = {key: found.parameters[key].read(value) for key, value in given.items()}
        if name == "query" and not context.params["as_text"]:
            found.bind(read)
    if name == "coordinate":
        assert chosen(context.params["behaviours"])


def test_every_command_is_in_the_readme() -> None:
    rows = re.findall(r"^\| (`[^|]+`) \|", text_of("README.md").split("| command | what it does |")[1], re.M)
    listed = [name for row in rows for name in re.findall(r"`(\w+)`", row)]
    assert listed[: len(COMMANDS)] == list(COMMANDS)


def test_the_help_lists_the_first_sentence_of_each_command() -> None:
    lines = {name: (command_of(name).help or "").splitlines()[0] for name in COMMANDS}
    assert lines == {name: line for name, (_, line) in COMMANDS.items()}


def test_every_command_shows_examples() -> None:
    assert [name for name, command in commands() if f"  {name}" not in _examples(command)] == []


def _examples(command: click.Command) -> str:
    """The examples of a help; a command may stand inside another's, as in $(incahoots ...)."""
    return (command.help or "").partition("Examples:\n")[2].replace('eval "$(', "  ")


def options() -> Iterator[tuple[str, click.Option]]:
    for name, command in commands():
        yield from ((f"{name} {each.opts[0]}", each) for each in command.params if isinstance(each, click.Option))


def test_every_option_is_explained() -> None:
    assert [name for name, option in options() if not (option.help or "").endswith(".")] == []


def test_every_default_is_shown() -> None:
    hidden = [name for name, each in options() if not each.is_flag and not each.show_default]
    assert [name for name, each in options() if name in hidden and each.to_info_dict()["default"]] == []


def test_the_headings_of_the_help_hold_every_command_once(capsys: pytest.CaptureFixture[str]) -> None:
    said = Caller(capsys)("--help")
    listed = [name for name in re.findall(r"^  ([a-z]+) {2,}\S", said, re.M) if name in COMMANDS]
    assert listed == list(COMMANDS)
    assert [heading for heading in SECTIONS if f"{heading}:\n" not in said] == []


def test_every_query_is_listed() -> None:
    rows = [f"| `{query.name}` | {query.title} |" for query in map(cypher.find, cypher.names())]
    listed = re.findall(r"^\| `\w+/\w+` \| .* \|$", text_of("docs/queries.md"), re.M)
    assert sorted(listed) == sorted(rows)


def test_every_exploring_query_is_in_the_readme() -> None:
    found = [cypher.find(name) for name in cypher.names() if name.startswith("explore/")]
    rows = [f"| `{query.name.split('/')[1]}` | {query.title} |" for query in found]
    table = text_of("README.md").split("## The queries")[1].split("\n## ")[0]
    assert re.findall(r"^\| `.*$", table, re.M) == rows


def test_every_behaviour_is_in_the_readme() -> None:
    rows = [f"| `{row.name}` | {row.trace} | {row.posts} |" for row in BEHAVIOURS.values()]
    table = text_of("README.md").split("## The behaviours")[1].split("\n## ")[0]
    assert re.findall(r"^\| `.*$", table, re.M) == rows
    explained = text_of("docs/coordination.md")
    assert [row for row in BEHAVIOURS.values() if f"| `{row.name}` |" not in explained] == []
    assert [row for row in BEHAVIOURS.values() if f"`{row.relationship}` |" not in explained] == []


@pytest.mark.regression("0.1.1", "D10")
def test_the_readme_says_how_each_behaviour_is_asked_for() -> None:
    _, _, after = text_of("README.md").split("## The behaviours")[1].split("\n## ")[0].rpartition("|\n")
    named = set(re.findall(r"`([^`]+)`", after))

    def can_be_asked_for(name: str) -> bool:
        try:
            return bool(find(name))
        except UsageError:
            return False

    nameless = {name for name in BEHAVIOURS if not can_be_asked_for(name)}
    assert nameless == {"higher_order", "co_activity"}
    # Those that cannot be asked for by name are told apart from the others, with what can be typed.
    assert nameless <= named
    assert [name for name in named if re.search(r"[+:]", name) and not can_be_asked_for(name)] == []
    assert {find(name).relationship for name in named if re.search(r"[+:]", name)} == {
        BEHAVIOURS[name].relationship for name in nameless
    }


#: Names that a page makes up, to show how one is added.
MADE_UP = {"co_client", "cypher/coordination/co_client.cypher"}
#: A file of a home, and a way to connect.
OTHERS = {"conf/neo4j.conf", "bolt+s"}


def unknown(span: str, page: Path) -> bool:
    """Whether a name in a page looks like an option, a command, a behaviour, a query or a file, and is none."""
    known = {option for _, command in commands() for each in command.params for option in each.opts}
    known |= {option for _, command in commands() for each in command.params for option in each.secondary_opts}
    if span.startswith("--"):
        return re.split(r"[ =,]", span)[0] not in known | {"--help"}
    if found := re.fullmatch(r"incahoots ([a-z]\w*)", span):
        return found[1] not in COMMANDS
    if re.fullmatch(r"(?:co|fast)_[a-z_]+|[a-z]+(?:\+[a-z]+)+|activity:\w+", span):
        columns = {f"{network}_{feature}" for network in NETWORKS for feature in ("", *NETWORK_FEATURES)}
        others = {*NETWORKS, *columns, *(name.split("/")[1] for name in cypher.names()), "co_hashtag_sequence"}
        try:
            return span not in BEHAVIOURS.keys() | others and not find(span)
        except UsageError:
            return True
    if found := re.fullmatch(r"(\w+)/\w+", span):
        return found[1] in cypher.FAMILIES and span not in cypher.names()
    if re.fullmatch(r"[\w./-]+/[\w.-]+\.(?:py|md|cypher|html|js|csv|txt|ipynb|grass|xml|conf)", span):
        return not (ROOT / span).exists() and not (page.parent / span).exists()
    return False


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_name_in_the_pages_exists(page: Path) -> None:
    prose = re.sub(r"^ *```.*?^ *```$", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
    spans = [" ".join(span.split()) for span in re.findall(r"(?<!`)`([^`]+)`(?!`)", prose)]
    assert [span for span in spans if span not in MADE_UP | OTHERS and unknown(span, page)] == []


def test_every_format_is_documented() -> None:
    assert re.findall(r"^\| `([\w-]+)` \|", text_of("docs/loading.md"), re.M) == list(SOURCES)


def test_the_command_line_knows_what_it_does_not_import() -> None:
    assert list(SOURCES) == [*cli_load.FORMATS]
    listed = inspect.cleandoc(cli_load.load.help or "").partition("Formats:\n")[2].partition("\n\n")[0]
    assert listed.splitlines() == [f"  {name:<12}  {source.description}" for name, source in SOURCES.items()]


def test_every_centrality_is_documented() -> None:
    page = text_of("docs/communities.md")
    assert [name for name in CENTRALITIES if f"`{name}`" not in page] == []


def test_every_variable_is_documented() -> None:
    code = [
        path.read_text(encoding="utf-8")
        for folder in ("incahoots", "loaders")
        for path in (ROOT / folder).rglob("*.py")
    ]
    names = {name for text in code for name in re.findall(r'"(INCAHOOTS_[A-Z_]+)"', text)}
    page = text_of("docs/local-server.md")
    assert sorted(name for name in names if f"`{name}`" not in page) == []


def test_the_algorithms_of_the_command_line_are_those_of_the_library() -> None:
    (option,) = (each for each in command_of("communities").params if each.name == "algorithm")
    assert isinstance(option.type, click.Choice)
    assert tuple(option.type.choices) == ALGORITHMS


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    assert broken_links(page.read_text(encoding="utf-8"), page) == []


def test_the_picture_is_small_and_needs_nothing_from_outside() -> None:
    picture = ROOT / "docs" / "images" / "network.svg"
    text = picture.read_text(encoding="utf-8")
    assert picture.stat().st_size < 200_000
    assert re.findall(r"(?:href|src|url|@import|script)", text) == []


def modules() -> list[str]:
    found = pkgutil.walk_packages(incahoots.__path__, "incahoots.")
    return [
        "incahoots",
        *(each.name for each in found),
        *(
            f"incahoots.{part}.{path.stem}"
            for part in ("analytics", "loaders")
            for path in (ROOT / part).glob("[a-z]*.py")
        ),
        "incahoots.cypher",
        "incahoots.cypher.behaviours",
    ]


@pytest.mark.parametrize("name", sorted(set(modules())))
def test_examples_in_docstrings_are_right(name: str) -> None:
    failed, _ = doctest.testmod(importlib.import_module(name), optionflags=doctest.NORMALIZE_WHITESPACE)
    assert failed == 0


def test_every_name_of_the_api_is_there_and_documented() -> None:
    page = text_of("docs/python.md")
    for name in incahoots.__all__:
        assert getattr(incahoots, name).__doc__
        # Classes are told by what gives them.
        assert name in page or name == "Database"
    with pytest.raises(AttributeError, match="nothing"):
        incahoots.nothing  # noqa: B018
