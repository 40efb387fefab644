"""Lists of workers as they are received, and what there is to see of them afterwards."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from oidc.interfaces import Events
from oidc.token.handles import new_identifier
from tnid.accounts.refusal import Refused
from tnid.employment.attestations import By
from tnid.imports.progress import open_counts
from tnid.imports.rows import NEED_ATTENTION, OUTCOMES
from tnid.imports.staging import NOT_ALL_READ, part_context
from tnid.interfaces import Seals
from tnid.stores.imports import DONE, RECEIVING, REFUSED, ImportStore

PIECE_BYTES = 256 * 1024
RECEIVING_SECONDS = 86400
# The same file again within so long is the same import, not another confirmation
SAME_SECONDS = 86400
MOST_OPEN = 5
SHOWN = 20
_DIGEST = re.compile(r"[0-9a-f]{64}")


class Import(NamedTuple):
    """An import as its pages show it."""

    row: Any
    outcomes: dict[str, int]
    ignored: list[str]

    @property
    def id(self) -> str:
        return str(self.row.id)

    @property
    def is_over(self) -> bool:
        return self.row.state in (DONE, REFUSED)

    @property
    def is_refused(self) -> bool:
        return bool(self.row.state == REFUSED)

    @property
    def needing(self) -> int:
        """Return how many rows were not taken over."""
        return sum(self.outcomes.get(name, 0) for name in NEED_ATTENTION)

    @property
    def applied(self) -> int:
        """Return how many rows were taken over."""
        return sum(self.outcomes.values()) - self.needing

    @property
    def has_more(self) -> bool:
        """Say whether the file has more rows than were read."""
        return bool(self.row.reason == NOT_ALL_READ)

    @property
    def percent(self) -> int:
        """Return how much of what is known to be there is applied."""
        read = self.row.rows_read
        return 100 if self.row.state == DONE else min(99, 100 * self.row.rows_applied // read) if read else 0


def import_of(row: Any) -> Import:
    counts, ignored = open_counts(row.counts)
    return Import(row, {name: counts[name] for name in OUTCOMES if counts.get(name)}, ignored)


class Lists:
    """Each method runs in the caller's unit of work."""

    def __init__(self, store: ImportStore, seals: Seals, events: Events, most_bytes: int) -> None:
        self._store = store
        self._seals = seals
        self._events = events
        self.most_bytes = most_bytes

    def begin(self, employer_id: str, by: By, digest: str, size: int, now: int) -> Import | Refused:
        """Return the import of a file, by SHA-256 and size: a new one, or the one that has begun already.

        Refused of the field "file": `too_large`, `empty`, `too_many_lists`, `digest`.
        """
        if not _DIGEST.fullmatch(digest):
            return Refused("file", "digest")
        if size > self.most_bytes or size <= 0:
            return Refused("file", "too_large" if size > 0 else "empty")
        same = self._store.find_same(employer_id, digest, size, now - SAME_SECONDS)
        if same is not None:
            return import_of(same)
        if self._store.count_open(employer_id) >= MOST_OPEN:
            return Refused("file", "too_many_lists")
        return self._add(employer_id, by, digest, size, now)

    def _add(self, employer_id: str, by: By, digest: str, size: int, now: int) -> Import:
        import_id = new_identifier()
        self._store.add(
            id=import_id, employer_id=employer_id, begun_by=by.account_id, through=by.through, digest=digest,
            size_bytes=size, state=RECEIVING, created_at=now, updated_at=now,
            expires_at=now + RECEIVING_SECONDS,
        )  # fmt: skip
        details = {"employer": employer_id, "import": import_id, "bytes": size}
        self._events.record("list.begin", account_id=by.account_id, now=now, details=details)
        return import_of(self._store.find(employer_id, import_id))

    def receive(self, found: Import, position: int, piece: bytes, now: int) -> Import | Refused:
        """Keep the piece that comes at this place; Refused with `other_piece` where another is expected."""
        # A place beyond the file may be beyond what a database counts to, too
        if not 0 < len(piece) <= PIECE_BYTES or position >= found.row.size_bytes:
            return Refused("file", "other_piece")
        sealed = self._seals.seal(piece, part_context(found.id, position))
        if not self._store.receive(found.row, position, len(piece), sealed, now):
            return Refused("file", "other_piece")
        return import_of(self._store.find(found.row.employer_id, found.id))

    def receive_whole(self, employer_id: str, by: By, content: bytes, now: int) -> Import | Refused:
        """Take a whole file, as `begin` does; goes on where it was broken off before."""
        digest = hashlib.sha256(content).hexdigest()
        found = self.begin(employer_id, by, digest, len(content), now)
        while isinstance(found, Import) and found.row.state == RECEIVING:
            place = found.row.received_bytes
            found = self.receive(found, place, content[place : place + PIECE_BYTES], now)
        return found

    def find(self, employer_id: str, import_id: str) -> Import | None:
        row = self._store.find(employer_id, import_id)
        return None if row is None else import_of(row)

    def list_of_employer(self, employer_id: str) -> list[Import]:
        """Return the latest, the newest first."""
        return [import_of(row) for row in self._store.list_of_employer(employer_id, SHOWN)]

    def drop(self, employer_id: str, import_id: str, by: str, now: int) -> bool:
        """Give up a file that was never received whole; False where it was, or is gone."""
        if not self._store.drop(employer_id, import_id):
            return False
        details = {"employer": employer_id, "import": import_id}
        self._events.record("list.drop", account_id=by, now=now, details=details)
        return True

    def list_report(self, found: Import, outcomes: Iterable[str], after: int, most: int) -> list[Any]:
        """Return rows of the report, those of any outcome where none is named: `row_number`, `staff_code`,
        `outcome`, `field`, `reason`."""
        return self._store.list_report(found.id, outcomes, after, most)
