"""Passkeys: registered, used, named and removed. What a browser sends is judged in `ceremonies`."""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Container
from dataclasses import dataclass
from itertools import count
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from oidc.token.handles import new_identifier
from tnid.accounts.account import Account
from tnid.accounts.refusal import Refused
from tnid.signin import ceremonies
from tnid.signin.ceremonies import ALGORITHMS, BadCeremony, Place, to_text
from tnid.signin.challenges import LIFETIME_SECONDS, Challenges
from tnid.stores.passkeys import PasskeyStore

RP_NAME = "Thái Nguyên ID"
MOST_PASSKEYS = 20
MOST_NAME_CHARACTERS = 60
COPIED = "counter"
"""Why a key is refused whose counter has not risen: there is another one like it."""


@dataclass(frozen=True, slots=True)
class Distrusted(Refused):
    """The key itself signed, and yet something is wrong with it: its owner should know."""

    account_id: str = ""


@dataclass(frozen=True, slots=True)
class Unknown(Refused):
    """A passkey that is nobody's: removed here, and still on its device, which may be told by its id."""

    credential_id: str = ""


def number_name(name: str, taken: Container[str]) -> str:
    """Return the name, or with the least number that makes it another than those: "Chrome on Android (2)"."""
    endings = ("" if number == 1 else f" ({number})" for number in count(1))
    names = (name[: MOST_NAME_CHARACTERS - len(ending)] + ending for ending in endings)
    return next(one for one in names if one not in taken)


class Added(NamedTuple):
    """A passkey that was just made; `may_sync` where it may leave its device."""

    id: str
    may_sync: bool


class Used(NamedTuple):
    """A passkey that was used rightly."""

    id: str
    account_id: str
    may_sync: bool
    user_verified: bool


class Passkeys:
    """Each method runs in the caller's unit of work; recording what happened is the caller's.

    `context` says whose ceremony it is (browser, interaction, account): the challenge is good nowhere else.
    """

    def __init__(self, store: PasskeyStore, challenges: Challenges, handle_key: bytes, issuer: str) -> None:
        self._store = store
        self._challenges = challenges
        self._handle_key = handle_key
        self._place = Place(urlsplit(issuer).hostname or "", issuer)

    @property
    def are_possible(self) -> bool:
        """Say whether browsers make any here: for no IP address (WebAuthn Level 3 §5.1.3)."""
        try:
            ipaddress.ip_address(self._place.rp_id.strip("[]"))
        except ValueError:
            return True
        return False

    def list_by_account(self, account_id: str) -> list[Any]:
        """Return the account's passkeys as rows, the oldest first."""
        return self._store.list_by_account(account_id)

    # Registering

    def creation_options(self, account: Account, context: str, now: int) -> dict[str, Any]:
        """Return PublicKeyCredentialCreationOptionsJSON (WebAuthn Level 3 §5.1.3)."""
        return {
            "rp": {"id": self._place.rp_id, "name": RP_NAME},
            "user": {
                "id": to_text(self.user_handle(account.id)),
                "name": account.username,
                "displayName": account.display_name,
            },
            "challenge": to_text(self._challenges.make(context, now)),
            "pubKeyCredParams": [{"type": "public-key", "alg": algorithm} for algorithm in ALGORITHMS],
            "timeout": LIFETIME_SECONDS * 1000,
            "attestation": "none",
            "authenticatorSelection": {
                "residentKey": "required",
                "requireResidentKey": True,
                "userVerification": "required",
            },
            "excludeCredentials": self._descriptors(account.id),
        }

    def user_handle(self, account_id: str) -> bytes:
        """Return what authenticators know an account by: it tells nobody else which one it is."""
        return hmac.digest(self._handle_key, account_id.encode(), "sha256")

    def register(self, account_id: str, text: str, context: str, name: str, now: int) -> Added | Refused:
        """Add the passkey that a browser made; where the account has one of this name, it gets a number."""
        try:
            created = ceremonies.read_created(text, self._place)
            if not self._challenges.consume(created.challenge, context, now):
                return Refused("", "challenge")
            key = ceremonies.verify_created(created, self._place)
        except BadCeremony as bad:
            return Refused("", str(bad))
        others = self._store.list_by_account(account_id)
        if len(others) >= MOST_PASSKEYS:
            return Refused("", "too_many_passkeys")
        passkey_id = new_identifier()
        is_added = self._store.insert(
            id=passkey_id,
            account_id=account_id,
            credential_id=created.credential_id,
            public_key=key.public_key,
            sign_count=key.sign_count,
            backup_eligible=int(key.backup_eligible),
            backed_up=int(key.backed_up),
            transports=" ".join(created.transports),
            name=number_name(name, {row.name for row in others}),
            created_at=now,
        )
        return Added(passkey_id, key.backup_eligible) if is_added else Refused("", "passkey_taken")

    # What devices are told, so that they offer nothing that opens nothing (WebAuthn Level 3 §5.1.10)

    def unknown_credential(self, unknown: Unknown) -> dict[str, Any]:
        """Return UnknownCredentialOptions."""
        return {"rpId": self._place.rp_id, "credentialId": unknown.credential_id}

    def accepted_credentials(self, account_id: str) -> dict[str, Any]:
        """Return AllAcceptedCredentialsOptions."""
        accepted = [to_text(bytes(row.credential_id)) for row in self._store.list_by_account(account_id)]
        user_id = to_text(self.user_handle(account_id))
        return {"rpId": self._place.rp_id, "userId": user_id, "allAcceptedCredentialIds": accepted}

    # Using

    def request_options(self, context: str, now: int, *, account_id: str = "") -> dict[str, Any]:
        """Return PublicKeyCredentialRequestOptionsJSON (§5.1.10).

        Without an account they are the same for everyone, and the passkey says who it is; with one, whose
        password was right, they name its passkeys.
        """
        return {
            "challenge": to_text(self._challenges.make(context, now)),
            "rpId": self._place.rp_id,
            "timeout": LIFETIME_SECONDS * 1000,
            "userVerification": "preferred" if account_id else "required",
            "allowCredentials": self._descriptors(account_id) if account_id else [],
        }

    def use(self, text: str, context: str, now: int, *, account_id: str = "") -> Used | Refused:
        """Judge an assertion; without an account it is a whole sign-in, which needs the user verified."""
        try:
            asserted = ceremonies.read_asserted(text, self._place)
            if not self._challenges.consume(asserted.challenge, context, now):
                return Refused("", "challenge")
            row = self._store.find_by_credential_id(asserted.credential_id)
            if row is None:
                return Unknown("", "unknown", credential_id=to_text(asserted.credential_id))
            self._check_owner(row, asserted.user_handle, account_id)
            proof = ceremonies.verify_asserted(
                asserted, bytes(row.public_key), self._place, needs_verification=not account_id
            )
        except BadCeremony as bad:
            return Refused("", str(bad))
        if proof.backup_eligible != bool(row.backup_eligible):
            return Distrusted("", "backup_eligibility", account_id=row.account_id)
        if not self._store.use(row.id, proof.sign_count, proof.backed_up, now):
            return Distrusted("", COPIED, account_id=row.account_id)
        return Used(row.id, row.account_id, proof.backup_eligible, proof.user_verified)

    def _check_owner(self, row: Any, user_handle: bytes | None, account_id: str) -> None:
        """§7.2 step 6: whom the passkey names is who it belongs to, and who is asked, where that is known."""
        expected = self.user_handle(row.account_id)
        is_named = user_handle is not None and hmac.compare_digest(user_handle, expected)
        if not is_named and not (account_id and user_handle is None):
            raise BadCeremony("user_handle")
        if account_id and row.account_id != account_id:
            raise BadCeremony("another_account")
        if row.disabled_at is not None:
            raise BadCeremony("disabled")

    # Changing

    def rename(self, account_id: str, passkey_id: str, name: str) -> bool:
        return self._store.rename(account_id, passkey_id, name[:MOST_NAME_CHARACTERS])

    def remove(self, account_id: str, passkey_id: str) -> bool:
        """Remove a passkey; whether it may go is `Factors`' to say."""
        return self._store.remove(account_id, passkey_id)

    def _descriptors(self, account_id: str) -> list[dict[str, Any]]:
        return [
            {
                "type": "public-key",
                "id": to_text(bytes(row.credential_id)),
                **({"transports": row.transports.split()} if row.transports else {}),
            }
            for row in self._store.list_by_account(account_id)
        ]
