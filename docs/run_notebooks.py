"""Run notebooks on their simulations and save what they show: ``.venv/bin/python docs/run_notebooks.py 01 07``.

Each has a server and a folder of its own, which are gone afterwards. What is saved of 06 is of real posts: name their
file in INCAHOOTS_NOTEBOOK_POSTS, or leave it out.
"""

from __future__ import annotations

import base64
import io
import os
import sys
import tempfile
from pathlib import Path

import nbformat
import numpy as np
from nbclient import NotebookClient
from PIL import Image
from scipy.spatial.distance import cdist

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
    """Save a picture in 256 colours, a third as large.

    Half of them are its most frequent ones, unchanged: Pillow's own palettes are made of averages, in which the colour
    of a few thin lines gives way to shades of the background.
    """
    picture = Image.open(io.BytesIO(base64.b64decode(png))).convert("RGB")
    colours, where, counts = np.unique(
        np.asarray(picture).reshape(-1, 3), axis=0, return_inverse=True, return_counts=True
    )
    frequent = colours[np.argsort(-counts, kind="stable")[:128]]
    averages = picture.quantize(128, dither=Image.Dither.NONE).getpalette() or []
    palette = np.concatenate([frequent, np.array(averages, dtype=np.uint8).reshape(-1, 3)])[:256]
    nearest = cdist(colours, palette, "sqeuclidean").argmin(axis=1).astype(np.uint8)
    small = Image.fromarray(nearest[where].reshape(picture.height, picture.width), "P")
    small.putpalette(palette.tobytes())
    buffer = io.BytesIO()
    small.save(buffer, "PNG", optimize=True)
    return base64.b64encode(buffer.getvalue()).decode()


if __name__ == "__main__":
    for wanted in sys.argv[1:]:
        (found,) = FOLDER.glob(f"{wanted}*.ipynb")
        run(found)
