"""The record of a request that waits for the person elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, field, fields

from oidc.models import AuthorizationRequest

DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"
CIBA = "urn:openid:params:grant-type:ciba"
DECOUPLED_GRANT_TYPES = (DEVICE_CODE, CIBA)


@dataclass(frozen=True, slots=True)
class DecoupledRequest:
    """One request of one client, decided once by one person, and redeemed once.

    `handle_hash` is of the device_code or auth_req_id. `account_id` is who is asked: for a device unknown
    until somebody types the user code, for CIBA None where the hint led to nobody. `asked_from`
    is the network address that the request came from, `notification_token` what a client in ping mode is
    told by. Times are epoch seconds.
    """

    id: str
    grant_type: str
    client_id: str
    handle_hash: bytes = field(repr=False)
    user_code_hash: bytes | None = field(repr=False)
    account_id: str | None
    scope: str
    least_acr: str
    binding_message: str
    asked_from: str
    interval_seconds: int
    created_at: int
    expires_at: int
    polled_at: int | None = None
    too_fast: int = 0
    auth_time: int | None = None
    acr: str | None = None
    amr: str | None = None
    allowed_at: int | None = None
    denied_at: int | None = None
    redeemed_at: int | None = None
    notification_token: str = field(default="", repr=False)

    @property
    def asked(self) -> AuthorizationRequest:
        """What is asked, in the form that consents are given in; there is no redirect."""
        return AuthorizationRequest(self.client_id, "", "", tuple(self.scope.split()))

    def is_waiting(self, now: int) -> bool:
        """Say whether somebody may still decide."""
        return self.allowed_at is None and self.denied_at is None and self.expires_at > now


DECOUPLED_COLUMNS = tuple(f.name for f in fields(DecoupledRequest))
