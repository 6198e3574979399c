"""Outputs in the documentation are what their commands print, and every block there is of a known kind."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from incahoots.database import Database
from tests.printed_outputs import PAGES, Block, blocks, called, outputs, same, shown

ALL = [block for page in PAGES for block in blocks(page)]


@pytest.mark.regression("0.1.1", "D10")
def test_every_block_is_of_a_known_kind() -> None:
    # See the beginning of tests/printed_outputs.py.
    assert [block.place for block in ALL if not block.kind] == []


@pytest.mark.parametrize("block", [block for block in ALL if block.kind == "code"], ids=lambda block: block.place)
def test_code_can_be_read(block: Block) -> None:
    if block.language == "python":
        compile(block.body, block.place, "exec")
    elif block.language == "toml":
        tomllib.loads(block.body)
    elif block.language == "json":
        json.loads(block.body)
    else:
        # Statements run in test_docs_statements; the site, whose warnings are errors, reads diagrams and directives.
        assert block.language.startswith("{") or block.language in ("cypher", "mermaid")


@pytest.mark.regression("0.1.1", "D10")
def test_outputs_are_what_commands_print(graph: Database, home: Path) -> None:
    # Mended by: .venv/bin/python -m tests.printed_outputs --write
    run = called(home)
    printed = {block.place: (block.body, shown(block, run)) for block in outputs()}
    assert {place: new for place, (old, new) in printed.items() if not same(old, new)} == {}
