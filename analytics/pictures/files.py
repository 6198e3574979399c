"""Write pictures to files."""

from __future__ import annotations

import base64
import io
import warnings
from pathlib import Path
from typing import Any, BinaryIO

from matplotlib.figure import Figure

from incahoots.analytics.networks.exports import check_format
from incahoots.analytics.pictures.style import settings
from incahoots.private_files import replace_with

FORMATS = (".png", ".svg", ".pdf")

#: Leave out the time of writing, so that equal pictures are equal files.
_ABOUT: dict[str, dict[str, Any]] = {".svg": {"Date": None}, ".pdf": {"CreationDate": None}, ".png": {}}


def save_picture(figure: Figure, path: Path) -> None:
    """Write a picture to a file; the ending selects the format.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    path : Path
        Ends in .png, .svg or .pdf; replaced atomically.

    Raises
    ------
    UsageError
        The ending is unknown, or the folder does not exist.
    """
    check_format(path, FORMATS)
    replace_with(path, lambda part: render(figure, part, path.suffix.lower()))


def render(figure: Figure, target: Path | BinaryIO, suffix: str) -> None:
    """Write a picture of one of ``FORMATS`` to a file or a stream."""
    with settings(), warnings.catch_warnings():
        # Characters that no installed font has are drawn as boxes.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        warnings.filterwarnings("ignore", message="constrained_layout not applied")
        figure.savefig(target, format=suffix[1:], dpi=150, metadata=dict(_ABOUT[suffix]))


def encoded(figure: Figure, suffix: str) -> str:
    """A picture of one of ``FORMATS`` in base64."""
    stream = io.BytesIO()
    render(figure, stream, suffix)
    return base64.b64encode(stream.getvalue()).decode()
