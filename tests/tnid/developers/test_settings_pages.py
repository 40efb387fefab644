"""The pages of settings: each field explained and judged, nothing typed lost, nothing shown to strangers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from oidc.clients import registration
from oidc.clients.mtls import Mtls
from oidc.errors import BadMetadata
from tests.conftest import Clock
from tests.oidc.test_faults import ADDRESSES, REFUSED
from tests.tnid.conftest import InProcess, Someone
from tests.tnid.developers.settings_world import CALLBACK, SettingsWorld, make_world
from tnid.developers import metadata
from tnid.developers.fault_words import WORDS, find_advice, words_of
from tnid.developers.jwks_sources import read_keys
from tnid.developers.metadata_fields import FIELDS
from tnid.services import Services

KEY = ec.generate_private_key(ec.SECP256R1())
PUBLIC_PEM = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
PRIVATE_PEM = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@pytest.fixture
def vinh(new_person: Callable[..., Someone]) -> Someone:
    return new_person("vinh", totp=True, claims={"name": "Lê Quang Vinh"})


@pytest.fixture
def world(services: Services, clock: Clock, vinh: Someone) -> SettingsWorld:
    return make_world(services, clock, vinh)


@pytest.fixture
def browser(new_browser: Callable[..., InProcess], vinh: Someone, world: SettingsWorld) -> InProcess:
    signed_in = new_browser()
    vinh.sign_in(signed_in, world.path())
    return signed_in


PATHS = (
    "", "/addresses", "/sign-in", "/tokens", "/logout", "/keys", "/secrets", "/document", "/history",
    "/client.json",
)  # fmt: skip

FORMS = ("/addresses", "/addresses/check", "/secrets", "/withdraw", "/document")


def test_every_page_is_there_in_both_worlds(browser: InProcess, world: SettingsWorld) -> None:
    for env in ("sandbox", "live"):
        for rest in PATHS:
            assert browser.get(world.path(rest, env)).status_code == 200, (env, rest)
    assert browser.get(world.path("/ciba")).status_code == 404
    assert browser.get(world.path("/nonsense")).status_code == 404
    assert browser.get(world.path("", "elsewhere")).status_code == 404


def test_an_address_is_changed_and_brought_back(browser: InProcess, world: SettingsWorld) -> None:
    browser.open(world.path("/addresses"))
    page = browser.submit("settings_submit", {"redirect_uris": f"  {CALLBACK} \n\nhttps://app.example/b\n"})
    assert page.path == world.path() and page.status == 200
    assert world.client().redirect_uris == [CALLBACK, "https://app.example/b"]
    page = browser.open(world.path("/history"))
    assert "https://app.example/b" in page.words() and page.has("version_1")
    browser.open(world.path("/history/1"))
    browser.submit("bring_back_submit", {})
    assert world.client().redirect_uris == [CALLBACK]
    newest = world.services.developers.settings.list_versions(world.client())[0]
    assert (newest.source, newest.made_by) == ("undo", world.owner.id)


def test_all_that_is_wrong_is_said_beside_its_field_and_on_top(
    browser: InProcess, world: SettingsWorld
) -> None:
    typed = "http://app.example/cb\nhttps://app.example/#x\nhttps://*.app.example/"
    browser.open(world.path("/addresses"))
    page = browser.submit(
        "settings_submit",
        {"redirect_uris": typed, "initiate_login_uri": "http://app.example/begin"},
    )
    assert page.status == 400 and world.client().redirect_uris == [CALLBACK]
    assert page.get("redirect_uris").text.strip() == typed, "nothing typed is lost"
    assert page.get("initiate_login_uri").value == "http://app.example/begin"
    for field, count in (("redirect_uris", 3), ("initiate_login_uri", 1)):
        assert len(page.document.xpath(f"//*[@id='{field}-error']/li")) == count
    assert len(page.document.xpath("//*[@class='summary']//li")) == 4


def test_check_changes_nothing_and_says_the_same(browser: InProcess, world: SettingsWorld) -> None:
    browser.open(world.path("/addresses"))
    page = browser.submit("settings_check", {"redirect_uris": "https://app.example/new"})
    assert page.status == 200 and page.document.xpath("//*[@role='status']")
    assert page.get("redirect_uris").text.strip() == "https://app.example/new"
    page = browser.submit("settings_check", {"redirect_uris": "https://app.example/#x"})
    assert page.status == 400 and page.document.xpath("//*[@id='redirect_uris-error']/li")
    assert world.client().redirect_uris == [CALLBACK]


def test_the_script_is_answered_by_field_and_asks_nobody(
    browser: InProcess, world: SettingsWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    def asked(*_: Any) -> None:
        raise AssertionError("a fetch for a keystroke")

    monkeypatch.setattr("oidc.clients.outbound.Outbound.fetch", asked)
    answer = browser.post(
        world.path("/addresses/check"),
        redirect_uris="http://localhost:5000/cb\nhttp://app.example/",
        sector_identifier_uri="https://127.0.0.1/s",
    )
    found = answer.json()
    assert answer.status_code == 200 and set(found["errors"]) == {"redirect_uris"}
    assert found["errors"]["redirect_uris"][0].startswith("http://app.example/ – ")
    assert len(found["notes"]["redirect_uris"]) == 1
    answer = browser.post(world.path("/keys/check"), jwks_uri="https://10.0.0.1/jwks")
    assert list(answer.json()["errors"]) == ["jwks_uri"]


def test_the_script_asks_so_often_and_no_more(
    browser: InProcess, world: SettingsWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(metadata, "CHECKS", metadata.CHECKS._replace(allowed=2))
    for _ in range(2):
        assert browser.post(world.path("/addresses/check"), redirect_uris=CALLBACK).status_code == 200
    answer = browser.post(world.path("/addresses/check"), redirect_uris=CALLBACK)
    assert answer.status_code == 429 and int(answer.headers["Retry-After"]) > 0


def test_a_page_that_stood_open_overwrites_nothing_unseen(browser: InProcess, world: SettingsWorld) -> None:
    browser.open(world.path("/addresses"))
    world.save(redirect_uris=["https://app.example/other"])
    page = browser.submit("settings_submit", {"redirect_uris": "https://app.example/mine"})
    assert page.status == 400 and world.client().redirect_uris == ["https://app.example/other"]
    assert page.get("redirect_uris").text.strip() == "https://app.example/mine"
    browser.submit("settings_submit", {})
    assert world.client().redirect_uris == ["https://app.example/mine"]


def test_how_the_application_proves_itself(browser: InProcess, world: SettingsWorld) -> None:
    browser.open(world.path("/sign-in"))
    page = browser.submit("settings_submit", {"token_endpoint_auth_method": "private_key_jwt"})
    assert page.status == 400, "it has no keys yet"
    browser.open(world.path("/keys"))
    browser.submit("settings_submit", {"jwks": PUBLIC_PEM})
    (key,) = world.client().metadata["jwks"]["keys"]
    assert key["kty"] == "EC" and key["kid"]
    browser.open(world.path("/sign-in"))
    browser.submit("settings_submit", {"token_endpoint_auth_method": "private_key_jwt"})
    assert world.client().auth_method == "private_key_jwt"


def test_a_private_key_is_refused_and_not_shown_again(browser: InProcess, world: SettingsWorld) -> None:
    for typed in (
        PRIVATE_PEM,
        PUBLIC_PEM + PRIVATE_PEM,
        '{"kty":"EC","crv":"P-256","x":"a","y":"b","d":"geheim"}',
    ):
        browser.open(world.path("/keys"))
        page = browser.submit("settings_submit", {"jwks": typed})
        assert page.status == 400 and page.get("jwks").text.strip() == ""
        assert "PRIVATE KEY" not in page.text_of("main") and "geheim" not in str(page.words())
    page = browser.open(world.path("/document"))
    private = {**world.client().metadata, "jwks": {"keys": [{"kty": "oct", "k": "geheim", "d": "geheim"}]}}
    page = browser.submit("document_submit", {"document": orjson.dumps(private).decode()})
    assert page.status == 400 and "geheim" not in str(page.words())


def test_the_whole_document_is_compared_and_saved(browser: InProcess, world: SettingsWorld) -> None:
    browser.open(world.path("/document"))
    document = {**world.client().metadata, "default_max_age": 600, "mistyped": 1}
    page = browser.submit("document_check", {"document": orjson.dumps(document).decode()})
    assert page.status == 200 and "mistyped" in page.words() and "600" in page.words()
    assert "default_max_age" not in world.client().metadata
    browser.submit("document_submit", {})
    assert world.client().metadata["default_max_age"] == 600 and "mistyped" not in world.client().metadata
    for typed in ("{", "[]", '{"redirect_uris": []}', '{"redirect_uris": ["http://x.example/"]}'):
        browser.open(world.path("/document"))
        page = browser.submit("document_submit", {"document": typed})
        assert page.status == 400 and page.get("document").text.strip() == typed
    downloaded = browser.get(world.path("/client.json"))
    assert downloaded.json()["client_id"] == world.client().client_id
    assert '"client_secret"' not in downloaded.text


def test_the_document_of_a_live_client_is_only_read(browser: InProcess, world: SettingsWorld) -> None:
    assert not browser.open(world.path("/document", "live")).has("document_submit")
    assert browser.post(world.path("/document", "live"), document="{}").status_code == 403


def test_a_live_change_waits_is_shown_and_withdrawn(browser: InProcess, world: SettingsWorld) -> None:
    browser.open(world.path("/addresses", "live"))
    page = browser.submit(
        "settings_submit",
        {"redirect_uris": f"{CALLBACK}\nhttps://app.example/b", "sector_identifier_uri": ""},
    )
    assert world.client("live").redirect_uris == [CALLBACK, "https://app.example/b"]
    world.save("live", client_uri="https://app.example/")
    page = browser.open(world.path("", "live"))
    assert "https://app.example/" in page.words()
    browser.submit("withdraw_submit", {})
    assert world.services.developers.changes.pending(world.application_id) == {}


def test_what_is_live_needs_two_factors_and_the_sandbox_one(
    new_person: Callable[..., Someone],
    new_browser: Callable[..., InProcess],
    services: Services,
    clock: Clock,
) -> None:
    lan = new_person("lan")
    world, browser = make_world(services, clock, lan), new_browser()
    lan.sign_in(browser, world.path())
    browser.open(world.path("/addresses"))
    browser.submit("settings_submit", {"redirect_uris": "https://app.example/one"})
    assert world.client().redirect_uris == ["https://app.example/one"]
    page = browser.open(world.path("/addresses", "live"))
    assert page.get("redirect_uris").get("disabled") and not page.has("settings_submit"), "it is read alone"
    assert browser.click("sign_in_to_change").path == "/mfa/enrol"
    answer = browser.post(world.path("/addresses", "live"), redirect_uris="https://app.example/two")
    assert answer.status_code == 403
    for rest in ("/secrets", "/withdraw"):
        assert browser.post(world.path(rest, "live")).headers["Location"].startswith("/resume/")
    assert world.client("live").redirect_uris == [CALLBACK]


def test_a_secret_is_shown_once_and_made_once(browser: InProcess, world: SettingsWorld) -> None:
    page = browser.open(world.path("/secrets"))
    form = {"attempt": page.document.xpath("//input[@name='attempt']/@value")[0], "overlap": "7"}
    page = browser.submit("secret_submit", {})
    secret = page.text_of("new_secret")
    assert len(secret) >= 43 and len(world.client().secret_hashes) == 2
    assert not browser.open(world.path("/secrets")).has("new_secret")
    assert browser.post(world.path("/secrets"), **form).status_code == 303
    page = browser.open(world.path("/secrets"))
    assert not page.has("new_secret") and len(world.client().secret_hashes) == 2
    assert not page.has("secret_submit"), "two is the most"


def test_ending_the_last_secret_is_asked_about(browser: InProcess, world: SettingsWorld) -> None:
    browser.open(world.path("/secrets"))
    browser.click("end_1")
    page = browser.submit("end_submit", {})
    assert page.status == 400 and len(world.client().secret_hashes) == 1
    browser.submit("end_submit", {"sure": "y"})
    assert world.client().secret_hashes == ()


def test_live_secrets_are_the_owners_with_a_fresh_sign_in(
    browser: InProcess, world: SettingsWorld, clock: Clock
) -> None:
    browser.open(world.path("/secrets", "live"))
    page = browser.submit("secret_submit", {})
    assert page.has("new_secret") and len(world.client("live").secret_hashes) == 2
    clock.advance(1800)
    page = browser.open(world.path("/secrets", "live"))
    assert not page.has("secret_submit") and not page.has("end_1")
    assert browser.click("sign_in_to_change").path == "/login"
    clock.advance(5400)
    answer = browser.post(world.path("/secrets", "live"), overlap="0", attempt="another-attempt")
    assert answer.status_code == 303 and answer.headers["Location"].startswith("/resume/")


def test_what_opens_the_live_client_needs_a_fresh_sign_in(
    browser: InProcess, world: SettingsWorld, clock: Clock
) -> None:
    browser.open(world.path("/keys", "live"))
    browser.submit("settings_submit", {"jwks": PUBLIC_PEM})
    assert len(world.client("live").metadata["jwks"]["keys"]) == 1
    browser.open(world.path("/tokens", "live"))
    # Fresh enough for whatever opens nothing
    clock.advance(1800)
    browser.submit("settings_submit", {"id_token_signed_response_alg": "ES256"})
    assert world.client("live").metadata["id_token_signed_response_alg"] == "ES256"
    page = browser.open(world.path("/keys", "live"))
    assert "kid" in page.text_of("jwks") and not page.has("settings_submit")
    assert browser.click("sign_in_to_change").path.startswith("/login")
    assert browser.post(world.path("/keys", "live"), jwks="").status_code == 403
    assert not browser.open(world.path("/logout", "live")).has("settings_submit")
    nowhere = {"backchannel_logout_uri": "https://app.example/nowhere"}
    assert browser.post(world.path("/logout", "live"), **nowhere).status_code == 403
    assert world.client("live").backchannel_logout_uri == "https://app.example/out"
    answer = browser.post(world.path("/history/1", "live"))
    assert answer.status_code == 303 and answer.headers["Location"].startswith("/resume/")
    assert len(world.client("live").metadata["jwks"]["keys"]) == 1


def test_what_was_typed_for_too_long_is_sent_after_a_sign_in_beside_it(
    browser: InProcess, world: SettingsWorld, vinh: Someone, clock: Clock
) -> None:
    browser.open(world.path("/addresses", "live"))
    for _ in range(3):
        # Looked at something else meanwhile, so that the session goes on
        clock.advance(1800)
        assert browser.get("/account").status_code == 200
    typed = f"{CALLBACK}\nhttps://app.example/b"
    page = browser.submit("settings_submit", {"redirect_uris": typed})
    assert page.status == 403 and page.get("redirect_uris").text.strip() == typed
    assert world.client("live").redirect_uris == [CALLBACK]
    form = {"seen": page.document.xpath("//input[@name='seen']/@value")[0], "redirect_uris": typed}
    browser.click("sign_in_again")
    vinh.type_password(browser)
    page = browser.submit("otp_submit", {"otp_code": vinh.next_code()})
    assert page.path == "/developers/again"
    assert browser.post(world.path("/addresses", "live"), **form).status_code == 303
    assert world.client("live").redirect_uris == [CALLBACK, "https://app.example/b"]


def test_strangers_find_nothing(
    world: SettingsWorld, new_person: Callable[..., Someone], new_browser: Callable[..., InProcess]
) -> None:
    browser, stranger = new_browser(), new_person("khac")
    stranger.sign_in(browser)
    for env in ("sandbox", "live"):
        for rest in (*PATHS, "/history/1", "/secrets/x/end"):
            assert browser.get(world.path(rest, env)).status_code == 404, rest
        for rest in (
            "/addresses",
            "/addresses/check",
            "/secrets",
            "/secrets/x/end",
            "/secrets/x/plan",
            "/document",
        ):
            assert browser.post(world.path(rest, env)).status_code == 404, rest
    assert len(world.client().secret_hashes) == 1


def test_no_form_is_taken_without_its_token(browser: InProcess, world: SettingsWorld) -> None:
    for rest in FORMS:
        answer = browser.send("POST", world.path(rest), data={"redirect_uris": "https://app.example/x"})
        assert answer.status_code == 403, rest
    assert world.client().redirect_uris == [CALLBACK] and len(world.client().secret_hashes) == 1


def test_before_the_review_the_live_pages_say_so(
    new_person: Callable[..., Someone],
    new_browser: Callable[..., InProcess],
    services: Services,
    clock: Clock,
) -> None:
    hoa = new_person("hoa")
    world, browser = make_world(services, clock, hoa, is_live=False), new_browser()
    hoa.sign_in(browser, world.path())
    assert browser.open(world.path("", "live")).has("to_sandbox_settings")
    answer = browser.get(world.path("/secrets", "live"))
    assert answer.status_code == 303 and answer.headers["Location"] == world.path("", "live")


# Words


def test_every_reason_of_the_validator_has_words() -> None:
    for reason in {reason for _, reason in ADDRESSES} | {reason for *_, reason in REFUSED}:
        assert reason in WORDS, reason
    fault = BadMetadata("", member="redirect_uris", reason="fragment", value="https://a.example/#x\u202e")
    assert "\u202e" not in words_of(fault)


def test_every_member_that_is_asked_is_explained() -> None:
    known = {*registration.STRINGS, *registration.LISTS, *registration.BOOLEANS, "jwks", "default_max_age"}
    assert known <= set(FIELDS)


def test_advice_is_given_where_an_address_may_not_be_meant() -> None:
    def advised(uri: str, *, is_sandbox: bool = True) -> list[str]:
        return [one.reason for one in find_advice({"redirect_uris": [uri]}, is_sandbox=is_sandbox)]

    assert advised("http://localhost:5000/cb") == ["localhost"]
    assert advised("http://127.0.0.1/cb") == []
    assert advised("http://127.0.0.1/cb", is_sandbox=False) == ["own_computer"]
    assert advised("https://192.168.1.5/cb") == ["private_host"] == advised("https://intranet/cb")
    assert advised("https://93.184.216.34/cb") == ["ip_host"]
    assert advised("https://app.example/cb") == [] == advised("vn.example.app:/cb")


def test_keys_are_read_from_what_tools_write() -> None:
    (key,) = read_keys(PUBLIC_PEM)["keys"]
    assert key["kid"] and "d" not in key
    jwk = orjson.dumps({name: value for name, value in key.items() if name != "kid"}).decode()
    assert read_keys(jwk)["keys"] == [key], "the thumbprint is the kid"
    assert read_keys(orjson.dumps({"keys": [key]}).decode())["keys"] == [key]
    assert len(read_keys(PUBLIC_PEM + "\n" + PUBLIC_PEM)["keys"]) == 2
    for typed, reason in (("ssh-rsa AAAA", "no_json"), ("[]", "not_jwks"), ("{}", "not_jwks")):
        with pytest.raises(BadMetadata) as caught:
            read_keys(typed)
        assert caught.value.reason == reason
    with pytest.raises(BadMetadata) as caught:
        read_keys("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----")
    assert caught.value.reason == "not_pem"


def test_a_certificate_becomes_a_key_with_its_chain() -> None:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "app.example")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(KEY.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2027, 1, 1, tzinfo=UTC))
        .sign(KEY, SHA256())
    )
    (key,) = read_keys(made.public_bytes(Encoding.PEM).decode())["keys"]
    assert key["x5c"] and key["kty"] == "EC" and key["kid"]


def test_certificates_are_asked_about_where_the_operator_takes_them(
    browser: InProcess, world: SettingsWorld, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = browser.open(world.path("/sign-in"))
    assert "self_signed" not in page.words() and not page.has("tls_client_auth_san_dns")
    mtls = Mtls(is_on=True, authorities=b"some")
    monkeypatch.setattr(services.provider, "config", replace(services.provider.config, mtls=mtls))
    monkeypatch.setattr(services.developers.settings, "_auth_methods", mtls.auth_methods)
    browser.open(world.path("/sign-in"))
    page = browser.submit("settings_submit", {"token_endpoint_auth_method": "tls_client_auth"})
    assert page.status == 400 and page.document.xpath("//*[@id='tls_client_auth_subject_dn-error']/li")
    page = browser.submit("settings_submit", {"tls_client_auth_san_ip": "300.1.1.1"})
    assert page.status == 400 and page.document.xpath("//*[@id='tls_client_auth_san_ip-error']/li")
    browser.submit("settings_submit", {"tls_client_auth_san_ip": "", "tls_client_auth_san_dns": "b.example"})
    assert world.client().auth_method == "tls_client_auth"
    assert world.client().metadata["tls_client_auth_san_dns"] == "b.example"
