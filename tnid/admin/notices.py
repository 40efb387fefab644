"""What operators are told of each other's dangerous acts: that one waits for them, what became of their own,
and what somebody did at the machine without a second one.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from tnid.admin.names import name_of
from tnid.admin.roles import Permission

if TYPE_CHECKING:
    from tnid.admin.requests import Asked
    from tnid.services import Services

# By how a request was decided
OUTCOMES = {
    "approved": "operator_agreed",
    "refused": "operator_refused",
    "failed": "operator_failed",
    "expired": "operator_expired",
}
# What a command did, by the permission that its page needs
AT_MACHINE = {
    Permission.KEYS: "machine_keys",
    Permission.OPERATORS: "machine_roles",
    Permission.SESSIONS: "machine_sign_outs",
    Permission.AUDIT: "machine_export",
}


def list_who_may_agree(parts: Services, permission: Permission, but: Collection[str], now: int) -> list[str]:
    """Return the open accounts of who may agree to an act, but for who asked and whom it is about."""
    found = [one for one in parts.admin.operators.list_who_may(permission, now) if one not in but]
    accounts = [parts.accounts.find(one) for one in found]
    return [account.id for account in accounts if account is not None and account.is_open]


def tell_of_asked(parts: Services, asked: Asked, now: int) -> None:
    """Tell everybody who may agree that one of them is needed."""
    row, but = asked.row, (asked.row.asked_by, asked.act.concerns(asked.arguments))
    for account_id in list_who_may_agree(parts, asked.act.permission, but, now):
        parts.messages.announce(
            account_id, "operator_asked", now, person=name_of(parts, row.asked_by), request=row.id
        )


def tell_of_outcome(parts: Services, row: object, decision: str, now: int) -> None:
    """Tell who asked what became of it."""
    asked_by, request = row.asked_by, row.id  # type: ignore[attr-defined]  # a row of operator_requests
    parts.messages.announce(asked_by, OUTCOMES[decision], now, request=request)


def tell_of_command(parts: Services, permission: Permission, now: int, *, but: str = "") -> None:
    """Tell everybody who does such things on the pages that one person did at the machine."""
    for account_id in list_who_may_agree(parts, permission, (but,), now):
        parts.messages.announce(account_id, AT_MACHINE[permission], now)


def tell_of_abandoned(parts: Services, now: int) -> None:
    """Tell who may stop applications that one is live and nobody of its team is left."""
    for account_id in list_who_may_agree(parts, Permission.STOP_CLIENTS, (), now):
        parts.messages.announce(account_id, "application_abandoned", now)
