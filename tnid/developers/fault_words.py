"""What is wrong with a setting, and what to do: the validator's stable reasons in the words of developers."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from flask_babel import lazy_gettext as _

from oidc.clients.redirect_uris import is_loopback
from oidc.errors import BadMetadata

MOST_SHOWN = 80

WORDS: dict[str, Any] = {
    # Addresses
    "empty": _("This is empty. Fill it in or leave it out."),
    "none": _("Write at least one address: people could not come back from signing in."),
    "too_many": _("There are more than 50 addresses. Leave out those that are no longer used."),
    "duplicate": _("This address stands here twice. Leave one out."),
    "too_long": _("This is too long."),
    "fragment": _("Leave out the # and what follows: browsers don't send it to any server."),
    "wildcard": _("* stands for nothing here: write each address out in full."),
    "space": _("There is a space within the address. Write %%20, or take it out."),
    "invisible": _(
        "There is a character that can't be seen, often from copying. Delete it and type it anew."
    ),
    "not_ascii": _("Write letters with diacritics encoded: %%E1%%BB%%95 in a path, xn--… in a host name."),
    "characters": _("There is a character that an address can't have, such as a quotation mark or < >."),
    "malformed": _("This is not an address. For example: https://app.example/callback"),
    "userinfo": _("Leave out the user name and password before the @: anybody can read them."),
    "dots": _("Write the path without . and .. parts."),
    "not_https": _(
        "Use https. Plain http is for your own computer alone: http://127.0.0.1 or http://localhost."
    ),
    "https_alone": _("Use https, without exception: a browser is sent there by itself."),
    "host": _("The host name is missing or has characters that it can't have."),
    "no_scheme": _("It must begin with https://"),
    "scheme": _(
        "A scheme of its own is for native applications. Choose that type on the page Sign-in, or use https."
    ),
    "scheme_name": _("Begin with your domain turned round, with a dot in it: vn.example.app:/callback"),
    "forbidden_scheme": _("Nobody is sent to an address that runs a program or shows a file."),
    "page": _("Use the address of a page, with https and without a user name."),
    "same_origin": _("It must have the same scheme, host name and port as one of the redirect URIs."),
    "request_uris": _("50 addresses at most, each up to 512 characters, without diacritics."),
    # What we connect to
    "private": _(
        "This leads into a private network or to your own computer, where our servers never"
        " connect. Use an address"
        " on the internet; keys can be pasted instead."
    ),
    "unresolved": _("There is no such host name. Check it, or wait until the DNS entry is there."),
    "unreachable": _(
        "Our servers got no answer there within three seconds, or the TLS certificate is not valid."
    ),
    "status": _("The address did not answer with 200 OK. It must need neither sign-in nor redirect."),
    "too_large": _("What stands there is larger than 64 KiB."),
    "too_slow": _("The address took longer than three seconds."),
    "sector": _(
        "The redirect URIs have several host names: %(value)s. Give a sector identifier, or keep"
        " to one host name."
    ),
    "sector_list": _('The document there must be a JSON list that holds every redirect URI: ["https://…"]'),
    "same_sector": _(
        "With this host name nobody would be known again: every person would get another sub."
        " Keep the old host by"
        " a sector identifier there, or make another application."
    ),
    # Keys
    "keys_twice": _("Give either the address of the keys or the keys themselves, not both."),
    "needs_keys": _("%(value)s needs your public key. Register one on the page Keys and certificates first."),
    "needs_certificate": _(
        "Register your certificate on the page Keys and certificates first: paste it as PEM."
    ),
    "secret_keys": _(
        "This held a private key, so it was thrown away. Nobody but your server may have it:"
        " make a new pair of keys,"
        " and paste only the public one."
    ),
    "not_jwks": _('This is not a set of keys. It looks like {"keys": [{"kty": "EC", …}]}'),
    "no_json": _(
        "This is neither JSON nor PEM. PEM begins with -----BEGIN PUBLIC KEY----- or -----BEGIN"
        " CERTIFICATE-----"
    ),
    "not_pem": _("A block of this PEM can't be read. Copy it again with its first and last line."),
    "weak_key": _("An RSA key is too short: it needs 2048 bits or more."),
    "kid": _("Each of several keys needs a name of its own, its kid."),
    "no_encryption_key": _('None of your keys can be encrypted to by %(value)s. Add one with "use": "enc".'),
    "bound_twice": _("Bind tokens by DPoP or to the certificate, not both."),
    "no_mtls": _(
        "TLS certificates of clients are not set up at this provider. Choose private_key_jwt: it"
        " is as strong."
    ),
    "needs_subject": _("Say which name the certificate has: fill in exactly one of these."),
    "one_subject": _("Fill in exactly one name of the certificate, and leave the others empty."),
    "no_subject": _("This is for tls_client_auth alone. Choose that above, or leave this empty."),
    "subject": _("This is not written as such a name is. Compare the example."),
    # The rest
    "type": _("This has the wrong form."),
    "seconds": _("Write a whole number of seconds, from 0."),
    "choice": _("Choose one of what is offered."),
    "invalid": _("This can't be so."),
    "response_types": _(
        "The response types don't fit the grant types: code with authorization_code, else none."
    ),
    "refresh_alone": _("refresh_token goes with a way by which people sign in. Tick one of those, too."),
    "needs_authentication": _(
        "This is for applications that prove themselves. Choose how on the page Sign-in."
    ),
    "operators_only": _("Only an operator of the province gives this to a live application."),
    "profile": _("This application is held to the FAPI 2.0 profile, which does not take that."),
    "text_length": _("Write 1 to 200 characters."),
    "text_characters": _("There is a character that can't be seen or turns the text round. Type it anew."),
    "scope_name": _("A scope is made of letters, digits and . _ : / - with spaces between them."),
    "scope": _("There is no scope %(value)s."),
    "reviewed": _("This is reviewed first."),
    "fixed": _("This can't be changed."),
    "not_json": _("This is not a JSON object. Look for a comma or a bracket too much or too few."),
    "unknown_member": _("We don't know %(value)s. It is left out; look for a typing mistake."),
    "changed_meanwhile": _(
        "Somebody else changed the settings while this page was open. What you typed is still"
        " here: look at the"
        " history, then save again."
    ),
    "keys_of_owner": _(
        "What opens the live application, and where it hears of sign-outs, is for owners of the team to"
        " change: keys, certificates, how it proves itself, logout and event addresses. Ask one of them."
    ),
    "too_many_looks": _("We looked at your addresses very often. Try again in %(minutes)s minutes."),
}

ADVICE: dict[str, Any] = {
    "trimmed": _("Spaces and blank lines around it were left out."),
    "localhost": _(
        "localhost and 127.0.0.1 are two different addresses here. Register the one that your program sends."
    ),
    "private_host": _(
        "This address is known in your own network alone: people elsewhere can't come back to it."
    ),
    "ip_host": _("A host name lasts longer than an IP address, and certificates are made for names."),
    "own_computer": _(
        "This leads to the person's own computer: right for installed programs, wrong for websites."
    ),
}


class Advice(NamedTuple):
    """What is no fault, but perhaps not what was meant."""

    member: str
    reason: str
    value: str = ""


def words_of(fault: BadMetadata) -> str:
    """Return what to tell the developer; which of several addresses is meant stands before it."""
    text = str(WORDS.get(fault.reason, WORDS["invalid"])) % {"value": _short(fault.value), "minutes": ""}
    is_one_of_several = fault.value.partition(":")[2] and fault.reason not in ("sector", "needs_keys")
    return f"{_short(fault.value)} – {text}" if is_one_of_several else text


def advice_words(advice: Advice) -> str:
    text = str(ADVICE[advice.reason])
    return f"{_short(advice.value)} – {text}" if advice.value else text


def find_advice(metadata: Mapping[str, Any], *, is_sandbox: bool) -> list[Advice]:
    """Return what a developer may want to know about addresses that are right as they are."""
    found = []
    for member in ("redirect_uris", "post_logout_redirect_uris"):
        for uri in metadata.get(member) or ():
            if (reason := _advise(uri, is_sandbox=is_sandbox)) is not None:
                found.append(Advice(member, reason, uri))
    return found


def _advise(uri: str, *, is_sandbox: bool) -> str | None:
    try:
        host = urlsplit(uri).hostname or ""
    except ValueError:
        return None
    if is_loopback(host):
        named = "localhost" if host == "localhost" else None
        return named if is_sandbox else "own_computer"
    try:
        return "ip_host" if ipaddress.ip_address(host).is_global else "private_host"
    except ValueError:
        is_inner = "." not in host or host.endswith((".local", ".lan", ".internal", ".home.arpa"))
        return "private_host" if is_inner and uri.startswith("https:") else None


def _short(text: str) -> str:
    shown = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)
    return shown if len(shown) <= MOST_SHOWN else f"{shown[: MOST_SHOWN - 1]}…"
