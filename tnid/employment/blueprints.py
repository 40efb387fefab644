"""Every page of the worker's side of employment."""

from __future__ import annotations

from tnid.employment import decisions, invitations, views

# The code's own address before those of employments
BLUEPRINTS = (views.blueprint, invitations.blueprint, decisions.blueprint)
