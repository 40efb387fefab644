"""What answers personnel systems, and the page on which their tokens are made."""

from __future__ import annotations

from tnid.scim import pages, views

BLUEPRINTS = (views.blueprint, pages.blueprint)
