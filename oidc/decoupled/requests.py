"""The life of a request that waits for the person elsewhere: begun, polled, decided once, redeemed once.

Both grants are the same machine: RFC 8628 §3.3 to §3.5, and CIBA Core §10.1 and §11. They differ in how the
person is found. What each adds stands in `device_authorization` and `backchannel_authentication`.
"""

from __future__ import annotations

from oidc.agreed import Agreed
from oidc.consent import missing_consent
from oidc.decoupled.models import DecoupledRequest
from oidc.decoupled.user_code import read_user_code
from oidc.errors import AccessDenied, AuthorizationPending, ExpiredToken, InvalidGrant, OAuthError, SlowDown
from oidc.interfaces import Consents, DecoupledStore, GrantStore
from oidc.models import LOA2, OFFLINE_ACCESS, Client, EndUser, Grant, acr_at_least
from oidc.parts import Parts, ProviderConfig
from oidc.token.handles import Handles, hash_code
from oidc.worlds import of_its_world

USER_CODE = "user_code"


class DecoupledRequests:
    """What the token endpoint and the person's pages do with such requests, in the caller's unit of work."""

    def __init__(self, parts: Parts) -> None:
        self._config: ProviderConfig = parts.config
        self._store: DecoupledStore = parts.stores.decoupled
        self._grants: GrantStore = parts.stores.grants
        self._consents: Consents = parts.stores.consents
        self._handles: Handles = parts.handles

    # The person's side

    def claim(self, typed: str, account_id: str, now: int) -> DecoupledRequest | None:
        """Return the waiting request of a code as this person typed it; the caller counts wrong guesses.

        From then on it is theirs to decide and nobody else's: a link to it that they send on leads nowhere.
        """
        code = read_user_code(typed)
        if code is None:
            return None
        return self._store.claim(hash_user_code(self._handles, code), account_id, now)

    def find_of(self, request_id: str, account_id: str) -> DecoupledRequest | None:
        """Return a request that names this person, decided ones too; another's is as if it never was."""
        found = self._store.find(request_id)
        return found if found is not None and found.account_id == account_id else None

    def list_waiting(self, account_id: str, now: int) -> list[DecoupledRequest]:
        """Return what names this person and waits, the newest first."""
        return self._store.list_waiting(account_id, now)

    def find_obstacle(
        self, request: DecoupledRequest, client: Client, end_user: EndUser, now: int
    ) -> str | None:
        """Return what keeps this person from agreeing: `guardian` (whom the account waits for),
        `second_factor` or `identity_level`, None for nothing.

        Where two factors are asked for, they must be fresh: nobody signs in at the device itself, and a
        session left open hours ago says little of who holds the phone now.
        """
        if end_user.is_waiting:
            return "guardian"
        least = max(request.least_acr, client.least_acr)
        age = now - end_user.auth_time
        is_fresh = least != LOA2 or age <= self._config.decision_max_age_seconds
        if not acr_at_least(end_user.acr, least) or not is_fresh:
            return "second_factor"
        return "identity_level" if end_user.identity_level < client.least_identity_level else None

    def allow(self, request: DecoupledRequest, client: Client, end_user: EndUser, now: int) -> bool:
        """Note that the person agreed; False where something keeps them from it, or it was decided already.

        The consent itself is the caller's to record.
        """
        if client.disabled_at is not None or of_its_world(end_user, client) is None:
            return False
        if self.find_obstacle(request, client, end_user, now):
            return False
        return self._store.allow(
            request.id,
            account_id=end_user.account_id,
            auth_time=end_user.auth_time,
            acr=end_user.acr,
            amr=" ".join(end_user.amr),
            now=now,
        )

    def deny(self, request: DecoupledRequest, end_user: EndUser, now: int) -> bool:
        """Note that the person refused, for good; False where it was decided already."""
        return self._store.deny(request.id, end_user.account_id, now)

    # The client's side

    def redeem(self, grant_type: str, handle: str, client: Client, now: int) -> Grant:
        """Return the stored grant of a request that the person allowed, once; raise the OAuthError otherwise.

        A poll is one statement, which also judges how fast it came, and a redemption is one more, whose row
        count decides.
        """
        handle_hash = hash_code(handle)
        polled = self._store.poll(handle_hash, grant_type, client.client_id, now)
        if polled is None:
            raise self._refuse_unknown(handle_hash, client, now)
        try:
            return self._redeem(polled, grant_type, client, now)
        except OAuthError as error:
            error.flow, error.began_at = polled.id, polled.created_at
            raise

    def _redeem(self, polled: DecoupledRequest, grant_type: str, client: Client, now: int) -> Grant:
        check_decided(polled, now)
        handle_hash = polled.handle_hash
        redeemed = self._store.redeem(handle_hash, grant_type, client.client_id, now)
        if redeemed is None:
            raise AccessDenied("The person no longer stands by it, or it was fetched at this very moment.")
        agreed = self._consents.find_agreed(redeemed.account_id or "", client.client_id)
        if agreed is None or missing_consent(redeemed.asked, client, agreed, now):
            raise AccessDenied("The person took the consent back.", account_id=redeemed.account_id)
        grant = new_grant(redeemed, client, agreed, self._config, now)
        if not self._grants.add(grant, is_sandbox=client.is_sandbox):
            raise AccessDenied("The person took the consent back.", account_id=redeemed.account_id)
        return grant

    def _refuse_unknown(self, handle_hash: bytes, client: Client, now: int) -> OAuthError:
        """The handle is nobody's, another client's, or spent; a spent one ends what was issued for it."""
        found = self._store.find_by_handle(handle_hash)
        if found is None or found.client_id != client.client_id or found.redeemed_at is None:
            return InvalidGrant("The code is unknown, or was issued to another client.")
        self._grants.revoke(found.id, now)
        return InvalidGrant("The code was used before.", reason="code_reused", account_id=found.account_id)


def check_decided(request: DecoupledRequest, now: int) -> None:
    """Raise what RFC 8628 §3.5 and CIBA Core §11 answer for as long as there is nothing to redeem."""
    if request.denied_at is not None:
        raise AccessDenied("The person refused.", account_id=request.account_id)
    if request.expires_at <= now:
        raise ExpiredToken("Nobody answered in time; begin again.")
    if request.allowed_at is not None:
        return
    if request.too_fast:
        raise SlowDown(f"Poll every {request.interval_seconds} seconds from now on.")
    raise AuthorizationPending("The person has not answered yet.")


def hash_user_code(handles: Handles, code: str) -> bytes:
    """Return what is stored of a user code: keyed, as 34 bits are soon tried through."""
    return handles.digest(USER_CODE, code)


def new_grant(
    request: DecoupledRequest, client: Client, agreed: Agreed, config: ProviderConfig, now: int
) -> Grant:
    """Return the grant, under the request's own id.

    It is a session of its own, at the device: it ends neither with the session of the browser in which the
    person agreed, nor is that browser's sid told to the client. It ends with the consent, the account or the
    client, and without offline_access after as long as a session may last.
    """
    may_outlast = "refresh_token" in client.grant_types and not client.terminal
    is_offline = OFFLINE_ACCESS in request.scope.split() and may_outlast
    scope = [name for name in request.scope.split() if is_offline or name != OFFLINE_ACCESS]
    lasts = config.refresh_token_lifetime_seconds if is_offline else config.session_lifetime_seconds
    if client.terminal:
        lasts = min(lasts, config.terminal_session_lifetime_seconds)
    return Grant(
        id=request.id,
        client_id=request.client_id,
        account_id=request.account_id or "",
        sid=request.id,
        scope=" ".join(scope),
        userinfo_claims="",
        id_token_claims="",
        nonce=None,
        auth_time=request.auth_time or 0,
        acr=request.acr or "",
        amr=request.amr or "",
        redirect_uri="",
        code_challenge=None,
        dpop_jkt=None,
        code_hash=None,
        code_expires_at=None,
        code_redeemed_at=now,
        offline=1,
        generation=0,
        rotated_at=None,
        created_at=now,
        expires_at=min(now + lasts, agreed.expires_at or now + lasts),
        revoked_at=None,
        withheld=agreed.withheld_text,
    )
