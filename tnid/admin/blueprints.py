"""Every page of operators that no other feature brings."""

from __future__ import annotations

from tnid.admin import operators_pages, views

BLUEPRINTS = (views.door, views.blueprint, operators_pages.blueprint)
