"""Security events: RFC 8417 tokens, pushed as RFC 8935 says, and the answers of who was told."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from joserfc import jws
from joserfc.jwk import KeySet

from oidc.clients.outbound import Outbound, OutboundRefused, Parcel
from oidc.clients.registration import new_client
from oidc.errors import InvalidClientMetadata
from oidc.models import Client
from oidc.security_events.models import ACCOUNT_DELETED, CONSENT_NARROWED, SecurityEvent
from oidc.security_events.tokens import ACCOUNT_PURGED
from tests.oidc.world import ISSUER, NOW, REDIRECT_URI, World, basic, document, post

URI = "https://rp.example/events"


@pytest.fixture
def receiver(world: World) -> tuple[Client, str]:
    return world.add_client(client_id="receiver", security_events_uri=URI)


def event(world: World, **changes: Any) -> SecurityEvent:
    made = SecurityEvent("event-1", CONSENT_NARROWED, "receiver", "an", ("email", "email_verified"), NOW - 5)
    world.security_events.add(replace(made, **changes))
    return made


def verified(world: World, token: str) -> dict[str, Any]:
    """Return the claims of a token as its receiver has them: by the published keys."""
    keys = KeySet.import_key_set(json.loads(world.provider.jwks(world.now).body))
    found = jws.deserialize_compact(token, keys)
    assert found.headers()["typ"] == "secevent+jwt" and found.payload is not None
    claims: dict[str, Any] = json.loads(found.payload)
    return claims


def test_a_token_says_what_happened_to_whom(world: World, receiver: tuple[Client, str]) -> None:
    event(world)
    parcel = world.provider.security_events.compose("event-1", "an", world.now)
    assert parcel is not None and parcel.url == URI
    assert (parcel.content_type, parcel.accept) == ("application/secevent+jwt", "application/json")
    assert parcel.taken_by == (202,)
    claims = verified(world, parcel.body.decode())
    subject = world.provider.subjects.subject(receiver[0], "an")
    assert claims == {
        "iss": ISSUER,
        "aud": "receiver",
        "iat": world.now,
        "jti": "event-1",
        "toe": NOW - 5,
        "sub_id": {"format": "iss_sub", "iss": ISSUER, "sub": subject},
        "events": {f"{ISSUER}/events/consent-narrowed": {"claims": ["email", "email_verified"]}},
    }


def test_an_account_that_is_gone_has_the_name_that_others_know(
    world: World, receiver: tuple[Client, str]
) -> None:
    event(world, kind=ACCOUNT_DELETED, claims=(), account_id=None)
    parcel = world.provider.security_events.compose("event-1", "an", world.now)
    assert parcel is not None
    claims = verified(world, parcel.body.decode())
    assert claims["events"] == {ACCOUNT_PURGED: {}} and "sub" not in claims and "exp" not in claims


def test_nobody_is_told_who_wants_to_be_told_no_more(world: World, receiver: tuple[Client, str]) -> None:
    event(world)
    world.clients.set_metadata("receiver", {**receiver[0].metadata, "security_events_uri": None}, NOW)
    assert world.provider.security_events.compose("event-1", "an", world.now) is None
    assert world.provider.security_events.compose("unknown", "an", world.now) is None


def answer(world: World, secret: str, client_id: str = "receiver", **form: str) -> tuple[int, dict[str, Any]]:
    request = post({"jti": "event-1", **form}, basic(client_id, secret))
    response = world.provider.security_event_answers.respond(request, world.now)
    return response.status, document(response)


def test_an_application_says_that_it_kept_and_later_that_it_deleted(
    world: World, receiver: tuple[Client, str]
) -> None:
    event(world)
    reason = "Hồ sơ kế toán phải giữ 5 năm"
    assert answer(world, receiver[1], outcome="kept", reason=reason) == (
        200, {"jti": "event-1", "outcome": "kept"},
    )  # fmt: skip
    kept = world.security_events.rows["event-1"]
    assert (kept.outcome, kept.reason, kept.answered_at) == ("kept", reason, world.now)
    assert answer(world, receiver[1], outcome="deleted")[0] == 200
    assert answer(world, receiver[1], outcome="deleted")[0] == 200, "sent again after a lost answer"
    assert world.security_events.rows["event-1"].reason is None
    assert answer(world, receiver[1], outcome="kept", reason="doch")[0] == 400, "deleted is final"
    events = [row["event"] for row in world.events.rows]
    assert events == ["security_event.kept", "security_event.deleted", "security_event.refused"]


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"outcome": "burnt"},
        {"outcome": "kept"},
        {"outcome": "kept", "reason": "  "},
        {"outcome": "kept", "reason": "x" * 301},
        {"outcome": "kept", "reason": "a\u202eb"},
        {"outcome": "deleted", "jti": "event-2"},
        {"outcome": "deleted", "jti": ""},
    ],
)
def test_an_answer_that_is_none_is_refused_with_one_audit_row(
    world: World, receiver: tuple[Client, str], form: dict[str, str]
) -> None:
    event(world)
    status, said = answer(world, receiver[1], **form)
    assert (status, said["error"]) == (400, "invalid_request")
    assert len(world.events.rows) == 1 and world.security_events.rows["event-1"].outcome is None


def test_nobody_answers_for_another(world: World, receiver: tuple[Client, str]) -> None:
    event(world)
    assert answer(world, world.secret, world.client.client_id, outcome="deleted")[0] == 400
    assert answer(world, "wrong", outcome="deleted")[0] == 401
    public, _none = world.add_client(token_endpoint_auth_method="none")
    request = post({"jti": "event-1", "outcome": "deleted", "client_id": public.client_id})
    assert world.provider.security_event_answers.respond(request, world.now).status == 401
    assert world.security_events.rows["event-1"].outcome is None


@pytest.mark.parametrize(
    ("uri", "is_right"),
    [
        (URI, True),
        ("http://localhost:8002/events", True),
        ("http://127.0.0.1/events", True),
        ("http://rp.example/events", False),
        ("http://u@localhost/events", False),
        ("http://localhost.rp.example/events", False),
        ("https://rp.example/events#x", False),
        ("ftp://localhost/events", False),
        ("https://", False),
    ],
)
def test_where_events_are_pushed_to(uri: str, is_right: bool) -> None:
    registered = {"redirect_uris": [REDIRECT_URI], "security_events_uri": uri}
    if is_right:
        assert new_client(registered, 0)[0].security_events_uri == uri
        return
    with pytest.raises(InvalidClientMetadata):
        new_client(registered, 0)


def test_a_public_client_is_told_nothing() -> None:
    registered = {"redirect_uris": [REDIRECT_URI], "security_events_uri": URI}
    with pytest.raises(InvalidClientMetadata):
        new_client({**registered, "token_endpoint_auth_method": "none"}, 0)


def test_plain_http_is_posted_to_this_machine_alone_and_only_in_development(world: World) -> None:
    for url, outbound in (
        ("http://localhost:9/events", Outbound()),
        ("http://rp.example/events", Outbound(allow_loopback=True)),
    ):
        with pytest.raises(OutboundRefused, match="https"):
            outbound.post(Parcel(url, b""))
