"""What a QR holds: an address with the sign-in's id and a frame, a keyed hash of the step it was shown in.

The address is in capitals where it can be, for a QR packs those tighter: id and frame are base 32, and an
origin is the same in either case (RFC 3986 §6.2.2.1). A picture of a screen is worthless three steps later.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from typing import Any
from urllib.parse import urlsplit

PATH = "/QR/"
STEP_SECONDS = 5
STEPS_ACCEPTED = 3
ID_BYTES, FRAME_BYTES = 16, 5
ID_CHARACTERS, FRAME_CHARACTERS = 26, 8
_ADDRESS = re.compile(rf"[A-Z2-7]{{{ID_CHARACTERS}}}[A-Z2-7]{{{FRAME_CHARACTERS}}}")


def new_id() -> str:
    """Return 128 random bits in 26 characters."""
    return _base32(secrets.token_bytes(ID_BYTES))


class Frames:
    """Makes and checks frames. `key` is derived for nothing else."""

    def __init__(self, key: bytes, issuer: str) -> None:
        self._key = key
        parts = urlsplit(issuer)
        self._prefix = f"{parts.scheme}://{parts.netloc}".upper() + parts.path + PATH

    def address(self, row: Any, now: int) -> str:
        """Return what the QR of a waiting sign-in holds at this moment."""
        return self.address_of(row.id, row.created_at, now)

    def address_of(self, qr_id: str, created_at: int, now: int) -> str:
        return f"{self._prefix}{qr_id}{self._frame(qr_id, step_of(created_at, now))}"

    def is_fresh(self, row: Any, frame: str, now: int) -> bool:
        """Say whether the frame is of this step or of the two before.

        A clock may have gone back a step between two machines: then the frame is of the step to come.
        """
        step = step_of(row.created_at, now)
        steps = range(max(0, step - STEPS_ACCEPTED + 1), step + 2)
        fits = [hmac.compare_digest(frame, self._frame(row.id, of)) for of in steps]
        return any(fits)

    def _frame(self, qr_id: str, step: int) -> str:
        digest = hmac.digest(self._key, f"{qr_id}:{step}".encode(), hashlib.sha256)
        return _base32(digest[:FRAME_BYTES])


def step_of(created_at: int, now: int) -> int:
    """Return the number of the step: 0 in the first five seconds."""
    return max(0, now - created_at) // STEP_SECONDS


def split_code(code: str) -> tuple[str, str] | None:
    """Return id and frame of what stands behind the path, in whatever case; None where it is none of ours."""
    code = code.upper()
    return (code[:ID_CHARACTERS], code[ID_CHARACTERS:]) if _ADDRESS.fullmatch(code) else None


def _base32(value: bytes) -> str:
    return base64.b32encode(value).decode().rstrip("=")
