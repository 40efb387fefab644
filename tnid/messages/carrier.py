"""Carries messages from the outbox to people: claimed before each attempt, and never sent twice.

An attempt whose end is unknown is repeated only where the other end drops repetitions. Elsewhere the message
is called perhaps sent, and left at that (docs/decisions/0013).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from oidc.clients.outbound import OutboundRefused
from tnid.messages.channels import Channel, NotTaken, Rejected, Unsure
from tnid.messages.contacts import find_address, mask
from tnid.messages.letters import Letter, write_letter
from tnid.messages.service import Content, Messages
from tnid.messages.texts import TEXTS
from tnid.outbox import NeverTaken, Outcome
from tnid.stores.messages import FAILED, QUEUED, SENDING, MessageStore


class MessageCarrier:
    """Sends one message at a time; each statement here is a unit of work of its own."""

    def __init__(
        self,
        store: MessageStore,
        messages: Messages,
        channels: Mapping[str, Sequence[Channel]],
        issuer: str,
    ) -> None:
        """`channels` are the ways to a phone and to a mailbox, in the order in which they are tried."""
        self._store = store
        self._messages = messages
        self._channels = channels
        self._issuer = issuer

    def carry(self, row: Any, now: int) -> bool:
        """Send once, by the first way that takes it."""
        message = self._store.find(row.reference)
        if message is None or message.state not in (QUEUED, SENDING, FAILED):
            return False
        ways = self._ways(message)
        if not ways and message.state == SENDING:
            return False  # nobody knows how the last attempt ended, and nobody drops a repetition
        if message.useful_until is not None and now >= message.useful_until:
            return False
        letter = self._write(message)
        if letter is None:
            return False
        return self._try(ways, message, letter)

    def _ways(self, message: Any) -> list[Channel]:
        """Return the ways that may be tried; once an answer was lost, that way alone."""
        there = self._channels.get(message.channel, ())
        if message.state != SENDING:
            return list(there)
        return [way for way in there if way.name == message.via and way.drops_repetitions]

    def _write(self, message: Any) -> Letter | None:
        account = self._messages.find_account(message.account_id)
        if account is None:
            return None
        content = self._messages.open(message)
        to = content.address or find_address(account.profile, message.channel)
        text = TEXTS.get(message.text)
        if to is None or text is None:
            return None
        return write_letter(
            message.id, to, message.text, text, content.values,
            language=account.locale, at=message.created_at, issuer=self._issuer,
        )  # fmt: skip

    def _try(self, ways: Sequence[Channel], message: Any, letter: Letter) -> bool:
        problems: list[Exception] = []
        for way in ways:
            if message.state != SENDING and not self._store.claim(message.id, way.name):
                return False
            try:
                way.send(letter)
            except (NotTaken, Rejected) as problem:
                problems.append(problem)
                if message.state != SENDING:
                    self._store.release(message.id)
            except Unsure as problem:
                if not way.drops_repetitions:
                    return False
                raise OutboundRefused(str(problem)) from None
            else:
                return True
        if problems and all(isinstance(problem, Rejected) for problem in problems):
            raise NeverTaken(str(problems[-1]))
        # As soon as one of the ways may be tried again: one that refused the message for good never is
        asked = [p.retry_after_seconds for p in problems if isinstance(p, NotTaken)]
        text = str(problems[-1]) if problems else "No way of sending is configured."
        raise OutboundRefused(text, retry_after_seconds=min(asked, default=0))

    def note(self, row: Any, outcome: Outcome, now: int) -> None:
        """Keep what became of it; what it said and to which address is kept no longer.

        A warning that certainly wasn't sent stays whole: an operator may have it sent after all.
        """
        message = self._store.find(row.reference)
        if message is None or outcome == "put_off":
            return
        kept = self._messages.seal(message.id, Content(self._masked(message), {}))
        if outcome == "given_up" and message.state == QUEUED and message.useful_until is None:
            kept = message.content_sealed
        if outcome == "delivered":
            self._store.mark_sent(message.id, kept, now)
        else:
            self._store.give_up(message.id, kept, now)

    def _masked(self, message: Any) -> str:
        """Return where it went, masked: the address may have changed since it was queued."""
        content = self._messages.open(message)
        account = self._messages.find_account(message.account_id)
        to = content.address or (find_address(account.profile, message.channel) if account else None)
        return mask(message.channel, to) if to else content.masked
