"""The pages around a sign-out: frames of the clients, the way back, and no way for a stranger's form."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest

from tests.conftest import Clock
from tests.person import Page
from tests.tnid.conftest import ISSUER, InProcess, Someone
from tnid.services import Services
from tnid.signout.views import FRAME_SECONDS

AFTER = "https://app.example/bye"
FRONT = "https://app.example/front"


@pytest.fixture
def sid(
    browser: InProcess, lan: Someone, services: Services, clock: Clock, new_app: Callable[..., str]
) -> str:
    """Sign a person in to an application with a frame, and to one without; return the sid."""
    registered = {"post_logout_redirect_uris": [AFTER], "frontchannel_logout_uri": FRONT}
    lan.sign_in(browser, new_app("jobs", **registered))
    browser.click("consent_allow")
    browser.open(new_app("housing"))
    browser.click("consent_allow")
    return str(services.sessions.list_live(lan.id, clock.now())[0].sid)


def sign_out(browser: InProcess, **parameters: str) -> Page:
    browser.open(f"{ISSUER}/logout", **parameters)
    return browser.click("logout_confirm")


def frames(page: Page) -> list[str]:
    return [str(address) for address in page.document.xpath("//iframe/@src")]


def frame_sources(page: Page) -> list[str]:
    directives = [part.split() for part in page.headers["Content-Security-Policy"].split(";")]
    return next((rest for name, *rest in directives if name == "frame-src"), [])


def test_the_question_promises_no_sign_out_elsewhere(browser: InProcess, lan: Someone) -> None:
    lan.sign_in(browser)
    page = browser.open(f"{ISSUER}/logout")
    assert "Ứng dụng nào còn mở thì hãy đăng xuất cả ở đó" in page.words()


def test_the_signed_out_page_loads_the_frame_of_each_client_that_has_one(
    browser: InProcess, sid: str
) -> None:
    page = sign_out(browser)
    (frame,) = frames(page)
    assert frame.startswith(FRONT + "?")
    assert parse_qs(urlsplit(frame).query) == {"iss": [ISSUER], "sid": [sid]}
    assert frame_sources(page) == ["https://app.example"]
    assert "Refresh" not in page.headers and not page.has("logout_continue")


def test_the_way_back_is_a_link_and_opens_by_itself_after_the_frames(browser: InProcess, sid: str) -> None:
    page = sign_out(browser, client_id="jobs", post_logout_redirect_uri=AFTER, state="a b&c")
    back = f"{AFTER}?state=a%20b%26c"
    assert page.status == 200 and len(frames(page)) == 1
    assert page.get("logout_continue").get("href") == back
    assert page.headers["Refresh"] == f"{FRAME_SECONDS}; url={back}"


def test_without_frames_the_browser_goes_back_at_once(
    browser: InProcess, lan: Someone, new_app: Callable[..., str]
) -> None:
    lan.sign_in(browser, new_app("jobs", post_logout_redirect_uris=["https://app.example/callback/bye"]))
    browser.click("consent_allow")
    page = sign_out(
        browser, client_id="jobs", post_logout_redirect_uri="https://app.example/callback/bye", state="x"
    )
    assert page.url == "https://app.example/callback/bye?state=x"


def test_the_application_may_say_in_which_language(browser: InProcess, sid: str) -> None:
    page = browser.open(f"{ISSUER}/logout", ui_locales="fr ko-KR vi")
    assert page.document.get("lang") == "ko"


def test_pages_without_frames_allow_none(browser: InProcess, sid: str) -> None:
    assert frame_sources(browser.open(f"{ISSUER}/logout")) == []
    sign_out(browser)
    page = browser.open(f"{ISSUER}/logout")
    assert frames(page) == [] and frame_sources(page) == [], "the session has ended: nobody is told again"


def test_a_sign_out_ends_a_sign_in_that_is_half_done(
    browser: InProcess, minh: Someone, new_app: Callable[..., str]
) -> None:
    """On a shared machine the next person would need the six digits alone."""
    browser.open(new_app("jobs"))
    code_page = minh.type_password(browser)
    assert code_page.has("otp_code")
    sign_out(browser)
    assert browser.page.path == "/logout/done"
    browser._page = code_page
    page = browser.submit("otp_submit", {"otp_code": minh.next_code()})
    assert not page.has("consent_allow") and page.error_code in ("csrf", "interaction_expired"), page
    assert browser.open("/account").path == "/login"


def test_an_application_s_sign_out_ends_a_sign_in_that_is_half_done(
    browser: InProcess, minh: Someone, new_app: Callable[..., str]
) -> None:
    browser.open(new_app("jobs", post_logout_redirect_uris=[AFTER]))
    code_page = minh.type_password(browser)
    asked = {"client_id": "jobs", "post_logout_redirect_uri": AFTER}
    assert browser.open(f"{ISSUER}/logout", **asked).has("logout_confirm"), "a link alone ends nothing"
    assert browser.open(code_page.url).has("otp_code")
    assert sign_out(browser, **asked).url == AFTER or browser.page.has("logout_continue")
    assert not browser.open(code_page.url).has("otp_code")


def test_a_second_tab_s_sign_out_finds_it_done(browser: InProcess, sid: str) -> None:
    second = browser.open(f"{ISSUER}/logout")
    sign_out(browser)
    browser._page = second
    page = browser.click("logout_confirm")
    assert (page.status, page.path) == (200, "/logout/done")


def test_a_form_that_is_not_ours_signs_nobody_out(browser: InProcess, sid: str) -> None:
    answer = browser.send("POST", f"{ISSUER}/logout/confirm", data={"csrf_token": "x"})
    assert answer.status_code == 403
    assert browser.open("/account").path == "/account"


def test_whoever_is_signed_out_already_finds_the_way_back(
    browser: InProcess, new_app: Callable[..., str]
) -> None:
    new_app("jobs", post_logout_redirect_uris=[AFTER])
    asked = {"client_id": "jobs", "post_logout_redirect_uri": AFTER, "state": "s"}
    page = browser.open(f"{ISSUER}/logout", **asked)
    assert page.get("logout_continue").get("href") == f"{AFTER}?state=s"
    assert "Refresh" not in page.headers


def post(browser: InProcess, cookies: bool = True, **parameters: str) -> httpx.Response:
    """Post as a relying party's page would: without SameSite=Lax cookies, unless told otherwise."""
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    if not cookies:
        headers["Cookie"] = ""
    body = urlencode(parameters)
    return browser.send("POST", f"{ISSUER}/logout", content=body, headers=headers)


def test_another_site_s_form_is_moved_to_where_the_session_is_seen(browser: InProcess, sid: str) -> None:
    asked = {"client_id": "jobs", "post_logout_redirect_uri": AFTER, "state": "a b"}
    moved = post(browser, cookies=False, **asked)
    assert moved.status_code == 303
    assert parse_qs(urlsplit(moved.headers["Location"]).query) == {k: [v] for k, v in asked.items()}
    assert browser.open(moved.headers["Location"]).has("logout_confirm")


def test_a_form_that_brings_the_session_is_answered_like_a_link(browser: InProcess, sid: str) -> None:
    answer = post(browser, client_id="jobs")
    assert answer.status_code == 200 and b'id="logout_confirm"' in answer.content


@pytest.mark.parametrize("parameters", [{"post_logout_redirect_uri": AFTER}, {"id_token_hint": "x"}])
def test_another_site_s_bad_form_is_refused_where_it_is(
    browser: InProcess, parameters: dict[str, str]
) -> None:
    assert post(browser, cookies=False, **parameters).status_code == 400


def test_after_a_sign_out_silence_is_an_error(
    browser: InProcess, sid: str, new_app: Callable[..., str]
) -> None:
    address = f"{ISSUER}{new_app('third')}&prompt=none"
    assert "consent_required" in browser.open(address).url
    sign_out(browser)
    assert "login_required" in browser.open(address).url
