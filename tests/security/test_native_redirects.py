"""Native applications, which listen on whichever port is free: RFC 8252 section 7.3."""

from __future__ import annotations

import pytest

from tests.security.attack import Attack
from tests.security.target import Target, Victim

NATIVE_URIS = ["http://127.0.0.1/cb?app=1", "http://localhost:4000", "http://[::1]:9/cb", "vn.example:/cb"]


@pytest.mark.parametrize(
    "redirect_uri",
    ["http://127.0.0.1:51004/cb?app=1", "http://localhost:1", "http://localhost", "http://[::1]/cb"],
)
def test_az_002_a_native_application_listens_on_any_port(
    redirect_uri: str, attack: Attack, target: Target, shared_person: Victim
) -> None:
    """RFC 8252 §7.3: MUST allow any port of a loopback address to be specified at the time of the request."""
    native = target.new_client(
        redirect_uris=NATIVE_URIS, application_type="native", token_endpoint_auth_method="none"
    )
    code = target.new_code(shared_person, native, redirect_uri=redirect_uri)
    registered = native.redemption(target.new_code(shared_person, native, redirect_uri=redirect_uri))
    attack.token_refused(native, registered, "invalid_grant")
    form = native.redemption(code, redirect_uri=redirect_uri)
    answer = attack.send("POST", "/token", data=form)
    assert answer.status_code == 200, answer.text
    target.keep(answer.json())


@pytest.mark.parametrize(
    "redirect_uri",
    [
        "http://127.0.0.1:51004/cb", "http://127.0.0.1:51004/cb?app=1#", "http://127.0.0.2:51004/cb?app=1",
        "http://127.0.0.1:51004@evil.com/cb?app=1", "http://localhost:80@evil.com", "http://localhost:4000/",
        "http://127.0.0.1:/cb?app=1", "http://127.0.0.1:65536/cb?app=1", "http://127.0.0.1:٤/cb?app=1",
        "http://localhost:4000\n", "http://localhost.evil.com", "https://localhost:4000", "vn.example:80/cb",
        "http://u@127.0.0.1:80/cb?app=1", "http://LOCALHOST:1", "http://[::1]:9:9/cb", "http://localhost:-1",
    ],
)  # fmt: skip
def test_az_003_nothing_but_the_port_of_a_loopback_host_may_differ(
    redirect_uri: str, attack: Attack, target: Target
) -> None:
    native = target.new_client(
        redirect_uris=NATIVE_URIS, application_type="native", token_endpoint_auth_method="none"
    )
    attack.shown(native.query(redirect_uri=redirect_uri))


def test_az_002_a_web_application_listens_where_it_registered(attack: Attack, target: Target) -> None:
    web = target.new_client(redirect_uris=["http://localhost:5000/cb"])
    attack.shown(web.query(redirect_uri="http://localhost:5001/cb"))
