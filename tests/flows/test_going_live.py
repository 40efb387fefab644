"""From nothing to a live sign-in of a real person, without scripts: team, sandbox, review, live client."""

from __future__ import annotations

import base64
import hashlib
from urllib.parse import parse_qs, urlsplit

import httpx

from tests.person import Browser, Person
from tests.province import Province
from tests.servers.processes import wait_until

CALLBACK = "https://so.example/callback"
VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
SAID = {
    "purpose_vi": "In tên trên sổ khám bệnh",
    "required-0": "yes",
    "basis-1": "contract",
    "kept-2": "year",
}


def sign_in(browser: Browser, person: Person, address: str) -> None:
    """Sign in with two factors on the way to an address."""
    browser.open(address)
    browser.submit("login_submit", {"login_username": person.username, "login_password": person.password})
    if browser.page.has("otp_code"):
        browser.submit("otp_submit", {"otp_code": person.next_code()})


def authorize(issuer: str, client_id: str) -> str:
    query = {
        "client_id": client_id, "redirect_uri": CALLBACK, "response_type": "code", "state": "s",
        "scope": "openid profile", "code_challenge": CHALLENGE, "code_challenge_method": "S256",
    }  # fmt: skip
    return str(httpx.URL(f"{issuer}/authorize", params=query))


def redeem(issuer: str, client_id: str, secret: str, callback: str) -> dict[str, object]:
    """Return what UserInfo says after a sign-in that came back."""
    code = parse_qs(urlsplit(callback).query)["code"][0]
    form = {
        "grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK, "code_verifier": VERIFIER,
    }  # fmt: skip
    tokens = httpx.post(f"{issuer}/token", data=form, auth=(client_id, secret)).json()
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    told: dict[str, object] = httpx.get(f"{issuer}/userinfo", headers=bearer).json()
    return told


def end_of(browser: Browser) -> str:
    """Return where the browser was sent back to."""
    return browser.page.url


def test_from_nothing_to_a_live_sign_in(province: Province) -> None:
    issuer = province.issuer
    vinh, reviewer = province.new_person(name="Lê Quang Vinh"), province.new_person(name="Hoàng Thị Duyệt")
    province.tnid("operator", "add", reviewer.username, "--role", "reviewer")
    with (
        Browser(stops_at=CALLBACK) as developer,
        Browser() as operator,
        Browser(stops_at=CALLBACK) as citizen,
    ):
        # An application, in the sandbox at once
        sign_in(developer, vinh, f"{issuer}/developers/apps/new")
        developer.submit(
            "application_submit", {"name": "Sổ khám bệnh", "preset-0": "web", "redirect_uri": CALLBACK}
        )
        here = developer.page.path
        sandbox, secret = developer.page.text_of("client_id"), developer.page.text_of("client_secret")

        # What it asks for, and a sign-in of somebody made up that is told no more
        developer.open(f"{issuer}{here}/data/choose")
        developer.submit("choose_submit", {"item_name": "name"})
        developer.open(f"{issuer}{here}/data/items/name")
        assert developer.submit("item_submit", SAID).path == f"{here}/data"
        developer.open(authorize(issuer, sandbox))
        developer.submit("pick_worker")
        developer.submit("consent_allow")
        told = redeem(issuer, sandbox, secret, end_of(developer))
        assert told["name"] and "birthdate" not in told and "gender" not in told

        # Everything that is missing, by its link
        developer.open(f"{issuer}{here}/texts")
        developer.submit("texts_submit", {"purpose_vi": "Xem lại các lần khám bệnh"})
        developer.open(f"{issuer}{here}/review/papers")
        developer.submit(
            "papers_submit", {"contacts": "cntt@so.example", "policy_uri": "https://so.example/rieng-tu"}
        )
        developer.open(f"{issuer}{here}/review/logout")
        developer.submit("logout_submit", {"reason": "Không giữ phiên riêng"})

        def is_ready() -> bool:
            return developer.open(f"{issuer}{here}/review").has("review_submit")

        wait_until(is_ready, seconds=10, what="sign-in in the application's log")
        developer.submit("review_submit", {"position": "Trưởng phòng", "stands": "y"})
        assert developer.page.has("review_withdraw"), developer.page

        # Five minutes of an operator's
        sign_in(operator, reviewer, f"{issuer}/admin")
        operator.click("admin_open")
        operator.open(f"{issuer}/admin/reviews")
        operator.click("review_1")
        operator.submit("decision_approve")

        # A secret for the live client, and a real person who is told what was agreed
        live = developer.open(f"{issuer}{here}/review").text_of("live_client_id")
        developer.open(f"{issuer}{here}/live/settings/secrets")
        developer.submit("secret_submit")
        live_secret = developer.page.text_of("new_secret")
        minh = province.new_person(name="Trần Minh", totp=False)
        sign_in(citizen, minh, authorize(issuer, live))
        citizen.submit("consent_allow")
        told = redeem(issuer, live, live_secret, end_of(citizen))
        assert told["name"] == "Trần Minh" and told.keys() <= {
            *("sub", "name", "family_name", "given_name", "middle_name", "nickname"),
        }
        citizen.open(f"{issuer}/account/applications/{live}")
        assert citizen.click("agreed_summary").path == f"/applications/{live}"
