"""An employer's list on its way, for tests."""

from __future__ import annotations

import threading
from typing import Any

from sqlalchemy import select

from tests.conftest import Clock
from tests.tnid.employment.work import an_employer
from tnid.accounts.refusal import Refused
from tnid.employment.attestations import OPERATOR, By
from tnid.imports.engine import Engine
from tnid.imports.parts import build_engine
from tnid.imports.service import Import
from tnid.services import Services
from tnid.stores.employments import employments

BY_OPERATOR = By(None, OPERATOR)


class Office:
    """An employer, its lists, and an engine that works on them when told to."""

    def __init__(self, services: Services, clock: Clock) -> None:
        self.services, self.clock = services, clock
        self.employer = an_employer(services, clock.now())
        self.engine = build_engine(services)

    def receive(self, content: bytes) -> Import:
        with self.services.database.unit():
            found = self.services.lists.receive_whole(
                self.employer.id, BY_OPERATOR, content, self.clock.now()
            )
        assert not isinstance(found, Refused), found
        return found

    def work(self, engine: Engine | None = None) -> bool:
        return (engine or self.engine).work(threading.Event())

    def take(self, content: bytes) -> Import:
        """Receive a list and carry it out; return it as it is then."""
        found = self.receive(content)
        assert self.work()
        return self.look(found)

    def look(self, found: Import) -> Import:
        again = self.services.lists.find(self.employer.id, found.id)
        assert again is not None
        return again

    def report(self, found: Import, *outcomes: str) -> list[Any]:
        return self.services.lists.list_report(found, outcomes, 0, 1000)

    def outcomes(self, found: Import) -> list[tuple[int, str, str | None, str | None]]:
        """Return the report: row, outcome, field and reason."""
        return [(row.row_number, row.outcome, row.field, row.reason) for row in self.report(found)]

    def people(self) -> int:
        of_employer = employments.c.employer_id == self.employer.id
        return len(self.services.database.fetch_all(select(employments.c.id).where(of_employer)))
