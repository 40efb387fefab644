"""Carries imports out, one after the other: read, then applied, in units of work that are over soon.

A thread of each machine's housekeeper works on them, and a command on its own. A lease lets one at a time
work on an import; where it ended half-way, another goes on when the lease is over.
"""

from __future__ import annotations

import logging
import secrets
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Protocol

from oidc.interfaces import Events
from tnid import clock
from tnid.db import Database, DatabaseUnavailable
from tnid.employers.roles import Permission
from tnid.employment.attestations import LIST
from tnid.imports.applying import Applying
from tnid.imports.progress import LEASE_SECONDS, Held, Lost, advance, pick_up
from tnid.imports.staging import PARTS_AT_ONCE, UNIT_ROWS, ListRefused, Staging, drop_all
from tnid.stores.employers import EmployerStore
from tnid.stores.import_work import ImportWorkStore
from tnid.stores.imports import APPLYING, DONE, REFUSED

TICK_SECONDS = 0.25
# Between two units that hold the database for long, where it lets one write at a time: whoever waits gets in
PAUSE_SECONDS = 0.01
MOST_FAILURES = 3
FAILED = "failed"

logger = logging.getLogger(__name__)


class Representing(Protocol):
    """What is needed of tnid.employers: in which role somebody acts for an organisation now."""

    def find(self, employer_id: str, account_id: str) -> Any: ...


class Engine:
    """Works on imports. Made once a process; `work` may be called from one thread at a time."""

    def __init__(
        self,
        database: Database,
        staging: Staging,
        applying: Applying,
        employers: EmployerStore,
        representing: Representing,
        events: Events,
    ) -> None:
        self._database = database
        self._store = ImportWorkStore(database)
        self._staging = staging
        self._applying = applying
        self._employers = employers
        self._representing = representing
        self._events = events
        self._failures: Counter[str] = Counter()

    def run(self, stop: threading.Event) -> None:
        """Work on whatever is received until `stop` is set."""
        while not stop.wait(TICK_SECONDS):
            try:
                while self.work(stop) and not stop.is_set():
                    pass
            except DatabaseUnavailable as error:
                logger.warning("imports wait for the database: %s", error.__cause__ or error)
            except Exception:
                logger.exception("an import failed and will be tried again")

    def work(self, stop: threading.Event, import_id: str | None = None) -> bool:
        """Carry one import out, or this one; False where there is none to work on.

        Set `stop`, and it ends at the next unit, and leaves the rest to whoever comes.
        """
        now, holder = clock.now(), secrets.token_hex(8)
        row = self._store.claim(holder, now, now + LEASE_SECONDS, import_id)
        if row is None:
            return False
        held = pick_up(row)
        try:
            self._carry_out(held, stop)
        except Lost:
            logger.warning("import %s is worked on by somebody else", held.id)
        except DatabaseUnavailable:
            raise
        except Exception:
            self._failures[held.id] += 1
            logger.exception("import %s failed", held.id)
            if self._failures[held.id] >= MOST_FAILURES:
                with suppress(Lost):
                    self._refuse(held, FAILED)
        return True

    def _carry_out(self, held: Held, stop: threading.Event) -> None:
        try:
            for _unit in self._steps(held):
                if stop.wait(PAUSE_SECONDS if held.state == APPLYING else 0):
                    self._store.release(held.id, held.row.holder)
                    return
        except ListRefused as refused:
            self._refuse(held, refused.reason)

    def _steps(self, held: Held) -> Iterator[None]:
        if held.state != APPLYING:
            yield from self._staging.stage(held, self._get_employer(held).tax_code, clock.now)
        yield from self._applying.apply(held, lambda: self._get_employer(held), clock.now)
        self._record(held, "ok", held.reason)

    def _get_employer(self, held: Held) -> Any:
        """Return the employer while it may act, and whoever uploaded may act for it. Raises ListRefused."""
        employer = self._employers.find(held.row.employer_id)
        if employer is None:
            # Removed, and its imports with it
            raise Lost
        if employer.approved_at is None or employer.suspended_at is not None:
            raise ListRefused("employer_stands_still")
        if held.row.through == LIST:
            found = self._representing.find(employer.id, held.row.begun_by or "")
            if found is None or not found.may(Permission.ATTEST):
                raise ListRefused("represents_no_more")
        return employer

    def _refuse(self, held: Held, reason: str) -> None:
        held.state, held.reason = REFUSED, reason
        with self._database.unit():
            advance(self._store, held, clock.now())
            self._record(held, "refused", reason)
        drop_all(self._database, lambda: self._store.drop_rows(held.id, UNIT_ROWS), UNIT_ROWS)
        drop_all(self._database, lambda: self._store.drop_parts(held.id, PARTS_AT_ONCE), PARTS_AT_ONCE)

    def _record(self, held: Held, outcome: Any, reason: str | None) -> None:
        details = {"employer": held.row.employer_id, "import": held.id, "rows": held.rows_read}
        self._events.record(
            "list.apply" if held.state == DONE else "list.refuse",
            outcome=outcome, reason=reason, account_id=held.row.begun_by, now=clock.now(),
            details={**details, "outcomes": dict(held.counts)},
        )  # fmt: skip
