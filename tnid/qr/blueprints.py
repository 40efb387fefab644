"""Every page of sign-in by QR."""

from __future__ import annotations

from tnid.qr import phone_pages

BLUEPRINTS = (phone_pages.blueprint,)
