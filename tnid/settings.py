"""Every setting: its name, type, unit, default and what it is for.

The setting `code_lifetime_seconds` is set by the environment variable `TNID_CODE_LIFETIME_SECONDS`; there is
no other way. A variable that is unknown, or a value that is wrong, stops the start.
"""

# ruff: noqa: RUF009  the calls in the dataclass make its fields
from __future__ import annotations

import dataclasses
import ipaddress
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import SplitResult, urlsplit

from cryptography import x509
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

PREFIX = "TNID_"
PROJECT_ROOT = Path(__file__).resolve().parents[1]
LOCALES = ("vi", "en", "ko")
LOG_LEVELS = ("debug", "info", "warning", "error")
DAY = 86400
YEAR = 365 * DAY

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Parse = Callable[[str], Any]


class SettingsError(Exception):
    """A setting is wrong; the message is one sentence for the operator and holds no secret."""


def _issuer(text: str) -> str:
    """Return the issuer: scheme, host and port only (RFC 8414 §2: no query, no fragment)."""
    parts = _url(text, ("https", "http"))
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


def _url(text: str, schemes: tuple[str, ...]) -> SplitResult:
    parts = urlsplit(text)
    if parts.scheme not in schemes or not (parts.hostname or parts.scheme == "unix"):
        raise ValueError(f"must be a URL that begins with {' or '.join(f'{s}://' for s in schemes)}")
    if any(character.isspace() for character in text):
        raise ValueError("must not hold a space")
    if parts.port == 0:
        raise ValueError("must not name port 0")
    return parts


def _url_of(*schemes: str) -> Parse:
    def parse(text: str) -> str:
        _url(text, schemes)
        return text

    return parse


def _database_url(text: str) -> str:
    try:
        url = make_url(text)
    except ArgumentError:
        raise ValueError("is not a database URL") from None
    if url.drivername not in ("sqlite", "postgresql+psycopg"):
        raise ValueError("must begin with sqlite:/// or postgresql+psycopg://")
    if url.drivername == "sqlite" and url.database in (None, "", ":memory:"):
        raise ValueError("must name a file, for several processes share the database")
    return text


def _path(text: str) -> Path:
    return Path(text).expanduser().absolute()


def _existing_file(text: str) -> Path:
    path = _path(text)
    if not path.is_file():
        raise ValueError("names a file that is not there")
    return path


def _certificates_file(text: str) -> Path:
    path = _existing_file(text)
    try:
        x509.load_pem_x509_certificates(path.read_bytes())
    except (ValueError, OSError):
        raise ValueError("names a file that holds no certificates") from None
    return path


def _header(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9-]+", text):
        raise ValueError("must be the name of a header such as X-Client-Cert")
    return text


def _networks(text: str) -> tuple[Network, ...]:
    try:
        return tuple(ipaddress.ip_network(part.strip()) for part in text.split(",") if part.strip())
    except ValueError:
        raise ValueError("must be networks with commas between, such as 10.0.0.0/8,::1") from None


def _flag(text: str) -> bool:
    if text not in ("true", "false"):
        raise ValueError("must be true or false")
    return text == "true"


def _one_of(*words: str) -> Parse:
    def parse(text: str) -> str:
        if text not in words:
            raise ValueError(f"must be one of {', '.join(words)}")
        return text

    return parse


def _whole(least: int, most: int) -> Parse:
    def parse(text: str) -> int:
        if not (text.isascii() and text.isdigit()) or not least <= int(text) <= most:
            raise ValueError(f"must be a whole number from {least} to {most}")
        return int(text)

    return parse


def setting(parse: Parse, default: str | None, unit: str, doc: str, *, secret: bool = False) -> Any:
    """Declare a setting; the default is written as in the environment, None where absence means something."""
    metadata = {"parse": parse, "default": default, "unit": unit, "doc": doc, "secret": secret}
    return dataclasses.field(repr=not secret, metadata=metadata)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Settings:
    """The validated settings of one process; made by `load` only."""

    # fmt: off
    # Where it is
    issuer: str = setting(_issuer, "http://localhost:8000", "URL",
        "the address that relying parties know us by")
    instance_dir: Path = setting(_path, str(PROJECT_ROOT / "instance"), "folder",
        "everything that is written to disk")
    database_url: str = setting(_database_url, "sqlite:///{instance_dir}/tnid.db", "URL",
        "SQLite or PostgreSQL", secret=True)
    redis_url: str | None = setting(_url_of("redis", "rediss", "unix"), None, "URL",
        "a Redis for speed; taken, and not used yet", secret=True)
    master_key_file: Path = setting(_path, "{instance_dir}/master.key", "file",
        "the key that seals keys and personal data, mode 0600")
    trusted_proxies: tuple[Network, ...] = setting(_networks, "", "networks",
        "whose X-Forwarded headers are believed")
    locale_default: str = setting(_one_of(*LOCALES), "vi", "language",
        "the language where a person has chosen none")
    smtp_url: str | None = setting(_url_of("smtp", "smtps"), None, "URL",
        "the mail server; taken, and not used yet", secret=True)
    log_level: str = setting(_one_of(*LOG_LEVELS), "info", "level",
        "how much is logged")
    outbound_ca_file: Path | None = setting(_existing_file, None, "file",
        "more certificate authorities for clients' addresses")
    outbound_allow_loopback: bool = setting(_flag, "false", "flag",
        "let clients' addresses be on this machine (development)")
    registration_open: bool = setting(_flag, "false", "flag",
        "let clients register without an initial access token (RFC 7591)")
    client_certificate_header: str | None = setting(_header, None, "header",
        "where a trusted proxy puts a client's TLS certificate (RFC 8705)")
    client_ca_file: Path | None = setting(_certificates_file, None, "file",
        "the authorities that issue clients' certificates (PEM)")
    mtls_url: str | None = setting(_url_of("https"), None, "URL",
        "where clients are asked for a certificate, if not at the issuer")
    dpop_nonce_required: bool = setting(_flag, "false", "flag",
        "ask for a nonce of ours in each DPoP proof (RFC 9449 §8)")

    # What is issued
    code_lifetime_seconds: int = setting(_whole(1, 600), "60", "seconds",
        "authorization code (RFC 6749 §4.1.2: ten minutes at most)")
    access_token_lifetime_seconds: int = setting(_whole(1, DAY), "600", "seconds",
        "access token")
    resource_token_lifetime_seconds: int = setting(_whole(1, DAY), "300", "seconds",
        "access token for a protected resource, which may check it without asking us (RFC 9068)")
    id_token_lifetime_seconds: int = setting(_whole(1, DAY), "600", "seconds",
        "ID token")
    refresh_token_lifetime_seconds: int = setting(_whole(1, YEAR), str(30 * DAY), "seconds",
        "refresh token, from the grant")
    refresh_reuse_grace_seconds: int = setting(_whole(0, 60), "10", "seconds",
        "how long a lost answer may be asked for again")

    # People
    session_idle_seconds: int = setting(_whole(1, DAY), "3600", "seconds",
        "a session unused for so long has ended")
    session_lifetime_seconds: int = setting(_whole(1, 30 * DAY), "43200", "seconds",
        "a session never lives longer")
    interaction_lifetime_seconds: int = setting(_whole(1, 3600), "600", "seconds",
        "how long the way through the screens stays open")
    sign_in_lifetime_seconds: int = setting(_whole(1, 3600), "600", "seconds",
        "from the password to the second factor")
    fresh_sign_in_seconds: int = setting(_whole(1, 3600), "300", "seconds",
        "changing a factor needs a sign-in as recent as this")
    staff_idle_seconds: int = setting(_whole(60, DAY), "900", "seconds",
        "an official's counter unused for so long has closed")
    role_idle_seconds: int = setting(_whole(DAY, YEAR), str(45 * DAY), "seconds",
        "a role unused for so long sleeps until an operator grants it again")
    mandate_longest_seconds: int = setting(_whole(DAY, YEAR), str(YEAR), "seconds",
        "how long a helper's mandate may last")
    argon2_concurrency: int = setting(_whole(1, 64), "2", "at once",
        "password hashes a process computes at the same time")

    # Keys
    key_rotation_seconds: int = setting(_whole(60, 10 * YEAR), str(90 * DAY), "seconds",
        "how long a signing key signs")
    key_publish_seconds: int = setting(_whole(1, 30 * DAY), "900", "seconds",
        "how long a key is published before it signs")

    # What is sent to clients
    outbox_retry_seconds: int = setting(_whole(1, 3600), "5", "seconds",
        "from a failed delivery to the next; each further wait is three times as long")
    outbox_attempts: int = setting(_whole(1, 20), "9", "attempts",
        "after so many a message to a client is given up")

    # Keeping house
    audit_seal_seconds: int = setting(_whole(1, 60), "1", "seconds",
        "between two sealings of the audit log")
    audit_keep_seconds: int = setting(_whole(YEAR, 100 * YEAR), str(2 * YEAR), "seconds",
        "how long audit events are kept")
    purge_seconds: int = setting(_whole(1, DAY), "60", "seconds",
        "between two purges of expired rows")
    purge_batch_rows: int = setting(_whole(1, 100_000), "500", "rows",
        "how many expired rows one transaction removes")
    # fmt: on

    @property
    def is_plain_http(self) -> bool:
        return self.issuer.startswith("http://")

    @property
    def is_loopback(self) -> bool:
        """Say whether the issuer can be reached from this machine only, as in development."""
        return is_loopback(urlsplit(self.issuer).hostname or "")

    @property
    def keeps_messages(self) -> bool:
        """Say whether messages to people are shown instead of sent: a demonstration that can send nothing."""
        return self.is_loopback and self.smtp_url is None


FIELDS: tuple[dataclasses.Field[Any], ...] = dataclasses.fields(Settings)


class Examined(NamedTuple):
    """One variable as found: its parsed value, or what is wrong with it."""

    field: dataclasses.Field[Any]
    is_set: bool
    value: Any
    problem: str | None

    @property
    def variable(self) -> str:
        return variable_of(self.field.name)


def variable_of(name: str) -> str:
    """Return the environment variable that sets this setting."""
    return PREFIX + name.upper()


def load(environ: Mapping[str, str]) -> Settings:
    """Return the settings of this environment, or raise SettingsError with the first thing wrong."""
    for name in find_unknown(environ):
        raise SettingsError(f"{name} is not a setting; `tnid config check` lists them all.")
    examined = examine(environ)
    for one in examined:
        if one.problem:
            raise SettingsError(f"{one.variable} {one.problem}.")
    settings = Settings(**{one.field.name: one.value for one in examined})
    _check_together(settings)
    return settings


def find_unknown(environ: Mapping[str, str]) -> list[str]:
    """Return the TNID_ variables that no setting has, most likely misspelt."""
    known = {variable_of(field.name) for field in FIELDS}
    return sorted(name for name in environ if name.startswith(PREFIX) and name not in known)


def examine(environ: Mapping[str, str]) -> list[Examined]:
    """Parse every setting by itself; wrong ones carry their problem, the rest their value."""
    examined: list[Examined] = []
    for field in FIELDS:
        given = environ.get(variable_of(field.name))
        # instance_dir stands before the settings whose defaults lie in it
        text = field.metadata["default"] if given is None else given
        if given is None and text is not None and "{instance_dir}" in text:
            text = text.format(instance_dir=next(e.value for e in examined if e.field.name == "instance_dir"))
        examined.append(_examine_one(field, given is not None, text))
    return examined


def _examine_one(field: dataclasses.Field[Any], is_set: bool, text: str | None) -> Examined:
    if text is None:
        return Examined(field, is_set, None, None)
    if is_set and not text.strip():
        return Examined(field, is_set, None, "is empty; leave it out to take the default")
    try:
        return Examined(field, is_set, field.metadata["parse"](text), None)
    except ValueError as error:
        return Examined(field, is_set, None, str(error))


def _check_together(settings: Settings) -> None:
    if settings.client_certificate_header and not settings.trusted_proxies:
        raise SettingsError("TNID_CLIENT_CERTIFICATE_HEADER needs TNID_TRUSTED_PROXIES.")
    if (settings.client_ca_file or settings.mtls_url) and not settings.client_certificate_header:
        raise SettingsError("TNID_CLIENT_CA_FILE and TNID_MTLS_URL need TNID_CLIENT_CERTIFICATE_HEADER.")
    if settings.session_idle_seconds > settings.session_lifetime_seconds:
        raise SettingsError("TNID_SESSION_IDLE_SECONDS must not be more than TNID_SESSION_LIFETIME_SECONDS.")
    if settings.key_publish_seconds >= settings.key_rotation_seconds:
        raise SettingsError("TNID_KEY_PUBLISH_SECONDS must be less than TNID_KEY_ROTATION_SECONDS.")
