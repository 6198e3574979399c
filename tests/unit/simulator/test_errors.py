"""What the simulator refuses, with what remedy, and the command around it."""

from __future__ import annotations

import json
from typing import get_args

import pytest
from click.testing import CliRunner

from incahoots.cli import app
from incahoots.cli.simulate import simulate as command
from incahoots.errors import InputError, UsageError
from incahoots.loaders.inputs import find_inputs
from incahoots.simulator import Planting, simulate


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"states": 0}, "Choose 1 to 12"),
        ({"states": 13}, "Choose 1 to 12"),
        ({"accounts": 50}, "at least 169 accounts"),
        ({"posts": 500}, "at least 864 posts"),
        ({"seed": -1}, "Choose 0 or more"),
        ({"days": 0}, "Choose 1 to 10,000"),
        ({"posts": 10_000_000, "days": 1}, "Choose more days"),
        ({"planting": "thick"}, "Choose from: strong, medium, weak, none"),
    ],
)
def test_impossible_numbers(tmp_path, wrong, says):
    with pytest.raises(UsageError, match=says):
        simulate(tmp_path / "new", **wrong)
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("states", range(1, 13))
def test_the_fewest_that_are_asked_for_are_enough(tmp_path, states):
    with pytest.raises(UsageError) as refused:
        simulate(tmp_path, accounts=1, states=states, posts=864)
    fewest = int(refused.value.remedy.split("at least ")[1].split()[0].replace(",", ""))
    assert simulate(tmp_path, accounts=fewest, states=states, posts=864).groups >= 12


def test_a_folder_with_other_things_is_left_alone(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(InputError, match="Give a new or an empty folder"):
        simulate(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


@pytest.mark.parametrize("text", ["{", "[]", '{"operations": []}', '{"format": "shares", "seed": 1, "operations": []}'])
def test_a_manifest_that_is_not_ours_is_no_permission(tmp_path, text):
    (tmp_path / "simulation.json").write_text(text)
    with pytest.raises(InputError, match="no simulation"):
        simulate(tmp_path)


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="Give a folder"):
        simulate(tmp_path / "file")


def test_a_former_simulation_is_replaced_and_nothing_else(tmp_path):
    simulate(tmp_path / "in", accounts=300, posts=1_000, states=6)
    (tmp_path / "mine.csv").write_text("mine")
    manifest = tmp_path / "in" / "simulation.json"
    former = json.loads(manifest.read_text())
    former["operations"][0]["tweets"].append("../mine.csv")
    manifest.write_text(json.dumps(former))
    simulate(tmp_path / "in", accounts=200, posts=1_000, states=1)
    assert (tmp_path / "mine.csv").read_text() == "mine"
    assert len(list((tmp_path / "in").glob("*_tweets_*.csv"))) == 2


def test_an_interrupted_simulation_has_no_manifest_and_is_replaced(tmp_path):
    def interrupt(what: str, done: float, total: float | None = None) -> None:
        if what == "writing posts" and done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        simulate(tmp_path, accounts=200, posts=1_000, states=1, progress=interrupt)
    assert not (tmp_path / "simulation.json").exists()
    with pytest.raises(InputError, match=r"contains an unfinished simulation\. Call `simulate\(\)` again"):
        find_inputs([tmp_path], None, "io-archive")
    simulate(tmp_path, accounts=200, posts=1_000, states=1)
    assert (tmp_path / "simulation.json").exists()
    assert not (tmp_path / "simulation.json.part").exists()


def test_the_command_prints_what_it_made(tmp_path):
    wanted = [str(tmp_path / "demo"), "--accounts", "200", "--posts", "1000", "--states", "2", "--seed", "3"]
    wanted += ["--planting", "weak", "--json"]
    result = CliRunner().invoke(app, ["simulate", *wanted], catch_exceptions=False)
    assert result.exit_code == 0
    printed = json.loads(result.stdout)
    assert (printed["accounts"], printed["posts"], printed["states"], printed["seed"]) == (200, 1_000, 2, 3)
    assert (printed["folder"], printed["planting"]) == (str(tmp_path / "demo"), "weak")


@pytest.mark.parametrize(
    "words",
    [
        ["simulate", "--accounts", "200", "--posts", "1000", "--states", "1"],
        ["campaigns", "simulate", "--campaigns", "1", "--days", "20", "--scale", "0.1"],
        ["drivers", "simulate", "--accounts", "100", "--drivers", "4", "--fans", "4", "--days", "20"],
    ],
)
def test_a_command_says_that_it_replaced_a_simulation(tmp_path, words):
    wanted = [*words, str(tmp_path / "sim")]
    first = CliRunner().invoke(app, wanted, catch_exceptions=False)
    assert (first.exit_code, "replaced" in first.stderr) == (0, False)
    again = CliRunner().invoke(app, wanted, catch_exceptions=False)
    assert f" s. This replaced the earlier simulation in {tmp_path / 'sim'}.\n" in again.stderr


def test_every_part_of_a_simulation_has_a_name(tmp_path):
    told = []
    simulate(tmp_path, accounts=200, posts=1_000, states=1, progress=lambda *words: told.append(words))
    assert told == [
        ("planning accounts and groups", 0, 1), ("planning accounts and groups", 1, 1),
        ("writing posts", 0, 1_000), ("writing posts", 1_000, 1_000),
    ]  # fmt: skip


def test_the_command_knows_every_planting():
    option = next(each for each in command.params if each.opts == ["--planting"])
    assert tuple(option.type.choices) == get_args(Planting)
