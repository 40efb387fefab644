"""What has to be there before a team may submit: every point with where it is mended. None can be skipped."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from flask_babel import lazy_gettext as _

from oidc.clients.grant_types import is_personal
from oidc.clients.redirect_uris import is_loopback
from oidc.models import Client
from tnid.developers.disclosure import LOGOUT, Disclosure, read_disclosure
from tnid.developers.records import Application, Team
from tnid.reviews.document import without_loopback


class Ready(NamedTuple):
    """What the points look at. `metadata` are those of the client that would go live."""

    team: Team
    application: Application
    asked: Disclosure
    metadata: Mapping[str, Any]
    has_signed_in: bool

    @property
    def is_personal(self) -> bool:
        """Say whether people sign in."""
        return is_personal(self.metadata)

    @property
    def leads_back(self) -> bool:
        return "authorization_code" in self.metadata["grant_types"]


class Point(NamedTuple):
    """One point: what it is, which page mends it (its path below the application's), whether it is met."""

    name: str
    label: Any
    path: str
    is_met: bool


def has_texts(ready: Ready) -> bool:
    texts = ready.application.texts
    return bool(texts.get("name", {}).get("vi")) and bool(texts.get("purpose", {}).get("vi"))


def has_contacts(ready: Ready) -> bool:
    return bool(ready.metadata.get("contacts"))


def has_privacy_policy(ready: Ready) -> bool:
    return bool(ready.metadata.get("policy_uri"))


def has_redirect_uris(ready: Ready) -> bool:
    """RFC 8252 §7: what is installed on a phone or a computer may come back by its own scheme or loopback."""
    found = ready.metadata.get("redirect_uris", [])
    if not ready.leads_back or ready.metadata.get("application_type") == "native":
        return bool(found) or not ready.leads_back
    return bool(found) and all(
        uri.startswith("https://") and not is_loopback(urlsplit(uri).hostname) for uri in found
    )


def has_been_tried(ready: Ready) -> bool:
    return not ready.is_personal or ready.has_signed_in


def has_chosen(ready: Ready) -> bool:
    return not ready.is_personal or ready.asked.is_chosen


def has_justified(ready: Ready) -> bool:
    """Where nothing is chosen yet, nothing is said of it either."""
    return has_chosen(ready) and not any(wish.find_gaps(name) for name, wish in ready.asked.items.items())


def has_reasons(ready: Ready) -> bool:
    return not ready.asked.unexplained


def has_logout(ready: Ready) -> bool:
    if not ready.is_personal:
        return True
    return bool(ready.metadata.get("backchannel_logout_uri") or ready.asked.reasons.get(LOGOUT))


POINTS: tuple[tuple[str, Callable[[Ready], bool], Any, str], ...] = (
    ("texts", has_texts, _("Name and purpose of the application in Vietnamese"), "/texts"),
    ("contacts", has_contacts, _("An address at which the team is reached (contacts)"), "/review/papers"),
    (
        "policy",
        has_privacy_policy,
        _("A page on how personal data is handled (policy_uri)"),
        "/review/papers",
    ),
    (
        "redirect_uris",
        has_redirect_uris,
        _("Redirect URIs that begin with https:// and aren't on a developer's own computer"),
        "/sandbox/settings/addresses",
    ),
    ("tried", has_been_tried, _("A whole sign-in in the sandbox"), ""),
    ("chosen", has_chosen, _("Which data the application asks for"), "/data/choose"),
    (
        "justified",
        has_justified,
        _("For each item what it is for, the legal ground, and how long it is kept"),
        "/data",
    ),
    ("reasons", has_reasons, _("Reasons for what only an operator may allow"), "/data/demands"),
    (
        "logout",
        has_logout,
        _("Where the application is told of sign-outs, or why it need not be"),
        "/review/logout",
    ),
)


def list_points(
    team: Team, application: Application, client: Client, *, has_signed_in: bool, metadata: Mapping[str, Any]
) -> list[Point]:
    """Return every point, met or not. `metadata` are the live client's as they are to be, {} for the first
    time, when they come of the sandbox's `client`."""
    would_be = metadata or without_loopback(client.metadata)
    ready = Ready(team, application, read_disclosure(application.disclosure), would_be, has_signed_in)
    return [Point(name, label, path, check(ready)) for name, check, label, path in POINTS]
