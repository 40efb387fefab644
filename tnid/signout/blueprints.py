"""Every page of signing out."""

from __future__ import annotations

from tnid.signout import views

BLUEPRINTS = (
    views.logout,
    views.confirmation,
)
