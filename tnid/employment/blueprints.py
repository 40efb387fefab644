"""Every page of the worker's side of employment."""

from __future__ import annotations

from tnid.employment import decisions, invitations, views, wish_pages

# The code's and the wishes' own addresses before those of employments
BLUEPRINTS = (views.blueprint, invitations.blueprint, wish_pages.blueprint, decisions.blueprint)
