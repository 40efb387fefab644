"""The zip archive that an XLSX is, judged before anything is unpacked."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator

from tnid.imports.reader.kinds import Unreadable
from tnid.imports.reader.rows import Merged

MOST_ENTRIES = 2000
MOST_UNPACKED_BYTES = 400 * 1024 * 1024
# XML of a table packs to a thirtieth; what packs to less than a hundredth is nothing but repetition
MOST_RATIO = 150
_SMALL_BYTES = 1024 * 1024
# What is unpacked whole, but for the two parts that are read as a stream: sheets, and the strings in them
MOST_WHOLE_BYTES = 8 * 1024 * 1024
_STREAMED = re.compile(r"xl/(worksheets/[^/]+|sharedStrings)\.xml", re.IGNORECASE)
_WHOLE = re.compile(r"(\[Content_Types\]|xl/workbook|xl/styles|.*\.rels).*", re.IGNORECASE)
_PIECE_BYTES = 256 * 1024
MOST_MERGED = 20_000
# No element reaches past the next: or else looking takes the square of their number
_MERGED = re.compile(
    rb"<(?:\w+:)?mergeCell\s[^<>]*?ref\s*=\s*[\"']([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})[\"']"
)
_DOCTYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
# Longer than what is looked for, so that nothing is missed where two pieces meet
_OVERLAP_BYTES = 256


def open_package(content: bytes) -> zipfile.ZipFile:
    """Return the archive of an XLSX. Raises Unreadable: `broken`, `ods`, `not_a_list`, `password`,
    `too_much_inside`."""
    try:
        package = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        raise Unreadable("broken") from None
    entries = package.infolist()
    check_bounds(entries)
    names = {entry.filename.lower() for entry in entries}
    if "mimetype" in names and "content.xml" in names:
        raise Unreadable("ods")
    if any(entry.flag_bits & 1 for entry in entries):
        raise Unreadable("password")
    if "[content_types].xml" not in names or not any(name.startswith("xl/") for name in names):
        raise Unreadable("not_a_list")
    if any(name.startswith("xl/") and name.endswith(".bin") and "workbook" in name for name in names):
        raise Unreadable("xlsb")
    return package


def check_bounds(entries: list[zipfile.ZipInfo]) -> None:
    """Raise Unreadable for what would unpack to too much. zipfile unpacks no more than an entry says."""
    if len(entries) > MOST_ENTRIES or len({entry.filename for entry in entries}) < len(entries):
        raise Unreadable("too_much_inside")
    if sum(entry.file_size for entry in entries) > MOST_UNPACKED_BYTES:
        raise Unreadable("too_much_inside")
    for entry in entries:
        is_packed = entry.file_size > MOST_RATIO * max(entry.compress_size, 1)
        is_whole = _WHOLE.fullmatch(entry.filename) and not _STREAMED.fullmatch(entry.filename)
        if (is_packed and entry.file_size > _SMALL_BYTES) or (
            is_whole and entry.file_size > MOST_WHOLE_BYTES
        ):
            raise Unreadable("too_much_inside")


def find_merged(package: zipfile.ZipFile, path: str) -> Merged:
    """Return the merged cells of a sheet, which stand after its rows.

    Raises Unreadable for a document type, which no spreadsheet writes, and for merged cells without end.
    """
    found: list[tuple[int, int, int, int]] = []
    for piece in _read_pieces(package, path):
        if _DOCTYPE.search(piece):
            raise Unreadable("broken")
        for left, first, right, last in _MERGED.findall(piece):
            found.append((int(first), int(last), _column_of(left), _column_of(right)))
        if len(found) > MOST_MERGED:
            raise Unreadable("merged_cells")
    return Merged(found)


def _read_pieces(package: zipfile.ZipFile, path: str) -> Iterator[bytes]:
    before = b""
    with package.open(path) as part:
        while piece := part.read(_PIECE_BYTES):
            yield before + piece
            before = piece[-_OVERLAP_BYTES:]


def _column_of(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
