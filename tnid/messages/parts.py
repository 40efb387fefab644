"""The parts that write to people, wired from the program's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tnid.messages.codes import MessageCodes
from tnid.messages.service import Messages
from tnid.stores.accounts import AccountStore
from tnid.stores.message_codes import MessageCodeStore
from tnid.stores.messages import MessageStore

if TYPE_CHECKING:
    from tnid.services import Services


def build_messages(parts: Services) -> Messages:
    return Messages(
        MessageStore(parts.database), parts.outbox, AccountStore(parts.database), parts.sealer,
        sendable=parts.settings.message_channels, keeps=parts.settings.keeps_messages,
    )  # fmt: skip


def build_message_codes(parts: Services) -> MessageCodes:
    store = MessageCodeStore(parts.database)
    return MessageCodes(store, parts.messages, parts.limits, parts.sealer, parts.audit)
