"""Whose settings a page shows: of which application, in the sandbox or live."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from flask import abort, redirect, url_for
from flask.typing import ResponseReturnValue

from oidc.models import Client
from tnid import services
from tnid.developers.changes import is_owners
from tnid.developers.desk import ACT_SECONDS, find_obstacle, get_application, may_act
from tnid.developers.records import LIVE, Standing
from tnid.developers.roles import Permission

PREFIX = "/developers/apps/<application_id>/<any(sandbox, live):env>/settings"


class Place(NamedTuple):
    """Whose settings these are. and how far somebody may change them."""

    standing: Standing
    env: str
    client: Client

    @property
    def may_change(self) -> bool:
        return self.standing.may(Permission.CHANGE)

    @property
    def account_id(self) -> str:
        return self.standing.member.account_id


def get_place(application_id: str, env: str, permission: Permission) -> Place:
    """Return whose settings these are, or end the request: as tnid.developers.desk does, or at the page that
    says that there is no live client yet."""
    standing = get_application(application_id, permission)
    client_id = standing.application.client_id_of(env)
    client = services.current().clients.find_now(client_id) if client_id else None
    if client is None:
        abort(redirect(url_for("client_settings.index", application_id=application_id, env=env), 303))
    return Place(standing, env, client)


def is_shut(place: Place, names: Iterable[str]) -> bool:
    """Say whether a form that changes these members of the client needs a sign-in first: of two factors, and
    as recent as for a secret where one of them opens the live client, or is where it listens."""
    if place.env != LIVE:
        return False
    return not may_act(within_seconds=_seconds_of(place, names))


def find_form_obstacle(place: Place, names: Iterable[str], part_id: str) -> ResponseReturnValue | None:
    """Return the way to the sign-in that such a form needs; it comes back to the form."""
    if place.env != LIVE:
        return None
    return find_obstacle(address_of(place, part_id), within_seconds=_seconds_of(place, names))


def _seconds_of(place: Place, names: Iterable[str]) -> int:
    is_for_owners = any(is_owners(name, place.client.metadata) for name in names)
    return services.current().settings.fresh_sign_in_seconds if is_for_owners else ACT_SECONDS


def find_live_obstacle(place: Place, part_id: str | None = None) -> ResponseReturnValue | None:
    """Return the way to a sign-in of two factors where it is the live client that is changed."""
    if place.env != LIVE:
        return None
    return find_obstacle(address_of(place, part_id))


def find_opening_obstacle(
    place: Place, document: Mapping[str, Any], part_id: str | None = None
) -> ResponseReturnValue | None:
    """Return the way to a fresh sign-in where a document changes what opens the live client, or where it
    listens, as for its secrets."""
    parts = services.current()
    if not parts.developers.settings.is_for_owners(place.client, document):
        return None
    return find_obstacle(address_of(place, part_id), within_seconds=parts.settings.fresh_sign_in_seconds)


def address_of(place: Place, part_id: str | None = None) -> str:
    """Return the address of a page of these settings, the first one where none is named."""
    values: dict[str, Any] = {"application_id": place.standing.application.id, "env": place.env}
    if part_id is None:
        return url_for("client_settings.index", **values)
    return url_for("client_settings.show", part_id=part_id, **values)


def context_of(place: Place) -> dict[str, Any]:
    """Return what each page of settings shows."""
    return {
        "standing": place.standing,
        "team": place.standing.team,
        "application": place.standing.application,
        "env": place.env,
        "client": place.client,
        "may_change": place.may_change,
    }
