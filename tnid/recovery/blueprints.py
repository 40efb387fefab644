"""Everything of recovery that answers a browser."""

from __future__ import annotations

from tnid.recovery import lost_factor, stopping, views

BLUEPRINTS = (
    views.blueprint,
    lost_factor.blueprint,
    stopping.by_code,
    stopping.by_owner,
)
