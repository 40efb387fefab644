"""What each parameter, answer and claim of a sign-in means, for whoever writes an application.

Loaded when a page shows a run, for its words are many.
"""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _

REQUEST: dict[str, Any] = {
    "client_id": _("Which application asks. Here it is the playground's own, which is set up like yours."),
    "response_type": _("A code comes back, and never a token: tokens don't belong in addresses."),
    "redirect_uri": _("Where the answer goes: one of the registered addresses, character by character."),
    "scope": _("What is asked for. With openid it is a sign-in, and an ID token comes."),
    "state": _("Made anew for each request and kept by your application: an answer without it is nobody's."),
    "nonce": _("Made anew, too. It comes back in the ID token, which is good for this sign-in alone."),
    "code_challenge": _(
        "The hash of a secret that your application keeps (PKCE): who steals the code has no use for it."
    ),
    "code_challenge_method": _("How the hash was made. S256 is the only one that is taken."),
    "login_hint": _("Who is to sign in. In the sandbox it picks somebody made up at once."),
    "prompt": _(
        "login asks for a new sign-in, consent for a new consent; none shows no page at all and answers with"
        " an error where one would be needed."
    ),
    "acr_values": _(
        "How strong the sign-in is to be: LoA1 is one factor, LoA2 are two. Look at acr in the answer."
    ),
    "max_age": _("How many seconds ago the sign-in may have been. Look at auth_time in the answer."),
    "response_mode": _("form_post has the browser post the answer instead of putting it into the address."),
    "ui_locales": _("The language of our pages, where the person has chosen none."),
    "claims": _("Single claims by name, each of them essential or not, beside those of the scopes."),
}
RESPONSE: dict[str, Any] = {
    "code": _("Good once, for a minute, for this application and with this code_verifier only."),
    "state": _("The same as in the request: compare it before anything else."),
    "iss": _("Who answers. Compare it with the issuer that your application expects (RFC 9207)."),
    "error": _("The sign-in didn't happen. The code says why; say it to the person in words."),
    "error_description": _("For you, and not for the person."),
}
TOKENS: dict[str, Any] = {
    "access_token": _("Opens userinfo and APIs. It means nothing to you: don't look into it."),
    "token_type": _("How the access token is sent: Authorization: Bearer, or DPoP."),
    "expires_in": _("For how many seconds the access token is good."),
    "id_token": _("Who signed in, when and how, signed by us for you. Check it before you believe it."),
    "refresh_token": _(
        "Gets new tokens without the person. Each is good once; keep the new one that comes with it."
    ),
    "scope": _("What was agreed to. It may be less than what was asked for."),
    "error": _("Nothing was given. The code says why."),
    "error_description": _("For you, and not for the person."),
}
CLAIMS: dict[str, Any] = {
    "iss": _("Who says so: compare it with your issuer."),
    "sub": _("Who it is, the same at each sign-in. Other applications know the person by another one."),
    "aud": _("For whom: your client_id, or the token isn't yours."),
    "exp": _("Until when the token may be believed."),
    "iat": _("When it was made."),
    "auth_time": _("When the person proved who they are."),
    "nonce": _("The one of your request: otherwise it is another sign-in's token."),
    "acr": _("How strong the sign-in was."),
    "amr": _("By which means (RFC 8176)."),
    "azp": _("To which application it was given."),
    "sid": _("Which session: a sign-out that we tell you of names it."),
    "at_hash": _("Ties the access token to this ID token."),
}
STEPS: dict[str, Any] = {
    "token": _("Exchange the code for tokens"),
    "userinfo": _("Ask userinfo who it is"),
    "refresh": _("Refresh the tokens"),
    "revoke": _("Revoke the tokens"),
}
