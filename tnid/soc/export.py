"""Hands the sealed audit log on: in order, each event at least once, however often either end dies.

A cursor in the database says up to which batch all was taken. It moves after the receiver has a chunk: what
is in doubt goes out again: who reads tells events apart by their ids. A syslog receiver that was killed after
it had read, and before it had stored, looks as if it had taken the chunk: so where the next one isn't taken,
the one before goes out again with it.
"""

from __future__ import annotations

import logging
import socket
from collections.abc import Sequence
from typing import Any, Protocol
from urllib.parse import urlsplit

from tnid.db import Database
from tnid.monitoring.figures import Figures
from tnid.settings import Settings
from tnid.soc.file import LineFile, NotTaken
from tnid.soc.lines import Line, lines_of
from tnid.soc.syslog import Syslog
from tnid.stores.audit import AuditStore
from tnid.stores.audit_exports import AuditExportStore

BATCHES_AT_ONCE = 10
MOST_WAIT_SECONDS = 60
SYSLOG, FILE = "syslog", "file"
SENT = "tnid_audit_export_total"
FAILED = "tnid_audit_export_failures_total"

logger = logging.getLogger(__name__)


class Receiver(Protocol):
    """`may_forget` says of one that it may take lines and lose them all the same."""

    may_forget: bool

    def send(self, lines: Sequence[Line]) -> None:
        """Hand lines over; raise NotTaken where that isn't sure."""


class Export:
    """One way out. `name` is where its cursor is kept, `way` what it is counted as."""

    def __init__(self, database: Database, way: str, name: str, receiver: Receiver, figures: Figures) -> None:
        self.way = way
        self._database = database
        self._name = name
        self._receiver = receiver
        self._events = AuditStore(database)
        self._cursors = AuditExportStore(database)
        self._sent, self._failed = figures.counter(SENT, way=way), figures.counter(FAILED, way=way)
        self._wait_seconds, self._not_before = 0, 0
        # Where the cursor was before the chunk that was taken last, while that is all that is known of it
        self._before_last: int | None = None

    def hand_on(self, now: int) -> bool:
        """Send what was sealed since, up to a chunk; say whether there is more. Waits after failures."""
        if now < self._not_before:
            return False
        before = self._cursors.find(self._name, now)
        batches = self._events.list_batches(after=before, most=BATCHES_AT_ONCE)
        if not batches:
            return False
        lines = self._read(batches)
        try:
            self._receiver.send(lines)
        except NotTaken as error:
            self._doubt_last(now, before)
            self._put_off(now, error)
            return False
        self._wait_seconds = self._not_before = 0
        self._sent.add(len(lines))
        self._cursors.move(self._name, now, before=before, batch=batches[-1].id)
        self._before_last = before if self._receiver.may_forget else None
        return len(batches) == BATCHES_AT_ONCE

    def _read(self, batches: list[Any]) -> list[Line]:
        """Return the lines of the batches; of one that was purged before it was sent nothing is left."""
        return [line for batch in batches for line in lines_of(batch, self._events.list_by_batch(batch.id))]

    def _doubt_last(self, now: int, before: int) -> None:
        """Go back before the chunk that was taken last, once: who took it may have died of the same."""
        last, self._before_last = self._before_last, None
        if last is not None and last < before:
            self._cursors.move(self._name, now, before=before, batch=last)

    def _put_off(self, now: int, error: NotTaken) -> None:
        self._failed.add()
        self._wait_seconds = min(MOST_WAIT_SECONDS, max(1, 2 * self._wait_seconds))
        self._not_before = now + self._wait_seconds
        logger.warning("audit export by %s waits %s s: %s", self.way, self._wait_seconds, error)


def exports(settings: Settings, database: Database, figures: Figures) -> list[Export]:
    """Return the ways that are configured."""
    found = []
    if settings.audit_syslog_url:
        ours = str(urlsplit(settings.issuer).hostname)
        receiver = Syslog(settings.audit_syslog_url, ours, settings.outbound_ca_file)
        found.append(Export(database, SYSLOG, SYSLOG, receiver, figures))
    if settings.audit_file:
        # Each machine has a file, and the whole log in it
        name = f"{FILE}@{socket.gethostname()}"[:64]
        found.append(Export(database, FILE, name, LineFile(settings.audit_file), figures))
    return found
