"""The site: `make site`. Pages are Markdown that reads as well in the repository; links to other files lead there."""

from __future__ import annotations

import re
from importlib.metadata import version as installed
from typing import Any

_OUTSIDE = re.compile(r"\[([^\]]+)\]\(\.\./([^)#]+)(?:#[^)]*)?\)")

project = "allegata"
author = "allegata contributors"
copyright = author
version = release = installed("allegata")
language = "en"
default_role = "literal"  # our docstrings are Markdown

extensions = ["myst_parser", "sphinx.ext.autodoc"]
myst_heading_anchors = 3
exclude_patterns = ["pictures"]
autodoc_typehints = "description"
autodoc_preserve_defaults = True

html_theme = "furo"
html_title = f"allegata {release}"
html_show_copyright = False
html_show_sourcelink = False
html_copy_source = False


def setup(app: Any) -> None:
    """Called by Sphinx."""
    app.connect("source-read", _name_files_outside)


def _name_files_outside(app: Any, page: str, source: list[str]) -> None:
    """A link to a file of the repository that is no page of the site becomes the file's name."""
    source[0] = _OUTSIDE.sub(lambda link: link[1] if link[1] == link[2] else f"{link[1]} (`{link[2]}`)", source[0])
