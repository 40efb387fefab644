"""What a member may do in a team: three roles, three things to be allowed."""

from __future__ import annotations

from enum import Enum
from typing import Any

from flask_babel import lazy_gettext as _

from tnid.stores.teams import DEVELOPER, OWNER, READER

ROLES = (OWNER, DEVELOPER, READER)


class Permission(Enum):
    """What a page or an act needs of whoever comes. Of what is archived LOOK alone is left."""

    LOOK = "see the team, its applications and their logs"
    CHANGE = "make applications, change what is of the sandbox, and submit for review"
    MANAGE = "members, secrets of the live client, handing over, the archive"


PERMISSIONS: dict[str, frozenset[Permission]] = {
    OWNER: frozenset(Permission),
    DEVELOPER: frozenset({Permission.LOOK, Permission.CHANGE}),
    READER: frozenset({Permission.LOOK}),
}

NAMES: dict[str, Any] = {OWNER: _("Owner"), DEVELOPER: _("Developer"), READER: _("Only reads")}
HINTS: dict[str, Any] = {
    OWNER: _("Everything, and who else belongs to the team."),
    DEVELOPER: _("Makes applications, changes them in the sandbox, and submits them for review."),
    READER: _("Sees applications, settings and logs, and changes nothing."),
}


def may(role: str, permission: Permission) -> bool:
    """Say whether a role allows something; one that isn't known allows nothing."""
    return permission in PERMISSIONS.get(role, frozenset())
