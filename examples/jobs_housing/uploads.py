"""Pictures as they come from a poster's phone: how large they may be, and who reads them."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from pathlib import Path

from examples.jobs_housing.pictures import Image

READER = Path(__file__).with_name("picture_reader.py")
MOST_BYTES = 10 * 1024 * 1024
# A form has its frame and its words beside the picture
MOST_FORM_BYTES = MOST_BYTES + 64 * 1024
SECONDS = 20
_BEGINNINGS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")

# Each reader may take a gigabyte
_turns = threading.BoundedSemaphore(2)


def read_picture(data: bytes) -> Image | str:
    """Return the picture, encoded anew; or the key of why it can't be one."""
    if not data:
        return "none"
    if len(data) > MOST_BYTES:
        return "many_bytes"
    if not data.startswith(_BEGINNINGS) and (data[:4], data[8:12]) != (b"RIFF", b"WEBP"):
        return "wrong_kind"
    with _turns:
        try:
            done = subprocess.run(  # noqa: S603  our own reader, told nothing but the bytes
                [sys.executable, "-I", str(READER)],
                input=data,
                capture_output=True,
                timeout=SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return "unreadable"
    return _take(done.stdout) if done.returncode == 0 else "unreadable"


def _take(written: bytes) -> Image | str:
    head, _, encoded = written.partition(b"\n")
    told = json.loads(head)
    if "refused" in told:
        return str(told["refused"])
    image, thumbnail = encoded[: told["image"]], encoded[told["image"] :]
    return Image("image/jpeg", told["width"], told["height"], image, thumbnail)
