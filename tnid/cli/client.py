"""`tnid client`: the registered applications. RFC 7591 documents in and out."""

from __future__ import annotations

from typing import IO, Any

import click

from oidc.clients.consent_policy import is_consent_policy, with_versions
from oidc.clients.registration import client_information, new_client
from oidc.clients.terminal import check_terminal, is_terminal_policy
from oidc.errors import InvalidClientMetadata, InvalidRedirectUri
from oidc.models import Client
from tnid import clock
from tnid.accounts.refusal import Refused
from tnid.cli.answers import Refusal, answer, read_object, table, with_json
from tnid.cli.keys import utc
from tnid.cli.refusals import Commands
from tnid.cli.services import open_services
from tnid.db import Conflict
from tnid.employers.tax_codes import is_tax_code
from tnid.services import Services


@click.group(cls=Commands)
def client() -> None:
    """Register and look after applications (relying parties)."""


@client.command()
@click.argument("file", type=click.File("rb"))
@with_json
def create(file: IO[bytes], as_json: bool) -> None:
    """Register the client whose RFC 7591 metadata FILE holds as JSON (`-`: standard input).

    Prints the client information response; the secret is shown this once. Beside the metadata, FILE may give
    client_id, client_secret, require_pkce, profile, least_acr, least_identity_level, organisation,
    consent_items (`tnid client consent-items`), agreed_only (it is told of nothing else), resources,
    exchange_resources (`tnid resource allow`),
    protected_resource (the resource that it is), accepts_mandates (helpers may sign in for others), terminal
    (`tnid client terminal`) and employer (`tnid client employer`).
    """
    now = clock.now()
    try:
        made, secret = new_client(read_object(file), now, by_operator=True)
    except (InvalidClientMetadata, InvalidRedirectUri) as error:
        raise Refusal(f"{error.code}: {error.description}") from None
    _check_tax_code(made.employer)
    with open_services() as services:
        try:
            services.clients.add(made)
        except Conflict:
            raise Refusal(f"There is a client {made.client_id} already.") from None
        services.audit.record("client.create", client_id=made.client_id, now=now)
    # RFC 7591 §3.2.1 is JSON, for people too
    answer(True, {**client_information(made, secret), **_policy(made)}, "")


@client.command("list")
@with_json
def list_clients(as_json: bool) -> None:
    """List every client."""
    with open_services() as services:
        found = services.clients.list_all()
    text = table(
        ("client_id", "name", "least acr", "least level", "disabled"),
        [
            (
                c.client_id,
                c.text("client_name", "vi"),
                c.least_acr,
                c.least_identity_level,
                utc(c.disabled_at),
            )
            for c in found
        ],
    )
    answer(as_json, {"clients": [_describe(one) for one in found]}, text)


@client.command()
@click.argument("client_id")
@with_json
def show(client_id: str, as_json: bool) -> None:
    """Show a client's metadata and policy; never its secret."""
    with open_services() as services:
        answer(True, _describe(_get(services, client_id)), "")


@client.command("consent-items")
@click.argument("client_id")
@click.argument("file", type=click.File("rb"))
@with_json
def consent_items(client_id: str, file: IO[bytes], as_json: bool) -> None:
    """Replace what people are told of a client's claims by the JSON of FILE (`-`: standard input).

    Each claim, verified_claims/<claim> or resource scope with purpose and kept, by language, and required.
    Whoever agreed to other words is asked again, about that alone.
    """
    now, items = clock.now(), read_object(file)
    if not is_consent_policy(items):
        raise Refusal("FILE must name claims or scopes, each with purpose and kept in Vietnamese at least.")
    with open_services() as services:
        _get(services, client_id)
        services.clients.set_consent_items(client_id, with_versions(items), now)
        details = {"items": sorted(items)}
        services.audit.record("client.consent_items", client_id=client_id, details=details, now=now)
    answer(as_json, {"client_id": client_id, "consent_items": with_versions(items)}, f"{len(items)} items.")


@client.command()
@click.argument("client_id")
@click.argument("file", type=click.File("rb"))
@with_json
def terminal(client_id: str, file: IO[bytes], as_json: bool) -> None:
    """Make a client a terminal, a shared screen, by the JSON of FILE (`-`: standard input); {} ends that.

    name by language, place (as people call it), networks (CIDR) and allows_password (false: a shared keyboard
    is no place for one). It authenticates by private_key_jwt, pushes its requests, and says in
    authorization_details which terminal it is. No sign-in outlasts its request there.
    """
    now, policy = clock.now(), read_object(file)
    if policy and not is_terminal_policy(policy):
        raise Refusal("FILE must hold name (by language, in Vietnamese at least), place and networks.")
    with open_services() as services:
        try:
            check_terminal(_get(services, client_id).metadata, policy)
        except InvalidClientMetadata as error:
            raise Refusal(f"{error.code}: {error.description}") from None
        services.clients.set_terminal(client_id, policy, now)
        services.audit.record("client.terminal", client_id=client_id, details=policy, now=now)
    said = "is a terminal" if policy else "is no terminal"
    answer(as_json, {"client_id": client_id, "terminal": policy}, f"Client {client_id} {said}.")


@client.command()
@click.argument("client_id")
@click.argument("tax_code")
@with_json
def employer(client_id: str, tax_code: str, as_json: bool) -> None:
    """Let a client know the workers of one employer alone, by its TAX_CODE; "" lets it know those of any.

    What it is told of somebody's work then comes from that employer, and from nowhere else.
    """
    now = clock.now()
    if tax_code and not is_tax_code(tax_code):
        raise Refusal(
            "TAX_CODE has ten digits that fit together, and perhaps a branch's after them: 4600305723-001."
        )
    with open_services() as services:
        _get(services, client_id)
        services.clients.set_employer(client_id, tax_code, now)
        details = {"employer": tax_code}
        services.audit.record("client.employer", client_id=client_id, details=details, now=now)
    said = f"knows the workers of {tax_code} alone" if tax_code else "knows the workers of any employer"
    answer(as_json, {"client_id": client_id, "employer": tax_code}, f"Client {client_id} {said}.")


@client.command()
@click.argument("client_id")
@with_json
def disable(client_id: str, as_json: bool) -> None:
    """Shut a client: within a second it gets nothing more."""
    now = clock.now()
    with open_services() as services:
        _get(services, client_id)
        if not services.clients.disable(client_id, now):
            raise Refusal(f"Client {client_id} is disabled already.")
        services.audit.record("client.disable", client_id=client_id, now=now)
    answer(as_json, {"client_id": client_id, "disabled_at": now}, f"Client {client_id} is disabled.")


@client.command()
@click.argument("client_id")
@with_json
def enable(client_id: str, as_json: bool) -> None:
    """Let a client that was shut go on; not one whose application was suspended, archived or ended."""
    now = clock.now()
    with open_services() as services:
        _get(services, client_id)
        obstacle = services.going_live.lives.resume_client(client_id, None, now)
        if obstacle is not None:
            raise Refusal(SHUT[obstacle.reason])
        services.audit.record("client.enable", client_id=client_id, now=now)
    answer(as_json, {"client_id": client_id, "disabled_at": None}, f"Client {client_id} goes on.")


SHUT = {
    "client_stands": "The client is not disabled.",
    "application_archived": "Its application lies in its team's archive: the team takes it out first.",
    "application_suspended": "Its application is suspended: see `tnid application resume`.",
    "application_ended": "Its application was ended, and stays so.",
}


@client.command("rotate-secret")
@click.argument("client_id")
@click.option(
    "--keep-old", is_flag=True, help="Let the newest old secret work too, while the application changes over."
)
@with_json
def rotate_secret(client_id: str, keep_old: bool, as_json: bool) -> None:
    """Give a client a new secret, shown this once; the old one ends at once unless kept."""
    now = clock.now()
    with open_services() as services:
        found = _get(services, client_id)
        overlap = None if keep_old else 0
        secret = services.developers.secrets.make(found, now, by=None, overlap=overlap, drops_oldest=keep_old)
        if isinstance(secret, Refused):
            raise Refusal(_why_no_secret(found, secret))
    answer(as_json, {"client_id": client_id, "client_secret": secret, "client_secret_expires_at": 0}, secret)


def _why_no_secret(found: Client, refused: Refused) -> str:
    if refused.reason == "secret_unfit":
        return f"Client {found.client_id} has no secret: it authenticates by {found.auth_method}."
    return f"The secrets of {found.client_id} were changed by somebody else at this moment; try again."


@client.command("mandates")
@click.argument("client_id")
@click.option("--accept/--refuse", "accepts", required=True, help="Whether helpers may sign in for others.")
@with_json
def set_mandates(client_id: str, accepts: bool, as_json: bool) -> None:
    """Let helpers sign in to a client in others' stead, by mandate; or no more, which ends what they have."""
    now = clock.now()
    with open_services() as services:
        _get(services, client_id)
        services.clients.set_accepts_mandates(client_id, accepts, now)
        ended = 0 if accepts else services.grants.revoke_by_mandates_at(client_id, now)
        details = {"accepts": accepts, "ended": ended}
        services.audit.record("client.mandates", client_id=client_id, details=details, now=now)
    said = "lets helpers in" if accepts else "lets no helper in"
    answer(as_json, {"client_id": client_id, "accepts_mandates": accepts}, f"Client {client_id} {said}.")


@client.command("initial-token")
@click.option("--days", type=click.IntRange(1, 90), default=7, show_default=True, help="How long it works.")
@click.option("--no-pkce", is_flag=True, help="Let confidential clients that it registers do without PKCE.")
@with_json
def initial_token(days: int, no_pkce: bool, as_json: bool) -> None:
    """Print an initial access token, which opens dynamic registration (RFC 7591) for whoever holds it."""
    now, seconds = clock.now(), days * 86400
    with open_services() as services:
        registration = services.provider.registration
        token = registration.initial_access_token(now, seconds, require_pkce=not no_pkce)
        services.audit.record("client.initial_token", details={"days": days, "no_pkce": no_pkce}, now=now)
    answer(as_json, {"initial_access_token": token, "expires_at": now + seconds}, token)


def _check_tax_code(tax_code: str) -> None:
    if tax_code and not is_tax_code(tax_code):
        raise Refusal("A tax code has ten digits that fit together, perhaps with a branch's: 4600305723-001.")


def _get(services: Services, client_id: str) -> Client:
    found: Client | None = services.clients.find_now(client_id)
    if found is None:
        raise Refusal(f"There is no client {client_id}.")
    return found


def _policy(made: Client) -> dict[str, Any]:
    names = (
        "require_pkce",
        "profile",
        "least_acr",
        "least_identity_level",
        "organisation",
        "accepts_mandates",
    )
    more = (
        "consent_items",
        "agreed_only",
        "resources",
        "exchange_resources",
        "protected_resource",
        "terminal",
        "employer",
        "registered_openly",
    )
    return {
        **{name: getattr(made, name) for name in names},
        **{name: value for name in more if (value := getattr(made, name))},
    }


def _describe(made: Client) -> dict[str, Any]:
    return {**client_information(made), **_policy(made), "disabled_at": made.disabled_at}
