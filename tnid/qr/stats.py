"""How sign-ins by QR went: which audit event means which step."""

from __future__ import annotations

from collections.abc import Mapping

from tnid.event_counts import Kind
from tnid.qr.state import WRONG_DIGITS

STEPS = {
    "started": Kind("qr.begin", "ok", ""),
    "claimed": Kind("qr.claim", "ok", ""),
    # Somebody else had scanned it before: seen often, somebody may be passing pictures on
    "second_phone": Kind("qr.claim", "refused", "second_phone"),
    "approved": Kind("qr.approve", "ok", ""),
    "refused": Kind("qr.deny", "ok", ""),
    "wrong_digits": Kind("qr.digits", "refused", WRONG_DIGITS),
    "expired": Kind("qr.expired", "ok", ""),
    "collected": Kind("qr.collect", "ok", ""),
}


def count_steps(counts: Mapping[Kind, int]) -> dict[str, int]:
    """Return how often each step was taken, zeros included."""
    return {step: counts.get(kind, 0) for step, kind in STEPS.items()}
