"""Every page of signing in."""

from __future__ import annotations

from tnid.signin import enrolment, passkey_screens, terminal_pages, views

BLUEPRINTS = (
    views.blueprint,
    enrolment.blueprint,
    passkey_screens.blueprint,
    terminal_pages.blueprint,
)
