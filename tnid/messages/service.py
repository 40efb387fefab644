"""What leaves the house for people: queued in the unit of work that it tells of, sent by the housekeeper.

The content lies sealed. The address is looked up when it is sent, unless it was fixed here: a contact that
was just changed is warned at the old address too.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

import orjson

from oidc.token.handles import new_identifier
from tnid.accounts.account import Account
from tnid.accounts.vault import Vault
from tnid.interfaces import Sealer
from tnid.messages.contacts import CHANNELS, channels_to_tell, find_address, mask
from tnid.messages.texts import TEXTS
from tnid.stores.accounts import AccountStore
from tnid.stores.messages import KEPT, QUEUED, WITHHELD, MessageStore
from tnid.stores.outbox import OutboxStore

KIND = "message"
DAY_SECONDS = 86400
KEEP_SECONDS = 90 * DAY_SECONDS
# What the demonstration shows instead of sending is legible to whoever sits at this machine
KEEP_SHOWN_SECONDS = 3600
MOST_SHOWN = 50
LANES = 2


def lane_of(channel: str, id_: str) -> str:
    """Return whose turns a message takes in the outbox: a channel has two lanes, a lane few threads."""
    return f"{channel}-{ord(id_[0]) % LANES}"


class Content(NamedTuple):
    """What is sealed of a message. `address` is set where it was fixed; `values` go into the text."""

    masked: str
    values: Mapping[str, str]
    address: str | None = None


class Messages:
    """Queues messages and tells what became of them. Each method runs in the caller's unit of work."""

    def __init__(
        self,
        store: MessageStore,
        outbox: OutboxStore,
        accounts: AccountStore,
        sealer: Sealer,
        *,
        sendable: Collection[str] = CHANNELS,
        keeps: bool = False,
    ) -> None:
        """`sendable` are the channels that something is configured for.

        `keeps` has messages shown instead of sent: in a demonstration that can send nothing.
        """
        self._store = store
        self._outbox = outbox
        self._accounts = accounts
        self._sealer = sealer
        self._vault = Vault(sealer)
        self.sendable = frozenset(sendable)
        self.keeps = keeps

    def announce(self, account_id: str, name: str, now: int, **values: str) -> None:
        """Tell the person by a named text, at each verified contact, or at what there is where none is."""
        profile = self.find_profile(account_id)
        for channel in channels_to_tell(profile or {}, self.sendable):
            self.queue(account_id, name, channel, profile or {}, now, values)

    def announce_changed_contacts(
        self, account_id: str, before: Mapping[str, Any], after: Mapping[str, Any], now: int
    ) -> None:
        """Tell of contacts that changed between two profiles, at what was there before and what is left.

        A contact that was just typed in is told nothing: who has it proves so by a code.
        """
        changed = [c for c in CHANNELS if find_address(before, c) != find_address(after, c)]
        told = set(channels_to_tell(before, self.sendable)) if changed else set()
        for channel in CHANNELS:
            address = find_address(before, channel)
            # The old address of what changed is warned even where it was never verified
            if address and (channel in told or channel in changed):
                self.queue(account_id, "contact_changed", channel, before, now, {}, address=address)

    def queue(
        self,
        account_id: str,
        name: str,
        channel: str,
        profile: Mapping[str, Any],
        now: int,
        values: Mapping[str, str],
        *,
        address: str | None = None,
        useful_until: int | None = None,
        is_known: bool = True,
        is_sent: bool = True,
    ) -> None:
        """Queue one message; `address` fixes where it goes.

        `is_known` False says it to nobody and `is_sent` False sends nothing: the same work in each case.
        Raises KeyError for a text that there is not.
        """
        TEXTS[name]
        to = address or find_address(profile, channel)
        goes = is_known and is_sent and to is not None
        id_ = new_identifier()
        content = self.seal(id_, Content(mask(channel, to) if to else "", values, address))
        self._store.add(
            id=id_, account_id=account_id if is_known else None, text=name, channel=channel,
            content_sealed=content, state=(KEPT if self.keeps else QUEUED) if goes else WITHHELD,
            created_at=now, useful_until=useful_until, ended_at=None if goes else now,
            expires_at=now + self._keep_seconds(is_known=is_known),
        )  # fmt: skip
        if not self.keeps:
            known_id = account_id if is_known else ""
            self._outbox.add(KIND, channel, known_id, id_, lane_of(channel, id_), now)

    def _keep_seconds(self, *, is_known: bool) -> int:
        if not is_known:
            return 0
        return KEEP_SHOWN_SECONDS if self.keeps else KEEP_SECONDS

    def seal(self, id_: str, content: Content) -> bytes:
        return self._sealer.seal(orjson.dumps(content._asdict()), f"messages.content:{id_}")

    def open(self, row: Any) -> Content:
        opened = self._sealer.open(bytes(row.content_sealed), f"messages.content:{row.id}")
        return Content(**orjson.loads(opened))

    def find_account(self, account_id: str | None) -> Account | None:
        """Return the account of somebody who can be written to, or None."""
        row = self._accounts.find(account_id) if account_id else None
        # Nobody made up is written to, whatever happens to them
        return None if row is None or row.is_sandbox else self._vault.open_account(row)

    def find_profile(self, account_id: str) -> Mapping[str, Any] | None:
        """Return the profile of an account, or None where there is none."""
        account = self.find_account(account_id)
        return None if account is None else account.profile

    def list_by_account(self, account_id: str) -> list[Any]:
        """Return the rows of a person's latest messages, newest first."""
        return self._store.list_by_account(account_id, most=MOST_SHOWN)

    def list_kept(self) -> list[Any]:
        """Return the rows of what the demonstration kept instead of sending, newest first."""
        return self._store.list_kept(most=MOST_SHOWN)
