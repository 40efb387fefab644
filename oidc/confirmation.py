"""What a token is bound to: RFC 7800, RFC 9449, RFC 8705."""

from __future__ import annotations

from typing import NamedTuple

JKT = "jkt"
X5T_S256 = "x5t#S256"


class Confirmation(NamedTuple):
    """What a token is bound to, as RFC 7800 §3 names it: a DPoP key (`jkt`) or a certificate (`x5t#S256`)."""

    method: str
    thumbprint: str

    @property
    def cnf(self) -> dict[str, str]:
        return {self.method: self.thumbprint}


def token_type(confirmation: Confirmation | None) -> str:
    """RFC 9449 §5; a token bound to a certificate is still sent as Bearer: RFC 8705 §3."""
    return "DPoP" if confirmation and confirmation.method == JKT else "Bearer"
