"""Every way in which a mandate ends: its grants end at once, and the applications hear of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from oidc.clients.outbound import Parcel
from oidc.models import Client
from tests.conftest import Clock
from tests.contracts.test_protocol_stores import GRANT
from tests.tnid.conftest import InProcess, Someone
from tnid.mandates.service import DAY_SECONDS, Offered
from tnid.purge import purge_expired
from tnid.services import Services
from tnid.signin.assurance import PASSWORD
from tnid.signin.sessions import Place
from tnid.signout.endings import MANDATE_LOGOUT_TOKEN, logout_token_composer

NEW_PASSWORD = "trà hoa vàng bên sông 7 khúc"


@pytest.fixture
def clinic(new_clinic: Callable[..., Client]) -> Client:
    return new_clinic(backchannel_logout_uri="https://clinic.example:444/told")


@dataclass
class Help:
    """An is signed in at the clinic for Bảy, and for themselves."""

    services: Services
    bay: Someone
    an: Someone
    clinic: Client
    mandate_id: str
    sid: str
    grant_id: str

    @property
    def now(self) -> int:
        return self.an.clock.now()

    def told(self) -> list[tuple[str, str, str, str]]:
        rows = self.services.outbox.list_open(most=100)
        ours = [row for row in rows if row.kind == MANDATE_LOGOUT_TOKEN]
        return [(row.client_id, row.account_id, row.reference, row.host) for row in ours]

    def is_alive(self) -> bool:
        return self.services.grants.find_live(self.grant_id, self.now) is not None

    def check_told(self) -> None:
        assert not self.is_alive()
        reference = f"{self.sid}.{self.mandate_id}"
        assert self.told() == [(self.clinic.client_id, self.bay.id, reference, "clinic.example:444")]


@pytest.fixture
def help(services: Services, mandate_id: str, bay: Someone, an: Someone, clinic: Client) -> Help:
    now = an.clock.now()
    _value, sid = services.sessions.begin(an.id, PASSWORD, Place("192.0.2.1", ""), now)
    grant = replace(
        GRANT, client_id=clinic.client_id, account_id=bay.id, actor_id=an.id, mandate_id=mandate_id, sid=sid,
        code_redeemed_at=now, created_at=now, expires_at=now + 60 * DAY_SECONDS,
    )  # fmt: skip
    assert services.grants.add(grant)
    helping = Help(services, bay, an, clinic, mandate_id, sid, grant.id)
    assert helping.is_alive() and helping.told() == []
    return helping


def by_principal(help: Help) -> None:
    assert help.services.mandates.end(help.mandate_id, help.bay.id, help.now)


def by_helper(help: Help) -> None:
    assert help.services.mandates.end(help.mandate_id, help.an.id, help.now)


def by_its_day(help: Help) -> None:
    help.an.clock.advance(30 * DAY_SECONDS)
    assert not help.services.mandate_endings.end_expired(help.now, most=10)
    assert not help.services.mandate_endings.end_expired(help.now, most=10)


def by_panic(help: Help) -> None:
    assert help.services.closures.shut(help.bay.id, help.now, cause="panic")


def by_closure(help: Help) -> None:
    assert help.services.accounts.disable(help.bay.id, help.now)


WAYS = (by_principal, by_helper, by_its_day, by_panic, by_closure)


@pytest.mark.parametrize("end", WAYS)
def test_its_grants_end_and_the_application_is_told_once(end: Callable[[Help], None], help: Help) -> None:
    with help.services.database.unit():
        end(help)
    help.check_told()
    assert help.services.mandates.list_held(help.an.id, help.clinic.client_id, help.now) == []


def test_whose_account_is_shut_shows_the_end_to_the_other(help: Help) -> None:
    help.services.closures.shut(help.bay.id, help.now, cause="not_me")
    assert "mandate.end" in [row.event for row in help.services.audit.list_by_account(help.an.id)]


def test_the_end_of_the_helper_s_own_session_is_not_told_twice(help: Help) -> None:
    help.services.sessions.end(help.sid, help.now)
    help.services.mandates.end(help.mandate_id, help.bay.id, help.now)
    assert help.told() == []
    assert [row.kind for row in help.services.outbox.list_open(most=9)].count("logout_token") == 1


def test_a_new_password_ends_what_came_of_it_and_leaves_the_mandate(help: Help, browser: InProcess) -> None:
    help.bay.sign_in(browser)
    form = {"current": help.bay.password, "new": NEW_PASSWORD, "end_others": "y"}
    assert browser.post("/account/security", **form).status_code == 303
    help.check_told()
    assert help.services.mandates.list_held(help.an.id, help.clinic.client_id, help.now)


def test_the_logout_token_names_the_principal_and_the_helper_s_session(help: Help) -> None:
    help.services.mandates.end(help.mandate_id, help.bay.id, help.now)
    composed: list[tuple[str, str, str]] = []

    class BackChannel:
        def compose(self, client_id: str, account_id: str, sid: str, now: int) -> Parcel | None:
            composed.append((client_id, account_id, sid))
            return None

    (row,) = [row for row in help.services.outbox.list_open(most=9) if row.kind == MANDATE_LOGOUT_TOKEN]
    logout_token_composer(BackChannel())(row, help.now)  # type: ignore[arg-type]
    assert composed == [(help.clinic.client_id, help.bay.id, help.sid)]


def test_an_offer_that_nobody_took_tells_nobody(
    offer: Callable[..., Offered], services: Services, clock: Clock
) -> None:
    offer("profile", days=1)
    clock.advance(2 * DAY_SECONDS)
    services.mandate_endings.end_expired(clock.now(), most=10)
    assert services.outbox.list_open(most=9) == []
    purge_expired(services.database, clock.now(), most=10)


def test_after_a_recovery_the_page_says_that_helpers_may_still_act(
    help: Help, new_browser: Callable[..., InProcess], new_person: Callable[..., Someone]
) -> None:
    browser = new_browser()
    recovered = recover(help.services, browser, help.an)
    assert not recovered.has("recover_mandates"), "An helps, and is helped by nobody"
    services, now = help.services, help.now
    services.factors.remove_totp(help.bay.id)
    services.factors.remove_codes(help.bay.id)
    page = recover(services, new_browser(), help.bay)
    assert page.get("recover_mandates").get("href") == "/account/mandates"
    assert services.mandates.list_held(help.an.id, help.clinic.client_id, now)


def recover(services: Services, browser: InProcess, person: Someone):  # type: ignore[no-untyped-def]
    browser.open("/recover")
    browser.submit("recover_submit", {"recover_name": person.username})
    rows = [row for row in services.messages.list_by_account(person.id) if row.text == "code_recover"]
    browser.submit("recover_submit", {"recover_code": services.messages.open(rows[0]).values["code"]})
    return browser.submit("recover_submit", {"recover_password": NEW_PASSWORD})
