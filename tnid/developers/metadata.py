"""The settings of a client: judged by the one validator, written with their history, brought back.

The sandbox takes a change at once; of a live client `changes` says what waits for a review. Each method runs
in the caller's unit of work and records what it did.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple, Protocol

import orjson

from oidc.clients.elsewhere import check_elsewhere, check_reachable
from oidc.clients.faults import find_faults
from oidc.clients.fetch_cache import Fetcher
from oidc.clients.mtls import MTLS_METHODS
from oidc.clients.registration import validate_metadata
from oidc.errors import BadMetadata, InvalidClientMetadata
from oidc.interfaces import Events
from oidc.models import Client
from tnid.accounts.refusal import Refused
from tnid.developers.changes import (
    OPENING,
    Changes,
    Members,
    difference,
    find_sector_fault,
    is_owners,
    merge,
    split,
)
from tnid.developers.jwks_sources import check_key_address
from tnid.interfaces import Announcer
from tnid.signin.limits import HOUR_SECONDS, Bucket, Limit, Limits
from tnid.stores.client_versions import ClientVersionStore

# Each costs another machine a request: nobody has us ask around
FETCHES = Limit("settings_fetch", 60, HOUR_SECONDS)
# As somebody types, ten a minute and more; what is bounded is a script of one's own
CHECKS = Limit("settings_check", 600, HOUR_SECONDS)
# What makes us look elsewhere when it changes
POINTING = frozenset({"jwks_uri", "sector_identifier_uri", "redirect_uris"})


class Clients(Protocol):
    """What is needed of tnid.stores.clients."""

    def set_metadata(
        self, client_id: str, metadata: Members, now: int, *, source: str, by: str | None, seen: Members
    ) -> bool: ...


class Draft(NamedTuple):
    """Metadata as they would be: what is wrong with them, or, where nothing is, the validated document."""

    metadata: Mapping[str, Any]
    faults: Sequence[BadMetadata]


class Saved(NamedTuple):
    """The members that changed at once, and those that wait for a review."""

    at_once: Sequence[str]
    later: Sequence[str]


class Version(NamedTuple):
    """What the metadata were; `changed` is what it made of the one before, None where that isn't kept."""

    number: int
    metadata: Mapping[str, Any]
    source: str
    made_by: str | None
    created_at: int
    changed: Mapping[str, Any] | None


class Settings:
    """Judges, writes and brings back."""

    def __init__(
        self,
        clients: Clients,
        versions: ClientVersionStore,
        changes: Changes,
        fetcher: Fetcher,
        limits: Limits,
        events: Events,
        auth_methods: Sequence[str],
        messages: Announcer,
    ) -> None:
        """`auth_methods` are those by certificates that the operator set up."""
        self._clients = clients
        self._versions = versions
        self._changes = changes
        self._fetcher = fetcher
        self._limits = limits
        self._events = events
        self._auth_methods = auth_methods
        self._messages = messages

    # Judging

    def draft(self, client: Client, changes: Members) -> Draft:
        """Judge changes without asking anybody and without writing; None takes a member out."""
        return self.judge(client, merge(client.metadata, changes))

    def judge(self, client: Client, document: Members) -> Draft:
        """Judge a whole document, but for its subject type: under another one nobody would be known again."""
        kept = {"subject_type": client.metadata.get("subject_type", "pairwise")}
        document = {**document, **kept}
        faults = find_faults(document, client.profile, may_be_public=True)
        if faults:
            return Draft({}, faults)
        metadata = validate_metadata(document, client.profile, may_be_public=True)
        return Draft(metadata, [*self._find_here(client, metadata)])

    def _find_here(self, client: Client, metadata: Members) -> list[BadMetadata]:
        """Return what this provider, for this client, doesn't take although it is well-formed."""
        faults: list[BadMetadata] = []
        method = metadata["token_endpoint_auth_method"]
        if method in MTLS_METHODS and method not in self._auth_methods:
            text = "This provider does not authenticate clients by this method."
            faults.append(InvalidClientMetadata(text, member="token_endpoint_auth_method", reason="no_mtls"))
        try:
            check_reachable(metadata, self._fetcher)
        except BadMetadata as error:
            faults.append(error)
        if not client.is_sandbox:
            faults += find_sector_fault(client, replace(client, metadata=metadata))
        return faults

    def seconds_shut(self, account_id: str, now: int) -> int:
        """Count a check as somebody types; return for how long there is none, 0 where there may be."""
        bucket = (Bucket(CHECKS, account_id),)
        seconds = self._limits.seconds_shut(bucket, now)
        if not seconds:
            self._limits.count(bucket, now)
        return seconds

    # Writing

    def save(
        self, application_id: str, client: Client, document: Members, by: str, now: int, *, source: str
    ) -> Saved | Refused | Sequence[BadMetadata]:
        """Have a whole document be the client's metadata, as far as that waits for no review.

        Returns what is wrong instead; `changed_meanwhile` where somebody else wrote since `client` was read,
        `keys_of_owner` where that is for owners of a live client and `by` doesn't own its team.
        """
        draft = self.judge(client, document)
        faults = draft.faults or self._find_elsewhere(client, draft.metadata, by, now)
        if isinstance(faults, Refused) or faults:
            return faults
        now_, later = ({}, {}) if client.is_sandbox else split(client.metadata, draft.metadata)
        metadata = draft.metadata
        if later:
            # What is left must work without what waits; where it doesn't, all of it waits
            rest = self.judge(client, merge(client.metadata, now_))
            metadata = client.metadata if rest.faults else rest.metadata
            later = difference(metadata, draft.metadata)
        changed = sorted(difference(client.metadata, metadata))
        owners = self._changes.list_owners(application_id) if _is_owners(client, changed) else None
        if owners is not None and by not in owners:
            return self._refuse("keys_of_owner", client, by, now)
        if changed and not self._clients.set_metadata(
            client.client_id, metadata, now, source=source, by=by, seen=client.metadata
        ):
            return Refused("", "changed_meanwhile")
        if not client.is_sandbox and not self._propose(application_id, metadata, changed, later, now):
            return Refused("", "changed_meanwhile")
        if changed or later:
            self._record(client, by, now, members=changed, waiting=sorted(later), source=source)
        for account_id in owners or ():
            # As of its secrets, those who answer for it hear at once
            name = client.text("client_name", "vi")
            self._messages.announce(account_id, _text_of(changed), now, app=name)
        return Saved(changed, sorted(later))

    def is_for_owners(self, client: Client, document: Members) -> bool:
        """Say whether a document changes at once what of a live client is for its owners alone."""
        draft = self.judge(client, document)
        return not draft.faults and _is_owners(client, split(client.metadata, draft.metadata)[0])

    def _propose(
        self, application_id: str, live: Members, changed: Sequence[str], later: Members, now: int
    ) -> bool:
        """Have what is reviewed wait; a member that was set at once waits no more."""
        waiting = self._changes.pending(application_id)
        over = {name: live.get(name) for name in changed if name in waiting}
        if not later and not over:
            return True
        return self._changes.propose(application_id, live, {**over, **later}, now)

    def _find_elsewhere(
        self, client: Client, metadata: Members, by: str, now: int
    ) -> Refused | Sequence[BadMetadata]:
        """Look at what the metadata point to, where that changed; before the first write, so that nobody
        waits for a lock while another machine answers."""
        changed = POINTING & difference(client.metadata, metadata).keys()
        if not changed or not {"jwks_uri", "sector_identifier_uri"} & metadata.keys():
            return ()
        bucket = (Bucket(FETCHES, by),)
        seconds = self._limits.seconds_shut(bucket, now)
        if seconds:
            return Refused("", "too_many_looks", seconds)
        faults: list[BadMetadata] = []
        for check in (check_key_address, check_elsewhere):
            try:
                check(metadata, self._fetcher)
            except BadMetadata as error:
                faults = [*faults, error] if error.member not in {one.member for one in faults} else faults
        self._limits.count(bucket, now)
        return faults

    # What was before

    def list_versions(self, client: Client) -> list[Version]:
        """Return the last ten versions, the newest first: it is the one in force."""
        rows = self._versions.list_of(client.client_id)
        documents = [orjson.loads(row.metadata) for row in rows]
        return [
            Version(
                row.number, documents[place], row.source, row.made_by, row.created_at,
                difference(documents[place + 1], documents[place]) if place + 1 < len(rows) else None,
            )
            for place, row in enumerate(rows)
        ]  # fmt: skip

    def find_version(self, client: Client, number: int) -> Version | None:
        return next((one for one in self.list_versions(client) if one.number == number), None)

    def _refuse(self, reason: str, client: Client, by: str, now: int) -> Refused:
        self._events.record(
            "client.change_settings", outcome="refused", reason=reason, account_id=by,
            client_id=client.client_id, now=now,
        )  # fmt: skip
        return Refused("", reason)

    def _record(self, client: Client, by: str, now: int, **details: Any) -> None:
        self._events.record(
            "client.change_settings", account_id=by, client_id=client.client_id, now=now, details=details
        )


def _is_owners(client: Client, changed: Iterable[str]) -> bool:
    return not client.is_sandbox and any(is_owners(name, client.metadata) for name in changed)


def _text_of(changed: Iterable[str]) -> str:
    """Return what owners are told of what changed: by what it opens, before by where it listens."""
    return "client_addresses_changed" if OPENING.isdisjoint(changed) else "client_keys_changed"
