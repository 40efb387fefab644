"""What the protocol needs of the world: narrow protocols, each with the contract of its one-time statements.

Every store works inside the caller's unit of work. A method named `find_` may return None; one that
consumes says by its return value whether this caller, and no other, did it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from oidc.agreed import Agreed
from oidc.attested import Vouched
from oidc.decoupled.models import DecoupledRequest
from oidc.mandates import Mandate
from oidc.models import Client, Grant, Interaction, PushedRequest, Resource
from oidc.security_events.models import SecurityEvent
from oidc.token.redemption import Redemption


class ClientStore(Protocol):
    def find(self, client_id: str) -> Client | None:
        """Return the client, disabled ones too; a change is seen within a second."""


class ClientRegistry(ClientStore, Protocol):
    """What registration needs beside looking up."""

    def find_now(self, client_id: str) -> Client | None:
        """Return the client as it is at this moment."""

    def add(self, client: Client) -> None:
        """Store a new client."""

    def set_metadata(self, client_id: str, metadata: dict[str, Any], now: int) -> bool:
        """Replace the metadata of a client; say whether there was one."""

    def delete(self, client_id: str) -> bool:
        """Remove a client; say whether there was one. Its tokens are worth nothing from then on."""


class ResourceStore(Protocol):
    def find(self, identifier: str) -> Resource | None:
        """Return the protected resource, disabled ones too; a change is seen within a second."""


class GrantStore(Protocol):
    """Every method that consumes or rotates refuses a revoked or expired grant and a disabled account."""

    def add(self, grant: Grant, *, is_sandbox: bool = False) -> bool:
        """Store a new grant, with its code unredeemed; False, with nothing stored, where by now the session
        has ended or the consent was withdrawn, or the mandate that stands for the consent has ended.

        False, too, where the account is made up and the client isn't (`is_sandbox`), or the other way."""

    def redeem(self, redemption: Redemption, now: int) -> Grant | None:
        """Consume the code by one conditional statement, and record `token.issued` with it.

        None where the code is unknown, spent or expired, or was asked for otherwise than it is redeemed.
        """

    def find_by_code(self, code_hash: bytes) -> Grant | None:
        """Return the grant of a code, spent and expired ones too."""

    def find_live(self, grant_id: str, now: int) -> Grant | None:
        """Return a redeemed grant that is neither revoked nor expired, of an active account."""

    def find(self, grant_id: str) -> Grant | None:
        """Return the grant in whatever state."""

    def rotate(self, grant_id: str, generation: int, client_id: str, now: int) -> Grant | None:
        """Raise the generation by one where it is `generation`, in one statement, and record
        `token.refreshed` with it; return the grant after."""

    def revoke(self, grant_id: str, now: int) -> bool:
        """End the grant and all that hangs on it; say whether it was alive."""

    def revoke_by_session(self, sid: str, now: int) -> int:
        """End the grants that were to last as long as this session."""

    def revoke_by_mandate(self, mandate_id: str, now: int) -> int:
        """End the grants that a helper got by this mandate; return how many."""

    def list_parties(self, sid: str) -> list[tuple[str, str]]:
        """Return each client that ever had a grant in this session, with the account: those ended, too."""


class InteractionStore(Protocol):
    def add(self, interaction: Interaction) -> None:
        """Store a new interaction."""

    def find(self, uid: str) -> Interaction | None:
        """Return the interaction in whatever state."""

    def update(self, uid: str, **changes: Any) -> bool:
        """Change an interaction that isn't completed; say whether there was one."""

    def complete(self, uid: str, now: int) -> bool:
        """Consume the interaction: True for one caller only."""


class PushedRequestStore(Protocol):
    def add(self, pushed: PushedRequest) -> None:
        """Store a new pushed request."""

    def find(self, uri_hash: str) -> PushedRequest | None:
        """Return the pushed request in whatever state."""

    def consume(self, uri_hash: str, now: int) -> bool:
        """Consume the pushed request by one conditional statement: True for one caller only."""


class DecoupledStore(Protocol):
    """Requests that wait for the person elsewhere. What is decided or redeemed is so for one caller only."""

    def add(self, request: DecoupledRequest) -> bool:
        """Store a new request; False, with nothing stored, where its user code is taken."""

    def find(self, request_id: str) -> DecoupledRequest | None:
        """Return the request in whatever state."""

    def claim(self, user_code_hash: bytes, account_id: str, now: int) -> DecoupledRequest | None:
        """Make the waiting request of a user code this account's to decide, in one statement; return it.

        None where it is unknown, decided, expired, or another account's already.
        """

    def find_by_handle(self, handle_hash: bytes) -> DecoupledRequest | None:
        """Return the request of a device_code or auth_req_id, in whatever state."""

    def list_waiting(self, account_id: str, now: int) -> list[DecoupledRequest]:
        """Return the requests that name this account and wait for its decision, the newest first."""

    def poll(self, handle_hash: bytes, grant_type: str, client_id: str, now: int) -> DecoupledRequest | None:
        """Note a poll in one statement; return the request after it, None where unknown or redeemed.

        A poll before the interval is over sets `too_fast` and makes the interval five seconds longer.
        """

    def allow(
        self, request_id: str, *, account_id: str, auth_time: int, acr: str, amr: str, now: int
    ) -> bool:
        """Note the person's yes where the request waits for this account, which must be active."""

    def deny(self, request_id: str, account_id: str, now: int) -> bool:
        """Note the person's no where the request waits for this account."""

    def redeem(
        self, handle_hash: bytes, grant_type: str, client_id: str, now: int
    ) -> DecoupledRequest | None:
        """Consume an allowed, unexpired request of an active account by one conditional statement.

        None, too, where the person has changed the password since they allowed it.
        """


class SecurityEventStore(Protocol):
    def find(self, event_id: str) -> SecurityEvent | None:
        """Return the event in whatever state."""

    def answer(self, event_id: str, outcome: str, reason: str | None, now: int) -> bool:
        """Note what the application did, in one statement; False where it said before that it deleted."""


class ReplayStore(Protocol):
    def consume(self, purpose: str, identifier: str, expires_at: int) -> bool:
        """Remember a one-time identifier until `expires_at`; True for the first caller only."""

    def is_consumed(self, purpose: str, identifier: str) -> bool:
        """Say whether the identifier was consumed."""


class Consents(Protocol):
    def find_agreed(self, account_id: str, client_id: str) -> Agreed | None:
        """Return what the person agreed to and hasn't withdrawn."""


class Mandates(Protocol):
    def list_held(self, helper_id: str, client_id: str, now: int) -> list[Mandate]:
        """Return the mandates in force by which this person may act at the client, for active accounts."""

    def note_use(self, mandate: Mandate, now: int) -> None:
        """Record that the helper signed in by it, for both people, and let the principal know."""


class Subjects(Protocol):
    def claims(self, account_id: str) -> Mapping[str, Any] | None:
        """Return the standard claims of an active account."""

    def find_by_login_hint(self, hint: str, now: int, *, is_sandbox: bool = False) -> str | None:
        """Return the active account that the hint names; None, after as much work, where there is none.

        Among those who live, or with `is_sandbox` among those who are made up, and never among both."""

    def claims_of_grant(self, grant_id: str, now: int) -> tuple[Grant, Mapping[str, Any]] | None:
        """Return a live grant and its person's claims by one look at the database."""

    def vouched(self, account_id: str, client_id: str, names: frozenset[str], now: int) -> Vouched:
        """Return what is vouched for about an active account, for this client: these names, and no others.

        They are those of `oidc.attested`, questions with their values, and `verified_claims/<claim>`. Of work
        only what its worker let be known is in it, and the employer only where the client may know. Children
        are called as they would be at this client, and a number is one that an official compared.
        """

    def answers(
        self, account_id: str, client_id: str, names: Sequence[str], vouched: Vouched, now: int
    ) -> Mapping[str, bool]:
        """Return the yes/no claims (`oidc.yes_no`) that verified data or `vouched` answer, by their names.

        How many different questions a client may ask about one person is the source's to limit.
        """

    def verified_claims(self, account_id: str) -> Sequence[Mapping[str, Any]]:
        """Return what was verified about an active account and how, the best first.

        Each has `verification` and `claims`, as OpenID Connect for Identity Assurance §5.1 has them, and
        holds only what was recorded when it was verified.
        """


class Signer(Protocol):
    def sign(self, claims: Mapping[str, Any], *, alg: str, typ: str, now: int, name: str = "") -> str:
        """Return a compact JWS by the active key of `alg`, called by this further name if there is one."""

    def verify(self, token: str, *, typ: str | None, now: int, allow_expired: bool = False) -> dict[str, Any]:
        """Return the claims of a token of ours; raise an exception named InvalidToken otherwise."""

    def jwks(self, now: int) -> bytes:
        """Return the public keys as a JWK Set, ready-made."""

    def algorithms(self) -> tuple[str, ...]:
        """Return the algorithms there are keys for."""


class Registrar(Protocol):
    """Whoever lets programs register clients by a token of their own, beside the operator: RFC 7591 §1.2."""

    def may_register(self, token_id: str, now: int) -> bool:
        """Say whether this token of theirs opens registration now."""

    def add(self, token_id: str, client: Client, now: int) -> bool:
        """Store a client that came with the token; False where it opens nothing (any more). Raises
        RegistrationFull."""

    def is_agreed(self, client_id: str) -> bool:
        """Say whether the client is what was agreed with them: then no token of its own removes it."""

    def check_update(self, client: Client, metadata: Mapping[str, Any]) -> None:
        """Raise InvalidClientMetadata for what a client may not change about itself: RFC 7592 §2.2."""

    def note_update(self, client: Client, now: int) -> None:
        """Hear of a client that was changed by its own token."""

    def note_deletion(self, client_id: str, now: int) -> None:
        """Hear of a client that was removed by its own token."""


class Events(Protocol):
    def record(
        self,
        event: str,
        *,
        now: int,
        outcome: str = "ok",
        reason: str | None = None,
        account_id: str | None = None,
        client_id: str | None = None,
        details: Mapping[str, Any] | None = None,
    ) -> None:
        """Write an audit row in the caller's unit of work."""
