"""What is submitted: everything that is reviewed, as it was at that moment. Later edits don't change it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any
from urllib.parse import urlsplit

import orjson

from oidc.claims import SCOPE_CLAIMS
from oidc.clients.consent_policy import with_versions
from oidc.clients.redirect_uris import is_loopback
from oidc.clients.registration import new_client, validate_metadata
from oidc.models import Client
from tnid.developers.changes import difference, merge
from tnid.developers.disclosure import (
    Disclosure,
    Wish,
    metadata_with,
    needs_two,
    read_disclosure,
)
from tnid.developers.records import Application, Team
from tnid.developers.texts import presentation_of

Document = dict[str, Any]
LISTED = ("redirect_uris", "post_logout_redirect_uris", "request_uris")
SINGLE = (
    *("client_uri", "logo_uri", "policy_uri", "tos_uri", "jwks_uri", "sector_identifier_uri"),
    *("initiate_login_uri", "backchannel_logout_uri", "frontchannel_logout_uri", "security_events_uri"),
)
FACE = ("client_name", "logo_uri", "policy_uri", "tos_uri", "contacts")
"""Members that the pages of an application ask, and not its live client's settings."""
POLICY = ("least_acr", "least_identity_level", "accepts_mandates", "resources")


def make_document(
    team: Team,
    application: Application,
    sandbox: Client,
    live: Client | None,
    pending: Mapping[str, Any],
    responsible: Mapping[str, str],
) -> Document:
    """Return what a team submits: of the sandbox's client at first, then of the live one's and what waits.

    Raises InvalidClientMetadata or InvalidRedirectUri where that can't be registered.
    """
    asked = read_disclosure(application.disclosure)
    shown = without_loopback(sandbox.metadata)
    base = shown if live is None else merge(live.metadata, pending)
    face = {name: value for name, value in shown.items() if name.partition("#")[0] in FACE}
    logo = application.texts.get("logo")
    if logo and str(sandbox.logo_uri).endswith(f"/logos/{logo}"):
        # On our own address, wherever that is
        face["logo_uri"] = sandbox.logo_uri
    profile = sandbox.profile if live is None else live.profile
    metadata = validate_metadata(metadata_with(asked, {**base, **face}), profile, may_be_public=True)
    return {
        "application": application.id,
        "preset": application.preset,
        "team": {"id": team.id, "name": team.name},
        # As people will read it, verified; its other languages are among the texts
        "organisation": application.texts.get("organisation", {}).get("vi") or team.organisation,
        "texts": dict(application.texts),
        "metadata": metadata,
        "changes": {} if live is None else difference(live.metadata, metadata),
        "profile": profile,
        "items": {name: asdict(asked.items[name]) for name in asked.names},
        "offline": asked.offline,
        **{name: getattr(asked, name) for name in POLICY},
        "reasons": dict(asked.reasons),
        "responsible": dict(responsible),
    }


def without_loopback(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Return sandbox metadata without what is on a developer's own computer; a native application's redirect
    URIs there are everybody's own (RFC 8252 §7.3)."""
    is_native = metadata.get("application_type") == "native"
    kept = dict(metadata)
    for name in LISTED:
        if name in kept and not is_native:
            kept[name] = [uri for uri in kept[name] if not is_loopback(urlsplit(uri).hostname)]
    for name in [n for n in kept if n.partition("#")[0] in SINGLE]:
        if is_loopback(urlsplit(kept[name]).hostname):
            del kept[name]
    return {name: value for name, value in kept.items() if value not in ([], "")}


# Of a document


def disclosure_of(document: Mapping[str, Any]) -> Disclosure:
    """Return what it says of the data."""
    names = ("items", "offline", "reasons", *POLICY)
    return read_disclosure({name: document[name] for name in names})


def wishes_of(document: Mapping[str, Any]) -> dict[str, Wish]:
    return dict(disclosure_of(document).items)


def must_be_two(document: Mapping[str, Any]) -> bool:
    """Say whether two reviewers have to agree."""
    scopes = [scope for names in document["resources"].values() for scope in names]
    scopes += own_scopes_of(document["metadata"])
    return needs_two(document["items"], scopes, accepts_mandates=document["accepts_mandates"])


def own_scopes_of(metadata: Mapping[str, Any]) -> list[str]:
    """Return the scopes that a client gets in its own name: those that stand for no claims of a person."""
    return [name for name in str(metadata.get("scope", "")).split() if name not in SCOPE_CLAIMS]


def hosts_of(metadata: Mapping[str, Any]) -> list[str]:
    """Return the hosts that people are sent to, each once."""
    uris = metadata.get("redirect_uris", [])
    return sorted({host for uri in uris if (host := urlsplit(uri).hostname)})


def client_of(document: Mapping[str, Any], live: Client | None, now: int) -> Client:
    """Return the live client that was agreed to, by the one validator; a new one has no secret yet, and one
    that was there keeps what its team has changed by itself since it submitted.

    Raises InvalidClientMetadata or InvalidRedirectUri.
    """
    policy = {
        **{name: document[name] for name in ("least_acr", "least_identity_level", "accepts_mandates")},
        **({"organisation": document["organisation"]} if document["organisation"] else {}),
        "resources": document["resources"],
        "consent_items": disclosure_of(document).consent_items,
        "agreed_only": True,
        "profile": document["profile"],
    }
    metadata = document["metadata"] if live is None else merge(live.metadata, document["changes"])
    made, _secret = new_client({**metadata, **policy}, now, by_operator=True)
    if live is None:
        return replace(made, secret_hashes=(), presentation=presentation_of(document["texts"]))
    return replace(
        made,
        presentation=presentation_of(document["texts"]),
        client_id=live.client_id,
        secret_hashes=live.secret_hashes,
        require_pkce=live.require_pkce,
        exchange_resources=live.exchange_resources,
        protected_resource=live.protected_resource,
        terminal=live.terminal,
        employer=live.employer,
        created_at=live.created_at,
        disabled_at=live.disabled_at,
    )


def find_excess(client: Client, agreed: Mapping[str, Any]) -> list[str]:
    """Return what a client has that was not agreed, by name: nothing, if all is well."""
    asked = disclosure_of(agreed)
    found = {
        "scope": not set(client.scope) <= set(str(agreed["metadata"].get("scope", "openid")).split()),
        "consent_items": dict(client.consent_items) != with_versions(asked.consent_items),
        "agreed_only": not client.agreed_only,
        "organisation": client.organisation != agreed["organisation"],
        "redirect_uris": not set(hosts_of(client.metadata)) <= set(hosts_of(agreed["metadata"])),
        **{name: getattr(client, name) != agreed[name] for name in POLICY},
    }
    return [name for name, is_beyond in found.items() if is_beyond]


def write(document: Mapping[str, Any]) -> str:
    """Return the text that is kept: the same for the same."""
    return orjson.dumps(document, option=orjson.OPT_SORT_KEYS).decode()


def read(text: str) -> Document:
    found: Document = orjson.loads(text)
    return found


def is_same(agreed: Mapping[str, Any], document: Mapping[str, Any]) -> bool:
    """Say whether a document asks for nothing but what was agreed, whoever signed it."""
    names = ("organisation", "texts", "items", "offline", "reasons", *POLICY)
    return not document["changes"] and all(agreed[name] == document[name] for name in names)
