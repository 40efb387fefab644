"""A screen that polls: what it hears, how soon, and what polling costs whom."""

from __future__ import annotations

import base64
import io
import threading
from collections.abc import Callable
from typing import Any

import orjson
import pytest
import zxingcpp
from PIL import Image

from oidc.http import Request, Response
from oidc.models import LOA2, EndUser
from tests.conftest import Clock
from tests.tnid.conftest import InProcess, Someone
from tnid.app import Application
from tnid.db import DatabaseUnavailable
from tnid.qr import look as look_module
from tnid.qr.image import data_uri
from tnid.qr.look import LOOK_SECONDS, PATIENCE_SECONDS, SWEEP_SECONDS, Look
from tnid.qr.polls import MOST_POLLS_A_SECOND, Misses, Polls
from tnid.qr.service import Begun, QrSignIns, Screen
from tnid.services import Services
from tnid.stores.qr_sign_ins import KEEP_SECONDS, QrSignInStore

HERE = Screen("browser of the screen", "interaction", "jobs", "192.0.2.1", "192.0.2.1", "Firefox")
PHONE = "browser of the phone"


class Store(QrSignInStore):
    """The real one, which counts its reads, may fail, and may take its time."""

    def __init__(self, services: Services) -> None:
        super().__init__(services.database)
        self.looks = self.questions = 0
        self.is_down = False
        self.during_look: Callable[[], None] = lambda: None

    def list_changed(self, since: int, *, most: int) -> list[Any]:
        self.looks += 1
        self.during_look()
        if self.is_down:
            raise DatabaseUnavailable
        return super().list_changed(since, most=most)

    def find_of_poll(self, secret_hash: str) -> Any:
        self.questions += 1
        return super().find_of_poll(secret_hash)


class Process:
    """What one process of the server does with polls; its ticks go on only when told to."""

    def __init__(self, services: Services, clock: Clock) -> None:
        self.tick = 1000.0
        self.clock = clock
        self.store = Store(services)
        self.look = Look(self.store, lambda: self.tick)
        self.polls = Polls(self.look, services.qr_sign_ins.frames, "tnid_qr", lambda: self.tick)

    def answer(self, cookie: str, query: str = "", ip: str = "192.0.2.1") -> Response:
        request = Request(method="GET", query=query, remote_address=ip)
        return self.polls.answer(request, {"HTTP_COOKIE": f"tnid_qr={cookie}"}, self.clock.now())

    def hear(self, cookie: str, query: str = "") -> dict[str, Any]:
        """Ask as a page does, some while after it asked before."""
        self.tick += 2
        answer = self.answer(cookie, query)
        assert answer.status == 200, answer
        document: dict[str, Any] = orjson.loads(answer.body)
        return document


@pytest.fixture
def qr(services: Services) -> QrSignIns:
    return services.qr_sign_ins


@pytest.fixture
def process(services: Services, clock: Clock) -> Process:
    return Process(services, clock)


@pytest.fixture
def begun(qr: QrSignIns, clock: Clock) -> Begun:
    return qr.begin(HERE, clock.now())


def end_user_of(someone: Someone, now: int) -> EndUser:
    return EndUser(someone.id, "sid", now, LOA2, ("pwd", "otp", "mfa"), 0)


def read_picture(uri: str) -> str:
    picture = Image.open(io.BytesIO(base64.b64decode(uri.partition(",")[2])))
    assert picture.mode == "1"
    large = picture.convert("L").resize((picture.width * 6, picture.height * 6), Image.Resampling.NEAREST)
    return str(zxingcpp.read_barcodes(large)[0].text)


def test_a_screen_hears_of_each_step(
    qr: QrSignIns, process: Process, begun: Begun, lan: Someone, clock: Clock
) -> None:
    now, secret, person = clock.now(), begun.secret, end_user_of(lan, clock.now())
    assert process.hear(secret)["state"] == "waiting"
    row = qr.claim(begun.row, lan.id, PHONE, now)
    assert process.hear(secret) == {"state": "claimed", "step": 0, "expires_in": 120}
    assert qr.approve(row, person, PHONE, now)
    assert process.hear(secret)["state"] == "approved"
    assert qr.try_digits(qr.find(row.id), qr.digits_of(row), now) is None
    assert process.hear(secret)["state"] == "ready"
    assert qr.collect(row, secret, now) is not None
    assert process.hear(secret)["state"] == "collected"


def test_it_hears_of_a_refusal_and_of_its_time_running_out(
    qr: QrSignIns, process: Process, begun: Begun, lan: Someone, clock: Clock
) -> None:
    other = qr.begin(HERE._replace(interaction_uid="another"), clock.now())
    row = qr.claim(begun.row, lan.id, PHONE, clock.now())
    assert qr.deny(row, end_user_of(lan, clock.now()), PHONE, clock.now())
    assert process.hear(begun.secret)["state"] == "refused"
    clock.advance(120)
    assert process.hear(other.secret) == {"state": "expired", "step": 24, "expires_in": 0}


def test_the_picture_comes_with_each_new_step_and_never_again(
    qr: QrSignIns, process: Process, begun: Begun, clock: Clock
) -> None:
    first = process.hear(begun.secret)
    assert first["step"] == 0
    assert read_picture(first["image"]) == first["address"] == qr.frames.address(begun.row, clock.now())
    assert process.hear(begun.secret, "step=0").keys() == {"state", "step", "expires_in"}
    clock.advance(5)
    second = process.hear(begun.secret, "step=0")
    assert (second["step"], second["expires_in"]) == (1, 115)
    assert second["address"] != first["address"]
    assert not hasattr(qr.find_shown(second["address"].rpartition("/")[2], clock.now()), "reason")


@pytest.mark.parametrize("query", ["step=", "step=-1", "step=00", "step=" + "9" * 5000, "steps=0", "%00"])
def test_a_step_that_is_none_gets_the_picture(process: Process, begun: Begun, query: str) -> None:
    assert "image" in process.hear(begun.secret, query)


@pytest.mark.parametrize(
    "cookie", ["", ".", "x", "x" * 129, "x" * 5000, "\xff", '"', "ạ".encode().decode("latin1")]
)
def test_a_cookie_made_by_hand_hears_nothing(process: Process, begun: Begun, cookie: str) -> None:
    assert begun.row
    assert process.answer(cookie).status == 404


def test_only_the_browser_that_began_hears(browser: InProcess, begun: Begun, new_browser: Any) -> None:
    answer = browser.get("/qr/poll", cookie=f"tnid_qr={begun.secret}")
    assert (answer.status_code, answer.json()["state"]) == (200, "waiting")
    assert answer.headers["Cache-Control"] == "no-store"
    assert new_browser().get("/qr/poll").status_code == 404
    assert browser.get("/qr/poll", cookie=f"tnid_qr={begun.row.secret_hash}").status_code == 404
    assert browser.get("/qr/poll", cookie=f"tnid_qr={begun.row.id}").status_code == 404
    assert browser.send("POST", "/qr/poll").status_code == 405


@pytest.mark.parametrize("address", ["/qr/poll", "/authorize"])
def test_a_cookie_header_of_any_bytes_is_no_failure(app: Application, address: str) -> None:
    sender = app.test_client(use_cookies=False)
    answer = sender.get(address, environ_overrides={"HTTP_COOKIE": "tnid_session=\xff\xfe; tnid_qr=\xc3"})
    assert 400 <= answer.status_code < 500


def test_no_more_than_four_polls_a_second_are_answered(process: Process, begun: Begun) -> None:
    """QR-012: who asks every ten milliseconds is told to wait, and writes nothing."""
    statuses = []
    for _ in range(100):
        statuses.append(process.answer(begun.secret).status)
        process.tick += 0.01
    assert statuses.count(200) <= 2 * MOST_POLLS_A_SECOND
    assert set(statuses) == {200, 429}
    assert process.answer(begun.secret).headers[-1] == ("Retry-After", "1")
    process.tick += 1
    assert process.answer(begun.secret).status == 200


def test_thousands_of_polls_are_one_look(process: Process, qr: QrSignIns, clock: Clock) -> None:
    waiting = [
        qr.begin(HERE._replace(interaction_uid=str(number)), clock.now()).secret for number in range(20)
    ]
    assert {process.answer(secret).status for secret in waiting} == {200}
    assert (process.store.looks, process.store.questions) == (1, 0)
    process.tick += LOOK_SECONDS
    assert {process.answer(secret).status for secret in waiting} == {200}
    assert (process.store.looks, process.store.questions) == (2, 0)


def test_one_that_began_since_the_last_look_is_asked_for_once(
    process: Process, qr: QrSignIns, clock: Clock
) -> None:
    assert process.answer("nothing").status == 404
    begun = qr.begin(HERE, clock.now())
    assert [process.answer(begun.secret).status for _ in range(3)] == [200, 200, 200]
    assert (process.store.looks, process.store.questions) == (1, 2)


def test_a_change_that_was_committed_late_is_heard(
    process: Process, qr: QrSignIns, begun: Begun, lan: Someone, clock: Clock
) -> None:
    """A writer that waited for a lock says in which second it began."""
    process.hear(begun.secret)
    before = clock.now()
    clock.advance(6)
    process.hear(begun.secret)
    qr.claim(begun.row, lan.id, PHONE, before)
    assert process.hear(begun.secret)["state"] == "claimed"


def test_made_up_cookies_cost_no_memory(process: Process, begun: Begun) -> None:
    """QR-011: whoever tries a hundred thousand learns nothing, and the database hears of a few."""
    process.hear(begun.secret)
    answers = {process.answer(f"made-up-{number}").status for number in range(100_000)}
    assert answers == {404, 429}
    assert process.store.questions == Misses.OF_NETWORK
    assert len(process.look._screens) == 1
    assert process.hear(begun.secret)["state"] == "waiting"


def test_made_up_cookies_from_everywhere_are_bounded_together(process: Process) -> None:
    statuses = [process.answer("made-up", ip=f"10.0.{n // 250}.{n % 250}").status for n in range(2000)]
    assert statuses.count(404) == process.store.questions == Misses.OF_ALL
    assert len(process.polls._misses._counts) <= Misses.OF_ALL
    process.tick += Misses.WINDOW_SECONDS
    assert process.answer("made-up").status == 404


def test_what_is_over_is_forgotten(process: Process, begun: Begun, clock: Clock) -> None:
    process.hear(begun.secret)
    clock.advance(120 + KEEP_SECONDS)
    process.tick += SWEEP_SECONDS
    process.answer("nothing")
    assert process.look._screens == {}


def test_no_more_screens_are_remembered_than_there_is_room_for(
    process: Process, qr: QrSignIns, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(look_module, "MOST_SCREENS", 3)
    waiting = [
        qr.begin(HERE._replace(interaction_uid=str(number)), clock.now()).secret for number in range(5)
    ]
    assert [process.answer(secret).status for secret in waiting] == [200] * 5
    assert len(process.look._screens) == 3


def test_a_database_that_is_down_is_said_and_forgotten(process: Process, begun: Begun) -> None:
    process.hear(begun.secret)
    process.store.is_down = True
    process.tick += LOOK_SECONDS
    with pytest.raises(DatabaseUnavailable):
        process.answer(begun.secret)
    answer = process.answer(begun.secret)
    assert answer.status == 503
    assert answer.headers[-1][0] == "Retry-After"
    assert process.store.looks == 2
    process.store.is_down = False
    process.tick += LOOK_SECONDS
    assert process.answer(begun.secret).status == 200


def test_nobody_waits_for_whoever_looks(process: Process, begun: Begun) -> None:
    """While one thread reads, others are answered from the last look; and not from it for ever."""
    process.hear(begun.secret)
    is_looking, may_end = threading.Event(), threading.Event()

    def hang() -> None:
        is_looking.set()
        assert may_end.wait(30)

    process.store.during_look = hang
    process.tick += LOOK_SECONDS
    looking = threading.Thread(target=process.answer, args=(begun.secret,))
    looking.start()
    try:
        assert is_looking.wait(30)
        assert process.answer(begun.secret).status == 200
        process.tick += PATIENCE_SECONDS + 0.1
        assert process.answer(begun.secret).status == 503
    finally:
        may_end.set()
        looking.join(30)
    assert process.answer(begun.secret).status == 200
    assert process.store.looks == 3


@pytest.mark.parametrize(
    "address", ["HTTP://LOCALHOST:8000/QR/" + "A" * 34, "HTTPS://ID.EXAMPLE/QR/" + "7" * 34]
)
def test_a_picture_says_its_address(address: str) -> None:
    assert read_picture(data_uri(address)) == address
