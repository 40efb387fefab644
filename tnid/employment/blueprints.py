"""Every page of the worker's side of employment, and the one where anybody checks a card."""

from __future__ import annotations

from tnid.employment import card_pages, check_pages, decisions, invitations, views, wish_pages

# The code's and the wishes' own addresses before those of employments
BLUEPRINTS = (
    *(views.blueprint, invitations.blueprint, wish_pages.blueprint, decisions.blueprint),
    *(card_pages.blueprint, check_pages.blueprint),
)
