"""The modules of the Basic OP plan about what a sign-in gives: codes, tokens, claims."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

import pytest

from tests.conformance.conftest import EVERY_CLAIM, NewRelyingParty
from tests.conformance.relying_party import Op, RelyingParty, check_refused, check_userinfo_response

HALF_A_MINUTE = 30
LATER = (
    "UPDATE grants SET created_at = created_at - :s, code_redeemed_at = code_redeemed_at - :s,"
    " code_expires_at = code_expires_at - :s WHERE client_id = :client_id"
)
PROFILE = {name for name in EVERY_CLAIM if name not in ("email_verified", "phone_number_verified", "address")}
CLAIMS_OF_SCOPES = {
    "profile": PROFILE | {"preferred_username", "updated_at"},
    "email": {"email", "email_verified"},
    "address": {"address"},
    "phone": {"phone_number", "phone_number_verified"},
}
ALL_SCOPES = "openid profile email address phone"


class TokenModules:
    """One test a module; a subclass says by which response mode."""

    response_mode = ""

    @pytest.fixture
    def rp(self, new_relying_party: NewRelyingParty) -> RelyingParty:
        return new_relying_party(response_mode=self.response_mode)

    def test_oidcc_server(self, rp: RelyingParty) -> None:
        flow = rp.flow(scope=ALL_SCOPES)
        rp.check_userinfo(flow)
        assert not {"name", "email", "address"} & set(flow.claims), "the claims parameter did not ask"

    def test_oidcc_idtoken_signature(self, rp: RelyingParty) -> None:
        header, _claims = rp.read_jwt(rp.flow().tokens["id_token"])
        assert header["alg"] == "RS256"

    def test_oidcc_idtoken_unsigned(self, op: Op) -> None:
        assert "none" not in op.metadata["id_token_signing_alg_values_supported"]

    def test_oidcc_userinfo_get(self, rp: RelyingParty) -> None:
        rp.check_userinfo(rp.flow())

    def test_oidcc_userinfo_post_header(self, rp: RelyingParty) -> None:
        flow = rp.flow()
        headers = {"Authorization": f"Bearer {flow.tokens['access_token']}"}
        answer = rp.op.http.post(rp.op.metadata["userinfo_endpoint"], headers=headers)
        check_userinfo_response(answer, flow.claims["sub"])

    def test_oidcc_userinfo_post_body(self, rp: RelyingParty) -> None:
        flow = rp.flow()
        form = {"access_token": flow.tokens["access_token"]}
        answer = rp.op.http.post(rp.op.metadata["userinfo_endpoint"], data=form)
        check_userinfo_response(answer, flow.claims["sub"])

    def test_oidcc_ensure_request_without_nonce_succeeds_for_code_flow(self, rp: RelyingParty) -> None:
        assert "nonce" not in rp.flow(nonce=None).claims

    @pytest.mark.parametrize("scope", CLAIMS_OF_SCOPES)
    def test_oidcc_scope(self, rp: RelyingParty, scope: str) -> None:
        """oidcc-scope-profile, oidcc-scope-email, oidcc-scope-address, oidcc-scope-phone"""
        flow = rp.flow(scope=f"openid {scope}")
        assert set(rp.check_userinfo(flow)) == CLAIMS_OF_SCOPES[scope] | {"sub"}
        assert not CLAIMS_OF_SCOPES[scope] & set(flow.claims)

    def test_oidcc_scope_all(self, rp: RelyingParty) -> None:
        expected = set().union(*CLAIMS_OF_SCOPES.values())
        assert set(rp.check_userinfo(rp.flow(scope=ALL_SCOPES))) == expected | {"sub"}

    def test_oidcc_ensure_other_scope_order_succeeds(self, rp: RelyingParty) -> None:
        assert "email" in rp.check_userinfo(rp.flow(scope="email openid"))

    def test_oidcc_claims_essential(self, rp: RelyingParty) -> None:
        flow = rp.flow(claims=json.dumps({"userinfo": {"name": {"essential": True}}}))
        assert rp.check_userinfo(flow)["name"] == EVERY_CLAIM["name"]
        assert "name" not in flow.claims

    def test_oidcc_codereuse(self, rp: RelyingParty) -> None:
        callback = rp.authorize()
        rp.exchange(callback)
        check_refused(rp.redeem(callback), "invalid_grant")

    def test_oidcc_codereuse_30seconds(self, rp: RelyingParty) -> None:
        callback = rp.authorize()
        flow = rp.exchange(callback)
        rp.check_userinfo(flow)
        assert rp.op.target.execute(LATER, s=HALF_A_MINUTE, client_id=rp.client_id) == 1
        check_refused(rp.redeem(callback), "invalid_grant")
        assert rp.userinfo(flow.tokens["access_token"]).status_code == 401

    def test_oidcc_server_client_secret_post(self, new_relying_party: NewRelyingParty) -> None:
        rp = new_relying_party(
            response_mode=self.response_mode, token_endpoint_auth_method="client_secret_post"
        )
        rp.check_userinfo(rp.flow())

    def test_oidcc_refresh_token(self, rp: RelyingParty, new_relying_party: NewRelyingParty) -> None:
        """OpenID Connect Core §12.2; RFC 6749 §10.4: a refresh token is bound to its client."""
        flow = rp.flow(scope="openid offline_access", prompt="consent")
        other = new_relying_party(response_mode=self.response_mode)
        check_refused(other.refresh(flow.tokens["refresh_token"]), "invalid_grant")
        answer = rp.refresh(flow.tokens["refresh_token"])
        assert answer.status_code == 200, answer.text
        tokens = answer.json()
        _header, again = rp.read_jwt(tokens["id_token"])
        for name in ("iss", "sub", "aud", "auth_time"):
            assert again[name] == flow.claims[name], name
        assert again["iat"] >= flow.claims["iat"]
        check_userinfo_response(rp.userinfo(tokens["access_token"]), again["sub"])

    def test_oidcc_ensure_request_with_valid_pkce_succeeds(self, rp: RelyingParty) -> None:
        rp.pkce = True
        rp.check_userinfo(rp.flow())

    def test_oidcc_ensure_registered_redirect_uri(self, rp: RelyingParty) -> None:
        page = rp.open(rp.request(redirect_uri="https://rp.example/never-registered"))
        assert rp.is_error_page(page)
        assert urlsplit(page.url).hostname != "rp.example"
