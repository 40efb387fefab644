"""What each check tries, how its fault is mended, and what was seen, in words. Loaded with the first page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _

from tnid.checker import checks
from tnid.checker.checks import Finding
from tnid.checker.guided import CAME_APART, SAID_SO, SIGNED_IN
from tnid.sandbox.words import WORDS as FAULTS

_LOGOUT = _(
    "Check the logout token as you check an ID token: signature, iss, aud, exp; then events must hold the"
    " logout event and there must be no nonce. Answer 400 where anything is wrong, and sign nobody out."
)
_EVENTS = _("Check signature, iss and aud. Answer 202 to what you take, 400 to what is wrong.")
_NAMES: Mapping[str, Any] = {
    "redirect_uris": _("The redirect URIs are safe, and those of the live client are tried here"),
    "redirect_exact": _("The redirect URI in the request is the registered one, letter by letter"),
    "auth_method": _("The application proves who it is as its kind should"),
    "pkce": _("The sign-in request has PKCE (S256)"),
    "state": _("The sign-in request has a state"),
    "nonce": _("The sign-in request has a nonce"),
    "alike": _("Without state and nonce, two sign-ins can't be told from a page that was loaded again."),
    "fresh": _("state, nonce and code_challenge are new each time"),
    "response_mode": _("The answer comes in a way that the application can read"),
    "post_logout": _("There is an address to come back to after signing out"),
    "back_channel": _("The application hears of sign-outs that begin elsewhere"),
    "policy": _("People can read how their data are protected"),
    checks.CALLBACK_ERROR: _("The redirect URI answers error=access_denied with a page"),
    checks.CALLBACK_CODE: _("A made-up code with a made-up state is not redeemed"),
    "logout_signature": _("A logout token with a wrong signature is refused"),
    "logout_audience": _("A logout token for another client is refused"),
    "logout_nonce": _("A logout token with a nonce is refused"),
    "logout_events": _("A logout token without the logout event is refused"),
    checks.LOGOUT_GOOD: _("A good logout token about somebody unknown is taken"),
    checks.FRONT_CHANNEL: _("The front-channel logout address loads in a frame"),
    checks.EVENTS_BAD: _("A security event with a wrong signature is refused"),
    checks.EVENTS_GOOD: _("A good security event of an unknown kind is taken"),
}
_MENDING: Mapping[str, Any] = {
    "redirect_uris": _(
        "Register https addresses, or http on your own machine while you write. Use the same paths in the"
        " sandbox as live, so that what is tried is what people meet."
    ),
    "redirect_exact": _(
        "Send the address exactly as it is registered: scheme, host name, port, path and the slash at its"
        " end. Behind a proxy, tell your framework its own address."
    ),
    "auth_method": _(
        "A server authenticates by a secret or a key. What runs in a browser or on a phone can keep no"
        " secret: it has none, and PKCE protects it."
    ),
    "pkce": _(
        "Have your library send code_challenge with code_challenge_method=S256, and code_verifier with the"
        " code. A token request without code_verifier is refused here, so yours sends it wherever sign-in"
        " works."
    ),
    "state": _(
        "Make a random state for each sign-in, keep it in the browser's session, and refuse an answer that"
        " has another one. Otherwise somebody can be signed in to an account that isn't theirs."
    ),
    "nonce": _(
        "Make a random nonce for each sign-in, keep it in the browser's session, and compare it with the ID"
        " token's. Otherwise an ID token of another sign-in passes."
    ),
    "fresh": _("Make them anew for every sign-in, from a source of randomness for secrets."),
    "response_mode": _("Leave response_mode out, or use form_post: browsers send no fragment to a server."),
    "post_logout": _("Register a post_logout_redirect_uri, and sign people out here as well."),
    "back_channel": _(
        "Register a backchannel_logout_uri, so that whoever signs out elsewhere is signed out of yours."
    ),
    "policy": _("Register policy_uri. The review asks for it before people sign in for real."),
    checks.CALLBACK_ERROR: _(
        "Look for error before code. Say that nothing was shared, and offer to begin again; no error page of"
        " the server's."
    ),
    checks.CALLBACK_CODE: _(
        "Compare state with the one in the browser's session before anything else. Where there is none, or"
        " another, send the code nowhere."
    ),
    **dict.fromkeys(checks.LOGOUT_BAD, _LOGOUT),
    checks.LOGOUT_GOOD: _(
        "Answer 200 or 204 within three seconds, also where nobody of that sub or sid is signed in."
    ),
    checks.FRONT_CHANNEL: _(
        "Answer with a page that needs no sign-in, without X-Frame-Options; in frame-ancestors name the"
        " issuer."
    ),
    checks.EVENTS_BAD: _EVENTS,
    checks.EVENTS_GOOD: _EVENTS,
}
SEEN: Mapping[str, Any] = {
    "unsafe_address": _("Not safe: %(address)s"),
    "no_address": _("No address is registered."),
    "path_not_tried": _("The live client comes back to %(path)s, which the sandbox has not."),
    "addresses": _("Registered addresses: %(number)s."),
    "other_address": _("Not registered: %(address)s"),
    "as_registered": _("The last request had a registered address."),
    "secret_in_public": _("It authenticates by %(method)s, though its kind can keep no secret."),
    "no_secret": _("It doesn't authenticate (%(method)s), though it has a server that could."),
    "method": _("It authenticates by %(method)s."),
    "pkce_method": _("The method was %(method)s."),
    "sent": _("%(parameter)s was there."),
    "not_sent": _("%(parameter)s was missing."),
    "repeated": _("Came before: %(parameters)s."),
    "fresh": _("Nothing of the last request came before."),
    "fragment": _("The answer was asked for in the fragment (%(mode)s), which no server sees."),
    "mode": _("response_mode: %(mode)s."),
    "no_request": _("Sign in once as a made-up person; then this is known."),
    "no_post_logout": _("No post_logout_redirect_uri is registered."),
    "no_logout": _("Neither backchannel_logout_uri nor frontchannel_logout_uri is registered."),
    "no_policy": _("No policy_uri is registered yet."),
    "address": _("Registered: %(address)s"),
    "no_server": _("Such an address opens on a phone or computer alone."),
    "not_registered": _("There is no such address registered."),
    "code_sent_on": _(
        "The application sent the made-up code to our token endpoint: it didn't compare state."
    ),
    "answered": _("The address answered %(status)s."),
    "answered_wrong": _("The address answered %(status)s; right is %(wanted)s."),
    "not_found": _("There is nothing at the address: it answered %(status)s."),
    "came_apart": _("The address answered %(status)s: something failed there."),
    "no_frame": _("Its headers forbid the frame that it is loaded in."),
    "too_slow": _("No answer within three seconds."),
    "private": _(
        "It can't be told from here: the address is on your own machine or network. Try it there by hand."
    ),
    "unresolved": _("It can't be told from here: there is no such host name. Try it by hand where there is."),
    "not_https": _("It can't be told from here: we connect to https alone. Try it on your machine by hand."),
    "unreachable": _("It can't be told from here: nothing answered. Is the application running?"),
    "not_met": _(
        "No sign-in met this fault yet, so nothing can be told. Begin again, then sign in at yours."
    ),
    "went_on": _("The application asked UserInfo all the same (%(calls)s times): it used the token."),
    "did_right": _("The fault was met, and the application did the right thing."),
    "did_sign_in": _("The fault was met, and somebody was signed in all the same."),
    "did_refuse": _("All was in order, and the application refused it."),
    "did_come_apart": _("The fault was met, and the application came apart."),
}
ANSWERS: Mapping[str, Any] = {
    SAID_SO: _("It refused, and said so on a page"),
    SIGNED_IN: _("I was signed in"),
    CAME_APART: _("An error page of the server's, an empty page or a loop"),
}
KINDS: Mapping[str, Any] = {
    checks.LOOK: _("By looking"),
    checks.ASK: _("By asking your application"),
    checks.GUIDED: _("With your help"),
}
# By hand, what a server can't reach
BY_HAND: Mapping[str, str] = {
    checks.CALLBACK_ERROR: "curl -i '{address}?error=access_denied&state=made-up'",
    checks.CALLBACK_CODE: "curl -i '{address}?code=made-up&state=made-up'",
    checks.FRONT_CHANNEL: "curl -i '{address}?sid=made-up'",
    **dict.fromkeys(checks.LOGOUT_BAD, "curl -i -d logout_token=made-up '{address}'"),
}


def name_of(check: str) -> str:
    """Return what a check tries."""
    return str(FAULTS[check].label if check in FAULTS else _NAMES[check])


def mending_of(check: str) -> str:
    """Return how what a check finds is mended."""
    return str(FAULTS[check].advice if check in FAULTS else _MENDING[check])


def seen_of(finding: Finding) -> str:
    """Return what a check saw, "" where it saw nothing yet."""
    if finding.word not in SEEN:
        return ""
    text = str(SEEN[finding.word])
    return text % finding.values if finding.values else text
