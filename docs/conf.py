"""Sphinx configuration: python -m sphinx -W -b html docs docs/_build/html"""

import re
from pathlib import Path

_SOURCE = (Path(__file__).parent.parent / "powercrud_core/__init__.py").read_text()

project = "PowerCRUD"
author = "PowerCRUD contributors"
project_copyright = author
release = re.search(r'^__version__ = "(.+)"$', _SOURCE, re.MULTILINE)[1]
version = release

extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build"]
nitpicky = True

myst_enable_extensions = ["deflist", "fieldlist"]
myst_heading_anchors = 3

html_theme = "furo"
html_title = f"PowerCRUD {release}"
html_show_sphinx = False
pygments_style = "friendly"
pygments_dark_style = "monokai"
