"""What each member of a client's metadata is called on our pages, and what it means: RFC 7591 §2."""

from __future__ import annotations

from typing import Any, NamedTuple

from flask_babel import lazy_gettext as _

from oidc.clients.response_algorithms import ENCRYPTED, SIGNED


class Explained(NamedTuple):
    """A member: its name for people, and what it does and when it is needed."""

    label: Any
    hint: Any


_HOST = _("https, at an address that our servers reach from the internet.")

FIELDS: dict[str, Explained] = {
    # Addresses
    "redirect_uris": Explained(
        _("Redirect URIs"),
        _(
            "Where people come back to after signing in, one address a line, each exactly as your"
            " program sends"
            " it. https, or http on your own computer (http://127.0.0.1:5000/callback)."
        ),
    ),
    "post_logout_redirect_uris": Explained(
        _("Post-logout redirect URIs"),
        _("Where people may come back to after signing out, one address a line. The same rules as above."),
    ),
    "initiate_login_uri": Explained(
        _("Address that begins a sign-in"),
        _(
            "A page of yours that starts signing in by itself, so that links in our list of"
            " applications lead there."
        ),
    ),
    "sector_identifier_uri": Explained(
        _("Sector identifier"),
        _(
            "Needed only where redirect URIs have several host names: the address of a JSON list of"
            " all of them."
            " It keeps the same sub for the same person on all."
        ),
    ),
    # Sign-in
    "application_type": Explained(
        _("Type of application"),
        _("Native ones, on a phone or computer, may have redirect URIs with a scheme of their own."),
    ),
    "grant_types": Explained(
        _("Grant types"), _("By which ways the application gets tokens. Most need the first two and no more.")
    ),
    "response_types": Explained(_("Response types"), _("Follows from the grant types: code, or none.")),
    "token_endpoint_auth_method": Explained(
        _("How the application proves itself"),
        _(
            "At the token endpoint. A program on somebody's phone or in a browser can keep no"
            " secret: choose none."
        ),
    ),
    "token_endpoint_auth_signing_alg": Explained(
        _("Algorithm of the assertion"), _("By which the application signs what it proves itself with.")
    ),
    "require_pushed_authorization_requests": Explained(
        _("Only pushed requests (PAR)"),
        _(
            "Requests are sent to our server first and not through the browser: nobody on the way"
            " can change them."
        ),
    ),
    "require_signed_request_object": Explained(
        _("Only signed requests"),
        _("Each request is a JWT signed by a key that you register on the page Keys and certificates."),
    ),
    "request_object_signing_alg": Explained(
        _("Algorithm of signed requests"), _("Leave it open to take any that we support.")
    ),
    "request_uris": Explained(
        _("Addresses of request objects"),
        _(
            "Where you keep ready-made requests, one address a line. Seldom needed: pushed requests"
            " are simpler."
        ),
    ),
    "dpop_bound_access_tokens": Explained(
        _("Tokens are bound by DPoP"),
        _("A stolen token is worth nothing without the key of your program (RFC 9449)."),
    ),
    "tls_client_certificate_bound_access_tokens": Explained(
        _("Tokens are bound to the certificate"),
        _("A stolen token is worth nothing without the TLS certificate of your server (RFC 8705)."),
    ),
    "default_acr_values": Explained(
        _("Least strength of the sign-in"),
        _("LoA2 asks everybody for a second factor. A single request can ask for it by acr_values as well."),
    ),
    "default_max_age": Explained(
        _("Longest age of a sign-in, in seconds"),
        _(
            "Whoever signed in longer ago is asked again. Empty: the sign-in of the day counts. For"
            " example: 3600"
        ),
    ),
    "require_auth_time": Explained(
        _("Always say when the person signed in"), _("The ID token then always has the claim auth_time.")
    ),
    "subject_type": Explained(
        _("Kind of sub"), _("pairwise: no other application knows the same person by the same identifier.")
    ),
    "scope": Explained(
        _("Scopes"), _("Which data may be asked for. Chosen on the page Data, with what it is for.")
    ),
    # CIBA
    "backchannel_token_delivery_mode": Explained(
        _("How a CIBA answer arrives"), _("poll: your program asks again and again; ping: we tell it once.")
    ),
    "backchannel_client_notification_endpoint": Explained(_("Address that is pinged (CIBA)"), _HOST),
    "backchannel_authentication_request_signing_alg": Explained(
        _("Algorithm of signed CIBA requests"), _("Leave it out to send them unsigned.")
    ),
    # Logout and events
    "backchannel_logout_uri": Explained(
        _("Back-channel logout"),
        _("We tell your server here, by a signed token, when somebody signed out elsewhere. Recommended."),
    ),
    "backchannel_logout_session_required": Explained(
        _("With the session's id (back-channel)"), _("The logout token then always has the claim sid.")
    ),
    "frontchannel_logout_uri": Explained(
        _("Front-channel logout"),
        _(
            "A page of yours that ends its own session, opened in a frame while somebody signs out."
            " At the host of"
            " a redirect URI. Browsers block it more and more: prefer the back channel."
        ),
    ),
    "frontchannel_logout_session_required": Explained(
        _("With the session's id (front-channel)"), _("iss and sid are added to the address.")
    ),
    "security_events_uri": Explained(
        _("Security events"),
        _("Where we push events such as a withdrawn consent or a shut account (RFC 8935)."),
    ),
    # Keys
    "jwks_uri": Explained(
        _("Address of your keys"),
        _("The best way: we fetch new keys there by ourselves. https, and reachable from the internet."),
    ),
    "jwks": Explained(
        _("Keys, pasted"),
        _(
            "A JWK Set, or public keys and certificates as PEM, which we turn into one. Never paste"
            " a private key."
        ),
    ),
    "tls_client_auth_subject_dn": Explained(
        _("Subject of the certificate"),
        _("As RFC 4514 writes it. For example: CN=app.example,O=Example,C=VN"),
    ),
    "tls_client_auth_san_dns": Explained(_("Host name in the certificate"), _("For example: app.example")),
    "tls_client_auth_san_uri": Explained(_("URI in the certificate"), _("For example: https://app.example/")),
    "tls_client_auth_san_ip": Explained(_("IP address in the certificate"), _("For example: 203.0.113.7")),
    "tls_client_auth_san_email": Explained(_("E-mail in the certificate"), _("For example: it@app.example")),
    # What people see, and the rest
    "client_name": Explained(
        _("Name"), _("As people read it when they sign in. By language: client_name#vi.")
    ),
    "client_uri": Explained(_("Home page"), _("https. By language, too.")),
    "logo_uri": Explained(_("Logo"), _("https. By language, too.")),
    "policy_uri": Explained(_("Privacy policy"), _("https. By language, too.")),
    "tos_uri": Explained(_("Terms of use"), _("https. By language, too.")),
    "contacts": Explained(_("Contacts"), _("E-mail addresses at which we reach those who run it.")),
    "software_id": Explained(_("Identifier of the software"), _("The same for every copy of one program.")),
    "software_version": Explained(_("Version of the software"), _("As you count it.")),
}

_ANSWERS = {
    "id_token": _("ID token"),
    "userinfo": _("UserInfo answer"),
    "introspection": _("Introspection answer"),
    "authorization": _("Authorization answer (JARM)"),
}
_SIGNED = {
    "id_token": _("Always signed. RS256 is read by every library, ES256 is shorter."),
    "userinfo": _("Plain JSON suits nearly everybody."),
    "introspection": _("Plain JSON suits nearly everybody."),
    "authorization": _("Used where a request asks for a response mode such as query.jwt."),
}
FIELDS |= {
    f"{name}_signed_response_alg": Explained(_("%(answer)s: signed by", answer=_ANSWERS[name]), _SIGNED[name])
    for name in SIGNED
}
FIELDS |= {
    f"{name}_encrypted_response_alg": Explained(
        _("%(answer)s: key encrypted by", answer=_ANSWERS[name]),
        _(
            "Needs a key of yours for encryption, on the page Keys and certificates. Off: it is not"
            " encrypted."
        ),
    )
    for name in ENCRYPTED
}
FIELDS |= {
    f"{name}_encrypted_response_enc": Explained(
        _("%(answer)s: content encrypted by", answer=_ANSWERS[name]), _("Only where it is encrypted.")
    )
    for name in ENCRYPTED
}


def label_of(member: str) -> Any:
    """Return what a member is called; of one that we don't explain, its own name."""
    base, _sharp, tag = member.partition("#")
    found = FIELDS.get(base)
    if found is None:
        return member
    return f"{found.label} ({tag})" if tag else found.label
