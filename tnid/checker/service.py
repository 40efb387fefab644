"""The checker: looks, asks, and keeps what it saw of each application."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import orjson

from oidc.interfaces import Events
from oidc.models import Client
from tnid.checker.asking import Asker
from tnid.checker.checks import ASK, CHECKS, FAILED, LOOK, NOT_TRIED, PASSED, UNDER_WAY, Check, Finding
from tnid.checker.guided import Guide, judge
from tnid.checker.looking import Situation, look_again, look_at
from tnid.checker.sent import SentRequests
from tnid.client_log.service import ClientLog, Filters, LogEntry
from tnid.client_log.stages import REFUSED
from tnid.developers.records import Application
from tnid.stores.client_checks import ClientCheckStore

MOST_REFUSALS = 20


class Row(NamedTuple):
    """A check, and what it last saw."""

    check: Check
    finding: Finding


class Checker:
    """In the caller's unit of work; `ask` reads alone until every address has answered."""

    def __init__(
        self,
        store: ClientCheckStore,
        sent: SentRequests,
        log: ClientLog,
        asker: Asker,
        guide: Guide,
        events: Events,
    ) -> None:
        self._store = store
        self._sent = sent
        self._log = log
        self._asker = asker
        self.guide = guide
        self._events = events

    def list_of(self, application: Application, client: Client, live: Client | None) -> list[Row]:
        """Return every check of this kind of application, as it stands."""
        kept = self._kept(application.id)
        refused = self._log.list_newest(client.client_id, Filters(REFUSED), most=MOST_REFUSALS)
        sent = self._sent.find(client.client_id)
        situation = Situation(application.preset, client, live, sent, refused)
        return [
            Row(one, look_at(one.name, situation) if one.kind == LOOK else _of_kept(one.name, kept, refused))
            for one in list_checks(application.preset)
        ]

    def ask(self, application: Application, client: Client, by: str, now: int) -> list[Finding]:
        """Ask the application's addresses, and keep what they answered."""
        names = {one.name for one in list_checks(application.preset) if one.kind == ASK}
        found = [one for one in self._asker.ask(client, now) if one.name in names] if names else []
        for one in found:
            self._save(application.id, one, now)
        self._record(client, by, now, "ask", failed=[one.name for one in found if one.result == FAILED])
        return found

    def begin(self, application: Application, client: Client, name: str, by: str, now: int) -> bool:
        """Begin a guided check in place of another; False where it can't be."""
        for one in self._kept(application.id).values():
            if one.result == UNDER_WAY:
                self.guide.end(client.client_id, one.name, by, now)
                self._save(application.id, Finding(one.name, NOT_TRIED), now)
        begun = self.guide.begin(client.client_id, name, by, now)
        if begun is None:
            return False
        self._save(application.id, begun, now)
        self._record(client, by, now, "begin", check=name)
        return True

    def answer(
        self, application: Application, client: Client, name: str, answer: str, by: str, now: int
    ) -> Finding | None:
        """Judge a guided check by what the developer saw; None where it isn't under way."""
        begun = self._kept(application.id).get(name)
        if begun is None or begun.result != UNDER_WAY:
            return None
        found = judge(name, answer, self.guide.look(client.client_id, begun, now))
        self.guide.end(client.client_id, name, by, now)
        self._save(application.id, found, now)
        self._record(client, by, now, "answer", check=name, result=found.result)
        return found

    def is_clean(self, application: Application, client: Client, live: Client | None) -> bool:
        """Say whether something was tried, where there is anything to try, and nothing is to be mended."""
        rows = self.list_of(application, client, live)
        tried = [row.finding.result for row in rows if row.check.kind != LOOK]
        is_tried = not tried or PASSED in tried
        return is_tried and all(row.finding.result != FAILED for row in rows)

    def _kept(self, application_id: str) -> dict[str, Finding]:
        return {row.name: _read(row) for row in self._store.list_of(application_id)}

    def _save(self, application_id: str, found: Finding, now: int) -> None:
        seen = orjson.dumps({"word": found.word, "values": dict(found.values)}).decode()
        self._store.save(application_id, found.name, found.result, seen, now)

    def _record(self, client: Client, by: str, now: int, act: str, **details: Any) -> None:
        self._events.record(
            "checker.try", account_id=by, client_id=client.client_id, now=now, details={"act": act, **details}
        )


def list_checks(preset: str) -> list[Check]:
    return [one for one in CHECKS if preset in one.presets]


def _of_kept(name: str, kept: Mapping[str, Finding], refused: Sequence[LogEntry]) -> Finding:
    return look_again(kept[name], refused) if name in kept else Finding(name, NOT_TRIED)


def _read(row: Any) -> Finding:
    seen = orjson.loads(row.seen)
    return Finding(row.name, row.result, seen["word"], seen["values"], row.checked_at)
