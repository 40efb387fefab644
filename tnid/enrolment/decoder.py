"""A program of its own that reads the QR code in the photo on its standard input: one photo, then it ends.

A decoder of pictures is the likeliest thing to break on what a stranger sends, and the hungriest. Here it has
neither the server's memory nor its secrets, and the system ends it where it takes too much. It knows nothing
of the rest of the program, so that it starts quickly, and writes `{"text": …}` or `{"reason": …}`.
"""

from __future__ import annotations

import io
import json
import resource
import sys
from typing import Any

from PIL import Image, UnidentifiedImageError

MOST_MEMORY_BYTES = 512 * 1024 * 1024
MOST_CPU_SECONDS = 10
FORMATS = ("JPEG", "PNG")
# A JPEG is unpacked at a fraction of its size; one in several scans, and a PNG, only whole
MOST_PIXELS = 64_000_000
MOST_PIXELS_WHOLE = 16_000_000
LEAST_SIDE = 32
# The first is enough for a card that fills the picture; the second is tried where it finds nothing
READING_SIDES = (1500, 3000)


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY_BYTES, MOST_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_CPU_SECONDS, MOST_CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    json.dump(read(sys.stdin.buffer.read()), sys.stdout)


def read(content: bytes) -> dict[str, str]:
    """Return the text of the QR code, or the reason why there is none."""
    try:
        for side in READING_SIDES:
            with Image.open(io.BytesIO(content), formats=FORMATS) as picture:
                reason = find_fault(picture)
                text = None if reason else find_text(picture, side)
            if reason or text:
                return {"reason": reason} if reason else {"text": text or ""}
    except UnidentifiedImageError:
        return {"reason": "photo_kind"}
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError):
        return {"reason": "photo_pixels"}
    except Exception:
        return {"reason": "photo_broken"}
    return {"reason": "photo_no_code"}


def find_fault(picture: Any) -> str | None:
    """Judge a picture by its header, before anything is unpacked."""
    is_whole = picture.format == "PNG" or bool(picture.info.get("progressive"))
    if picture.width * picture.height > (MOST_PIXELS_WHOLE if is_whole else MOST_PIXELS):
        return "photo_pixels"
    return "photo_no_code" if min(picture.size) < LEAST_SIDE else None


def find_text(picture: Any, side: int) -> str | None:
    import zxingcpp  # noqa: PLC0415  what is no picture needs no decoder

    # Grey, and a JPEG at a fraction of its size: a byte a pixel, and fewer pixels
    picture.draft("L", (side, side))
    picture.load()
    grey = picture if picture.mode == "L" else picture.convert("L")
    grey.thumbnail((side * 4 // 3, side * 4 // 3))
    formats = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])
    found = zxingcpp.read_barcodes(grey, formats=formats, text_mode=zxingcpp.TextMode.Plain)
    # A card beside a poster: what looks like a card goes first
    texts = sorted((code.text for code in found if code.text), key=lambda text: "|" not in text)
    return texts[0] if texts else None


if __name__ == "__main__":
    main()
