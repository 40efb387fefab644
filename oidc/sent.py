"""What of a refused request its developer may read: the names of its parameters, and those values that are
the application's own configuration. Nothing that is secret, and nothing that says who signs in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlsplit, urlunsplit

from oidc.errors import OAuthError
from oidc.http import Request
from oidc.models import AuthorizationRequest
from oidc.parameters import FORM, parse

MOST_NAMES = 40
MOST_CHARACTERS = 300
HIDDEN = "***"
# What an application chooses once for all its people, or from a vocabulary of the protocol's
CHOSEN = frozenset(
    {
        *("response_type", "response_mode", "scope", "prompt", "max_age", "acr_values", "display"),
        *("code_challenge_method", "ui_locales", "grant_type", "resource", "audience", "token_type_hint"),
        *("subject_token_type", "actor_token_type", "requested_token_type", "client_assertion_type"),
        *("client_id", "redirect_uri", "post_logout_redirect_uri", "requested_expiry", "outcome"),
        "sandbox_fault",
    }
)
_ADDRESSES = frozenset({"redirect_uri", "post_logout_redirect_uri", "resource", "audience"})
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.#-]{0,39}")
_WORD = re.compile(r"[^\s/]+")
# What may be the number of a person, a phone or a card
_NUMBER = re.compile(r"\+?[0-9]{7,}|\+?[0-9]{2,4}(?:[ -][0-9]{2,4}){2,}")
_UNREADABLE = re.compile(r"[^\x20-\x7e]")


def without_personal(text: str) -> str:
    """Return a text without what may be somebody's mailbox or number, or isn't printable ASCII.

    Takes time in proportion to the text's length, which a stranger chooses.
    """
    without_mailboxes = _WORD.sub(_hide_mailbox, _UNREADABLE.sub("?", text))
    return _NUMBER.sub(HIDDEN, without_mailboxes)[:MOST_CHARACTERS]


def _hide_mailbox(word: re.Match[str]) -> str:
    return HIDDEN if "@" in word[0] or "%40" in word[0] else word[0]


def describe_sent(values: Mapping[str, str]) -> dict[str, str]:
    """Return the parameters by name: those that are the developer's own choice with their values."""
    shown: dict[str, str] = {}
    for name in list(values)[:MOST_NAMES]:
        if _NAME.fullmatch(name) and without_personal(name) == name:
            shown[name] = _describe_value(name, values[name]) if name in CHOSEN else HIDDEN
    return shown


def _describe_value(name: str, value: str) -> str:
    return without_personal(_without_query(value) if name in _ADDRESSES else value)


def _without_query(uri: str) -> str:
    """Return an address as it was registered, or meant to be; a query that came with it may say anything."""
    try:
        parts = urlsplit(uri)
        cut = urlunsplit(parts._replace(query="", fragment=""))
    except ValueError:
        return HIDDEN
    marks = ("?" + HIDDEN if parts.query else "") + ("#" + HIDDEN if parts.fragment else "")
    return cut + marks


def sent_in(request: Request) -> dict[str, str]:
    """Return what came over HTTP, of it what may be told; {} where it can't be read."""
    is_form = request.content_type.partition(";")[0].strip().lower() == FORM
    try:
        return describe_sent(parse(request.body if is_form else request.query).values)
    except OAuthError:
        return {}


def sent_as(request: AuthorizationRequest) -> dict[str, str]:
    """Return what a checked authorization request asked for, of it what may be told."""
    chosen = {
        "redirect_uri": request.redirect_uri,
        "response_mode": request.response_mode,
        "scope": " ".join(request.scope),
        "prompt": " ".join(request.prompt),
        "max_age": "" if request.max_age is None else str(request.max_age),
        "acr_values": request.essential_acr or request.wanted_acr,
        "resource": " ".join(request.resource),
    }
    return describe_sent({name: value for name, value in chosen.items() if value})
