"""What features need of other parts: narrow protocols. What they need of the audit log is oidc's `Events`."""

from __future__ import annotations

from typing import Protocol


class BlindIndex(Protocol):
    """What is needed of tnid.sealing to find or compare a value that isn't kept: a keyed hash of it."""

    def blind_index(self, kind: str, value: str) -> str: ...


class Seals(Protocol):
    """What is needed of tnid.sealing to keep a value; `context` says where it lies."""

    def seal(self, plaintext: bytes, context: str) -> bytes: ...
    def open(self, sealed: bytes, context: str) -> bytes: ...


class Sealer(Seals, BlindIndex, Protocol):
    """Both."""


class Names(Protocol):
    """What is needed of accounts to say who did something; "" for nobody and for who is gone."""

    def find_name(self, account_id: str | None) -> str: ...


class Announcer(Protocol):
    """What is needed of tnid.messages: telling a person on their channels, by a text of this name."""

    def announce(self, account_id: str, name: str, now: int, **values: str) -> None: ...
