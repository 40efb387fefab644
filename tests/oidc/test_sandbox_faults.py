"""Faults that a sandbox's developer asks for: by parameter, each as it would be in truth."""

from __future__ import annotations

from typing import Any

import pytest
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from oidc.http import Request, Response
from oidc.sandbox_faults import ERRORS, HEADER, PARAMETER
from tests.oidc.test_worlds import Trial
from tests.oidc.world import ISSUER, World, claims_of, document, location


@pytest.fixture
def trial() -> Trial:
    made = Trial()
    made.agree()
    return made


def ask(world: World, fault: str) -> Response:
    answer = world.authorize(world.end_user(), sandbox_fault=fault)
    assert isinstance(answer, Response)
    return answer


@pytest.mark.parametrize("error", ERRORS)
def test_an_error_comes_back_as_any_would(trial: Trial, error: str) -> None:
    told = location(ask(trial, error))
    assert (told["error"], told["state"], told["iss"]) == (error, "state-1", ISSUER)
    assert trial.events.rows[-1]["reason"] == "sandbox_fault"
    silently = Request("GET", trial.query(sandbox_fault=error))
    assert trial.answer_silently(silently, is_sandbox=True) is None


@pytest.mark.parametrize("fault", [*ERRORS, "code_expired", "code_used", "nonsense"])
def test_a_live_client_s_parameter_is_one_that_nobody_knows(world: World, fault: str) -> None:
    world.agree()
    code = location(ask(world, fault))["code"]
    answer = document(world.redeem(code))
    assert claims_of(answer["id_token"])["iss"] == ISSUER
    again = {"grant_type": "refresh_token", "refresh_token": answer["refresh_token"]}
    assert world.token({**again, PARAMETER: "token_unavailable"}).status == 200
    bearer = f"Bearer {answer['access_token']}"
    request = Request("GET", f"{PARAMETER}=userinfo_unauthorized", authorization=bearer)
    assert world.provider.userinfo.respond(request, world.now).status == 200


def test_a_fault_that_there_is_not_is_said_to_the_developer(trial: Trial) -> None:
    told = location(ask(trial, "nonsense"))
    assert told["error"] == "invalid_request" and "access_denied" in told["error_description"]


@pytest.mark.parametrize("fault", ["code_expired", "code_used"])
def test_a_code_that_is_good_no_more(trial: Trial, fault: str) -> None:
    code = location(ask(trial, fault))["code"]
    answer = trial.redeem(code)
    assert answer.status == 400 and document(answer)["error"] == "invalid_grant"
    assert ("used before" in document(answer)["error_description"]) == (fault == "code_used")


def redeem(trial: Trial, fault: str, **changes: str) -> Response:
    code = trial.new_code(**changes)
    return trial.token(
        {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": "https://rp.example/cb",
            "code_verifier": "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
            PARAMETER: fault,
        }
    )


def id_token(trial: Trial, fault: str) -> str:
    answer = redeem(trial, fault, nonce="n-1")
    assert answer.status == 200 and (HEADER, fault) in answer.headers
    return str(document(answer)["id_token"])


def is_signed(trial: Trial, token: str) -> bool:
    keys = KeySet.import_key_set(document(trial.provider.jwks(trial.now)))
    try:
        jws.deserialize_compact(token, keys, algorithms=["RS256", "ES256"])
    except (JoseError, ValueError):
        return False
    return True


@pytest.mark.parametrize(
    ("fault", "name", "wrong"),
    [
        ("id_token_wrong_issuer", "iss", ISSUER),
        ("id_token_wrong_audience", "aud", None),
        ("id_token_wrong_nonce", "nonce", "n-1"),
    ],
)
def test_a_claim_that_an_application_compares(trial: Trial, fault: str, name: str, wrong: Any) -> None:
    token = id_token(trial, fault)
    assert claims_of(token)[name] != (wrong or trial.client.client_id)
    assert is_signed(trial, token)


def test_clocks_that_are_off(trial: Trial) -> None:
    assert claims_of(id_token(trial, "id_token_expired"))["exp"] < trial.now
    assert claims_of(id_token(trial, "id_token_early"))["iat"] > trial.now + 300


def test_signatures_that_are_wrong(trial: Trial) -> None:
    assert not is_signed(trial, id_token(trial, "id_token_wrong_signature"))
    assert not is_signed(trial, id_token(trial, "id_token_unknown_key"))


def test_the_token_endpoint_is_out(trial: Trial) -> None:
    answer = redeem(trial, "token_unavailable")
    assert answer.status == 503 and document(answer)["error"] == "temporarily_unavailable"
    assert dict(answer.headers)["Retry-After"] == "5" and dict(answer.headers)[HEADER] == "token_unavailable"


def test_the_code_is_good_after_the_token_endpoint_was_out(trial: Trial) -> None:
    code = trial.new_code()
    body = {"grant_type": "authorization_code", "code": code, "redirect_uri": "https://rp.example/cb"}
    body["code_verifier"] = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    assert trial.token({**body, PARAMETER: "token_unavailable"}).status == 503
    assert trial.token(body).status == 200


def test_slow_answers_are_made_at_once_and_leave_late(trial: Trial) -> None:
    answer = redeem(trial, "token_slow")
    assert (answer.status, answer.delay_seconds) == (200, 5)
    token = document(answer)["access_token"]
    assert ask_userinfo(trial, token, "userinfo_slow").delay_seconds == 5


def ask_userinfo(trial: Trial, token: str, fault: str) -> Response:
    request = Request("GET", f"{PARAMETER}={fault}", authorization=f"Bearer {token}")
    return trial.provider.userinfo.respond(request, trial.now)


def test_userinfo_goes_wrong(trial: Trial) -> None:
    token = trial.sign_in()["access_token"]
    refused = ask_userinfo(trial, token, "userinfo_unauthorized")
    assert refused.status == 401 and "invalid_token" in dict(refused.headers)["WWW-Authenticate"]
    assert (HEADER, "userinfo_unauthorized") in refused.headers
    out = ask_userinfo(trial, token, "userinfo_unavailable")
    assert out.status == 503 and "Retry-After" in dict(out.headers)
    right, wrong = (
        document(trial.userinfo(token)),
        document(ask_userinfo(trial, token, "userinfo_wrong_subject")),
    )
    assert right["sub"] != wrong["sub"]
