"""Certificates that the tests make: authorities, servers, clients."""

from __future__ import annotations

import base64
import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, ObjectIdentifier

SERVER, CLIENT = ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Identity:
    """A certificate and its key."""

    certificate: x509.Certificate
    key: EllipticCurvePrivateKey

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)

    @property
    def key_pem(self) -> bytes:
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    @property
    def escaped(self) -> str:
        """The certificate as nginx writes it into $ssl_client_escaped_cert."""
        return quote(self.pem.decode(), safe="")

    @property
    def x5c(self) -> list[str]:
        """The certificate as a member of a JWK: RFC 7517 §4.7."""
        return [base64.b64encode(self.certificate.public_bytes(Encoding.DER)).decode()]

    def write(self, folder: Path, name: str) -> tuple[str, str]:
        """Write certificate and key; return their paths."""
        paths = folder / f"{name}.pem", folder / f"{name}.key"
        paths[0].write_bytes(self.pem)
        paths[1].write_bytes(self.key_pem)
        return str(paths[0]), str(paths[1])


def _begin(subject: str, key: EllipticCurvePrivateKey, starts: datetime) -> x509.CertificateBuilder:
    name = x509.Name.from_rfc4514_string(subject)
    builder = x509.CertificateBuilder(subject_name=name, public_key=key.public_key())
    builder = builder.serial_number(x509.random_serial_number())
    return builder.not_valid_before(starts).not_valid_after(starts + 30 * DAY)


def make_authority(subject: str = "CN=Test authority", starts: datetime | None = None) -> Identity:
    """Return a certificate authority that began yesterday."""
    key = generate_private_key(SECP256R1())
    builder = _begin(subject, key, starts or datetime.now(UTC) - DAY)
    usage = x509.KeyUsage(
        digital_signature=False, content_commitment=False, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=True, crl_sign=True, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    builder = builder.add_extension(usage, critical=True)
    builder = builder.add_extension(
        x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False
    )
    return Identity(builder.issuer_name(x509.Name.from_rfc4514_string(subject)).sign(key, SHA256()), key)


def make_certificate(
    authority: Identity | None,
    subject: str,
    *names: x509.GeneralName,
    use: ObjectIdentifier | None = CLIENT,
    starts: datetime | None = None,
) -> Identity:
    """Return a certificate by the authority, or a self-signed one; `use` None names no use at all."""
    key = generate_private_key(SECP256R1())
    builder = _begin(subject, key, starts or datetime.now(UTC) - DAY)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    if use is not None:
        builder = builder.add_extension(x509.ExtendedKeyUsage([use]), critical=False)
    if authority is None:
        own_name = x509.Name.from_rfc4514_string(subject)
        return Identity(builder.issuer_name(own_name).sign(key, SHA256()), key)
    issuer_key = authority.key.public_key()
    identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key)
    builder = builder.add_extension(identifier, critical=False).issuer_name(authority.certificate.subject)
    return Identity(builder.sign(authority.key, SHA256()), key)


def localhost() -> tuple[x509.GeneralName, ...]:
    """The names of this machine's own servers."""
    return x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
