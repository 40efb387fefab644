"""Decode one uploaded picture in a process of its own, within limits, and encode it anew.

Run by `uploads.py` with the bytes on standard input. Writes one line of JSON, either {"refused": reason} or
the size of what follows: a JPEG and its thumbnail. Nothing of the original's metadata is in them: a phone's
pictures say where they were taken.
"""

from __future__ import annotations

import json
import resource
import sys
import warnings
from io import BytesIO

from PIL import Image, ImageOps

FORMATS = ("JPEG", "PNG", "WEBP")
MOST_PIXELS = 50_000_000
LEAST_SIDE = 240
MOST_RATIO = 4
LARGE, SMALL = (1600, 1200), (480, 360)
MEMORY_BYTES = 1024 * 1024 * 1024
CPU_SECONDS = 10


class Unfit(Exception):
    """The picture can't be shown; the argument is the key of why."""


def limit() -> None:
    """Give this process only so much memory and time: whatever a picture claims to be."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)


def read(data: bytes) -> Image.Image:
    """Return the picture, upright, in plain colours and no larger than it is ever shown."""
    with Image.open(BytesIO(data), formats=FORMATS) as opened:
        check_size(*opened.size)
        # A JPEG can be decoded at a fraction of its size
        opened.draft("RGB", LARGE)
        upright = ImageOps.exif_transpose(opened)
        upright.thumbnail(LARGE)
        return flatten(upright)


def check_size(width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        raise Unfit("many_pixels")
    if min(width, height) < LEAST_SIDE or max(width, height) > MOST_RATIO * min(width, height):
        raise Unfit("small")


def flatten(picture: Image.Image) -> Image.Image:
    """Return the picture on white where it was transparent, and nothing but its pixels."""
    if "A" in picture.getbands() or "transparency" in picture.info:
        transparent = picture.convert("RGBA")
        flat = Image.new("RGB", picture.size, "white")
        flat.paste(transparent, mask=transparent.getchannel("A"))
        return flat
    flat = Image.new("RGB", picture.size)
    flat.paste(picture.convert("RGB"))
    return flat


def encode(picture: Image.Image, quality: int) -> bytes:
    written = BytesIO()
    picture.save(written, "JPEG", quality=quality, optimize=True, progressive=True)
    return written.getvalue()


def main() -> None:
    limit()
    try:
        picture = read(sys.stdin.buffer.read())
    except Unfit as error:
        print(json.dumps({"refused": error.args[0]}))
        return
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        print(json.dumps({"refused": "many_pixels"}))
        return
    except Exception:  # whatever a decoder raises, it couldn't read it
        print(json.dumps({"refused": "unreadable"}))
        return
    image = encode(picture, 80)
    thumbnail = encode(ImageOps.fit(picture, SMALL), 70)
    head = {
        "width": picture.width,
        "height": picture.height,
        "image": len(image),
        "thumbnail": len(thumbnail),
    }
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + image + thumbnail)


if __name__ == "__main__":
    main()
