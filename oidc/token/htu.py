"""A DPoP proof's `htu`: RFC 9449 §4.3, compared without query and fragment, normalised by RFC 3986 §6.2."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import urlsplit

MAX_LENGTH = 2048
DEFAULT_PORTS = {"https": 443, "http": 80}
_URI = re.compile(r"[\x21-\x7e]+")
_ENCODED = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]")


@lru_cache(64)
def normalize(uri: str) -> str | None:
    """Return the address in its normal form, without query and fragment; None where it is no http address."""
    if len(uri) > MAX_LENGTH or not _URI.fullmatch(uri):
        return None
    try:
        parts = urlsplit(uri)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme not in DEFAULT_PORTS or not host or "@" in parts.netloc:
        return None
    # RFC 3986 §3.2.2: an IPv6 address stands in brackets, which urlsplit takes off
    name = f"[{host}]" if ":" in host else _normalize_percent(host)
    suffix = "" if port in (None, DEFAULT_PORTS[parts.scheme]) else f":{port}"
    return f"{parts.scheme}://{name}{suffix}{_remove_dot_segments(_normalize_percent(parts.path)) or '/'}"


def _normalize_percent(text: str) -> str:
    """RFC 3986 §6.2.2.1 and §6.2.2.2: hexadecimal digits in capitals, unreserved characters as themselves."""

    def spell(found: re.Match[str]) -> str:
        character = chr(int(found[1], 16))
        return character if _UNRESERVED.fullmatch(character) else found[0].upper()

    return _ENCODED.sub(spell, text)


def _remove_dot_segments(path: str) -> str:
    """RFC 3986 §5.2.4, for a path that begins with a slash."""
    kept: list[str] = []
    segments = path.split("/")
    for position, segment in enumerate(segments):
        if segment == "..":
            if len(kept) > 1:
                kept.pop()
        elif segment != ".":
            kept.append(segment)
            continue
        if position == len(segments) - 1:
            kept.append("")
    return "/".join(kept)
