"""What may be typed of an item, and of what is asked beside items."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from oidc.clients.consent_policy import MAX_TEXT
from tnid.accounts.refusal import Refused
from tnid.developers.disclosure import BY_OPERATOR, LEVEL, MANDATES, RESOURCES, Wish
from tnid.developers.disclosure_words import KEPT_OTHER, LAWFUL
from tnid.developers.words import is_line

LEAST_PURPOSE = 10
MOST_LAW = 200


def check_wish(name: str, wish: Wish) -> Refused | None:
    """Return the first thing that is wrong with what was typed of an item, at its field."""
    unfit = next((field for field, text in _typed(wish) if not is_line(text, MAX_TEXT)), None)
    if unfit is not None:
        return Refused(unfit, "disclosure_text")
    faults = (
        ("purpose_vi", "disclosure_purpose", len(wish.purpose.get("vi", "")) < LEAST_PURPOSE),
        ("law", "disclosure_law", wish.basis in LAWFUL and not wish.law),
        ("law", "disclosure_text", len(wish.law) > MOST_LAW),
        ("kept_vi", "disclosure_kept", wish.kept == KEPT_OTHER and not wish.kept_words.get("vi")),
        ("reason", "disclosure_reason", name in BY_OPERATOR and not wish.reason),
    )
    return next((Refused(field, reason) for field, reason, is_wrong in faults if is_wrong), None)


def _typed(wish: Wish) -> Iterator[tuple[str, str]]:
    """Yield what was typed, by field."""
    yield from ((f"purpose_{locale}", text) for locale, text in wish.purpose.items())
    yield from ((f"kept_{locale}", text) for locale, text in wish.kept_words.items())
    yield from ((name, text) for name, text in (("law", wish.law), ("reason", wish.reason)) if text)


def check_demands(wanted: Mapping[str, Any]) -> Refused | None:
    """Return what lacks its reason, or holds one that can't be read."""
    asked = {
        LEVEL: wanted["least_identity_level"] > 0,
        MANDATES: wanted["accepts_mandates"],
        RESOURCES: bool(wanted["resources"]),
    }
    for name, is_asked in asked.items():
        reason = wanted["reasons"][name]
        if is_asked and not reason:
            return Refused(f"{name}_reason", "disclosure_reason")
        if reason and not is_line(reason, MAX_TEXT):
            return Refused(f"{name}_reason", "disclosure_text")
    return None
