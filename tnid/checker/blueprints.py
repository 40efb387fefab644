"""Every page of the checker."""

from __future__ import annotations

from tnid.checker import views

BLUEPRINTS = (views.blueprint,)
