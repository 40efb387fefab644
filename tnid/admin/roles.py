"""The roles of operators, and what each allows: least privilege, and nobody has all of it by one role."""

from __future__ import annotations

from enum import Enum
from typing import Any

from flask_babel import lazy_gettext as _

REVIEWER, SUPPORT, SECURITY, ADMINISTRATOR = "reviewer", "support", "security", "administrator"
OPERATOR_ROLES = frozenset({REVIEWER, SUPPORT, SECURITY, ADMINISTRATOR})


class Permission(Enum):
    """What a page or an act of operators needs."""

    ENTER = "the start page"
    REVIEW = "reviews of applications, and what is agreed with their teams"
    CLIENTS = "applications as they are registered"
    STOP_CLIENTS = "stop an application, and let it go on"
    PEOPLE = "people's accounts, masked; opened, shut and unlocked"
    EMPLOYERS = "organisations and who acts for them"
    OFFICIALS = "who serves at the counter of a commune"
    OPERATORS = "who is an operator"
    KEYS = "the signing keys"
    SESSIONS = "who many are signed in, and ending all of them"
    OUTBOX = "what is to be sent, and what was given up"
    SETTINGS = "the settings as they are"
    SWITCHES = "turning features off and on"
    AUDIT = "the audit log"


PERMISSIONS: dict[str, frozenset[Permission]] = {
    REVIEWER: frozenset({Permission.ENTER, Permission.REVIEW, Permission.CLIENTS, Permission.STOP_CLIENTS}),
    SUPPORT: frozenset(
        {Permission.ENTER, Permission.PEOPLE, Permission.EMPLOYERS, Permission.CLIENTS, Permission.OUTBOX}
    ),
    SECURITY: frozenset(
        {
            *(Permission.ENTER, Permission.CLIENTS, Permission.STOP_CLIENTS, Permission.KEYS),
            *(Permission.SESSIONS, Permission.SWITCHES, Permission.SETTINGS, Permission.AUDIT),
        }
    ),
    ADMINISTRATOR: frozenset(
        {
            *(Permission.ENTER, Permission.CLIENTS, Permission.EMPLOYERS, Permission.OFFICIALS),
            *(Permission.OPERATORS, Permission.OUTBOX, Permission.SETTINGS, Permission.SWITCHES),
        }
    ),
}

NAMES: dict[str, Any] = {
    REVIEWER: _("Reviewer"),
    SUPPORT: _("Support"),
    SECURITY: _("Security"),
    ADMINISTRATOR: _("Administrator"),
}
HINTS: dict[str, Any] = {
    REVIEWER: _("Decides which applications go live, and stops those that do harm."),
    SUPPORT: _("Helps people with their accounts and organisations; sees names and numbers masked."),
    SECURITY: _("Keys, sessions, switches and the audit log."),
    ADMINISTRATOR: _("Officials, operators, organisations and switches."),
}


def may(roles: frozenset[str], permission: Permission) -> bool:
    """Say whether one of the roles allows something; one that isn't known allows nothing."""
    return any(permission in PERMISSIONS.get(role, frozenset()) for role in roles)
