"""In which state a printed card is: read off its row, never stored, so that it can't be wrong."""

from __future__ import annotations

from typing import Any

from tnid.stores.badges import MOST_WRONG_TRIES

ACTIVE = "active"
# Nobody has chosen its PIN yet; and nobody can any more at a terminal, for the slip's code has run out
NEW, UNUSED = "new", "unused"
REPLACED, REVOKED, EXPIRED, LOCKED = "replaced", "revoked", "expired", "locked"
OVER = (REPLACED, REVOKED, EXPIRED, LOCKED)


def state_of(row: Any, now: int) -> str:
    """Return the state of a card. A locked one stays locked: another takes its place."""
    if row.revoked_at is not None:
        return REPLACED if row.replaced_by is not None else REVOKED
    if row.expires_at <= now:
        return EXPIRED
    if row.wrong_tries >= MOST_WRONG_TRIES:
        return LOCKED
    if row.pin_hash is not None:
        return ACTIVE
    return NEW if row.activation_expires_at > now else UNUSED
