"""In which state a sign-in by QR is: read off its row, never stored, so that it can't be wrong."""

from __future__ import annotations

from typing import Any

# A screen's secret, of which the database has the hash
SCREEN_COOKIE = "tnid_qr"

WAITING, CLAIMED, TYPED, APPROVED, READY = "waiting", "claimed", "typed", "approved", "ready"
COLLECTED, EXPIRED = "collected", "expired"
# Why one ended before anybody was signed in
REFUSED, WRONG_DIGITS, REPLACED, ABANDONED, OTHER_PERSON = (
    *("refused", "wrong_digits", "replaced"),
    *("abandoned", "other_person"),
)
LIVE = (WAITING, CLAIMED, TYPED, APPROVED, READY)


def state_of(row: Any, now: int) -> str:
    """Return the state, or the reason of its end.

    `typed` is claimed with the right digits and not approved yet, `approved` the other way round; `ready`
    has both, and its screen may collect it.
    """
    if row.collected_at is not None:
        return COLLECTED
    if row.ended_at is not None:
        return str(row.end_reason)
    if row.expires_at <= now:
        return EXPIRED
    if row.claimed_at is None:
        return WAITING
    if row.approved_at is not None:
        return APPROVED if row.digits_at is None else READY
    return CLAIMED if row.digits_at is None else TYPED
