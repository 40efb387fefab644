"""The settings as operators read them: in groups, in their language, with long times in days."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from flask_babel import format_decimal, gettext, ngettext
from flask_babel import lazy_gettext as _

from tnid.settings import variable_of

# Each group with the setting that it begins with, in the order of tnid.settings
GROUPS: tuple[tuple[str, Any, str], ...] = (
    ("place", _("Where the service is"), "issuer"),
    ("issued", _("What is issued to applications"), "code_lifetime_seconds"),
    ("people", _("People, officials and their sign-ins"), "session_idle_seconds"),
    ("keys", _("Signing keys"), "key_rotation_seconds"),
    ("sent", _("What is told to applications"), "outbox_retry_seconds"),
    ("lists", _("Lists of workers"), "list_most_bytes"),
    ("messages", _("Messages to people"), "smtp_url"),
    ("watch", _("Who watches the service"), "audit_syslog_url"),
    ("rates", _("How much at a time"), "rate_network_pages"),
    ("keep", _("What is kept, and for how long"), "audit_seal_seconds"),
)
MINUTE, HOUR, DAY, MIB = 60, 3600, 86400, 1024 * 1024


class Group(NamedTuple):
    """A heading, and the settings under it as `describe_running` has them, with their words."""

    id: str
    label: Any
    rows: list[dict[str, Any]]


def group(rows: Sequence[dict[str, Any]]) -> list[Group]:
    """Return the rows of `describe_running` under their headings, in the language of the request."""
    first = {variable_of(name): (id_, label) for id_, label, name in GROUPS}
    groups: list[Group] = []
    for row in rows:
        if row["variable"] in first:
            id_, label = first[row["variable"]]
            groups.append(Group(id_, label, []))
        groups[-1].rows.append({**row, **_words_of(row)})
    return groups


def _words_of(row: dict[str, Any]) -> dict[str, Any]:
    doc, unit = row["doc"], row["unit"]
    words = str(gettext(doc))
    return {
        # An English one is written as the end of a sentence
        "doc": words[:1].upper() + words[1:] if words == doc else words,
        "unit_words": gettext(unit),
        "in_words": None if row["is_secret"] else in_words(row["value"], unit),
    }


def in_words(value: str | None, unit: str) -> str | None:
    """Return a number that is long to read as people say it; None for what needs no words."""
    if value is None:
        return None
    if unit == "flag":
        return str(gettext("Yes") if value == "true" else gettext("No"))
    if not value.isdecimal():
        return None
    number = int(value)
    if unit == "seconds":
        return _duration(number)
    if unit == "bytes" and number and number % MIB == 0:
        return f"{format_decimal(number // MIB)} MiB"
    return str(format_decimal(number)) if number >= 10_000 else None


def _duration(seconds: int) -> str | None:
    if seconds and seconds % DAY == 0:
        return str(ngettext("%(num)s day", "%(num)s days", seconds // DAY))
    if seconds and seconds % HOUR == 0:
        return str(ngettext("%(num)s hour", "%(num)s hours", seconds // HOUR))
    if seconds and seconds % MINUTE == 0:
        return str(ngettext("%(num)s minute", "%(num)s minutes", seconds // MINUTE))
    return None
