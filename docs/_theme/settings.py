"""The directive `settings`: every setting in one table, as the program declares them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

ROOT = Path(__file__).resolve().parents[2]


class Settings(SphinxDirective):
    """`{settings}`: a row a variable."""

    def run(self) -> list[nodes.Node]:
        self.env.note_dependency(str(ROOT / "tnid" / "settings.py"))
        return self.parse_text_to_nodes("\n".join(rows()))


def rows() -> Iterator[str]:
    """Yield a table in Markdown."""
    # This checkout's, whatever else is installed
    sys.path.insert(0, str(ROOT))
    from tnid.settings import FIELDS, variable_of  # noqa: PLC0415  as above

    yield from ("| variable | default | unit | what for |", "|---|---|---|---|")
    for field in FIELDS:
        given = field.metadata
        default = given["default"]
        shown = f"`{default}`".replace(f"{ROOT}/", "") if default else "–"
        yield f"| `{variable_of(field.name)}` | {shown} | {given['unit']} | {given['doc']} |".replace(
            "`–`", "–"
        )


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_directive("settings", Settings)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
