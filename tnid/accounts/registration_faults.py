"""What is wrong with a registration, each field by itself: a form says all of it at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tnid.accounts import passwords, usernames
from tnid.accounts.claims import check_profile
from tnid.accounts.refusal import Refused
from tnid.accounts.service import personal_words


def list_faults(username: str, password: str, claims: Mapping[str, str]) -> Iterator[Refused]:
    """Yield what is wrong with each field, a claim by its own name; what was left empty is not looked at.

    Asks for no account, so that it tells nobody which usernames are taken.
    """
    right: dict[str, str] = {}
    for name, value in claims.items():
        checked = check_profile({name: value})
        if isinstance(checked, Refused):
            yield checked
        else:
            right.update(checked)
    if not (claims.get("phone_number") or claims.get("email")):
        yield Refused("phone_number", "contact_required")
    fault = usernames.find_fault(username) if username else None
    if fault is None and usernames.is_reserved(username):
        fault = "username_reserved"
    if fault is not None:
        yield Refused("username", fault)
    weakness = passwords.find_weakness(password, personal_words(username, right, None)) if password else None
    if weakness is not None:
        yield Refused("password", weakness)
