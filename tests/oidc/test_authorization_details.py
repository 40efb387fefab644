"""RFC 9396, as far as it goes here: a registered terminal says which it is, and nobody else says anything."""

from __future__ import annotations

import json
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from oidc.authorization.prompts import Prompt
from oidc.clients.assertion import ASSERTION_TYPE
from oidc.clients.registration import client_information, new_client
from oidc.clients.terminal import TERMINAL_TYPE
from oidc.decoupled.models import DEVICE_CODE
from oidc.errors import InvalidClientMetadata
from oidc.http import Response
from tests.oidc.world import CHALLENGE, ISSUER, REDIRECT_URI, VERIFIER, World, document, location, post

KEY = ECKey.generate_key("P-256", parameters={"kid": "k1"})
POLICY = {
    "name": {"vi": "Ki-ốt cổng A", "en": "Kiosk at gate A"},
    "place": "Nhà máy Yên Bình",
    "networks": ["203.0.113.0/24"],
}
DETAILS = {"type": TERMINAL_TYPE, "name": "Ki-ốt cổng A", "place": "Nhà máy Yên Bình"}


class Kiosk:
    """A registered terminal that holds its key."""

    def __init__(self, world: World, **changes: Any) -> None:
        registered = {
            "grant_types": ["authorization_code", "refresh_token", DEVICE_CODE],
            "token_endpoint_auth_method": "private_key_jwt",
            "jwks": {"keys": [KEY.as_dict(private=False)]},
            "terminal": POLICY,
            **changes,
        }
        self.world = world
        self.client, _ = world.add_client(**{name: value for name, value in registered.items() if value})
        self._assertions = 0

    @property
    def assertion(self) -> dict[str, str]:
        self._assertions += 1
        claims = {
            "iss": self.client.client_id,
            "sub": self.client.client_id,
            "aud": ISSUER,
            "jti": f"{self.client.client_id} {self._assertions}",
            "iat": self.world.now,
            "exp": self.world.now + 60,
        }
        token = jwt.encode({"alg": "ES256", "kid": "k1"}, claims, KEY, algorithms=["ES256"])
        return {"client_assertion_type": ASSERTION_TYPE, "client_assertion": token}

    def push(self, details: Any = (DETAILS,), **changes: str) -> Response:
        form = {
            "client_id": self.client.client_id,
            "redirect_uri": REDIRECT_URI,
            "response_type": "code",
            "scope": "openid",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
            **self.assertion,
            **changes,
        }
        if details is not None:
            form["authorization_details"] = details if isinstance(details, str) else json.dumps(details)
        return self.world.provider.pushed_requests.respond(post(form), self.world.now)

    def ask(self, end_user: Any = None, **changes: str) -> Any:
        uri = document(self.push(**changes))["request_uri"]
        return self.world.ask(f"client_id={self.client.client_id}&request_uri={uri}", end_user)

    def token(self, **form: str) -> dict[str, Any]:
        body = {**form, **self.assertion, "client_id": self.client.client_id}
        return document(self.world.provider.token.respond(post(body), self.world.now))

    def sign_in(self, **changes: Any) -> dict[str, Any]:
        """Sign somebody in within the terminal's own request; return the tokens."""
        self.world.agree()
        prompt = self.ask(scope="openid offline_access")
        assert isinstance(prompt, Prompt)
        end_user = self.world.end_user(auth_time=self.world.now, sid="here", **changes)
        self.world.interactions.update(
            prompt.interaction.uid, authenticated_at=self.world.now, authenticated_sid="here"
        )
        code = location(self.world.resume(prompt, end_user))["code"]
        return self.token(
            grant_type="authorization_code", code=code, redirect_uri=REDIRECT_URI, code_verifier=VERIFIER
        )


def error(answer: Response) -> str:
    assert answer.status == 400, answer
    return str(document(answer)["error"])


@pytest.mark.parametrize("name", ["Ki-ốt cổng A", "Kiosk at gate A"])
def test_a_terminal_says_which_it_is_by_its_registered_name_and_place(world: World, name: str) -> None:
    assert Kiosk(world).push([{**DETAILS, "name": name}]).status == 201


@pytest.mark.parametrize(
    "details",
    [
        None,
        "",
        "{",
        "[]",
        '{"type": "urn:thainguyen:terminal"}',
        "[1]",
        [DETAILS, DETAILS],
        [{}],
        [{**DETAILS, "type": "payment_initiation"}],
        [{**DETAILS, "type": ["urn:thainguyen:terminal"]}],
        [{"type": TERMINAL_TYPE}],
        [{**DETAILS, "name": "Ki-ốt cổng B"}],
        [{**DETAILS, "name": {"vi": "Ki-ốt cổng A"}}],
        [{**DETAILS, "name": ["Ki-ốt cổng A"]}],
        [{**DETAILS, "place": "Nhà máy Sông Công"}],
        [{**DETAILS, "actions": ["read"]}],
        f'[{{"type": "{TERMINAL_TYPE}", "type": "other"}}]',
        "[" * 100,
        "x" * 5000,
    ],
)
def test_anything_else_is_refused(world: World, details: Any) -> None:
    assert error(Kiosk(world).push(details)) == "invalid_authorization_details"


def test_whoever_is_no_terminal_is_refused(world: World) -> None:
    assert error(Kiosk(world, terminal={}).push()) == "invalid_authorization_details"
    told = location(world.ask(world.query(authorization_details=json.dumps([DETAILS]))))  # type: ignore[arg-type]
    assert (told["error"], told["state"]) == ("invalid_authorization_details", "state-1")


def test_a_terminal_pushes_its_requests(world: World) -> None:
    kiosk = Kiosk(world)
    asked = world.query(kiosk.client, authorization_details=json.dumps([DETAILS]))
    assert location(world.ask(asked))["error"] == "invalid_request"  # type: ignore[arg-type]


def test_discovery_names_the_one_type(world: World) -> None:
    found = document(world.provider.metadata())
    assert found["authorization_details_types_supported"] == [TERMINAL_TYPE]


@pytest.mark.parametrize(
    "changes",
    [
        {"terminal": "yes"},
        {"terminal": {"name": POLICY["name"]}},
        {"terminal": {"place": "Cổng A"}},
        {"terminal": {**POLICY, "name": {"en": "Kiosk"}}},
        {"terminal": {**POLICY, "name": "Ki-ốt"}},
        {"terminal": {**POLICY, "place": " "}},
        {"terminal": {**POLICY, "place": "x" * 201}},
        {"terminal": {**POLICY, "networks": "203.0.113.0/24"}},
        {"terminal": {**POLICY, "networks": ["203.0.113.7/24"]}},
        {"terminal": {**POLICY, "networks": ["0.0.0.0/0"]}},
        {"terminal": {**POLICY, "networks": [1]}},
        {"terminal": {**POLICY, "allows_password": "no"}},
        {"terminal": {**POLICY, "colour": "green"}},
        {"token_endpoint_auth_method": "client_secret_basic"},
        {"token_endpoint_auth_method": "none"},
    ],
)
def test_a_bad_terminal_is_not_registered(world: World, changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidClientMetadata):
        Kiosk(world, **changes)


def test_nobody_makes_a_terminal_of_themselves(world: World) -> None:
    document = {"redirect_uris": [REDIRECT_URI], "terminal": POLICY}
    client, _ = new_client(document, world.now)
    assert not client.terminal and "terminal" not in client_information(client)


def test_whoever_was_signed_in_before_is_nobody_at_a_terminal(world: World) -> None:
    world.agree()
    kiosk = Kiosk(world)
    prompt = kiosk.ask(world.end_user(auth_time=world.now))
    assert isinstance(prompt, Prompt) and prompt.name == "login"
    assert location(kiosk.ask(world.end_user(), prompt="none"))["error"] == "login_required"


def test_what_was_issued_ends_with_the_short_session_and_nothing_is_offline(world: World) -> None:
    kiosk = Kiosk(world)
    tokens = kiosk.sign_in(expires_at=world.now + 300)
    assert tokens["expires_in"] == 300 and tokens["scope"] == "openid"
    assert tokens["authorization_details"] == [DETAILS]
    world.now += 299
    refreshed = kiosk.token(grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert refreshed["expires_in"] == 1
    world.now += 1
    assert kiosk.token(grant_type="refresh_token", refresh_token=refreshed["refresh_token"])["error"]
    assert world.userinfo(tokens["access_token"]).status == 401


def test_a_terminal_without_a_browser_says_which_it_is_too(world: World) -> None:
    kiosk = Kiosk(world)

    def begin(**form: str) -> Response:
        asked = post({**kiosk.assertion, "scope": "openid", **form})
        return world.provider.device_authorization.respond(asked, world.now)

    assert error(begin()) == "invalid_authorization_details"
    codes = document(begin(authorization_details=json.dumps([DETAILS])))
    world.agree()
    waiting = world.provider.decoupled.claim(codes["user_code"], "an", world.now)
    assert waiting is not None
    assert world.provider.decoupled.allow(waiting, kiosk.client, world.end_user(), world.now)
    tokens = kiosk.token(grant_type=DEVICE_CODE, device_code=codes["device_code"])
    [grant] = world.grants.rows.values()
    assert grant.expires_at == world.now + 900
    assert tokens["authorization_details"] == [DETAILS]
