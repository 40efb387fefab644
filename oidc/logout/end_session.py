"""RP-initiated logout: OpenID Connect RP-Initiated Logout 1.0 §2 to §4.

Decides whether the sign-out needs the person's word and where the browser goes afterwards. Ending the session
is the caller's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from oidc.errors import InvalidRequest
from oidc.http import redirect
from oidc.models import Client, EndUser
from oidc.parameters import Parameters
from oidc.parts import Parts
from oidc.sent import describe_sent
from oidc.worlds import WhoIsThere


@dataclass(frozen=True, slots=True)
class LogoutRequest:
    """A checked sign-out. `redirect_uri` is one that the client registered, or None.

    `is_confirmed` is True where a relying party has shown, by an ID token of ours, that it speaks for this
    very person; otherwise the person is asked (§6: anyone could have sent the link). `terminal_sid` is the
    session to end where a terminal asks, whose browser holds none: that of the ID token, or "".
    """

    client: Client | None
    redirect_uri: str | None
    state: str | None
    is_confirmed: bool
    terminal_sid: str = ""

    @property
    def redirect_parameters(self) -> dict[str, str]:
        return {} if self.state is None else {"state": self.state}

    @property
    def return_uri(self) -> str | None:
        """Where the browser goes at last: §3, with `state` and nothing else beside."""
        if self.redirect_uri is None:
            return None
        return dict(redirect(self.redirect_uri, self.redirect_parameters).headers)["Location"]


class EndSession:
    """Checks sign-out requests."""

    def __init__(self, parts: Parts) -> None:
        self._issuer = parts.config.issuer
        self._clients = parts.stores.clients
        self._signer = parts.signer
        self._identifiers = parts.identifiers

    def check(self, parameters: Parameters, who_is_there: WhoIsThere, now: int) -> LogoutRequest:
        """Return what is to be done; raise InvalidRequest where the request can't be trusted.

        `who_is_there` says who is signed in at the browser as far as a client is concerned.
        """
        try:
            return self._check(parameters, who_is_there, now)
        except InvalidRequest as error:
            named = self._clients.find(parameters.values.get("client_id", ""))
            error.client_id = error.client_id or (named.client_id if named else None)
            error.sent = describe_sent(parameters.values)
            raise

    def _check(self, parameters: Parameters, who_is_there: WhoIsThere, now: int) -> LogoutRequest:
        if parameters.repeated:
            raise InvalidRequest("A parameter was sent more than once.")
        values = parameters.values
        hint = self._read_hint(values.get("id_token_hint"), now)
        client = self._find_client(values, hint)
        end_user = who_is_there(client)
        is_terminal = hint is not None and client is not None and bool(client.terminal)
        return LogoutRequest(
            client=client,
            redirect_uri=self._check_redirect_uri(values.get("post_logout_redirect_uri"), client),
            state=values.get("state"),
            is_confirmed=is_terminal or (hint is not None and self._is_about(hint, client, end_user)),
            terminal_sid=str(hint.get("sid", "")) if is_terminal and hint is not None else "",
        )

    def _read_hint(self, hint: str | None, now: int) -> Mapping[str, Any] | None:
        """§2: an expired ID token of ours is as good a hint as a fresh one."""
        if hint is None:
            return None
        try:
            claims = self._signer.verify(hint, typ="JWT", now=now, allow_expired=True)
        except ValueError as error:
            raise InvalidRequest("id_token_hint is not an ID token of this provider.") from error
        # What else we sign names no person and client at once
        if claims.get("iss") != self._issuer or not all(
            isinstance(claims.get(n), str) for n in ("sub", "aud")
        ):
            raise InvalidRequest("id_token_hint is not an ID token of this provider.")
        return claims

    def _find_client(self, values: Mapping[str, str], hint: Mapping[str, Any] | None) -> Client | None:
        client_id = values.get("client_id")
        audience = hint["aud"] if hint else None
        if client_id and audience and client_id != audience:
            # §2: when both are there, the OP MUST verify that they match
            raise InvalidRequest("client_id is not the one that the id_token_hint was issued to.")
        named = client_id or audience
        client = self._clients.find(named) if named else None
        return client if client and client.disabled_at is None else None

    @staticmethod
    def _check_redirect_uri(redirect_uri: str | None, client: Client | None) -> str | None:
        """§3: only to an address registered beforehand, compared character by character."""
        if redirect_uri is None:
            return None
        if client is None or redirect_uri not in client.post_logout_redirect_uris:
            error = InvalidRequest("post_logout_redirect_uri is not one that this client registered.")
            error.client_id = client.client_id if client else None
            raise error
        return redirect_uri

    def _is_about(self, hint: Mapping[str, Any], client: Client | None, end_user: EndUser | None) -> bool:
        if end_user is None:
            return True
        if client is None:
            return False
        # Where a helper signed in in somebody's stead, the browser's session is the helper's
        act = hint.get("act")
        signed_in = act.get("sub") if isinstance(act, dict) else hint.get("sub")
        return bool(signed_in == self._identifiers.subject(client, end_user.account_id))
