"""A client's secrets: two at most, so that an application changes over to a new one without standing still.

Which ones work stands in the client's row alone, which every request reads; the rows beside it say when each
was made and used, and by whom. Each method runs in the caller's unit of work and records what it did.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from oidc.clients.authentication import hash_secret
from oidc.interfaces import Events, ReplayStore
from oidc.models import Client
from tnid.accounts.refusal import Refused, refuse
from tnid.db import Database
from tnid.developers.records import application_of
from tnid.interfaces import Announcer, BlindIndex
from tnid.stores.applications import ApplicationStore
from tnid.stores.client_secrets import ClientSecretStore

MOST_SECRETS = 2
# What the owners of a live client's team are told
TEXTS = {"make": "client_secret_made", "end": "client_secret_ended", "plan_end": "client_secret_planned"}
KIND, ATTEMPT = "client.secret", "client_secret"
ATTEMPT_SECONDS = 86400
DAY_SECONDS = 86400
# How long the old secret may go on beside a new one; None until somebody ends it
OVERLAPS: Mapping[str, int | None] = {
    "0": 0,
    "1": DAY_SECONDS,
    "7": 7 * DAY_SECONDS,
    "30": 30 * DAY_SECONDS,
    "": None,
}
USUAL_OVERLAP = "7"


class Clients(Protocol):
    """What is needed of tnid.stores.clients."""

    def find_now(self, client_id: str) -> Client | None: ...
    def set_secrets(
        self, client: Client, hashes: Sequence[bytes], ends: Mapping[str, int], now: int, *, by: str | None
    ) -> bool: ...


@dataclass(frozen=True, slots=True)
class Secret:
    """What may be told of a secret. `id` names it on our pages and says nothing of it."""

    id: str
    made_by: str | None
    created_at: int
    last_used_at: int | None
    ends_at: int | None
    digest: bytes = field(repr=False)


class Secrets:
    """Makes, ends and lists secrets."""

    def __init__(
        self,
        clients: Clients,
        store: ClientSecretStore,
        applications: ApplicationStore,
        attempts: ReplayStore,
        blind: BlindIndex,
        events: Events,
        messages: Announcer,
    ) -> None:
        self._clients = clients
        self._store = store
        self._applications = applications
        self._attempts = attempts
        self._blind = blind
        self._events = events
        self._messages = messages

    # Looking

    def list_of(self, client: Client, now: int) -> list[Secret]:
        """Return the secrets that work, the newest first."""
        rows = {row.digest: row for row in self._store.list_of(client.client_id)}
        return [self._describe(client, digest, rows.get(digest.hex())) for digest in working(client, now)]

    def _describe(self, client: Client, digest: bytes, row: Any) -> Secret:
        # A process of the version before writes no row
        return Secret(
            id=self._blind.blind_index(KIND, f"{client.client_id}:{digest.hex()}")[:16],
            made_by=row.made_by if row else None,
            created_at=row.created_at if row else client.created_at,
            last_used_at=row.last_used_at if row else None,
            ends_at=client.secret_ends.get(digest.hex()),
            digest=digest,
        )

    # Making

    def make(
        self,
        client: Client,
        now: int,
        *,
        by: str | None,
        attempt: str = "",
        overlap: int | None = None,
        drops_oldest: bool = False,
    ) -> str | Refused:
        """Make a secret and return it: it is kept nowhere. The one before goes on for `overlap` seconds, None
        for as long as nobody ends it; of two, the oldest may be dropped. The same attempt makes none a second
        time.

        `secrets_two`: there are two already; `secret_unfit`: the client has none, by how it authenticates.
        """
        if not client.auth_method.startswith("client_secret_"):
            return self._refuse("make", "secret_unfit", client, by, now)
        # Where the one before ends at once there is room
        before = working(client, now)[: 0 if overlap == 0 else 1 if drops_oldest else None]
        if len(before) >= MOST_SECRETS:
            return self._refuse("make", "secrets_two", client, by, now)
        if attempt and not self._attempts.consume(ATTEMPT, f"{by}:{attempt}", now + ATTEMPT_SECONDS):
            return Refused("", "secret_made")
        secret = secrets.token_urlsafe(32)
        digest = hash_secret(secret)
        ends = {one.hex(): at for one in before if (at := _sooner(client, one, overlap, now)) is not None}
        if not self._write(client, (digest, *before), ends, now, by):
            return Refused("", "changed_meanwhile")
        self._store.add(client.client_id, digest.hex(), now, by)
        self._record("make", client, by, now, overlap_seconds=overlap)
        return secret

    # Ending

    def end(
        self, client: Client, secret_id: str, now: int, *, by: str | None, is_sure: bool = False
    ) -> Refused | None:
        """End a secret now; one that is over already is no refusal.

        `secret_last`, unless `is_sure`: no other would work on.
        """
        found = self._find(client, secret_id, now)
        if found is None:
            return None
        rest = [one for one in working(client, now) if one != found.digest]
        if not is_sure and not _lasting(client, rest):
            return self._refuse("end", "secret_last", client, by, now)
        if not self._write(client, rest, _ends_of(client, rest), now, by):
            return Refused("", "changed_meanwhile")
        self._record("end", client, by, now, which=secret_id)
        return None

    def plan_end(
        self, client: Client, secret_id: str, ends_at: int | None, now: int, *, by: str | None
    ) -> Refused | None:
        """Have a secret end by itself at a time, or not at all; `secret_last` where no other works on."""
        found = self._find(client, secret_id, now)
        if found is None:
            return Refused("", "secret_over")
        hashes = working(client, now)
        if ends_at is not None and not _lasting(client, [one for one in hashes if one != found.digest]):
            return self._refuse("plan_end", "secret_last", client, by, now)
        ends = {**_ends_of(client, hashes), found.digest.hex(): ends_at}
        if not self._write(
            client, hashes, {name: at for name, at in ends.items() if at is not None}, now, by
        ):
            return Refused("", "changed_meanwhile")
        self._record("plan_end", client, by, now, which=secret_id, ends_at=ends_at)
        return None

    def end_due(self, database: Database, now: int, *, most: int) -> bool:
        """Take out the secrets whose planned end has come, each client in a unit of its own: they opened
        nothing any more; say whether there may be more."""
        due = self._store.list_due(now, most)
        for client_id in dict.fromkeys(due):
            with database.unit():
                client = self._clients.find_now(client_id)
                if client is not None:
                    hashes = working(client, now)
                    if self._write(client, hashes, _ends_of(client, hashes), now):
                        self._record("end", client, None, now, is_due=True)
        return len(due) == most

    def _find(self, client: Client, secret_id: str, now: int) -> Secret | None:
        return next((one for one in self.list_of(client, now) if one.id == secret_id), None)

    def _write(
        self,
        client: Client,
        hashes: Iterable[bytes],
        ends: Mapping[str, int],
        now: int,
        by: str | None = None,
    ) -> bool:
        """Write the client's row and those beside it; False where somebody changed the secrets meanwhile."""
        kept = tuple(hashes)
        if not self._clients.set_secrets(client, kept, ends, now, by=by):
            return False
        for row in self._store.list_of(client.client_id):
            if bytes.fromhex(row.digest) not in kept:
                self._store.drop(client.client_id, row.digest)
            elif row.ends_at != ends.get(row.digest):
                self._store.plan_end(client.client_id, row.digest, ends.get(row.digest))
        return True

    def _record(self, what: str, client: Client, by: str | None, now: int, **details: Any) -> None:
        self._events.record(
            f"client_secret.{what}", account_id=by, client_id=client.client_id, now=now, details=details
        )
        row = None if client.is_sandbox else self._applications.find_by_client(client.client_id)
        if row is not None:
            # Of what opens the real thing, those who answer for it hear at once
            for account_id in self._applications.list_owners(row.id):
                self._messages.announce(account_id, TEXTS[what], now, app=application_of(row).name)

    def _refuse(self, what: str, reason: str, client: Client, by: str | None, now: int) -> Refused:
        event = f"client_secret.{what}"
        return refuse(self._events, event, Refused("", reason), by, now, client_id=client.client_id)


def working(client: Client, now: int) -> tuple[bytes, ...]:
    """Return the digests of the secrets that work now, the newest first."""
    return tuple(one for one in client.secret_hashes if client.secret_ends.get(one.hex(), now + 1) > now)


def _lasting(client: Client, hashes: Iterable[bytes]) -> bool:
    """Say whether one of these works on without an end."""
    return any(one.hex() not in client.secret_ends for one in hashes)


def _ends_of(client: Client, hashes: Iterable[bytes]) -> dict[str, int]:
    names = {one.hex() for one in hashes}
    return {name: at for name, at in client.secret_ends.items() if name in names}


def _sooner(client: Client, digest: bytes, overlap: int | None, now: int) -> int | None:
    """Return when a secret ends that another one follows: at the end it had, if that comes first."""
    ends = [at for at in (client.secret_ends.get(digest.hex()), now + overlap if overlap else None) if at]
    return min(ends, default=None)
