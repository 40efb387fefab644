"""What goes wrong on purpose just now, in words: for its own page, and the application's first."""

from __future__ import annotations

from flask_babel import gettext, ngettext

from tnid import services
from tnid.moments import moment
from tnid.sandbox.faults import Active
from tnid.sandbox.words import WORDS


def list_active(client_id: str) -> list[str]:
    """Return a sentence for each fault that is on at a sandbox's client."""
    active = services.current().sandbox.faults.list_active(client_id, services.now())
    return [_describe(one) for one in active]


def _describe(one: Active) -> str:
    until = gettext("until %(moment)s", moment=moment(one.until))
    if one.left is None:
        return f"{WORDS[one.name].label} – {until}"
    left = ngettext("for one more request", "for %(num)s more requests", one.left)
    return f"{WORDS[one.name].label} – {left}, {until}"
