"""Run notebooks on their simulations and save their outputs: ``.venv/bin/python docs/run_notebooks.py 01 07``.

Each runs with a temporary server and folder. The saved outputs of 06 are of real posts: set INCAHOOTS_NOTEBOOK_POSTS to
their file, or leave 06 out.
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
from PIL import Image, ImageColor
from scipy.spatial.distance import cdist

from incahoots import server
from incahoots.colours import COLOURS, SPARE

#: Number of colours kept of a picture, and least pixels of a colour that is more than a blend of two others.
_FREQUENT, _FEW = 100, 5

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

    Pillow's own palettes are made of averages, in which the colour of a few thin lines gives way to shades of what
    there is more of. This one has the colours of behaviours, the most frequent ones, and then those that are farthest
    from all it has.
    """
    picture = Image.open(io.BytesIO(base64.b64decode(png))).convert("RGB")
    colours, where, counts = np.unique(
        np.asarray(picture).reshape(-1, 3), axis=0, return_inverse=True, return_counts=True
    )
    own = [ImageColor.getrgb(colour) for colour in {*COLOURS.values(), *SPARE}]
    there = colours.tolist()
    frequent = colours[np.argsort(-counts, kind="stable")[:_FREQUENT]].tolist()
    palette = np.array([*dict.fromkeys(map(tuple, [*(each for each in own if list(each) in there), *frequent]))])
    distances = cdist(colours, palette, "sqeuclidean")
    nearest, distance = distances.argmin(axis=1), distances.min(axis=1)
    while len(palette) < min(256, len(colours)):
        # A colour of few pixels is a step between two others.
        farthest = colours[np.where(counts >= _FEW, distance, distance / 1e6).argmax()]
        found = ((colours.astype(int) - farthest) ** 2).sum(axis=1)
        nearest, distance = np.where(found < distance, len(palette), nearest), np.minimum(found, distance)
        palette = np.vstack([palette, farthest])
    nearest = nearest.astype(np.uint8)
    small = Image.fromarray(nearest[where].reshape(picture.height, picture.width), "P")
    small.putpalette(palette.astype(np.uint8).tobytes())
    buffer = io.BytesIO()
    small.save(buffer, "PNG", optimize=True)
    return base64.b64encode(buffer.getvalue()).decode()


if __name__ == "__main__":
    for wanted in sys.argv[1:]:
        (found,) = FOLDER.glob(f"{wanted}*.ipynb")
        run(found)
