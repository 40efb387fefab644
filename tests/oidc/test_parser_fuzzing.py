"""Whatever a stranger sends, a parser gives a value or refuses it by an OAuthError: nothing else comes out.

Half of each text is drawn from words that the parser knows, so that it is read beyond its first line.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from joserfc.jwk import ECKey

from oidc.authorization.prompts import Prompt
from oidc.claims import parse_claims_parameter
from oidc.clients.assertion import ASSERTION_TYPE, AssertionChecker
from oidc.clients.mtls import BadCertificate, read_certificate
from oidc.clients.redirect_uris import check_uri
from oidc.clients.registration import validate_metadata
from oidc.decoupled.user_code import read_user_code
from oidc.discovery import ENDPOINTS
from oidc.errors import OAuthError, PageError
from oidc.http import Request, Response
from oidc.models import EndUser
from oidc.parameters import parse
from oidc.strict_json import BadJson, loads
from oidc.token.dpop import read_proof
from oidc.token.handles import Handles
from oidc.token.htu import normalize
from tests.oidc.proof import KEY as PROOF_KEY
from tests.oidc.proof import make_proof, part, sign
from tests.oidc.world import BROWSER, FORM, ISSUER, NOW, World, basic, document

EXAMPLES = 120
fuzzed = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=os.environ.get("CI") == "true",
    suppress_health_check=list(HealthCheck),
    database=None,
)

WORDS = (
    "openid", "profile", "code", "none", "login", "S256", "query", "form_post", "jwt", "null", "{}", "[]",
    "0", "-1", "1e400", "9" * 30, "\x00", "\ud800", "\u202e", "é", "%", "%zz", "&", "=", " ", "a" * 5000,
    "https://rp.example/cb", "urn:ietf:params:oauth:request_uri:x", "RS256", "ES256", "true", "..", "a.b.c",
)  # fmt: skip
TEXT = st.sampled_from(WORDS) | st.text(st.characters(codec=None), max_size=60)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)


def members(*names: str) -> st.SearchStrategy[dict[str, Any]]:
    """Return objects whose members are known ones, mostly, with values of any kind."""
    return st.dictionaries(st.sampled_from(names) | TEXT, JSON, max_size=5)


@pytest.fixture(scope="module")
def shared() -> World:
    """A world that no example changes for another: what is issued in it doesn't matter."""
    world = World()
    world.agree()
    return world


def is_answer(response: Any) -> bool:
    """Say whether a machine gets an answer that it can read, and no failure of ours."""
    assert isinstance(response, Response) and response.status < 500, response
    if response.status >= 400:
        assert set(document(response)) == {"error", "error_description"}
        assert document(response)["error_description"].isascii()
    return True


def encode(form: dict[str, str]) -> str:
    return urlencode(form, errors="surrogatepass")


# Texts


@fuzzed
@given(text=TEXT | st.binary(max_size=80) | JSON.map(json.dumps))
def test_strict_json_reads_what_json_is_and_refuses_the_rest(text: str | bytes) -> None:
    try:
        found = loads(text, max_bytes=10_000)
    except BadJson:
        return
    assert found == json.loads(text)
    json.dumps(found, ensure_ascii=False).encode()


@fuzzed
@given(encoded=TEXT | st.binary(max_size=80) | st.dictionaries(TEXT, TEXT, max_size=4).map(encode))
def test_form_bodies(encoded: str | bytes) -> None:
    try:
        found = parse(encoded)
    except OAuthError:
        return
    for name, value in found.values.items():
        assert value and "\x00" not in name + value
        (name + value).encode()


@fuzzed
@given(
    claims=members("userinfo", "id_token", "verified_claims", "acr", "sub").map(json.dumps)
    | st.dictionaries(
        st.sampled_from(("userinfo", "id_token")),
        members("name", "acr", "sub", "verified_claims"),
        max_size=2,
    ).map(json.dumps)
    | TEXT
)
def test_the_claims_parameter(claims: str) -> None:
    try:
        parse_claims_parameter(claims)
    except OAuthError as error:
        assert error.code == "invalid_request"


@fuzzed
@given(
    uri=TEXT
    | st.builds(
        "{}://{}{}{}".format,
        st.sampled_from(("https", "http", "HTTPS", "javascript", "vn.thainguyen.app", "")),
        st.sampled_from(("rp.example", "localhost", "[::1]", "[", "a@b", "rp.example:99999", "", "*")) | TEXT,
        st.sampled_from(("", "/cb", "/../x", "/%2e%2E/", "//")),
        st.sampled_from(("", "?a=b", "#f", "?#")) | TEXT,
    ),
    is_native=st.booleans(),
)
def test_redirect_uris(uri: str, is_native: bool) -> None:
    """What is let through has one scheme of the three allowed, no user and no fragment."""
    try:
        check_uri(uri, is_native=is_native)
    except OAuthError as error:
        assert error.code == "invalid_redirect_uri"
        return
    assert uri.isascii() and uri.isprintable() and not {"#", "*", "\\", " ", "<", '"'} & set(uri)
    scheme = uri.partition(":")[0].lower()
    assert scheme in ("https", "http") or (is_native and "." in scheme)
    assert scheme != "http" or uri.lower().startswith(
        ("http://localhost", "http://127.0.0.1", "http://[::1]")
    )


READERS: dict[str, Callable[[str], Any]] = {
    "handle": Handles(b"k" * 32).read,
    "user code": read_user_code,
    "htu": normalize,
    "claimed client": AssertionChecker.claimed_client_id,
}


@pytest.mark.parametrize("name", READERS)
@fuzzed
@given(text=TEXT)
def test_what_reads_a_text_gives_a_value(name: str, text: str) -> None:
    READERS[name](text)


@fuzzed
@given(text=TEXT | st.binary(max_size=60).map(lambda raw: f":{part(raw)}:"))
def test_certificates(text: str) -> None:
    with pytest.raises(BadCertificate):
        read_certificate(text)


METADATA = (
    "redirect_uris", "grant_types", "response_types", "jwks", "jwks_uri", "scope", "client_name",
    "client_name#vi", "logo_uri", "subject_type", "token_endpoint_auth_method",
    "id_token_signed_response_alg", "contacts", "default_max_age", "userinfo_encrypted_response_alg",
    "backchannel_logout_uri", "frontchannel_logout_uri", "request_uris", "application_type",
    "sector_identifier_uri", "tls_client_auth_subject_dn", "software_id",
)  # fmt: skip


@fuzzed
@given(changes=members(*METADATA))
def test_client_metadata(changes: dict[str, Any]) -> None:
    try:
        found = validate_metadata({"redirect_uris": ["https://rp.example/cb"], **changes})
    except OAuthError as error:
        assert error.code in ("invalid_client_metadata", "invalid_redirect_uri")
        return
    json.dumps(found, ensure_ascii=False).encode()


# Signed by whoever sends it

HEADER = st.fixed_dictionaries(
    {},
    optional={
        "alg": st.sampled_from(("ES256", "none", "RS256", "HS256")) | JSON,
        "typ": JSON,
        "kid": JSON,
        "crit": JSON,
        "jwk": JSON,
        "b64": st.booleans(),
    },
)


@fuzzed
@given(header=HEADER, payload=members("htm", "htu", "iat", "jti", "ath", "nonce"))
def test_dpop_proofs(header: dict[str, Any], payload: dict[str, Any]) -> None:
    """The signature holds, so that each header and each claim is looked at."""
    given_header = {"typ": "dpop+jwt", "alg": "ES256", "jwk": PROOF_KEY.as_dict(private=False), **header}
    text = sign(given_header, json.dumps(payload).encode(), PROOF_KEY, "ES256")
    for sent in (text, text + ".x", text[:-5], part(header)):
        try:
            read_proof(sent)
        except OAuthError as error:
            assert error.code == "invalid_dpop_proof"


@fuzzed
@given(changes=members("htm", "htu", "iat", "jti", "ath", "nonce"), token=TEXT)
def test_userinfo_with_a_proof(shared: World, changes: dict[str, Any], token: str) -> None:
    proof = make_proof(
        "GET",
        ISSUER + ENDPOINTS["userinfo_endpoint"],
        NOW,
        **{k: v for k, v in changes.items() if k.isidentifier() and k not in ("alg", "header")},
    )
    for scheme in ("DPoP", "Bearer", "dpop"):
        request = Request("GET", authorization=f"{scheme} {token}", dpop=proof)
        assert is_answer(shared.provider.userinfo.respond(request, NOW))


SIGNER = ECKey.generate_key("P-256", parameters={"kid": "k"})


@pytest.fixture(scope="module")
def signing_client(shared: World) -> str:
    client, _secret = shared.add_client(
        token_endpoint_auth_method="private_key_jwt", jwks={"keys": [SIGNER.as_dict(private=False)]}
    )
    return client.client_id


@fuzzed
@given(header=HEADER, changes=members("iss", "sub", "aud", "exp", "nbf", "iat", "jti"))
def test_client_assertions(
    shared: World, signing_client: str, header: dict[str, Any], changes: dict[str, Any]
) -> None:
    claims = {
        "iss": signing_client, "sub": signing_client, "aud": ISSUER, "exp": NOW + 60, "jti": "j", **changes
    }  # fmt: skip
    text = sign({"alg": "ES256", "kid": "k", **header}, json.dumps(claims).encode(), SIGNER, "ES256")
    form = {
        "grant_type": "authorization_code",
        "code": "x",
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": text,
    }
    request = Request("POST", body=urlencode(form).encode(), content_type=FORM)
    assert is_answer(shared.provider.token.respond(request, NOW))


# Whole requests

FORM_NAMES = (
    "grant_type", "code", "redirect_uri", "code_verifier", "refresh_token", "scope", "resource", "token",
    "request", "client_id", "client_secret", "client_assertion", "client_assertion_type",
    "subject_token", "device_code", "subject_token_type", "auth_req_id", "login_hint", "binding_message",
    "request_uri", "dpop_jkt", "claims",
)  # fmt: skip
FORMS = st.dictionaries(st.sampled_from(FORM_NAMES) | TEXT, TEXT, max_size=5)
GRANT_TYPES = st.sampled_from(("authorization_code", "refresh_token", "client_credentials", "x"))


@fuzzed
@given(form=FORMS, grant_type=GRANT_TYPES, authenticated=st.booleans(), header=TEXT)
def test_what_clients_post(
    shared: World, form: dict[str, str], grant_type: str, authenticated: bool, header: str
) -> None:
    own = basic(shared.client.client_id, shared.secret)
    request = Request(
        "POST",
        body=encode({"grant_type": grant_type, **form}).encode(),
        content_type=FORM,
        authorization=own if authenticated else header,
    )
    provider = shared.provider
    for endpoint in (
        provider.token, provider.introspection, provider.revocation, provider.pushed_requests,
        provider.device_authorization,
    ):  # fmt: skip
        assert is_answer(endpoint.respond(request, NOW))


@fuzzed
@given(body=JSON.map(json.dumps) | members(*METADATA).map(json.dumps) | TEXT, header=TEXT)
def test_what_registers(shared: World, body: str, header: str) -> None:
    token = shared.provider.registration.initial_access_token(NOW, 60)
    for authorization in (f"Bearer {token}", header):
        raw = body.encode("utf-8", "surrogatepass")
        request = Request("POST", "", raw, "application/json", authorization)
        assert is_answer(shared.provider.registration.register(request, NOW))


QUERY_NAMES = (
    "response_type", "response_mode", "scope", "state", "nonce", "prompt", "max_age", "acr_values",
    "claims", "display", "id_token_hint", "login_hint", "ui_locales", "code_challenge",
    "code_challenge_method", "request", "request_uri", "registration", "resource", "dpop_jkt",
    "redirect_uri", "client_id",
)  # fmt: skip


@fuzzed
@given(
    changes=st.dictionaries(st.sampled_from(QUERY_NAMES) | TEXT, TEXT, max_size=4),
    signed_in=st.booleans(),
    by_post=st.booleans(),
)
def test_authorization_requests(
    shared: World, changes: dict[str, str], signed_in: bool, by_post: bool
) -> None:
    """A page, a screen, or the way back to where the client registered: never to anywhere else."""
    plain = dict(pair.split("=", 1) for pair in shared.query().split("&"))
    query = "&".join(f"{n}={v}" for n, v in plain.items() if n not in changes) + "&" + encode(changes)
    request = Request("POST", body=query.encode(), content_type=FORM) if by_post else Request("GET", query)
    who: EndUser | None = shared.end_user() if signed_in else None
    answer = shared.provider.authorization.authorize(request, lambda _: who, BROWSER, NOW)
    if isinstance(answer, Response):
        location = dict(answer.headers).get("Location", "https://rp.example/cb?")
        assert answer.status in (200, 303) and location.startswith("https://rp.example/cb?")
    else:
        assert isinstance(answer, PageError | Prompt)


@fuzzed
@given(
    changes=st.dictionaries(
        st.sampled_from(("id_token_hint", "client_id", "post_logout_redirect_uri", "state")), TEXT
    )
)
def test_sign_out_requests(shared: World, changes: dict[str, str]) -> None:
    """Nothing that isn't registered is a way on."""
    try:
        asked = shared.provider.end_session.check(parse(encode(changes)), lambda _: shared.end_user(), NOW)
    except OAuthError:
        return
    assert asked.redirect_uri is None and not asked.is_confirmed
