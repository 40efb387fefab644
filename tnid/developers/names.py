"""Who did something in a team, as the other members read it."""

from __future__ import annotations

from flask_babel import gettext

from tnid import services


def name_of(account_id: str | None, viewer_id: str) -> str:
    """Return a person's name, "you" for the viewer; "" where it was no person, or nobody any more."""
    if account_id == viewer_id:
        return str(gettext("you"))
    return services.current().accounts.find_name(account_id)
