"""Clients and their TLS certificates: RFC 8705. TLS ends at a proxy of ours, which hands the certificate on.

That the client holds the certificate's key, the handshake has shown. Whose certificate it is, is judged here:
by a chain to the operator's authorities and a registered subject (§2.1), or by being registered (§2.2).
"""

from __future__ import annotations

import hashlib
import ipaddress
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import unquote

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from cryptography.x509.verification import (
    Criticality,
    ExtensionPolicy,
    Policy,
    PolicyBuilder,
    Store,
    VerificationError,
)

from oidc.clients.client_keys import ClientKeys
from oidc.clients.outbound import OutboundRefused
from oidc.errors import InvalidClient, InvalidClientMetadata
from oidc.models import Client

TLS_CLIENT_AUTH = "tls_client_auth"
SELF_SIGNED = "self_signed_tls_client_auth"
MTLS_METHODS = (TLS_CLIENT_AUTH, SELF_SIGNED)
SUBJECT_MEMBERS = (
    "tls_client_auth_subject_dn",
    "tls_client_auth_san_dns",
    "tls_client_auth_san_uri",
    "tls_client_auth_san_ip",
    "tls_client_auth_san_email",
)
MAX_CHARACTERS = 16 * 1024
_MALFORMED = (
    ValueError,
    TypeError,
    x509.InvalidVersion,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)
# RFC 4514 §3 names few attributes; these are usual in certificates of organisations
_MORE_NAMES = {"emailAddress": NameOID.EMAIL_ADDRESS, "serialNumber": NameOID.SERIAL_NUMBER}


class BadCertificate(ValueError):
    """What should be a certificate is none."""


class ClientCertificate(NamedTuple):
    """A certificate as presented; `thumbprint` is RFC 8705 §3.1's."""

    certificate: x509.Certificate
    der: bytes
    thumbprint: str


@dataclass(frozen=True, slots=True)
class Mtls:
    """What the operator set up: whether a proxy hands certificates on, authorities (PEM) that issue them, and
    where there is one, the address before an endpoint's path at which clients are asked for a certificate."""

    is_on: bool = False
    authorities: bytes = b""
    base: str = ""

    @property
    def auth_methods(self) -> tuple[str, ...]:
        """The methods that work: without authorities nobody can tell whose certificate it is."""
        if not self.is_on:
            return ()
        return MTLS_METHODS if self.authorities else (SELF_SIGNED,)


OFF = Mtls()


@lru_cache(256)
def read_certificate(text: str) -> ClientCertificate:
    """Read what a proxy wrote: URL-encoded PEM as nginx does, or RFC 9440 §2.2; raise BadCertificate."""
    if len(text) > MAX_CHARACTERS:
        raise BadCertificate("The certificate is too large.")
    try:
        if text.startswith(":") and text.endswith(":"):
            certificate = x509.load_der_x509_certificate(b64decode(text[1:-1], validate=True))
        else:
            certificate = x509.load_pem_x509_certificate(unquote(text).encode())
        der = certificate.public_bytes(Encoding.DER)
        _read_parts(certificate)
    except _MALFORMED as error:
        raise BadCertificate("The TLS client certificate can't be read.") from error
    thumbprint = urlsafe_b64encode(hashlib.sha256(der).digest()).rstrip(b"=").decode()
    return ClientCertificate(certificate, der, thumbprint)


def _read_parts(certificate: x509.Certificate) -> None:
    """Raise one of _MALFORMED now: parts that can't be read are seen only where they are asked for."""
    names = ("version", "subject", "issuer", "extensions", "not_valid_before_utc", "not_valid_after_utc")
    for name in names:
        getattr(certificate, name)


class CertificateChecker:
    """Authenticates clients by their certificates."""

    def __init__(self, mtls: Mtls, keys: ClientKeys) -> None:
        self._mtls = mtls
        self._keys = keys
        self._store = None
        if mtls.authorities:
            self._store = Store(x509.load_pem_x509_certificates(mtls.authorities))

    def check(self, client: Client, text: str, now: int) -> None:
        """Raise InvalidClient unless the certificate is this client's."""
        if client.auth_method not in self._mtls.auth_methods:
            raise InvalidClient("This provider does not take TLS client certificates for this method.")
        if not text:
            raise InvalidClient("A TLS client certificate is required.")
        try:
            presented = read_certificate(text)
        except BadCertificate as error:
            raise InvalidClient(str(error)) from error
        if client.auth_method == SELF_SIGNED:
            self._check_registered(client, presented, now)
        else:
            self._check_chain(presented, now)
            check_subject(client.metadata, presented.certificate)

    def _check_registered(self, client: Client, presented: ClientCertificate, now: int) -> None:
        """§2.2: one of the client's registered certificates, each the first of a key's x5c."""
        try:
            keys = self._keys.find(client).keys
        except OutboundRefused as error:
            raise InvalidClient(f"The client's certificates can't be had: {error}") from error
        if not any(_first_of(key.get("x5c")) == presented.der for key in keys):
            raise InvalidClient("The TLS client certificate is not one that this client registered.")
        moment = _moment(now)
        certificate = presented.certificate
        if not certificate.not_valid_before_utc <= moment <= certificate.not_valid_after_utc:
            raise InvalidClient("The TLS client certificate is out of date.")

    def _check_chain(self, presented: ClientCertificate, now: int) -> None:
        """§2.1: issued by an authority of the operator's, for this use, and valid now."""
        assert self._store is not None  # noqa: S101  without authorities the method is off
        policies = {"ca_policy": ExtensionPolicy.webpki_defaults_ca(), "ee_policy": _CLIENT_POLICY}
        builder = PolicyBuilder().store(self._store).time(_moment(now)).extension_policies(**policies)
        try:
            builder.build_client_verifier().verify(presented.certificate, [])
        except (VerificationError, *_MALFORMED) as error:
            raise InvalidClient("The TLS client certificate is not of an authority known here.") from error


def _check_usage(_policy: Policy, _leaf: x509.Certificate, usage: x509.ExtendedKeyUsage | None) -> None:
    """RFC 5280 §4.2.1.12: where its uses are named, being a client must be among them."""
    if usage is not None and ExtendedKeyUsageOID.CLIENT_AUTH not in usage:
        raise ValueError("the certificate is not for clients")


_CLIENT_POLICY = ExtensionPolicy.permit_all().may_be_present(
    x509.ExtendedKeyUsage, Criticality.AGNOSTIC, _check_usage
)


def _moment(now: int) -> datetime:
    return datetime.fromtimestamp(now, UTC)


def _first_of(chain: Any) -> bytes:
    """Return the DER of the first certificate of an x5c member: RFC 7517 §4.7."""
    try:
        return b64decode(chain[0], validate=True)
    except (ValueError, TypeError, IndexError, KeyError):
        return b""


def check_subject(metadata: Mapping[str, Any], certificate: x509.Certificate) -> None:
    """Raise InvalidClient unless the certificate names the subject that the client registered: §2.1.2."""
    member = next(name for name in SUBJECT_MEMBERS if name in metadata)
    expected = metadata[member]
    try:
        if member == "tls_client_auth_subject_dn":
            is_same = certificate.subject == read_subject(expected)
        else:
            is_same = _normal(member, expected) in {_normal(member, n) for n in _names(member, certificate)}
    except ValueError:
        is_same = False
    if not is_same:
        raise InvalidClient("The TLS client certificate does not name the subject that was registered.")


def read_subject(text: str) -> x509.Name:
    """Return the distinguished name of RFC 4514; raise ValueError."""
    return x509.Name.from_rfc4514_string(text, _MORE_NAMES)


def _names(member: str, certificate: x509.Certificate) -> list[Any]:
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    kinds: dict[str, Any] = {
        "tls_client_auth_san_dns": x509.DNSName,
        "tls_client_auth_san_uri": x509.UniformResourceIdentifier,
        "tls_client_auth_san_ip": x509.IPAddress,
        "tls_client_auth_san_email": x509.RFC822Name,
    }
    return list(names.get_values_for_type(kinds[member]))


def _normal(member: str, name: Any) -> Any:
    if member == "tls_client_auth_san_ip":
        return ipaddress.ip_address(name)
    return name.lower() if member == "tls_client_auth_san_dns" else name


def check_certificate_members(metadata: dict[str, Any]) -> None:
    """Raise InvalidClientMetadata unless the metadata say by which certificate the client is known."""
    method = metadata["token_endpoint_auth_method"]
    named = [name for name in SUBJECT_MEMBERS if name in metadata]
    if len(named) != (method == TLS_CLIENT_AUTH):
        many = "one_subject" if method == TLS_CLIENT_AUTH else "no_subject"
        raise InvalidClientMetadata(
            f"{TLS_CLIENT_AUTH} takes exactly one of {', '.join(SUBJECT_MEMBERS)}.",
            member=named[-1] if named else SUBJECT_MEMBERS[0],
            reason=many if named else "needs_subject",
        )
    for name in named:
        try:
            read_subject(metadata[name]) if name == SUBJECT_MEMBERS[0] else _normal(name, metadata[name])
        except ValueError as error:
            raise InvalidClientMetadata(f"{name} is malformed.", member=name, reason="subject") from error
    if method == SELF_SIGNED:
        if not {"jwks", "jwks_uri"} & set(metadata):
            text = f"{SELF_SIGNED} needs jwks or jwks_uri, with x5c."
            raise InvalidClientMetadata(text, member="jwks", reason="needs_certificate")
        if "jwks" in metadata and not any(_first_of(key.get("x5c")) for key in metadata["jwks"]["keys"]):
            text = "jwks must hold the client's certificate as x5c."
            raise InvalidClientMetadata(text, member="jwks", reason="needs_certificate")
    if all(metadata.get(f"{way}_bound_access_tokens") for way in ("tls_client_certificate", "dpop")):
        text = "Access tokens are bound to a certificate or by DPoP, not by both."
        raise InvalidClientMetadata(text, member="dpop_bound_access_tokens", reason="bound_twice")
