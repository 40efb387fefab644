"""What an error means and what to do about it: one table, by code, and by a reason or a stage that says more.

Loaded when a page explains something, for its words are many.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from flask_babel import lazy_gettext as _

from oidc.sandbox_faults import REASON
from tnid.client_log.service import LogEntry
from tnid.client_log.stages import (
    BACKCHANNEL,
    DEVICE,
    LOGOUT,
    REFRESH,
    REGISTRATION,
    REQUEST,
    TOKEN,
)


class Explanation(NamedTuple):
    """What happened, and what the developer does now; lazy translations."""

    what: Any
    todo: Any


def _at(stage: str) -> str:
    return f"@{stage}"


_UNKNOWN = Explanation(
    _("The request was refused."),
    _("The description above says why. If it does not help, send the support desk the error number."),
)
_PASSED = Explanation(_("This stage was passed."), _("There is nothing to do."))
_ASKED_FOR = Explanation(
    _("This went wrong on purpose: it was asked for in the sandbox."),
    _(
        "See that your application says in plain words what happened, and leads on. Take the fault back"
        " under Try."
    ),
)
_BY_REASON: dict[tuple[str, str], Explanation] = {
    ("invalid_request", "redirect_uri_unregistered"): Explanation(
        _("The redirect URI is not one that this application registered, so nobody was sent back to it."),
        _(
            "Compare it character by character with the settings: scheme, host, port, path and a slash at the"
            " end all count. Register it there, or send the registered one."
        ),
    ),
    ("invalid_request", _at(LOGOUT)): Explanation(
        _("The sign-out request can't be trusted, so the person was shown an error page."),
        _(
            "Register post_logout_redirect_uri exactly as it is sent, and send as id_token_hint an ID token"
            " that this application got."
        ),
    ),
    ("invalid_request", _at(TOKEN)): Explanation(
        _("A parameter of the token request is missing, sent twice, or in the wrong place."),
        _("Send a POST whose form body has every parameter once, and nothing in the address."),
    ),
    ("invalid_request", ""): Explanation(
        _("A parameter is missing, sent twice or not understood."),
        _("Compare the parameters below with the documentation; the description names the wrong one."),
    ),
    ("invalid_client", _at(REQUEST)): Explanation(
        _("No application with this client_id is registered, or it is switched off."),
        _("Copy the client_id from the overview. Sandbox and live have one each."),
    ),
    ("invalid_client", ""): Explanation(
        _("The application did not prove who it is."),
        _(
            "Check that the secret or key belongs to this very client_id, that it was not replaced, and that"
            " it is sent by the registered token_endpoint_auth_method. Sandbox and live have their own."
        ),
    ),
    ("interaction_expired", "abandoned"): Explanation(
        _("The person began to sign in and did not finish before the time was over."),
        _(
            "Your request was right. Where many leave, say beside your button what they need: a phone, two"
            " minutes."
        ),
    ),
    ("interaction_expired", ""): Explanation(
        _("The person took longer than the request lives, answered it twice, or went on in another browser."),
        _("Your request was right. Offer a button that begins the sign-in again."),
    ),
    ("invalid_grant", "code_reused"): Explanation(
        _(
            "This code was exchanged before. It may have been stolen, so all tokens of this sign-in were"
            " revoked."
        ),
        _("Exchange each code once. A reloaded callback page must not exchange it again."),
    ),
    ("invalid_grant", "refresh_token_reused"): Explanation(
        _(
            "An old refresh token came again. It may have been stolen, so all tokens of this sign-in were"
            " revoked."
        ),
        _(
            "Store the new refresh token of each answer before you use it, and let one process at a time"
            " refresh."
        ),
    ),
    ("invalid_grant", _at(REFRESH)): Explanation(
        _("The refresh token has expired, was revoked, or belongs to another application."),
        _("Begin a new sign-in. The person may have taken the consent back."),
    ),
    ("invalid_grant", ""): Explanation(
        _("The code can't be exchanged: it is unknown, too old, or was asked for with something else."),
        _(
            "Exchange it within a minute, with the redirect_uri of the request and the code_verifier whose"
            " hash was the code_challenge of the same sign-in."
        ),
    ),
    ("unauthorized_client", ""): Explanation(
        _("The application is not registered for this grant type or response type."),
        _("Add it in the settings, or use one that is registered."),
    ),
    ("unsupported_grant_type", ""): Explanation(
        _("There is no such grant type here; passwords are never taken from an application."),
        _("Use authorization_code for people, client_credentials for the application itself."),
    ),
    ("unsupported_response_type", ""): Explanation(
        _("Only response_type=code is answered: tokens never travel through the browser's address."),
        _("Ask for a code, with PKCE, and exchange it at the token endpoint."),
    ),
    ("invalid_scope", ""): Explanation(
        _(
            "The scope lacks openid, has characters that are not allowed, or asks for more than is"
            " registered."
        ),
        _("Register the scope under Data, or leave it out of the request."),
    ),
    ("invalid_target", "acr_too_low"): Explanation(
        _("The protected resource needs a stronger sign-in than this one."),
        _("Begin a sign-in with acr_values=LoA2 and use its token."),
    ),
    ("invalid_target", ""): Explanation(
        _("The resource is unknown, or this application may not use it."),
        _("Send its registered identifier, and ask its operator to allow this application."),
    ),
    ("invalid_authorization_details", ""): Explanation(
        _("authorization_details is not what a terminal of this application sends."),
        _("Send an array of one object of the registered type, with the registered name and place."),
    ),
    ("access_denied", _at(REGISTRATION)): Explanation(
        _("This registration can't be removed by a program: people sign in by it, as was agreed."),
        _("Archive the application here in the portal, or ask for the end of the agreement."),
    ),
    ("access_denied", "left"): Explanation(
        _("Nobody went on at the terminal, so the request was ended."),
        _("Show the start page again. Nothing is wrong."),
    ),
    ("access_denied", ""): Explanation(
        _("The person said no, or took the consent back."),
        _(
            "Say in your application what the data is for, and let people go on without it where you can."
            " Ask again only when they press your button again."
        ),
    ),
    ("login_required", ""): Explanation(
        _("prompt=none was asked for, and nobody was signed in, or somebody else than the one asked for."),
        _("Begin again without prompt=none, so that the person sees the sign-in page."),
    ),
    ("account_selection_required", ""): Explanation(
        _("prompt=none was asked for, and the person has to choose an account first."),
        _("Begin again without prompt=none."),
    ),
    ("consent_required", ""): Explanation(
        _("prompt=none was asked for, and the person has not agreed to all that is asked yet."),
        _("Begin again without prompt=none; the person is asked for what is new alone."),
    ),
    ("interaction_required", ""): Explanation(
        _("prompt=none was asked for, and a page is needed: a second factor, or a confirmed identity."),
        _("Begin again without prompt=none, so that the person can do what is missing."),
    ),
    ("request_uri_not_supported", ""): Explanation(
        _("This application has registered no address of request objects."),
        _("Register request_uris, or push the request to the endpoint of pushed requests."),
    ),
    ("invalid_request_object", ""): Explanation(
        _("The signed request object can't be used."),
        _(
            "Sign it by a registered key and algorithm, with iss and client_id of this application, aud of"
            " this issuer, and times that are not over."
        ),
    ),
    ("invalid_request_uri", ""): Explanation(
        _("The request_uri is unknown, over, or was used before."),
        _(
            "Push each request anew and send the browser on at once: it lives for a minute and a half, for"
            " one use."
        ),
    ),
    ("registration_not_supported", ""): Explanation(
        _("The parameter registration is not taken."),
        _("Register the application here in the portal, and leave the parameter out."),
    ),
    ("unmet_authentication_requirements", ""): Explanation(
        _("An acr was asked for as essential that does not exist here."),
        _("Ask for LoA1 or LoA2."),
    ),
    ("slow_down", ""): Explanation(
        _("The device polled faster than it was told to."),
        _("Wait at least as many seconds as interval says, and five more after each slow_down."),
    ),
    ("expired_token", ""): Explanation(
        _("Nobody answered before the request was over."),
        _("Begin a new request, and show its code again."),
    ),
    ("invalid_binding_message", ""): Explanation(
        _("The binding message is too long or holds a link."),
        _("Send a few words or digits that the person can compare with your screen."),
    ),
    ("invalid_token", "wrong_audience"): Explanation(
        _("The access token is for another resource."),
        _("Ask for a token without resource to use it here."),
    ),
    ("invalid_token", _at(REGISTRATION)): Explanation(
        _("The registration access token is missing, or is another application's."),
        _("Send the one that came with the registration, by Authorization: Bearer."),
    ),
    ("invalid_token", ""): Explanation(
        _("The access token is missing, has expired, or was revoked."),
        _("Refresh it and try again, once. If it is refused again, begin a new sign-in."),
    ),
    ("insufficient_scope", ""): Explanation(
        _("The access token does not cover this: there is no person behind it, or openid is missing."),
        _("Use the access token of a sign-in that asked for openid."),
    ),
    ("invalid_dpop_proof", ""): Explanation(
        _("The DPoP proof is missing, malformed, too old, was used before, or is by another key."),
        _(
            "Make a new proof for each request, with the exact method and address, a fresh jti and time, by"
            " the key that the token is bound to."
        ),
    ),
    ("use_dpop_nonce", ""): Explanation(
        _(
            "The DPoP proof needs a nonce of ours. This is how the first request of a client ends, and no"
            " mistake."
        ),
        _("Repeat the request with the nonce of the header DPoP-Nonce."),
    ),
    ("invalid_client_metadata", ""): Explanation(
        _("The metadata of the registration can't be used."),
        _("Change the member that the description names, and send the whole document again."),
    ),
    ("registration_full", ""): Explanation(
        _("The team of this token has as many applications as a team may."),
        _("Delete the clients that are no longer used, or archive their applications here in the portal."),
    ),
    ("invalid_redirect_uri", ""): Explanation(
        _("A redirect URI of the registration can't be used."),
        _("Use https without a fragment or wildcard; on your own machine http://localhost with any port."),
    ),
    ("delivery_failed", "undelivered"): Explanation(
        _("Your endpoint did not take the message, however often it was tried. It will not be sent again."),
        _(
            "Mend the endpoint so that it answers 200 within seconds, and ask the support desk to send it"
            " again."
        ),
    ),
    ("delivery_failed", ""): Explanation(
        _("Your endpoint did not take the message. It will be sent again, each time after a longer wait."),
        _(
            "See that the address can be reached from outside, has a valid certificate and answers 200 within"
            " seconds."
        ),
    ),
    ("server_error", ""): Explanation(
        _("The mistake is ours. It was noted."),
        _("Try again in a few minutes. If it goes on, send the support desk the error number."),
    ),
    ("temporarily_unavailable", ""): Explanation(
        _("The application made more requests than it may, or the system was busy."),
        _("Wait as long as Retry-After says. Keep tokens until they expire instead of asking anew."),
    ),
    ("unauthorized_client", _at(DEVICE)): Explanation(
        _("The application is not registered for sign-ins of devices."),
        _("Add the grant type urn:ietf:params:oauth:grant-type:device_code in the settings."),
    ),
    ("unauthorized_client", _at(BACKCHANNEL)): Explanation(
        _("The application is not registered to ask people by name (CIBA)."),
        _("Add the grant type urn:openid:params:grant-type:ciba in the settings."),
    ),
}


def explain(entry: LogEntry) -> Explanation:
    """Return what an entry means: by its reason, else by its stage, else by its code alone."""
    if not entry.is_refused:
        return _PASSED
    if entry.reason == REASON:
        return _ASKED_FOR
    words = (entry.reason or _at(entry.stage), _at(entry.stage), "")
    return next(
        (_BY_REASON[entry.error, word] for word in words if (entry.error, word) in _BY_REASON), _UNKNOWN
    )


def say_shortly(entry: LogEntry) -> Any:
    """Return what happened in one sentence: ours in the reader's language, else what the answer said."""
    explanation = explain(entry)
    return entry.description if explanation is _UNKNOWN and entry.description else explanation.what


def list_codes() -> frozenset[str]:
    """Return the error codes that are explained."""
    return frozenset(code for code, _reason in _BY_REASON)
