"""People as support finds and helps them: found by what they say of themselves, seen masked.

Who they are is proved to a counter or by a recovery, never here: nothing in this file sets a password or
touches a factor. What is looked at and done stands in the log, and on the person's own page.
"""

from __future__ import annotations

from typing import Any

from oidc.interfaces import Events
from tnid.accounts.account import Account
from tnid.accounts.contacts import parse_email, parse_phone, write_phone
from tnid.accounts.numbers import IDENTITY_CARD, DocumentNumber, is_personal_id_number, parse_number
from tnid.accounts.refusal import Refused, refuse
from tnid.accounts.service import Accounts
from tnid.accounts.usernames import MOST_CHARACTERS, username_key
from tnid.accounts.vault import Vault
from tnid.messages.contacts import EMAIL, PHONE, mask
from tnid.signin.limits import HOUR_SECONDS, Bucket, Limit, Limits
from tnid.stores.accounts import AccountStore
from tnid.stores.official_acts import OfficialActStore

# Support helps one person after the other; who goes through numbers is no support at work
OPERATOR_SEARCH = Limit("operator_search", 120, HOUR_SECONDS)
LOOK_SECONDS = 900
MOST_TYPED_CHARACTERS = 254
MOST_ACTS = 50


class People:
    """Finds people and keeps what was looked at; each method runs in the caller's unit of work."""

    def __init__(
        self,
        accounts: Accounts,
        store: AccountStore,
        vault: Vault,
        acts: OfficialActStore,
        limits: Limits,
        events: Events,
    ) -> None:
        self._accounts = accounts
        self._store = store
        self._vault = vault
        self._acts = acts
        self._limits = limits
        self._events = events

    def find(self, typed: str, by: str, now: int) -> list[Account] | Refused:
        """Return those whose username, phone, e-mail, identification number or id was typed, as a whole.

        `nobody_found`, `own_account`, `too_many_searches`. What was typed is in no log.
        """
        kind, rows = self._look_up(typed[:MOST_TYPED_CHARACTERS].strip())
        refused = self._count(by, now)
        found = [] if refused else [self._vault.open_account(row) for row in rows]
        if refused is None and any(account.id == by for account in found):
            refused = Refused("query", "own_account")
        elif refused is None and not found:
            refused = Refused("query", "nobody_found")
        self._events.record(
            "person.find", outcome="refused" if refused else "ok", reason=refused.reason if refused else None,
            account_id=by, now=now, details={"by": kind, "found": len(found)},
        )  # fmt: skip
        return refused or found

    def _look_up(self, typed: str) -> tuple[str, list[Any]]:
        if "@" in typed:
            email = parse_email(typed)
            return "email", self._store.list_by_email(self._vault.email_index(email) or "") if email else []
        number = parse_number(IDENTITY_CARD, typed)
        if isinstance(number, DocumentNumber) and is_personal_id_number(number.number):
            account_id = self._accounts.identity.find_account_id(number)
            return "number", _rows(self._store.find(account_id) if account_id else None)
        phone = parse_phone(typed)
        sharing = self._store.list_by_phone(self._vault.phone_index(phone) or "") if phone else []
        if sharing:
            return "phone", sharing
        named = self._store.find_by_username_key(username_key(typed[:MOST_CHARACTERS]))
        return "username", _rows(named or self._store.find(typed))

    def _count(self, by: str, now: int) -> Refused | None:
        bucket = Bucket(OPERATOR_SEARCH, by)
        if self._limits.take(bucket, now):
            return None
        return Refused("query", "too_many_searches", self._limits.seconds_shut((bucket,), now))

    def look(self, account_id: str, by: str, now: int) -> Account | Refused:
        """Return the account for its page; a look is counted and kept once in a quarter of an hour.

        `not_found`, `own_account`, `too_many_searches`.
        """
        account = self._accounts.find(account_id)
        if account is None or account_id == by:
            refused = Refused("", "not_found" if account is None else "own_account")
            return self._refuse("person.look", refused, account_id if account else None, by, now)
        if self._has_looked(account_id, by, now):
            return account
        if (too_many := self._count(by, now)) is not None:
            return self._refuse("person.look", too_many, account_id, by, now)
        self.note("look", account_id, by, now)
        return account

    def _has_looked(self, account_id: str, by: str, now: int) -> bool:
        rows = self._acts.list_by_account(account_id, most=MOST_ACTS)
        return any(
            row.official_id == by and row.act == "operator_look" and row.occurred_at > now - LOOK_SECONDS
            for row in rows
        )

    def reveal(self, account: Account, field: str, reason: str, by: str, now: int) -> str:
        """Return one field in full, "" where there is none; the person reads the reason."""
        self.note("reveal", account.id, by, now, reason=reason, field=field)
        return self.value_of(account, field)

    def value_of(self, account: Account, field: str) -> str:
        if field == "number":
            number = self._accounts.identity.find_number(account.id)
            return number.number if number else ""
        claim = {"name": "name", "phone": "phone_number", "email": "email"}[field]
        value = str(account.profile.get(claim) or "")
        return write_phone(value) if field == "phone" and value else value

    def masked(self, account: Account) -> dict[str, str]:
        """Return each of FIELDS as it is shown: so that its owner knows it and nobody else learns it."""
        number = self._accounts.identity.find_number(account.id)
        phone, email = account.profile.get("phone_number"), account.profile.get("email")
        return {
            "name": mask_name(str(account.profile.get("name") or "")),
            "phone": mask(PHONE, phone) if phone else "",
            "email": mask(EMAIL, email) if email else "",
            "number": number.masked if number else "",
        }

    def note(
        self, act: str, account_id: str, by: str, now: int, *, reason: str = "", field: str = ""
    ) -> None:
        """Keep what an operator did, in the log and where the person reads it."""
        self._acts.add(
            official_id=by, account_id=account_id, commune="", act=f"operator_{act}", occurred_at=now,
            reason=reason, field=field,
        )  # fmt: skip
        details = {"actor": by, **({"why": reason} if reason else {}), **({"field": field} if field else {})}
        self._events.record(f"person.{act}", account_id=account_id, now=now, details=details)

    def refuse(self, act: str, reason: str, account_id: str, by: str, now: int, field: str = "") -> Refused:
        """Keep that something was not done."""
        return self._refuse(f"person.{act}", Refused(field, reason), account_id, by, now)

    def _refuse(self, event: str, refused: Refused, account_id: str | None, by: str, now: int) -> Refused:
        return refuse(self._events, event, refused, account_id, now, details={"actor": by})


def _rows(row: Any) -> list[Any]:
    return [] if row is None else [row]


def mask_name(name: str) -> str:
    """Return the first letter of each word of a name."""
    return " ".join(f"{word[0]}•••" for word in name.split())
