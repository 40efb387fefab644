"""Sign-in by QR over several processes: who comes first wins, once, and every process hears of it."""

from __future__ import annotations

import http.client
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from oidc.models import LOA2, EndUser
from tests.faults.racers import run_races
from tests.security.target import Target, Victim
from tnid import clock
from tnid.accounts.refusal import Refused
from tnid.qr.service import Begun, Screen
from tnid.services import Services

RACES = 200
RACERS = 4
LINES = 8
MOST_SECONDS = 2.0


def screen_of(number: int) -> Screen:
    return Screen("browser of the screen", f"interaction-{number}", None, "127.0.0.1", "127.0.0.1", "Firefox")


def end_user(account_id: str) -> EndUser:
    return EndUser(account_id, "sid", clock.now(), LOA2, ("pwd", "otp", "mfa"), 0)


def begin_many(target: Target, count: int) -> list[Begun]:
    with target.database.unit():
        return [target.services.qr_sign_ins.begin(screen_of(n), clock.now()) for n in range(count)]


def approve_by(services: Services, number: int, about: tuple[str, list[str]]) -> tuple[str, bool]:
    """Claim and approve, each racer with a phone and a person of its own."""
    qr, (qr_id, people) = services.qr_sign_ins, about
    phone, account_id = f"phone {number}", people[number]
    row = qr.find(qr_id)
    claimed = qr.claim(row, account_id, phone, clock.now())
    reason = claimed.reason if isinstance(claimed, Refused) else ""
    return reason, qr.approve(row, end_user(account_id), phone, clock.now())


def approve_again(services: Services, _number: int, about: tuple[str, str]) -> bool:
    """Approve by one phone, as a button that is pressed in four tabs."""
    qr, (qr_id, account_id) = services.qr_sign_ins, about
    return qr.approve(qr.find(qr_id), end_user(account_id), "phone", clock.now())


def collect(services: Services, _number: int, about: tuple[str, str]) -> bool:
    qr, (qr_id, secret) = services.qr_sign_ins, about
    return qr.collect(qr.find(qr_id), secret, clock.now()) is not None


def try_digits(services: Services, number: int, about: tuple[str, str]) -> str:
    """Try four answers at once, of which one is right."""
    qr, (qr_id, digits) = services.qr_sign_ins, about
    typed = f"{(int(digits) + number) % 100:02d}"
    refused = qr.try_digits(qr.find(qr_id), typed, clock.now())
    return refused.reason if refused else ""


def test_qr_006_one_of_several_people_who_approve_at_once_wins(target: Target) -> None:
    """Two hundred times four people with a phone each, in as many processes."""
    people = [target.new_person(totp=False).account_id for _ in range(RACERS)]
    begun = begin_many(target, RACES)
    about = [(one.row.id, people) for one in begun]
    for one, outcomes in zip(
        begun, run_races(target.provider.environ, approve_by, about, racers=RACERS), strict=True
    ):
        winners = [number for number, (refused, _) in enumerate(outcomes) if not refused]
        assert len(winners) == 1, outcomes
        assert {refused for refused, _ in outcomes} == {"", "qr_second_phone"}
        assert [approved for _, approved in outcomes].count(True) == 1
        assert outcomes[winners[0]][1]
        assert target.services.qr_sign_ins.find(one.row.id).account_id == people[winners[0]]


def test_qr_004_a_yes_that_is_said_at_once_in_several_tabs_counts_once(
    target: Target, person: Victim
) -> None:
    qr, begun = target.services.qr_sign_ins, begin_many(target, 25)
    for one in begun:
        qr.claim(one.row, person.account_id, "phone", clock.now())
    about = [(one.row.id, person.account_id) for one in begun]
    outcomes = run_races(target.provider.environ, approve_again, about, racers=RACERS)
    assert [one.count(True) for one in outcomes] == [1] * len(begun)
    for one in begun:
        digits = qr.digits_of(qr.find(one.row.id))
        assert qr.try_digits(qr.find(one.row.id), digits, clock.now()) is None
    collected = run_races(
        target.provider.environ, collect, [(one.row.id, one.secret) for one in begun], racers=RACERS
    )
    assert [one.count(True) for one in collected] == [1] * len(begun)


def test_one_of_several_guesses_at_the_digits_is_judged(target: Target, person: Victim) -> None:
    """Four guesses at once are no better than one: whichever came first was the try."""
    qr, begun = target.services.qr_sign_ins, begin_many(target, 25)
    claimed = [qr.claim(one.row, person.account_id, "phone", clock.now()) for one in begun]
    about = [(row.id, qr.digits_of(row)) for row in claimed]
    for row, outcomes in zip(
        claimed, run_races(target.provider.environ, try_digits, about, racers=RACERS), strict=True
    ):
        after = qr.find(row.id)
        assert Counter(outcomes)[""] <= 1
        assert (after.digits_at is not None) == ("" in outcomes)
        assert (after.ended_at is not None) == ("" not in outcomes)


class Line:
    """A screen's connection to one of the server's processes."""

    def __init__(self, target: Target, secret: str) -> None:
        self._http = http.client.HTTPConnection("127.0.0.1", target.provider.port, timeout=30)
        self._http.connect()
        self._secret = secret

    def hear(self) -> str:
        self._http.request("GET", "/qr/poll?step=0", headers={"Cookie": f"tnid_qr={self._secret}"})
        answer = self._http.getresponse()
        document: dict[str, Any] = json.loads(answer.read())
        return str(document["state"]) if answer.status == 200 else ""

    def close(self) -> None:
        self._http.close()


@contextmanager
def lines_of(target: Target, begun: list[Begun]) -> Iterator[list[Line]]:
    lines = [Line(target, one.secret) for one in begun]
    try:
        yield lines
    finally:
        for line in lines:
            line.close()


def wait_until_all_hear(lines: list[Line], state: str) -> float:
    """Poll on every line until each has heard of the state; return the seconds that took."""
    begun = time.monotonic()
    waiting = lines
    while waiting := [line for line in waiting if line.hear() != state]:
        assert time.monotonic() - begun < 30, f"nobody heard of {state}"
        time.sleep(0.3)
    return time.monotonic() - begun


def test_every_process_hears_of_each_step_within_two_seconds(target: Target, person: Victim) -> None:
    """The steps are taken in this process; the screens ask those of the server."""
    qr, begun = target.services.qr_sign_ins, begin_many(target, LINES)
    rows: list[Any] = [one.row for one in begun]

    def step(take: Callable[[Any], object]) -> None:
        with target.database.unit():
            for one in rows:
                outcome = take(qr.find(one.id))
                assert outcome is not False
                assert not isinstance(outcome, Refused)

    with lines_of(target, begun) as lines:
        assert wait_until_all_hear(lines, "waiting") < MOST_SECONDS
        step(lambda row: qr.claim(row, person.account_id, "phone", clock.now()))
        assert wait_until_all_hear(lines, "claimed") < MOST_SECONDS
        step(lambda row: qr.try_digits(row, qr.digits_of(row), clock.now()))
        assert wait_until_all_hear(lines, "typed") < MOST_SECONDS
        step(lambda row: qr.approve(row, end_user(person.account_id), "phone", clock.now()))
        assert wait_until_all_hear(lines, "ready") < MOST_SECONDS
        secrets = {one.row.id: one.secret for one in begun}
        step(lambda row: qr.collect(row, secrets[row.id], clock.now()) is not None)
        assert wait_until_all_hear(lines, "collected") < MOST_SECONDS
