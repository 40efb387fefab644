"""The modules of the Basic OP plan about what a request asks: prompts, ages, hints, and what is odd."""

from __future__ import annotations

import base64
import json
import time
from typing import Any

import pytest

from tests.conformance.conftest import NewRelyingParty
from tests.conformance.elsewhere import Elsewhere
from tests.conformance.relying_party import Op, RelyingParty

NOT_SUPPORTED = {"request": "request_not_supported", "request_uri": "request_uri_not_supported"}
UNSIGNED = NOT_SUPPORTED["request"], "invalid_request_object"
AGE_SECONDS = 300


def age_session(rp: RelyingParty) -> None:
    """Do what the clock does in five minutes to the sign-in of the person at this browser."""
    sql = (
        "UPDATE sessions SET auth_time = auth_time - :s"
        " WHERE account_id = (SELECT id FROM accounts WHERE username = :u)"
    )
    assert rp.op.target.execute(sql, s=AGE_SECONDS, u=rp.person.username) >= 1


def unsigned_request_object(members: dict[str, Any]) -> str:
    """Return a request object without a signature: OpenID Connect Core §6.1."""
    parts = [json.dumps(part).encode() for part in ({"alg": "none", "typ": "JWT"}, members)]
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts) + "."


class RequestModules:
    """One test a module; a subclass says by which response mode."""

    response_mode = ""

    @pytest.fixture
    def rp(self, new_relying_party: NewRelyingParty) -> RelyingParty:
        return new_relying_party(response_mode=self.response_mode)

    def test_oidcc_response_type_missing(self, rp: RelyingParty) -> None:
        request = rp.request(response_type=None)
        page = rp.open(request)
        if not rp.is_error_page(page):
            error = rp.receive(page, request)["error"]
            assert error in ("invalid_request", "unsupported_response_type")

    @pytest.mark.parametrize("display", ["page", "popup"])
    def test_oidcc_display(self, rp: RelyingParty, display: str) -> None:
        """oidcc-display-page, oidcc-display-popup"""
        rp.flow(display=display)

    def test_oidcc_prompt_login(self, rp: RelyingParty) -> None:
        first = rp.flow()
        age_session(rp)
        request = rp.request(prompt="login")
        assert rp.open(request).has("login_password"), "the person signs in anew"
        second = rp.exchange(rp.finish(request))
        assert second.claims["sub"] == first.claims["sub"]
        assert second.claims["auth_time"] > first.claims["auth_time"] - AGE_SECONDS

    def test_oidcc_prompt_none_not_logged_in(self, rp: RelyingParty) -> None:
        request = rp.request(prompt="none")
        error = rp.receive(rp.open(request), request)["error"]
        assert error in (
            "login_required",
            "interaction_required",
            "consent_required",
            "account_selection_required",
        )

    def test_oidcc_prompt_none_logged_in(self, rp: RelyingParty) -> None:
        first = rp.flow()
        request = rp.request(prompt="none")
        callback = rp.receive(rp.open(request), request)
        assert "code" in callback, callback
        second = rp.exchange(rp.finish(request))
        assert [second.claims[n] == first.claims[n] for n in ("sub", "auth_time")] == [True, True]

    def test_oidcc_max_age_1(self, rp: RelyingParty) -> None:
        first = rp.flow()
        age_session(rp)
        request = rp.request(max_age="1")
        assert rp.open(request).has("login_password")
        second = rp.exchange(rp.finish(request))
        assert second.claims["auth_time"] > first.claims["auth_time"] - AGE_SECONDS
        assert time.time() - second.claims["auth_time"] < 30

    def test_oidcc_max_age_10000(self, rp: RelyingParty) -> None:
        first = rp.flow()
        request = rp.request(max_age="10000")
        assert "code" in rp.receive(rp.open(request), request)
        assert rp.exchange(rp.finish(request)).claims["auth_time"] == first.claims["auth_time"]

    def test_oidcc_ensure_request_with_unknown_parameter_succeeds(self, rp: RelyingParty) -> None:
        rp.flow(extra="foobar")

    def test_oidcc_id_token_hint(self, rp: RelyingParty) -> None:
        first = rp.flow()
        request = rp.request(prompt="none", id_token_hint=first.tokens["id_token"])
        assert "code" in rp.receive(rp.open(request), request)
        assert rp.exchange(rp.finish(request)).claims["sub"] == first.claims["sub"]

    def test_oidcc_id_token_hint_of_another_person(
        self, rp: RelyingParty, new_relying_party: NewRelyingParty
    ) -> None:
        """OpenID Connect Core §3.1.2.1: login_required where the hinted person isn't the one signed in."""
        rp.flow()
        elsewhere = RelyingParty(
            rp.op,
            rp.op.target.new_person(totp=False),
            rp.client_id,
            rp.secret,
            response_mode=rp.response_mode,
        )
        hint = elsewhere.flow().tokens["id_token"]
        elsewhere.browser.close()
        request = rp.request(prompt="none", id_token_hint=hint)
        assert rp.receive(rp.open(request), request)["error"] == "login_required"

    @pytest.mark.parametrize("hint", ["an@example.vn", "nobody-here", "+84 912 345 678"])
    def test_oidcc_login_hint(self, rp: RelyingParty, hint: str) -> None:
        rp.flow(login_hint=hint)

    @pytest.mark.parametrize("locales", ["se", "en", "fr-CA fr ko"])
    def test_oidcc_ui_locales(self, rp: RelyingParty, locales: str) -> None:
        rp.flow(ui_locales=locales)

    def test_oidcc_claims_locales(self, rp: RelyingParty) -> None:
        rp.flow(claims_locales="se")

    def test_oidcc_ensure_request_with_acr_values_succeeds(self, rp: RelyingParty, op: Op) -> None:
        wanted = op.metadata["acr_values_supported"]
        assert rp.flow(acr_values=" ".join(wanted)).claims["acr"] in wanted

    def test_oidcc_ensure_post_request_succeeds(self, rp: RelyingParty) -> None:
        rp.exchange(rp.authorize("POST"))

    def test_oidcc_unsigned_request_object_supported_correctly_or_rejected_as_unsupported(
        self, rp: RelyingParty
    ) -> None:
        request = rp.request(request=unsigned_request_object(rp.request()))
        page = rp.open(request)
        assert rp.is_error_page(page) or rp.receive(page, request)["error"] in UNSIGNED

    def test_oidcc_request_uri_unsigned_supported_correctly_or_rejected_as_unsupported(
        self, rp: RelyingParty, elsewhere: Elsewhere
    ) -> None:
        uri = elsewhere.put("/unsigned.jwt", unsigned_request_object(rp.request()))
        request = rp.request(request_uri=uri)
        page = rp.open(request)
        expected = (*UNSIGNED, NOT_SUPPORTED["request_uri"], "invalid_request_uri")
        assert rp.is_error_page(page) or rp.receive(page, request)["error"] in expected

    def test_oidcc_ensure_request_object_with_redirect_uri(self, rp: RelyingParty) -> None:
        """What a request object without a signature says of the redirect URI is never believed."""
        inside = {**rp.request(), "redirect_uri": "https://rp.example/never-registered"}
        request = rp.request(request=unsigned_request_object(inside))
        page = rp.open(request)
        assert rp.is_error_page(page) or "error" in rp.receive(page, request)
