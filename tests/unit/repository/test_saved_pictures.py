"""Saved pictures show the colours that their legends name: in notebooks and in the documentation."""

from __future__ import annotations

import base64
import importlib.util
import io
import re
from types import ModuleType

import nbformat
import numpy as np
import numpy.typing as npt
import pytest
from matplotlib import colors
from PIL import Image, ImageDraw

from incahoots.colours import COLOURS
from tests import ROOT

#: How far a channel may be off, of 255: palettes change colours a little, lossy formats and thin lines more.
PALETTE, SCREENSHOT = 12, 24

#: Pixels of a colour in the sign of a legend, at least.
SIGN = 20

#: The colours of behaviours, which other pictures give to states, networks and classes of accounts.
BLUE, RED, GREEN, PINK, YELLOW, SKY = (
    COLOURS[f"co_{name}"] for name in ("retweet", "tweet", "link", "hashtag", "mention", "reply")
)
ALL = {BLUE, RED, GREEN, PINK, YELLOW, SKY}

#: The pictures of each notebook, in order: what their legends and lines are coloured with.
NOTEBOOKS = {
    "01_quick_start": [ALL, {GREEN}],
    "02_multi_behaviour": [ALL, set(), {GREEN, PINK}],
    "03_interstate": [{BLUE, RED, GREEN, PINK}, {BLUE, RED}],
    "04_influence": [{YELLOW}],
    "05_campaigns": [{BLUE, RED, GREEN, PINK, YELLOW}, {RED, PINK, YELLOW, SKY}, {BLUE, RED}],
    "06_bilingual_drivers": [ALL, ALL, {BLUE, RED}],
    "07_your_own_database": [{BLUE, RED, GREEN, PINK}],
    "08_from_pandas_to_gds": [{BLUE, RED, GREEN}],
}

#: The pictures of the documentation, alike.
IMAGES = {
    "browser-dark.webp": {GREEN, YELLOW},
    # Lines of one pixel, mixed with the background.
    "browser.webp": set(),
    "explore.png": ALL,
    "network.svg": ALL,
    "nulls.svg": {BLUE, RED},
    "report-dark.webp": {GREEN, YELLOW},
    "report-light.webp": ALL,
    "sweep.svg": {BLUE, RED},
}


def lacking(picture: Image.Image, wanted: set[str], off: int) -> set[str]:
    """The colours that a picture has no sign of."""
    pixels: npt.NDArray[np.int16] = np.asarray(picture.convert("RGB"), dtype=np.int16).reshape(-1, 3)
    return {
        colour
        for colour in wanted
        if (np.abs(pixels - np.rint(np.array(colors.to_rgb(colour)) * 255)).max(axis=1) <= off).sum() < SIGN
    }


def test_every_saved_picture_is_known() -> None:
    assert sorted(NOTEBOOKS) == sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb"))
    assert sorted(IMAGES) == sorted(path.name for path in (ROOT / "docs" / "images").iterdir())


@pytest.mark.regression("0.1.1", "D9")
@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_shows_the_colours_of_its_legends(name: str) -> None:
    notebook = nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", as_version=4)
    saved = [each["data"]["image/png"] for cell in notebook.cells for each in cell.get("outputs", [])
             if "image/png" in each.get("data", {})]  # fmt: skip
    pictures = [Image.open(io.BytesIO(base64.b64decode(png))) for png in saved]
    assert [lacking(picture, wanted, PALETTE) for picture, wanted in zip(pictures, NOTEBOOKS[name], strict=True)] == [
        set() for _ in pictures
    ]


@pytest.mark.parametrize("name", IMAGES)
def test_the_documentation_shows_the_colours_of_its_legends(name: str) -> None:
    path = ROOT / "docs" / "images" / name
    if path.suffix == ".svg":
        assert set(re.findall("#[0-9a-f]{6}", path.read_text(encoding="utf-8"))) >= IMAGES[name]
    else:
        assert lacking(Image.open(path), IMAGES[name], SCREENSHOT) == set()


@pytest.fixture
def run_notebooks() -> ModuleType:
    """The script that saves notebooks."""
    found = importlib.util.spec_from_file_location("run_notebooks", ROOT / "docs" / "run_notebooks.py")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def test_few_pixels_keep_their_colour_when_a_picture_is_saved(run_notebooks: ModuleType) -> None:
    # Thousands of shades of blue and pink, and one thin line in the colour of co_retweet.
    shades = np.random.default_rng(0).integers(0, 255, (300, 300, 3), dtype=np.uint8)
    shades[..., 2] = 255
    picture = Image.fromarray(shades)
    ImageDraw.Draw(picture).line((10, 10, 60, 10), fill=BLUE, width=2)
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    saved = Image.open(io.BytesIO(base64.b64decode(run_notebooks.smaller(base64.b64encode(buffer.getvalue())))))
    assert lacking(saved, {BLUE}, 0) == set()
    assert len(saved.getcolors(256) or []) == 256
