"""People who go on using the provider while its machines fail, and remember what they were told.

Whatever was answered must hold afterwards: a code that was redeemed is spent, a token that was revoked is
dead, the refresh token that came last is the one that works.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.security.target import SESSION_COOKIE, Party, Target, Victim, parameters_of
from tests.servers.processes import wait_until

# What says that nothing was done, or that nobody knows: to be tried again, and no wrong answer
OUTAGE = frozenset({429, 502, 503, 504})


@dataclass
class Told:
    """What the provider has answered for."""

    spent_codes: list[str] = field(default_factory=list)
    revoked: list[str] = field(default_factory=list)
    refresh_token: str = ""


class User(threading.Thread):
    """One person at one application: signs in silently, redeems, refreshes, revokes, again and again."""

    def __init__(
        self, target: Target, address: str, party: Party, person: Victim, stop: threading.Event
    ) -> None:
        super().__init__(daemon=True)
        self.party, self.person = party, person
        self.told = Told(refresh_token=target.new_tokens(person, party)["refresh_token"])
        self.wrong: list[str] = []
        self.answers: Counter[int] = Counter()
        self.answered_at = time.monotonic()
        self._session = target.new_session(person)
        self._address, self._stop_event = address, stop

    def run(self) -> None:
        # A connection a request: whoever balances may send each to another node
        while not self._stop_event.is_set():
            self._refresh()
            access_token = self._sign_in()
            if access_token:
                self._revoke(access_token)

    def _post(self, path: str, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        answer = self._request("POST", path, data=form, headers=self.party.basic)
        is_json = answer is not None and "json" in answer.headers.get("Content-Type", "")
        return (0, {}) if answer is None else (answer.status_code, answer.json() if is_json else {})

    def _request(self, method: str, path: str, **more: Any) -> httpx.Response | None:
        try:
            answer = httpx.request(method, self._address + path, timeout=20, **more)
        except httpx.TransportError:
            self.answers[0] += 1
            self._stop_event.wait(0.1)
            return None
        self.answers[answer.status_code] += 1
        if answer.status_code in OUTAGE:
            self._stop_event.wait(0.1)
            return None
        self.answered_at = time.monotonic()
        return answer

    def _refresh(self) -> None:
        status, document = self._post("/token", self.party.refreshment(self.told.refresh_token))
        if status == 200:
            self.told.refresh_token = document["refresh_token"]
        elif status:
            self.wrong.append(f"refresh: {status} {document}")

    def _sign_in(self) -> str:
        """Return an access token of a code that was redeemed, or "" where something was in the way."""
        cookies = {"Cookie": f"{SESSION_COOKIE}={self._session}"}
        answer = self._request("GET", "/authorize", params=self.party.query(), headers=cookies)
        if answer is None:
            return ""
        if answer.status_code != 303 or "code=" not in answer.headers["Location"]:
            self.wrong.append(f"authorize: {answer.status_code} {answer.headers.get('Location')}")
            return ""
        code = parameters_of(answer)["code"]
        status, document = self._post("/token", self.party.redemption(code))
        if status not in (0, 200):
            self.wrong.append(f"code: {status} {document}")
        if status == 200:
            self.told.spent_codes.append(code)
        return str(document.get("access_token", ""))

    def _revoke(self, access_token: str) -> None:
        status, document = self._post("/revoke", {"token": access_token})
        if status == 200:
            self.told.revoked.append(access_token)
            asked, found = self._post("/introspect", {"token": access_token})
            if asked == 200 and found["active"]:
                self.wrong.append("a revoked token is active")
        elif status:
            self.wrong.append(f"revoke: {status} {document}")


@contextmanager
def people_at(target: Target, address: str, parties: Sequence[Party]) -> Iterator[list[User]]:
    """Have a person use each of these applications until the block ends."""
    stop = threading.Event()
    users = [User(target, address, party, target.new_person(), stop) for party in parties]
    for user in users:
        user.start()
    try:
        yield users
    finally:
        stop.set()
        for user in users:
            user.join(30)


def wait_for_answers(users: list[User], more: int) -> None:
    """Wait until everybody has been served so many times from now on."""
    _wait_for_more(users, lambda user: user.answers[200], more)


def wait_for_sign_ins(users: list[User], more: int) -> None:
    """Wait until everybody has signed in so many times from now on."""
    _wait_for_more(users, lambda user: len(user.told.spent_codes), more)


def _wait_for_more(users: list[User], count: Callable[[User], int], more: int) -> None:
    before = {user: count(user) for user in users}
    wait_until(
        lambda: all(count(user) >= before[user] + more for user in users),
        seconds=90, what="answers for everybody",
    )  # fmt: skip


def find_wrong(users: list[User]) -> list[str]:
    """Return the answers that nobody may get, whatever fails."""
    return [wrong for user in users for wrong in user.wrong]


def find_lost(target: Target, users: list[User]) -> list[str]:
    """Return what was answered for and holds no more."""
    lost = []
    for user in users:
        lost += [f"{user.person.username}: a revoked token is active" for token in user.told.revoked
                 if target.is_active(user.party, token)]  # fmt: skip
        target.refresh(user.party, user.told.refresh_token)
        for code in user.told.spent_codes:
            form = user.party.redemption(code)
            if target.http.post("/token", data=form, headers=user.party.basic).status_code != 400:
                lost.append(f"{user.person.username}: a spent code was taken again")
    return lost
