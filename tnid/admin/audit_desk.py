"""The audit log as operators read it. Each look is an event of its own, and nothing here changes one."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

import orjson

from oidc.interfaces import Events
from oidc.token.handles import new_identifier
from tnid.accounts.contacts import parse_phone
from tnid.accounts.numbers import holds_personal_number
from tnid.accounts.refusal import Refused
from tnid.audit import Chain, Verified
from tnid.csv_export import write_csv
from tnid.signin.limits import DAY_SECONDS, Bucket, Limit, Limits
from tnid.stores.audit_checks import AuditCheckStore
from tnid.stores.audit_search import LAST, AuditSearchStore, Found, Place

ON_A_PAGE = 50
MOST_EXPORTED = 10_000
# More than this is bulk: a second operator agrees. It is enough for one person's complaint
BULK_EVENTS = 200
# And no more such files a day, or many small ones are a large one
FILES_ALONE = Limit("audit_files_alone", 5, DAY_SECONDS)
# How long what a second one agreed to may be taken along
AGREED_SECONDS = DAY_SECONDS
MOST_WINDOW_SECONDS = 366 * 86400
MOST_EXPORT_SECONDS = 31 * 86400
NOBODY: Mapping[str, str] = {}
CHECKED_BATCHES, CHECKED_EVENTS = 200, 20_000
SHOWN = (
    *("id", "occurred_at", "event", "outcome", "reason", "account_id", "client_id"),
    *("ip", "port", "user_agent", "request_id", "details"),
)


class Search(NamedTuple):
    """What is looked for: conditions of the store, and from when until when."""

    given: Mapping[str, str]
    since: int
    until: int


class AuditDesk:
    """Searches, hands out, checks; each method runs in the caller's unit of work and records that it did."""

    def __init__(
        self, store: AuditSearchStore, checks: AuditCheckStore, chain: Chain, events: Events, limits: Limits
    ) -> None:
        self._store = store
        self._checks = checks
        self._chain = chain
        self._events = events
        self._limits = limits

    def search(self, asked: Search, place: Place | None, by: str, now: int) -> Found:
        """Return one page, from a place or from the window's end."""
        found = self.look(asked, place or Place(asked.until, LAST), most=ON_A_PAGE)
        self.note_search(asked, by, now, found=len(found.rows))
        return found

    def look(self, asked: Search, place: Place, *, most: int) -> Found:
        """Return one page; the caller records it once it has all that it wants."""
        return self._store.search(asked.given, asked.since, place, most=most)

    def note_search(self, asked: Search, by: str | None, now: int, *, found: int) -> None:
        """Record that the log was searched; `by` is the operator, None for a command on the machine."""
        self._record("audit.search", asked, by, now, found=found)

    def export(self, asked: Search, by: str, now: int) -> list[Any] | Refused:
        """Return all that is found in the window, where one operator may have it alone; else as `collect`, or
        `export_bulk`: a second one has to agree."""
        rows = self.collect(asked)
        is_bulk = not isinstance(rows, Refused) and (
            len(rows) > BULK_EVENTS or not self._limits.take(Bucket(FILES_ALONE, by), now)
        )
        return self._hand_out(asked, Refused("why", "export_bulk") if is_bulk else rows, by, now)

    def export_agreed(
        self, arguments: Mapping[str, str], agreed: Mapping[str, str], by: str, now: int
    ) -> list[Any] | Refused:
        """Return what a second operator agreed to; `agreed` says for the log who, and to which request."""
        asked = read_arguments(arguments)
        return self._hand_out(asked, self.collect(asked), by, now, agreed)

    def refuse(self, arguments: Mapping[str, str], refused: Refused, by: str, now: int) -> Refused:
        """Record that what was agreed to is handed out no more."""
        self._hand_out(read_arguments(arguments), refused, by, now)
        return refused

    def collect(self, asked: Search) -> list[Any] | Refused:
        """Return all that is found in the window; `export_long` where it is more than 31 days, `export_many`
        where it would be more than MOST_EXPORTED: nothing is cut off unsaid."""
        rows: list[Any] = []
        place: Place | None = Place(asked.until, LAST)
        if asked.until - asked.since > MOST_EXPORT_SECONDS:
            return Refused("since", "export_long")
        while place is not None:
            found = self._store.search(asked.given, asked.since, place, most=1000)
            rows += found.rows
            place = found.older
            if len(rows) > MOST_EXPORTED:
                return Refused("since", "export_many")
        return rows

    def _hand_out(
        self, asked: Search, rows: list[Any] | Refused, by: str, now: int, agreed: Mapping[str, str] = NOBODY
    ) -> list[Any] | Refused:
        if isinstance(rows, Refused):
            self._record("audit.export", asked, by, now, refused=rows, agreed=agreed)
        else:
            self._record("audit.export", asked, by, now, found=len(rows), agreed=agreed)
        return rows

    def check_latest(self, by: str | None, now: int) -> Verified:
        """Check the seals of the latest batches, as many as take a moment; keep what was found."""
        found = self._chain.verify_latest(most_batches=CHECKED_BATCHES, most_events=CHECKED_EVENTS)
        self.note_check(found, by, now, is_whole=False)
        return found

    def note_check(self, found: Verified, by: str | None, now: int, *, is_whole: bool) -> None:
        """Keep what a check found, for whoever looks next."""
        self._checks.add(
            id=new_identifier(), checked_at=now, checked_by=by, is_whole=int(is_whole),
            batches=found.batches, events=found.events, problems=len(found.problems),
        )  # fmt: skip
        details = {
            "is_whole": is_whole,
            "batches": found.batches,
            "problems": len(found.problems),
            **({} if by else {"by": "command"}),
        }
        self._events.record("audit.verify", account_id=by, now=now, details=details)

    def list_checks(self, *, most: int) -> list[Any]:
        return self._checks.list_last(most=most)

    def _record(
        self, event: str, asked: Search, by: str | None, now: int, *, found: int = 0,
        refused: Refused | None = None, agreed: Mapping[str, str] = NOBODY,
    ) -> None:  # fmt: skip
        details = {
            "asked": dict(asked.given),
            "since": asked.since,
            "until": asked.until,
            "found": found,
            **agreed,
            **({} if by else {"by": "command"}),
        }
        self._events.record(
            event, outcome="refused" if refused else "ok", reason=refused.reason if refused else None,
            account_id=by, now=now, details=details,
        )  # fmt: skip


def write_arguments(asked: Search) -> dict[str, str]:
    """Return a search as what is asked of a second operator holds it."""
    return {**asked.given, "since": str(asked.since), "until": str(asked.until)}


def read_arguments(arguments: Mapping[str, str]) -> Search:
    given = {name: value for name, value in arguments.items() if name not in ("since", "until")}
    return Search(given, int(arguments["since"]), int(arguments["until"]))


def read_conditions(typed: Mapping[str, str]) -> dict[str, str] | Refused:
    """Return the conditions of the store that were typed; a name that ends with a dot or a star stands for
    all that begin so, a part of an address for its network."""
    given = {name: value.strip() for name, value in typed.items() if value and value.strip()}
    too_long = next((name for name, value in given.items() if len(value) > 255), None)
    if too_long is not None:
        return Refused(too_long, "too_long")
    personal = next((name for name, value in given.items() if name != "ip" and _is_personal(value)), None)
    if personal is not None:
        # What is looked for is kept in the log, and nothing of a person is ever found by this
        return Refused(personal, "audit_personal")
    event = given.get("event", "")
    if event.endswith((".", "*")) and event.rstrip("*"):
        given["events"] = given.pop("event").rstrip("*")
    if "ip" in given and not _is_address(given["ip"]):
        part = given.pop("ip")
        if not set(part) <= set("0123456789abcdef.:"):
            return Refused("ip", "audit_ip")
        given["network"] = part
    return given


def _is_personal(text: str) -> bool:
    return "@" in text or parse_phone(text) is not None or holds_personal_number(text)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def as_document(row: Any) -> dict[str, Any]:
    """Return an event as a document, its time in RFC 3339."""
    document = {name: getattr(row, name) for name in SHOWN}
    document["occurred_at"] = datetime.fromtimestamp(row.occurred_at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    document["details"] = orjson.loads(row.details) if row.details else None
    return document


def write_lines(rows: list[Any]) -> Iterator[bytes]:
    """Yield the events as JSON, one a line."""
    for row in rows:
        yield orjson.dumps(as_document(row), option=orjson.OPT_APPEND_NEWLINE)


def write_table(rows: list[Any]) -> Iterator[bytes]:
    """Yield the events as a table that no spreadsheet runs anything of."""

    def cells() -> Iterator[tuple[object, ...]]:
        yield SHOWN
        for row in rows:
            document = as_document(row)
            yield (
                *(document[name] for name in SHOWN[:-1]),
                row.details or "",
            )

    return write_csv(cells())
