"""The ledger of consents: what was shown, what was decided, when and until when, provable afterwards.

Each person's decisions are a chain: a row's keyed hash covers the row before. A change, a removed row or a
cut end is seen by `verify`. The audit event of each decision holds the row's hash, so that the audit log's
own chain covers a whole chain that was taken away.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import orjson

from oidc.token.handles import new_identifier
from tnid.stores.consent_ledger import ConsentLedgerStore

LEDGER_PURPOSE = "consent.ledger"
FIRST_HASH = bytes(32)
PAGE_ROWS = 1000
MOST_ENTRIES = 500

GIVEN, CHANGED, WITHDRAWN = "given", "changed", "withdrawn"


class Entry(NamedTuple):
    """One decision. `terms` hold the items as they were shown, and what of them is shared."""

    number: int
    client_id: str
    action: str
    occurred_at: int
    terms: Mapping[str, Any]
    hash: bytes


class LedgerCheck(NamedTuple):
    """What a check of every chain found; the ledger holds where `problems` is empty."""

    entries: int
    problems: tuple[str, ...]


class Ledger:
    """Appends in the caller's unit of work; `key` is derived from the master key for LEDGER_PURPOSE."""

    def __init__(self, store: ConsentLedgerStore, key: bytes) -> None:
        self._store = store
        self._key = key

    def append(
        self, account_id: str, client_id: str, action: str, terms: Mapping[str, Any], now: int
    ) -> Entry:
        """Write a decision down; return the entry."""
        place = self._store.take_next(account_id, new_identifier(), FIRST_HASH)
        text = orjson.dumps(terms, option=orjson.OPT_SORT_KEYS).decode()
        columns = {
            "subject": place.subject,
            "number": place.length,
            "client_id": client_id,
            "action": action,
            "occurred_at": now,
            "terms": text,
        }
        digest = self._digest(bytes(place.head), columns)
        self._store.append(account_id, **columns, hash=digest)
        return Entry(place.length, client_id, action, now, terms, digest)

    def list_by_account(self, account_id: str, client_id: str | None = None) -> list[Entry]:
        """Return a person's decisions, at one application or all, the latest first."""
        rows = self._store.list_rows(account_id, most=MOST_ENTRIES)
        return [_entry(row) for row in rows if client_id in (None, row.client_id)]

    def find(self, account_id: str, number: int) -> Entry | None:
        row = self._store.find_row(account_id, number)
        return None if row is None else _entry(row)

    def verify(self) -> LedgerCheck:
        """Recompute every chain, and compare its end with what its person's account says."""
        count, problems = 0, []
        subject, previous, number = "", FIRST_HASH, 0
        for row in self._walk():
            count += 1
            if row.subject != subject:
                subject, previous, number = row.subject, FIRST_HASH, 0
            columns = {name: getattr(row, name) for name in _HASHED}
            if row.number != number + 1:
                problems.append(f"chain {subject} lacks entries before {row.number}")
            elif not hmac.compare_digest(self._digest(previous, columns), bytes(row.hash)):
                problems.append(f"entry {row.number} of chain {subject} was changed")
            previous, number = bytes(row.hash), row.number
        return LedgerCheck(count, (*problems, *self._cut_ends()))

    def _walk(self) -> Iterator[Any]:
        subject, number = "", 0
        while rows := self._store.list_after(subject, number, most=PAGE_ROWS):
            yield from rows
            subject, number = rows[-1].subject, rows[-1].number

    def _cut_ends(self) -> Iterator[str]:
        after = ""
        while heads := self._store.list_heads(after, most=PAGE_ROWS):
            for head in heads:
                last = self._store.find_last(head.subject)
                if last is None or (last.number, bytes(last.hash)) != (head.length, bytes(head.head)):
                    yield f"chain {head.subject} does not end where it should"
            after = heads[-1].subject

    def _digest(self, previous: bytes, columns: Mapping[str, Any]) -> bytes:
        canonical = orjson.dumps([columns[name] for name in _HASHED])
        return hmac.new(self._key, previous + canonical, hashlib.sha256).digest()


_HASHED = ("subject", "number", "client_id", "action", "occurred_at", "terms")


def _entry(row: Any) -> Entry:
    return Entry(
        row.number, row.client_id, row.action, row.occurred_at, orjson.loads(row.terms), bytes(row.hash)
    )
