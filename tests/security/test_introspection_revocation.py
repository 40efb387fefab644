"""Introspection (RFC 7662) and revocation (RFC 7009)."""

from __future__ import annotations

import pytest

from tests.security.attack import Attack
from tests.security.target import Party, Target, Victim
from tests.security.test_userinfo import bearer, spellings


@pytest.mark.parametrize("path", ["/introspect", "/revoke"])
def test_ir_001_who_asks_must_say_who_they_are(
    path: str, attack: Attack, client: Party, person: Victim, target: Target
) -> None:
    token = target.new_tokens(person, client)["access_token"]
    for headers in ({}, Party(client.client_id, "wrong").basic, bearer(token)):
        answer = attack.refused("POST", path, data={"token": token}, headers=headers)
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
        assert answer.headers["WWW-Authenticate"] and "active" not in answer.json()
    assert target.is_active(client, token)


def test_ir_001_a_public_client_can_not_introspect(attack: Attack, person: Victim, target: Target) -> None:
    public = target.new_client(token_endpoint_auth_method="none")
    token = target.new_tokens(person, public)["access_token"]
    answer = attack.refused("POST", "/introspect", data={"token": token, "client_id": public.client_id})
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


@pytest.mark.parametrize("path", ["/introspect", "/revoke"])
def test_ir_001_a_token_is_needed_once_and_in_the_body(
    path: str, attack: Attack, shared_client: Party
) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded", **shared_client.basic}
    for request in (
        {"headers": shared_client.basic},
        {"data": {"token": ""}, "headers": shared_client.basic},
        {"content": "token=a&token=b", "headers": form},
        {"params": {"token": "a"}, "headers": form},
        {"json": {"token": "a"}, "headers": shared_client.basic},
    ):
        answer = attack.refused("POST", path, **request)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request"), request


HINTS = [None, "access_token", "refresh_token", "id_token", "unknown", "", "' OR 1=1 --"]


@pytest.mark.parametrize("kind", ["access_token", "refresh_token", "id_token", "garbage"])
def test_ir_004_a_hint_changes_nothing(
    kind: str, attack: Attack, client: Party, person: Victim, target: Target
) -> None:
    token = {"garbage": "x" * 40, **target.new_tokens(person, client)}[kind]
    answers = []
    for hint in HINTS:
        form = {"token": token, **({} if hint is None else {"token_type_hint": hint})}
        answers.append(attack.send("POST", "/introspect", data=form, headers=client.basic).json())
    assert all(answer == answers[0] for answer in answers)
    assert answers[0]["active"] is (kind in ("access_token", "refresh_token"))
    assert answers[0]["active"] or answers[0] == {"active": False}


def test_ir_004_another_client_s_token_is_inactive(
    attack: Attack, client: Party, person: Victim, target: Target
) -> None:
    tokens, other = target.new_tokens(person, client), target.new_client()
    for name in ("access_token", "refresh_token", "id_token"):
        answer = attack.send("POST", "/introspect", data={"token": tokens[name]}, headers=other.basic)
        assert answer.json() == {"active": False}


@pytest.mark.parametrize("named", ["refresh_token", "access_token"])
def test_ir_006_a_revocation_ends_all_of_it(
    named: str, attack: Attack, client: Party, person: Victim, target: Target
) -> None:
    first = target.new_tokens(person, client)
    tokens = target.refresh(client, first["refresh_token"])
    answer = attack.send("POST", "/revoke", data={"token": tokens[named]}, headers=client.basic)
    assert answer.status_code == 200 and answer.content == b""
    for one in (first, tokens):
        assert not target.is_active(client, one["access_token"])
        assert not target.is_active(client, one["refresh_token"])
        assert attack.send("GET", "/userinfo", headers=bearer(one["access_token"])).status_code == 401
    attack.token_refused(client, client.refreshment(tokens["refresh_token"]), "invalid_grant")
    again = attack.send("POST", "/revoke", data={"token": tokens[named]}, headers=client.basic)
    assert again.status_code == 200


def test_ir_006_a_client_s_own_token_stays_revoked_however_it_is_spelt(
    attack: Attack, target: Target
) -> None:
    machine = target.new_client(grant_types=["client_credentials"], redirect_uris=[], scope="jobs.read")
    form = {"grant_type": "client_credentials"}
    for _ in range(3):
        token = target.keep(target.http.post("/token", data=form, headers=machine.basic).json())[
            "access_token"
        ]
        assert target.is_active(machine, token)
        attack.send("POST", "/revoke", data={"token": token}, headers=machine.basic)
        alive = [other for other in (token, *spellings(token)) if target.is_active(machine, other)]
        assert not alive


def test_ir_007_another_client_s_token_lives_on(
    attack: Attack, client: Party, person: Victim, target: Target
) -> None:
    tokens, other = target.new_tokens(person, client), target.new_client()
    public = target.new_client(token_endpoint_auth_method="none")
    for name in ("access_token", "refresh_token", "id_token"):
        form = {"token": tokens[name]}
        assert attack.send("POST", "/revoke", data=form, headers=other.basic).status_code in (200, 400)
        attack.send("POST", "/revoke", data={**form, "client_id": public.client_id})
    assert target.is_active(client, tokens["access_token"])
    assert target.refresh(client, tokens["refresh_token"])


@pytest.mark.parametrize("token", ["x", "A" * 3000, "ü", "a.b.c", "\u200b", "A" * 60_000])
def test_ir_006_garbage_is_revoked_already(token: str, attack: Attack, shared_client: Party) -> None:
    answer = attack.send("POST", "/revoke", data={"token": token}, headers=shared_client.basic)
    assert answer.status_code == 200
    answer = attack.send("POST", "/introspect", data={"token": token}, headers=shared_client.basic)
    assert answer.json() == {"active": False}
