"""A sign-in by QR is told to its person as what it was; "it wasn't me" ends all that came of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import text

from tests.conftest import Clock
from tests.tnid.conftest import CALLBACK, ISSUER, VERIFIER, InProcess, Someone
from tests.tnid.qr.acting import begin, scan, type_digits
from tnid.messages.letters import write_letter
from tnid.messages.texts import TEXTS
from tnid.services import Services
from tnid.signin.limits import QR_OF_ACCOUNT

WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140.0 Safari/537.36"


@pytest.fixture
def desk(new_browser: Callable[..., InProcess]) -> InProcess:
    """A browser on a desktop, in another network than the phone."""
    desk = new_browser("198.51.100.7")
    desk._http.headers["User-Agent"] = WINDOWS
    return desk


def sign_in_by_qr(desk: InProcess, phone: InProcess, address: str = "/account") -> None:
    """Sign in at a screen by what a phone's pages say."""
    page = begin(desk, address)
    phone.open(f"/QR/{scan(page).rpartition('/')[2]}")
    digits = phone.submit("qr_approve").text_of("qr_shown_digits")
    desk.open(page.url)
    type_digits(desk, digits)


def test_two_browsers_go_all_the_way(
    desk: InProcess, browser: InProcess, minh: Someone, new_app: Callable[..., str]
) -> None:
    minh.sign_in(browser)
    sign_in_by_qr(desk, browser, new_app())
    assert desk.page.url.startswith(f"{CALLBACK}?code="), "the screen isn't asked for a consent again"


def test_whoever_signs_in_often_is_never_in_the_way_of_themselves(
    new_browser: Callable[..., InProcess], browser: InProcess, lan: Someone
) -> None:
    lan.sign_in(browser)
    for number in range(QR_OF_ACCOUNT.allowed + 1):
        desk = new_browser(f"198.51.100.{number}")
        sign_in_by_qr(desk, browser)
        assert desk.page.path == "/account"


def test_the_person_is_told_by_what_and_where(
    desk: InProcess, browser: InProcess, lan: Someone, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[str, dict[str, str]]] = []
    announce = type(services.messages).announce

    def note(self: object, account_id: str, name: str, now: int, **values: str) -> None:
        told.append((name, values))
        announce(self, account_id, name, now, **values)  # type: ignore[arg-type]

    monkeypatch.setattr(type(services.messages), "announce", note)
    lan.sign_in(browser)
    sign_in_by_qr(desk, browser)
    (said,) = [values for name, values in told if name == "signed_in_by_qr"]
    assert said["where"] == "Chrome, Windows (198.51.100.7)"
    letter = write_letter(
        "id", "lan@example.vn", "signed_in_by_qr", TEXTS["signed_in_by_qr"], said,
        language="vi", at=1_795_000_000, issuer=ISSUER,
    )  # fmt: skip
    assert (
        "QR" in letter.short
        and "trên Chrome, Windows." in letter.short
        and f"link={said['link']}" in letter.link
    )  # type: ignore[operator]
    page = browser.open("/account")
    assert "đăng nhập bằng mã QR trên màn hình khác" in page.words() and "Chrome trên Windows" in page.words()
    assert "198.51.100.7" in page.words()


def test_it_was_not_me_ends_the_screen_its_grants_and_tells_the_application(
    desk: InProcess,
    browser: InProcess,
    minh: Someone,
    new_app: Callable[..., str],
    services: Services,
    clock: Clock,
) -> None:
    services.keyring.ensure(clock.now())
    address = new_app(backchannel_logout_uri="https://app.example/logout")
    minh.sign_in(browser)
    sign_in_by_qr(desk, browser, address)
    tokens = redeem(desk)
    browser.open("/account")
    alert = services.alerts.list_open(minh.id, "")[0]
    browser.post(f"{ISSUER}/account/alerts", theirs=alert.id)
    assert [row.client_id for row in queued(services)] == ["jobs"]
    form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"], "client_id": "jobs"}
    assert desk.send("POST", f"{ISSUER}/token", data=form).json()["error"] == "invalid_grant"
    header = f"Bearer {tokens['access_token']}"
    assert desk.get(f"{ISSUER}/userinfo", Authorization=header).status_code == 401
    assert desk.open("/account").path == "/login"


def redeem(desk: InProcess) -> dict[str, str]:
    form = {
        "grant_type": "authorization_code",
        "code": desk.page.url.partition("code=")[2].partition("&")[0],
        "client_id": "jobs",
        "redirect_uri": CALLBACK,
        "code_verifier": VERIFIER,
    }
    tokens: dict[str, str] = desk.send("POST", f"{ISSUER}/token", data=form).json()
    return tokens


def queued(services: Services) -> list[object]:
    return services.database.fetch_all(text("SELECT client_id FROM outbox WHERE kind = 'logout_token'"))
