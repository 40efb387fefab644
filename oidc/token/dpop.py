"""DPoP proofs: RFC 9449. A client shows with each request that it holds the key that its token is bound to.

`read_proof` is a pure function of the header's text; `Proofs` judges what a proof says about this request.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey

from oidc.errors import InvalidDpopProof, UseDpopNonce
from oidc.interfaces import ReplayStore
from oidc.strict_json import BadJson, load_object
from oidc.token.htu import normalize

DPOP_ALGS = ("ES256", "PS256", "Ed25519", "EdDSA")
"""RFC 9864: Ed25519 is what EdDSA was called before it said its curve; either name is in use."""

DPOP = "DPoP"
TYP = "dpop+jwt"
MAX_BYTES = 8 * 1024
MOST_AGE_SECONDS = 60
MOST_AHEAD_SECONDS = 10
CLOCKS_APART_SECONDS = 60
RSA_BITS = range(2048, 4097)
NONCE_SECONDS = 120
PURPOSE = "dpop"
_COMPACT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
# RFC 7518 §6: what a private or symmetric key has and a public one has not
_PRIVATE_MEMBERS = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
_KEY_OF_ALG: dict[str, tuple[str, str | None]] = {
    "ES256": ("EC", "P-256"),
    "PS256": ("RSA", None),
    "Ed25519": ("OKP", "Ed25519"),
    "EdDSA": ("OKP", "Ed25519"),
}

PublicKey = ECKey | RSAKey | OKPKey


_ALGORITHMS = {name: jws.JWSRegistry.algorithms[name] for name in DPOP_ALGS}


class Proof(NamedTuple):
    """A proof whose signature holds: the key's RFC 7638 thumbprint, and what it claims."""

    jkt: str
    claims: dict[str, Any]


def read_proof(text: str) -> Proof:
    """Return a proof signed by the key that it carries; raise InvalidDpopProof: RFC 9449 §4.3, 2 to 7."""
    # A second header reaches us joined to the first by a comma, which no proof holds
    if len(text) > MAX_BYTES or not _COMPACT.fullmatch(text):
        raise InvalidDpopProof("The DPoP header must come once and hold one compact JWS.")
    header, payload, signature = text.split(".")
    try:
        holder = _read_header(header)
        signing_input = f"{header}.{payload}".encode("ascii")
        if not _ALGORITHMS[holder.alg].verify(signing_input, _decode(signature), holder.key):
            raise InvalidDpopProof("The DPoP proof is not signed by its jwk.")
        return Proof(holder.jkt, load_object(_decode(payload), max_bytes=MAX_BYTES))
    except (JoseError, BadJson, ValueError, TypeError, KeyError) as error:
        raise InvalidDpopProof("The DPoP proof is malformed.") from error


class _Holder(NamedTuple):
    """Who signs by this header, whose text is the same in each of a key's proofs."""

    alg: str
    key: PublicKey
    jkt: str


@lru_cache(1024)
def _read_header(part: str) -> _Holder:
    """Return what a proof's header says, its key fitting the algorithm; raise InvalidDpopProof."""
    header = load_object(_decode(part), max_bytes=MAX_BYTES)
    if header.get("typ") != TYP:
        raise InvalidDpopProof(f"The DPoP proof's typ must be {TYP}.")
    alg, jwk = header.get("alg"), header.get("jwk")
    if not isinstance(alg, str) or alg not in DPOP_ALGS:
        raise InvalidDpopProof(f"The DPoP proof's alg must be one of {', '.join(DPOP_ALGS)}.")
    if "crit" in header:
        raise InvalidDpopProof("The DPoP proof has a crit header, which is not understood.")
    if not isinstance(jwk, dict):
        raise InvalidDpopProof("The DPoP proof must carry its public key as jwk.")
    if _PRIVATE_MEMBERS & set(jwk):
        raise InvalidDpopProof("The DPoP proof's jwk holds a private key. It is private no more: replace it.")
    key = _read_key(alg, jwk)
    _ALGORITHMS[alg].check_key(key)
    return _Holder(alg, key, key.thumbprint())


def _read_key(alg: str, jwk: dict[str, Any]) -> PublicKey:
    kty, curve = _KEY_OF_ALG[alg]
    if jwk.get("kty") != kty or (curve and jwk.get("crv") != curve):
        raise InvalidDpopProof("The DPoP proof's jwk is no key for its alg.")
    # Only what makes the key: what else a jwk may say (use, key_ops, x5u …) is not asked
    members: dict[str, Any] = {name: jwk[name] for name in ("kty", "crv", "x", "y", "n", "e") if name in jwk}
    if kty == "EC":
        return ECKey.import_key(members)
    if kty == "OKP":
        return OKPKey.import_key(members)
    key = RSAKey.import_key(members)
    # Verifying costs what the key's length and exponent make it cost, and strangers choose both
    numbers = key.public_key.public_numbers()
    if numbers.n.bit_length() not in RSA_BITS or numbers.e.bit_length() > 32:
        raise InvalidDpopProof("An RSA key for DPoP has 2048 to 4096 bits and a small exponent.")
    return key


def _decode(part: str) -> bytes:
    return urlsafe_b64decode(part + "=" * (-len(part) % 4))


class Nonces:
    """The server's nonces: RFC 9449 §8, stateless; each is good until the one after the next is offered."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def current(self, now: int) -> str:
        """Return the nonce to offer now."""
        return self._nonce(now // NONCE_SECONDS)

    def is_ours(self, nonce: object, now: int) -> bool:
        """Say whether a nonce is the present one, the one before, or the next by a clock ahead."""
        period = now // NONCE_SECONDS
        known = [self._nonce(period + step) for step in (0, -1, 1)]
        return (
            isinstance(nonce, str) and nonce.isascii() and any(hmac.compare_digest(nonce, n) for n in known)
        )

    def _nonce(self, period: int) -> str:
        digest = hmac.digest(self._key, b"dpop nonce %d" % period, hashlib.sha256)
        return urlsafe_b64encode(digest[:18]).decode()


@dataclass(frozen=True, slots=True)
class Proved:
    """What a good proof gives: the key's thumbprint, and a new nonce to offer, or ""."""

    jkt: str
    next_nonce: str = ""


class Proofs:
    """Judges proofs: RFC 9449 §4.3, 8 to 12. `requires_nonce` is the operator's policy."""

    def __init__(self, replays: ReplayStore, nonces: Nonces, *, requires_nonce: bool) -> None:
        self._replays = replays
        self._nonces = nonces
        self._requires_nonce = requires_nonce

    def check(
        self, text: str, *, htm: str, htu: tuple[str, ...], now: int, access_token: str | None = None
    ) -> Proved:
        """Return what the proof proves; raise InvalidDpopProof or UseDpopNonce.

        `htu` are the addresses that the request may have been sent to; `access_token` is the one that the
        request carries, where it carries one.
        """
        proof = read_proof(text)
        claims = proof.claims
        if claims.get("htm") != htm:
            raise InvalidDpopProof("The DPoP proof's htm is not this request's method.")
        asked = claims.get("htu")
        if not isinstance(asked, str) or normalize(asked) not in map(normalize, htu):
            raise InvalidDpopProof("The DPoP proof's htu is not this request's address.")
        if access_token is not None and not _is_hash_of(access_token, claims.get("ath")):
            raise InvalidDpopProof("The DPoP proof's ath is not the hash of this access token.")
        issued_at = _get_issued_at(claims, now)
        self._check_nonce(claims, now)
        self._consume(proof, issued_at)
        return Proved(proof.jkt, self._next_nonce(claims, now))

    def _check_nonce(self, claims: dict[str, Any], now: int) -> None:
        """RFC 9449 §8: a nonce that we gave, where the policy asks for one or the client offers one."""
        if ("nonce" in claims or self._requires_nonce) and not self._nonces.is_ours(claims.get("nonce"), now):
            raise UseDpopNonce(
                "The DPoP proof needs the nonce of the DPoP-Nonce header.", self._nonces.current(now)
            )

    def _next_nonce(self, claims: dict[str, Any], now: int) -> str:
        """RFC 9449 §8.2: offer the next nonce before the client's is out of date."""
        current = self._nonces.current(now)
        return current if "nonce" in claims and claims["nonce"] != current else ""

    def _consume(self, proof: Proof, issued_at: int) -> None:
        """RFC 9449 §11.1: a jti works once, for as long as its proof would."""
        jti = proof.claims.get("jti")
        if not isinstance(jti, str) or not jti:
            raise InvalidDpopProof("The DPoP proof's jti is required.")
        # Kept a while longer than the proof is good for, since the machines' clocks differ
        until = issued_at + MOST_AGE_SECONDS + CLOCKS_APART_SECONDS
        if not self._replays.consume(PURPOSE, f"{proof.jkt} {jti}", until):
            raise InvalidDpopProof("This DPoP proof was used before.", reason="dpop_proof_replayed")


def _get_issued_at(claims: dict[str, Any], now: int) -> int:
    issued_at = claims.get("iat")
    is_number = isinstance(issued_at, int | float) and not isinstance(issued_at, bool)
    if not is_number or issued_at is None or not -MOST_AHEAD_SECONDS <= now - issued_at <= MOST_AGE_SECONDS:
        raise InvalidDpopProof(
            f"The DPoP proof's iat must be now: {MOST_AGE_SECONDS} seconds old at most,"
            f" and not more than {MOST_AHEAD_SECONDS} ahead."
        )
    return int(issued_at)


def _is_hash_of(access_token: str, presented: object) -> bool:
    digest = hashlib.sha256(access_token.encode("utf-8", "surrogatepass")).digest()
    return presented == urlsafe_b64encode(digest).rstrip(b"=").decode()
