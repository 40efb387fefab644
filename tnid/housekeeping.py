"""The chores of a running provider: sealing the audit log, purging what has expired, tending the keys.

`tnid serve` keeps one housekeeper process on each machine. Several may run: a lease lets one at a time seal
and purge, and each chore is right without it too.
"""

from __future__ import annotations

import logging.config
import os
import secrets
import signal
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

from sqlalchemy import create_engine

from tnid import clock
from tnid.accounts.erasure import erase_due
from tnid.audit import CHAIN_PURPOSE, Chain, find_request_id
from tnid.challenge.alarm import Watch
from tnid.client_log.parts import build_abandoned, build_client_log_writer
from tnid.consent.notices import SECURITY_EVENT, SecurityEventCarrier
from tnid.db import Database, DatabaseUnavailable
from tnid.decoupled.pings import CIBA_PING, ping_composer
from tnid.engine import engine_options, prepare_engine
from tnid.imports.parts import build_engine
from tnid.logs import logging_config
from tnid.messages.carrier import MessageCarrier
from tnid.messages.channels import Channel
from tnid.messages.contacts import EMAIL, PHONE
from tnid.messages.gateway import Gateway
from tnid.messages.service import KIND as MESSAGE
from tnid.monitoring.figures import FOLDER, Figures, open_figures
from tnid.monitoring.parts import count_failures, find_traces
from tnid.monitoring.processes import Sampler
from tnid.orphans import end_with
from tnid.outbox import Carrier, Schedule, Sender
from tnid.provider import make_outbound
from tnid.purge import purge_expired
from tnid.services import Services
from tnid.settings import Settings
from tnid.signout.endings import LOGOUT_TOKEN, MANDATE_LOGOUT_TOKEN, logout_token_composer
from tnid.soc.export import SYSLOG, exports
from tnid.stores.audit import AuditStore, LeaseStore
from tnid.stores.messages import MessageStore
from tnid.stores.security_events import SecurityEventStore

LEASE_SECONDS = 10
TEND_SECONDS = 5
EMPLOYERS_SECONDS = 600
WARN_SECONDS = 30
EXPIRED_SECONDS = 10
TICK_SECONDS = 0.2
LAST_SUCCESS = "tnid_chore_last_success_timestamp_seconds"
FAILURES = "tnid_chore_failures_total"
DELETIONS_AT_ONCE = 10
MANDATES_AT_ONCE = 50
SECRETS_AT_ONCE = 50
EMPLOYMENTS_AT_ONCE = 50
END_SECONDS = 5

logger = logging.getLogger(__name__)


class Chore(NamedTuple):
    """Work done again and again; `work(now)` says whether there is more of it to do at once."""

    name: str
    every_seconds: int
    is_leased: bool
    work: Callable[[int], bool]


def chores(services: Services) -> tuple[Chore, ...]:
    """Return what has to be done, most urgent first."""
    settings, database = services.settings, services.database
    followers = (build_client_log_writer(services).enter,)
    chain = Chain(database, services.sealer.derive(CHAIN_PURPOSE), followers)
    watch = Watch(database, services.challenge.alarm, settings.attack_wrong_passwords)

    def seal(now: int) -> bool:
        return chain.seal(now) > 0

    def tend_keys(now: int) -> bool:
        services.keyring.tend(now)
        return False

    def warn(now: int) -> bool:
        return services.recovery.waits.warn(database, now)

    def end_mandates(now: int) -> bool:
        with database.unit():
            return services.mandate_endings.end_expired(now, most=MANDATES_AT_ONCE)

    def end_requests(now: int) -> bool:
        with database.unit():
            return services.admin.requests.expire_due(now)

    def end_secrets(now: int) -> bool:
        return services.developers.secrets.end_due(database, now, most=SECRETS_AT_ONCE)

    return (
        Chore("seal", settings.audit_seal_seconds, True, seal),
        Chore("tend_keys", TEND_SECONDS, False, tend_keys),
        Chore("watch", TEND_SECONDS, True, watch.look),
        Chore("warn", WARN_SECONDS, True, warn),
        Chore("end_mandates", WARN_SECONDS, True, end_mandates),
        Chore("end_requests", WARN_SECONDS, True, end_requests),
        Chore("end_secrets", WARN_SECONDS, True, end_secrets),
        *employment_chores(services),
        *removal_chores(services),
    )


def removal_chores(services: Services) -> tuple[Chore, ...]:
    """Return what removes rows whose time is over, and whom they were of."""
    settings, database = services.settings, services.database
    events, abandoned = AuditStore(database), build_abandoned(services)

    def count_expired(now: int) -> bool:
        with database.unit():
            return services.qr_sign_ins.note_expired(now, most=settings.purge_batch_rows)

    def note_abandoned(now: int) -> bool:
        return abandoned.note(now, most=settings.purge_batch_rows)

    def purge(now: int) -> bool:
        return purge_expired(database, now, most=settings.purge_batch_rows)

    def delete_accounts(now: int) -> bool:
        return erase_due(services, now, most=DELETIONS_AT_ONCE) == DELETIONS_AT_ONCE

    def purge_audit(now: int) -> bool:
        return events.purge_batch(before=now - settings.audit_keep_seconds, now=now)

    return (
        # Before they are purged
        Chore("count_expired", EXPIRED_SECONDS, True, count_expired),
        Chore("note_abandoned", EXPIRED_SECONDS, True, note_abandoned),
        Chore("purge", settings.purge_seconds, True, purge),
        Chore("delete_accounts", settings.purge_seconds, True, delete_accounts),
        Chore("purge_audit", settings.purge_seconds, True, purge_audit),
    )


def employment_chores(services: Services) -> tuple[Chore, ...]:
    """Return what is done about employments: carry ends out, and tell of what is new, due or over."""
    database, most = services.database, EMPLOYMENTS_AT_ONCE

    def end(now: int) -> bool:
        return services.employment_endings.carry_out_due(database, now, most=most)

    def tell(now: int) -> bool:
        return services.work_telling.tell_offers(database, now, most=most)

    def remind(now: int) -> bool:
        return services.work_telling.remind(database, now, most=most)

    def remind_employers(now: int) -> bool:
        return services.work_telling.remind_employers(database, now, most=most)

    return (
        Chore("end_employments", END_SECONDS, True, end),
        Chore("tell_workers", EXPIRED_SECONDS, True, tell),
        Chore("remind_workers", WARN_SECONDS, True, remind),
        Chore("remind_employers", EMPLOYERS_SECONDS, True, remind_employers),
    )


class Housekeeper:
    """Does each chore when it is due, one at a time, until told to stop."""

    def __init__(self, todo: Iterable[Chore], leases: LeaseStore, figures: Figures | None = None) -> None:
        self._due = dict.fromkeys(todo, 0.0)
        self._figures = figures or Figures()
        for chore in self._due:
            self._figures.counter(FAILURES, chore=chore.name)
        self._leases = leases
        self._renew_at: dict[Chore, int] = {}
        self._holder = secrets.token_hex(8)

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set."""
        while not stop.wait(TICK_SECONDS):
            for chore, due in self._due.items():
                if time.monotonic() >= due and not stop.is_set():
                    has_more = self.do(chore, clock.now())
                    self._due[chore] = time.monotonic() + (0 if has_more else chore.every_seconds)

    def do(self, chore: Chore, now: int) -> bool:
        """Do a chore once if it is ours to do; say whether there is more. Logs what fails, raises nothing."""
        try:
            if chore.is_leased and not self._has_lease(chore, now):
                return False
            has_more = chore.work(now)
            self._figures.gauge(LAST_SUCCESS, chore=chore.name).set(now)
            return has_more
        except DatabaseUnavailable as error:
            logger.warning("%s waits for the database: %s", chore.name, error.__cause__ or error)
        except Exception:
            logger.exception("%s failed and will be tried again", chore.name)
        self._figures.counter(FAILURES, chore=chore.name).add()
        return False

    def _has_lease(self, chore: Chore, now: int) -> bool:
        if now < self._renew_at.get(chore, 0):
            return True
        seconds = chore.every_seconds + LEASE_SECONDS
        taken = self._leases.take(f"housekeeping.{chore.name}", self._holder, now=now, seconds=seconds)
        self._renew_at[chore] = now + LEASE_SECONDS // 2 if taken else 0
        return taken


def keep_house(settings: Settings, parent: int) -> None:
    """Keep house in this process until SIGTERM, or until the process that started it is gone."""
    # A session of its own: Ctrl-C is for the server, which then ends the housekeeper
    os.setsid()
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    end_with(parent)
    services = open_services(settings)
    Sampler(services.figures, {}).start()
    # Beside the chores: a long purge must not hold a logout token up, nor a slow client the purge
    sender = threading.Thread(target=make_sender(services).run, args=(stop,), name="sender")
    importer = threading.Thread(target=build_engine(services).run, args=(stop,), name="importer")
    exporter = threading.Thread(target=make_exporter(services).run, args=(stop,), name="exporter")
    sender.start()
    importer.start()
    exporter.start()
    Housekeeper(chores(services), LeaseStore(services.database), services.figures).run(stop)
    sender.join()
    importer.join()
    exporter.join()


def make_exporter(services: Services) -> Housekeeper:
    """Return what hands the audit log on, by one machine at a time to a receiver, into a file by each."""
    found = exports(services.settings, services.database, services.figures)
    todo = [
        Chore(f"export_{one.way}", services.settings.audit_seal_seconds, one.way == SYSLOG, one.hand_on)
        for one in found
    ]
    return Housekeeper(todo, LeaseStore(services.database), services.figures)


def make_sender(services: Services) -> Sender:
    """Return the sender of what the outbox holds."""
    settings = services.settings
    logout_token = logout_token_composer(services.provider.backchannel_logout)
    composers = {
        LOGOUT_TOKEN: logout_token,
        MANDATE_LOGOUT_TOKEN: logout_token,
        CIBA_PING: ping_composer(services.provider.ping),
    }
    schedule = Schedule(settings.outbox_retry_seconds, settings.outbox_attempts)
    outbound = make_outbound(settings)
    events = SecurityEventStore(services.database)
    carriers: dict[str, Carrier] = {
        MESSAGE: make_message_carrier(services),
        SECURITY_EVENT: SecurityEventCarrier(services.provider.security_events, events, outbound),
    }
    to_clients = frozenset({*composers, SECURITY_EVENT})
    return Sender(services.database, composers, outbound, schedule, services.audit, carriers, to_clients)


def make_message_carrier(services: Services) -> MessageCarrier:
    """Return what sends messages to people."""
    store, issuer = MessageStore(services.database), services.settings.issuer
    return MessageCarrier(store, services.messages, message_channels(services.settings), issuer)


def message_channels(settings: Settings) -> dict[str, Sequence[Channel]]:
    """Return what is configured to reach phones and mailboxes by, in the order in which it is tried."""
    # Here, for the housekeeper alone needs them
    from tnid.messages.smtp import Smtp  # noqa: PLC0415  as above

    ca_file = settings.outbound_ca_file
    gateways = (("zalo", settings.zalo_url, settings.zalo_secret_file),
                ("sms", settings.sms_url, settings.sms_secret_file))  # fmt: skip
    phone = [Gateway(name, url, file, ca_file=ca_file) for name, url, file in gateways if url and file]
    sender = settings.smtp_sender or f"no-reply@{urlsplit(settings.issuer).hostname}"
    email = [Smtp(settings.smtp_url, sender, clock.now, ca_file=ca_file)] if settings.smtp_url else []
    return {PHONE: phone, EMAIL: email}


def open_services(settings: Settings) -> Services:
    """Return the services on an engine of their own, and log as the server does."""
    logging.config.dictConfig(logging_config(settings.log_level, settings.log_format, find_request_id))
    engine = create_engine(settings.database_url, **engine_options(settings.database_url))
    prepare_engine(engine)
    figures = open_figures(settings.instance_dir / FOLDER, "housekeeper")
    # Of what it does, what goes out is traced
    find_traces(settings, figures.name)
    services = Services(settings, Database(engine), figures)
    count_failures(services)
    return services
