"""Every page of the documentation."""

from __future__ import annotations

from tnid.documentation import views

BLUEPRINTS = (views.blueprint,)
