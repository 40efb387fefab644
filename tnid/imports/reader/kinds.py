"""What kind of file it is, by its first bytes: names end as people please."""

from __future__ import annotations

CSV = "csv"
XLSX = "xlsx"
# Far enough for the headings and some rows
SAMPLE_BYTES = 64 * 1024
_ZIP = b"PK\x03\x04"
# The container of .xls, and of a spreadsheet with a password
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")
_WIDE_SHARE = 0.2
_MARKUP = (b"<html", b"<!doctype", b"<table", b"<?xml", b"{\\rtf")


class Unreadable(Exception):
    """The file is refused as a whole, for a reason that has words in tnid.imports.messages."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def find_kind(content: bytes) -> str:
    """Return CSV or XLSX; raises Unreadable for what is known to be neither."""
    if not content.strip():
        raise Unreadable("empty")
    if content.startswith(_ZIP):
        return XLSX
    if content.startswith(_OLE):
        raise Unreadable("password" if _ENCRYPTED in content else "xls")
    if b"%PDF-" in content[:1024]:
        raise Unreadable("pdf")
    sample = content[:SAMPLE_BYTES]
    check_text(sample)
    return CSV


def check_text(sample: bytes) -> None:
    """Raise Unreadable where this is no text of a byte a letter or more."""
    # With or without the mark: every second byte of Latin letters is zero
    is_wide = sample.count(0) > _WIDE_SHARE * len(sample)
    if sample.startswith(_WIDE_MARKS) or is_wide:
        raise Unreadable("utf16")
    if b"\x00" in sample:
        raise Unreadable("not_a_list")
    if sample.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_MARKUP):
        raise Unreadable("not_a_list")
