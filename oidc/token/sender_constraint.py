"""Sender-constrained tokens: bound to a key by DPoP (RFC 9449) or to a certificate by mTLS (RFC 8705)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from oidc.clients.mtls import BadCertificate, read_certificate
from oidc.confirmation import JKT, X5T_S256, Confirmation
from oidc.errors import InvalidDpopProof, InvalidRequest, InvalidToken
from oidc.http import Headers, Request
from oidc.models import FAPI2, Client
from oidc.resource.bearer import AccessToken
from oidc.token.dpop import Proofs, Proved


class Confirmed(NamedTuple):
    """What the tokens of a request are to be bound to, if anything, and what its answer says beside them."""

    confirmation: Confirmation | None = None
    headers: Headers = ()


UNBOUND = Confirmed()


class SenderConstraint:
    """Asks for a proof where tokens are issued, and again where they are used.

    `addresses` has for each endpoint, by its name in discovery, the addresses that a request may come to.
    """

    def __init__(self, proofs: Proofs, addresses: Mapping[str, tuple[str, ...]]) -> None:
        self._proofs = proofs
        self._addresses = addresses

    def find_proved(self, request: Request, endpoint: str, now: int) -> Proved | None:
        """Return what the request's DPoP proof proves, None where it has none; raise InvalidDpopProof."""
        if request.dpop is None:
            return None
        return self._check_proof(request.dpop, request, endpoint, now)

    def confirm(self, client: Client, request: Request, endpoint: str, now: int) -> Confirmed:
        """Return what tokens issued now are bound to; raise InvalidRequest where a client must bind them."""
        proved = self.find_proved(request, endpoint, now)
        if proved is not None:
            return Confirmed(Confirmation(JKT, proved.jkt), nonce_header(proved))
        if client.is_dpop_bound:
            # RFC 9449 §5.2
            raise InvalidRequest("This client's tokens are bound by DPoP: send a proof in the DPoP header.")
        if not (client.is_certificate_bound or client.profile == FAPI2):
            return UNBOUND
        # RFC 8705 §3.4 and FAPI 2.0 §5.3.2.1
        if not request.certificate:
            raise InvalidRequest("This client's tokens are bound: send a DPoP proof, or a TLS certificate.")
        return Confirmed(Confirmation(X5T_S256, _get_thumbprint(request.certificate)))

    def check_use(
        self, request: Request, presented: AccessToken, bound_to: Confirmation | None, endpoint: str, now: int
    ) -> Headers:
        """Raise InvalidToken or InvalidDpopProof unless whoever presents the token is its rightful sender.

        Returns what a successful answer says beside its content.
        """
        if presented.is_dpop:
            return self._check_dpop(request, presented.text, bound_to, endpoint, now)
        if bound_to is not None and bound_to.method == JKT:
            # RFC 9449 §7.2: without this a stolen token would be worth as much as a bearer's
            raise InvalidToken("The access token is bound to a key: send it by the DPoP scheme with a proof.")
        if bound_to is not None and not _is_by(bound_to, request.certificate):
            # RFC 8705 §3
            raise InvalidToken("The access token is bound to a TLS certificate, which this connection lacks.")
        return ()

    def _check_dpop(
        self, request: Request, token: str, bound_to: Confirmation | None, endpoint: str, now: int
    ) -> Headers:
        """RFC 9449 §7.1."""
        if bound_to is None or bound_to.method != JKT:
            raise InvalidToken("The access token is unknown, or was not issued by a DPoP proof.")
        if request.dpop is None:
            raise InvalidDpopProof("A proof in the DPoP header is required.")
        proved = self._check_proof(request.dpop, request, endpoint, now, access_token=token)
        if proved.jkt != bound_to.thumbprint:
            raise InvalidDpopProof("The DPoP proof's key is not the one that the access token is bound to.")
        return nonce_header(proved)

    def _check_proof(
        self, text: str, request: Request, endpoint: str, now: int, *, access_token: str | None = None
    ) -> Proved:
        htu = self._addresses[endpoint]
        return self._proofs.check(text, htm=request.method, htu=htu, now=now, access_token=access_token)


def _get_thumbprint(certificate: str) -> str:
    try:
        return read_certificate(certificate).thumbprint
    except BadCertificate as error:
        raise InvalidRequest(str(error)) from error


def _is_by(bound_to: Confirmation, certificate: str) -> bool:
    try:
        return bool(certificate) and read_certificate(certificate).thumbprint == bound_to.thumbprint
    except BadCertificate:
        return False


def nonce_header(proved: Proved | None) -> Headers:
    """RFC 9449 §8.2: the next nonce goes with any answer."""
    return (("DPoP-Nonce", proved.next_nonce),) if proved and proved.next_nonce else ()
