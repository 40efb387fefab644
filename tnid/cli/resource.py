"""`tnid resource`: the protected resources (APIs) that access tokens may be for."""

from __future__ import annotations

from typing import IO, Any

import click

from oidc.models import Client, Resource
from oidc.resource.registration import BadResource, new_resource, resource_information
from tnid import clock
from tnid.cli.answers import Refusal, answer, read_object, table, with_json
from tnid.cli.keys import utc
from tnid.cli.refusals import Commands
from tnid.cli.services import open_services
from tnid.db import Conflict
from tnid.services import Services


@click.group(cls=Commands)
def resource() -> None:
    """Register and look after protected resources: APIs that take access tokens (RFC 8707)."""


@resource.command()
@click.argument("file", type=click.File("rb"))
@with_json
def create(file: IO[bytes], as_json: bool) -> None:
    """Register the protected resource that FILE describes as JSON (`-`: standard input).

    Members: resource (its https URI), scopes (an object: each scope with its description by locale), and
    where wanted resource_name (by locale), token_format (jwt or opaque), access_token_signing_alg, least_acr.
    """
    now = clock.now()
    made = _read(file, now)
    with open_services() as services:
        try:
            services.resources.add(made)
        except Conflict:
            raise Refusal(f"There is a resource {made.identifier} already.") from None
        services.audit.record("resource.create", details={"resource": made.identifier}, now=now)
    answer(True, resource_information(made), "")


@resource.command()
@click.argument("file", type=click.File("rb"))
@with_json
def update(file: IO[bytes], as_json: bool) -> None:
    """Replace what is said of a registered resource by FILE, which is written as for `create`."""
    now = clock.now()
    made = _read(file, now)
    with open_services() as services:
        _get(services, made.identifier)
        services.resources.replace(made)
        services.audit.record("resource.update", details={"resource": made.identifier}, now=now)
        answer(True, resource_information(_get(services, made.identifier)), "")


@resource.command("list")
@with_json
def list_resources(as_json: bool) -> None:
    """List every protected resource."""
    with open_services() as services:
        found = services.resources.list_all()
    columns = ("resource", "scopes", "tokens", "least acr", "disabled")
    rows = [
        (one.identifier, " ".join(one.scopes), one.token_format, one.least_acr, utc(one.disabled_at))
        for one in found
    ]
    answer(as_json, {"resources": [resource_information(one) for one in found]}, table(columns, rows))


@resource.command()
@click.argument("uri")
@with_json
def show(uri: str, as_json: bool) -> None:
    """Show a protected resource, and the clients that have to do with it."""
    with open_services() as services:
        found = _get(services, uri)
        clients = [_describe(one, uri) for one in services.clients.list_all() if _concerns(one, uri)]
    answer(True, {**resource_information(found), "clients": clients}, "")


@resource.command()
@click.argument("uri")
@with_json
def disable(uri: str, as_json: bool) -> None:
    """Close a protected resource: within a second nobody gets a token for it, and its tokens are inactive."""
    now = clock.now()
    with open_services() as services:
        _get(services, uri)
        if not services.resources.disable(uri, now):
            raise Refusal(f"Resource {uri} is disabled already.")
        services.audit.record("resource.disable", details={"resource": uri}, now=now)
    answer(as_json, {"resource": uri, "disabled_at": now}, f"Resource {uri} is disabled.")


@resource.command()
@click.argument("uri")
@click.argument("client_id")
@click.argument("scopes", nargs=-1)
@click.option("--exchange", is_flag=True, help="By exchanging the tokens that it was given (RFC 8693).")
@with_json
def allow(uri: str, client_id: str, scopes: tuple[str, ...], exchange: bool, as_json: bool) -> None:
    """Let a client get tokens for a protected resource, with these SCOPES at most; without any, no longer."""
    now = clock.now()
    with open_services() as services:
        unknown = sorted(set(scopes) - set(_get(services, uri).scopes))
        if unknown:
            raise Refusal(f"{uri} has no such scope: {' '.join(unknown)}.")
        client = services.clients.find_now(client_id)
        if client is None:
            raise Refusal(f"There is no client {client_id}.")
        before = client.exchange_resources if exchange else client.resources
        after = {name: list(kept) for name, kept in before.items() if name != uri}
        if scopes:
            after[uri] = sorted(set(scopes))
        services.clients.set_resources(client_id, after, now, exchange=exchange)
        details = {"resource": uri, "scopes": sorted(set(scopes)), "exchange": exchange}
        services.audit.record("resource.allow", client_id=client_id, details=details, now=now)
    answer(as_json, {"client_id": client_id, **details}, f"{client_id}: {' '.join(scopes) or 'nothing'}")


def _read(file: IO[bytes], now: int) -> Resource:
    try:
        return new_resource(read_object(file), now)
    except BadResource as error:
        raise Refusal(str(error)) from None


def _get(services: Services, uri: str) -> Resource:
    found = services.resources.find_now(uri)
    if found is None:
        raise Refusal(f"There is no resource {uri}.")
    return found


def _concerns(client: Client, uri: str) -> bool:
    return uri in client.resources or uri in client.exchange_resources or uri == client.protected_resource


def _describe(client: Client, uri: str) -> dict[str, Any]:
    return {
        "client_id": client.client_id,
        "scopes": client.resources.get(uri, []),
        "exchange_scopes": client.exchange_resources.get(uri, []),
        "is_resource": client.protected_resource == uri,
    }
