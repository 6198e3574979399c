"""The folder of a simulation may come from a stranger: its list of files names files in it, and no others."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from incahoots.errors import InputError
from incahoots.loaders.inputs import find_inputs

C4 = pytest.mark.regression("0.1.1", "C4")


def simulation(folder: Path, *names: object) -> Path:
    """A folder with a list of files."""
    operation = {"operation_id": "o", "states": [], "targets": [], "baseline": False, "released_on": None}
    operations = [operation | {"users": [], "tweets": list(names)}]
    folder.mkdir(exist_ok=True)
    (folder / "simulation.json").write_text(json.dumps({"format": "io-archive", "operations": operations}))
    return folder


@C4
@pytest.mark.parametrize(
    "name", ["../secret.csv", "{outside}", "sub/secret.csv", "link.csv", "..", "", ".", "..\\x.csv"]
)
def test_a_name_that_leads_out_of_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    outside = tmp_path / "secret.csv"
    outside.write_text("x")
    folder = simulation(tmp_path / "sim", name.format(outside=outside))
    (folder / "sub").mkdir()
    (folder / "sub" / "secret.csv").write_text("x")
    (folder / "..\\x.csv").write_text("x")
    (folder / "link.csv").symlink_to(outside)
    with pytest.raises(InputError, match="which is not a file in that folder"):
        find_inputs([folder], None, "io-archive")


def test_a_name_inside_the_folder_is_found(tmp_path: Path) -> None:
    folder = simulation(tmp_path / "sim", "a.csv")
    (folder / "a.csv").write_text("x")
    (found,) = find_inputs([folder], None, "io-archive")
    assert found.path == folder / "a.csv"


@pytest.mark.parametrize("name", [7, None, ["a.csv"], {"a": 1}])
def test_a_name_that_is_no_text_is_a_damaged_list(tmp_path: Path, name: object) -> None:
    with pytest.raises(InputError, match=r"simulation\.json is damaged"):
        find_inputs([simulation(tmp_path / "sim", name)], None, "io-archive")
