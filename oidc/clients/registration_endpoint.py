"""Dynamic registration: RFC 7591 §3, and its management: RFC 7592 §2.

Closed by default: an initial access token opens it. The registration access token is a handle that names the
client, stored nowhere; when the client is gone, so is what it opens.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from oidc.clients.authentication import hash_secret
from oidc.clients.elsewhere import check_elsewhere
from oidc.clients.few_at_once import FewAtOnce
from oidc.clients.given_scopes import check_given_scopes
from oidc.clients.grant_types import check_given_by_operator
from oidc.clients.mtls import MTLS_METHODS
from oidc.clients.registration import client_information, new_client, validate_metadata
from oidc.decoupled.models import DEVICE_CODE
from oidc.discovery import endpoint_uri
from oidc.errors import InvalidClientMetadata, InvalidRequest, InvalidToken, OAuthError, RegistrationFixed
from oidc.http import NO_STORE, Request, Response, json_response
from oidc.models import Client
from oidc.parts import Parts
from oidc.refusal import record_refusal, refuse
from oidc.resource.bearer import challenge, read_bearer_token
from oidc.strict_json import BadJson, load_object
from oidc.subject import sector_of
from oidc.token.handles import INITIAL_ACCESS, REGISTRATION, Handle

MAX_BYTES = 64 * 1024
WITHOUT_PKCE = "without_pkce"
# The scope of a team's token: what it registers is of the sandbox, where nobody lives who could be deceived
OF_TEAM = "team"
IN_SANDBOX = (DEVICE_CODE,)


class RegistrationEndpoint:
    """Registers clients, and lets each look after its own registration."""

    def __init__(self, parts: Parts) -> None:
        self._uri = endpoint_uri(parts.config.issuer, "registration_endpoint")
        self._clients = parts.stores.clients
        self._handles = parts.handles
        self._fetcher = FewAtOnce(parts.fetcher)
        self._events = parts.events
        self._mtls = parts.config.mtls
        self._is_open = parts.config.registration_open
        self._registrar = parts.config.registrar

    def register(self, request: Request, now: int) -> Response:
        """RFC 7591 §3.1: make a client of the posted metadata."""
        try:
            token = self._check_may_register(request, now)
            client, secret = self._make(token, read_document(request), now)
            check_elsewhere(client.metadata, self._fetcher)
            self._add(token, client, now)
        except InvalidToken as error:
            return self._challenge(error, now)
        except OAuthError as error:
            return refuse(self._events, "client.register_refused", error, now, None, request)
        self._events.record("client.register", now=now, client_id=client.client_id)
        return json_response(self._describe(client, secret), 201)

    def _make(self, token: Handle | None, document: dict[str, Any], now: int) -> tuple[Client, str | None]:
        """Make the client: of a team's token one of the sandbox, where every kind may be had."""
        if token is not None and token.scope == OF_TEAM:
            client, secret = new_client(document, now, given=IN_SANDBOX)
            client = replace(client, is_sandbox=True)
        else:
            client, secret = new_client(document, now)
            check_given_scopes(client.metadata)
            needs_pkce = token is None or token.scope != WITHOUT_PKCE
            client = replace(client, require_pkce=needs_pkce, registered_openly=token is None)
        self._check_can_authenticate(client)
        return client, secret

    def _add(self, token: Handle | None, client: Client, now: int) -> None:
        """Store the client; raise InvalidToken where its team's token ended at this very moment."""
        if token is None or token.scope != OF_TEAM:
            self._clients.add(client)
        elif self._registrar is None or not self._registrar.add(token.owner, client, now):
            raise InvalidToken("The initial access token opens nothing any more.")

    def manage(self, client_id: str, request: Request, now: int) -> Response:
        """RFC 7592 §2: read, update or delete the client that the registration access token names."""
        try:
            client = self._get_own(client_id, request)
            if request.method == "DELETE":
                return self._delete(client, now)
            if request.method == "PUT":
                client = self._update(client, request, now)
            return json_response(self._describe(client, None))
        except InvalidToken as error:
            error.client_id = client_id
            return self._challenge(error, now)
        except OAuthError as error:
            return refuse(self._events, "client.manage_refused", error, now, client_id, request)

    def initial_access_token(self, now: int, lifetime_seconds: int, *, require_pkce: bool = True) -> str:
        """Return a token that opens registration for a while: RFC 7591 §1.2.

        It carries the operator's policy for what it registers (§3: it may): whether a confidential client
        needs PKCE. A public one always does.
        """
        policy = "" if require_pkce else WITHOUT_PKCE
        return self._handles.write(
            Handle(INITIAL_ACCESS, "registration", now, now + lifetime_seconds, scope=policy)
        )

    def team_token(self, token_id: str, now: int, expires_at: int) -> str:
        """Return the initial access token of a team whose registrar knows it by this id."""
        return self._handles.write(Handle(INITIAL_ACCESS, token_id, now, expires_at, scope=OF_TEAM))

    def registration_token(self, client_id: str, created_at: int, generation: int) -> str:
        """Return the registration access token of a client: RFC 7592 §3. An earlier generation opens
        nothing."""
        return self._handles.write(Handle(REGISTRATION, client_id, created_at, generation=generation))

    def _check_may_register(self, request: Request, now: int) -> Handle | None:
        """Return the initial access token, None where none is needed; raise InvalidToken for who may not."""
        if self._is_open and not request.authorization:
            return None
        handle = self._handles.read(read_bearer_token(request))
        if handle is None or handle.kind != INITIAL_ACCESS or handle.expires_at <= now:
            raise InvalidToken("An initial access token is required.")
        if handle.scope == OF_TEAM and not self._is_of_team(handle.owner, now):
            raise InvalidToken("The initial access token opens nothing any more.")
        return handle

    def _is_of_team(self, token_id: str, now: int) -> bool:
        return self._registrar is not None and self._registrar.may_register(token_id, now)

    def _check_can_authenticate(self, client: Client) -> None:
        """Raise InvalidClientMetadata where the client chose certificates, and there is no proxy for them."""
        if client.auth_method in MTLS_METHODS and client.auth_method not in self._mtls.auth_methods:
            raise InvalidClientMetadata(
                "This provider does not authenticate clients by this method.",
                member="token_endpoint_auth_method",
                reason="choice",
            )

    def _get_own(self, client_id: str, request: Request) -> Client:
        handle = self._handles.read(read_bearer_token(request))
        is_own = handle is not None and handle.kind == REGISTRATION and handle.owner == client_id
        client = self._clients.find_now(client_id) if is_own else None
        if client is None or client.disabled_at is not None:
            raise InvalidToken("The registration access token does not open this client.")
        if handle is None or handle.generation != client.registration_generation:
            raise InvalidToken("The registration access token was made anew; this one opens nothing.")
        if (
            request.method == "DELETE"
            and self._registrar is not None
            and self._registrar.is_agreed(client_id)
        ):
            raise RegistrationFixed("What was agreed is ended by agreement, in the developers' portal.")
        return client

    def _update(self, client: Client, request: Request, now: int) -> Client:
        """RFC 7592 §2.2: the document replaces the metadata; identifier, secret and subjects stay."""
        document = read_document(request)
        if document.get("client_id") != client.client_id:
            raise InvalidRequest("client_id must be the client's own.")
        # RFC 7592 §2.2: a client brings the secret that it has, or none; it can't choose one
        if "client_secret" in document and not _is_secret_of(client, document["client_secret"]):
            raise InvalidRequest("client_secret must be the client's own; another is made in the portal.")
        # Under another subject type every person would be a stranger to the client
        kept = {"subject_type": client.metadata.get("subject_type", "pairwise")}
        metadata = validate_metadata({**document, **kept}, client.profile, may_be_public=True)
        check_given_by_operator(metadata, client.grant_types)
        if not client.is_sandbox:
            check_given_scopes(metadata, client.scope)
        if metadata["token_endpoint_auth_method"] != client.auth_method:
            raise InvalidClientMetadata(
                "token_endpoint_auth_method can't be changed; register anew.",
                member="token_endpoint_auth_method",
                reason="fixed",
            )
        updated = replace(client, metadata=metadata)
        check_same_sector(client, updated)
        if self._registrar is not None:
            self._registrar.check_update(client, metadata)
        check_elsewhere(metadata, self._fetcher)
        self._clients.set_metadata(client.client_id, metadata, now)
        self._events.record("client.update", now=now, client_id=client.client_id)
        if self._registrar is not None:
            self._registrar.note_update(updated, now)
        return updated

    def _delete(self, client: Client, now: int) -> Response:
        self._clients.delete(client.client_id)
        self._events.record("client.delete", now=now, client_id=client.client_id)
        if self._registrar is not None:
            self._registrar.note_deletion(client.client_id, now)
        return Response(204, NO_STORE)

    def _describe(self, client: Client, secret: str | None) -> dict[str, Any]:
        """RFC 7592 §3. The secret is told once, at registration: only its hash is kept."""
        token = self.registration_token(client.client_id, client.created_at, client.registration_generation)
        return {
            **client_information(client, secret),
            "registration_client_uri": f"{self._uri}/{client.client_id}",
            "registration_access_token": token,
        }

    def _challenge(self, error: OAuthError, now: int) -> Response:
        record_refusal(self._events, "client.register_refused", error, now, None)
        return challenge(error)


def _is_secret_of(client: Client, secret: object) -> bool:
    return isinstance(secret, str) and hash_secret(secret) in client.secret_hashes


def check_same_sector(client: Client, updated: Client) -> None:
    """Raise InvalidClientMetadata where an update would give people other subjects than they have.

    OpenID Connect Core §8.1 goes by the host that codes are sent to. With the grants that it has from its own
    host, a client could name somebody else's and be told by refreshing how people are called there.
    """
    if client.is_pairwise and sector_of(updated) != sector_of(client):
        is_named = "sector_identifier_uri" in updated.metadata
        raise InvalidClientMetadata(
            "The host that makes the subjects can't be changed; register anew, or keep it by a"
            " sector_identifier_uri there.",
            member="sector_identifier_uri" if is_named else "redirect_uris",
            reason="same_sector",
        )


def read_document(request: Request) -> dict[str, Any]:
    """Return the posted JSON object; raise InvalidClientMetadata where it is none."""
    if request.content_type.partition(";")[0].strip().lower() != "application/json":
        raise InvalidRequest("The body must be application/json.")
    try:
        return load_object(request.body, max_bytes=MAX_BYTES)
    except BadJson as error:
        text = f"The body is not a JSON object: {error}."
        raise InvalidClientMetadata(text, reason="not_json") from error
