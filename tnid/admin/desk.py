"""The operator of the current request, and whether they may: the one place that decides it.

Every page under `/admin`, whatever folder it is in, declares its blueprint with `Guard.OPERATOR`
(tnid.access) and begins its view by one line:

    operator = get_operator(Permission.REVIEW)

which gives who is there, or ends the request with 403 and one row in the audit log. What opens a page's
section in the navigation stands in `tnid.admin.sections`.
"""

from __future__ import annotations

from typing import NamedTuple

from flask import abort, g

from tnid import desk, services
from tnid.admin.roles import Permission, may
from tnid.admin.sections import SECTIONS, Section
from tnid.desk import ADMIN
from tnid.signin.session import find_end_user


class Operator(NamedTuple):
    """Who works at this browser, in which roles."""

    account_id: str
    roles: frozenset[str]

    def may(self, permission: Permission) -> bool:
        return may(self.roles, permission)


def find_operator() -> Operator | None:
    """Return who has a desk of operators open at this browser; asked once a request."""
    if "operator" not in g:
        end_user = find_end_user()
        is_open = end_user is not None and desk.find_desk(ADMIN) is not None
        g.operator = _read_roles(end_user.account_id) if is_open and end_user else None
    found: Operator | None = g.operator
    return found


def _read_roles(account_id: str) -> Operator | None:
    held = services.current().admin.operators.list_roles(account_id, services.now())
    return Operator(account_id, frozenset(row.role for row in held)) if held else None


def get_operator(permission: Permission) -> Operator:
    """Return who works here, where a role of theirs allows it; else end the request, as said above.

    Raises LookupError where no desk is open, which the guard has seen to.
    """
    found = find_operator()
    if found is None:
        raise LookupError("no desk is open")
    if not found.may(permission):
        services.current().audit.record(
            "operator.look",
            outcome="refused",
            reason="role",
            account_id=found.account_id,
            now=services.now(),
            details={"permission": permission.name.lower()},
        )
        abort(403)
    return found


def list_sections() -> list[Section]:
    """Return where the operator at this browser may go, for the navigation."""
    operator = find_operator()
    return [section for section in SECTIONS if operator is not None and operator.may(section.permission)]
