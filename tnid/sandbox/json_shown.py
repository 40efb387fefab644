"""JSON to look at: its parts in colours of their own, by the server, with no script."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import orjson
from markupsafe import Markup, escape

_PARTS = re.compile(
    r'(?P<key>"(?:[^"\\]|\\.)*")(?=\s*:)|(?P<text>"(?:[^"\\]|\\.)*")|(?P<word>\b(?:true|false|null)\b|-?\d[\d.eE+-]*)'
)


def show_json(document: Mapping[str, Any]) -> Markup:
    """Return a document as indented text, its names, texts and other values marked."""
    text = orjson.dumps(document, option=orjson.OPT_INDENT_2).decode()
    shown, at = [], 0
    for part in _PARTS.finditer(text):
        shown += [escape(text[at : part.start()]), _mark(str(part.lastgroup), part.group())]
        at = part.end()
    return Markup("").join([*shown, escape(text[at:])])


def _mark(kind: str, text: str) -> Markup:
    return Markup('<span class="json-{}">{}</span>').format(kind, text)
