"""What a representative may do for an organisation: three roles, four things to be allowed."""

from __future__ import annotations

from enum import Enum
from typing import Any

from flask_babel import lazy_gettext as _

from tnid.stores.employers import MANAGER

CLERK, READER = "clerk", "reader"
ROLES = (MANAGER, CLERK, READER)


class Permission(Enum):
    """What a page or an act needs of whoever comes. Of a suspended organisation ENTER alone is left."""

    ENTER = "see the organisation's first page"
    LOOK = "see its people, lists and reports"
    ATTEST = "upload, confirm, end and invite its workers"
    MANAGE = "its representatives, its domain, the keys of its own systems"


_READS = frozenset({Permission.ENTER, Permission.LOOK})
PERMISSIONS: dict[str, frozenset[Permission]] = {
    MANAGER: frozenset(Permission),
    CLERK: _READS | {Permission.ATTEST},
    READER: _READS,
}

NAMES: dict[str, Any] = {MANAGER: _("Manager"), CLERK: _("Staff records"), READER: _("Only looks")}
HINTS: dict[str, Any] = {
    MANAGER: _("Everything, and who else represents the organisation."),
    CLERK: _("Uploads lists, confirms workers and says who has left."),
    READER: _("Sees the workers and the reports, and changes nothing."),
}


def may(role: str, permission: Permission) -> bool:
    """Say whether a role allows something; one that isn't known allows nothing."""
    return permission in PERMISSIONS.get(role, frozenset())
