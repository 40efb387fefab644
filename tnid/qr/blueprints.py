"""Every page of signing in by QR."""

from __future__ import annotations

from tnid.qr import phone_pages, room_pages, screen_pages

BLUEPRINTS = (screen_pages.blueprint, phone_pages.blueprint, room_pages.blueprint)
