"""One class for each OAuth error code.

An error speaks to three audiences: its `code` to the machine, its ASCII `description` to the client's
developer, its `detail` to our own log. Whether it may be sent to the redirect URI is part of its type.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from oidc.http import Headers, Response, json_response


class OAuthError(Exception):
    """A refusal in the words of RFC 6749 §5.2 and its companions."""

    code: ClassVar[str] = "server_error"
    status: ClassVar[int] = 400
    may_redirect: ClassVar[bool] = True
    is_refusal: ClassVar[bool] = True

    def __init__(
        self, description: str, *, detail: str = "", reason: str = "", account_id: str | None = None
    ) -> None:
        """`reason` is the stable word for the audit row, the code where none is given."""
        super().__init__(description)
        self.reason = reason or self.code
        self.account_id = account_id
        # RFC 6749 §5.2: %x20-21 / %x23-5B / %x5D-7E
        self.description = "".join(c if " " <= c <= "~" and c not in '"\\' else "?" for c in description)
        self.detail = detail
        # For the log that the application's developer reads: who asked, where that is known, in which
        # sign-in, since when, and by which parameters (`oidc.sent`). Whoever knows one of them sets it
        self.client_id: str | None = None
        self.flow = ""
        self.began_at: int | None = None
        self.sent: Mapping[str, str] = {}


class PageError(OAuthError):
    """A refusal shown to the person, because there is no address that it could safely be sent to."""

    may_redirect = False


class InvalidRequest(OAuthError):
    """RFC 6749 §5.2."""

    code = "invalid_request"


class UnsafeRequest(PageError):
    """RFC 6749 §4.1.2.1: a request whose client or redirect URI can't be trusted; never redirected."""

    code = "invalid_request"


class UnknownClient(PageError):
    """RFC 6749 §4.1.2.1: no such client at the authorization endpoint; never redirected."""

    code = "invalid_client"


class UnreadableRequestObject(PageError):
    """RFC 9101 §7: a request object that can't be used, and no address beside it to tell the client at."""

    code = "invalid_request_object"


class UnusableRequestUri(PageError):
    """RFC 9126 §4: a request_uri that is unknown, expired, used or another client's."""

    code = "invalid_request_uri"


class ExpiredInteraction(PageError):
    """The request ran out of time, was answered already, or belongs to another browser."""

    code = "interaction_expired"

    def __init__(self, description: str, *, client_id: str | None = None, was_answered: bool = False) -> None:
        """`client_id` is who asked, where that is known, so that the page can tell where to begin again.

        `was_answered` says that something may have been shared by then.
        """
        super().__init__(description)
        self.client_id = client_id
        self.was_answered = was_answered


class InvalidClient(OAuthError):
    """RFC 6749 §5.2: client authentication failed."""

    code = "invalid_client"
    status = 401


class InvalidGrant(OAuthError):
    """RFC 6749 §5.2."""

    code = "invalid_grant"


class UnauthorizedClient(OAuthError):
    """RFC 6749 §5.2: this client may not use this grant or response type."""

    code = "unauthorized_client"


class UnsupportedGrantType(OAuthError):
    """RFC 6749 §5.2."""

    code = "unsupported_grant_type"


class UnsupportedResponseType(OAuthError):
    """RFC 6749 §4.1.2.1."""

    code = "unsupported_response_type"


class InvalidScope(OAuthError):
    """RFC 6749 §5.2."""

    code = "invalid_scope"


class InvalidTarget(OAuthError):
    """RFC 8707 §2 and RFC 8693 §2.2.2."""

    code = "invalid_target"


class InvalidAuthorizationDetails(OAuthError):
    """RFC 9396 §5 and §14.6."""

    code = "invalid_authorization_details"


class AccessDenied(OAuthError):
    """RFC 6749 §4.1.2.1: the person, or the province's policy, said no."""

    code = "access_denied"


class LoginRequired(OAuthError):
    """OpenID Connect Core §3.1.2.6."""

    code = "login_required"


class AccountSelectionRequired(OAuthError):
    """OpenID Connect Core §3.1.2.6."""

    code = "account_selection_required"


class ConsentRequired(OAuthError):
    """OpenID Connect Core §3.1.2.6."""

    code = "consent_required"


class InteractionRequired(OAuthError):
    """OpenID Connect Core §3.1.2.6."""

    code = "interaction_required"


class RequestUriNotSupported(OAuthError):
    """OpenID Connect Core §3.1.2.6."""

    code = "request_uri_not_supported"


class InvalidRequestObject(OAuthError):
    """RFC 9101 §7 and OpenID Connect Core §3.1.2.6."""

    code = "invalid_request_object"


class InvalidRequestUri(OAuthError):
    """RFC 9101 §7 and OpenID Connect Core §3.1.2.6."""

    code = "invalid_request_uri"


class RegistrationNotSupported(OAuthError):
    """OpenID Connect Core §3.1.2.6."""

    code = "registration_not_supported"


class UnmetAuthenticationRequirements(OAuthError):
    """OpenID Connect Core Error Code unmet_authentication_requirements 1.0."""

    code = "unmet_authentication_requirements"


class AuthorizationPending(OAuthError):
    """RFC 8628 §3.5 and CIBA Core §11: no refusal, and no audit row; a client hears it again and again."""

    code = "authorization_pending"
    may_redirect = False
    is_refusal = False


class SlowDown(OAuthError):
    """RFC 8628 §3.5 and CIBA Core §11: polled too fast."""

    code = "slow_down"
    may_redirect = False


class ExpiredToken(OAuthError):
    """RFC 8628 §3.5 and CIBA Core §11: nobody answered in time."""

    code = "expired_token"
    may_redirect = False


class InvalidBindingMessage(OAuthError):
    """CIBA Core §13."""

    code = "invalid_binding_message"
    may_redirect = False


class InvalidToken(OAuthError):
    """RFC 6750 §3.1."""

    code = "invalid_token"
    status = 401
    may_redirect = False


class InsufficientScope(OAuthError):
    """RFC 6750 §3.1."""

    code = "insufficient_scope"
    status = 403
    may_redirect = False


class InvalidDpopProof(OAuthError):
    """RFC 9449 §5 and §7.1."""

    code = "invalid_dpop_proof"
    may_redirect = False


class UseDpopNonce(OAuthError):
    """RFC 9449 §8 and §9: try again with this nonce."""

    code = "use_dpop_nonce"
    may_redirect = False

    def __init__(self, description: str, nonce: str) -> None:
        super().__init__(description)
        self.nonce = nonce


class ServerError(OAuthError):
    """RFC 6749 §4.1.2.1."""

    code = "server_error"
    status = 500


class TemporarilyUnavailable(OAuthError):
    """RFC 6749 §4.1.2.1."""

    code = "temporarily_unavailable"
    status = 503
    retry_after_seconds = 5


class TooManyRequests(OAuthError):
    """RFC 6585 §4, in the form of RFC 6749 §5.2. Whoever counts the requests records it, once a minute."""

    code = "temporarily_unavailable"
    status = 429
    may_redirect = False
    is_refusal = False

    def __init__(self, description: str, retry_after_seconds: int) -> None:
        super().__init__(description)
        self.retry_after_seconds = retry_after_seconds


class RegistrationFixed(OAuthError):
    """RFC 7592 §2.3: the client has no permission to remove its registration."""

    code = "access_denied"
    status = 403
    may_redirect = False


class RegistrationFull(OAuthError):
    """RFC 7591 §3.2.2 has no word for it: whoever registers has as many clients as they may."""

    code = "registration_full"
    status = 403
    may_redirect = False


class BadMetadata(OAuthError):
    """A client's metadata that can't be: `member` is what to change, `reason` a stable word for why.

    `value` is the one of several, such as an address, that is meant; "" where it is the member as a whole.
    """

    may_redirect = False

    def __init__(self, description: str, *, member: str = "", reason: str = "", value: str = "") -> None:
        super().__init__(description, reason=reason)
        self.member = member
        self.value = value


class InvalidClientMetadata(BadMetadata):
    """RFC 7591 §3.2.2."""

    code = "invalid_client_metadata"


class InvalidRedirectUri(BadMetadata):
    """RFC 7591 §3.2.2."""

    code = "invalid_redirect_uri"


def error_response(error: OAuthError) -> Response:
    """Answer in JSON: RFC 6749 §5.2."""
    headers: Headers = ()
    if isinstance(error, InvalidClient):
        headers = (("WWW-Authenticate", 'Basic realm="token"'),)
    elif isinstance(error, UseDpopNonce):
        headers = (("DPoP-Nonce", error.nonce),)
    elif isinstance(error, TooManyRequests | TemporarilyUnavailable):
        headers = (("Retry-After", str(error.retry_after_seconds)),)
    return json_response({"error": error.code, "error_description": error.description}, error.status, headers)
