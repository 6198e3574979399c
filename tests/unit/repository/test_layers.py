"""Modules import from their own and lower layers, as the table in CONTRIBUTING says, and never in a circle."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

import grimp
import networkx as nx

from tests.tracked import git_files, text_of

#: The layers, the lowest first; a module may import from its own and from lower ones. A name stands for a module or for
#: a package with all that is in it, and the longest name that fits decides.
LAYERS = (
    (
        *("addresses", "cells", "colours", "csv_guard", "disk", "errors", "failures", "mentions", "outputs"),
        *("private_files", "progress", "resources", "settings", "windows"),
    ),
    ("cypher",),
    ("browser",),
    ("server",),
    ("database", "locks"),
    ("store",),
    ("loaders",),
    ("analytics", "simulator"),
    ("analytics.explore", "analytics.pictures", "analytics.report"),
    ("cli", "demo", ""),
)


@cache
def graph() -> grimp.ImportGraph:
    """Who imports whom, imports inside functions included."""
    return grimp.build_graph("incahoots", cache_dir=None)


def layer_of(module: str) -> int:
    """The place of a module's layer."""
    name = module.removeprefix("incahoots").removeprefix(".")
    fitting = {
        each: place
        for place, names in enumerate(LAYERS)
        for each in names
        if name == each or (each and name.startswith(f"{each}."))
    }
    return fitting[max(fitting, key=len)]


def test_every_module_is_looked_at() -> None:
    files = [name for name in git_files() if name.endswith(".py")]
    folders = ("analytics/", "cypher/", "loaders/")
    paths = [name if name.startswith("incahoots/") else f"incahoots/{name}" for name in files
             if name.startswith(("incahoots/", *folders))]  # fmt: skip
    names = {path.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for path in paths}
    assert graph().modules == names


def test_a_module_imports_nothing_from_above() -> None:
    imported = [
        (module, each) for module in graph().modules for each in graph().find_modules_directly_imported_by(module)
    ]
    assert [(module, each) for module, each in imported if layer_of(each) > layer_of(module)] == []


def circles(edges: Iterable[tuple[str, str]]) -> list[list[str]]:
    """Groups of names each of which leads to all others of its group."""
    return [sorted(names) for names in nx.strongly_connected_components(nx.DiGraph(list(edges))) if len(names) > 1]


def imports(whole: grimp.ImportGraph) -> list[tuple[str, str]]:
    """Who imports whom."""
    return [(module, each) for module in whole.modules for each in whole.find_modules_directly_imported_by(module)]


@cache
def running() -> list[tuple[str, str]]:
    """Who imports whom when the code runs: without imports that are for type checkers alone."""
    return imports(grimp.build_graph("incahoots", cache_dir=None, exclude_type_checking_imports=True))


def test_no_modules_import_each_other_in_a_circle() -> None:
    assert circles(running()) == []


def test_no_packages_of_analytics_import_each_other_in_a_circle() -> None:
    def package(module: str) -> str:
        return ".".join(module.split(".")[:3])

    analytics = [pair for pair in running() if all(name.startswith("incahoots.analytics.") for name in pair)]
    between = {(package(one), package(other)) for one, other in analytics if package(one) != package(other)}
    assert circles(between) == []


def test_circles_are_found() -> None:
    assert circles([("a", "b"), ("b", "c"), ("c", "a"), ("c", "d")]) == [["a", "b", "c"]]


def test_the_table_of_layers_in_contributing_is_true() -> None:
    text = text_of("CONTRIBUTING.md")
    rows = re.findall(r"^\| (\d+) \| (.+?) \|", text, re.M)
    told = {name.replace("/", ".").strip("`") for _, cell in rows for name in cell.split(", ")}
    assert told == {name or "incahoots" for names in LAYERS for name in names}
    for number, cell in rows:
        assert {name.replace("/", ".").strip("`") for name in cell.split(", ")} <= {
            name or "incahoots" for name in LAYERS[int(number) - 1]
        }
