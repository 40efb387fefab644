"""The device grant and CIBA from end to end: a server as in production, people at pages without scripts."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from oidc.clients.assertion import ASSERTION_TYPE
from oidc.decoupled.models import CIBA, DEVICE_CODE
from tests.person import Browser
from tests.security.target import Party, Target, running_target
from tests.servers.https import Server, write_certificate
from tests.servers.processes import wait_until

SCOPE = "openid profile offline_access"
KEY = ECKey.generate_key("P-256", parameters={"kid": "counter"})


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return write_certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory, certificate: tuple[Path, Path]) -> Iterator[Target]:
    settings = {"TNID_OUTBOUND_ALLOW_LOOPBACK": "true", "TNID_OUTBOUND_CA_FILE": str(certificate[0])}
    with running_target(tmp_path_factory.mktemp("decoupled"), workers=1, **settings) as running:
        yield running
        log = running.provider.log.read_text(errors="replace")
        assert "Traceback" not in log, log[-4000:]
        assert not [secret for secret in running.secrets if secret in log]


@pytest.fixture(scope="module")
def addresses(target: Target) -> dict[str, str]:
    """What a client knows: the discovery document."""
    found: dict[str, str] = target.http.get("/.well-known/openid-configuration").json()
    return found


@pytest.fixture
def certified(tmp_path: Path, certificate: tuple[Path, Path]) -> Iterator[Server]:
    """The server at a counter's notification endpoint."""
    server = Server(tmp_path, certificate)
    server.answer = lambda connection: connection.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")
    yield server
    server.close()


def test_a_terminal_and_a_person(target: Target, addresses: dict[str, str]) -> None:
    terminal = target.new_client(
        redirect_uris=[],
        client_name="Ki-ốt",
        grant_types=[DEVICE_CODE, "refresh_token"],
        token_endpoint_auth_method="none",
    )
    person = target.new_person()
    form = {**terminal.name, "scope": SCOPE}
    codes = httpx.post(addresses["device_authorization_endpoint"], data=form).json()
    poll = {"grant_type": DEVICE_CODE, "device_code": codes["device_code"], **terminal.name}
    assert httpx.post(addresses["token_endpoint"], data=poll).json()["error"] == "authorization_pending"
    with Browser() as browser:
        browser.open(codes["verification_uri"])
        person.pass_through(browser)
        browser.submit("user_code_submit", {"user_code": codes["user_code"]})
        browser.click("consent_allow")
        assert browser.page.has("request_allowed")
        browser.open("/logout")
        browser.click("logout_confirm")
    tokens = target.keep(httpx.post(addresses["token_endpoint"], data=poll).json())
    header = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert httpx.get(addresses["userinfo_endpoint"], headers=header).json()["name"] == "Nguyễn Văn Thử"
    again = httpx.post(addresses["token_endpoint"], data=terminal.refreshment(tokens["refresh_token"]))
    assert target.keep(again.json())["refresh_token"] != tokens["refresh_token"]


def test_a_counter_that_signs_and_is_pinged(
    target: Target, addresses: dict[str, str], certified: Server
) -> None:
    counter = target.new_client(
        redirect_uris=[],
        client_name="Quầy Một cửa",
        grant_types=[CIBA],
        token_endpoint_auth_method="private_key_jwt",
        jwks={"keys": [KEY.as_dict(private=False)]},
        backchannel_token_delivery_mode="ping",
        backchannel_client_notification_endpoint=certified.url(path="/ping"),
        backchannel_authentication_request_signing_alg="ES256",
    )
    person, told = target.new_person(), uuid4().hex
    target.hide(told)
    request = {"scope": "openid profile", "login_hint": person.username, "acr_values": "LoA2"}
    request |= {"binding_message": "Hồ sơ 1207", "client_notification_token": told}
    form = {**authentication(target, counter), "request": sign(target, counter, **request)}
    asked = httpx.post(addresses["backchannel_authentication_endpoint"], data=form)
    assert asked.status_code == 200, asked.text
    with Browser() as browser:
        browser.open(f"{target.provider.issuer}/account/requests")
        person.pass_through(browser)
        link = browser.page.document.xpath("//a[starts-with(@href, '/account/requests/')]/@href")[0]
        assert "Hồ sơ 1207" in browser.open(link).words()
        assert certified.requests == []
        browser.click("consent_allow")
    wait_until(lambda: certified.requests, seconds=30, what="ping")
    (ping,) = certified.requests
    head, _, body = ping.partition(b"\r\n\r\n")
    assert head.startswith(b"POST /ping HTTP/1.1") and f"Authorization: Bearer {told}".encode() in head
    assert b"Content-Type: application/json" in head
    poll = {"grant_type": CIBA, **json.loads(body), **authentication(target, counter)}
    assert poll["auth_req_id"] == asked.json()["auth_req_id"]
    tokens = target.keep(httpx.post(addresses["token_endpoint"], data=poll).json())
    claims = target.services.keyring.verify(tokens["id_token"], typ="JWT", now=int(time.time()))
    assert claims["acr"] == "LoA2" and claims["aud"] == counter.client_id


def sign(target: Target, counter: Party, **claims: Any) -> str:
    now = int(time.time())
    envelope = {"iss": counter.client_id, "aud": target.provider.issuer, "jti": uuid4().hex}
    times = {"iat": now, "nbf": now, "exp": now + 60}
    token: str = jwt.encode({"alg": "ES256", "kid": "counter"}, {**envelope, **times, **claims}, KEY)
    return token


def authentication(target: Target, counter: Party) -> dict[str, str]:
    assertion = sign(target, counter, sub=counter.client_id)
    target.hide(assertion)
    return {"client_assertion_type": ASSERTION_TYPE, "client_assertion": assertion}
