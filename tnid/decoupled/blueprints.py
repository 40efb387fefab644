"""Every page of requests that come from elsewhere."""

from __future__ import annotations

from tnid.decoupled import views

BLUEPRINTS = (
    views.device,
    views.requests,
)
