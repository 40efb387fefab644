"""The token endpoint: codes and refresh tokens."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from oidc.models import OPENID
from tests.oidc.world import half_hash
from tests.security.attack import Attack
from tests.security.target import REDIRECT_URI, VERIFIER, Party, Target, Victim, parameters_of


def claims_of(token: str) -> dict[str, Any]:
    payload = token.split(".")[1]
    return dict(json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))))


def end_grace(target: Target, person: Victim) -> None:
    """Let the time pass in which a lost answer may be asked for again."""
    target.execute(
        "UPDATE grants SET rotated_at = rotated_at - 3600 WHERE account_id = :a", a=person.account_id
    )


def test_tk_004_a_code_belongs_to_its_client(
    attack: Attack, client: Party, person: Victim, target: Target
) -> None:
    code, thief = target.new_code(person, client), target.new_client()
    attack.token_refused(thief, client.redemption(code), "invalid_grant")
    # Nobody gets a second guess
    attack.token_refused(client, client.redemption(code), "invalid_grant")


def test_tk_004_a_stolen_code_that_was_redeemed_ends_what_it_gave(
    attack: Attack, client: Party, person: Victim, target: Target
) -> None:
    code, thief = target.new_code(person, client), target.new_client()
    tokens = target.http.post("/token", data=client.redemption(code), headers=client.basic).json()
    assert target.is_active(client, tokens["access_token"])
    attack.token_refused(thief, client.redemption(code), "invalid_grant")
    assert not target.is_active(client, tokens["access_token"])
    attack.token_refused(client, client.refreshment(tokens["refresh_token"]), "invalid_grant")
    target.keep(tokens)


def test_tk_004_a_public_client_can_not_redeem_a_confidential_one_s_code(
    attack: Attack, client: Party, person: Victim, target: Target
) -> None:
    code, public = target.new_code(person, client), target.new_client(token_endpoint_auth_method="none")
    attack.token_refused(None, {**client.redemption(code), "client_id": public.client_id}, "invalid_grant")


WRONG_URIS = [
    None,
    "",
    REDIRECT_URI + "/",
    "https://evil.com/cb",
    REDIRECT_URI.upper(),
    REDIRECT_URI + "?x=1",
]


@pytest.mark.parametrize("redirect_uri", WRONG_URIS)
def test_tk_006_the_redirect_uri_is_the_request_s(
    redirect_uri: str | None, attack: Attack, client: Party, person: Victim, target: Target
) -> None:
    code = target.new_code(person, client)
    attack.token_refused(client, client.redemption(code, redirect_uri=redirect_uri), "invalid_grant")


WRONG_VERIFIERS = [
    "",
    "a" * 43,
    VERIFIER[:-1],
    VERIFIER + "a",
    "a" * 42,
    "a" * 129,
    VERIFIER.upper(),
    "ü" * 43,
]


@pytest.mark.parametrize("verifier", [None, *WRONG_VERIFIERS])
def test_tk_008_a_wrong_verifier_spends_the_code(
    verifier: str | None, attack: Attack, client: Party, person: Victim, target: Target
) -> None:
    code = target.new_code(person, client)
    attack.token_refused(client, client.redemption(code, code_verifier=verifier), "invalid_grant")
    attack.token_refused(client, client.redemption(code), "invalid_grant")


def test_tk_008_a_verifier_without_a_challenge_is_a_downgrade(
    attack: Attack, person: Victim, target: Target
) -> None:
    client = target.new_client(require_pkce=False)
    code = target.new_code(person, client, code_challenge=None, code_challenge_method=None)
    attack.token_refused(client, client.redemption(code), "invalid_grant")


def test_tk_010_an_old_refresh_token_ends_the_family(
    attack: Attack, client: Party, person: Victim, target: Target
) -> None:
    first = target.new_tokens(person, client)
    second = target.refresh(client, first["refresh_token"])
    third = target.refresh(client, second["refresh_token"])
    # Two generations back: not even within the grace
    stolen = client.refreshment(first["refresh_token"])
    with attack.one_refusal("token.refused", "refresh_token_reused"):
        answer = attack.send("POST", "/token", data=stolen, headers=client.basic)
    assert answer.status_code == 400 and answer.json()["error"] == "invalid_grant"
    for tokens in (first, second, third):
        assert not target.is_active(client, tokens["access_token"])
        assert not target.is_active(client, tokens["refresh_token"])
        attack.token_refused(client, client.refreshment(tokens["refresh_token"]), "invalid_grant")


def test_tk_010_the_last_refresh_token_after_the_grace_ends_the_family(
    attack: Attack, client: Party, person: Victim, target: Target
) -> None:
    first = target.new_tokens(person, client)
    second = target.refresh(client, first["refresh_token"])
    assert target.refresh(client, first["refresh_token"])["refresh_token"] == second["refresh_token"]
    end_grace(target, person)
    attack.token_refused(client, client.refreshment(first["refresh_token"]), "invalid_grant")
    attack.token_refused(client, client.refreshment(second["refresh_token"]), "invalid_grant")
    assert not target.is_active(client, second["access_token"])


def test_tk_010_the_person_is_told_once_which_application_and_what_to_do(
    attack: Attack, client: Party, target: Target
) -> None:
    phone = "+84912000110"
    person = target.new_person(totp=False, phone_number=phone, phone_number_verified=True)
    first = target.new_tokens(person, client)
    target.refresh(client, target.refresh(client, first["refresh_token"])["refresh_token"])
    for _ in range(2):
        attack.token_refused(client, client.refreshment(first["refresh_token"]), "invalid_grant")
    rows = target.services.messages.list_by_account(person.account_id)
    (told,) = [row for row in rows if row.text == "token_reused"]
    app = target.services.clients.find(client.client_id)
    assert target.services.messages.open(told).values == {"app": app.text("client_name", "vi")}


def test_tk_013_a_refresh_token_belongs_to_its_client(
    attack: Attack, client: Party, person: Victim, target: Target
) -> None:
    tokens = target.new_tokens(person, client)
    thief, public = target.new_client(), target.new_client(token_endpoint_auth_method="none")
    form = client.refreshment(tokens["refresh_token"])
    attack.token_refused(thief, form, "invalid_grant")
    attack.token_refused(None, {**form, "client_id": public.client_id}, "invalid_grant")
    attack.token_refused(None, {**form, "client_id": client.client_id}, "invalid_client", 401)
    # A stranger's try is no reuse: it must not sign the person out
    assert target.refresh(client, tokens["refresh_token"])["refresh_token"]


@pytest.mark.parametrize(
    "scope", ["openid phone", "openid profile admin", "phone", "*", "openid offline_access"]
)
def test_tk_014_a_refresh_can_not_widen_the_scope(
    scope: str, attack: Attack, client: Party, person: Victim, target: Target
) -> None:
    tokens = target.new_tokens(person, client, scope="openid profile")
    attack.token_refused(client, client.refreshment(tokens["refresh_token"], scope=scope), "invalid_scope")
    narrow = client.refreshment(tokens["refresh_token"], scope=OPENID)
    answer = target.http.post("/token", data=narrow, headers=client.basic).json()
    target.hide(answer["access_token"])
    headers = {"Authorization": f"Bearer {answer['access_token']}"}
    assert "name" not in target.http.get("/userinfo", headers=headers).json()


def test_tk_014_a_scope_said_a_thousand_times_is_one(
    attack: Attack, client: Party, person: Victim, target: Target
) -> None:
    """Otherwise the access token, which holds it, would be longer than any header that we take."""
    tokens = target.new_tokens(person, client, scope="openid profile")
    form = client.refreshment(tokens["refresh_token"], scope="openid profile " * 1000)
    answer = target.keep(attack.send("POST", "/token", data=form, headers=client.basic).json())
    assert answer["scope"] == "openid profile" and len(answer["access_token"]) < 200
    machine = target.new_client(grant_types=["client_credentials"], redirect_uris=[], scope="jobs.read")
    own = {"grant_type": "client_credentials", "scope": "jobs.read " * 1000}
    answer = target.keep(attack.send("POST", "/token", data=own, headers=machine.basic).json())
    assert answer["scope"] == "jobs.read" and len(answer["access_token"]) < 200


def test_tk_016_a_grant_ends_however_often_it_is_used(
    attack: Attack, client: Party, person: Victim, target: Target
) -> None:
    tokens = target.new_tokens(person, client, scope="openid offline_access")
    tokens = target.refresh(client, tokens["refresh_token"])
    target.execute("UPDATE grants SET expires_at = created_at - 1 WHERE account_id = :a", a=person.account_id)
    attack.token_refused(client, client.refreshment(tokens["refresh_token"]), "invalid_grant")
    assert not target.is_active(client, tokens["access_token"])


def test_tk_016_a_code_lives_a_minute(attack: Attack, client: Party, person: Victim, target: Target) -> None:
    code = target.new_code(person, client)
    target.execute(
        "UPDATE grants SET code_expires_at = code_expires_at - 61 WHERE account_id = :a", a=person.account_id
    )
    attack.token_refused(client, client.redemption(code), "invalid_grant")


@pytest.mark.parametrize("token", ["", "x", "A" * 43, "ü", "..", "A" * 5000, "a" * 300])
@pytest.mark.parametrize("grant", ["code", "refresh_token"])
def test_tk_013_made_up_tokens(token: str, grant: str, attack: Attack, shared_client: Party) -> None:
    form = (
        shared_client.redemption(token) if grant == "code" else shared_client.refreshment(token)
    )  # fmt: skip
    attack.token_refused(shared_client, form, "invalid_grant" if token else "invalid_request")


def test_tk_013_other_tokens_are_no_refresh_token(
    attack: Attack, client: Party, person: Victim, target: Target
) -> None:
    tokens = target.new_tokens(person, client)
    for other in (tokens["access_token"], tokens["id_token"], tokens["refresh_token"][:-1] + "!"):
        attack.token_refused(client, client.refreshment(other), "invalid_grant")
    attack.token_refused(client, client.redemption(tokens["refresh_token"]), "invalid_grant")


def test_tk_018_a_grant_type_must_be_registered(attack: Attack, person: Victim, target: Target) -> None:
    web = target.new_client(grant_types=["authorization_code"])
    attack.token_refused(web, {"grant_type": "client_credentials"}, "unauthorized_client")
    attack.token_refused(web, web.refreshment("x"), "unauthorized_client")
    assert "refresh_token" not in target.new_tokens(person, web)
    machine = target.new_client(grant_types=["client_credentials"], redirect_uris=[], scope="jobs.read")
    attack.token_refused(machine, web.redemption("x"), "unauthorized_client")


def test_tk_036_grants_that_are_off(attack: Attack, shared_client: Party) -> None:
    urn = "urn:ietf:params:oauth:grant-type:"
    more = {"device_code": "x", "username": "a", "password": "b", "auth_req_id": "x", "subject_token": "x"}
    for grant in (f"{urn}jwt-bearer", f"{urn}saml2-bearer", "password", "implicit", "x"):
        attack.token_refused(shared_client, {"grant_type": grant, **more}, "unsupported_grant_type")
    for grant in (f"{urn}device_code", f"{urn}token-exchange"):
        attack.token_refused(shared_client, {"grant_type": grant, **more}, "unauthorized_client")
    attack.token_refused(shared_client, {"code": "x"}, "invalid_request")


@pytest.mark.parametrize(
    "scope", ["openid", "profile", "jobs.read openid", "jobs.write", "jobs.read admin", '"']
)
def test_tk_019_a_client_s_own_token_is_nobody_s(scope: str, attack: Attack, target: Target) -> None:
    machine = target.new_client(grant_types=["client_credentials"], redirect_uris=[], scope="jobs.read")
    form = {"grant_type": "client_credentials", "scope": scope}
    attack.token_refused(machine, form, "invalid_scope")
    answer = target.http.post("/token", data={**form, "scope": "jobs.read"}, headers=machine.basic).json()
    target.hide(answer["access_token"])
    assert set(answer) == {"access_token", "token_type", "expires_in", "scope"}
    token = {"token": answer["access_token"]}
    found = target.http.post("/introspect", data=token, headers=machine.basic).json()
    assert found["sub"] == machine.client_id and found["scope"] == "jobs.read"


def test_tk_038_what_a_code_gives(attack: Attack, person: Victim, client: Party, target: Target) -> None:
    code = target.new_code(person, client, scope="openid profile", nonce="n-1")
    answer = attack.send("POST", "/token", data=client.redemption(code), headers=client.basic)
    tokens = answer.json()
    target.keep(tokens)
    assert answer.headers["Cache-Control"] == "no-store" and tokens["expires_in"] > 0
    assert tokens["token_type"] == "Bearer"
    claims = claims_of(tokens["id_token"])
    assert claims["iss"] == target.provider.issuer and claims["aud"] == client.client_id
    assert claims["nonce"] == "n-1" and claims["at_hash"] == half_hash(tokens["access_token"])
    assert claims["sub"] != person.account_id, "the subject is pairwise"
    for token in (tokens["access_token"], tokens["refresh_token"]):
        decoded = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        assert person.username.encode() not in decoded and person.account_id.encode() not in decoded


def test_tk_038_a_code_is_in_nobody_else_s_answer(attack: Attack, person: Victim, target: Target) -> None:
    one, other = target.new_client(), target.new_client()
    target.agree(person, one)
    target.agree(person, other)
    attack.sign_in(person)
    codes = [parameters_of(attack.send("GET", "/authorize", params=p.query()))["code"] for p in (one, other)]
    target.hide(*codes)
    subjects = []
    for party, code in zip((one, other), codes, strict=True):
        tokens = attack.send("POST", "/token", data=party.redemption(code), headers=party.basic).json()
        target.keep(tokens)
        subjects.append(claims_of(tokens["id_token"])["sub"])
    # Both are on one host, hence one sector: OpenID Connect Core §8.1
    assert len(codes) == len(set(codes)) and subjects[0] == subjects[1]
