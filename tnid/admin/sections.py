"""What the navigation of operators leads to: one line a section, shown to whose role allows it."""

from __future__ import annotations

from typing import Any, NamedTuple

from flask_babel import lazy_gettext as _

from tnid.admin.roles import Permission


class Section(NamedTuple):
    """One entry: where it leads, the icon and words for it, what it is about, who may."""

    endpoint: str
    permission: Permission
    icon: str
    label: Any
    hint: Any

    @property
    def blueprint(self) -> str:
        return self.endpoint.rpartition(".")[0]


# In the order in which they stand. A section is marked as the present one on all pages of its blueprint.
SECTIONS: tuple[Section, ...] = (
    Section(
        "admin_operators.index",
        Permission.OPERATORS,
        "shield",
        _("Operators"),
        _("Who works here, and in which roles."),
    ),
)
