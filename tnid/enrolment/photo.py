"""A photo of a card, read here and kept nowhere: what its code says, within strict bounds.

One photo at a time, in a process of its own (see decoder.py), which gets the photo by a pipe and no file.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tnid.accounts.passwords import Busy, Gate
from tnid.accounts.refusal import Refused

MOST_BYTES = 6 * 1024 * 1024
MOST_SECONDS = 20
WAITING_LINE = 4
PATIENCE_SECONDS = 4.0
_DECODER = Path(__file__).with_name("decoder.py")

_gate = Gate(1, WAITING_LINE, PATIENCE_SECONDS)


def read_photo(content: bytes) -> str | Refused:
    """Return the text of the QR code in a photo.

    Refused of the field "photo": `photo_too_large`, `photo_kind` (no picture, or no JPEG or PNG),
    `photo_pixels`, `photo_broken`, `photo_no_code`, and `photo_busy` where too many wait.
    """
    if len(content) > MOST_BYTES:
        return Refused("photo", "photo_too_large")
    try:
        with _gate.admit():
            answer = _decode(content)
    except Busy:
        return Refused("photo", "photo_busy", 5)
    text = answer.get("text")
    return text if text else Refused("photo", answer.get("reason", "photo_broken"))


def _decode(content: bytes) -> dict[str, str]:
    """Run the decoder; it says nothing where the system ended it."""
    # -I: it takes nothing from the environment, and nothing of the server's environment goes there
    command = [sys.executable, "-I", str(_DECODER)]
    try:
        done = subprocess.run(  # noqa: S603  a program of ours, and nobody else's words in its arguments
            command, input=content, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env={}, timeout=MOST_SECONDS, check=False,
        )  # fmt: skip
        answer: dict[str, str] = json.loads(done.stdout)
    except (subprocess.TimeoutExpired, ValueError, OSError):
        return {"reason": "photo_broken"}
    return answer
