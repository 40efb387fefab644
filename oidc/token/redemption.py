"""A code as a client presents it."""

from __future__ import annotations

from typing import NamedTuple


class Redemption(NamedTuple):
    """A code as a client presents it: RFC 6749 §4.1.3, RFC 7636 §4.5, RFC 9449 §10.

    `code_challenge` is made of the verifier, `dpop_jkt` of the proof's key; None where there is none.
    """

    code_hash: bytes
    client_id: str
    redirect_uri: str | None
    code_challenge: str | None = None
    dpop_jkt: str | None = None
