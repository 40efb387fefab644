"""Every page about messages."""

from __future__ import annotations

from tnid.messages import views

BLUEPRINTS = (
    views.blueprint,
    views.demonstration,
)
