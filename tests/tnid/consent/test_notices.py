"""Who is told that data may no longer be used, when, and that it waits until it is taken."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from oidc.clients.outbound import Outbound, OutboundRefused
from oidc.clients.registration import new_client
from oidc.models import AuthorizationRequest, Client
from oidc.security_events.models import ATTESTATION_ENDED
from tests.conftest import Clock
from tests.tnid.conftest import CALLBACK, Someone
from tnid.consent.notices import SECURITY_EVENT, SecurityEventCarrier
from tnid.employment.claims import claims_of
from tnid.purge import purge_expired
from tnid.services import Services
from tnid.stores.security_events import (
    DAY_SECONDS,
    KEEP_ANSWERED_SECONDS,
    KEEP_UNANSWERED_SECONDS,
    SecurityEventStore,
)


class Receiver(HTTPServer):
    """A real server that an application is told at; `status` is what it answers."""

    status = 202

    def __init__(self) -> None:
        self.heard: list[tuple[str, str]] = []
        super().__init__(("127.0.0.1", 0), _Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://localhost:{self.server_port}/events"


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.heard.append((self.headers["Content-Type"], body))
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    server = Receiver()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def new_consent(lan: Someone, services: Services, clock: Clock) -> Callable[..., Client]:
    """Register an application that lan shares everything with."""

    def new(client_id: str, **metadata: Any) -> Client:
        document = {"client_id": client_id, "redirect_uris": [CALLBACK], "scope": "openid email", **metadata}
        document["consent_items"] = {"email": {"required": False}}
        client, _secret = new_client(document, clock.now(), by_operator=True)
        services.clients.add(client)
        asked = AuthorizationRequest(client_id, CALLBACK, "query", ("openid", "email"))
        with services.database.unit():
            question = services.consents.ask(lan.id, asked, client, clock.now())
            assert services.consents.give(lan.id, question, ["email"], clock.now())
        return client

    return new


def queued(services: Services) -> list[Any]:
    return [row for row in services.outbox.list_open(most=50) if row.kind == SECURITY_EVENT]


def test_a_narrowed_consent_names_what_may_no_longer_be_used(
    new_consent: Callable[..., Client], lan: Someone, services: Services, clock: Clock, receiver: Receiver
) -> None:
    client = new_consent("jobs", security_events_uri=receiver.url)
    consent = services.consents.find(lan.id, "jobs", clock.now())
    assert consent is not None and queued(services) == [], "agreeing tells nobody"
    with services.database.unit():
        assert services.consents.change(lan.id, client, consent, [], clock.now())
    (event,) = services.consents.notices.list_by_account(lan.id, "jobs")
    assert (event.kind, event.claims) == ("consent-narrowed", ("email", "email_verified"))
    assert len(queued(services)) == 1


def test_whoever_shares_what_ends_is_told_and_nobody_else(
    new_consent: Callable[..., Client],
    lan: Someone,
    services: Services,
    clock: Clock,
    receiver: Receiver,
) -> None:
    share = partial(share_work, services, lan.id, clock)
    for client_id in ("by-scope", "by-name", "declined", "before", "elsewhere"):
        new_consent(client_id, security_events_uri=receiver.url)
    for client_id, tax_code in (("own", "4600305723"), ("another-employers", "0100109106")):
        new_consent(client_id, security_events_uri=receiver.url, employer=tax_code)
        share(client_id, claims=("job_title",))
    share("by-scope", scope=("openid", "worker", "employer"))
    share("by-name", claims=("income_at_least=8000000",), verified=("verified_claims/job_title",))
    share("declined", claims=("job_title",), chosen=())
    share("before", scope=("openid", "worker"))
    with services.database.unit():
        assert services.consents.withdraw(lan.id, "before", clock.now())
    with services.database.unit():
        ended = claims_of(["title", "income"], ["park"])
        services.consents.tell_attested_ended(lan.id, ended, clock.now(), tax_code="4600305723")
    told = {
        client_id: [
            event.claims
            for event in services.consents.notices.list_by_account(lan.id, client_id)
            if event.kind == ATTESTATION_ENDED
        ]
        for client_id in (
            *("by-scope", "by-name", "declined", "before", "elsewhere"),
            *("own", "another-employers"),
        )
    }
    assert told == {
        "by-scope": [("job_title",)],
        "by-name": [("income_at_least=8000000", "verified_claims/job_title")],
        "declined": [],
        "before": [],
        "elsewhere": [],
        "own": [("job_title",)],
        "another-employers": [],
    }
    agreed = services.consents.find_agreed(lan.id, "by-scope")
    assert agreed is not None and "worker" in agreed.scope, "what was decided stays decided"


def share_work(
    services: Services,
    account_id: str,
    clock: Clock,
    client_id: str,
    *,
    scope: tuple[str, ...] = ("openid",),
    claims: tuple[str, ...] = (),
    verified: tuple[str, ...] = (),
    chosen: tuple[str, ...] | None = None,
) -> None:
    client = services.clients.find_now(client_id)
    assert client is not None
    asked = AuthorizationRequest(
        client_id, CALLBACK, "query", scope, userinfo_claims=claims, verified_names=verified
    )
    with services.database.unit():
        question = services.consents.ask(account_id, asked, client, clock.now())
        ticked = [item.name for item in question.items] if chosen is None else chosen
        assert services.consents.give(account_id, question, ticked, clock.now())


def test_a_client_that_did_not_say_where_is_told_nothing(
    new_consent: Callable[..., Client], lan: Someone, services: Services, clock: Clock
) -> None:
    new_consent("jobs")
    with services.database.unit():
        assert services.consents.withdraw(lan.id, "jobs", clock.now())
    assert queued(services) == [] and services.consents.notices.list_by_account(lan.id, "jobs") == []


def test_an_account_that_is_deleted_is_told_of_and_the_answer_still_counts(
    new_consent: Callable[..., Client], lan: Someone, services: Services, clock: Clock, receiver: Receiver
) -> None:
    services.keyring.ensure(clock.now())
    new_consent("jobs", security_events_uri=receiver.url)
    new_consent("silent")
    with services.database.unit():
        services.consents.tell_deleted(lan.id, clock.now())
        assert services.accounts.delete(lan.id, clock.now())
    (row,) = queued(services)
    store = SecurityEventStore(services.database)
    event = store.find(row.reference)
    assert event is not None and (event.kind, event.account_id) == ("account-deleted", None)
    carrier = carrier_of(services)
    assert carrier.carry(row, clock.now()) and len(receiver.heard) == 1
    assert store.answer(event.id, "deleted", None, clock.now())


def carrier_of(services: Services) -> SecurityEventCarrier:
    store = SecurityEventStore(services.database)
    return SecurityEventCarrier(services.provider.security_events, store, Outbound(allow_loopback=True))


@pytest.mark.parametrize("status", [200, 204, 302, 400, 500])
def test_only_202_is_taken_for_a_yes(
    new_consent: Callable[..., Client],
    lan: Someone,
    services: Services,
    clock: Clock,
    receiver: Receiver,
    status: int,
) -> None:
    services.keyring.ensure(clock.now())
    new_consent("jobs", security_events_uri=receiver.url)
    with services.database.unit():
        services.consents.withdraw(lan.id, "jobs", clock.now())
    (row,), carrier, receiver.status = queued(services), carrier_of(services), status
    with pytest.raises(OutboundRefused):
        carrier.carry(row, clock.now())
    receiver.status = 202
    assert carrier.carry(row, clock.now())
    carrier.note(row, "delivered", clock.now())
    (event,) = services.consents.notices.list_by_account(lan.id, "jobs")
    assert event.delivered_at == clock.now()
    types, tokens = zip(*receiver.heard, strict=True)
    assert set(types) == {"application/secevent+jwt"} and len(tokens) == 2


def test_a_kept_answer_may_become_a_deleted_one_and_not_back(
    new_consent: Callable[..., Client], lan: Someone, services: Services, clock: Clock, receiver: Receiver
) -> None:
    new_consent("jobs", security_events_uri=receiver.url)
    with services.database.unit():
        services.consents.withdraw(lan.id, "jobs", clock.now())
    (event,) = services.consents.notices.list_by_account(lan.id, "jobs")
    store = SecurityEventStore(services.database)
    assert store.answer(event.id, "kept", "Luật Kế toán", clock.now())
    assert store.answer(event.id, "deleted", None, clock.now())
    assert not store.answer(event.id, "kept", "doch", clock.now())
    found = store.find(event.id)
    assert found is not None and (found.outcome, found.reason) == ("deleted", None)


def test_events_are_kept_for_a_while_after_their_answer_and_no_longer(
    new_consent: Callable[..., Client], lan: Someone, services: Services, clock: Clock, receiver: Receiver
) -> None:
    for client_id in ("jobs", "housing"):
        new_consent(client_id, security_events_uri=receiver.url)
        with services.database.unit():
            services.consents.withdraw(lan.id, client_id, clock.now())
    (answered,) = services.consents.notices.list_by_account(lan.id, "jobs")
    store = SecurityEventStore(services.database)
    assert store.answer(answered.id, "deleted", None, clock.now())

    def kept_after(seconds: int) -> list[str]:
        while purge_expired(services.database, clock.now() + seconds, most=100):
            pass
        return sorted(event.client_id for event in store.list_by_account(lan.id))

    assert kept_after(KEEP_ANSWERED_SECONDS - DAY_SECONDS) == ["housing", "jobs"]
    assert kept_after(KEEP_ANSWERED_SECONDS + DAY_SECONDS) == ["housing"]
    assert kept_after(KEEP_UNANSWERED_SECONDS + DAY_SECONDS) == []
