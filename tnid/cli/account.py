"""`tnid account`: people's accounts."""

from __future__ import annotations

import sys
from typing import IO, Any

import click

from tnid import clock
from tnid.accounts.erasure import erase
from tnid.accounts.export import build_document, describe_account
from tnid.accounts.refusal import Refused
from tnid.accounts.service import Account, NewAccount
from tnid.cli.answers import Refusal, answer, read_object, with_json
from tnid.cli.refusals import Commands
from tnid.cli.services import open_services
from tnid.services import Services

OWN_MEMBERS = frozenset({"username", "password", "personal_id_number", "identity_level", "totp", "locale"})
TYPES: dict[str, type] = {
    "username": str,
    "password": str,
    "personal_id_number": str,
    "identity_level": int,
    "totp": bool,
    "locale": str,
}


@click.group(cls=Commands)
def account() -> None:
    """Create and look after people's accounts."""


@account.command()
@click.argument("file", type=click.File("rb"))
@with_json
def create(file: IO[bytes], as_json: bool) -> None:
    """Create the account that FILE describes as JSON (`-`: standard input).

    FILE holds username, password, any of the standard claims of OpenID Connect, personal_id_number,
    identity_level (0 to 2) and totp (true makes a secret). A level of 1 or 2 says that name, birthdate and
    gender have been verified, and is recorded so. Prints sub, totp_secret and recovery_codes, once.
    """
    new = _read_account(read_object(file))
    with open_services() as services:
        # An operator moves people over with the passwords that they have; what is weak is said, not refused
        made = services.accounts.create(new, clock.now(), trusted=True)
    if isinstance(made, Refused):
        raise Refusal(f"{made.field}: {made.reason}")
    answer(
        True,
        {"sub": made.id, "totp_secret": made.totp_secret, "recovery_codes": list(made.recovery_codes)},
        "",
    )


def _read_account(given: dict[str, Any]) -> NewAccount:
    for name in ("username", "password"):
        if name not in given:
            raise Refusal(f"{name} is missing")
    for name, kind in TYPES.items():
        if name in given and (not isinstance(given[name], kind) or (kind is int and given[name] is True)):
            raise Refusal(f"{name} must be a {kind.__name__}")
    own = {name: value for name, value in given.items() if name in OWN_MEMBERS}
    claims = {name: value for name, value in given.items() if name not in OWN_MEMBERS or name == "locale"}
    return NewAccount(**own, claims=claims)


@account.command()
@click.argument("username")
@with_json
def show(username: str, as_json: bool) -> None:
    """Show what is known of an account without opening personal data."""
    with open_services() as services:
        found = _get(services, username)
        shown = describe_account(services, found)
    lines = "\n".join(f"{name}: {value}" for name, value in shown.items())
    answer(as_json, shown, lines)


@account.command()
@click.argument("username")
@with_json
def disable(username: str, as_json: bool) -> None:
    """Shut an account: its sessions and tokens stop within a second."""
    with open_services() as services:
        found = _get(services, username)
        if not services.accounts.disable(found.id, clock.now()):
            raise Refusal(f"{username} is disabled already.")
    answer(as_json, {"sub": found.id, "is_disabled": True}, f"{username} is disabled.")


@account.command()
@click.argument("username")
@with_json
def enable(username: str, as_json: bool) -> None:
    """Open a disabled account again."""
    with open_services() as services:
        found = _get(services, username)
        refused = services.accounts.enable(found.id, clock.now())
    if refused is not None:
        raise Refusal(f"{username}: {refused.reason}")
    answer(as_json, {"sub": found.id, "is_disabled": False}, f"{username} is enabled.")


@account.command()
@click.argument("username")
@with_json
def unlock(username: str, as_json: bool) -> None:
    """Forget the wrong guesses at an account: its person may try again now."""
    with open_services() as services:
        found = _get(services, username)
        services.admin.care.forget_guesses(found.id)
        services.audit.record("account.unlock", account_id=found.id, now=clock.now())
    answer(as_json, {"sub": found.id, "is_unlocked": True}, f"Wrong guesses at {username} are forgotten.")


@account.command("sign-out")
@click.argument("username")
@with_json
def sign_out(username: str, as_json: bool) -> None:
    """End every session of an account."""
    now = clock.now()
    with open_services() as services:
        found = _get(services, username)
        ended = services.sessions.end_all(found.id, now)
        services.qr_sign_ins.end_all(found.id, now)
        services.audit.record("session.end", account_id=found.id, details={"ended": ended}, now=now)
    answer(as_json, {"sub": found.id, "ended": ended}, f"{ended} sessions of {username} are ended.")


@account.command()
@click.argument("username")
@with_json
def export(username: str, as_json: bool) -> None:
    """Print all that is stored about a person, as they may ask for; the export is recorded."""
    now = clock.now()
    with open_services() as services:
        found = _get(services, username)
        exported = build_document(services, found, now, in_full=True)
        services.audit.record("account.export", account_id=found.id, now=now)
    answer(True, exported, "")


@account.command()
@click.argument("username")
@click.option("--yes", is_flag=True, help="Don't ask.")
@with_json
def delete(username: str, yes: bool, as_json: bool) -> None:
    """Erase an account and all that hangs on it. The audit log keeps its events, under a number only."""
    # A script has nobody to ask
    if not yes and sys.stdin.isatty():
        click.confirm(f"Erase {username} for good?", abort=True)
    with open_services() as services:
        found = _get(services, username)
        erase(services, found.id, clock.now())
    answer(as_json, {"sub": found.id, "is_deleted": True}, f"{username} is erased.")


def _get(services: Services, username: str) -> Account:
    """Return the account of a username, or of a `sub` as `create` printed it."""
    found: Account | None = services.accounts.find_by_username(username) or services.accounts.find(username)
    if found is None or found.is_sandbox:
        raise Refusal(f"There is no account {username}.")
    return found
