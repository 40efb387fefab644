"""Disabling a person or a client, or taking a consent back, stops every way to a claim within a second."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.faults.conftest import on_sqlite
from tests.security.attack import AttackersBrowser
from tests.security.target import SESSION_COOKIE, Party, Target, Victim
from tests.servers.processes import wait_until

pytestmark = on_sqlite

# A second, and what a busy machine needs to notice
STOP_SECONDS = 1.5
TIMES = 8


def disable_account(target: Target, person: Victim, _party: Party, _session: str) -> None:
    target.provider.tnid("account", "disable", person.username)


def delete_account(target: Target, person: Victim, _party: Party, _session: str) -> None:
    target.provider.tnid("account", "delete", "--yes", person.username)


def disable_client(target: Target, _person: Victim, party: Party, _session: str) -> None:
    target.provider.tnid("client", "disable", party.client_id)


def browse(target: Target, session: str) -> AttackersBrowser:
    browser = AttackersBrowser(httpx.Client(base_url=target.address, timeout=30), target.address)
    browser.cookies.set(SESSION_COOKIE, session, domain="127.0.0.1")
    return browser


def withdraw_consent(target: Target, _person: Victim, party: Party, session: str) -> None:
    browser = browse(target, session)
    page = browser.open("/account/applications")
    form = page.document.xpath(f"//form[.//button[@value='{party.client_id}']]")[0]
    browser._send(form, [*form.form_values(), ("client_id", party.client_id)])
    assert browser.page.status == 200


def sign_out(target: Target, _person: Victim, _party: Party, session: str) -> None:
    browser = browse(target, session)
    browser.open("/logout")
    browser.click("logout_confirm")


STATES: dict[str, Callable[[Target, Victim, Party, str], None]] = {
    "account disabled": disable_account,
    "account deleted": delete_account,
    "client disabled": disable_client,
    "consent withdrawn": withdraw_consent,
    "signed out": sign_out,
}


class Ways:
    """Every way to a claim, tried once; each says what came of it."""

    def __init__(self, target: Target, person: Victim, party: Party, session: str) -> None:
        self._target = target
        self._party = party
        self._session = session
        self._tokens = target.new_tokens(person, party, session=session)
        self._code = target.new_code(person, party, session=session)

    def _post(self, path: str, **form: str) -> str:
        answer = self._target.http.post(path, data=form, headers=self._party.basic)
        found: dict[str, Any] = answer.json()
        if "active" in found:
            return "open" if found["active"] else "inactive"
        return str(found.get("error", "open"))

    def userinfo(self) -> str:
        headers = {"Authorization": f"Bearer {self._tokens['access_token']}"}
        answer = self._target.http.get("/userinfo", headers=headers)
        return "open" if answer.status_code == 200 else str(answer.json()["error"])

    def introspection(self) -> str:
        return self._post("/introspect", token=self._tokens["access_token"])

    def introspection_of_refresh_token(self) -> str:
        return self._post("/introspect", token=self._tokens["refresh_token"])

    def refresh(self) -> str:
        return self._post("/token", **self._party.refreshment(self._tokens["refresh_token"]))

    def code(self) -> str:
        return self._post("/token", **self._party.redemption(self._code))

    def silent_sign_on(self) -> str:
        query = self._party.query(prompt="none")
        self._target.http.cookies.clear()
        headers = {"Cookie": f"{SESSION_COOKIE}={self._session}"}
        answer = self._target.http.get("/authorize", params=query, headers=headers)
        return "open" if "code=" in answer.headers.get("Location", "") else "refused"


WAYS = ("userinfo", "introspection", "introspection_of_refresh_token", "silent_sign_on", "refresh", "code")


@pytest.mark.parametrize("state", STATES)
def test_every_way_is_shut_within_a_second(state: str, target: Target, client: Party, person: Victim) -> None:
    session = target.new_session(person)
    ways = Ways(target, person, client, session)
    kept = target.new_tokens(target.new_person(), client)
    assert [getattr(ways, way)() for way in WAYS[:4]] == ["open"] * 4
    STATES[state](target, person, client, session)
    wait_until(lambda: ways.userinfo() != "open", seconds=STOP_SECONDS, what="refusal")
    wait_until(lambda: ways.silent_sign_on() != "open", seconds=STOP_SECONDS, what="refusal")
    for way in WAYS:
        # Often enough to come to every process
        found = {getattr(ways, way)() for _ in range(TIMES)}
        assert "open" not in found, (way, found)
    if state != "client disabled":
        assert target.is_active(client, kept["access_token"]), "another person lost their sign-in"


def test_a_disabled_account_that_is_opened_again_has_no_old_session(
    target: Target, client: Party, person: Victim
) -> None:
    session = target.new_session(person)
    target.provider.tnid("account", "disable", person.username)
    target.http.cookies.clear()
    headers = {"Cookie": f"{SESSION_COOKIE}={session}"}
    assert target.http.get("/account", headers=headers).status_code == 303
