"""A name that is not there is told before any work: before heavy imports, and before posts or edges are read."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from incahoots.analytics.coordination.coordinate import coordinate
from incahoots.analytics.interstate.case_study import state_pair
from incahoots.database import Database
from incahoots.errors import UsageError
from tests.posts import load_posts, post

CALLS = [
    ["edges", "nope"],
    ["edges", "r", "--behaviour", "nope"],
    ["why", "nope", "a", "b"],
    ["why", "r", "a", "nope"],
    ["communities", "nope"],
    ["significance", "nope"],
    ["clusters", "nope"],
    ["picture", "network", "nope", "-o", "nope.png"],
    ["picture", "timeline", "r", "--behaviour", "nope", "-o", "nope.png"],
    ["report", "r", "nope", "-o", "nope.html"],
    ["query", "top_edges", "run_id=nope"],
    ["drop", "nope"],
    ["coordinate", "nope", "--window", "1m"],
    ["coordinate", "co_link", "--window", "1m", "--operation", "nope"],
    ["discount", "co_link", "--operation", "nope"],
    ["sweep", "co_link", "--operation", "nope"],
    ["influence", "--operation", "nope"],
    ["influence", "first-posters", "--run", "nope"],
    ["interstate", "--without", "nope"],
    ["interstate", "features", "--run", "nope"],
    ["interstate", "pair", "One", "Other", "--without", "nope"],
    ["drivers", "--operation", "nope"],
    ["drivers", "thresholds", "--operation", "nope"],
]

#: What takes seconds to import.
HEAVY = ("scipy", "sklearn", "matplotlib", "graphdatascience", "networkx")

#: Queries that take the same time however much is loaded.
CHEAP = {
    "Which properties does a run have?",
    "Which runs are there?",
    "Which operation ids are loaded?",
    "Which of these words are account ids, and which are screen names?",
    "Which indexes exist, and how complete is each?",
    "Take a lock, unless another owner holds it",
    "Release a lock, if this owner still holds it",
}

SCRIPT = """
import json, sys
from incahoots.cli import main
from incahoots.database import Database
whole, asked = Database.run, []
def run(self, text, *args, **more):
    asked.append(text.splitlines()[0].removeprefix("// "))
    return whole(self, text, *args, **more)
Database.run = run
calls, home, heavy = json.loads(sys.argv[1]), sys.argv[2], json.loads(sys.argv[3])
found = []
for call in calls:
    asked.clear()
    try:
        main([*call, "--home", home])
    except SystemExit as stop:
        found.append([stop.code, [name for name in heavy if name in sys.modules], list(asked)])
print(json.dumps(found))
"""


@pytest.mark.regression("0.1.1", "D12")
def test_commands_check_names_before_any_work(home: Path, graph: Database) -> None:
    load_posts(graph, [post(account, second, urls=["https://a.example/"]) for account, second in (("a", 1), ("b", 2))])
    coordinate(graph, "co_link", "60s", min_weight=1, run_id="r")
    words = [json.dumps(CALLS), str(home), json.dumps(HEAVY)]
    done = subprocess.run([sys.executable, "-c", SCRIPT, *words], capture_output=True, text=True, check=True)
    told = [line for line in done.stderr.splitlines() if line.startswith("Error: ")]
    assert len(told) == len(CALLS)
    assert [line for line in told if "'nope'" not in line] == []
    for call, (code, imported, asked) in zip(CALLS, json.loads(done.stdout), strict=True):
        assert (call, code in (1, 2), imported, set(asked) - CHEAP) == (call, True, [], set())


@pytest.mark.regression("0.1.1", "D12")
def test_an_unknown_state_is_told_before_posts_are_read(graph: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    graph.query("load/operation", operation_id="o", states=["One"], targets=[])
    load_posts(graph, [post("a", 1)], "o")
    whole, asked = Database.run, []

    def run(self: Database, text: str, *args: Any, **more: Any) -> Any:
        asked.append(text.splitlines()[0].removeprefix("// "))
        return whole(self, text, *args, **more)

    monkeypatch.setattr(Database, "run", run)
    with pytest.raises(UsageError, match="There is no state 'Oner'"):
        state_pair(graph, "One", "Oner")
    assert asked == ["Which states are accounts attributed to?"]
