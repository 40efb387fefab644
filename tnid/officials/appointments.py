"""Appointments: a request of an application waits, for days, until its person's identity was checked."""

from __future__ import annotations

import re
import secrets
import unicodedata
from typing import Any

from oidc.interfaces import Events
from oidc.token.handles import new_identifier
from tnid.stores.appointments import AppointmentStore

PREFIX = "TN"
GROUPS = 2
GROUP_CHARACTERS = 4
MOST_TYPED_CHARACTERS = 32
_ALPHABET = "2346789ABCDEFGHJKMNPQRTUVWXYZ"


class Appointments:
    """The life of appointments; each method runs in the caller's unit of work."""

    def __init__(self, store: AppointmentStore, events: Events, lifetime_seconds: int) -> None:
        self._store = store
        self._events = events
        self.lifetime_seconds = lifetime_seconds

    def make(self, account_id: str, client_id: str, interaction_uid: str, now: int) -> Any:
        """Return the appointment for which a request waits: the one that there is, or a new one.

        None where the request waits for somebody else who sat at the same browser.
        """
        found = self.find_by_interaction(interaction_uid, account_id, now)
        if found is not None:
            return found
        is_added = self._store.add(
            id=new_identifier(),
            reference=_new_reference(),
            account_id=account_id,
            client_id=client_id,
            interaction_uid=interaction_uid,
            created_at=now,
            expires_at=now + self.lifetime_seconds,
        )
        if not is_added:
            self._events.record(
                "appointment.make", outcome="refused", reason="anothers", account_id=account_id, now=now
            )
            return None
        self._events.record("appointment.make", account_id=account_id, now=now)
        return self._store.find_by_interaction(interaction_uid, now)

    def find_by_interaction(self, uid: str, account_id: str, now: int) -> Any:
        """Return one's own appointment of a request, or None."""
        found = self._store.find_by_interaction(uid, now)
        return found if found is not None and found.account_id == account_id else None

    def find_by_reference(self, typed: str, now: int) -> Any:
        """Return the appointment of this number, however it was typed, or None."""
        reference = _normalise(typed)
        return None if reference is None else self._store.find_by_reference(reference, now)

    def list_by_account(self, account_id: str, now: int) -> list[Any]:
        return self._store.list_by_account(account_id, now)

    def cancel(self, appointment_id: str, account_id: str, now: int) -> bool:
        """Cancel one's own appointment."""
        is_cancelled = self._store.cancel(appointment_id, account_id, now)
        if is_cancelled:
            self._events.record("appointment.cancel", account_id=account_id, now=now)
        return is_cancelled


def _new_reference() -> str:
    groups = ("".join(secrets.choice(_ALPHABET) for _ in range(GROUP_CHARACTERS)) for _ in range(GROUPS))
    return "-".join((PREFIX, *groups))


def _normalise(typed: str) -> str | None:
    if len(typed) > MOST_TYPED_CHARACTERS:
        return None
    letters = re.sub(r"[\s\-–—.]", "", unicodedata.normalize("NFKC", typed)).upper()
    if not re.fullmatch(rf"{PREFIX}[{_ALPHABET}]{{{GROUPS * GROUP_CHARACTERS}}}", letters):
        return None
    return f"{PREFIX}-{letters[2:6]}-{letters[6:]}"
