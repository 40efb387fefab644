"""What is so dangerous that one operator alone does not do it: one line an act.

Whoever asks for an act and whoever agrees to it both need its permission. `tnid` on the machine does the same
with one person; the audit log says so, and so do messages to all others who may (tnid.admin.notices).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from flask_babel import lazy_gettext as _

from tnid import web
from tnid.accounts.refusal import Refused
from tnid.admin.audit_desk import read_arguments
from tnid.admin.roles import ADMINISTRATOR, NAMES, Permission
from tnid.admin.words import CONDITIONS
from tnid.moments import dated

if TYPE_CHECKING:
    from tnid.services import Services

Arguments = Mapping[str, str]
GRANT_ROLE, REVOKE_ROLE = "grant_role", "revoke_role"
ROTATE_KEYS, ROTATE_KEYS_NOW, WITHDRAW_KEY = "rotate_keys", "rotate_keys_now", "withdraw_key"
EXPORT_AUDIT = "export_audit"
END_OF_CLIENT, END_EVERYBODY = "end_of_client", "end_everybody"


class Done(NamedTuple):
    """Who has it done: who asked, and who agreed."""

    asked_by: str
    agreed_by: str

    @property
    def details(self) -> dict[str, str]:
        return {"actor": self.agreed_by, "asked_by": self.asked_by}


class Act(NamedTuple):
    """One kind of act. `find_obstacle` says why it can't be done as things are, `describe` with what it is
    done, `perform` does it and records it; it returns a refusal where it can't be done any more."""

    permission: Permission
    label: Any
    warning: Any
    find_obstacle: Callable[[Services, Arguments, int], Refused | None]
    describe: Callable[[Services, Arguments], str]
    perform: Callable[[Services, Arguments, Done, int], Refused | None]

    def concerns(self, arguments: Arguments) -> str:
        """Return the account that it is about, "" for none."""
        return arguments.get("account", "")


# Roles


def _find_obstacle_to_grant(parts: Services, given: Arguments, now: int) -> Refused | None:
    account = parts.accounts.find(given["account"])
    if account is None or not account.is_open:
        return Refused("username", "nobody_open")
    held = [row.role for row in parts.admin.operators.list_roles(account.id, now)]
    return Refused("role", "has_role") if given["role"] in held else None


def _find_obstacle_to_revoke(parts: Services, given: Arguments, now: int) -> Refused | None:
    others = [row for row in parts.admin.operators.list_all() if row.account_id != given["account"]]
    mine = [row for row in parts.admin.operators.list_all() if row.account_id == given["account"]]
    if given["role"] not in [row.role for row in mine]:
        return Refused("", "has_no_role")
    awake = [row for row in others if row.role == ADMINISTRATOR]
    is_last = given["role"] == ADMINISTRATOR and all(
        parts.admin.operators.is_asleep(row, now) for row in awake
    )
    return Refused("", "last_administrator") if is_last else None


def _describe_role(parts: Services, given: Arguments) -> str:
    account = parts.accounts.find(given["account"])
    name = f"{account.display_name} ({account.username})" if account else "–"
    return f"{name}: {NAMES[given['role']]}"


def _grant(parts: Services, given: Arguments, done: Done, now: int) -> Refused | None:
    obstacle = _find_obstacle_to_grant(parts, given, now)
    return obstacle or parts.admin.operators.grant(given["account"], given["role"], now, done.details)


def _revoke(parts: Services, given: Arguments, done: Done, now: int) -> Refused | None:
    obstacle = _find_obstacle_to_revoke(parts, given, now)
    if obstacle is None and not parts.admin.operators.revoke(
        given["account"], given["role"], now, done.details
    ):
        return Refused("", "has_no_role")
    return obstacle


# Keys


def _find_no_obstacle(_parts: Services, _given: Arguments, _now: int) -> Refused | None:
    return None


def _find_obstacle_to_withdraw(parts: Services, given: Arguments, now: int) -> Refused | None:
    retired = [key.kid for key in parts.keyring.list_keys(now) if key.status == "retired"]
    return None if given["kid"] in retired else Refused("", "key_not_retired")


def _find_obstacle_to_rotate(parts: Services, _given: Arguments, now: int) -> Refused | None:
    there = parts.keyring.list_keys(now)
    algs = {key.alg for key in there}
    is_next_there = algs and algs == {key.alg for key in there if key.status == "next"}
    return Refused("", "key_waits") if is_next_there else None


def _rotate(parts: Services, _given: Arguments, done: Done, now: int) -> Refused | None:
    return _publish_keys(parts, done, now, immediately=False)


def _rotate_now(parts: Services, _given: Arguments, done: Done, now: int) -> Refused | None:
    return _publish_keys(parts, done, now, immediately=True)


def _publish_keys(parts: Services, done: Done, now: int, *, immediately: bool) -> Refused | None:
    changes = parts.keyring.rotate(now, immediately=immediately)
    for one in changes:
        details = {"kid": one.kid, "alg": one.alg, "active_from": one.active_from, **done.details}
        parts.audit.record("key.rotate", account_id=done.agreed_by, details=details, now=now)
    return None if changes else Refused("", "key_waits")


def _withdraw(parts: Services, given: Arguments, done: Done, now: int) -> Refused | None:
    change = parts.keyring.withdraw(given["kid"], now)
    if change is None:
        return Refused("", "key_not_retired")
    details = {"kid": given["kid"], "alg": change.alg, **done.details}
    parts.audit.record("key.withdraw", account_id=done.agreed_by, details=details, now=now)
    return None


# The audit log


def _find_obstacle_to_export(parts: Services, given: Arguments, _now: int) -> Refused | None:
    rows = parts.admin.audit.collect(read_arguments(given))
    return rows if isinstance(rows, Refused) else None


def _describe_export(_parts: Services, given: Arguments) -> str:
    asked = read_arguments(given)
    window = " – ".join(dated(at) for at in (asked.since, asked.until))
    return " · ".join(
        (window, *(f"{CONDITIONS[name]}: {value}" for name, value in sorted(asked.given.items())))
    )


def _allow_export(parts: Services, given: Arguments, _done: Done, now: int) -> Refused | None:
    # Whoever asked takes the file along afterwards (audit_pages.take_agreed), which is an event of its own
    return _find_obstacle_to_export(parts, given, now)


# Sign-ins of many


def _find_obstacle_of_client(parts: Services, given: Arguments, _now: int) -> Refused | None:
    return Refused("", "no_client") if parts.clients.find_now(given["client"]) is None else None


def _describe_client(parts: Services, given: Arguments) -> str:
    client = parts.clients.find(given["client"])
    name = client.text("client_name", web.current_locale()) if client else ""
    return f"{name} ({given['client']})" if name else given["client"]


def _end_of_client(parts: Services, given: Arguments, done: Done, now: int) -> Refused | None:
    client = parts.clients.find_now(given["client"])
    if client is None:
        return Refused("", "no_client")
    details = {"ended": parts.admin.mass_endings.end_of_client(client, now), **done.details}
    parts.audit.record(
        "client.end_all", account_id=done.agreed_by, client_id=client.client_id, details=details, now=now
    )
    return None


def _end_everybody(parts: Services, _given: Arguments, done: Done, now: int) -> Refused | None:
    details = {"ended": parts.admin.mass_endings.end_everybody(now), **done.details}
    parts.audit.record("session.end_everybody", account_id=done.agreed_by, details=details, now=now)
    return None


def _describe_nothing(_parts: Services, _given: Arguments) -> str:
    return ""


def _describe_kid(_parts: Services, given: Arguments) -> str:
    return given["kid"]


ACTS: dict[str, Act] = {
    GRANT_ROLE: Act(
        Permission.OPERATORS,
        _("Make somebody an operator"),
        _("From then on they see and do all that the role allows."),
        _find_obstacle_to_grant,
        _describe_role,
        _grant,
    ),
    REVOKE_ROLE: Act(
        Permission.OPERATORS,
        _("Take an operator's role back"),
        _("Their pages close at once."),
        _find_obstacle_to_revoke,
        _describe_role,
        _revoke,
    ),
    ROTATE_KEYS: Act(
        Permission.KEYS,
        _("Change the signing keys"),
        _("Nothing breaks: the old keys stay published for as long as anything signed lasts."),
        _find_obstacle_to_rotate,
        _describe_nothing,
        _rotate,
    ),
    ROTATE_KEYS_NOW: Act(
        Permission.KEYS,
        _("Sign with new keys at once"),
        _("Applications that keep our keys for long may refuse sign-ins until they look again."),
        _find_no_obstacle,
        _describe_nothing,
        _rotate_now,
    ),
    WITHDRAW_KEY: Act(
        Permission.KEYS,
        _("Withdraw a signing key"),
        _("All that it signed is worth nothing from then on, employment cards too."),
        _find_obstacle_to_withdraw,
        _describe_kid,
        _withdraw,
    ),
    EXPORT_AUDIT: Act(
        Permission.AUDIT,
        _("Download a large part of the audit log"),
        _("Whoever asked may then download it for a day: who did what, when, and from which address."),
        _find_obstacle_to_export,
        _describe_export,
        _allow_export,
    ),
    END_OF_CLIENT: Act(
        Permission.SESSIONS,
        _("End every sign-in at one application"),
        _("Everybody has to sign in there again, and agree to nothing anew."),
        _find_obstacle_of_client,
        _describe_client,
        _end_of_client,
    ),
    END_EVERYBODY: Act(
        Permission.SESSIONS,
        _("Sign everybody out"),
        _("Everybody has to sign in again, everywhere: you, too."),
        _find_no_obstacle,
        _describe_nothing,
        _end_everybody,
    ),
}
