"""RFC 9126: a request that the client sends ahead, and a handle of it that works once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

import pytest

from oidc.authorization.prompts import Prompt
from oidc.errors import UnknownClient, UnsafeRequest, UnusableRequestUri
from oidc.http import Request, Response
from oidc.models import Client
from tests.oidc.world import CHALLENGE, REDIRECT_URI, World, basic, document, location, post

URN = "urn:ietf:params:oauth:request_uri:"
THUMBPRINT = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"  # RFC 9449 §10


def push(world: World, client: Client | None = None, secret: str | None = None, **changes: Any) -> Response:
    client = client or world.client
    form = dict(parse_qsl(world.query(client, **changes)))
    header = basic(client.client_id, world.secret if secret is None else secret)
    return world.provider.pushed_requests.respond(post(form, header), world.now)


def pushed_uri(world: World, **changes: Any) -> str:
    answer = push(world, **changes)
    assert answer.status == 201, answer.body
    uri: str = document(answer)["request_uri"]
    return uri


def ask(world: World, uri: str, end_user: Any = None, client: Client | None = None, more: str = "") -> Any:
    return world.ask(f"client_id={(client or world.client).client_id}&request_uri={uri}{more}", end_user)


def test_a_pushed_request_is_answered_201_with_a_random_uri_and_its_lifetime(world: World) -> None:
    first, second = (push(world) for _ in range(2))
    assert first.status == 201 and dict(first.headers)["Cache-Control"] == "no-store"
    found = document(first)
    assert found["expires_in"] == 90 and found["request_uri"].startswith(URN)
    # RFC 9126 §2.2 and §7.1: 256 random bits
    assert len(found["request_uri"]) - len(URN) == 43
    assert found["request_uri"] != document(second)["request_uri"]


def test_the_request_is_the_pushed_one_and_nothing_beside_it_counts(world: World) -> None:
    world.agree()
    uri = pushed_uri(world, state="pushed", nonce="n-1", scope="openid email", dpop_jkt=THUMBPRINT)
    beside = (
        "&redirect_uri=https://evil.example/&state=beside&scope=openid%20phone&response_type=token&nonce=x"
    )
    found = location(ask(world, uri, world.end_user(), more=beside))
    assert found["state"] == "pushed"
    [grant] = world.grants.rows.values()
    assert (grant.scope, grant.nonce, grant.redirect_uri) == ("openid email", "n-1", REDIRECT_URI)
    assert (grant.code_challenge, grant.dpop_jkt) == (CHALLENGE, THUMBPRINT)
    assert document(world.redeem(found["code"]))["error"] == "invalid_grant", "the code needs its key's proof"


def test_a_request_uri_gives_one_code(world: World) -> None:
    world.agree()
    uri = pushed_uri(world)
    assert location(ask(world, uri, world.end_user()))["code"]
    assert isinstance(ask(world, uri, world.end_user()), UnusableRequestUri)
    assert isinstance(ask(world, uri), UnusableRequestUri), "nobody is asked to sign in for nothing"
    assert len(world.grants.rows) == 1


def test_a_reload_before_the_code_shows_the_sign_in_again_and_one_of_the_pages_wins(world: World) -> None:
    world.agree()
    uri = pushed_uri(world)
    pages = [ask(world, uri) for _ in range(2)]
    assert all(isinstance(page, Prompt) and page.name == "login" for page in pages)
    world.now += 300
    assert isinstance(ask(world, uri), UnusableRequestUri), "expired for new looks"
    assert location(world.resume(pages[0], world.end_user()))["code"]
    assert isinstance(world.resume(pages[1], world.end_user()), UnusableRequestUri)
    assert len(world.grants.rows) == 1


def test_a_silent_answer_after_the_code_writes_nothing(world: World) -> None:
    world.agree()
    uri = pushed_uri(world)
    asked = Request("GET", f"client_id={world.client.client_id}&request_uri={uri}")
    assert world.answer_silently(asked)
    assert world.answer_silently(asked) is None and len(world.grants.rows) == 1


def test_a_request_uri_expires(world: World) -> None:
    uri = pushed_uri(world)
    world.now += 89
    assert isinstance(ask(world, uri), Prompt)
    world.now += 1
    assert isinstance(ask(world, uri), UnusableRequestUri)


def test_a_request_uri_belongs_to_the_client_that_pushed_it(world: World) -> None:
    other, _ = world.add_client()
    uri = pushed_uri(world)
    assert isinstance(ask(world, uri, client=other), UnusableRequestUri)
    assert isinstance(ask(world, URN + "x" * 43), UnusableRequestUri)
    assert isinstance(world.ask(f"request_uri={uri}"), UnknownClient)
    assert isinstance(ask(world, uri), Prompt), "the attempt has spent nothing"


def test_a_redirect_uri_that_was_removed_meanwhile_is_not_used(world: World) -> None:
    uri = pushed_uri(world)
    metadata = {**world.client.metadata, "redirect_uris": ["https://rp.example/other"]}
    world.clients.add(replace(world.client, metadata=metadata))
    assert isinstance(ask(world, uri), UnsafeRequest)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"request_uri": URN + "x"}, "invalid_request"),
        ({"request_uri": "https://rp.example/r"}, "invalid_request"),
        ({"redirect_uri": "https://evil.example/"}, "invalid_request"),
        ({"redirect_uri": None}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": None}, "invalid_request"),
        ({"scope": None}, "invalid_scope"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"dpop_jkt": "short"}, "invalid_request"),
        ({"dpop_jkt": THUMBPRINT + "="}, "invalid_request"),
        ({"client_id": "another"}, "invalid_request"),
    ],
)
def test_a_bad_request_is_refused_in_json_when_it_is_pushed(
    world: World, changes: dict[str, str], error: str
) -> None:
    answer = push(world, **changes)
    assert (answer.status, document(answer)["error"]) == (400, error)
    assert not world.pushed_requests.rows and len(world.events.rows) == 1
    assert "Location" not in dict(answer.headers)


def test_a_client_authenticates_as_at_the_token_endpoint(world: World) -> None:
    wrong = push(world, secret="wrong" * 8)
    assert (wrong.status, document(wrong)["error"]) == (401, "invalid_client")
    nobody = world.provider.pushed_requests.respond(post(world.query()), world.now)
    assert (nobody.status, document(nobody)["error"]) == (401, "invalid_client")
    public, _ = world.add_client(token_endpoint_auth_method="none")
    told = world.provider.pushed_requests.respond(post(world.query(public)), world.now)
    assert told.status == 201, "RFC 9126 §2: a public client identifies itself"


def test_parameters_in_the_address_or_twice_are_refused(world: World) -> None:
    respond = world.provider.pushed_requests.respond
    header = basic(world.client.client_id, world.secret)
    for request in (
        Request("GET", world.query(), authorization=header),
        Request("POST", world.query(), b"", "application/x-www-form-urlencoded", header),
        post(world.query() + "&state=again", header),
    ):
        answer = respond(request, world.now)
        assert (answer.status, document(answer)["error"]) == (400, "invalid_request")


# Clients that may do nothing else: RFC 9126 §6


@pytest.mark.parametrize("policy", [{"require_pushed_authorization_requests": True}, {"profile": "fapi2"}])
def test_a_client_that_must_push_gets_no_answer_to_parameters(world: World, policy: dict[str, Any]) -> None:
    client, world.secret = world.add_client(**{n: v for n, v in policy.items() if n != "profile"})
    world.client = replace(client, profile=policy.get("profile", "default"))
    world.clients.add(world.client)
    world.agree()
    found = location(world.authorize(world.end_user()))
    assert (found["error"], found["state"]) == ("invalid_request", "state-1")
    assert location(ask(world, pushed_uri(world), world.end_user()))["code"]


def test_fapi2_takes_pkce_from_everyone(world: World) -> None:
    """FAPI 2.0 Security Profile §5.3.2.2: whatever else the operator has set."""
    world.client = replace(world.client, profile="fapi2", require_pkce=False)
    world.clients.add(world.client)
    answer = push(world, code_challenge=None, code_challenge_method=None)
    assert document(answer)["error"] == "invalid_request"


def test_dpop_jkt_is_taken_at_the_authorization_endpoint_too(world: World) -> None:
    """RFC 9449 §10."""
    world.new_code(dpop_jkt=THUMBPRINT)
    [grant] = world.grants.rows.values()
    assert grant.dpop_jkt == THUMBPRINT
    assert location(world.authorize(world.end_user(), dpop_jkt="x"))["error"] == "invalid_request"


def test_discovery_names_the_endpoint(world: World) -> None:
    found = document(world.provider.metadata())
    assert found["pushed_authorization_request_endpoint"].endswith("/par")
    assert found["require_pushed_authorization_requests"] is False
