"""Employment cards: what a worker carries away of a live employment, on paper or on a screen.

A card is an SD-JWT with nobody's key in it (docs/decisions/0030): whoever sees it compares the name with the
identity card beside it. What stands on it is signed anew each time it is looked at, and kept nowhere; the row
says which fields, until when, and whether it still counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple, Protocol

from oidc.credentials import sd_jwt
from oidc.interfaces import Events, Signer
from oidc.token.handles import new_identifier
from tnid.accounts.ages import VIETNAM
from tnid.accounts.refusal import Refused, refuse
from tnid.employment.card_status import CARD_SECONDS, Places
from tnid.employment.service import Employment
from tnid.employment.shown import Shown
from tnid.parks import find_park
from tnid.stores.employment_cards import EmploymentCardStore

# What may stand on a card, in order. Not the income, of which nothing goes on paper
CARD_FIELDS = ("employer", "title", "park", "start_date", "contract_type")
CLAIM_OF = {
    "employer": "employer",
    "title": "job_title",
    "park": "industrial_park",
    "start_date": "employment_start_date",
    "contract_type": "employment_contract_type",
}
NAME = "name"
TYPE_PATH = "/vct/employment"


class Employments(Protocol):
    """What is needed of tnid.employment.service."""

    def list_shown(self, account_id: str, now: int) -> list[Shown]: ...
    def find_own(self, account_id: str, employment_id: str) -> Employment | None: ...


class People(Protocol):
    """What is needed of accounts: what was held against a document, the best first."""

    def verified_claims(self, account_id: str) -> Sequence[Mapping[str, Any]]: ...


class Addresses(NamedTuple):
    """What a card names: who issued it, what kind it is, and where its status is."""

    issuer: str
    vct: str
    status: str


class Card(NamedTuple):
    """A live card as its worker sees it. `text` is the credential, `claims` what stands on it."""

    id: str
    text: str
    claims: Mapping[str, Any]
    confirmed_at: int
    issued_at: int
    expires_at: int


class Cards:
    """Issues, shows and revokes cards; each method runs in the caller's unit of work."""

    def __init__(
        self,
        store: EmploymentCardStore,
        employments: Employments,
        people: People,
        signer: Signer,
        places: Places,
        addresses: Addresses,
        events: Events,
    ) -> None:
        self._store = store
        self._employments = employments
        self._people = people
        self._signer = signer
        self._places = places
        self.addresses = addresses
        self._events = events

    # The worker's side

    def find_shown(self, account_id: str, employment_id: str, now: int) -> Shown | None:
        """Return what may be known of one of the person's employments at this moment, or None."""
        found = self._employments.list_shown(account_id, now)
        return next((one for one in found if one.id == employment_id), None)

    def issue(self, account_id: str, employment_id: str, fields: Iterable[str], now: int) -> str | Refused:
        """Make a card with these fields, of those that are accepted; the one before counts no more.

        Returns its id. Refused with `nothing_to_show`, `card_gone`, `card_without_name`, or `work_changed`
        where a decision or the end came at this moment. Raises Conflict.
        """
        own = self._employments.find_own(account_id, employment_id)
        shown = self.find_shown(account_id, employment_id, now)
        if own is None or shown is None:
            return self._refuse("card_gone", account_id, now)
        wanted = frozenset(fields)
        kept = [name for name in offered_fields(shown) if name in wanted]
        if not kept:
            return self._refuse("nothing_to_show", account_id, now)
        if not self._name_of(account_id):
            return self._refuse("card_without_name", account_id, now)
        if not self._store.hold(account_id, employment_id, own.version):
            return self._refuse("work_changed", account_id, now)
        card_id = new_identifier()
        self._store.revoke_of_employment(employment_id, now)
        self._store.add(
            id=card_id,
            account_id=account_id,
            employment_id=employment_id,
            fields=" ".join(kept),
            issued_at=now,
            expires_at=min(shown.valid_until, now + CARD_SECONDS),
        )
        details = {"employment": employment_id, "fields": kept}
        self._events.record("employment_card.issue", account_id=account_id, now=now, details=details)
        return card_id

    def find_of_employment(self, account_id: str, employment_id: str, now: int) -> str | None:
        """Return the id of the employment's live card, or None."""
        row = self._store.find_current(employment_id)
        is_live = row is not None and row.account_id == account_id and row.expires_at > now
        return str(row.id) if is_live else None

    def list_live(self, account_id: str, now: int) -> list[Any]:
        """Return the rows of the person's cards that count."""
        return self._store.list_live(account_id, now)

    def find(self, account_id: str, card_id: str, now: int) -> Card | None:
        """Return a live card of the person's, signed at this moment; None for any other, and for one that
        says more than may be known now: its employer is suspended."""
        row = self._store.find(card_id, account_id)
        if row is None or row.revoked_at is not None or row.expires_at <= now:
            return None
        shown = self.find_shown(account_id, row.employment_id or "", now)
        name = self._name_of(account_id)
        fields = row.fields.split()
        if shown is None or not name or not shown.accepted.issuperset(fields):
            return None
        return self._sign(row, shown, name, now)

    def _sign(self, row: Any, shown: Shown, name: str, now: int) -> Card:
        claims = {NAME: name, **claims_of(shown, row.fields.split())}
        place = self._places.place(row.status_index)
        plain = {
            "iss": self.addresses.issuer,
            "vct": self.addresses.vct,
            "iat": row.issued_at,
            "exp": row.expires_at,
            "status": {"status_list": {"idx": place, "uri": self.addresses.status}},
            "employment_confirmed_at": day_of(shown.confirmed_at),
        }
        text = sd_jwt.issue(self._signer, plain, claims, now)
        return Card(row.id, text, claims, shown.confirmed_at, row.issued_at, row.expires_at)

    def _name_of(self, account_id: str) -> str:
        verified = self._people.verified_claims(account_id)
        return str(verified[0]["claims"].get(NAME, "")) if verified else ""

    # The end

    def revoke(self, account_id: str, card_id: str, now: int) -> bool:
        """End a card by its worker's wish; False where it is over, or another's."""
        if not self._store.revoke(card_id, account_id, now):
            return False
        self._note_end(account_id, now, "person")
        return True

    def revoke_of_employment(self, employment_id: str, now: int) -> bool:
        """End the employment's card; False where it has none that counts."""
        row = self._store.find_current(employment_id)
        if row is None or not self._store.revoke_of_employment(employment_id, now):
            return False
        if row.expires_at > now:
            self._note_end(row.account_id, now, "employment")
        return True

    def follow_end(self, row: Any, now: int) -> None:
        """End the card of an employment that is over."""
        self.revoke_of_employment(row.id, now)

    def follow_fields(self, row: Any, fields: frozenset[str], now: int) -> None:
        """End the card of an employment where one of these fields, no longer accepted, stands on it."""
        card = self._store.find_current(row.id)
        if card is not None and fields.intersection(card.fields.split()):
            self.revoke_of_employment(row.id, now)

    def _note_end(self, account_id: str | None, now: int, reason: str) -> None:
        self._events.record("employment_card.revoke", account_id=account_id, now=now, details={"by": reason})

    def _refuse(self, reason: str, account_id: str, now: int) -> Refused:
        return refuse(self._events, "employment_card.issue", Refused("fields", reason), account_id, now)


def offered_fields(shown: Shown) -> tuple[str, ...]:
    """Return the accepted fields that can stand on a card and of which something is attested, in order."""
    return tuple(name for name in CARD_FIELDS if name in shown.accepted and claims_of(shown, (name,)))


def claims_of(shown: Shown, fields: Iterable[str]) -> dict[str, Any]:
    """Return the claims of these fields, by the names that applications know them by."""
    park = find_park(shown.park) if shown.park else None
    values: Mapping[str, Any] = {
        "employer": {"name": shown.employer_name, "tax_code": shown.tax_code} if shown.tax_code else None,
        "title": shown.title,
        "park": {"id": park.id, "name": park.name} if park else None,
        "start_date": shown.start_date,
        "contract_type": shown.contract_type,
    }
    return {CLAIM_OF[name]: values[name] for name in fields if values[name]}


def day_of(at: int) -> str:
    """Return the day of an epoch second in Vietnam, YYYY-MM-DD."""
    return datetime.fromtimestamp(at, UTC).astimezone(VIETNAM).date().isoformat()
