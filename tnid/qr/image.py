"""The picture of a QR, made by a compiled encoder: a screen that waits needs a new one every five seconds.

An encoder in Python that tries every mask takes some 45 ms for such an address; this one a tenth of one.
What is drawn once in a while, to be kept or printed, comes from the same encoder, which then tries them all.
"""

from __future__ import annotations

import base64
import re
import struct
import zlib
from typing import Any

from markupsafe import Markup

# Read in spite of a scratch or a reflection, and a version no larger than the least level would need
ERROR_CORRECTION = "M"
# Of the eight masks the standard takes the one that looks best, which costs four times as much; what we write
# is as good as random already, and cameras read it as well by any of them
MASK = 3
_PATH = re.compile(r'<path d="([MhvZ0-9 -]+)"')
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_BITS = bytes.maketrans(b"\x00\xff", b"01")


def data_uri(address: str, error_correction: str = ERROR_CORRECTION, dots: int = 1) -> str:
    """Return the QR of an address for an image's `src`: our policy lets pictures be within the page."""
    return "data:image/png;base64," + base64.b64encode(png(address, error_correction, dots)).decode()


def png(address: str, error_correction: str = ERROR_CORRECTION, dots: int = 1) -> bytes:
    """Return a QR as a PNG, black on white, with the quiet zone of four modules.

    A module is so many pixels wide: one, unless a printer's driver would smooth its edges.
    """
    import zxingcpp  # noqa: PLC0415  loaded by the first screen that waits: few processes' lives begin with one

    code = zxingcpp.create_barcode(
        address, zxingcpp.BarcodeFormat.QRCode, ec_level=error_correction, data_mask=MASK
    )
    # Its types don't know that the image is a buffer of a byte a pixel
    drawn: Any = zxingcpp.write_barcode_to_image(code, scale=dots, add_quiet_zones=True)
    height, width = drawn.shape[:2]
    pixels = bytes(drawn).translate(_BITS)
    rows = (pixels[start : start + width] for start in range(0, width * height, width))
    return _png(width, height, b"".join(b"\x00" + _pack(row) for row in rows))


def svg(content: str, error_correction: str) -> Markup:
    """Return a QR as an SVG element of no size of its own: dark on white in either scheme, without style."""
    import zxingcpp  # noqa: PLC0415  as above

    code = zxingcpp.create_barcode(content, zxingcpp.BarcodeFormat.QRCode, ec_level=error_correction)
    path = _PATH.search(zxingcpp.write_barcode_to_svg(code, scale=1, add_quiet_zones=True))
    side = zxingcpp.write_barcode_to_image(code, scale=1, add_quiet_zones=True).shape[0]
    if path is None:
        raise ValueError("the encoder draws otherwise than it did")
    # A path of numbers and of letters for lines, and nothing of the content
    return Markup(  # noqa: S704
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" shape-rendering="crispEdges">'
        f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/><path d="{path[1]}"/></svg>'
    )


def _pack(row: bytes) -> bytes:
    """Return a row of b"0" and b"1" as bits, filled up with white to a whole byte."""
    padding = -len(row) % 8
    return int(row + b"1" * padding, 2).to_bytes((len(row) + padding) // 8)


def _png(width: int, height: int, rows: bytes) -> bytes:
    """Return a greyscale PNG of one bit a pixel: ISO/IEC 15948 §11.2."""
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 1)), (b"IEND", b""))
    return _SIGNATURE + b"".join(_chunk(name, content) for name, content in chunks)


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
