"""Kinds of runs: each is described in full, and nothing but its description compares kinds."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from incahoots import cypher
from incahoots.analytics.report.sections import SECTIONS
from incahoots.analytics.runs.kinds import KINDS, NETWORK, check_kind, find_kind, kind_of
from incahoots.analytics.runs.run import Run
from incahoots.errors import UsageError
from tests import ROOT
from tests.tracked import git_files


def run_of(kind: str) -> Run:
    return Run.of({"run_id": "r", "kind": kind, "started_at": datetime(2020, 1, 1, tzinfo=UTC)})


@pytest.mark.parametrize("name", KINDS)
def test_a_kind_is_described_in_full(name: str) -> None:
    kind = find_kind(name)
    assert kind.name == name
    assert kind.query is None or "run_id" in cypher.find(kind.query).parameters
    assert {"accounts", *(["communities"] * kind.is_network), *(["states"] * (kind.section == "states"))} == set(
        kind.captions
    )
    assert kind.section in SECTIONS
    # A weight and a number of edges, for each direction that there is.
    assert len(kind.totals) == (kind.section == "accounts") * (2 + 2 * kind.directed)


def test_every_kind_has_words_of_its_own() -> None:
    kinds = [find_kind(name) for name in KINDS]
    assert len({kind.noun for kind in kinds}) == len({kind.captions["accounts"] for kind in kinds}) == len(KINDS)


@pytest.mark.parametrize(
    ("kind", "wanted", "said"),
    [
        ("coordination", NETWORK, ""), ("co_activity", NETWORK, ""), ("drivers", None, ""), ("drivers", "drivers", ""),
        ("influence", NETWORK, "The run 'r' is an influence network, not a coordination network. Choose a run of "
         "`coordinate()` or `discount()`; `influence()` lists the edges of this one."),
        ("co_activity", "influence", "The run 'r' is a network of co-activity, not an influence network. "
         "`runs()` lists the runs with their kinds."),
        ("made_up", None, ""),
        *(("made_up", wanted, "The run 'r' is of the kind 'made_up', which this version of incahoots does not know. "
           "Update incahoots, or remove the run with `incahoots drop r`.") for wanted in (NETWORK, "drivers")),
    ],
)  # fmt: skip
def test_a_run_of_another_kind_is_refused(kind: str, wanted: str | None, said: str) -> None:
    try:
        check_kind(run_of(kind), wanted)
        told = ""
    except UsageError as problem:
        told = str(problem)
    assert told == said


def test_a_kind_that_is_not_known_cannot_be_read() -> None:
    with pytest.raises(UsageError, match="does not know"):
        kind_of(run_of("made_up"))


def test_nothing_else_compares_kinds() -> None:
    """Code outside the registry asks the kind; it may name one where it writes or needs runs of that kind alone."""
    asks = re.compile(r"\.kind (?:==|!=|in|not in) |(?:==|!=) \w+\.kind\b")
    names = re.compile(rf"kind\w* (?:==|!=|in|not in) .*\b(?:{'|'.join(KINDS)})\b")
    files = [name for name in git_files() if re.match(r"(?:analytics|incahoots)/.*\.py$", name)]
    texts = {name: (ROOT / name).read_text(encoding="utf-8") for name in files}
    found = [
        name for name, text in texts.items() if names.search(text) or ("runs.run import" in text and asks.search(text))
    ]
    assert found == ["analytics/runs/kinds.py"]


def test_the_registry_imports_no_method() -> None:
    """Commands import it to check names before they import what takes a second."""
    code = "import sys, incahoots.analytics.runs.kinds; print([m for m in sys.modules if m in ('pandas', 'scipy')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
