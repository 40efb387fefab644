"""Every page of consent, and of what was agreed to."""

from __future__ import annotations

from tnid.consent import connected, receipts, views

BLUEPRINTS = (
    views.blueprint,
    connected.blueprint,
    receipts.blueprint,
)
