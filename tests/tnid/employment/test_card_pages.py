"""A worker's own card on the account's pages, and the page where anybody checks one, in the application."""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet
from jwcrypto.jwk import JWK
from sd_jwt.verifier import SDJWTVerifier
from sqlalchemy import bindparam, update

from oidc.credentials import sd_jwt
from tests.conftest import Clock
from tests.person import Browser
from tests.tnid.conftest import InProcess
from tests.tnid.employment.work import a_person, an_employer, attest, linked
from tnid.employment.cards import CARD_FIELDS
from tnid.services import Services
from tnid.signin.assurance import LOA1
from tnid.stores.employers import employers
from tnid.stores.sessions import sessions

PASSWORD = "chè xanh búp tím 2 nương"
RENAME = update(employers).values(name=bindparam("to"))
FROM_PHONE = update(sessions).values(amr="qr pwd", acr=bindparam("new_acr"))


@pytest.fixture
def now(services: Services, clock: Clock) -> int:
    services.keyring.ensure(clock.now())
    return clock.now()


@pytest.fixture
def an(services: Services, now: int) -> str:
    return a_person(services, now)


@pytest.fixture
def work(services: Services, an: str, now: int) -> str:
    attest(services, an_employer(services, now), now)
    return linked(services, an, now).id


@pytest.fixture
def signed_in(browser: InProcess, work: str) -> InProcess:
    sign_in(browser)
    return browser


def sign_in(browser: InProcess, username: str = "an") -> None:
    browser.open("/account")
    browser.submit("login_submit", {"login_username": username, "login_password": PASSWORD})


def make(browser: InProcess, work: str, *left_out: str) -> str:
    """Make a card by its form; return the id in its address."""
    browser.open(f"/account/work/{work}/card")
    fields = {name: "" if name in left_out else "y" for name in CARD_FIELDS}
    page = browser.submit("card_submit", {name: value for name, value in fields.items() if value})
    found = re.fullmatch(r"/account/work/card/([\w-]{22})", page.path)
    assert found, page
    return found[1]


def test_a_card_is_made_of_what_is_ticked(signed_in: InProcess, work: str) -> None:
    card_id = make(signed_in, work)
    page = signed_in.open(f"/account/work/card/{card_id}")
    address = page.get("card_code").get("data-address")
    assert address.startswith("http://localhost:8000/work/card#ey") and address.endswith("~")
    assert "TNG" in page.words() and "Công nhân may" in page.words()


def test_the_page_of_work_leads_to_it(signed_in: InProcess, work: str) -> None:
    assert signed_in.open("/account/work").get("card_1").get("href") == f"/account/work/{work}/card"


def test_nothing_ticked_is_no_card(signed_in: InProcess, work: str) -> None:
    answer = signed_in.post(f"/account/work/{work}/card", submit="1")
    assert answer.status_code == 400


def test_a_stranger_sees_no_card(
    signed_in: InProcess, services: Services, work: str, new_browser: Callable[..., InProcess], now: int
) -> None:
    card_id = make(signed_in, work)
    a_person(services, now, "binh", None, {"name": "Lê Thị Bình"})
    other = new_browser()
    sign_in(other, "binh")
    for path in (f"/account/work/card/{card_id}", f"/account/work/{work}/card", "/account/work/card/x"):
        assert other.get(path).status_code == 404
    other.post(f"/account/work/card/{card_id}/end")
    assert signed_in.get(f"/account/work/card/{card_id}").status_code == 200


def test_nobody_sees_one_without_signing_in(
    signed_in: InProcess, work: str, new_browser: Callable[..., InProcess]
) -> None:
    card_id = make(signed_in, work)
    assert new_browser().get(f"/account/work/card/{card_id}").status_code == 303


def test_a_session_that_a_phone_opened_shows_no_card(
    signed_in: InProcess, services: Services, work: str
) -> None:
    card_id = make(signed_in, work)
    services.database.execute(FROM_PHONE, new_acr=LOA1)
    assert signed_in.get(f"/account/work/card/{card_id}").status_code == 303


def test_less_of_it_can_be_shown(signed_in: InProcess, services: Services, work: str, now: int) -> None:
    card_id = make(signed_in, work)
    answer = signed_in.post(f"/account/work/card/{card_id}", show="title")
    assert answer.headers["location"].endswith(f"/account/work/card/{card_id}?show=title")
    page = signed_in.open(answer.headers["location"])
    address = page.get("card_code").get("data-address")
    claims = sd_jwt.read(
        address.partition("#")[2], lambda token: services.keyring.verify(token, typ=sd_jwt.TYP, now=now)
    )
    assert claims["job_title"] == "Công nhân may" and "employer" not in claims


def test_a_card_of_the_longest_names_has_a_code_and_one_beyond_says_why(
    signed_in: InProcess, services: Services, work: str, now: int
) -> None:
    for name, has_code in (("Công ty Điện tử " * 12, True), ("ễ" * 1000, False)):
        services.database.execute(RENAME, to=name)
        page = signed_in.open(f"/account/work/card/{make(signed_in, work)}")
        assert (page.find("card_code") is not None, page.find("card_too_long") is None) == (has_code,) * 2


@pytest.mark.parametrize("query", ["show=", "show=income", "show=title&show=<script>", "show=" + "x" * 5000])
def test_odd_wishes_show_the_card_all_the_same(signed_in: InProcess, work: str, query: str) -> None:
    card_id = make(signed_in, work)
    assert signed_in.get(f"/account/work/card/{card_id}?{query}").status_code == 200


def test_ending_it_needs_our_own_form(signed_in: InProcess, work: str) -> None:
    card_id = make(signed_in, work)
    address = f"/account/work/card/{card_id}"
    assert signed_in.send("POST", f"{address}/end").status_code == 403
    assert signed_in.get(address).status_code == 200
    page = signed_in.submit("card_end", {}) if signed_in.open(address) else None
    assert page is not None and page.path.startswith("/account")
    assert signed_in.get(address).status_code == 404


def check(browser: Browser, text: str) -> Any:
    browser.open("/work/card")
    return browser.submit("check_submit", {"card_text": text})


def test_the_server_checks_what_is_pasted(
    signed_in: InProcess, work: str, new_browser: Callable[..., InProcess], clock: Clock
) -> None:
    card_id = make(signed_in, work)
    address = signed_in.open(f"/account/work/card/{card_id}").get("card_code").get("data-address")
    other = new_browser()
    page = check(other, f"  {address[:200]}\n{address[200:]} ")
    assert page.get("card_verdict").get("data-verdict") == "valid"
    assert "Nguyễn Văn An" in page.words() and "TNG" in page.words()
    page = check(other, address.replace("~", "~e30~", 1))
    assert page.get("card_verdict").get("data-verdict") == "unreadable"
    assert "Nguyễn Văn An" not in page.words()
    clock.advance(100 * 86400)
    assert check(other, address).get("card_verdict").get("data-verdict") in ("expired", "unknown_key")


@pytest.mark.parametrize(
    "text", ["x", "#", "~", "a.b.c~", "é~", "e30.e30.AAAA~" * 9, "A" * 20_000, "#" * 500]
)
def test_whatever_is_pasted_is_answered(browser: InProcess, services: Services, now: int, text: str) -> None:
    page = check(browser, text)
    assert (page.status, page.get("card_verdict").get("data-verdict")) == (200, "unreadable")


def test_nothing_pasted_is_asked_for_again(browser: InProcess, now: int) -> None:
    assert browser.post("/work/card", card_text="").status_code == 400


def test_the_page_that_browsers_keep_names_nobody(signed_in: InProcess, work: str) -> None:
    page = signed_in.open("/work/card")
    assert "Nguyễn Văn An" not in page.text
    assert "worker-src 'self'" in page.headers["content-security-policy"]
    assert "worker-src 'none'" in signed_in.get("/account").headers["content-security-policy"]


def test_the_service_worker_is_a_script_of_its_own_page(browser: InProcess) -> None:
    answer = browser.get("/work/card-offline.js")
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["cache-control"] == "no-cache"
    assert "service-worker-allowed" not in answer.headers


def test_a_service_worker_keeps_all_that_the_page_loads(browser: InProcess, now: int) -> None:
    page, worker = browser.open("/work/card"), browser.get("/work/card-offline.js").text
    assert page.document is not None
    loaded = page.document.xpath("//script/@src | //link/@href | //img/@src")
    assert [path for path in loaded if f'"{path}"' not in worker] == []
    scripts = [browser.get(path).text for path in loaded if path.endswith("card-check.js")]
    imported = re.findall(r'from "\./([\w-]+\.js)"', "".join(scripts))
    assert imported and all(f'"/static/js/{name}"' in worker for name in imported)


def test_the_two_documents_are_for_everybody(browser: InProcess, services: Services, now: int) -> None:
    keys, status = browser.get("/.well-known/jwt-vc-issuer"), browser.get("/work/card/status")
    assert keys.json()["issuer"] == services.settings.issuer
    assert {key["alg"] for key in keys.json()["jwks"]["keys"]} == {"ES256"}
    assert not any("d" in key for key in keys.json()["jwks"]["keys"])
    assert status.headers["content-type"] == "application/statuslist+jwt"
    for answer in (keys, status):
        assert answer.headers["access-control-allow-origin"] == "*"
        assert answer.headers["cache-control"].startswith("public")
        assert "set-cookie" not in answer.headers
    assert (
        browser.get("/.well-known/jwt-vc-issuer", **{"If-None-Match": keys.headers["etag"]}).status_code
        == 304
    )
    assert browser.send("POST", "/work/card/status").status_code == 405


def test_somebody_else_s_program_verifies_a_card(
    signed_in: InProcess, work: str, new_browser: Callable[..., InProcess]
) -> None:
    """As docs/employment-card.md says, by another library and what is public."""
    page, public = signed_in.open(f"/account/work/card/{make(signed_in, work)}"), new_browser()
    text = page.get("card_code").get("data-address").partition("#")[2]
    metadata = public.get("/.well-known/jwt-vc-issuer").json()

    def find_key(_issuer: str, header: dict[str, Any]) -> JWK:
        return JWK(**next(key for key in metadata["jwks"]["keys"] if key["kid"] == header["kid"]))

    claims = SDJWTVerifier(text, find_key).get_verified_payload()
    assert (claims["iss"], claims["name"]) == (metadata["issuer"], "Nguyễn Văn An")
    status = claims["status"]["status_list"]
    token = public.get(status["uri"].removeprefix(metadata["issuer"])).text
    listed = jwt.decode(token, KeySet.import_key_set(metadata["jwks"]), algorithms=["ES256"])
    assert (listed.header["typ"], listed.claims["sub"]) == ("statuslist+jwt", status["uri"])
    packed = listed.claims["status_list"]["lst"]
    bits = zlib.decompress(base64.urlsafe_b64decode(packed + "=="))
    assert not bits[status["idx"] // 8] >> status["idx"] % 8 & 1
