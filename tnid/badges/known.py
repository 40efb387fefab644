"""What others know of a person, whose PIN it should not be."""

from __future__ import annotations

from tnid import services
from tnid.badges.service import Known


def known_of(account_id: str) -> Known:
    """Return the profile of an account, and the number of its person's identity card where there is one."""
    accounts = services.current().accounts
    number = accounts.reveal_personal_id_number(account_id)
    return Known(accounts.get(account_id).profile, (number,) if number else ())
