"""Mandates as a person reads them: with whom, for which applications, with what, until when."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from flask_babel import lazy_gettext as _

from oidc.agreed import Agreed
from oidc.models import OFFLINE_ACCESS, OPENID, Client
from tnid import services
from tnid.consent.applications import RelyingParty, describe
from tnid.consent.items import labels_of
from tnid.consent.scopes import find_scope_texts
from tnid.mandates.service import Held

OFFLINE = _("Stay connected after closing the application")


class Covered(NamedTuple):
    """An application that a mandate covers, and what a helper may have it share."""

    app: RelyingParty
    labels: list[str]


class Shown(NamedTuple):
    """A mandate as one of its two people sees it. `name` is the other person, "" where there is none yet."""

    id: str
    name: str
    covers: list[Covered]
    expires_at: int
    offer_expires_at: int
    is_accepted: bool
    is_offered_by_name: bool


def show_given(held: Held) -> Shown:
    """Show a mandate to its principal, who may not learn whether a username that they typed is anybody's."""
    return _show(held, services.current().mandates.find_other_name(held.row, held.row.principal_id))


def show_received(held: Held) -> Shown:
    """Show a mandate to its helper."""
    return _show(held, services.current().mandates.find_other_name(held.row, held.row.helper_id))


def _show(held: Held, name: str) -> Shown:
    row = held.row
    clients = services.current().clients
    found = [(clients.find(client_id), scope) for client_id, scope in held.scopes.items()]
    return Shown(
        id=row.id,
        name=name,
        covers=[Covered(describe(client), labels_of_scopes(scope)) for client, scope in found if client],
        expires_at=row.expires_at,
        offer_expires_at=row.offer_expires_at,
        is_accepted=row.accepted_at is not None,
        is_offered_by_name=row.code_hash is None,
    )


def labels_of_scopes(scopes: Iterable[str]) -> list[str]:
    """Return what these scopes share, in the words of the consent page."""
    agreed = frozenset(scopes)
    shared = agreed - {OFFLINE_ACCESS}
    labels = labels_of(Agreed(shared, frozenset()), find_scope_texts(shared))
    return [*labels, str(OFFLINE)] if OFFLINE_ACCESS in agreed else labels


def scope_choices(client: Client, scopes: Iterable[str]) -> list[tuple[str, str]]:
    """Return the choices of one application: their values, and what each shares."""
    return [
        (
            f"{client.client_id} {scope}",
            str(OFFLINE) if scope == OFFLINE_ACCESS else "; ".join(labels_of_scopes({OPENID, scope})),
        )
        for scope in scopes
    ]
