"""What the database says to an operator: the outbox, the audit log, the signing keys, the revision.

All of it is read when somebody asks. Where the database can't be read, that is the answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib import metadata
from typing import TYPE_CHECKING

from tnid.db import DatabaseUnavailable
from tnid.event_counts import EventCounts
from tnid.monitoring.exposition import Family, Labels
from tnid.qr.stats import count_steps
from tnid.revision import newest_revision
from tnid.stores.audit_exports import AuditExportStore
from tnid.stores.states import StateStore

if TYPE_CHECKING:
    from tnid.services import Services


class States:
    """The families of one instance's database."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._store = StateStore(services.database)
        self._exported = AuditExportStore(services.database)
        self._counts = EventCounts(services.database)

    def find_all(self, now: int) -> list[Family]:
        """Return every family, or those alone that need no database while it can't be read."""
        always = [self._build(), self._needed(), self._settings()]
        try:
            # Read before the first line is written
            found = [
                *self._events(),
                *self._outbox(now),
                *self._audit(now),
                *self._exports(),
                *self._keys(now),
            ]
            return [up(1), *found, self._revision(), *always]
        except DatabaseUnavailable:
            return [up(0), *always]

    def _events(self) -> Iterator[Family]:
        found = self._counts.find_all()
        events = [(tuple(kind._asdict().items()), float(times)) for kind, times in found.items()]
        yield Family("tnid_events_total", "counter", "Events of the audit log, once they are sealed.", events)
        steps = [((("step", step),), float(times)) for step, times in count_steps(found).items()]
        about = "Sign-ins by QR, by how far they came."
        yield Family("tnid_qr_sign_ins_total", "counter", about, steps)

    def _outbox(self, now: int) -> Iterator[Family]:
        found = self._store.find_waiting()
        age = 0 if found.since is None else max(0, now - found.since)
        yield gauge("tnid_outbox_waiting", "Messages still to be sent.", found.waiting)
        yield gauge("tnid_outbox_oldest_seconds", "For how long the oldest message has waited.", age)
        dead = self._store.count_dead(now)
        yield gauge("tnid_outbox_dead", "Messages given up, kept for an operator.", dead)

    def _audit(self, now: int) -> Iterator[Family]:
        found = self._store.find_unsealed()
        age = 0 if found.since is None else max(0, now - found.since)
        yield gauge("tnid_audit_unsealed", "Audit events not yet sealed.", found.unsealed)
        yield gauge("tnid_audit_unsealed_oldest_seconds", "Age of the oldest event not yet sealed.", age)

    def _exports(self) -> Iterator[Family]:
        waiting = [
            (labelled(way=row.way), float(row.newest - row.batch)) for row in self._exported.list_all()
        ]
        about = "Sealed batches of the audit log not yet handed on, by way."
        yield Family("tnid_audit_export_waiting_batches", "gauge", about, waiting)

    def _keys(self, now: int) -> Iterator[Family]:
        keys = self._services.keyring.list_keys(now)
        rotation = self._services.settings.key_rotation_seconds
        active = [key for key in keys if key.status == "active"]
        coming = {key.alg: key.active_from for key in keys if key.status == "next"}
        ages = [(labelled(alg=key.alg), float(now - key.active_from)) for key in active]
        turns = [
            (labelled(alg=key.alg), float(coming.get(key.alg, key.active_from + rotation))) for key in active
        ]
        statuses = ("next", "active", "retired")
        counts = [
            (labelled(status=status), float(sum(key.status == status for key in keys))) for status in statuses
        ]
        yield Family("tnid_signing_keys", "gauge", "Signing keys, by status.", counts)
        yield Family("tnid_signing_key_age_seconds", "gauge", "For how long a key has signed.", ages)
        about = "When the next key of an algorithm begins to sign."
        yield Family("tnid_signing_key_next_rotation_timestamp_seconds", "gauge", about, turns)

    def _revision(self) -> Family:
        found = self._store.find_revision() or "0"
        about = "At which revision the database's tables are."
        return gauge("tnid_database_revision", about, int(found) if found.isdigit() else 0)

    def _build(self) -> Family:
        about = "The program's version, and the revision of the tables that it needs."
        labels = labelled(version=version(), revision=newest_revision())
        return Family("tnid_build_info", "gauge", about, [(labels, 1.0)])

    def _needed(self) -> Family:
        about = "At which revision the program needs the tables to be."
        return gauge("tnid_database_revision_needed", about, int(newest_revision()))

    def _settings(self) -> Family:
        about = "After how many seconds a signing key is due for rotation."
        return gauge("tnid_key_rotation_seconds", about, self._services.settings.key_rotation_seconds)


def up(value: int) -> Family:
    return gauge("tnid_database_up", "Whether the database could be read just now.", value)


def gauge(name: str, about: str, value: float) -> Family:
    return Family(name, "gauge", about, [((), float(value))])


def labelled(**labels: str) -> Labels:
    return tuple(labels.items())


@cache
def version() -> str:
    return metadata.version("thai-nguyen-id")
