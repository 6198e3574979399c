"""How the documentation is built: ``make docs``, offline, every warning an error.

The source is the whole repository, so that links from a page to notebooks, measurements and files are the same here as
where the pages are read as they lie there. What is no page is left out below.
"""

from __future__ import annotations

import sys
from importlib.metadata import version as installed
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "_ext"))

project = "incahoots"
author = "The incahoots authors"
project_copyright = author
version = release = installed("incahoots")
extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "commands", "queries", "modules", "mathml"]

root_doc = "docs/index"
include_patterns = ["docs/**", "notebooks/*", "benchmarks/*.md", "benchmarks/results/*.md", "*.md"]
# Folders that hold no page are named, so that a walk does not go into them.
_PAGES = {"docs", "notebooks", "benchmarks", "CONTRIBUTING.md", "CHANGELOG.md"}
exclude_patterns = [entry.name for entry in HERE.parent.iterdir() if entry.name not in _PAGES] + ["docs/_*"]

# -- Pages ---------------------------------------------------------------------------------------
myst_heading_anchors = 4  # `page.md#a-heading`, as code hosts make them
myst_enable_extensions = ["dollarmath"]
highlight_language = "none"  # most blocks are commands and what they print
nb_execution_mode = "off"  # notebooks show what was saved in them
nb_ipywidgets_js: dict[str, dict[str, str]] = {}  # by default they would come from elsewhere
smartquotes_action = "D"  # quotation marks as they are written; two hyphens before a description are a dash
html_math_renderer = "mathml"

# -- The API -------------------------------------------------------------------------------------
default_role = "py:obj"
add_module_names = False
autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
autodoc_preserve_defaults = True
python_maximum_signature_line_length = 90
python_display_short_literal_types = True
napoleon_google_docstring = False
napoleon_use_ivar = True
napoleon_use_rtype = False
# Docstrings say types in words; only ours have a page to lead to.
nitpick_ignore_regex = [("py:class", r"(?!incahoots\.).*"), ("py:exc", r"[A-Z]\w*")]

# -- The site ------------------------------------------------------------------------------------
html_theme = "furo"
html_title = "incahoots"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_extra_path = ["_extra"]  # index.html, which leads to docs/index.html
html_copy_source = False
html_show_sourcelink = False
html_show_sphinx = False
html_domain_indices = False  # the page of modules is one
html_theme_options = {"navigation_with_keys": True}
