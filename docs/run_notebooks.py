"""Run notebooks on their simulations and save what they show: ``.venv/bin/python docs/run_notebooks.py 01 07``.

Each has a server and a folder of its own, which are gone afterwards. What is saved of 06 is of real posts: leave it
out.
"""

from __future__ import annotations

import base64
import io
import os
import sys
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from PIL import Image

from incahoots import server

FOLDER = Path(__file__).parents[1] / "notebooks"


def run(path: Path) -> None:
    """Run a notebook from top to bottom and write it over itself, without what changes from run to run."""
    notebook = nbformat.read(path, as_version=4)
    with tempfile.TemporaryDirectory(prefix="incahoots-notebook-") as name:
        home, place = Path(name) / "home", Path(name) / "story"
        place.mkdir()
        server.start(home, auth=False, bolt_port=0, http_port=0)
        os.environ["INCAHOOTS_HOME"] = str(home)
        try:
            NotebookClient(
                notebook, timeout=600, resources={"metadata": {"path": place}}, record_timing=False,
                extra_arguments=["--IPKernelApp.log_level=ERROR"],
            ).execute()  # fmt: skip
        finally:
            server.stop(home)
    notebook.metadata = {
        "kernelspec": notebook.metadata.kernelspec,
        "language_info": {"name": notebook.metadata.language_info.name},
    }
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if "image/png" in output.get("data", {}):
                output.data["image/png"] = smaller(output.data["image/png"])
    nbformat.write(notebook, path)


def smaller(png: str) -> str:
    """A picture in 256 colours, a third as large."""
    picture = Image.open(io.BytesIO(base64.b64decode(png))).convert("RGB").quantize(256, dither=Image.Dither.NONE)
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", optimize=True)
    return base64.b64encode(buffer.getvalue()).decode()


for wanted in sys.argv[1:]:
    (found,) = FOLDER.glob(f"{wanted}*.ipynb")
    run(found)
