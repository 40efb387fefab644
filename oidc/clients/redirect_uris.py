"""Addresses that a client may register to be sent to: RFC 9700 §2.1, RFC 8252 §7, OpenID Registration §2."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import SplitResult, urlsplit

from oidc.errors import InvalidRedirectUri
from oidc.models import Client

LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
MAX_LENGTH = 2000
MAX_PORT = 65535
# Schemes that run or show what stands in the address itself
BROWSERS_OWN = frozenset({"javascript", "data", "file", "blob", "about", "vbscript"})
_URI = re.compile(r"[A-Za-z0-9._~:/?\[\]@!$&'()+,;=%-]+")  # RFC 3986 §2, without '#' and '*'
# RFC 3986 §3.2.2 allows more; but an origin stands in our policy headers, where ; and , part what they name
_HOST = re.compile(r"[a-z0-9._-]+|[0-9a-f:.]+")
_PRIVATE_SCHEME = re.compile(r"[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+")  # RFC 8252 §7.1: a reversed domain name

_LOOPBACK_URI = re.compile(r"(http://(?:localhost|127\.0\.0\.1|\[::1\]))(?::([0-9]{1,5}))?((?:[/?].*)?)")


def is_registered(uri: str, client: Client) -> bool:
    """Say whether the client registered this redirect URI, character by character: RFC 9700 §4.1.3.

    RFC 8252 §7.3: a native application listens on whichever port of the loopback host is free.
    """
    registered = client.redirect_uris
    if uri in registered or client.metadata.get("application_type") != "native":
        return uri in registered
    portless = _without_port(uri)
    return portless is not None and portless in map(_without_port, registered)


def _without_port(uri: str) -> tuple[str, str] | None:
    """Return what stands before and after the port of a loopback host's address; None of any other."""
    found = _LOOPBACK_URI.fullmatch(uri)
    if found is None or int(found[2] or 0) > MAX_PORT:
        return None
    return found[1], found[3]


def is_loopback(host: str | None) -> bool:
    """Say whether the host is this machine itself, by one of its three fixed names."""
    return host in LOOPBACK_HOSTS


def is_host(host: str | None) -> bool:
    """Say whether a host, in small letters, is written as one can be."""
    return host is not None and _HOST.fullmatch(host) is not None


def check_uri(uri: str, *, is_native: bool, name: str = "redirect_uris") -> None:
    """Raise InvalidRedirectUri unless a browser may be sent there."""
    if len(uri) > MAX_LENGTH or not _URI.fullmatch(uri):
        text = f"{name}: an address is empty, too long or holds characters such as # and *."
        raise InvalidRedirectUri(text, member=name, reason=_unwritable(uri), value=uri)
    try:
        parts = urlsplit(uri)
        host, _port = parts.hostname, parts.port
    except ValueError as error:
        text = f"{name}: an address is malformed."
        raise InvalidRedirectUri(text, member=name, reason="malformed", value=uri) from error
    if parts.username is not None or parts.password is not None:
        text = f"{name}: an address must not hold a user name."
        raise InvalidRedirectUri(text, member=name, reason="userinfo", value=uri)
    if {"..", "."} & set(re.split(r"/|%2[fF]", parts.path)):
        text = f"{name}: an address must not climb with dots."
        raise InvalidRedirectUri(text, member=name, reason="dots", value=uri)
    if parts.scheme == "https" and is_host(host):
        return
    if parts.scheme == "http" and is_loopback(host):
        return
    if is_native and _PRIVATE_SCHEME.fullmatch(parts.scheme):
        return
    text = f"{name}: an address must be https, or http on a loopback host."
    raise InvalidRedirectUri(text, member=name, reason=_unreachable(parts, is_native=is_native), value=uri)


def _unwritable(uri: str) -> str:
    """Return the reason for which this is not written as an address is."""
    if not uri or len(uri) > MAX_LENGTH:
        return "too_long" if uri else "empty"
    if any(letter != " " and unicodedata.category(letter) in _UNSEEN for letter in uri):
        return "invisible"
    kinds = (("#", "fragment"), ("*", "wildcard"), (" ", "space"))
    named = next((reason for letter, reason in kinds if letter in uri), "characters")
    return named if uri.isascii() or named != "characters" else "not_ascii"


# What isn't seen, and spaces that aren't those of a keyboard
_UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs")


def _unreachable(parts: SplitResult, *, is_native: bool) -> str:
    """Return the reason for which no browser is sent to where this leads."""
    if not parts.scheme:
        return "no_scheme"
    if parts.scheme == "http":
        return "not_https"
    if parts.scheme == "https":
        return "host"
    is_own = parts.scheme not in BROWSERS_OWN
    return ("scheme_name" if is_native else "scheme") if is_own else "forbidden_scheme"
