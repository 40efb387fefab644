"""Every page of an account, and of opening one."""

from __future__ import annotations

from tnid.accounts import (
    authenticator_app,
    contact_pages,
    copies,
    emergency,
    history,
    leaving,
    passkeys,
    profile,
    registration,
    rights,
    security,
    views,
)

BLUEPRINTS = (
    registration.blueprint,
    views.blueprint,
    profile.blueprint,
    contact_pages.blueprint,
    security.blueprint,
    passkeys.blueprint,
    authenticator_app.blueprint,
    emergency.blueprint,
    emergency.link,
    history.blueprint,
    copies.blueprint,
    leaving.deletion,
    leaving.leaving,
    rights.blueprint,
)
