"""A client's row: its columns, how it is written, and how it is read."""

from __future__ import annotations

from typing import Any

import orjson
from sqlalchemy import BigInteger, Column, Integer, String, Text

from oidc.models import Client
from tnid.db import db
from tnid.stores.client_settings import join_hashes

clients = db.Table(
    "clients",
    Column("client_id", String(255), primary_key=True),
    Column("metadata", Text, nullable=False),
    Column("secret_hashes", Text, nullable=False),
    # JSON: when each secret that has an end stops working, by its digest
    Column("secret_ends", Text, nullable=False, server_default="{}"),
    Column("require_pkce", Integer, nullable=False),
    Column("profile", String(16), nullable=False),
    Column("least_acr", String(16), nullable=False),
    Column("least_identity_level", Integer, nullable=False),
    Column("organisation", String(200), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    Column("disabled_at", BigInteger),
    Column("resources", Text, nullable=False, server_default="{}"),
    Column("exchange_resources", Text, nullable=False, server_default="{}"),
    Column("protected_resource", String(255), nullable=False, server_default=""),
    Column("accepts_mandates", Integer, nullable=False, server_default="0"),
    Column("consent_items", Text, nullable=False, server_default="{}"),
    Column("terminal", Text, nullable=False, server_default="{}"),
    # The tax code of the one employer whose workers the client may know as such
    Column("employer", String(14), nullable=False, server_default=""),
    # For made-up people alone
    Column("is_sandbox", Integer, nullable=False, server_default="0"),
    # JSON: what is to go wrong, for a developer to see what their application does then
    Column("sandbox_faults", Text, nullable=False, server_default="{}"),
    # Held to what was agreed with its team: consent_items names all that it is told of
    Column("agreed_only", Integer, nullable=False, server_default="0"),
    # JSON: what people read of it beside its name, by locale
    Column("presentation", Text, nullable=False, server_default="{}"),
    # Made by whoever came, where registration is open: nobody looked at its addresses
    Column("registered_openly", Integer, nullable=False, server_default="0"),
    # Counts up as its registration access token (RFC 7592) is made anew
    Column("registration_generation", Integer, nullable=False, server_default="0"),
)


def columns_of(client: Client) -> dict[str, Any]:
    """Return the columns of a new client."""
    return {
        "client_id": client.client_id,
        "metadata": orjson.dumps(client.metadata).decode(),
        "secret_hashes": join_hashes(client.secret_hashes),
        "secret_ends": orjson.dumps(client.secret_ends).decode(),
        "require_pkce": int(client.require_pkce),
        "profile": client.profile,
        "least_acr": client.least_acr,
        "least_identity_level": client.least_identity_level,
        "organisation": client.organisation,
        "created_at": client.created_at,
        "updated_at": client.created_at,
        "disabled_at": client.disabled_at,
        "resources": orjson.dumps(client.resources).decode(),
        "exchange_resources": orjson.dumps(client.exchange_resources).decode(),
        "protected_resource": client.protected_resource,
        "accepts_mandates": int(client.accepts_mandates),
        "consent_items": orjson.dumps(client.consent_items).decode(),
        "terminal": orjson.dumps(client.terminal).decode(),
        "employer": client.employer,
        "is_sandbox": int(client.is_sandbox),
        "sandbox_faults": "{}",
        "agreed_only": int(client.agreed_only),
        "presentation": orjson.dumps(client.presentation).decode(),
        "registered_openly": int(client.registered_openly),
        "registration_generation": client.registration_generation,
    }


def read_client(row: Any) -> Client:
    """Return the client of a row."""
    metadata = orjson.loads(row.metadata)
    return Client(
        client_id=row.client_id,
        metadata=metadata,
        secret_hashes=tuple(bytes.fromhex(digest) for digest in row.secret_hashes.split()),
        secret_ends=orjson.loads(row.secret_ends),
        require_pkce=bool(row.require_pkce),
        profile=row.profile,
        least_acr=row.least_acr,
        least_identity_level=row.least_identity_level,
        organisation=row.organisation,
        created_at=row.created_at,
        disabled_at=row.disabled_at,
        resources=orjson.loads(row.resources),
        exchange_resources=orjson.loads(row.exchange_resources),
        protected_resource=row.protected_resource,
        accepts_mandates=bool(row.accepts_mandates),
        consent_items=orjson.loads(row.consent_items),
        terminal=orjson.loads(row.terminal),
        employer=row.employer,
        is_sandbox=bool(row.is_sandbox),
        sandbox_faults=orjson.loads(row.sandbox_faults),
        agreed_only=bool(row.agreed_only),
        presentation=orjson.loads(row.presentation),
        registered_openly=bool(row.registered_openly),
        registration_generation=row.registration_generation,
    )
