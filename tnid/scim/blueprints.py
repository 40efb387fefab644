"""What answers personnel systems, and the page on which their tokens are made."""

from __future__ import annotations

from tnid.scim import views

BLUEPRINTS = (views.blueprint,)
