"""npm openid-client, the certified Node client, unmodified, signs people in with our server."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any
from uuid import uuid4

import pytest
from joserfc.jwk import ECKey, RSAKey

from tests.person import Browser, Page
from tests.province import Province
from tests.servers.processes import free_port, is_listening, stop, wait_until
from tests.servers.programs import get_program, skip
from tests.servers.provider import ROOT

SOURCE = Path(__file__).with_name("openid_client")
CACHE = ROOT / ".test-services" / "openid-client"
SCOPE = "openid profile email offline_access"
AUTHENTICATION = (
    ("client_secret_basic", "RS256"),
    ("client_secret_post", "ES256"),
    ("private_key_jwt", "ES256"),
    ("none", "RS256"),
)


@pytest.fixture(scope="session")
def installed() -> Path:
    """The folder where npm put the locked packages; it is kept from run to run."""
    npm = get_program("npm")
    get_program("node")
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        wanted = (SOURCE / "package-lock.json").read_bytes()
        done = CACHE / "installed.json"
        if not done.exists() or done.read_bytes() != wanted:
            for name in ("package.json", "package-lock.json"):
                shutil.copy(SOURCE / name, CACHE)
            command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
            ended = subprocess.run(command, cwd=CACHE, capture_output=True, check=False, timeout=150)
            if ended.returncode:
                skip(f"npm ci failed: {ended.stderr.decode(errors='replace')[-500:]}")
            done.write_bytes(wanted)
    return CACHE


@dataclass(frozen=True)
class NodeApplication:
    """The application, and a browser that stands before it."""

    url: str
    browser: Browser

    def read(self, path: str) -> dict[str, Any]:
        """Open a page of the application and return its JSON."""
        return read_json(self.browser.open(f"{self.url}{path}"))


def read_json(page: Page) -> dict[str, Any]:
    assert page.status == 200, page
    found: dict[str, Any] = json.loads(page.text)
    return found


@contextmanager
def running_application(
    installed: Path,
    province: Province,
    browser: Browser,
    method: str,
    alg: str,
    decryption_key: ECKey | RSAKey | None = None,
    more_metadata: Mapping[str, Any] = MappingProxyType({}),
    dpop_alg: str | None = None,
    **parameters: str,
) -> Iterator[NodeApplication]:
    """Register a client with this authentication method, start the application, and stop it at the end."""
    port = free_port()
    url = f"http://localhost:{port}"
    key = ECKey.generate_key("P-256", {"kid": uuid4().hex})
    metadata = {
        "client_name": "openid-client",
        "redirect_uris": [f"{url}/callback"],
        "post_logout_redirect_uris": [f"{url}/signed-out"],
        "grant_types": ["authorization_code", "refresh_token"],
        "scope": SCOPE,
        "token_endpoint_auth_method": method,
        "id_token_signed_response_alg": alg,
        **more_metadata,
    }
    if method == "private_key_jwt":
        metadata["jwks"] = {"keys": [key.as_dict(private=False)]}
    registered = province.tnid("client", "create", "-", given=metadata)
    told = {
        "issuer": province.issuer,
        "port": port,
        "metadata": registered,
        "scope": SCOPE,
        "private_jwk": key.as_dict(private=True),
        "parameters": parameters,
        "dpop_alg": dpop_alg,
        "decryption_jwk": decryption_key.as_dict(private=True) if decryption_key else None,
    }
    shutil.copy(SOURCE / "relying_party.mjs", installed)
    process = subprocess.Popen(
        [get_program("node"), "relying_party.mjs"],
        cwd=installed,
        env={**os.environ, "CLIENT": json.dumps(told)},
    )
    try:
        wait_until(lambda: process.poll() is not None or is_listening(port), what="answer from Node")
        assert process.poll() is None, "the application ended at its start"
        yield NodeApplication(url, browser)
    finally:
        stop(process)


@pytest.mark.parametrize(("method", "alg"), AUTHENTICATION)
def test_code_refresh_userinfo_and_sign_out(
    method: str, alg: str, installed: Path, province: Province, browser: Browser
) -> None:
    person = province.new_person(email="thu@example.vn")
    with running_application(installed, province, browser, method, alg) as application:
        browser.open(f"{application.url}/sign-in")
        first = read_json(person.pass_through(browser))
        assert first["claims"]["iss"] == province.issuer
        assert first["claims"]["acr"] == "LoA2"
        assert first["token_type"] == "bearer"
        assert 0 < first["expires_in"] <= 600
        assert first["userinfo"]["name"] == "Nguyễn Văn Thử"
        assert first["userinfo"]["email"] == "thu@example.vn"

        again = application.read("/refresh")
        assert again["is_rotated"]
        assert again["userinfo"]["sub"] == first["claims"]["sub"]
        if again["claims"]:
            kept = ("iss", "sub", "aud", "auth_time")
            assert [again["claims"][name] for name in kept] == [first["claims"][name] for name in kept]

        browser.open(f"{application.url}/sign-out")
        if browser.page.has("logout_confirm"):
            browser.click("logout_confirm")
        assert read_json(browser.page) == {"signed_out": True, "state": "farewell"}
        assert browser.open(f"{application.url}/sign-in").has("login_username")


ENCRYPTION = (
    (RSAKey, 2048, "RSA-OAEP-256", "A256GCM"),
    (ECKey, "P-256", "ECDH-ES", "A128CBC-HS256"),
    (ECKey, "P-256", "ECDH-ES+A256KW", "A128GCM"),
)


@pytest.mark.parametrize(("kind", "size", "alg", "enc"), ENCRYPTION)
def test_answers_that_are_signed_and_then_encrypted_are_opened(
    kind: Any, size: Any, alg: str, enc: str, installed: Path, province: Province, browser: Browser
) -> None:
    person = province.new_person(email="thu@example.vn")
    key = kind.generate_key(size, {"kid": uuid4().hex, "use": "enc"})
    metadata = {
        "jwks": {"keys": [key.as_dict(private=False)]},
        "userinfo_signed_response_alg": "ES256",
        **{f"{name}_encrypted_response_alg": alg for name in ("id_token", "userinfo")},
        **{f"{name}_encrypted_response_enc": enc for name in ("id_token", "userinfo")},
    }
    with running_application(
        installed, province, browser, "client_secret_basic", "RS256", key, metadata
    ) as application:
        browser.open(f"{application.url}/sign-in")
        first = read_json(person.pass_through(browser))
        assert first["claims"]["iss"] == first["userinfo"]["iss"] == province.issuer
        assert first["userinfo"]["email"] == "thu@example.vn"
        assert application.read("/refresh")["userinfo"]["sub"] == first["claims"]["sub"]


@pytest.mark.parametrize("dpop_alg", ["ES256", "PS256", "Ed25519"])
def test_fapi2_with_pushed_requests_and_dpop(
    dpop_alg: str, installed: Path, province: Province, browser: Browser
) -> None:
    person = province.new_person(email="thu@example.vn")
    with running_application(
        installed, province, browser, "private_key_jwt", "ES256",
        more_metadata={"profile": "fapi2"}, dpop_alg=dpop_alg,
    ) as application:  # fmt: skip
        browser.open(f"{application.url}/sign-in")
        first = read_json(person.pass_through(browser))
        assert first["token_type"] == "dpop" and first["userinfo"]["email"] == "thu@example.vn"
        assert first["claims"]["iss"] == province.issuer
        again = application.read("/refresh")
        assert not again["is_rotated"] and again["userinfo"]["sub"] == first["claims"]["sub"]
        introspected = application.read("/introspect")
        assert introspected["token_type"] == "DPoP" and set(introspected["cnf"]) == {"jkt"}


def test_a_revoked_refresh_token_takes_its_access_tokens_along(
    installed: Path, province: Province, browser: Browser
) -> None:
    person = province.new_person()
    with running_application(installed, province, browser, "client_secret_basic", "RS256") as application:
        browser.open(f"{application.url}/sign-in")
        read_json(person.pass_through(browser))
        assert application.read("/introspect")["active"] is True
        assert application.read("/revoke")["status"] == 401
        refused = browser.open(f"{application.url}/refresh")
        assert (refused.status, json.loads(refused.text)["error"]) == (400, "invalid_grant")


def test_a_refusal_reaches_the_application_as_access_denied(
    installed: Path, province: Province, browser: Browser
) -> None:
    person = province.new_person()
    with running_application(installed, province, browser, "none", "ES256") as application:
        browser.open(f"{application.url}/sign-in")
        page = person.pass_through(browser, consent="deny")
        assert (page.status, json.loads(page.text)["error"]) == (400, "access_denied")


def test_prompt_none_answers_without_a_screen(installed: Path, province: Province, browser: Browser) -> None:
    with running_application(
        installed, province, browser, "client_secret_basic", "ES256", prompt="none"
    ) as application:
        page = browser.open(f"{application.url}/sign-in")
        assert json.loads(page.text)["error"] == "login_required"
