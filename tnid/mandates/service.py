"""Mandates as the rest of the program sees them: offered, accepted, used, ended.

What a mandate may be used for is decided by `oidc`; each use, and each change, is known to both people.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from oidc.attested import PERSONAL_SCOPES
from oidc.decoupled.user_code import new_user_code, read_user_code, user_code_of
from oidc.interfaces import Events
from oidc.mandates import Mandate
from oidc.models import OPENID, Client
from oidc.token.handles import new_identifier
from tnid.accounts.account import Account
from tnid.accounts.refusal import Refused, refuse
from tnid.interfaces import BlindIndex
from tnid.mandates.endings import MandateEndings
from tnid.stores.mandates import BY_THE_PERSON, MandateStore, NewMandate

DAY_SECONDS = 24 * 3600
CODE_SECONDS = DAY_SECONDS
NAMED_OFFER_SECONDS = 7 * DAY_SECONDS
SAME_FORM_SECONDS = 60
MOST_OPEN = 20
MOST_NAME_CHARACTERS = 64
CODE_KIND, SAME_KIND, FORM_KIND = "mandate.code", "mandate.same_offer", "mandate.form"


class People(Protocol):
    """What is needed of accounts."""

    def find(self, account_id: str) -> Account | None: ...
    def find_name(self, account_id: str | None) -> str: ...
    def find_id_by_username(self, username: str) -> str | None: ...


class Clients(Protocol):
    """What is needed of the registered applications."""

    def find(self, client_id: str) -> Client | None: ...
    def list_accepting_mandates(self) -> list[Client]: ...


Announce = Callable[..., None]
"""`announce(account_id, name, now, **values)` tells a person on their channels."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What a principal offers: of each client the scopes, until when; `to` is a username, "" for a code.

    `attempt` is random, and one form's own: the same form makes one code, however often it is sent.
    """

    scopes: Mapping[str, Sequence[str]] = field(default_factory=dict)
    expires_at: int = 0
    to: str = ""
    attempt: str = ""


class Offered(NamedTuple):
    """A mandate that was offered; the code is shown this once, None where it was offered by name."""

    mandate_id: str
    code: str | None


class Held(NamedTuple):
    """An open mandate with what it covers, by client, as either of its two people sees it."""

    row: Any
    scopes: Mapping[str, frozenset[str]]


def scopes_of(client: Client) -> list[str]:
    """Return the scopes of a client that a principal chooses from; to be told apart is in every mandate.

    What is nobody's to hand over is in none: see `oidc.claims.within`.
    """
    of_resources = [name for names in client.resources.values() for name in names]
    never = PERSONAL_SCOPES.union([OPENID])
    return [name for name in dict.fromkeys([*client.scope, *of_resources]) if name not in never]


class Mandates:
    """Every act on a mandate, in the caller's unit of work; see also `oidc.interfaces.Mandates`."""

    def __init__(
        self,
        store: MandateStore,
        endings: MandateEndings,
        clients: Clients,
        people: People,
        events: Events,
        blind: BlindIndex,
        announce: Announce,
        longest_seconds: int,
    ) -> None:
        self._store = store
        self._endings = endings
        self._clients = clients
        self._people = people
        self._events = events
        self._blind = blind
        self._announce = announce
        self.longest_seconds = longest_seconds

    # Giving

    def list_clients(self) -> list[Client]:
        """Return the applications that let a helper in."""
        return self._clients.list_accepting_mandates()

    def offer(self, principal_id: str, offer: Offer, now: int) -> Offered | Refused:
        """Offer a mandate, by a code or to a username; whether there is such a username is not told.

        Raises Conflict where the same is offered at this very moment: then that one is found.
        """
        refused = self._find_fault(principal_id, offer, now)
        if refused is None and offer.to:
            return self._offer_by_name(principal_id, offer, now)
        if refused is not None:
            return refuse(self._events, "mandate.offer", refused, principal_id, now)
        return self._offer_by_code(principal_id, offer, now)

    def _offer_by_code(self, principal_id: str, offer: Offer, now: int) -> Offered:
        id_, code = self._of_form(principal_id, offer, now)
        if id_ is not None and self._store.has(id_):
            if any(one.row.id == id_ for one in self.list_given(principal_id, now)):
                return Offered(id_, code)
            id_, code = None, new_user_code()  # the form of before, once what it made is over
        mandate_id = self._add(principal_id, offer, now, id_=id_, code_hash=self._hash(code))
        return Offered(mandate_id, code)

    def _of_form(self, principal_id: str, offer: Offer, now: int) -> tuple[str | None, str]:
        """Return the id and the code of what this very form offers; None where nobody says which form."""
        if not offer.attempt:
            return None, new_user_code()
        scopes = sorted((client_id, *sorted(names)) for client_id, names in offer.scopes.items())
        same = f"{principal_id}:{offer.attempt}:{scopes}:{offer.expires_at - now}"
        digest = bytes.fromhex(self._blind.blind_index(FORM_KIND, same))
        return urlsafe_b64encode(digest[:16]).rstrip(b"=").decode(), user_code_of(digest[16:])

    def _offer_by_name(self, principal_id: str, offer: Offer, now: int) -> Offered | Refused:
        helper_id = self._people.find_id_by_username(offer.to)
        if helper_id == principal_id:
            refused = Refused("to", "mandate_for_oneself")
            return refuse(self._events, "mandate.offer", refused, principal_id, now)
        offered_to = offer.to[:MOST_NAME_CHARACTERS]
        # In this order: an offer that is made between the two looks is met as a Conflict, and not made twice
        named = self._find_free_id(principal_id, offer, now)
        mandate_id = self._find_same(principal_id, offer, offered_to, now)
        if mandate_id is None:
            mandate_id = self._add(
                principal_id, offer, now, id_=named, helper_id=helper_id, offered_to=offered_to
            )
        return Offered(mandate_id, None)

    def _find_free_id(self, principal_id: str, offer: Offer, now: int) -> str | None:
        """Return the id of this very offer in this minute, so that of two at once the second meets Conflict.

        None where it was made before, and is over.
        """
        scopes = sorted((client_id, *sorted(names)) for client_id, names in offer.scopes.items())
        same = f"{principal_id}:{offer.to}:{scopes}:{offer.expires_at - now}:{now // SAME_FORM_SECONDS}"
        digest = bytes.fromhex(self._blind.blind_index(SAME_KIND, same))[:16]
        id_ = urlsafe_b64encode(digest).rstrip(b"=").decode()
        return None if self._store.has(id_) else id_

    def _find_same(self, principal_id: str, offer: Offer, offered_to: str, now: int) -> str | None:
        """Return the id of the same offer where it was made just now: a form that was sent twice."""
        scopes = {client_id: {OPENID, *names} for client_id, names in offer.scopes.items()}
        for one in self.list_given(principal_id, now):
            is_recent = one.row.accepted_at is None and one.row.created_at > now - SAME_FORM_SECONDS
            lasts_as_long = one.row.expires_at - one.row.created_at == offer.expires_at - now
            if is_recent and lasts_as_long and one.row.offered_to == offered_to and one.scopes == scopes:
                return str(one.row.id)
        return None

    def _find_fault(self, principal_id: str, offer: Offer, now: int) -> Refused | None:
        if not offer.scopes:
            return Refused("clients", "mandate_client")
        for client_id, scopes in offer.scopes.items():
            client = self._clients.find(client_id)
            if (
                client is None
                or client.disabled_at is not None
                or not client.accepts_mandates
                or client.is_sandbox
            ):
                return Refused("clients", "mandate_client")
            if not set(scopes) <= {OPENID, *scopes_of(client)}:
                return Refused("scopes", "mandate_scope")
        if not now < offer.expires_at <= now + self.longest_seconds:
            return Refused("until", "mandate_until")
        if len(self._store.list_given(principal_id, now)) >= MOST_OPEN:
            return Refused("", "mandate_too_many")
        return None

    def _add(
        self,
        principal_id: str,
        offer: Offer,
        now: int,
        *,
        id_: str | None = None,
        helper_id: str | None = None,
        offered_to: str | None = None,
        code_hash: bytes | None = None,
        given_by: str = BY_THE_PERSON,
        accepted_at: int | None = None,
    ) -> str:
        scopes = {client_id: " ".join(sorted({OPENID, *names})) for client_id, names in offer.scopes.items()}
        new = NewMandate(
            id=id_ or new_identifier(),
            principal_id=principal_id,
            helper_id=helper_id,
            offered_to=offered_to,
            code_hash=code_hash,
            offer_expires_at=min(
                offer.expires_at, now + (CODE_SECONDS if code_hash else NAMED_OFFER_SECONDS)
            ),
            given_by=given_by,
            created_at=now,
            accepted_at=accepted_at,
            expires_at=offer.expires_at,
            scopes=scopes,
        )
        self._store.add(new)
        details = {"mandate": new.id, "scopes": scopes, "until": offer.expires_at, "given_by": given_by}
        self._events.record("mandate.offer", account_id=principal_id, now=now, details=details)
        return new.id

    def _hash(self, code: str) -> bytes:
        return bytes.fromhex(self._blind.blind_index(CODE_KIND, code))

    # Accepting

    def find_offer(self, typed: str, helper_id: str, now: int) -> Held | None:
        """Return what is offered under a code as it was typed; the caller counts wrong guesses."""
        code = read_user_code(typed)
        row = self._store.find_by_code(self._hash(code), helper_id, now) if code else None
        return None if row is None else self._held(row)

    def accept_code(self, typed: str, helper_id: str, now: int) -> bool:
        """Become the helper of the mandate under this code; True for one caller only."""
        code = read_user_code(typed)
        row = self._store.accept_by_code(self._hash(code), helper_id, now) if code else None
        return self._note_acceptance(row, now)

    def accept_offer(self, mandate_id: str, helper_id: str, now: int) -> bool:
        """Accept what was offered to this person by name; False for anybody else's."""
        return self._note_acceptance(self._store.accept_offer(mandate_id, helper_id, now), now)

    def _note_acceptance(self, row: Any, now: int) -> bool:
        if row is None:
            return False
        for account_id in (row.principal_id, row.helper_id):
            self._events.record("mandate.accept", account_id=account_id, now=now, details={"mandate": row.id})
        self._announce(
            row.principal_id, "mandate_accepted", now, helper=self._people.find_name(row.helper_id)
        )
        return True

    # Using

    def list_held(self, helper_id: str, client_id: str, now: int) -> list[Mandate]:
        """Return the mandates in force by which this person may act at the client, for active accounts."""
        return [
            Mandate(
                id=row.id,
                principal_id=row.principal_id,
                helper_id=row.helper_id,
                client_id=row.client_id,
                scope=frozenset(row.scope.split()),
                principal_level=row.identity_level,
                expires_at=row.expires_at,
            )
            for row in self._store.list_held(helper_id, client_id, now)
        ]

    def note_use(self, mandate: Mandate, now: int) -> None:
        """Record that the helper signed in by it, for both people, and let the principal know."""
        details = {"mandate": mandate.id}
        for event, account_id in (("mandate.use", mandate.principal_id), ("mandate.act", mandate.helper_id)):
            self._events.record(
                event, account_id=account_id, client_id=mandate.client_id, now=now, details=details
            )
        principal = self._people.find(mandate.principal_id)
        client = self._clients.find(mandate.client_id)
        if principal is not None and client is not None:
            app = client.text("client_name", principal.locale)
            self._announce(
                principal.id, "mandate_used", now, helper=self._people.find_name(mandate.helper_id), app=app
            )

    # Ending

    def end(self, mandate_id: str, account_id: str, now: int) -> bool:
        """End a mandate that this person gave or holds, and all that came of it; False for others'."""
        row = self._store.end(mandate_id, account_id, now)
        if row is None:
            return False
        for one in self._endings.follow(row, now) - {account_id}:
            self._announce(one, "mandate_ended", now, by=self._people.find_name(account_id))
        return True

    # Looking

    def list_given(self, account_id: str, now: int) -> list[Held]:
        """Return what this person gave and offers, the newest first."""
        return [self._held(row) for row in self._store.list_given(account_id, now)]

    def list_received(self, account_id: str, now: int) -> list[Held]:
        """Return what this person holds, and is offered by name, the newest first."""
        return [self._held(row) for row in self._store.list_received(account_id, now)]

    def find_other_name(self, row: Any, account_id: str) -> str:
        """Return the other person of a mandate as this one may know them, "" where there is none yet.

        Before it is accepted the principal knows what they typed alone, and not whether it is anybody's name.
        """
        if row.principal_id != account_id:
            return self._people.find_name(row.principal_id)
        return str(row.offered_to or "") if row.accepted_at is None else self._people.find_name(row.helper_id)

    def _held(self, row: Any) -> Held:
        rows = self._store.list_clients(row.id)
        return Held(row, {one.client_id: frozenset(one.scope.split()) for one in rows})
