"""The checker against real little applications: the good one passes, each fault of the bad one is found."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from oidc.models import Client
from tests.conftest import Clock
from tests.person import Browser, Page
from tests.servers.processes import free_port
from tests.tnid.checker.application import make_application, served
from tests.tnid.conftest import Someone
from tnid import settings as settings_module
from tnid.app import Application
from tnid.checker.checks import ASK, FAILED, LOOK, PASSED
from tnid.checker.guided import SAID_SO, SIGNED_IN
from tnid.developers.applications import NewApplication
from tnid.developers.making import Made
from tnid.developers.records import Application as Record
from tnid.housekeeping import chores
from tnid.services import Services

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> settings_module.Settings:
    return settings_module.load(
        {
            "TNID_INSTANCE_DIR": str(tmp_path / "instance"),
            "TNID_DATABASE_URL": database_url,
            "TNID_ISSUER": f"http://localhost:{free_port()}",
            "TNID_OUTBOUND_ALLOW_LOOPBACK": "true",
        }
    )


@dataclass
class World:
    """A developer's application, running beside the provider."""

    services: Services
    clock: Clock
    by: str
    application_id: str
    address: str

    @property
    def application(self) -> Record:
        found = self.services.developers.applications.find(self.application_id)
        assert found is not None
        return found

    @property
    def client(self) -> Client:
        found = self.services.clients.find_now(self.application.sandbox_client_id)
        assert found is not None
        return found

    def ask(self) -> dict[str, str]:
        with self.services.database.unit():
            self.services.checker.ask(self.application, self.client, self.by, self.clock.now())
        return self.results(ASK)

    def results(self, kind: str) -> dict[str, str]:
        rows = self.services.checker.list_of(self.application, self.client, None)
        return {row.check.name: row.finding.result for row in rows if row.check.kind == kind}

    def sign_in(self, *, fault: str = "") -> Page:
        """Sign in at the application as somebody made up; return what it shows."""
        with Browser() as browser:
            page = browser.open(f"{self.address}/sign-in")
            if fault:
                return browser.submit("sandbox_fail", {"sandbox_fault": fault})
            page = browser.submit("pick_level1")
            return browser.submit("consent_allow") if page.path == "/consent" else page

    def guide(self, name: str, *, at_picker: bool = False) -> tuple[str, str]:
        """Go through a guided check, and say truly what the application did; return the result and why."""
        checker, unit, now = self.services.checker, self.services.database.unit, self.clock.now()
        with unit():
            assert checker.begin(self.application, self.client, name, self.by, now)
        page = self.sign_in(fault=name if at_picker else "")
        self.seal()
        did = SIGNED_IN if page.words() == "Signed in" else SAID_SO
        with unit():
            found = checker.answer(self.application, self.client, name, did, self.by, now)
        assert found is not None
        return found.result, found.word

    def seal(self) -> None:
        next(chore for chore in chores(self.services) if chore.name == "seal").work(self.clock.now())


@pytest.fixture
def new_world(
    app: Application, services: Services, clock: Clock, new_person: Callable[..., Someone]
) -> Iterator[Callable[..., World]]:
    clock.time = int(time.time())
    services.keyring.ensure(clock.now())
    lan, stack = new_person("lan"), ExitStack()

    def new(*, is_good: bool) -> World:
        issuer, port = services.settings.issuer, free_port()
        stack.enter_context(served(app, int(issuer.rpartition(":")[2])))
        address = f"http://localhost:{port}"
        developers = services.developers
        with services.database.unit():
            team = developers.teams.create("Nhóm Lan", "", lan.id, clock.now())
            assert isinstance(team, str)
            asked = NewApplication(team, "Sổ khám bệnh", "web", f"{address}/callback", "a1")
            made = developers.applications.create(asked, lan.id, clock.now())
        assert isinstance(made, Made) and made.secret
        world = World(services, clock, lan.id, made.application_id, address)
        # http is for this machine: the validator wants https
        added = {"backchannel_logout_uri": f"{address}/out", "frontchannel_logout_uri": f"{address}/front"}
        client = world.client
        services.clients.set_metadata(client.client_id, {**client.metadata, **added}, clock.now())
        own = make_application(issuer, client.client_id, made.secret, address, is_good=is_good)
        stack.enter_context(served(own, port))
        return world

    with stack:
        yield new


def test_a_good_application_passes(new_world: Callable[..., World]) -> None:
    world = new_world(is_good=True)
    assert world.sign_in().words() == "Signed in"
    assert world.sign_in().words() == "Signed in"
    looked = world.results(LOOK)
    assert looked.pop("policy") == "untold"
    assert set(looked.values()) == {PASSED}, looked
    asked = world.ask()
    assert {asked.pop("events_signature"), asked.pop("events_good")} == {""}
    assert len(asked) == 8 and set(asked.values()) == {PASSED}, asked
    for name in ("id_token_wrong_nonce", "id_token_wrong_signature", "userinfo_wrong_subject"):
        assert world.guide(name) == (PASSED, "did_right"), name
    assert world.guide("access_denied", at_picker=True) == (PASSED, "did_right")
    assert world.services.checker.is_clean(world.application, world.client, None)


def test_a_code_that_is_sent_on_after_the_answer_is_seen_too(new_world: Callable[..., World]) -> None:
    world = new_world(is_good=True)
    assert world.ask()["callback_code"] == PASSED
    sent = {"grant_type": "authorization_code", "code": "***"}
    world.services.audit.record(
        "token.refused", outcome="refused", reason="invalid_grant", client_id=world.client.client_id,
        details={"error": "invalid_grant", "description": "", "sent": sent}, now=world.clock.advance(5),
    )  # fmt: skip
    world.seal()
    assert world.results(ASK)["callback_code"] == FAILED


def test_an_address_that_takes_its_time_is_too_slow(
    new_world: Callable[..., World], monkeypatch: pytest.MonkeyPatch
) -> None:
    world = new_world(is_good=True)
    monkeypatch.setattr("oidc.clients.outbound.MAX_SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        uri = f"http://localhost:{silent.getsockname()[1]}/out"
        client = world.client
        metadata = {**client.metadata, "backchannel_logout_uri": uri, "security_events_uri": uri}
        world.services.clients.set_metadata(client.client_id, metadata, world.clock.now())
        asked = world.ask()
    assert asked["logout_good"] == asked["events_signature"] == FAILED
    assert asked["callback_error"] == PASSED


def test_each_fault_of_a_bad_application_is_found(new_world: Callable[..., World]) -> None:
    world = new_world(is_good=False)
    assert world.sign_in().words() == "Signed in"
    world.clock.advance(700)
    assert world.sign_in().words() == "Signed in"
    looked = world.results(LOOK)
    assert {name for name, result in looked.items() if result == FAILED} == {"nonce", "fresh"}
    asked = world.ask()
    assert {name for name, result in asked.items() if result == FAILED} == {
        *("callback_error", "callback_code", "front_channel"),
        *("logout_signature", "logout_audience", "logout_nonce", "logout_events"),
    }
    for name in ("id_token_wrong_nonce", "id_token_wrong_audience", "id_token_expired"):
        assert world.guide(name) == (FAILED, "did_sign_in"), name
    assert not world.services.checker.is_clean(world.application, world.client, None)
    # What it does rightly stays right
    assert asked["logout_good"] == PASSED and looked["pkce"] == PASSED


def test_a_fault_that_nobody_met_proves_nothing(new_world: Callable[..., World]) -> None:
    world = new_world(is_good=True)
    checker, application = world.services.checker, world.application
    with world.services.database.unit():
        assert checker.begin(application, world.client, "id_token_expired", world.by, world.clock.now())
        found = checker.answer(
            application, world.client, "id_token_expired", SAID_SO, world.by, world.clock.now()
        )  # fmt: skip
    assert found is not None and found.word == "not_met" and found.result == "untold"
    assert not world.services.sandbox.faults.list_active(world.client.client_id, world.clock.now())
