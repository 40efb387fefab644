"""Every page of the playground."""

from __future__ import annotations

from tnid.playground import views

BLUEPRINTS = (views.blueprint, views.answers)
