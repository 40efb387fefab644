"""What is wider than a phone scrolls in its own frame, which the keyboard reaches (WCAG 2.1.1)."""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator


class Translator(HTML5Translator):
    """Sphinx's own, with frames around tables and code in the order of tabs."""

    def visit_table(self, node: nodes.table) -> None:
        self.body.append('<div class="table-scroll" role="group" aria-label="Table" tabindex="0">')
        super().visit_table(node)

    def depart_table(self, node: nodes.table) -> None:
        super().depart_table(node)
        self.body.append("</div>")

    def visit_entry(self, node: nodes.entry) -> None:
        """A heading without words is no heading: the corner of a table is a cell."""
        super().visit_entry(node)
        if isinstance(node.parent.parent, nodes.thead) and not node.astext().strip():
            last = max(at for at, part in enumerate(self.body) if part.startswith("<th"))
            self.body[last] = self.body[last].replace("<th", "<td", 1)
            self.context[-1] = self.context[-1].replace("</th", "</td")

    def visit_literal_block(self, node: nodes.literal_block) -> None:
        try:
            super().visit_literal_block(node)
        finally:  # it ends by an exception that says that the children are done
            self.body[-1] = self.body[-1].replace("<pre>", '<pre tabindex="0">')


def setup(app: Sphinx) -> dict[str, Any]:
    app.set_translator("dirhtml", Translator, override=True)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
