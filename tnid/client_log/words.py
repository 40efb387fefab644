"""What stages and outcomes are called, and how the pages of a log write times."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask_babel import format_datetime, gettext, ngettext
from flask_babel import lazy_gettext as _

from tnid.client_log.stages import (
    ANSWER,
    BACKCHANNEL,
    CONSENT,
    DELIVERY,
    DEVICE,
    EXCHANGE,
    INTROSPECTION,
    LOGOUT,
    MACHINE,
    OK,
    PUSH,
    RATE,
    REFRESH,
    REFUSED,
    REGISTRATION,
    REQUEST,
    REVOCATION,
    SIGN_IN,
    TOKEN,
    USERINFO,
)

STAGES: dict[str, Any] = {
    PUSH: _("Pushed request"),
    REQUEST: _("Request"),
    DEVICE: _("Device"),
    BACKCHANNEL: _("Asked by name"),
    SIGN_IN: _("Sign-in"),
    CONSENT: _("Consent"),
    TOKEN: _("Tokens"),
    REFRESH: _("Refresh"),
    MACHINE: _("Token without a person"),
    EXCHANGE: _("Token exchange"),
    USERINFO: _("UserInfo"),
    INTROSPECTION: _("Introspection"),
    REVOCATION: _("Revocation"),
    LOGOUT: _("Sign-out"),
    DELIVERY: _("Delivery to the application"),
    ANSWER: _("Answer to an event"),
    REGISTRATION: _("Registration"),
    RATE: _("Rate limit"),
}
OUTCOMES: dict[str, Any] = {OK: _("Passed"), REFUSED: _("Refused")}


def stage_name(stage: str) -> str:
    return str(STAGES.get(stage, stage))


def write_time(at: int) -> str:
    """Return an epoch second with its date and seconds, as here in Vietnam."""
    return str(format_datetime(datetime.fromtimestamp(at, UTC), f"{gettext('dd/MM/yyyy')} HH:mm:ss"))


def write_utc(at: int) -> str:
    """Return an epoch second as other machines' logs have it."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def write_seconds(seconds: int) -> str:
    """Return a duration in words, by the two units that matter."""
    minutes, rest = divmod(seconds, 60)
    if not minutes:
        return str(ngettext("%(num)s second", "%(num)s seconds", rest))
    if minutes < 60:
        return str(gettext("%(minutes)s min %(seconds)s s", minutes=minutes, seconds=rest))
    return str(gettext("%(hours)s h %(minutes)s min", hours=minutes // 60, minutes=minutes % 60))
