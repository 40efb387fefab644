"""Every setting: its name, type, unit, default and what it is for.

The setting `code_lifetime_seconds` is set by the environment variable `TNID_CODE_LIFETIME_SECONDS`; there is
no other way. A variable that is unknown, or a value that is wrong, stops the start.
"""

# ruff: noqa: RUF009  the calls in the dataclass make its fields
from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from tnid.setting_kinds import (
    N_,
    Network,
    Parse,
    fraction,
    is_loopback,
    one_of,
    parse_certificates_file,
    parse_database_url,
    parse_flag,
    parse_gateway_url,
    parse_header,
    parse_issuer,
    parse_networks,
    parse_path,
    parse_secret_file,
    parse_sender,
    parse_smtp_url,
    url_of,
    whole,
)

PREFIX = "TNID_"
PROJECT_ROOT = Path(__file__).resolve().parents[1]
LOCALES = ("vi", "en", "ko")
LOG_LEVELS = ("debug", "info", "warning", "error")
DAY = 86400
YEAR = 365 * DAY


class SettingsError(Exception):
    """A setting is wrong; the message is one sentence for the operator and holds no secret."""


def setting(parse: Parse, default: str | None, unit: str, doc: str, *, secret: bool = False) -> Any:
    """Declare a setting; the default is written as in the environment, None where absence means something."""
    metadata = {"parse": parse, "default": default, "unit": unit, "doc": doc, "secret": secret}
    return dataclasses.field(repr=not secret, metadata=metadata)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Settings:
    """The validated settings of one process; made by `load` only."""

    # fmt: off
    # Where it is
    issuer: str = setting(parse_issuer, "http://localhost:8000", N_("URL"),
        N_("the address that relying parties know us by"))
    instance_dir: Path = setting(parse_path, str(PROJECT_ROOT / "instance"), N_("folder"),
        N_("everything that is written to disk"))
    docs_dir: Path = setting(parse_path, str(PROJECT_ROOT / "build" / "docs"), N_("folder"),
        N_("the documentation as `make docs` built it, served at /docs"))
    database_url: str = setting(parse_database_url, "sqlite:///{instance_dir}/tnid.db", N_("URL"),
        N_("SQLite or PostgreSQL"), secret=True)
    redis_url: str | None = setting(url_of("redis", "rediss", "unix"), None, N_("URL"),
        N_("a Redis in which processes agree on rates; the database does where there is none"), secret=True)
    master_key_file: Path = setting(parse_path, "{instance_dir}/master.key", N_("file"),
        N_("the key that seals keys and personal data, mode 0600"))
    trusted_proxies: tuple[Network, ...] = setting(parse_networks, "", N_("networks"),
        N_("whose X-Forwarded headers are believed"))
    locale_default: str = setting(one_of(*LOCALES), "vi", N_("language"),
        N_("the language where a person has chosen none"))
    log_level: str = setting(one_of(*LOG_LEVELS), "info", N_("level"),
        N_("how much is logged"))
    log_format: str = setting(one_of("text", "json"), "text", N_("format"),
        N_("lines for people, or one JSON object a line without a word about a person"))
    outbound_ca_file: Path | None = setting(parse_certificates_file, None, N_("file"),
        N_("more certificate authorities for clients' addresses, the mail server and the gateways"))
    outbound_allow_loopback: bool = setting(parse_flag, "false", N_("flag"),
        N_("let clients' addresses be on this machine (development)"))
    registration_open: bool = setting(parse_flag, "false", N_("flag"),
        N_("let clients register without an initial access token (RFC 7591)"))
    client_certificate_header: str | None = setting(parse_header, None, N_("header"),
        N_("where a trusted proxy puts a client's TLS certificate (RFC 8705)"))
    client_ca_file: Path | None = setting(parse_certificates_file, None, N_("file"),
        N_("the authorities that issue clients' certificates (PEM)"))
    metrics_networks: tuple[Network, ...] = setting(parse_networks, "127.0.0.0/8,::1/128", N_("networks"),
        N_("who may read /metrics; to others it isn't there"))
    mtls_url: str | None = setting(url_of("https"), None, N_("URL"),
        N_("where clients are asked for a certificate, if not at the issuer"))
    dpop_nonce_required: bool = setting(parse_flag, "false", N_("flag"),
        N_("ask for a nonce of ours in each DPoP proof (RFC 9449 §8)"))

    # What is issued
    code_lifetime_seconds: int = setting(whole(1, 600), "60", N_("seconds"),
        N_("authorization code (RFC 6749 §4.1.2: ten minutes at most)"))
    access_token_lifetime_seconds: int = setting(whole(1, DAY), "600", N_("seconds"),
        N_("how long an access token is valid"))
    resource_token_lifetime_seconds: int = setting(whole(1, DAY), "300", N_("seconds"),
        N_("access token for a protected resource, which may check it without asking us (RFC 9068)"))
    id_token_lifetime_seconds: int = setting(whole(1, DAY), "600", N_("seconds"),
        N_("how long an ID token is valid"))
    refresh_token_lifetime_seconds: int = setting(whole(1, YEAR), str(30 * DAY), N_("seconds"),
        N_("refresh token, from the grant"))
    refresh_reuse_grace_seconds: int = setting(whole(0, 60), "10", N_("seconds"),
        N_("how long a lost answer may be asked for again"))

    # People
    session_idle_seconds: int = setting(whole(1, DAY), "3600", N_("seconds"),
        N_("a session unused for so long has ended"))
    session_lifetime_seconds: int = setting(whole(1, 30 * DAY), "43200", N_("seconds"),
        N_("a session never lives longer"))
    interaction_lifetime_seconds: int = setting(whole(1, 3600), "600", N_("seconds"),
        N_("how long the way through the screens stays open"))
    sign_in_lifetime_seconds: int = setting(whole(1, 3600), "600", N_("seconds"),
        N_("from the password to the second factor"))
    qr_session_lifetime_seconds: int = setting(whole(60, DAY), "3600", N_("seconds"),
        N_("a session that a phone opened on another screen never lives longer"))
    terminal_session_lifetime_seconds: int = setting(whole(60, 3600), "900", N_("seconds"),
        N_("what somebody signed in to at a terminal never lives longer"))
    terminal_idle_seconds: int = setting(whole(10, 3600), "60", N_("seconds"),
        N_("a page at a terminal that nobody touches for so long ends what was begun"))
    fresh_sign_in_seconds: int = setting(whole(1, 3600), "300", N_("seconds"),
        N_("changing a factor needs a sign-in as recent as this"))
    staff_idle_seconds: int = setting(whole(60, DAY), "900", N_("seconds"),
        N_("an official's counter unused for so long has closed"))
    role_idle_seconds: int = setting(whole(DAY, YEAR), str(45 * DAY), N_("seconds"),
        N_("a role unused for so long sleeps until an operator grants it again"))
    mandate_longest_seconds: int = setting(whole(DAY, YEAR), str(YEAR), N_("seconds"),
        N_("how long a helper's mandate may last"))
    consent_lifetime_seconds: int = setting(whole(60, 10 * YEAR), str(YEAR), N_("seconds"),
        N_("after so long a person is asked again what they share; no grant outlives it"))
    deletion_wait_seconds: int = setting(whole(1, 20 * DAY), str(19 * DAY), N_("seconds"),
        N_("from the request for an account's deletion until it is erased; the law allows 20 days"))
    recovery_wait_seconds: int = setting(whole(60, 90 * DAY), str(3 * DAY), N_("seconds"),
        N_("how long a recovery waits, with warnings, where a person can show one thing alone"))
    guardian_least_identity_level: int = setting(whole(0, 2), "1", N_("level"),
        N_("how well a child's guardian must be known"))
    guardian_least_age_years: int = setting(whole(16, 100), "18", N_("years"),
        N_("how old a child's guardian must be, by a verified date of birth"))
    counter_recovery_wait_seconds: int = setting(whole(3600, 30 * DAY), str(3 * DAY), N_("seconds"),
        N_("one official alone gives an account back after so long"))
    appointment_seconds: int = setting(whole(DAY, 60 * DAY), str(14 * DAY), N_("seconds"),
        N_("how long a request waits for its person's visit to a commune"))
    argon2_concurrency: int = setting(whole(1, 64), "1", N_("at the same time"),
        N_("password hashes a process computes at the same time"))

    # Keys
    key_rotation_seconds: int = setting(whole(60, 10 * YEAR), str(90 * DAY), N_("seconds"),
        N_("how long a signing key signs"))
    key_publish_seconds: int = setting(whole(1, 30 * DAY), "900", N_("seconds"),
        N_("how long a key is published before it signs"))

    # What is sent, to clients and to people
    outbox_retry_seconds: int = setting(whole(1, 3600), "5", N_("seconds"),
        N_("from a failed delivery to the next; each further wait is three times as long"))
    outbox_attempts: int = setting(whole(1, 20), "9", N_("attempts"),
        N_("after so many a message is given up"))

    # Lists of workers
    list_most_bytes: int = setting(whole(1024, 512 * 1024 * 1024), str(32 * 1024 * 1024), N_("bytes"),
        N_("how large a list of workers may be that an employer uploads"))
    list_most_rows: int = setting(whole(1, 1_000_000), "250000", N_("rows"),
        N_("how many rows of a list are read"))

    # Messages to people
    smtp_url: str | None = setting(parse_smtp_url, None, N_("URL"),
        N_("the mail server: smtps:// or smtp+starttls://, user:password@ before the host"), secret=True)
    smtp_sender: str | None = setting(parse_sender, None, N_("address"),
        N_("whom e-mail comes from; no-reply@ the issuer's host where it is not set"))
    sms_url: str | None = setting(parse_gateway_url, None, N_("URL"),
        N_("the gateway that sends SMS; docs/operations/people.md says what is posted to it"))
    sms_secret_file: Path | None = setting(parse_secret_file, None, N_("file"),
        N_("the SMS gateway's bearer secret, mode 0600"))
    zalo_url: str | None = setting(parse_gateway_url, None, N_("URL"),
        N_("the gateway that sends by Zalo, which is tried before SMS"))
    zalo_secret_file: Path | None = setting(parse_secret_file, None, N_("file"),
        N_("the Zalo gateway's bearer secret, mode 0600"))

    # Who watches
    audit_syslog_url: str | None = setting(url_of("syslog+tls", "syslog+tcp", "syslog+udp"), None, N_("URL"),
        N_("a syslog receiver of the sealed audit log; port 6514, 601 or 514 unless it is there"))
    audit_file: Path | None = setting(parse_path, None, N_("file"),
        N_("where the sealed audit log is appended as JSON lines; may be rotated"))

    otlp_url: str | None = setting(url_of("https", "http"), None, N_("URL"),
        N_("an OpenTelemetry collector (OTLP over HTTP) that takes traces; none are made without it"))
    otlp_sample_ratio: float = setting(fraction, "0.1", N_("share"),
        N_("of the requests, from 0 to 1, how many are traced that no proxy of ours decided on"))

    # How much at a time
    rate_network_pages: int = setting(whole(60, 10_000_000), "30000", N_("a minute"),
        N_("pages that one network may ask for: thousands may share an address"))
    rate_network_sign_ins: int = setting(whole(10, 10_000_000), "6000", N_("a minute"),
        N_("sign-ins that may be begun from one network"))
    rate_network_refusals: int = setting(whole(10, 10_000_000), "3000", N_("a minute"),
        N_("requests of one network for endpoints that machines call that may fail for want of proof"))
    rate_account_pages: int = setting(whole(10, 1_000_000), "1200", N_("a minute"),
        N_("pages that one account may ask for"))
    rate_account_silent_sign_ins: int = setting(whole(10, 10_000_000), "120000", N_("a minute"),
        N_("sign-ins without a screen that one account may have"))
    rate_client_requests: int = setting(whole(60, 100_000_000), "600000", N_("a minute"),
        N_("requests that one client may make"))
    attack_wrong_passwords: int = setting(whole(1, 1_000_000), "300", N_("a minute"),
        N_("wrong passwords of everybody together: beyond, strangers' browsers solve a puzzle or wait first"))

    # Keeping house
    audit_seal_seconds: int = setting(whole(1, 60), "1", N_("seconds"),
        N_("between two sealings of the audit log"))
    audit_keep_seconds: int = setting(whole(YEAR, 100 * YEAR), str(2 * YEAR), N_("seconds"),
        N_("how long audit events are kept"))
    client_log_keep_seconds: int = setting(whole(3600, 400 * DAY), str(30 * DAY), N_("seconds"),
        N_("how long developers read the entries of their application's log"))
    client_hours_keep_seconds: int = setting(whole(DAY, 10 * YEAR), str(400 * DAY), N_("seconds"),
        N_("how long the counts of an application's hours are kept"))
    client_log_most_a_minute: int = setting(whole(4, 100_000), "240", N_("entries"),
        N_("more of one application are counted and not entered; refusals of one stage get a quarter"))
    purge_seconds: int = setting(whole(1, DAY), "30", N_("seconds"),
        N_("between two purges of expired rows"))
    purge_batch_rows: int = setting(whole(1, 100_000), "500", N_("rows"),
        N_("how many expired rows one transaction removes"))
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
        return self.is_loopback and not (self.smtp_url or self.sms_url or self.zalo_url)

    @property
    def message_channels(self) -> tuple[str, ...]:
        """Return how people can be reached: by phone, by email."""
        has_phone, has_email = bool(self.sms_url or self.zalo_url), bool(self.smtp_url)
        named = (("phone", has_phone), ("email", has_email))
        return tuple(name for name, is_there in named if is_there or self.keeps_messages)


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
    for gateway in ("sms", "zalo"):
        if bool(getattr(settings, f"{gateway}_url")) != bool(getattr(settings, f"{gateway}_secret_file")):
            name = gateway.upper()
            raise SettingsError(f"TNID_{name}_URL and TNID_{name}_SECRET_FILE need each other.")
