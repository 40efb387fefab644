"""From what came over HTTP to a request that can be checked, by whichever of its ways it came."""

from __future__ import annotations

from oidc.authorization.pushed_request import PushedRequests, is_pushed_uri
from oidc.authorization.request import Draft, find_trusted_client, get_redirect_uri
from oidc.authorization.request_object import RequestObjects
from oidc.errors import OAuthError, PageError, UnreadableRequestObject, UnsafeRequest
from oidc.http import Request
from oidc.models import Client
from oidc.parameters import FORM, Parameters, parse
from oidc.parts import Parts


class RequestReader:
    """Reads requests for the authorization endpoint, and for the endpoint that they are pushed to."""

    def __init__(self, parts: Parts) -> None:
        self._clients = parts.stores.clients
        self._signer = parts.signer
        self._resources = parts.stores.resources
        self._objects = RequestObjects(parts)
        self._pushed = PushedRequests(parts)
        self._may_keep_login_hint = parts.config.may_keep_login_hint
        self._is_ward, self._is_park = parts.config.is_ward, parts.config.is_park

    def read(self, request: Request, now: int) -> Draft:
        """Return the request, its client and redirect URI beyond doubt; raise PageError."""
        parameters = read_parameters(request)
        client = find_trusted_client(parameters, self._clients)
        try:
            return self._read_of(client, parameters, now)
        except PageError as error:
            error.client_id = client.client_id
            raise

    def _read_of(self, client: Client, parameters: Parameters, now: int) -> Draft:
        request_uri = parameters.values.get("request_uri")
        if request_uri is None or not is_pushed_uri(request_uri):
            return self.draft(parameters, client, now)
        # RFC 9126 §4 and RFC 9101 §6.3: what stands beside a request_uri is ignored
        pushed = self._pushed.get(request_uri, client, now)
        return Draft(
            {}, frozenset(), client, pushed.redirect_uri, self._signer, self._resources, now, pushed=pushed
        )

    def draft(self, parameters: Parameters, client: Client, now: int, *, is_pushed: bool = False) -> Draft:
        """Return the request that these parameters make; raise PageError where its redirect URI is wrong."""
        objection = None
        try:
            parameters = self._objects.assemble(parameters, client, now)
        except OAuthError as error:
            objection = error
            if "redirect_uri" not in parameters.values:
                raise UnreadableRequestObject(error.description) from error
        return Draft(
            parameters.values,
            parameters.repeated,
            client,
            get_redirect_uri(parameters, client),
            self._signer,
            self._resources,
            now,
            is_pushed=is_pushed,
            objection=objection,
            may_keep_login_hint=self._may_keep_login_hint,
            is_ward=self._is_ward,
            is_park=self._is_park,
        )


def read_parameters(request: Request) -> Parameters:
    """Return the parameters of a GET's query or a POST's form; raise UnsafeRequest where they can't be read.

    OpenID Connect Core §3.1.2.1: GET and POST alike.
    """
    try:
        if request.method != "POST":
            return parse(request.query)
        if request.content_type.partition(";")[0].strip().lower() != FORM:
            raise UnsafeRequest(f"The body must be {FORM}.")
        return parse(request.body)
    except PageError:
        raise
    except OAuthError as error:
        raise UnsafeRequest(error.description) from error
