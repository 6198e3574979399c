"""No command writes to a file that it reads, nor two things to one file."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from incahoots.cli.asked import Output
from tests.command_line import Caller, commands


@pytest.mark.regression("0.1.1", "A1")
@pytest.mark.parametrize("link", ["same", "symbolic", "hard"])
@pytest.mark.parametrize(
    "words",
    [
        ["campaigns", "evaluate", "READ.csv", "-o", "WRITTEN.csv"],
        ["campaigns", "train", "READ.zip", "-o", "WRITTEN.zip"],
        ["campaigns", "predict", "model.zip", "READ.csv", "-o", "WRITTEN.csv"],
        ["influence", "--labels", "READ.csv", "-o", "WRITTEN.csv"],
        ["drivers", "--about", "READ.csv", "--tables", "."],
        ["interstate", "--categories", "READ.csv", "--tables", "."],
        ["edges", "run", "--env-file", "READ.csv", "-o", "WRITTEN.csv"],
        ["report", "run", "--env-file", "READ.html", "-o", "WRITTEN.html"],
    ],
    ids=" ".join,
)
def test_an_output_is_no_input(
    words: list[str], link: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NEO4J_URI", "bolt://127.0.0.1:1")
    name = next(word for word in words if word.startswith("READ"))
    read, written = Path(name), Path(name.replace("READ", "WRITTEN"))
    read.write_text("account_id,label\n")
    if link == "symbolic":
        written.symlink_to(read)
    elif link == "hard":
        written.hardlink_to(read)
    else:
        words = [name if word == str(written) else word for word in words]
    assert f"would overwrite the file that is read: {name}" in Caller(capsys).told(*words, code=2)
    assert read.read_text() == "account_id,label\n"


@pytest.mark.regression("0.1.1", "A1")
def test_two_outputs_are_two_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "a.png"
    said = Caller(capsys).told("interstate", "-o", file, "--months", file, code=2)
    assert f"-o and --months must be different files (got {file} for both)." in said


def test_every_path_is_known_to_be_read_or_written() -> None:
    """An option that is new has to be put on one side or the other."""
    written = {"-o", "--key", "--months", "--picture", "--rejects", "--tables", "--write", "out_dir", "path"}
    read = {"--home", "--env-file", "--mapping", "--categories", "--labels", "--model", "--predictions", "--about"}
    read |= {"paths", "path", "model_path"}
    for words, command in commands():
        for parameter in command.params:
            if isinstance(parameter.type, click.Path):
                side = written if isinstance(parameter.type, Output) else read
                assert not side.isdisjoint(parameter.opts), (words, parameter.opts)
