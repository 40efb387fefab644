"""The kinds of values that settings have.

A parser returns the value of a text, or raises ValueError with what is wrong, in words that follow the name.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from cryptography import x509
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Parse = Callable[[str], Any]


def N_(text: str) -> str:  # noqa: N802  the name by which the tools that make catalogues know it
    """Mark a text for the catalogues, and return it as it is: who shows it translates it."""
    return text


def parse_issuer(text: str) -> str:
    """Return the issuer: scheme, host and port only (RFC 8414 §2: no query, no fragment)."""
    parts = parse_url(text, ("https", "http"))
    if text.endswith("/") or parts.path:
        raise ValueError("must end after the host and port: no path and no trailing slash")
    if "?" in text or "#" in text or "@" in text:
        raise ValueError("must have no query, no fragment and no user name")
    if not text.isascii() or text != text.lower():
        raise ValueError("must be written in lower-case ASCII, for it is compared letter by letter")
    if parts.scheme == "http" and not is_loopback(parts.hostname or ""):
        raise ValueError("may be plain http only on a loopback host such as localhost; use https")
    return text


def is_loopback(host: str) -> bool:
    """Say whether the host name or address can only be this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def parse_url(text: str, schemes: tuple[str, ...]) -> SplitResult:
    parts = urlsplit(text)
    if parts.scheme not in schemes or not (parts.hostname or parts.scheme == "unix"):
        raise ValueError(f"must be a URL that begins with {' or '.join(f'{s}://' for s in schemes)}")
    if any(character.isspace() for character in text):
        raise ValueError("must not hold a space")
    if parts.port == 0:
        raise ValueError("must not name port 0")
    return parts


def url_of(*schemes: str) -> Parse:
    def parse(text: str) -> str:
        parse_url(text, schemes)
        return text

    return parse


def parse_database_url(text: str) -> str:
    try:
        url = make_url(text)
    except ArgumentError:
        raise ValueError("is not a database URL") from None
    if url.drivername not in ("sqlite", "postgresql+psycopg"):
        raise ValueError("must begin with sqlite:/// or postgresql+psycopg://")
    if url.drivername == "sqlite" and url.database in (None, "", ":memory:"):
        raise ValueError("must name a file, for several processes share the database")
    return text


def parse_path(text: str) -> Path:
    return Path(text).expanduser().absolute()


def parse_existing_file(text: str) -> Path:
    path = parse_path(text)
    if not path.is_file():
        raise ValueError("names a file that is not there")
    return path


def parse_certificates_file(text: str) -> Path:
    path = parse_existing_file(text)
    try:
        x509.load_pem_x509_certificates(path.read_bytes())
    except (ValueError, OSError):
        raise ValueError("names a file that holds no certificates") from None
    return path


def parse_header(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9-]+", text):
        raise ValueError("must be the name of a header such as X-Client-Cert")
    return text


def parse_networks(text: str) -> tuple[Network, ...]:
    try:
        return tuple(ipaddress.ip_network(part.strip()) for part in text.split(",") if part.strip())
    except ValueError:
        raise ValueError("must be networks with commas between, such as 10.0.0.0/8,::1") from None


def parse_flag(text: str) -> bool:
    if text not in ("true", "false"):
        raise ValueError("must be true or false")
    return text == "true"


def one_of(*words: str) -> Parse:
    def parse(text: str) -> str:
        if text not in words:
            raise ValueError(f"must be one of {', '.join(words)}")
        return text

    return parse


def whole(least: int, most: int) -> Parse:
    def parse(text: str) -> int:
        if not (text.isascii() and text.isdigit()) or not least <= int(text) <= most:
            raise ValueError(f"must be a whole number from {least} to {most}")
        return int(text)

    return parse


def fraction(text: str) -> float:
    try:
        found = float(text)
    except ValueError:
        found = -1.0
    if not 0 <= found <= 1:
        raise ValueError("must be a number from 0 to 1, such as 0.1")
    return found


def parse_smtp_url(text: str) -> str:
    """Return smtps://, smtp+starttls:// or, on a loopback host only, smtp://; user:password@ may be in it."""
    parts = parse_url(text, ("smtps", "smtp+starttls", "smtp"))
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise ValueError("must end after the host and port")
    if not unquote(parts.netloc).isascii():
        raise ValueError("must have a user and a password in ASCII")
    if parts.scheme == "smtp" and not is_loopback(parts.hostname or ""):
        raise ValueError("may be smtp:// only on a loopback host; use smtps:// or smtp+starttls://")
    return text


def parse_gateway_url(text: str) -> str:
    parts = parse_url(text, ("https", "http"))
    if parts.scheme == "http" and not is_loopback(parts.hostname or ""):
        raise ValueError("may be plain http only on a loopback host; use https")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise ValueError("must hold neither a user name nor a fragment: the secret has a file of its own")
    return text


def parse_secret_file(text: str) -> Path:
    """Return the path of a file that holds one line of printable ASCII and that its owner alone can read."""
    path = parse_existing_file(text)
    if path.stat().st_mode & 0o077:
        raise ValueError("names a file that is open to others than its owner: chmod 600 it")
    try:
        secret = path.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError):
        raise ValueError("names a file that can't be read as a line of ASCII") from None
    if not secret or not secret.isprintable() or " " in secret:
        raise ValueError("names a file that does not hold one secret")
    return path


def parse_sender(text: str) -> str:
    """Return an e-mail address; asks no server."""
    # Here, for its tables take a fiftieth of a second of each process's start
    from email_validator import EmailNotValidError, validate_email  # noqa: PLC0415  as above

    try:
        return validate_email(text, check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError:
        raise ValueError("must be an email address") from None
