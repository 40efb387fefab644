"""Sign-in and sign-out at the provider: OpenID Connect's code flow with PKCE, state, nonce and iss.

A sign-in that does not come about is a Refusal, not an exception: the person may say no, and the provider may
be down.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from authlib.integrations.flask_client import FlaskOAuth2App, OAuth, OAuthError
from flask import Flask, redirect, request, session, url_for
from joserfc.errors import JoseError
from requests import RequestException
from werkzeug.wrappers import Response

from examples.relying_party.configuration import Configuration, Credentials, NotRegistered
from examples.relying_party.memory import Memory
from examples.relying_party.refusals import Refusal, refuse

PROVIDER_TIMEOUT_SECONDS = 10
SPARE_SECONDS = 15
ACR_VALUES = ("LoA1", "LoA2")


@dataclass(frozen=True)
class Wish:
    """What one sign-in asks for.

    `acr` is the weakest authentication class that will do, or None; an essential one the provider has to
    meet or refuse. `max_age` is how long ago, in seconds, the person may have signed in. `purpose` comes back
    with the person: what they were about to do. `resource` is an API that will be called in their name.
    `voluntary` are claims that the person may share or not. `claims` are what else UserInfo is asked for, in
    the form that the claims parameter has: null or an object each.
    """

    scopes: tuple[str, ...]
    acr: str | None = None
    is_acr_essential: bool = False
    prompt: str | None = None
    purpose: str = ""
    max_age: int | None = None
    resource: str = ""
    voluntary: tuple[str, ...] = ()
    claims: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class Tokens:
    """What opens APIs in the person's name: a token for each resource, and when it ends by our own clock."""

    refresh_token: str | None = field(default=None, repr=False)
    for_resources: dict[str, tuple[str, float]] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class SignedIn:
    """A person as this application knows them.

    `sub` is for this application alone, `claims` are what they agreed to share.
    """

    client_id: str
    sub: str
    claims: Mapping[str, Any]
    id_token_claims: Mapping[str, Any]
    scopes: tuple[str, ...]
    asked_scopes: tuple[str, ...]
    purpose: str
    id_token: str = field(repr=False)
    tokens: Tokens = field(default_factory=Tokens, repr=False)

    @property
    def acr(self) -> str:
        return str(self.id_token_claims.get("acr", ""))

    @property
    def sid(self) -> str:
        """The session at the provider, as this client knows it."""
        return str(self.id_token_claims.get("sid", ""))

    @property
    def name(self) -> str:
        """What to call them: the `name` claim where they shared it, else nothing."""
        return str(self.claims.get("name", ""))

    @property
    def came_at(self) -> int:
        """When the provider answered, by its own clock: epoch seconds."""
        return int(self.id_token_claims.get("iat", 0))

    @property
    def actor(self) -> str:
        """Who acts in this person's stead, as this application knows them: RFC 8693 §4.1; "" for nobody."""
        act = self.id_token_claims.get("act")
        return str(act.get("sub", "")) if isinstance(act, dict) else ""

    def reaches(self, acr: str | None) -> bool:
        """Say whether this sign-in was done as strongly as `acr`."""
        if acr is None:
            return True
        return self.acr in ACR_VALUES and ACR_VALUES.index(self.acr) >= ACR_VALUES.index(acr)


class RelyingParty:
    """Every client that this application is; the provider is asked for its addresses when first needed."""

    def __init__(self, app: Flask, configuration: Configuration) -> None:
        self._configuration = configuration
        self.issuer = configuration.issuer
        self._oauth = OAuth(app, cache=Memory())

    def begin(self, client_id: str, redirect_uri: str, wish: Wish) -> Response | Refusal:
        """Send the browser to the provider, and remember the request for its way back."""
        try:
            client = self._client(client_id)
            begun = client.create_authorization_url(redirect_uri, **_parameters(wish))
            _keep_latest_states()
            client.save_authorize_data(
                redirect_uri=redirect_uri,
                purpose=wish.purpose,
                scopes=wish.scopes,
                acr=wish.acr,
                max_age=wish.max_age,
                **begun,
            )
            address = self.address_of(client, begun["url"])
        except _FAILURES as error:
            return _explain(error)
        return redirect(address, 303)

    def address_of(self, client: FlaskOAuth2App, url: str) -> str:
        """Return where the browser is sent with a request; it carries the parameters itself."""
        return url

    def credentials_of(self, credentials: Credentials) -> dict[str, Any]:
        """Return how the client shows who it is: by its secret, where it has one."""
        return {"client_secret": credentials.client_secret}

    def complete(self, client_id: str) -> SignedIn | Refusal:
        """Turn the provider's answer, which is the current request, into a person; each state works once."""
        try:
            client = self._client(client_id)
            asked = client.framework.get_state_data(session, request.args.get("state"))
            if asked is None:
                return refuse("mismatching_state")
            _check_issuer(client)
            # OpenID Connect Core §3.1.3.7: Authlib checks signature, iss, aud, exp and nonce
            token = client.authorize_access_token()
            claims = client.userinfo(token=token)
        except _FAILURES as error:
            return _explain(error)
        return _signed_in(client_id, asked, token, claims)

    def find_purpose(self, client_id: str) -> str:
        """Return what the person was about to do; `complete` forgets it."""
        try:
            asked = self._client(client_id).framework.get_state_data(session, request.args.get("state"))
        except _FAILURES:
            return ""
        return str(asked["purpose"]) if asked else ""

    def find_access_token(self, signed_in: SignedIn, resource: str) -> str | Refusal:
        """Return an access token for this resource, which the sign-in asked for: RFC 8707 §2.2."""
        tokens = signed_in.tokens
        held, ends_at = tokens.for_resources.get(resource, ("", 0.0))
        if ends_at > time.monotonic():
            return held
        try:
            answer = self._client(signed_in.client_id).fetch_access_token(
                grant_type="refresh_token", refresh_token=tokens.refresh_token, resource=resource
            )
        except _FAILURES as error:
            return _explain(error)
        # RFC 9700 §4.14.2: each refresh token works once, and brings the next
        tokens.refresh_token = answer.get("refresh_token") or tokens.refresh_token
        ends_at = time.monotonic() + answer["expires_in"] - SPARE_SECONDS
        tokens.for_resources[resource] = (answer["access_token"], ends_at)
        return str(answer["access_token"])

    def end(self, signed_in: SignedIn, post_logout_redirect_uri: str) -> Response | Refusal:
        """Send the browser to the provider to sign out there too: OpenID Connect RP-Initiated Logout §2."""
        try:
            return self._client(signed_in.client_id).logout_redirect(
                post_logout_redirect_uri=post_logout_redirect_uri,
                id_token_hint=signed_in.id_token,
                client_id=signed_in.client_id,
            )
        except _FAILURES as error:
            return _explain(error)

    def take_end(self, client_id: str) -> Response | None:
        """Return the way to this page's own address where this is the provider's answer to a sign-out.

        The state has done its work by then, and would stay in the address and in what people pass on.
        """
        if "state" not in request.args:
            return None
        with suppress(*_FAILURES):
            self._client(client_id).validate_logout_response()
            session[_ended(client_id)] = True
        rest = {name: values for name, values in request.args.lists() if name != "state"}
        return redirect(url_for(request.endpoint or "", **(request.view_args or {}), **rest), 303)

    def has_ended(self, client_id: str) -> bool:
        """Say, once, whether this browser came back from a sign-out that it had asked for."""
        return bool(session.pop(_ended(client_id), False))

    def get_credentials(self, client_id: str) -> Credentials:
        return self._configuration.get_credentials(client_id)

    def _client(self, client_id: str) -> FlaskOAuth2App:
        if client := self._oauth.create_client(client_id):
            return client
        credentials = self.get_credentials(client_id)
        return self._oauth.register(
            client_id,
            client_id=credentials.client_id,
            server_metadata_url=f"{self.issuer}/.well-known/openid-configuration",
            **_with_client_kwargs(self.credentials_of(credentials)),
        )


def _ended(client_id: str) -> str:
    return f"ended_{client_id}"


def _with_client_kwargs(credentials: dict[str, Any]) -> dict[str, Any]:
    always = {"code_challenge_method": "S256", "default_timeout": PROVIDER_TIMEOUT_SECONDS}
    return {**credentials, "client_kwargs": always | credentials.get("client_kwargs", {})}


def _parameters(wish: Wish) -> dict[str, str]:
    parameters = {"scope": " ".join(wish.scopes), "ui_locales": session.get("language", "vi")}
    if wish.prompt:
        parameters["prompt"] = wish.prompt
    if wish.max_age is not None:
        parameters["max_age"] = str(wish.max_age)
    if wish.resource:
        parameters["resource"] = wish.resource
    claims: dict[str, Any] = {}
    if wish.voluntary or wish.claims:
        # OpenID Connect Core §5.5.1: null asks for a claim without which the service works, too
        claims["userinfo"] = {**dict.fromkeys(wish.voluntary), **wish.claims}
    if wish.acr and wish.is_acr_essential:
        # OpenID Connect Core §5.5.1.1: acr_values is only a wish, an essential claim is a condition
        claims["id_token"] = {"acr": {"essential": True, "values": [wish.acr]}}
    elif wish.acr:
        parameters["acr_values"] = wish.acr
    if claims:
        parameters["claims"] = json.dumps(claims)
    return parameters


def _keep_latest_states(most: int = 8) -> None:
    """Forget sign-ins that were begun and left, for a cookie holds 4 KB."""
    begun = [key for key in session if key.startswith("_state_")]
    for key in sorted(begun, key=lambda key: session[key]["exp"])[: -most + 1]:
        session.pop(key)


def _check_issuer(client: FlaskOAuth2App) -> None:
    """Refuse an answer that another provider sent: RFC 9207 §2.4, which Authlib leaves to us."""
    metadata = client.load_server_metadata()
    given = request.args.get("iss")
    is_missing = given is None and metadata.get("authorization_response_iss_parameter_supported")
    if is_missing or (given is not None and given != metadata["issuer"]):
        raise OAuthError("untrusted_answer", f"iss is {given}")


def _signed_in(
    client_id: str, asked: Mapping[str, Any], token: Mapping[str, Any], claims: Mapping[str, Any]
) -> SignedIn | Refusal:
    id_token_claims = token.get("userinfo")
    # OpenID Connect Core §5.3.2: the UserInfo answer must be about the same person
    if not id_token_claims or claims.get("sub") != id_token_claims["sub"]:
        return refuse("untrusted_answer", "sub differs")
    signed_in = SignedIn(
        client_id=client_id,
        sub=id_token_claims["sub"],
        claims=dict(claims),
        id_token_claims=dict(id_token_claims),
        # RFC 6749 §5.1: a scope that is left out is the one that was asked for
        scopes=tuple(token["scope"].split()) if "scope" in token else tuple(asked["scopes"]),
        asked_scopes=tuple(asked["scopes"]),
        purpose=asked["purpose"],
        id_token=token["id_token"],
        tokens=Tokens(token.get("refresh_token")),
    )
    if not signed_in.reaches(asked["acr"]):
        return refuse("unmet_authentication_requirements", f"acr is {signed_in.acr or 'missing'}")
    age = time.time() - id_token_claims.get("auth_time", 0)
    if asked["max_age"] is not None and age > asked["max_age"] + SPARE_SECONDS:
        # OpenID Connect Core §3.1.2.1: who asks by max_age looks at auth_time
        return refuse("login_required", f"the sign-in is {age:.0f} seconds old")
    return signed_in


_FAILURES = (OAuthError, JoseError, RequestException, NotRegistered)


def _explain(error: Exception) -> Refusal:
    if isinstance(error, NotRegistered):
        return refuse("not_registered", str(error))
    if isinstance(error, RequestException):
        return refuse("unreachable", str(error))
    if isinstance(error, OAuthError):
        return refuse(error.error, error.description or "")
    return refuse("untrusted_answer", str(error))
