"""The page of the challenge."""

from __future__ import annotations

from tnid.challenge import views

BLUEPRINTS = (views.blueprint,)
