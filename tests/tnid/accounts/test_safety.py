"""The panic button and alerts: an account is shut by its owner, and by nobody else."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import text

from tests.conftest import Clock
from tests.tnid.conftest import ISSUER, InProcess, Someone
from tnid.accounts.alerts import LINK_SECONDS
from tnid.messages.letters import write_letter
from tnid.messages.texts import TEXTS
from tnid.services import Services

Browsers = Callable[..., InProcess]
Announced = list[tuple[str, str, dict[str, str]]]


@pytest.fixture
def announced(services: Services, monkeypatch: pytest.MonkeyPatch) -> Announced:
    """What people were told, beside being told it."""
    told: Announced = []
    announce = type(services.messages).announce

    def note(self: object, account_id: str, name: str, now: int, **values: str) -> None:
        told.append((account_id, name, values))
        announce(self, account_id, name, now, **values)  # type: ignore[arg-type]

    monkeypatch.setattr(type(services.messages), "announce", note)
    return told


def link_of(announced: Announced) -> str:
    return next(values["link"] for _id, name, values in announced if name == "new_browser")


def open_alerts(services: Services, person: Someone) -> int:
    return len(services.alerts.list_open(person.id, ""))


def cause_alert(new_browser: Browsers, person: Someone, clock: Clock) -> tuple[InProcess, InProcess]:
    """Sign in at home, and then somewhere unknown; return both browsers."""
    home, strange = new_browser(), new_browser("203.0.113.66")
    person.sign_in(home)
    clock.advance(60)
    person.sign_in(strange)
    return home, strange


def test_the_first_sign_in_and_a_known_browser_raise_no_alert(
    browser: InProcess, lan: Someone, services: Services, announced: Announced
) -> None:
    lan.sign_in(browser)
    browser.post(f"{ISSUER}/logout")
    browser.cookies.delete("tnid_session")
    lan.sign_in(browser)
    assert open_alerts(services, lan) == 0 and announced == []


def test_an_unknown_browser_raises_one_and_the_person_is_told(
    new_browser: Browsers, lan: Someone, services: Services, clock: Clock, announced: Announced
) -> None:
    home, strange = cause_alert(new_browser, lan, clock)
    assert [name for _id, name, _values in announced] == ["new_browser"]
    assert "203.0.113.66" in home.open("/account").words()
    # Whoever sits there would only confirm themselves
    assert not strange.open("/account").document.xpath("//button[@name='mine']")
    (alert,) = services.alerts.list_open(lan.id, "")
    assert strange.post(f"{ISSUER}/account/alerts", mine=alert.id).status_code == 404
    assert open_alerts(services, lan) == 1


def test_the_second_factor_comes_before_the_alert(
    new_browser: Browsers, minh: Someone, services: Services, clock: Clock
) -> None:
    home, strange = new_browser(), new_browser()
    minh.sign_in(home)
    strange.open("/account")
    minh.type_password(strange)
    assert open_alerts(services, minh) == 0
    # Nor does the password alone make the browser a known one
    strange.open("/account")
    minh.type_password(strange)
    strange.submit("otp_submit", {"otp_code": minh.next_code()})
    assert open_alerts(services, minh) == 1


def test_it_was_me(new_browser: Browsers, lan: Someone, services: Services, clock: Clock) -> None:
    home, strange = cause_alert(new_browser, lan, clock)
    home.open("/account")
    button = home.page.document.xpath("//button[@name='mine']")[0]
    assert home.post(f"{ISSUER}/account/alerts", mine=button.get("value")).status_code == 303
    assert open_alerts(services, lan) == 0
    assert strange.open("/account").path == "/account"
    assert home.post(f"{ISSUER}/account/alerts", mine=button.get("value")).status_code == 404


def test_it_was_not_me_ends_all_but_the_one_who_says_so(
    new_browser: Browsers, lan: Someone, services: Services, clock: Clock, announced: Announced
) -> None:
    home, strange = cause_alert(new_browser, lan, clock)
    home.open("/account")
    button = home.page.document.xpath("//button[@name='theirs']")[0]
    answer = home.post(f"{ISSUER}/account/alerts", theirs=button.get("value"))
    assert answer.headers["Location"] == "/login/shut"
    assert strange.open("/account").path == "/login"
    assert home.open("/account").path == "/account", "who says so may look at what happened"
    assert home.open("/account/activity").status == 200
    lan.sign_in(strange)
    assert strange.page.path == "/login/shut"
    assert [name for _id, name, _values in announced] == ["new_browser", "account_shut"]


def test_somebody_elses_alert_is_not_found(
    new_browser: Browsers, lan: Someone, minh: Someone, services: Services, clock: Clock
) -> None:
    cause_alert(new_browser, lan, clock)
    (alert,) = services.alerts.list_open(lan.id, "")
    browser = new_browser()
    minh.sign_in(browser)
    for answer in ("mine", "theirs"):
        assert browser.post(f"{ISSUER}/account/alerts", **{answer: alert.id}).status_code == 404
    assert open_alerts(services, lan) == 1
    assert services.accounts.get(lan.id).is_open


# The link in the message


def test_a_link_shuts_the_account_once_and_only_by_a_post(
    new_browser: Browsers, lan: Someone, services: Services, clock: Clock, announced: Announced
) -> None:
    home, strange = cause_alert(new_browser, lan, clock)
    mail = new_browser("198.51.100.9")
    page = mail.open("/alert", link=link_of(announced))
    assert page.path == "/alert" and not parse_qs(urlsplit(page.url).query), "the link stays in the address"
    assert services.accounts.get(lan.id).is_open, "looking changes nothing"
    assert lan.username not in page.text and "Nguyễn Thị Lan" not in page.text
    assert mail.click("alert_deny").path == "/login/shut"
    assert not services.accounts.get(lan.id).is_open
    assert [one.open("/account").path for one in (home, strange)] == ["/login", "/login"]
    mail.open("/alert", link=link_of(announced))
    assert mail.click("alert_deny").status == 400


@pytest.mark.parametrize("link", ["", "x", "x" * 5000, "ă\x01", "' OR 1=1 --"])
def test_a_link_that_is_none_looks_the_same_and_does_nothing(
    browser: InProcess, lan: Someone, services: Services, link: str
) -> None:
    page = browser.open("/alert", link=link)
    assert page.has("alert_deny")
    page = browser.click("alert_deny")
    assert page.status == 400 and page.has("link_over")
    assert services.accounts.get(lan.id).is_open


def test_a_link_ends_after_seven_days(
    new_browser: Browsers, lan: Someone, services: Services, clock: Clock, announced: Announced
) -> None:
    cause_alert(new_browser, lan, clock)
    now = clock.advance(LINK_SECONDS + 1)
    with services.database.unit():
        assert not services.alerts.deny_by_link(link_of(announced), now)
    assert services.accounts.get(lan.id).is_open


def test_the_link_works_although_a_stranger_said_it_was_them(
    new_browser: Browsers, lan: Someone, services: Services, clock: Clock, announced: Announced
) -> None:
    cause_alert(new_browser, lan, clock)
    (alert,) = services.alerts.list_open(lan.id, "")
    with services.database.unit():
        assert services.alerts.accept(alert.id, lan.id, "another", clock.now())
        assert services.alerts.deny_by_link(link_of(announced), clock.now())
    assert not services.accounts.get(lan.id).is_open


def test_no_link_lies_in_the_database(
    new_browser: Browsers, lan: Someone, services: Services, clock: Clock, announced: Announced
) -> None:
    cause_alert(new_browser, lan, clock)
    for table in ("alerts", "audit_events", "outbox", "messages"):
        rows = services.database.fetch_all(text(f"SELECT * FROM {table}"))
        assert link_of(announced) not in str(rows), table


# Shutting and opening again


def test_only_recovery_opens_what_its_owner_shut(lan: Someone, services: Services, clock: Clock) -> None:
    with services.database.unit():
        assert services.closures.shut(lan.id, clock.now(), cause="panic")
        assert not services.closures.shut(lan.id, clock.now(), cause="panic")
        assert services.closures.reopen(lan.id, clock.now())
        assert not services.closures.reopen(lan.id, clock.now())
    assert services.accounts.get(lan.id).is_open
    events = [row.event for row in services.audit.list_by_account(lan.id)]
    assert events.count("account.shut") == events.count("account.reopen") == 1


def test_the_message_s_link_is_the_alert_s(
    new_browser: Browsers, lan: Someone, clock: Clock, announced: Announced
) -> None:
    cause_alert(new_browser, lan, clock)
    text_of = TEXTS["new_browser"]
    values = {"link": link_of(announced)}
    letter = write_letter(
        "id", "a@example.vn", "new_browser", text_of, values, language="vi", at=clock.now(), issuer=ISSUER
    )
    assert letter.link == f"{ISSUER}/alert?link={link_of(announced)}"
    assert link_of(announced) not in letter.short + "".join(letter.paragraphs)
