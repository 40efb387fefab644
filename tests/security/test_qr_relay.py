"""A QR that is passed on: an attacker's screen in one network, in another the phone of whom they want to be.

The attacker has all that the screen has, its cookie and its picture, and sends that to the victim. What
they lack is the two digits on the victim's phone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest

from oidc.resource.registration import new_resource
from tests.person import Browser, Page
from tests.security.target import SESSION_COOKIE, Party, Target, Victim, running_target
from tests.servers.networks import Place, two_networks
from tests.servers.processes import wait_until
from tests.tnid.qr.acting import DESKTOP, HANDSET, scan, wrong
from tnid import clock

HEARD_SECONDS = 10
BY_QR = "SELECT COUNT(*) AS n FROM sessions WHERE account_id = :account AND amr LIKE '%qr%'"


class Device(Browser):
    """A browser somewhere."""

    def __init__(self, place: Place, target: Target, name: str) -> None:
        self.place = place
        self._origin = f"http://{place.server}:{target.provider.port}"
        client = place.new_client(target.provider.port, **{"User-Agent": name})
        super().__init__(stops_at="https://rp.example", http=client)

    def open(self, address: str, **parameters: str) -> Page:
        return super().open(self._origin + address if address.startswith("/") else address, **parameters)

    def post(self, path: str, **fields: str) -> Page:
        """Post a form by hand, with the token of the page that is shown."""
        assert self.page.document is not None
        token = self.page.document.xpath("//input[@name='csrf_token']/@value")[0]
        sent = {"csrf_token": token, **fields}
        return self._show(self._http.post(self._origin + path, data=sent, headers={"Origin": self._origin}))

    def poll(self) -> tuple[int, str]:
        """Ask as the page's script would; return status and state."""
        answer = self._http.get("/qr/poll")
        return answer.status_code, str(answer.json().get("state", ""))

    @property
    def is_signed_in(self) -> bool:
        return bool(self.cookies.get(SESSION_COOKIE)) and self.open("/account").path == "/account"


class Relay:
    """The attacker's screen, the victim's phone, and what goes from one to the other."""

    def __init__(self, target: Target, places: tuple[Place, Place]) -> None:
        self.target, self.places = target, places
        self.devices: list[Device] = []
        self.client: Party = target.new_client()
        self.victim: Victim = target.new_person()
        self.screen = self.new_device(places[0], DESKTOP)
        self.phone = self.new_device(places[1], HANDSET)
        self.phone.cookies.set(SESSION_COOKIE, target.new_session(self.victim), domain=places[1].server)

    def new_device(self, place: Place, name: str) -> Device:
        self.devices.append(Device(place, self.target, name))
        return self.devices[-1]

    def begin(self, client: Party | None = None, **changes: str) -> str:
        """Have the screen show a QR; return the path that a camera opens."""
        self.screen.open("/authorize", **(client or self.client).query(**changes))
        page = self.screen.click("qr_start")
        return urlsplit(scan(page)).path

    @property
    def interaction(self) -> str:
        return parse_qs(urlsplit(self.screen.page.url).query)["interaction"][0]

    def at_screen(self, step: str, **fields: str) -> Page:
        """Post to the screen's address, whatever its page offers; show what the screen shows then."""
        uid = self.interaction
        self.screen.post(f"/login/qr/{step}?interaction={uid}", **fields)
        return self.screen.open(f"/login/qr?interaction={uid}")

    def agree(self, path: str) -> str:
        """Have the victim fall for it: they say yes; return the digits that their phone shows."""
        self.phone.open(path)
        return self.phone.submit("qr_approve").text_of("qr_shown_digits")

    def wait_for(self, state: str) -> None:
        wait_until(
            lambda: self.screen.poll() == (200, state), seconds=HEARD_SECONDS, what=f"screen that is {state}"
        )

    def count_sessions(self) -> int:
        return int(self.target.fetch_all(BY_QR, account=self.victim.account_id)[0].n)

    def check_nobody_is_signed_in(self) -> None:
        assert self.count_sessions() == 0
        assert not self.screen.is_signed_in


@pytest.fixture(scope="module")
def places() -> Iterator[tuple[Place, Place]]:
    with two_networks() as made:
        yield made


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """A server that both networks reach."""
    with running_target(tmp_path_factory.mktemp("relay"), host="0.0.0.0") as running:
        yield running


@pytest.fixture
def relay(target: Target, places: tuple[Place, Place]) -> Iterator[Relay]:
    made = Relay(target, places)
    yield made
    for device in made.devices:
        device.close()
    log = target.provider.log.read_text("utf-8", "replace")
    assert "Traceback" not in log, log[-4000:]


def test_qr_003_a_picture_that_was_passed_on_shows_how_far_its_screen_is(relay: Relay) -> None:
    page = relay.phone.open(relay.begin())
    asking = page.text_of("qr_network")
    assert "khác mạng" in asking and relay.places[0].address in asking
    assert "Chrome" in page.text_of("qr_screen")
    assert page.has("qr_deny")
    # Opening it was nothing yet
    relay.wait_for("waiting")
    rows = relay.target.fetch_all(
        "SELECT account_id FROM qr_sign_ins WHERE client_id = :c", c=relay.client.client_id
    )
    assert [row.account_id for row in rows] == [None]


def test_a_yes_signs_nobody_in_without_the_digits(relay: Relay) -> None:
    digits = relay.agree(relay.begin())
    relay.wait_for("approved")
    for step, fields in (
        ("finish", {}),
        ("digits", {}),
        ("digits", {"digits": ""}),
        ("finish", {"digits": digits}),
    ):
        page = relay.at_screen(step, **fields)
        assert page.has("qr_digits"), page
        assert digits not in page.words()
    relay.check_nobody_is_signed_in()


def test_a_guess_at_the_digits_burns_it(relay: Relay) -> None:
    digits = relay.agree(relay.begin())
    assert relay.at_screen("digits", digits=wrong(digits)).has("qr_over")
    relay.wait_for("wrong_digits")
    relay.at_screen("digits", digits=digits)
    relay.at_screen("finish")
    relay.check_nobody_is_signed_in()
    page = relay.phone.open(relay.phone.page.path)
    assert page.get("qr_ending").get("data-reason") == "wrong_digits"


def test_a_no_ends_it_for_good(relay: Relay) -> None:
    relay.phone.open(relay.begin())
    assert relay.phone.submit("qr_deny").get("qr_ending").get("data-reason") == "refused"
    relay.wait_for("refused")
    assert relay.at_screen("finish").has("qr_over")
    relay.check_nobody_is_signed_in()


def test_what_is_most_private_is_refused_to_a_far_screen(relay: Relay) -> None:
    api = f"https://api.example/{uuid4().hex[:12]}"
    with relay.target.database.unit():
        made = new_resource({"resource": api, "scopes": {"income": {"vi": "Xem thu nhập"}}}, clock.now())
        relay.target.services.resources.add(made)
    client = relay.target.new_client(resources={api: ["income"]})
    page = relay.phone.open(relay.begin(client, scope="openid income", resource=api))
    assert page.has("obstacle") and "Wi-Fi" in page.words()
    assert not page.has("qr_approve")
    assert page.has("qr_deny")
    assert relay.phone.post(page.path, decision="approve").status == 403
    assert relay.at_screen("finish").has("qr_image")
    relay.check_nobody_is_signed_in()


def test_a_picture_that_took_its_time_is_stale(relay: Relay) -> None:
    """Twenty seconds pass between the screen and the phone: what a message needs to be read."""
    path = relay.begin()
    assert relay.target.execute(
        "UPDATE qr_sign_ins SET created_at = created_at - 20 WHERE client_id = :c", c=relay.client.client_id
    )
    page = relay.phone.open(path)
    assert (page.status, page.get("qr_ending").get("data-reason")) == (410, "stale")
    relay.check_nobody_is_signed_in()


def test_another_browser_of_the_attackers_hears_nothing(relay: Relay) -> None:
    relay.begin()
    other = relay.new_device(relay.places[0], DESKTOP)
    assert other.poll()[0] == 404
    other.open(relay.screen.page.url)
    assert not other.page.has("qr_image")
    assert other.poll()[0] == 404
    relay.wait_for("waiting")


def test_a_link_from_the_victims_phone_opens_nothing_elsewhere(relay: Relay) -> None:
    relay.phone.open(relay.begin())
    other = relay.new_device(relay.places[0], HANDSET)
    other.cookies.set(
        SESSION_COOKIE, relay.target.new_session(relay.target.new_person()), domain=relay.places[0].server
    )
    page = other.open(relay.phone.page.path)
    assert (page.status, page.get("qr_ending").get("data-reason")) == (404, "foreign")


def test_qr_004_no_step_can_be_taken_twice(relay: Relay) -> None:
    """The person is at both for once; then somebody plays every request again."""
    path = relay.begin()
    digits = relay.agree(path)
    before = dict(relay.screen.cookies)
    ticket, uid = relay.phone.page.path, relay.interaction
    page = relay.screen.open(f"/login/qr?interaction={uid}")
    relay.screen.submit("qr_submit", {"qr_digits": digits})
    assert relay.count_sessions() == 1

    replays(relay, path, ticket)
    thief = relay.new_device(relay.places[0], DESKTOP)
    for name, value in before.items():
        thief.cookies.set(name, value, domain=relay.places[0].server)
    thief._page = page
    for step in ("digits", "finish"):
        thief.post(f"/login/qr/{step}?interaction={uid}", digits=digits)
        thief._page = page
    assert relay.count_sessions() == 1
    assert not thief.is_signed_in


def replays(relay: Relay, path: str, ticket: str) -> None:
    """Scan and answer again with the victim's phone, and with another."""
    token_page: Any = relay.phone.page
    for decision in ("approve", "deny"):
        relay.phone._page = token_page
        assert relay.phone.post(ticket, decision=decision).get("qr_ending").get("data-reason") == "collected"
    other = relay.new_device(relay.places[1], HANDSET)
    other.cookies.set(
        SESSION_COOKIE, relay.target.new_session(relay.target.new_person()), domain=relay.places[1].server
    )
    page = other.open(path)
    assert page.get("qr_ending").get("data-reason") in ("second_phone", "stale", "collected")
