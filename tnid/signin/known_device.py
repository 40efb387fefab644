"""Browsers that a person signed in with before: their guesses are counted apart from strangers'.

The cookie proves no identity and replaces no factor. It holds a random id and, for each account, a keyed
hash over it; a changed password makes it worth nothing.
"""

from __future__ import annotations

import hmac
import secrets
from typing import Any, NamedTuple

from tnid import services, web
from tnid.accounts.alerts import BY_CARD, BY_QR, NEW_BROWSER
from tnid.signin.assurance import QR, Assurance, is_by_card

DEVICE = "tnid_device"
LIFETIME_SECONDS = 180 * 24 * 3600
MOST_ACCOUNTS = 5
MOST_CHARACTERS = 512


class Known(NamedTuple):
    """What a mark is made of."""

    id: str
    password_changed_at: int


def find_device(row: Any) -> str | None:
    """Return this browser's id where the account of `row` signed in with it before."""
    device, marks = _read()
    expected = _mark(device, row)
    is_known = any(hmac.compare_digest(mark, expected) for mark in marks)
    return device if device and is_known else None


def text_of_alert(assurance: Assurance) -> str:
    """Return by which text its owner is told of a sign-in that was proved elsewhere, or by a card."""
    if is_by_card(assurance.amr):
        return BY_CARD
    return BY_QR if QR in assurance.amr else NEW_BROWSER


def is_marked() -> bool:
    """Say whether anybody may have signed in with this browser before, without looking whether it is true."""
    device, marks = _read()
    return bool(device and marks)


def remember(row: Any) -> None:
    """Note that the account signed in with this browser."""
    device, marks = _read()
    device = device or secrets.token_hex(16)
    mark = _mark(device, row)
    kept = [mark, *(known for known in marks if known != mark)][:MOST_ACCOUNTS]
    web.set_cookie(DEVICE, ".".join((device, *kept)), LIFETIME_SECONDS)


def _read() -> tuple[str, list[str]]:
    value = web.cookie(DEVICE)
    if not value.isascii() or len(value) > MOST_CHARACTERS:
        return "", []
    device, *marks = value.split(".")
    return device, marks


def _mark(device: str, row: Any) -> str:
    subject = f"{device}:{row.id}:{row.password_changed_at}"
    return services.current().sealer.blind_index("known_device", subject)
