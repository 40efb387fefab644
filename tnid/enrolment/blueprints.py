"""Every page of confirming an identity."""

from __future__ import annotations

from tnid.enrolment import phone, views

BLUEPRINTS = (
    views.blueprint,
    views.photo_blueprint,
    phone.blueprint,
)
