"""XML that is read as a stream: sheets and the strings in them, which may be hundreds of megabytes.

defusedxml refuses entities by a parser written in Python, which takes most of the time that a list takes. A
document type stands before the first element or nowhere (XML 1.0 section 2.8): so expat itself says whether
there is one, and what has none has no entities, and goes to the fast parser. Small parts are defusedxml's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import IO, Any
from xml.etree import ElementTree
from xml.parsers import expat

import openpyxl.worksheet._reader

from tnid.imports.reader.kinds import Unreadable

_CHUNK_BYTES = 4096


def iterparse(source: IO[bytes], events: Sequence[Any] = ("end",)) -> Iterator[tuple[str, Any]]:
    """Return what ElementTree.iterparse does. Raises Unreadable for a document type."""
    check_prolog(source)
    return iter(ElementTree.iterparse(source, events))  # noqa: S314  as above


def check_prolog(source: IO[bytes]) -> None:
    """Read up to the first element, and go back. Raises Unreadable for a document type, ExpatError for what
    is no XML."""
    begun: list[str] = []
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda name, _attributes: begun.append(name)
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = _refuse
    while not begun and (chunk := source.read(_CHUNK_BYTES)):
        parser.Parse(chunk)
    source.seek(0)


def _refuse(*_declared: object) -> None:
    raise Unreadable("broken")


def read_sheets_by_it() -> None:
    """Have openpyxl read the rows of sheets by this, and nothing else of a file."""
    reader: Any = openpyxl.worksheet._reader
    reader.iterparse = iterparse
