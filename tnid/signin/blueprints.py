"""Every page of signing in."""

from __future__ import annotations

from tnid.signin import enrolment, passkey_screens, views

BLUEPRINTS = (
    views.blueprint,
    enrolment.blueprint,
    passkey_screens.blueprint,
)
