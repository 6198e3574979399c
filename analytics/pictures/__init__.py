"""Static pictures: data frames in, a matplotlib figure out.

Only `picture` reads a database, and only `save_picture` writes a file.
"""

from __future__ import annotations

from incahoots.analytics.pictures.files import FORMATS, save_picture
from incahoots.analytics.pictures.heatmap import asymmetry, draw_heatmap
from incahoots.analytics.pictures.influence import draw_influence
from incahoots.analytics.pictures.network import draw_network
from incahoots.analytics.pictures.of_run import KINDS, picture
from incahoots.analytics.pictures.states import draw_months, draw_states
from incahoots.analytics.pictures.sweep import draw_sweep
from incahoots.analytics.pictures.timeline import draw_timeline

__all__ = [
    "FORMATS",
    "KINDS",
    "asymmetry",
    "draw_heatmap",
    "draw_influence",
    "draw_months",
    "draw_network",
    "draw_states",
    "draw_sweep",
    "draw_timeline",
    "picture",
    "save_picture",
]
