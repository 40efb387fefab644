"""How the site of the documentation is made: Sphinx over the Markdown of this folder, in our own theme."""

from __future__ import annotations

import shutil
import sys
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sphinx.application import Sphinx

DOCS = Path(__file__).resolve().parent
OURS = DOCS.parent / "tnid" / "static"
sys.path.insert(0, str(DOCS / "_theme"))

project = "Thái Nguyên ID"
release = metadata.version("thai-nguyen-id")
html_title = project
language = "en"
extensions = ["myst_parser", "addresses", "settings", "scrolling", "searching"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_theme", "screenshots/*.py"]
nitpicky = True
myst_heading_anchors = 4
myst_enable_extensions = ["colon_fence", "deflist"]
# The words after ``` of a file that has no highlighting of its own
highlight_language = "text"
# A dash is a dash where it was written; two hyphens stay an option of a command
smartquotes = False

html_theme = "tnid"
html_theme_path = [str(DOCS / "_theme")]
html_copy_source = False
html_show_sourcelink = False
html_use_index = False
html_domain_indices = False
# What the pages of the provider look like, they look like
SHARED = (
    *("css/tnid.css", "images/logo.svg", "images/favicon.svg", "sign-in/button.css"),
    *("fonts/be-vietnam-pro-400.woff2", "fonts/be-vietnam-pro-600.woff2"),
)


def setup(app: Sphinx) -> dict[str, Any]:
    app.connect("build-finished", copy_shared)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def copy_shared(app: Sphinx, error: Exception | None) -> None:
    """Put the design system beside the pages, so that the site stands on its own."""
    for name in SHARED if error is None else ():
        target = Path(app.outdir) / "_static" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(OURS / name, target)
