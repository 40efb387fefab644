"""Puts the demonstration people and clients into the database, once."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import orjson
from joserfc.jwk import ECKey

from oidc.clients.registration import new_client
from oidc.models import Client
from oidc.resource.registration import new_resource
from tnid.accounts.refusal import Refused
from tnid.accounts.service import NewAccount
from tnid.demo.work import add_employers
from tnid.services import Services

FOLDER = Path(__file__).parent
CREDENTIALS_FILE = "demo.json"
LOCALES = ("en", "ko")
LOGOUT_URI = "backchannel_logout_uri"
ACCOUNT_MEMBERS = ("username", "password", "claims", "identity_level", "personal_id_number", "totp", "locale")

# Where the demonstration applications listen, unless told otherwise
BASE_URLS = {
    "provincial_apps": "http://localhost:8002",
    "jobs_housing": "http://localhost:8001",
    "bookings": "http://localhost:8003",
    "bookings_api": "http://localhost:8004",
    "kiosk": "http://localhost:8005",
}


class NotForDemonstration(Exception):
    """The issuer can be reached by others: made-up people with known passwords have no place there."""


class Seeded(NamedTuple):
    """What a seed found: the credentials of all, and how many people and clients were new."""

    credentials: dict[str, Any]
    new_people: int
    new_clients: int


def load_people() -> list[dict[str, Any]]:
    return list(_load("people.toml")["person"])


def load_clients() -> list[dict[str, Any]]:
    return list(_load("clients.toml")["client"])


def load_resources() -> list[dict[str, Any]]:
    return list(_load("clients.toml")["resource"])


def _load(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / name).read_text())


def credentials_path(instance_dir: Path) -> Path:
    return instance_dir / CREDENTIALS_FILE


def read_credentials(instance_dir: Path) -> dict[str, Any]:
    """Return {"clients": {client_id: …}, "people": [{username, password, totp_secret, about}]}."""
    path = credentials_path(instance_dir)
    if not path.exists():
        return {"clients": {}, "people": []}
    found: dict[str, Any] = orjson.loads(path.read_bytes())
    return found


def seed(services: Services, now: int, base_urls: Mapping[str, str] = BASE_URLS) -> Seeded:
    """Add the people and clients that aren't there; what is there stays as it is, but for scopes and words of
    clients that came later.

    The passwords, TOTP secrets and client secrets are written to a file of the instance folder, mode 0600.
    Raises NotForDemonstration unless the issuer is on a loopback host.
    """
    if not services.settings.is_loopback:
        raise NotForDemonstration(services.settings.issuer)
    instance_dir = services.settings.instance_dir
    credentials = read_credentials(instance_dir)
    with services.database.unit():
        people = [p for person in load_people() if (p := _add_person(services, person, now))]
        for person in load_people():
            _add_role(services, person, now)
            _add_guardianship(services, person, now)
        add_employers(services, now)
        for entry in load_resources():
            _add_resource(services, entry, base_urls, now)
        clients = [c for entry in load_clients() if (c := _add_client(services, entry, base_urls, now))]
        known = {person["username"]: person for person in [*credentials["people"], *people]}
        credentials = {
            "clients": credentials["clients"] | {client["client_id"]: client for client in clients},
            "people": list(known.values()),
        }
        # Before the commit: secrets that were stored, and then not written down, would be lost
        _write_credentials(instance_dir, credentials)
    return Seeded(credentials, len(people), len(clients))


def _add_person(services: Services, person: dict[str, Any], now: int) -> dict[str, Any] | None:
    """Create the account unless the username is taken; return its credentials."""
    if services.accounts.find_by_username(person["username"]) is not None:
        return None
    new = NewAccount(**{name: person[name] for name in ACCOUNT_MEMBERS if name in person})
    account = services.accounts.create(new, now, trusted=True)
    if isinstance(account, Refused):
        raise ValueError(f"people.toml: {person['username']}: {account.field} {account.reason}")
    if person.get("is_disabled"):
        services.accounts.disable(account.id, now)
    return {
        "username": person["username"],
        "password": person["password"],
        "totp_secret": account.totp_secret,
        "about": person["about"],
    }


def _add_role(services: Services, person: dict[str, Any], now: int) -> None:
    """Make somebody the official that they are said to be, unless they are one."""
    commune = person.get("official_of")
    found = services.accounts.find_by_username(person["username"]) if commune else None
    if found is not None and services.counter.roles.find_official(found.id, now) is None:
        services.counter.roles.grant_official(found.id, str(commune), now)


def _add_guardianship(services: Services, person: dict[str, Any], now: int) -> None:
    """Make somebody the guardian whom they are said to be, until the child is 16."""
    child = services.accounts.find_by_username(person["guardian_of"]) if "guardian_of" in person else None
    guardian = services.accounts.find_by_username(person["username"])
    if child is None or guardian is None or services.guardians.list_guardians(child.id, now):
        return
    code = services.guardians.make_code(child.id, now)
    if code is not None:
        services.guardians.agree(code, guardian.id, now)


def _add_client(
    services: Services, entry: dict[str, Any], base_urls: Mapping[str, str], now: int
) -> dict[str, Any] | None:
    """Register the client unless its identifier is taken; return its credentials."""
    found = services.clients.find_now(entry["slug"])
    if found is not None:
        _renew_client(services, found, entry, base_urls, now)
        return None
    document, made = client_document(entry, base_urls), {}
    if "terminal" in entry:
        key = ECKey.generate_key("P-256", auto_kid=True)
        document |= with_key(entry["terminal"], key)
        made = {"private_key": key.as_dict(private=True)}
    client, secret = new_client(document, now, by_operator=True)
    services.clients.add(client)
    return {"client_id": client.client_id, **({"client_secret": secret} if secret else {}), **made}


def _renew_client(
    services: Services, found: Client, entry: dict[str, Any], base_urls: Mapping[str, str], now: int
) -> None:
    """Give an older demonstration's client the scopes, the words and the address that it lacks: the
    applications of today ask for today's."""
    wanted, _secret = new_client(client_document(entry, base_urls), now, by_operator=True)
    scope = [*found.scope, *(name for name in wanted.scope if name not in found.scope)]
    address = {LOGOUT_URI: wanted.metadata[LOGOUT_URI]} if LOGOUT_URI in wanted.metadata else {}
    metadata = {**address, **found.metadata, "scope": " ".join(scope)}
    if metadata != found.metadata:
        services.clients.set_metadata(found.client_id, metadata, now)
    if not wanted.consent_items.keys() <= found.consent_items.keys():
        items = {**wanted.consent_items, **found.consent_items}
        services.clients.set_consent_items(found.client_id, items, now)


def with_key(terminal: dict[str, Any], key: ECKey) -> dict[str, Any]:
    """Return what makes a terminal of a client: it holds the key, and the provider its public half."""
    return {
        "terminal": terminal,
        "token_endpoint_auth_method": "private_key_jwt",
        "jwks": {"keys": [key.as_dict(private=False)]},
    }


def _add_resource(services: Services, entry: dict[str, Any], base_urls: Mapping[str, str], now: int) -> None:
    """Register the protected resource unless its address is known."""
    described = {name: value for name, value in entry.items() if name != "at"}
    resource = new_resource({**described, "resource": base_urls[entry["at"]]}, now)
    found = services.resources.find_now(resource.identifier)
    if found is None:
        services.resources.add(resource)
    elif not resource.scopes.keys() <= found.scopes.keys():
        # An older demonstration's: the applications of today need today's scopes
        services.resources.replace(resource)


def client_document(entry: dict[str, Any], base_urls: Mapping[str, str]) -> dict[str, Any]:
    """Return a client of clients.toml as `tnid client create` would take it."""
    if "protects" in entry:
        return _document_of_api(entry, base_urls)
    # One demonstration server plays many systems, each at a path of its own; the other is one application
    path = entry.get("path", f"/{entry['slug']}/" if entry["at"] == "provincial_apps" else "/")
    root = base_urls[entry["at"]] + path
    is_public = entry.get("is_public", False)
    resources = {base_urls[at]: scopes for at, scopes in entry.get("resources", {}).items()}
    # Each resource's token comes by refreshing: RFC 8707 §2.2
    may_refresh = "offline_access" in entry["scope"].split() or bool(resources)
    return {
        "client_id": entry["slug"],
        "client_name": entry["name"]["vi"],
        **{f"client_name#{locale}": entry["name"][locale] for locale in LOCALES},
        "client_uri": root,
        "organisation": entry["organisation"],
        "application_type": "native" if is_public else "web",
        "token_endpoint_auth_method": "none" if is_public else "client_secret_basic",
        "grant_types": ["authorization_code", *(["refresh_token"] if may_refresh else [])],
        "redirect_uris": [f"{root}callback"],
        "post_logout_redirect_uris": [root],
        "scope": entry["scope"],
        "least_acr": entry["least_acr"],
        "least_identity_level": entry["least_identity_level"],
        "resources": resources,
        "consent_items": entry.get("consent_items", {}),
        **({"security_events_uri": f"{root}events"} if entry.get("hears_events") else {}),
        **({LOGOUT_URI: f"{root}backchannel-logout"} if _hears_of_sign_outs(entry) else {}),
        "accepts_mandates": entry.get("accepts_mandates", False),
        **({"employer": entry["employer"]} if "employer" in entry else {}),
    }


def _hears_of_sign_outs(entry: Mapping[str, Any]) -> bool:
    """Say whether people stay signed in there, who at a terminal don't, and whether it authenticates itself:
    no other client is told by plain http."""
    return not ({"is_public", "terminal"} & entry.keys())


def _document_of_api(entry: dict[str, Any], base_urls: Mapping[str, str]) -> dict[str, Any]:
    """Return the client by which a protected resource asks about the tokens for it: RFC 7662."""
    return {
        "client_id": entry["slug"],
        "client_name": entry["name"]["vi"],
        "organisation": entry["organisation"],
        "grant_types": ["client_credentials"],
        "protected_resource": base_urls[entry["protects"]],
    }


def _write_credentials(instance_dir: Path, credentials: dict[str, Any]) -> None:
    """Replace the file in one step; nobody but its owner can read it at any moment."""
    path = credentials_path(instance_dir)
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(orjson.dumps(credentials, option=orjson.OPT_INDENT_2) + b"\n")
    draft.replace(path)
