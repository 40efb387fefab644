"""Registration: who may register, what may be registered, and what we fetch because a client says so."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from joserfc.jwk import ECKey, OctKey, RSAKey

from tests.security.attack import Attack
from tests.security.target import REDIRECT_URI, Target, running_target
from tests.servers.https import Server
from tnid import clock

DOCUMENT = {"redirect_uris": [REDIRECT_URI], "client_name": "Ứng dụng"}
EC = ECKey.generate_key("P-256", parameters={"kid": "a"})
PUBLIC = EC.as_dict(private=False)
# Made ahead, as a library of today refuses to make one so short
SHORT_RSA = {
    "kty": "RSA",
    "kid": "short",
    "e": "AQAB",
    "n": RSAKey.generate_key(1024).as_dict(private=False)["n"],
}


class Registrar:
    """Registers over HTTP with a good initial access token."""

    def __init__(self, attack: Attack, target: Target) -> None:
        self.attack = attack
        made = target.services.provider.registration.initial_access_token(clock.now(), 600)
        target.hide(made)
        self.header = {"Authorization": f"Bearer {made}"}

    def refused(self, error: str = "invalid_client_metadata", **changes: Any) -> httpx.Response:
        answer = self.attack.refused(
            "POST",
            "/clients",
            event="client.register_refused",
            headers=self.header,
            json={**DOCUMENT, **changes},
        )
        assert (answer.status_code, answer.json()["error"]) == (400, error), answer.text
        return answer

    def made(self, **changes: Any) -> dict[str, Any]:
        document = {**DOCUMENT, **changes}
        answer = self.attack.send("POST", "/clients", headers=self.header, json=document)
        assert answer.status_code == 201, answer.text
        client: dict[str, Any] = answer.json()
        self.attack.target.hide(client.get("client_secret"), client["registration_access_token"])
        return client


@pytest.fixture
def registrar(attack: Attack, target: Target) -> Registrar:
    return Registrar(attack, target)


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def path_of(client: dict[str, Any]) -> str:
    return f"/clients/{client['client_id']}"


@pytest.mark.parametrize("header", [{}, bearer("garbage"), {"Authorization": "Basic YTpi"}])
def test_rg_001_nobody_registers_without_an_initial_access_token(
    attack: Attack, header: dict[str, str]
) -> None:
    answer = attack.refused(
        "POST", "/clients", event="client.register_refused", headers=header, json=DOCUMENT
    )
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_token")


def test_rg_001_an_access_token_opens_nothing(
    attack: Attack, target: Target, client: Any, person: Any
) -> None:
    token = target.new_tokens(person, client)["access_token"]
    answer = attack.refused("POST", "/clients", headers=bearer(token), json=DOCUMENT)
    assert answer.status_code == 401


@pytest.mark.parametrize(
    "uri",
    [
        "http://rp.example/cb", "https://rp.example/cb#f", "https://*.rp.example/cb", "https://u:p@rp.example/",
        "javascript:alert(1)", "data:text/html,x", "", "https://", "//rp.example/cb", "\u202ehttps://rp.example",
    ],
)  # fmt: skip
def test_rg_002_addresses_that_a_browser_is_not_sent_to(registrar: Registrar, uri: str) -> None:
    registrar.refused("invalid_redirect_uri", redirect_uris=[uri])
    registrar.refused("invalid_redirect_uri", post_logout_redirect_uris=[uri])


def test_rg_002_many_addresses(registrar: Registrar) -> None:
    registrar.refused("invalid_redirect_uri", redirect_uris=[f"https://rp.example/{n}" for n in range(500)])
    registrar.refused("invalid_redirect_uri", redirect_uris=REDIRECT_URI)


INNER_HOSTS = (
    "127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "10.0.0.1", "192.168.1.1", "169.254.169.254", "0x7f000001",
    "2130706433", "localhost", "localhost.", "[fd00::1]",
)  # fmt: skip


@pytest.mark.parametrize("host", INNER_HOSTS)
def test_rg_003_what_is_ours_is_never_fetched(registrar: Registrar, host: str, tmp_path: Path) -> None:
    server = Server(tmp_path)
    try:
        registrar.refused(sector_identifier_uri=f"https://{host}:{server.port}/x")
        assert server.connections == 0
    finally:
        server.close()


@pytest.mark.parametrize("scheme", ["http", "file", "gopher", "ftp", "javascript"])
def test_rg_003_other_schemes(registrar: Registrar, scheme: str) -> None:
    for name in ("sector_identifier_uri", "jwks_uri", "logo_uri", "backchannel_logout_uri"):
        registrar.refused(**{name: f"{scheme}://rp.example/x"})


@pytest.fixture(scope="module")
def twins(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Target]]:
    """A server on this machine, and a provider that may fetch from it."""
    server = Server(tmp_path_factory.mktemp("elsewhere"))
    more = {"TNID_OUTBOUND_ALLOW_LOOPBACK": "true", "TNID_OUTBOUND_CA_FILE": str(server.ca_file)}
    with running_target(tmp_path_factory.mktemp("fetching"), workers=1, **more) as target:
        yield server, target
    server.close()


BAD_ANSWERS = {
    "redirect": b"HTTP/1.1 302 Found\r\nLocation: https://localhost/x\r\nContent-Length: 0\r\n\r\n",
    "10 MiB": b"HTTP/1.1 200 OK\r\nContent-Length: 10485760\r\n\r\n" + b"x" * 300_000,
    "no list": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
    "no JSON": b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n[",
}


@pytest.mark.parametrize("kind", BAD_ANSWERS)
def test_rg_004_a_bad_answer_is_a_refusal(twins: tuple[Server, Target], kind: str) -> None:
    server, target = twins
    attack = Attack(target)
    server.answer = lambda connection: connection.sendall(BAD_ANSWERS[kind])
    before = server.connections
    Registrar(attack, target).refused(sector_identifier_uri=server.url(path="/sector.json"))
    assert server.connections == before + 1, "asked once, and no redirect followed"
    attack.finish()


def test_rg_004_a_certificate_for_another_name(twins: tuple[Server, Target]) -> None:
    server, target = twins
    attack = Attack(target)
    requests = len(server.requests)
    Registrar(attack, target).refused(sector_identifier_uri=server.url("127.0.0.1"))
    assert len(server.requests) == requests
    attack.finish()


@pytest.mark.parametrize(
    "name", ["Ngân hàng\u202egnp.exe", "a" * 10_240, "  ", "a\u200bb", "a\x00b", "dòng\nhai"]
)
def test_rg_006_names_that_deceive(registrar: Registrar, name: str) -> None:
    registrar.refused(client_name=name)


@pytest.mark.parametrize("name", ["logo_uri", "policy_uri", "tos_uri", "client_uri"])
@pytest.mark.parametrize("uri", ["javascript:alert(1)", "data:text/html,x", "https://u:p@rp.example/", "x"])
def test_rg_006_links_that_run(registrar: Registrar, name: str, uri: str) -> None:
    registrar.refused(**{name: uri})


def test_rg_006_a_name_is_shown_as_text_and_its_owner_as_unverified(
    registrar: Registrar, attack: Attack, target: Target
) -> None:
    made = registrar.made(client_name="<script>alert(1)</script>", token_endpoint_auth_method="none")
    party = target.new_client()
    query = party.query(client_id=made["client_id"])
    page = attack.new_browser().open("/authorize", **query)
    assert page.has("login_password")
    assert "<script>alert(1)" not in page.text and "&lt;script&gt;alert(1)" in page.text
    assert page.document is not None and page.document.xpath("//*[@class='unverified']")


def test_rg_007_what_an_operator_decides_is_ignored(registrar: Registrar, target: Target) -> None:
    sent = {
        "client_id": "admin",
        "client_secret": "chosen-by-the-client",
        "is_trusted": True,
        "skip_consent": True,
        "require_pkce": False,
        "profile": "fapi2",
        "least_acr": "LoA1",
        "organisation": "Ủy ban nhân dân tỉnh",
        "resources": {"https://api.example": ["x"]},
        "disabled_at": 0,
    }
    made = registrar.made(**sent)
    assert made["client_id"] != "admin" and made["client_secret"] != "chosen-by-the-client"
    assert not (set(sent) - {"client_id", "client_secret"}) & set(made)
    stored = target.services.clients.find_now(made["client_id"])
    assert stored is not None
    assert stored.require_pkce and stored.profile == "default" and not stored.organisation


@pytest.mark.parametrize(
    "changes",
    [
        {"scope": "openid admin"},
        {"grant_types": ["password"]},
        {"grant_types": ["implicit", "authorization_code"]},
        {"response_types": ["token"]},
        {"response_types": ["code id_token"]},
        {"token_endpoint_auth_method": "client_secret_jwt"},
    ],
)
def test_rg_007_more_than_a_client_may_have(registrar: Registrar, changes: dict[str, Any]) -> None:
    registrar.refused(**changes)


def test_rg_007_subjects_stay_pairwise(registrar: Registrar) -> None:
    assert registrar.made(subject_type="public")["subject_type"] == "pairwise"


def test_rg_007_a_confidential_client_does_not_become_public(registrar: Registrar, attack: Attack) -> None:
    made = registrar.made()
    answer = attack.refused(
        "PUT",
        path_of(made),
        event="client.manage_refused",
        headers=bearer(made["registration_access_token"]),
        json={**DOCUMENT, "client_id": made["client_id"], "token_endpoint_auth_method": "none"},
    )
    assert answer.status_code == 400


OFF_CURVE = {**PUBLIC, "x": PUBLIC["y"], "y": PUBLIC["x"]}
BAD_KEYS: dict[str, Any] = {
    "private": [EC.as_dict(private=True)],
    "symmetric": [OctKey.generate_key(256).as_dict(private=True)],
    "RSA of 1024 bits": [SHORT_RSA],
    "not on its curve": [OFF_CURVE],
    "one kid twice": [PUBLIC, ECKey.generate_key("P-256", parameters={"kid": "a"}).as_dict(private=False)],
    "none": [],
    "not a key": [{"kty": "EC"}],
    "no object": ["x"],
}


@pytest.mark.parametrize("kind", BAD_KEYS)
def test_rg_008_keys_that_are_none(registrar: Registrar, kind: str) -> None:
    registrar.refused(token_endpoint_auth_method="private_key_jwt", jwks={"keys": BAD_KEYS[kind]})


def test_rg_008_keys_in_two_places(registrar: Registrar) -> None:
    registrar.refused(jwks={"keys": [PUBLIC]}, jwks_uri="https://rp.example/jwks.json")


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_rg_009_another_clients_token_opens_nothing(
    registrar: Registrar, attack: Attack, method: str
) -> None:
    mine, theirs = registrar.made(), registrar.made()
    answer = attack.refused(
        method,
        path_of(theirs),
        headers=bearer(mine["registration_access_token"]),
        json={**DOCUMENT, "client_id": theirs["client_id"]},
    )
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_token")
    own = attack.send("GET", path_of(theirs), headers=bearer(theirs["registration_access_token"]))
    assert own.status_code == 200


def test_rg_009_after_its_end_a_client_has_nothing(registrar: Registrar, attack: Attack) -> None:
    made = registrar.made()
    header = bearer(made["registration_access_token"])
    assert attack.send("DELETE", path_of(made), headers=header).status_code == 204
    for method in ("GET", "DELETE"):
        assert attack.refused(method, path_of(made), headers=header).status_code == 401


def test_rg_009_a_secret_is_told_once(registrar: Registrar, attack: Attack) -> None:
    made = registrar.made()
    header = bearer(made["registration_access_token"])
    read = attack.send("GET", path_of(made), headers=header)
    document = {**DOCUMENT, "client_id": made["client_id"]}
    changed = attack.send("PUT", path_of(made), headers=header, json=document)
    for answer in (read, changed):
        assert answer.status_code == 200 and "client_secret" not in answer.json()
        assert made["client_secret"] not in answer.text


def test_rg_010_the_database_holds_nothing_to_come_in_by(registrar: Registrar, target: Target) -> None:
    made = registrar.made()
    party, person = target.new_client(), target.new_person()
    code = target.new_code(person, party)
    tokens = target.new_tokens(person, party, scope="openid offline_access")
    secrets = (
        made["client_secret"],
        made["registration_access_token"],
        party.secret,
        code,
        tokens["access_token"],
        tokens["refresh_token"],
    )
    stored = "".join(
        str(tuple(row))
        for table in ("clients", "grants", "audit_events", "sessions")
        for row in target.fetch_all(f"SELECT * FROM {table}")
    )
    assert not [secret for secret in secrets if secret in stored]
