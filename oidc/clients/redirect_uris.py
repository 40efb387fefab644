"""Addresses that a client may register to be sent to: RFC 9700 §2.1, RFC 8252 §7, OpenID Registration §2."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from oidc.errors import InvalidRedirectUri

LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
MAX_LENGTH = 2000
_URI = re.compile(r"[A-Za-z0-9._~:/?\[\]@!$&'()+,;=%-]+")  # RFC 3986 §2, without '#' and '*'
# RFC 3986 §3.2.2 allows more; but an origin stands in our policy headers, where ; and , part what they name
_HOST = re.compile(r"[a-z0-9._-]+|[0-9a-f:.]+")
_PRIVATE_SCHEME = re.compile(r"[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+")  # RFC 8252 §7.1: a reversed domain name


def is_loopback(host: str | None) -> bool:
    """Say whether the host is this machine itself, by one of its three fixed names."""
    return host in LOOPBACK_HOSTS


def check_uri(uri: str, *, is_native: bool, name: str = "redirect_uris") -> None:
    """Raise InvalidRedirectUri unless a browser may be sent there."""
    if len(uri) > MAX_LENGTH or not _URI.fullmatch(uri):
        raise InvalidRedirectUri(
            f"{name}: an address is empty, too long or holds characters such as # and *."
        )
    try:
        parts = urlsplit(uri)
        host, _port = parts.hostname, parts.port
    except ValueError as error:
        raise InvalidRedirectUri(f"{name}: an address is malformed.") from error
    if parts.username is not None or parts.password is not None:
        raise InvalidRedirectUri(f"{name}: an address must not hold a user name.")
    if {"..", "."} & set(re.split(r"/|%2[fF]", parts.path)):
        raise InvalidRedirectUri(f"{name}: an address must not climb with dots.")
    if parts.scheme == "https" and host and _HOST.fullmatch(host):
        return
    if parts.scheme == "http" and is_loopback(host):
        return
    if is_native and _PRIVATE_SCHEME.fullmatch(parts.scheme):
        return
    raise InvalidRedirectUri(f"{name}: an address must be https, or http on a loopback host.")
