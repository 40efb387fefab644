"""`tnid employer`: organisations that confirm who works for them, and who represents each."""

from __future__ import annotations

from typing import IO, Any

import click

from tnid import clock
from tnid.accounts.refusal import Refused
from tnid.accounts.service import Account
from tnid.cli.answers import Refusal, answer, read_object, table, with_json
from tnid.cli.keys import utc
from tnid.cli.refusals import Commands
from tnid.cli.services import get_account, open_services
from tnid.db import Conflict
from tnid.employers.organisations import NewEmployer, read_representatives
from tnid.employers.roles import ROLES
from tnid.employers.tax_codes import read_tax_code
from tnid.parks import all_parks, name_of_park
from tnid.services import Services

TYPES: dict[str, type] = {
    "tax_code": str, "name": str, "park": str, "domain": str, "domain_verified": bool, "representatives": list
}  # fmt: skip
REASONS = {
    "tax_code": "{tax_code} is no tax code: it has ten digits, of which the last is a check digit, and for a"
    " branch three more after a dash.",
    "tax_code_taken": "{tax_code} is approved here already: see `tnid employer show {tax_code}`.",
    "employer_name": "The name must be 1 to 200 characters in one line.",
    "choose_one": "There is no industrial park {park}; there are: {parks}.",
    "domain": "{domain} is no name of a domain, such as example.vn.",
    "not_asked": "{employer} is no request that waits to be decided.",
    "represents_already": "{username} represents this organisation already: remove first, to change it.",
}


@click.group(cls=Commands)
def employer() -> None:
    """Enter, approve and suspend organisations, and say who represents them.

    EMPLOYER is the id, or the tax code of one that is approved.
    """


@employer.command()
@click.argument("file", type=click.File("rb"))
@with_json
def create(file: IO[bytes], as_json: bool) -> None:
    """Enter the approved organisation that FILE describes as JSON (`-`: standard input).

    FILE holds tax_code, name, and if wanted park (the id of an industrial park), domain, domain_verified
    (true: you have made sure of it yourself) and representatives, each with username and role (manager,
    clerk or reader). Prints the organisation as JSON.
    """
    given = _read(read_object(file))
    asked = read_representatives(given.get("representatives", []))
    if asked is None:
        raise Refusal(
            "representatives must be a list of objects with username and role (manager, clerk, reader)."
        )
    with open_services() as services:
        people = [(get_account(services, username), role) for username, role in asked]
        shown = _create(services, given, people)
    answer(True, shown, "")


def _read(given: dict[str, Any]) -> dict[str, Any]:
    for name in ("tax_code", "name"):
        if name not in given:
            raise Refusal(f"{name} is missing")
    if unknown := sorted(set(given) - set(TYPES)):
        raise Refusal(f"{unknown[0]} is not known here; there are {', '.join(TYPES)}.")
    known = {name: value for name, value in given.items() if value is not None}
    for name, value in known.items():
        if not isinstance(value, TYPES[name]):
            raise Refusal(f"{name} must be a {TYPES[name].__name__}")
    return known


def _create(services: Services, given: dict[str, Any], people: list[tuple[Account, str]]) -> dict[str, Any]:
    now, new = clock.now(), NewEmployer(given["tax_code"], given["name"], given.get("park", ""))
    domain = services.employers.domains.read(given["domain"]) if "domain" in given else None
    if "domain" in given and domain is None:
        raise Refusal(_words(Refused("domain", "domain"), **given))
    try:
        made = services.employers.organisations.create(
            new, now, domain=domain, is_domain_verified=given.get("domain_verified", False)
        )
    except Conflict:
        made = Refused("tax_code", "tax_code_taken")
    if isinstance(made, Refused):
        raise Refusal(_words(made, **given))
    for account, role in people:
        refused = services.employers.representatives.add(made, account.id, role, now)
        if refused is not None:
            raise Refusal(f"{account.username} is named twice.")
    return _describe_in_full(services, services.employers.organisations.find(made), now)


@employer.command("list")
@with_json
def list_employers(as_json: bool) -> None:
    """List every organisation, and what people asked for."""
    with open_services() as services:
        found = [(row, _describe(row)) for row in services.employers.organisations.list_all()]
    shown = [{**described, "requested_by": row.username} for row, described in found]
    columns = ("id", "tax_code", "name", "state", "requested_by", "requested_at")
    rows = [[one[column] for column in columns] for one in shown]
    answer(as_json, {"employers": shown}, table(columns, rows))


@employer.command()
@click.argument("employer")
@with_json
def show(employer: str, as_json: bool) -> None:
    """Show an organisation and who represents it."""
    with open_services() as services:
        shown = _describe_in_full(services, get_employer(services, employer), clock.now())
    lines = [f"{name}: {value}" for name, value in shown.items() if name != "representatives"]
    lines += [f"{one['role']}: {one['username']}" for one in shown["representatives"]]
    answer(as_json, shown, "\n".join(lines))


def _describe(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "tax_code": row.tax_code,
        "name": row.name,
        "park": row.park,
        "park_name": name_of_park(row.park) or None,
        "domain": row.domain,
        "domain_verified_at": utc(row.domain_verified_at),
        "state": _state(row),
        "requested_at": utc(row.requested_at),
        "approved_at": utc(row.approved_at),
        "suspended_at": utc(row.suspended_at),
    }


def _state(row: Any) -> str:
    if row.approved_at is None:
        return "waits"
    return "approved" if row.suspended_at is None else "suspended"


def _describe_in_full(services: Services, row: Any, now: int) -> dict[str, Any]:
    """Return the organisation with its representatives: of these their usernames alone."""
    listed = services.employers.representatives.list_of_employer(row.id, now)
    people = [(one, services.accounts.get(one.account_id)) for one in listed if one.account_id]
    asker = services.accounts.find(row.requested_by) if row.requested_by else None
    return {
        **_describe(row),
        "requested_by": asker.username if asker else None,
        "representatives": [
            {"username": account.username, "role": one.role, "since": utc(one.granted_at)}
            for one, account in people
        ],
    }


def get_employer(services: Services, named: str) -> Any:
    organisations = services.employers.organisations
    tax_code = read_tax_code(named)
    found = organisations.find(named) or (tax_code and organisations.find_approved(tax_code))
    if not found:
        raise Refusal(f"There is no organisation {named}.")
    return found


def _words(refused: Refused, **values: Any) -> str:
    parks = ", ".join(park.id for park in all_parks())
    return REASONS[refused.reason].format(**{**dict.fromkeys(TYPES), "parks": parks, **values})


@employer.command()
@click.argument("employer")
@with_json
def approve(employer: str, as_json: bool) -> None:
    """Approve a request: who asked becomes the first manager, and is told."""
    with open_services() as services:
        row = get_employer(services, employer)
        try:
            refused = services.employers.organisations.approve(row.id, clock.now())
        except Conflict:
            refused = Refused("tax_code", "tax_code_taken")
        if refused is not None:
            raise Refusal(_words(refused, employer=employer, tax_code=row.tax_code))
        shown = _describe_in_full(services, services.employers.organisations.find(row.id), clock.now())
    answer(as_json, shown, f"{row.name} ({row.tax_code}) is approved.")


@employer.command()
@click.argument("employer")
@with_json
def refuse(employer: str, as_json: bool) -> None:
    """Turn a request down: it is removed, and who asked is told."""
    with open_services() as services:
        row = get_employer(services, employer)
        refused = services.employers.organisations.refuse(row.id, clock.now())
        if refused is not None:
            raise Refusal(_words(refused, employer=employer))
    answer(as_json, {"id": row.id, "is_refused": True}, f"{row.name} ({row.tax_code}) is refused.")


@employer.command()
@click.argument("employer")
@with_json
def suspend(employer: str, as_json: bool) -> None:
    """Stop an organisation: from now on nobody acts for it, and what it confirmed is passed on to nobody."""
    with open_services() as services:
        row = get_employer(services, employer)
        if not services.employers.organisations.suspend(row.id, clock.now()):
            raise Refusal(f"{employer} is not approved, or suspended already.")
    answer(as_json, {"id": row.id, "is_suspended": True}, f"{row.name} ({row.tax_code}) is suspended.")


@employer.command()
@click.argument("employer")
@with_json
def resume(employer: str, as_json: bool) -> None:
    """Let a suspended organisation go on."""
    with open_services() as services:
        row = get_employer(services, employer)
        if not services.employers.organisations.resume(row.id, clock.now()):
            raise Refusal(f"{employer} is not suspended.")
    answer(as_json, {"id": row.id, "is_suspended": False}, f"{row.name} ({row.tax_code}) goes on.")


@employer.command()
@click.argument("employer")
@click.option("--name", help="What it is called from now on.")
@click.option("--park", metavar="ID", help='The industrial park that it is in; "" for none.')
@with_json
def change(employer: str, name: str | None, park: str | None, as_json: bool) -> None:
    """Change an organisation's name or park. A representative changes the domain."""
    now = clock.now()
    with open_services() as services:
        row = get_employer(services, employer)
        new = {
            "name": row.name if name is None else name,
            "park": (row.park or "") if park is None else park,
        }
        refused = services.employers.organisations.describe(row.id, now=now, **new)
        if refused is not None:
            raise Refusal(_words(refused, **new))
        shown = _describe_in_full(services, services.employers.organisations.find(row.id), now)
    answer(as_json, shown, f"{shown['name']} ({row.tax_code}) is changed.")


@employer.group()
def representative() -> None:
    """Say who represents an organisation."""


@representative.command()
@click.argument("employer")
@click.argument("username")
@click.option("--role", type=click.Choice(ROLES), required=True, help="What they may do for it.")
@with_json
def add(employer: str, username: str, role: str, as_json: bool) -> None:
    """Make the person of this account a representative, without an invitation."""
    with open_services() as services:
        row, account = get_employer(services, employer), get_account(services, username)
        if row.approved_at is None:
            raise Refusal(f"{employer} is not approved yet.")
        refused = services.employers.representatives.add(row.id, account.id, role, clock.now())
        if refused is not None:
            raise Refusal(_words(refused, username=username))
    shown = {"id": row.id, "username": account.username, "role": role}
    answer(as_json, shown, f"{account.username} represents {row.name} as {role}.")


@representative.command()
@click.argument("employer")
@click.argument("username")
@with_json
def remove(employer: str, username: str, as_json: bool) -> None:
    """Take the role back: within a second no page of the organisation works for them."""
    with open_services() as services:
        row, account = get_employer(services, employer), get_account(services, username)
        if not services.employers.representatives.remove_by_operator(row.id, account.id, clock.now()):
            raise Refusal(f"{username} does not represent {row.name}.")
    shown = {"id": row.id, "username": account.username, "role": None}
    answer(as_json, shown, f"{account.username} represents {row.name} no more.")
