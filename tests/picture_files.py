"""Whether a file is a picture of its format, with something drawn in it."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
from matplotlib.image import imread


def check_picture(path: Path) -> None:
    """Fail unless a .png, .svg or .pdf can be read and is not blank."""
    if path.suffix == ".png":
        assert len(np.unique(imread(path))) > 2
    elif path.suffix == ".svg":
        assert len(list(ET.parse(path).iter("{http://www.w3.org/2000/svg}path"))) > 2
    else:
        pdf = path.read_bytes()
        assert (pdf[:5], pdf[-6:]) == (b"%PDF-", b"%%EOF\n")
        assert b"/Type /Page" in pdf
