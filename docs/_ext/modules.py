"""``modules-of``: the modules of a package, a section each, with all that is public in them.

Names of the API, which have a page of their own, are left out. A name in backticks means what its own module would mean
by it, wherever the docstring is shown.
"""

from __future__ import annotations

import pkgutil
import re
from importlib import import_module
from pkgutil import resolve_name
from types import ModuleType
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.domains.python import ObjectEntry
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxDirective
from sphinx.util.nodes import get_node_source, make_refnode

import incahoots


class ModulesOf(SphinxDirective):
    """The modules of the package that is its argument, packages inside it aside; or the module that is its argument."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Make a section for each module."""
        (name,) = self.arguments
        folder = getattr(import_module(name), "__path__", None)
        if folder is None:
            return [self._section(name)]
        return [self._section(each.name) for each in pkgutil.iter_modules(folder, f"{name}.") if not each.ispkg]

    def _section(self, name: str) -> nodes.section:
        """A module: its docstring, then its members in the order of the file."""
        section = nodes.section(ids=[f"of-{name.replace('.', '-')}"], names=[name])
        section += nodes.title("", "", nodes.literal("", name.removeprefix("incahoots.")))
        section += self.parse_text_to_nodes(f".. automodule:: {name}\n   :members:\n   :show-inheritance:\n")
        # Contents name modules. With every function they would take longer to write than all else.
        for signature in section.findall(addnodes.desc_signature):
            signature["_toc_name"] = ""
        return section


def _skip(app: Sphinx, what: str, name: str, value: Any, skip: bool, options: Any) -> bool | None:
    """Leave out of a module what `import incahoots` has, and of a class what scikit-learn puts into it."""
    if what == "class":
        return True if re.fullmatch(r"set_\w+_request", name) else None
    home = getattr(value, "__module__", None)
    return True if what == "module" and name in incahoots.__all__ and home != "incahoots" else None


def _untyped(app: Sphinx, what: str, name: str, value: Any, options: Any, lines: list[str]) -> None:
    """Keep what stands before a colon from being taken for a type: constants here are told in sentences."""
    if what in ("data", "attribute", "property"):
        lines.insert(0, "")


def _qualify(app: Sphinx, doctree: nodes.document) -> None:
    """Give the types that docstrings name their whole path: two modules may have one of the same name."""
    for node in doctree.findall(addnodes.pending_xref):
        if node.get("refdomain") == "py" and node.hasattr("refspecific") and "." not in node["reftarget"]:
            meant = getattr(_value(node.get("py:module") or "incahoots"), node["reftarget"], None)
            if isinstance(meant, type) and meant.__module__.startswith("incahoots."):
                node["reftarget"] = f"{meant.__module__}.{meant.__qualname__}"


def _resolve(
    app: Sphinx, env: BuildEnvironment, node: addnodes.pending_xref, inside: nodes.Element
) -> nodes.Element | None:
    """Find what a name means that is not known where its docstring is shown."""
    if node.get("refdomain") != "py":
        return None
    target = node["reftarget"]
    owner, _, last = target.rpartition(".")
    found = _named(env, target)
    if len(found) != 1:
        meant = _meant(target, get_node_source(node) or "")
        same = [(name, entry) for name, entry in _named(env, last) if meant is not None and _value(name) is meant]
        # Else what `import incahoots` has; and an attribute without a place of its own is told by its class.
        found = same or [each for each in found if each[0] == f"incahoots.{target}"] or _named(env, owner)
    if len(found) != 1:
        return None
    name, entry = found[0]
    return make_refnode(app.builder, node["refdoc"], entry.docname, entry.node_id, inside, name)


def _named(env: BuildEnvironment, name: str) -> list[tuple[str, ObjectEntry]]:
    """All objects of a name, or of one that ends with it."""
    found = env.domains.python_domain.find_obj(env, None, None, name, None, 1) if name else []
    return [(full, entry) for full, entry in found if not entry.aliased]


def _meant(target: str, source: str) -> Any:
    """What a name is in the module whose docstring has it, or by its whole path."""
    if "." in target:
        return _value(target)
    written = re.search(r"docstring of ([\w.]+)", source)
    home = written[1] if written else ""
    while home:
        if isinstance(module := _value(home), ModuleType):
            return getattr(module, target, None)
        home = home.rpartition(".")[0]
    return None


def _value(path: str) -> Any:
    """The object of a dotted path; None where there is none."""
    try:
        return resolve_name(path)
    except (ImportError, AttributeError, ValueError):
        return None


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive and the hooks."""
    app.add_directive("modules-of", ModulesOf)
    app.connect("autodoc-skip-member", _skip)
    app.connect("autodoc-process-docstring", _untyped, priority=400)  # before napoleon
    app.connect("doctree-read", _qualify)
    app.connect("missing-reference", _resolve)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
