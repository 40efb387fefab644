"""What an official does to an account: told to its person at once, and kept where both can read it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _

from oidc.interfaces import Events
from tnid.accounts.service import Accounts
from tnid.admin.words import ACTS as OPERATOR_ACTS
from tnid.admin.words import FIELDS
from tnid.interfaces import Announcer
from tnid.stores.official_acts import OfficialActStore
from tnid.wards import find_ward

LOOKED = "looked"
ENROLLED = "enrolled"
COMPARED = "compared"
ASKED_TO_CORRECT = "asked_to_correct"
CORRECTED = "corrected"
PRINTED = "printed"
ASKED_TO_RECOVER = "asked_to_recover"
AGREED_TO_RECOVER = "agreed_to_recover"
STOPPED_RECOVERY = "stopped_recovery"
PRINTED_TO_RECOVER = "printed_to_recover"
PRINTED_BADGE = "printed_badge"
RECORDED_GUARDIAN = "recorded_guardian"
REVOKED_BADGE = "revoked_badge"

WORDS: dict[str, Any] = {
    LOOKED: _("Looked at the account at the counter"),
    ENROLLED: _("Began the account at the counter"),
    COMPARED: _("Compared the identity card with the person"),
    ASKED_TO_CORRECT: _("Asked to correct what was checked of the person"),
    CORRECTED: _("Corrected by the document what was checked of the person"),
    PRINTED: _("Printed a slip with a code to activate the account"),
    ASKED_TO_RECOVER: _("Asked to give the account back to its person"),
    AGREED_TO_RECOVER: _("Agreed that the account is given back to its person"),
    STOPPED_RECOVERY: _("Stopped giving the account back"),
    PRINTED_TO_RECOVER: _("Printed a slip with a code to recover the account"),
    RECORDED_GUARDIAN: _("Recorded that a guardian agreed"),
    PRINTED_BADGE: _("Printed a sign-in card"),
    REVOKED_BADGE: _("Revoked the sign-in card"),
}
BY_OPERATOR: dict[str, Any] = {f"operator_{act}": words for act, words in OPERATOR_ACTS.items()}
_ALL_WORDS = {**WORDS, **BY_OPERATOR}
# What the person is told at once, by which text. A look alone is no news: it is on the page
TEXTS = {
    COMPARED: "counter_compared",
    CORRECTED: "counter_corrected",
    PRINTED: "counter_printed",
    AGREED_TO_RECOVER: "counter_recovery_agreed",
    STOPPED_RECOVERY: "counter_recovery_stopped",
    PRINTED_TO_RECOVER: "counter_recovery_printed",
    RECORDED_GUARDIAN: "counter_guardian",
    PRINTED_BADGE: "badge_issued",
    REVOKED_BADGE: "badge_revoked",
}
MOST_SHOWN = 100
SENT_TWICE_SECONDS = 60
_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


class Acts:
    """Keeps and tells what officials do; each method runs in the caller's unit of work."""

    def __init__(
        self, store: OfficialActStore, accounts: Accounts, messages: Announcer, events: Events
    ) -> None:
        self._store = store
        self._accounts = accounts
        self._messages = messages
        self._events = events

    def note(self, act: str, official_id: str, account_id: str, commune: str, now: int) -> None:
        """Keep an act, record it for the log with who did it, and tell the person."""
        self._store.add(
            official_id=official_id,
            account_id=account_id,
            commune=commune,
            act=act,
            occurred_at=now,
        )
        details = {"actor": official_id, "commune": commune}
        self._events.record(f"counter.{act}", account_id=account_id, now=now, details=details)
        if act in TEXTS:
            self._messages.announce(account_id, TEXTS[act], now, commune=name_of(commune))

    def note_once(self, act: str, official_id: str, account_id: str, commune: str, now: int) -> None:
        """Keep an act, unless the same was kept a moment ago: a form that was sent twice is one act.

        To be called after a write to the account, for which two at once wait for each other.
        """
        if not self._store.has(official_id, account_id, act, now - SENT_TWICE_SECONDS):
            self.note(act, official_id, account_id, commune, now)

    def list_by_account(self, account_id: str) -> list[dict[str, Any]]:
        """Return what was done to an account, newest first, in the person's words."""
        rows = self._store.list_by_account(account_id, most=MOST_SHOWN)
        names = {row.official_id: self._accounts.find_name(row.official_id) for row in rows}
        return [
            {
                "when": row.occurred_at,
                "text": _ALL_WORDS[row.act],
                "field": FIELDS.get(row.field, ""),
                "reason": row.reason,
                "commune": name_of(row.commune) if row.commune else _("Operators of the service"),
                "official": names[row.official_id],
            }
            for row in rows
        ]

    def list_today(self, official_id: str, now: int) -> list[dict[str, Any]]:
        """Return what an official did since midnight here, newest first; the people by their initials."""
        rows = self._store.list_by_official(official_id, _midnight(now), most=MOST_SHOWN)
        people = {row.account_id: self._accounts.find(row.account_id) for row in rows}
        return [
            {"when": row.occurred_at, "text": _ALL_WORDS[row.act], "person": person.display_name}
            for row in rows
            if (person := people[row.account_id]) is not None
        ]


def name_of(commune: str) -> str:
    ward = find_ward(commune)
    return ward.name if ward else commune


def _midnight(now: int) -> int:
    here = datetime.fromtimestamp(now, UTC).astimezone(_ZONE)
    return int(here.replace(hour=0, minute=0, second=0).timestamp())
