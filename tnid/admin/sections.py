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
        "admin_reviews.index",
        Permission.REVIEW,
        "check",
        _("Reviews"),
        _("Which applications go live, and what is agreed with their teams."),
    ),
    Section(
        "admin_requests.index",
        Permission.ENTER,
        "hand",
        _("Second pair of eyes"),
        _("What one operator asks for and another agrees to."),
    ),
    Section(
        "admin_people.index",
        Permission.PEOPLE,
        "people",
        _("People"),
        _("Find one person, and help with the account."),
    ),
    Section(
        "admin_clients.index",
        Permission.CLIENTS,
        "code",
        _("Applications"),
        _("What is registered, whose it is, and stopping it."),
    ),
    Section(
        "admin_employers.index",
        Permission.EMPLOYERS,
        "building",
        _("Organisations"),
        _("Who wants to confirm workers, and who acts for them."),
    ),
    Section(
        "admin_officials.index",
        Permission.OFFICIALS,
        "user",
        _("Officials"),
        _("Who serves at the counter of which commune."),
    ),
    Section(
        "admin_operators.index",
        Permission.OPERATORS,
        "shield",
        _("Operators and roles"),
        _("Who works here, and in which roles."),
    ),
    Section(
        "admin_switches.index",
        Permission.SWITCHES,
        "hand",
        _("Switches"),
        _("Turn features off for a while, and on again."),
    ),
    Section(
        "admin_keys.list_keys",
        Permission.KEYS,
        "key",
        _("Signing keys"),
        _("What we sign with, and changing it."),
    ),
    Section(
        "admin_sessions.count",
        Permission.SESSIONS,
        "device",
        _("Sign-ins"),
        _("How many are signed in, and signing them out."),
    ),
    Section(
        "admin_outbox.list_messages",
        Permission.OUTBOX,
        "door",
        _("What is to be sent"),
        _("What waits, and what was given up."),
    ),
    Section(
        "admin_settings.show_settings",
        Permission.SETTINGS,
        "info",
        _("Settings"),
        _("As they are, and where they come from."),
    ),
    Section(
        "admin_audit.index",
        Permission.AUDIT,
        "fingerprint",
        _("Audit log"),
        _("What happened: search it, download it, check its seals."),
    ),
)
