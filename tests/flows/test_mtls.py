"""Applications with TLS certificates behind Debian's nginx: RFC 8705, from handshake to introspection."""

from __future__ import annotations

import base64
import ssl
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from joserfc.jwk import ECKey

from oidc.clients.mtls import read_certificate
from tests.oidc.proof import KEY, ath, make_proof
from tests.security.target import SESSION_COOKIE, Party, Target, open_services, parameters_of
from tests.servers.certificates import Identity, make_authority, make_certificate
from tests.servers.nginx import HEADER, Nginx, running_nginx
from tests.servers.processes import free_port
from tests.servers.provider import Provider, environ_for
from tnid.migrations import upgrade
from tnid.settings import load

SUBJECT = "CN=soc,O=Cong an tinh,C=VN"
MACHINE = {"grant_types": ["client_credentials"], "redirect_uris": [], "scope": "jobs.read"}
BOUND = {"tls_client_certificate_bound_access_tokens": True}
BY_SUBJECT = {"token_endpoint_auth_method": "tls_client_auth", "tls_client_auth_subject_dn": SUBJECT}


@dataclass
class House:
    """The provider behind its proxy."""

    nginx: Nginx
    target: Target
    folder: Path
    clients: list[httpx.Client] = field(default_factory=list)

    def http(self, identity: Identity | None = None) -> httpx.Client:
        """Return a client that trusts the authority and shows this certificate, if any."""
        context = ssl.create_default_context(cafile=self.nginx.ca_file)
        if identity is not None:
            context.load_cert_chain(*identity.write(self.folder, f"client{len(self.clients)}"))
        made = httpx.Client(verify=context, base_url=self.nginx.mtls_url, timeout=30)
        self.clients.append(made)
        return made

    def known(self, **changes: Any) -> Identity:
        """Return a new certificate of the registered subject."""
        return make_certificate(self.nginx.authority, SUBJECT, **changes)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("house")
    port = free_port()
    with running_nginx(folder, port) as nginx:
        environ = environ_for(
            folder, port, None,
            TNID_ISSUER=nginx.url, TNID_MTLS_URL=nginx.mtls_url, TNID_CLIENT_CA_FILE=nginx.ca_file,
            TNID_TRUSTED_PROXIES="127.0.0.1", TNID_CLIENT_CERTIFICATE_HEADER=HEADER,
        )  # fmt: skip
        upgrade(load(environ).database_url)
        provider = Provider(nginx.url, port, environ, folder / "serve.log", 2)
        try:
            provider.start()
            made = House(nginx, Target(provider, open_services(provider)), folder)
            yield made
            for client in made.clients:
                client.close()
            made.target.http.close()
        finally:
            provider.stop()


def ask(http: httpx.Client, party: Party, **more: Any) -> httpx.Response:
    form = {"grant_type": "client_credentials", "client_id": party.client_id}
    return http.post("/token", data=form, **more)


def is_refused(answer: httpx.Response, status: int = 401, error: str = "invalid_client") -> bool:
    assert (answer.status_code, answer.json()["error"]) == (status, error), answer.text
    return True


def test_discovery_is_served_over_tls_and_names_the_aliases(house: House) -> None:
    found = house.http().get(f"{house.nginx.url}/.well-known/openid-configuration").json()
    assert found["issuer"] == house.nginx.url
    assert found["mtls_endpoint_aliases"]["token_endpoint"] == f"{house.nginx.mtls_url}/token"
    assert found["tls_client_certificate_bound_access_tokens"] is True
    methods = found["token_endpoint_auth_methods_supported"]
    assert {"tls_client_auth", "self_signed_tls_client_auth"} <= set(methods)


def test_a_certificate_of_the_authority_authenticates_and_binds(house: House) -> None:
    party, identity = house.target.new_client(**MACHINE, **BY_SUBJECT, **BOUND), house.known()
    http = house.http(identity)
    answer = ask(http, party)
    assert answer.status_code == 200, answer.text
    token = answer.json()["access_token"]
    found = http.post("/introspect", data={"token": token, "client_id": party.client_id}).json()
    assert found["cnf"] == {"x5t#S256": read_certificate(identity.escaped).thumbprint}
    for other in (
        None,
        make_certificate(house.nginx.authority, "CN=another"),
        make_certificate(make_authority(), SUBJECT),
        make_certificate(None, SUBJECT),
    ):
        assert is_refused(ask(house.http(other), party))


def test_nobody_writes_the_proxy_s_header_but_the_proxy(house: House) -> None:
    party, identity = house.target.new_client(**MACHINE, **BY_SUBJECT), house.known()
    as_bytes = f":{base64.b64encode(base64.b64decode(identity.x5c[0])).decode()}:"
    for text in (identity.escaped, as_bytes):
        for name in (HEADER, HEADER.lower(), HEADER.replace("-", "_")):
            for base in (house.nginx.url, house.nginx.mtls_url):
                form = {"grant_type": "client_credentials", "client_id": party.client_id}
                assert is_refused(house.http().post(f"{base}/token", data=form, headers={name: text}))
    stranger = house.http(make_certificate(None, "CN=stranger"))
    assert is_refused(ask(stranger, party, headers={HEADER: identity.escaped}))


def test_a_registered_certificate_authenticates(house: House) -> None:
    identity = make_certificate(None, "CN=own")
    key = ECKey.import_key(identity.key.public_key()).as_dict(private=False)
    party = house.target.new_client(
        **MACHINE,
        token_endpoint_auth_method="self_signed_tls_client_auth",
        jwks={"keys": [{**key, "x5c": identity.x5c}]},
    )
    assert ask(house.http(identity), party).status_code == 200
    assert is_refused(ask(house.http(make_certificate(None, "CN=own")), party))
    assert is_refused(ask(house.http(), party))


def new_code(house: House, party: Party) -> str:
    """Return a code of somebody who is signed in at the issuer's own address."""
    person = house.target.new_person()
    house.target.agree(person, party)
    cookie = f"__Host-{SESSION_COOKIE}={house.target.new_session(person)}"
    address = f"{house.nginx.url}/authorize"
    return parameters_of(house.http().get(address, params=party.query(), headers={"Cookie": cookie}))["code"]


def test_a_person_s_token_is_worth_nothing_on_another_connection(house: House) -> None:
    party, identity = house.target.new_client(**BY_SUBJECT, **BOUND), house.known()
    http = house.http(identity)
    form = {**party.redemption(new_code(house, party)), "client_id": party.client_id}
    token = http.post("/token", data=form).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    assert http.get("/userinfo", headers=headers).status_code == 200
    for other in (None, house.known()):
        answer = house.http(other).get("/userinfo", headers=headers)
        assert is_refused(answer, error="invalid_token")
    forged = {**headers, HEADER: identity.escaped}
    answer = house.http().get(f"{house.nginx.url}/userinfo", headers=forged)
    assert is_refused(answer, error="invalid_token")


def test_dpop_goes_through_tls_by_either_address(house: House) -> None:
    party = house.target.new_client(dpop_bound_access_tokens=True)
    now, http = int(time.time()), house.http()
    dpop = make_proof("POST", f"{house.nginx.mtls_url}/token", now)
    form = party.redemption(new_code(house, party))
    token = http.post("/token", data=form, headers={**party.basic, "DPoP": dpop}).json()["access_token"]
    proof = make_proof("GET", f"{house.nginx.url}/userinfo", now, KEY, ath=ath(token))
    headers = {"Authorization": f"DPoP {token}", "DPoP": proof}
    assert http.get(f"{house.nginx.url}/userinfo", headers=headers).status_code == 200
