"""What is left of a sign-in by QR however it ended: nothing that could be used, and soon nothing at all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from oidc.models import LOA2, EndUser
from tests.conftest import Clock
from tests.tnid.conftest import Someone
from tnid.accounts.refusal import Refused
from tnid.event_counts import EventCounts
from tnid.housekeeping import Housekeeper, chores
from tnid.qr.service import LIFETIME_SECONDS, SCREEN, Begun, QrSignIns, Screen
from tnid.qr.state import state_of
from tnid.qr.stats import count_steps
from tnid.services import Services
from tnid.stores.audit import LeaseStore

HERE = Screen("browser of the screen", "interaction", "jobs", "192.0.2.1", "192.0.2.1", "Firefox")
PHONE = "browser of the phone"
MINUTE = 60


class World:
    """A sign-in by QR that a phone has claimed, and what becomes of it."""

    def __init__(self, services: Services, lan: Someone, minh: Someone, clock: Clock) -> None:
        self.services, self.lan, self.minh, self.clock = services, lan, minh, clock
        self.qr: QrSignIns = services.qr_sign_ins
        self.begun: Begun = self.qr.begin(HERE, clock.now())

    def claim(self, by: Someone | None = None) -> Any:
        return self.qr.claim(self.begun.row, (by or self.lan).id, PHONE, self.clock.now())

    def approve(self) -> None:
        person = EndUser(self.lan.id, "sid", self.clock.now(), LOA2, ("pwd", "otp", "mfa"), 0)
        assert self.qr.approve(self.claim(), person, PHONE, self.clock.now())

    def deny(self) -> None:
        person = EndUser(self.lan.id, "sid", self.clock.now(), LOA2, ("pwd", "otp", "mfa"), 0)
        assert self.qr.deny(self.claim(), person, PHONE, self.clock.now())

    def type_wrong_digits(self) -> None:
        self.approve()
        row = self.qr.find(self.begun.row.id)
        wrong = f"{(int(self.qr.digits_of(row)) + 1) % 100:02d}"
        assert self.qr.try_digits(row, wrong, self.clock.now())

    def begin_another(self) -> None:
        self.claim()
        another = self.qr.begin(HERE, self.clock.now())
        assert self.qr.abandon(another.secret, "abandoned", self.clock.now())

    def abandon(self) -> None:
        self.approve()
        assert self.qr.abandon(self.begun.secret, "abandoned", self.clock.now())

    def be_somebody_else(self) -> None:
        self.claim()
        assert isinstance(self.claim(self.minh), Refused)

    def sign_out_on_the_phone(self) -> None:
        self.approve()
        now = self.clock.now()
        assert self.qr.end_of_phone(self.lan.id, "another phone of hers", now) == 0
        assert self.qr.end_of_phone(self.lan.id, PHONE, now) == 1

    def collect(self) -> None:
        self.approve()
        row = self.qr.find(self.begun.row.id)
        assert self.qr.try_digits(row, self.qr.digits_of(row), self.clock.now()) is None
        assert self.qr.collect(row, self.begun.secret, self.clock.now()) is not None

    def wait(self) -> None:
        self.clock.advance(LIFETIME_SECONDS[SCREEN])

    def wait_after_approval(self) -> None:
        self.approve()
        self.wait()

    def keep_house(self, seconds: int) -> None:
        """Do every chore when it is due, second by second."""
        todo = chores(self.services)
        housekeeper = Housekeeper([], LeaseStore(self.services.database))
        for _ in range(seconds):
            now = self.clock.advance(1)
            for chore in todo:
                if chore.name in CHORES and now % chore.every_seconds == 0:
                    housekeeper.do(chore, now)

    def count(self, table: str) -> int:
        return int(self.services.database.fetch_one(text(f"SELECT COUNT(*) AS n FROM {table}")).n)


CHORES = {"seal", "count_expired", "purge"}
ENDINGS: dict[str, Callable[[World], None]] = {
    "refused": World.deny,
    "wrong_digits": World.type_wrong_digits,
    "replaced": World.begin_another,
    "abandoned": World.abandon,
    "other_person": World.be_somebody_else,
    "collected": World.collect,
    "expired": World.wait,
    "refused by signing out": World.sign_out_on_the_phone,
    "expired after the yes": World.wait_after_approval,
}


@pytest.fixture
def world(services: Services, lan: Someone, minh: Someone, clock: Clock) -> World:
    return World(services, lan, minh, clock)


@pytest.mark.parametrize("ending", ENDINGS)
def test_nothing_can_be_done_with_one_that_is_over(world: World, ending: str) -> None:
    qr, begun = world.qr, world.begun
    picture = qr.frames.address(begun.row, world.clock.now()).rpartition("/")[2]
    ENDINGS[ending](world)
    now = world.clock.now()
    row = qr.find(begun.row.id)
    assert state_of(row, now) == ending.split(maxsplit=1)[0]
    assert qr.collect(row, begun.secret, now) is None
    person = EndUser(world.lan.id, "sid", now, LOA2, ("pwd",), 0)
    assert not qr.approve(row, person, PHONE, now)
    assert isinstance(world.claim(), Refused)
    assert isinstance(qr.try_digits(row, "00", now), Refused)
    assert isinstance(qr.find_shown(picture, now), Refused)
    assert isinstance(qr.find_typed(begun.typed_code, now), Refused)
    assert world.count("sessions") == 0


@pytest.mark.parametrize("ending", ENDINGS)
def test_of_each_end_nothing_is_left_a_minute_after_its_time(world: World, ending: str) -> None:
    ENDINGS[ending](world)
    expires_at = world.qr.find(world.begun.row.id).expires_at
    world.keep_house(max(0, expires_at - world.clock.now()) + MINUTE)
    assert [world.count(table) for table in ("qr_sign_ins", "sessions", "grants")] == [0, 0, 0]


def test_what_ran_out_is_counted_once_whatever_came_after(world: World) -> None:
    """A screen that asks for another code at once hasn't replaced the one whose time ran out."""
    world.wait()
    world.qr.begin(HERE, world.clock.now())
    world.qr.begin(HERE._replace(interaction_uid="another"), world.clock.now())
    world.keep_house(LIFETIME_SECONDS[SCREEN] + MINUTE)
    counted = count_steps(EventCounts(world.services.database).find_all())
    assert {step: times for step, times in counted.items() if times} == {"started": 3, "expired": 3}


def test_each_step_is_counted(world: World) -> None:
    qr, now = world.qr, world.clock.now()
    world.collect()
    assert isinstance(qr.claim(world.begun.row, world.minh.id, "another phone", now), Refused)
    for end in (World.deny, World.type_wrong_digits):
        world.begun = qr.begin(HERE, now)
        end(world)
    world.keep_house(1)
    counted = count_steps(EventCounts(world.services.database).find_all())
    assert counted == {
        "started": 3,
        "claimed": 3,
        "second_phone": 1,
        "approved": 2,
        "refused": 1,
        "wrong_digits": 1,
        "expired": 0,
        "collected": 1,
    }
