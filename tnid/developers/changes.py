"""What a team changes about its live client by itself, and what is reviewed first: one table.

People agreed to what was reviewed. So whatever leads them, their data or their tokens elsewhere, or shows
them another face, waits until the province has seen it; keys, and what makes a sign-in stricter, do not.
Whoever signs out, or shuts an account, relies on every application's hearing of it: no team stops listening
by itself.

What waits is kept on the application (`pending_live`): the members as they are to be, None for one to be
taken out. The reviews' room puts `pending` into the document that is submitted, and calls `apply` with what
was agreed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from typing import Any, Protocol
from urllib.parse import urlsplit

import orjson

from oidc.clients.mtls import SUBJECT_MEMBERS
from oidc.clients.redirect_uris import is_loopback
from oidc.clients.registration import validate_metadata
from oidc.clients.registration_endpoint import check_same_sector
from oidc.clients.response_algorithms import MEMBERS as ALGORITHMS
from oidc.errors import BadMetadata, InvalidClientMetadata
from oidc.interfaces import Events
from oidc.models import Client
from tnid.developers.records import Application
from tnid.stores.applications import ApplicationStore
from tnid.stores.client_versions import REVIEW

Members = Mapping[str, Any]


# Where a client hears that somebody signed out, took a consent back or shut their account
LISTENING = ("backchannel_logout_uri", "frontchannel_logout_uri", "security_events_uri")


class Rule(Enum):
    """When a change of a member takes effect on a live client."""

    AT_ONCE = "at once"
    SAME_HOST = "at once on a host that is known, else after a review"
    LISTENING = "at once on a host that is known, else, and to take it away, after a review"
    STRICTER = "at once to turn it on, after a review to turn it off"
    STRONGER = "at once to what is stronger, after a review to what is weaker"
    REVIEWED = "after a review"


RULES: dict[str, Rule] = {
    **dict.fromkeys(("jwks", "jwks_uri", *SUBJECT_MEMBERS), Rule.AT_ONCE),
    **dict.fromkeys((*ALGORITHMS, "request_object_signing_alg"), Rule.AT_ONCE),
    **dict.fromkeys(("contacts", "default_max_age", "software_id", "software_version"), Rule.AT_ONCE),
    **dict.fromkeys(
        ("backchannel_logout_session_required", "frontchannel_logout_session_required"), Rule.AT_ONCE
    ),
    **dict.fromkeys(("redirect_uris", "post_logout_redirect_uris", "initiate_login_uri"), Rule.SAME_HOST),
    "request_uris": Rule.SAME_HOST,
    **dict.fromkeys(LISTENING, Rule.LISTENING),
    **dict.fromkeys(
        ("require_signed_request_object", "require_pushed_authorization_requests"), Rule.STRICTER
    ),
    **dict.fromkeys(("dpop_bound_access_tokens", "require_auth_time"), Rule.STRICTER),
    "tls_client_certificate_bound_access_tokens": Rule.STRICTER,
    "token_endpoint_auth_method": Rule.STRONGER,
}
"""Whatever isn't named here is reviewed: scopes, names, logo, pages, grant types, sectors."""

# Whoever sets these can speak in the live client's name, as whoever makes its secret: they are its owners'
OPENING = frozenset({"jwks", "jwks_uri", *SUBJECT_MEMBERS, "token_endpoint_auth_method"})


def is_owners(name: str, old: Members) -> bool:
    """Say whether a member of a live client is its owners' to change, with a fresh sign-in.

    That is what opens it, and where it has listened so far: a path of the same host where nothing answers is
    as good as none.
    """
    return name in OPENING or (name in LISTENING and bool(old.get(name)))


# The stronger, the later; what stands together is equally strong
STRENGTHS = (
    ("none",),
    ("client_secret_basic", "client_secret_post"),
    ("private_key_jwt", "self_signed_tls_client_auth", "tls_client_auth"),
)


class Clients(Protocol):
    """What is needed of tnid.stores.clients."""

    def set_metadata(
        self, client_id: str, metadata: Members, now: int, *, source: str, by: str | None, seen: Members
    ) -> bool: ...


class Changes:
    """Keeps what waits for a review, and carries it out when it is agreed to."""

    def __init__(self, store: ApplicationStore, clients: Clients, events: Events) -> None:
        self._store = store
        self._clients = clients
        self._events = events

    def pending(self, application_id: str) -> dict[str, Any]:
        """Return the members that wait for a review, as they are to be; None for one to be taken out."""
        found: dict[str, Any] = orjson.loads(self._store.find_pending(application_id) or "{}")
        return found

    def list_owners(self, application_id: str) -> list[str]:
        """Return the accounts of those who own the application's team."""
        return self._store.list_owners(application_id)

    def propose(self, application_id: str, live: Members, changes: Members, now: int) -> bool:
        """Have changes wait, over those that wait already; what is as `live` has it waits no more.

        False where somebody else changed what waits at this moment.
        """
        seen = self._store.find_pending(application_id)
        if seen is None:
            return False
        wanted = {**orjson.loads(seen), **changes}
        wanted = {name: value for name, value in wanted.items() if value != live.get(name)}
        return self._store.set_pending(application_id, seen, orjson.dumps(wanted).decode(), now)

    def withdraw(self, application_id: str, by: str, now: int) -> None:
        """Drop what waits."""
        seen = self._store.find_pending(application_id)
        if seen not in (None, "{}") and self._store.set_pending(application_id, seen, "{}", now):
            details = {"application": application_id}
            self._events.record("client.withdraw_changes", account_id=by, now=now, details=details)

    def apply(self, application_id: str, live: Client, agreed: Members, now: int) -> list[BadMetadata]:
        """Carry out members that a review agreed to; they wait no more. Return what is wrong with them.

        A team may have changed what waits since it submitted: that goes on waiting.
        """
        try:
            metadata = validate_metadata(merge(live.metadata, agreed), live.profile, may_be_public=True)
        except BadMetadata as error:
            return [error]
        if not self._clients.set_metadata(
            live.client_id, metadata, now, source=REVIEW, by=None, seen=live.metadata
        ):
            return [InvalidClientMetadata("The settings were changed meanwhile.", reason="changed_meanwhile")]
        seen = self._store.find_pending(application_id) or "{}"
        rest = {name: value for name, value in orjson.loads(seen).items() if agreed.get(name, ...) != value}
        self._store.set_pending(application_id, seen, orjson.dumps(rest).decode(), now)
        self._events.record(
            "client.apply_changes", client_id=live.client_id, now=now, details={"members": sorted(agreed)}
        )
        return []

    def check_update(self, client: Client, application: Application | None, metadata: Members) -> None:
        """Raise InvalidClientMetadata where a live client changes by itself (RFC 7592) what is reviewed, or
        what opens it."""
        if application is None or application.live_client_id != client.client_id:
            return
        now, later = split(client.metadata, metadata)
        if owned := [name for name in now if is_owners(name, client.metadata)]:
            # Whoever has had the token since before the team did is no owner of it
            name = min(owned)
            why = "opens the live application" if name in OPENING else "is where it hears of sign-outs"
            text = f"{name} {why}: its owners change it in the developers' portal."
            raise InvalidClientMetadata(text, member=name, reason="keys_of_owner")
        if later:
            name = min(later)
            text = f"A change of {name} is reviewed first: propose it in the developers' portal."
            raise InvalidClientMetadata(text, member=name, reason="reviewed")


def merge(metadata: Members, changes: Members) -> dict[str, Any]:
    """Return metadata with changes; None takes a member out."""
    return {name: value for name, value in {**metadata, **changes}.items() if value is not None}


def difference(old: Members, new: Members) -> dict[str, Any]:
    """Return the members that differ, as `new` has them; None for one that it hasn't."""
    names = sorted({*old, *new})
    return {name: new.get(name) for name in names if old.get(name) != new.get(name)}


def split(old: Members, new: Members) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what changes at once, and what is reviewed first, of a live client's metadata."""
    changes = difference(old, new)
    later = {name: value for name, value in changes.items() if is_reviewed(name, old, value)}
    return {name: value for name, value in changes.items() if name not in later}, later


def is_reviewed(name: str, old: Members, value: Any) -> bool:
    """Say whether a member's change to this value, None for its end, waits for a review."""
    rule = RULES.get(name, Rule.REVIEWED)
    if rule is Rule.LISTENING and not value:
        return bool(old.get(name))
    if rule in (Rule.SAME_HOST, Rule.LISTENING):
        return any(not _is_known(uri, name, old) for uri in _list(value))
    if rule is Rule.STRICTER:
        return not value
    if rule is Rule.STRONGER:
        return _strength(value) < _strength(old.get(name))
    return rule is Rule.REVIEWED


def _is_known(uri: str, name: str, old: Members) -> bool:
    """Say whether an address is registered already, or lies where sign-ins come back to. None of a live
    client's new addresses is on the person's own machine."""
    if uri in _list(old.get(name)):
        return True
    known = {_place(one) for one in _list(old.get("redirect_uris"))}
    return _place(uri) in known and not is_loopback(urlsplit(uri).hostname)


def _place(uri: str) -> tuple[str, str | None]:
    parts = urlsplit(uri)
    return parts.scheme, parts.hostname


def _list(value: Any) -> Sequence[str]:
    return [value] if isinstance(value, str) else value or []


def _strength(method: Any) -> int:
    return next((rank for rank, names in enumerate(STRENGTHS) if method in names), 0)


def find_sector_fault(live: Client, updated: Client) -> Iterable[BadMetadata]:
    """Return the fault of a change that would make every person a stranger to the application."""
    try:
        check_same_sector(live, updated)
    except BadMetadata as error:
        return (error,)
    return ()
