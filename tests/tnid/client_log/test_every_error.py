"""Whatever a developer can do wrong leads to an entry of their application's log: each class of refusal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace

import orjson
import pytest

from oidc import errors
from oidc.authorization.interaction import grant_id_of
from oidc.authorization.prompts import Prompt
from oidc.errors import OAuthError
from oidc.http import Request
from oidc.models import Client
from oidc.parameters import Parameters
from oidc.refusal import record_refusal, refuse
from tests.oidc.world import REDIRECT_URI, VERIFIER, World, basic, document, post
from tnid.client_log.entries import Entry, read_entry
from tnid.client_log.explanations import list_codes

CIBA = "urn:openid:params:grant-type:ciba"
DEVICE = "urn:ietf:params:oauth:grant-type:device_code"
Drive = Callable[[World], Client | None]


def entered(world: World) -> list[Entry]:
    """Return what would be entered of all that the provider recorded."""
    entries = []
    for number, row in enumerate(world.events.rows):
        columns = {"outcome": "ok", "reason": None, "client_id": None, "account_id": None, "details": None}
        columns |= {"request_id": f"{number:016x}", "occurred_at": row["now"], **row}
        entries.append(_read(number, columns))
    return [entry for entry in entries if entry is not None]


def _read(number: int, columns: dict[str, object]) -> Entry | None:
    details = columns["details"]
    text = orjson.dumps(details).decode() if details else None
    return read_entry(SimpleNamespace(**{**columns, "id": number, "details": text}))


def invalid_request(world: World) -> Client:
    world.authorize(response_type=None)
    return world.client


def unsafe_request(world: World) -> Client:
    world.authorize(redirect_uri="https://elsewhere.example/cb")
    return world.client


def unknown_client(world: World) -> None:
    world.authorize(client_id="nobody")


def unreadable_request_object(world: World) -> Client:
    world.authorize(redirect_uri=None, request="no.jwt.here")
    return world.client


def unusable_request_uri(world: World) -> Client:
    world.authorize(request_uri="urn:ietf:params:oauth:request_uri:never")
    return world.client


def expired_interaction(world: World) -> Client:
    shown = world.authorize()
    assert isinstance(shown, Prompt)
    world.now += 3600
    world.resume(shown)
    return world.client


def invalid_client(world: World) -> Client:
    world.token({"grant_type": "client_credentials"}, secret="wrong")
    return world.client


def invalid_grant(world: World) -> Client:
    code = world.new_code()
    body = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT_URI}
    world.token({**body, "code_verifier": "w" * 43})
    return world.client


def unauthorized_client(world: World) -> Client:
    world.token({"grant_type": "client_credentials"})
    return world.client


def unsupported_grant_type(world: World) -> Client:
    world.token({"grant_type": "password"})
    return world.client


def unsupported_response_type(world: World) -> Client:
    world.authorize(response_type="token")
    return world.client


def invalid_scope(world: World) -> Client:
    world.authorize(scope="profile")
    return world.client


def invalid_target(world: World) -> Client:
    world.authorize(resource="https://api.example")
    return world.client


def invalid_authorization_details(world: World) -> Client:
    world.authorize(authorization_details="[]")
    return world.client


def access_denied(world: World) -> Client:
    shown = world.authorize(world.end_user())
    assert isinstance(shown, Prompt)
    world.provider.interactions.deny(shown.interaction.uid, world.now)
    world.now += 21
    world.resume(shown, world.end_user())
    return world.client


def login_required(world: World) -> Client:
    world.authorize(prompt="none")
    return world.client


def account_selection_required(world: World) -> Client:
    # prompt=none goes with no other value, and nothing else asks for a choice: the rule's own error
    error = errors.AccountSelectionRequired("An account must be chosen.")
    record_refusal(world.events, "authorization.refused", error, world.now, world.client.client_id)
    return world.client


def consent_required(world: World) -> Client:
    world.authorize(world.end_user(), prompt="none")
    return world.client


def interaction_required(world: World) -> Client:
    world.agree()
    world.authorize(world.end_user(acr="LoA1"), prompt="none", acr_values="LoA2")
    return world.client


def request_uri_not_supported(world: World) -> Client:
    world.authorize(request_uri="https://rp.example/object")
    return world.client


def invalid_request_object(world: World) -> Client:
    world.authorize(request="no.jwt.here")
    return world.client


def invalid_request_uri(world: World) -> Client:
    client, _ = world.add_client(
        request_uris=["https://rp.example/object"], request_object_signing_alg="RS256",
        jwks_uri="https://rp.example/jwks",
    )  # fmt: skip
    world.ask(world.query(client, request_uri="https://rp.example/other"))
    return client


def registration_not_supported(world: World) -> Client:
    world.authorize(registration="{}")
    return world.client


def unmet_authentication_requirements(world: World) -> Client:
    world.authorize(claims='{"id_token":{"acr":{"essential":true,"value":"LoA9"}}}')
    return world.client


def begin_device(world: World) -> tuple[Client, str, str]:
    client, secret = world.add_client(grant_types=[DEVICE], response_types=[], redirect_uris=[])
    header = basic(client.client_id, secret)
    answer = world.provider.device_authorization.respond(post({"scope": "openid"}, header), world.now)
    return client, header, str(orjson.loads(answer.body)["device_code"])


def poll(world: World, header: str, device_code: str) -> None:
    body = {"grant_type": DEVICE, "device_code": device_code}
    world.provider.token.respond(post(body, header), world.now)


def slow_down(world: World) -> Client:
    client, header, code = begin_device(world)
    poll(world, header, code)
    poll(world, header, code)
    return client


def expired_token(world: World) -> Client:
    client, header, code = begin_device(world)
    world.now += 3600
    poll(world, header, code)
    return client


def invalid_binding_message(world: World) -> Client:
    client, secret = world.add_client(
        grant_types=[CIBA], response_types=[], redirect_uris=[], backchannel_token_delivery_mode="poll"
    )
    asked = {"scope": "openid", "login_hint": "lan", "binding_message": "see https://elsewhere.example"}
    request = post(asked, basic(client.client_id, secret))
    world.provider.backchannel_authentication.respond(request, world.now)
    return client


def invalid_token(world: World) -> Client:
    token = world.sign_in()["access_token"]
    world.now += 3600
    world.userinfo(token)
    return world.client


def insufficient_scope(world: World) -> Client:
    client, secret = world.add_client(grant_types=["client_credentials"], response_types=[], redirect_uris=[])
    answer = world.token({"grant_type": "client_credentials"}, client, secret)
    world.userinfo(orjson.loads(answer.body)["access_token"])
    return client


def invalid_dpop_proof(world: World) -> Client:
    code = world.new_code()
    body = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT_URI}
    request = post(
        {**body, "code_verifier": VERIFIER}, basic(world.client.client_id, world.secret), dpop="no.proof"
    )
    world.provider.token.respond(request, world.now)
    return world.client


def use_dpop_nonce(world: World) -> Client:
    error = errors.UseDpopNonce("Try again with this nonce.", "n-1")
    refuse(world.events, "token.refused", error, world.now, world.client.client_id, post({}))
    return world.client


def server_error(world: World) -> Client:
    return in_sandbox(world, "server_error")


def temporarily_unavailable(world: World) -> Client:
    return in_sandbox(world, "temporarily_unavailable")


def in_sandbox(world: World, fault: str) -> Client:
    client, _ = world.add_client()
    world.clients.add(replace(client, is_sandbox=1))
    world.ask(world.query(client, sandbox_fault=fault))
    return client


def registration_fixed(world: World) -> Client:
    error = errors.RegistrationFixed("What was agreed is ended by agreement.")
    refuse(world.events, "client.manage_refused", error, world.now, world.client.client_id, post({}))
    return world.client


def registration_full(world: World) -> None:
    error = errors.RegistrationFull("The team has as many applications as it may.")
    refuse(world.events, "client.register_refused", error, world.now, None, post({}))


def invalid_client_metadata(world: World) -> None:
    register(world, b'{"redirect_uris": ["https://rp.example/cb"], "token_endpoint_auth_method": "magic"}')


def invalid_redirect_uri(world: World) -> None:
    register(world, b'{"redirect_uris": ["https://rp.example/cb#here"]}')


def register(world: World, document: bytes) -> None:
    token = world.provider.registration.initial_access_token(world.now, 60)
    request = Request("POST", body=document, content_type="application/json", authorization=f"Bearer {token}")
    world.provider.registration.register(request, world.now)


DRIVES: dict[str, Drive] = {
    drive.__name__: drive
    for drive in (
        *(invalid_request, unsafe_request, unknown_client, unreadable_request_object, unusable_request_uri),
        *(expired_interaction, invalid_client, invalid_grant, unauthorized_client, unsupported_grant_type),
        *(unsupported_response_type, invalid_scope, invalid_target, invalid_authorization_details),
        *(access_denied, login_required, account_selection_required, consent_required),
        *(interaction_required, request_uri_not_supported, invalid_request_object, invalid_request_uri),
        *(registration_not_supported, unmet_authentication_requirements, slow_down, expired_token),
        *(invalid_binding_message, invalid_token, insufficient_scope, invalid_dpop_proof, use_dpop_nonce),
        *(invalid_client_metadata, invalid_redirect_uri, server_error, temporarily_unavailable),
        *(registration_fixed, registration_full),
    )
}
# RFC 8628 §3.5: heard again and again by whoever polls as they should, and no refusal. Of too many requests
# whoever counts them makes one event a minute
NO_REFUSALS = {errors.AuthorizationPending, errors.TooManyRequests}
KINDS = {
    "".join(f"_{c.lower()}" if c.isupper() else c for c in kind.__name__).lstrip("_"): kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, OAuthError)
}


def test_every_class_is_driven() -> None:
    bases = {errors.OAuthError, errors.PageError, errors.BadMetadata}
    assert DRIVES.keys() == {name for name, kind in KINDS.items() if kind not in bases | NO_REFUSALS}


@pytest.mark.parametrize("name", DRIVES)
def test_a_refusal_is_entered_for_whoever_asked(name: str) -> None:
    world = World()
    client = DRIVES[name](world)
    entry = entered(world)[-1]
    assert entry.outcome == "refused"
    assert entry.error == KINDS[name].code
    assert entry.client_id == (client.client_id if client else "")
    assert entry.description
    assert entry.is_entered


@pytest.mark.parametrize(
    ("drive", "stage", "seconds"),
    [
        (unsafe_request, "request", None),
        (access_denied, "consent", 21),
        (login_required, "sign_in", None),
        (expired_interaction, "sign_in", 3600),
        (invalid_grant, "token", 0),
        (invalid_token, "userinfo", None),
        (expired_token, "token", 3600),
    ],
)
def test_an_entry_says_where_and_when(drive: Drive, stage: str, seconds: int | None) -> None:
    world = World()
    drive(world)
    entry = entered(world)[-1]
    assert (entry.stage, entry.seconds) == (stage, seconds)
    assert bool(entry.flow) == (seconds is not None or stage == "userinfo")


def test_what_was_sent_is_told_but_for_secrets_and_people() -> None:
    world = World()
    canary = "lan.nguyen@example.vn"
    world.authorize(
        scope="profile", login_hint=canary, state=canary, nonce="0912345678", prompt="login",
        redirect_uri=REDIRECT_URI, id_token_hint="eyJ.canary", display="0912345678",
    )  # fmt: skip
    world.authorize(redirect_uri=f"https://rp.example/wrong?who={canary}#{canary}")
    refused, unsafe = entered(world)[-2:]
    assert refused.sent["prompt"] == "login"
    assert refused.sent["redirect_uri"] == REDIRECT_URI
    assert refused.sent["state"] == refused.sent["login_hint"] == refused.sent["nonce"] == "***"
    assert unsafe.sent["redirect_uri"] == "https://rp.example/wrong?***#***"
    for entry in (refused, unsafe):
        assert "lan.nguyen" not in repr(entry)
        assert "0912345678" not in repr(entry)


def test_the_log_says_of_a_wrong_secret_what_the_answer_tells_nobody() -> None:
    world = World()
    answer = world.token({"grant_type": "client_credentials"}, secret="wrong")
    assert "registered" not in document(answer)["error_description"]
    assert "client_secret_basic" in entered(world)[-1].description
    public = post({"grant_type": "refresh_token", "client_id": world.client.client_id})
    world.provider.token.respond(public, world.now)
    assert "it was called by none" in entered(world)[-1].description


def test_a_stage_of_token_requests_is_that_of_the_grant() -> None:
    world = World()
    world.refresh("no.token")
    world.token({"grant_type": "client_credentials"})
    assert [entry.stage for entry in entered(world)][-2:] == ["refresh", "machine"]


def test_a_code_and_its_sign_in_are_one_flow() -> None:
    world = World()
    world.agree()
    shown = world.authorize()
    assert isinstance(shown, Prompt)
    uid = shown.interaction.uid
    world.provider.interactions.mark_authenticated(uid, "sid-1", world.now)
    world.resume(shown, world.end_user())
    grant = next(iter(world.grants.rows.values()))
    body = {"grant_type": "authorization_code", "redirect_uri": REDIRECT_URI, "code_verifier": VERIFIER}
    world.token({**body, "code": "another"})
    assert grant.id != uid
    assert grant.id == grant_id_of(uid)


def test_a_refused_sign_out_names_who_asked() -> None:
    world = World()
    asked = Parameters(
        {"client_id": world.client.client_id, "post_logout_redirect_uri": "https://rp.example/no"},
        frozenset(),
    )
    with pytest.raises(errors.InvalidRequest) as caught:
        world.provider.end_session.check(asked, lambda _client: None, world.now)
    assert caught.value.client_id == world.client.client_id
    assert caught.value.sent["post_logout_redirect_uri"] == "https://rp.example/no"


def test_every_code_of_ours_is_explained() -> None:
    codes = {
        kind.code
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, errors.OAuthError)
    }
    assert codes - {"authorization_pending"} <= list_codes()
