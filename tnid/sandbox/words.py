"""What each fault of the sandbox is, and what an application should do then, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from flask_babel import lazy_gettext as _

from oidc import sandbox_faults as faults

SLOW, EXPIRED_REQUEST = "slow", "expired_request"


class Words(NamedTuple):
    """What happens, and what a good application does."""

    label: Any
    advice: Any


WORDS: Mapping[str, Words] = {
    "access_denied": Words(
        _("The person doesn't agree"), _("Say that nothing was shared, and offer to begin again.")
    ),
    "login_required": Words(
        _("Nobody is signed in (an answer to prompt=none)"), _("Begin again without prompt=none.")
    ),
    "interaction_required": Words(
        _("A page would have to be shown (an answer to prompt=none)"), _("Begin again without prompt=none.")
    ),
    "consent_required": Words(
        _("The person would have to agree first (an answer to prompt=none)"),
        _("Begin again without prompt=none."),
    ),
    "account_selection_required": Words(
        _("An account would have to be chosen (an answer to prompt=none)"),
        _("Begin again without prompt=none."),
    ),
    "unmet_authentication_requirements": Words(
        _("The sign-in is weaker than the acr that was asked for"),
        _("Say that a second factor is needed, and offer to begin again."),
    ),
    "temporarily_unavailable": Words(
        _("The provider is busy"), _("Say so, and offer to try again; nothing typed may be lost.")
    ),
    "server_error": Words(_("Something failed at the provider"), _("Say so, and offer to try again.")),
    faults.CODE_EXPIRED: Words(
        _("The code has expired when it is redeemed"), _("On invalid_grant begin the sign-in again.")
    ),
    faults.CODE_USED: Words(
        _("The code was used before"), _("On invalid_grant begin the sign-in again; never send a code twice.")
    ),
    SLOW: Words(_("The answer is slow: 20 seconds"), _("Keep the state until the person is back.")),
    EXPIRED_REQUEST: Words(
        _("The request has expired"),
        _("The person comes back by themselves: begin anew when they open the application again."),
    ),
    faults.TOKEN_UNAVAILABLE: Words(
        _("The token endpoint answers 503 with Retry-After"),
        _("Wait as long as Retry-After says and try again; the code is still good."),
    ),
    faults.TOKEN_SLOW: Words(
        _("The token endpoint answers after 5 seconds"),
        _("Have a timeout; a code is spent even where you don't wait for the answer."),
    ),
    faults.TOKEN_REFUSED: Words(
        _("The token endpoint answers invalid_grant"), _("Begin the sign-in again, for refreshing too.")
    ),
    faults.EXPIRED: Words(_("The ID token has expired"), _("Refuse it: exp is in the past.")),
    faults.EARLY: Words(
        _("The ID token is of a clock 10 minutes ahead"), _("Refuse an iat far in the future.")
    ),
    faults.WRONG_ISSUER: Words(_("The ID token is of another issuer"), _("Refuse it: compare iss.")),
    faults.WRONG_AUDIENCE: Words(_("The ID token is for another client"), _("Refuse it: compare aud.")),
    faults.WRONG_NONCE: Words(_("The ID token has another nonce"), _("Refuse it: compare nonce.")),
    faults.WRONG_SIGNATURE: Words(_("The ID token's signature is wrong"), _("Refuse it.")),
    faults.UNKNOWN_KEY: Words(
        _("The ID token's key is not in the JWKS"),
        _("Fetch the JWKS anew, once; where the key still isn't there, refuse the token."),
    ),
    faults.NEW_KEY: Words(
        _("The ID token is of a new key that is in the JWKS by now"),
        _("Fetch the JWKS anew when a kid is unknown, and accept the token."),
    ),
    faults.USERINFO_UNAVAILABLE: Words(
        _("UserInfo answers 503 with Retry-After"), _("Go on without the claims, or try again later.")
    ),
    faults.USERINFO_SLOW: Words(_("UserInfo answers after 5 seconds"), _("Have a timeout.")),
    faults.USERINFO_REFUSED: Words(
        _("UserInfo answers 401 invalid_token"), _("Refresh the access token once, else begin again.")
    ),
    faults.WRONG_SUBJECT: Words(
        _("UserInfo is about somebody else"), _("Refuse it: sub must be the ID token's.")
    ),
}
"""Every fault of oidc.sandbox_faults has its words here; two are the picker's own."""

AT_PICKER = (*faults.AT_AUTHORIZATION, SLOW, EXPIRED_REQUEST)
