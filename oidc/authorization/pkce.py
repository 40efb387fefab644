"""Proof Key for Code Exchange: RFC 7636, with S256 alone (RFC 9700 §2.1.1)."""

from __future__ import annotations

import secrets

from authlib.oauth2.rfc7636.challenge import (
    CODE_CHALLENGE_PATTERN,
    CODE_VERIFIER_PATTERN,
    create_s256_code_challenge,
)

from oidc.errors import InvalidGrant, InvalidRequest


def check_challenge(challenge: str | None, method: str | None, *, required: bool) -> None:
    """Raise InvalidRequest unless the request carries a well-formed S256 challenge, or needs none.

    RFC 7636 §4.3 reads an absent method as `plain`, which is refused like any other method.
    """
    if challenge is None:
        if required or method is not None:
            raise InvalidRequest("code_challenge is required, with code_challenge_method=S256.")
        return
    if method != "S256":
        raise InvalidRequest("code_challenge_method must be S256.")
    if not CODE_CHALLENGE_PATTERN.fullmatch(challenge) or len(challenge) != 43:
        raise InvalidRequest("code_challenge must be the 43 characters of a base64url SHA-256.")


def challenge_of(verifier: str | None) -> str | None:
    """Return the challenge that a verifier answers, RFC 7636 §4.2; "" for one that is malformed."""
    if verifier is None:
        return None
    return create_s256_code_challenge(verifier) if CODE_VERIFIER_PATTERN.fullmatch(verifier) else ""


def check_verifier(verifier: str | None, challenge: str | None) -> None:
    """Raise InvalidGrant unless the verifier fits: RFC 7636 §4.6.

    RFC 9700 §4.8.2: a verifier for a code that was asked for without a challenge is a downgrade attack.
    """
    if challenge is None and verifier is None:
        return
    if challenge is None or verifier is None:
        raise InvalidGrant("code_verifier and code_challenge go together.")
    answered = challenge_of(verifier)
    if not answered:
        raise InvalidGrant("code_verifier must have 43 to 128 unreserved characters.")
    if not secrets.compare_digest(answered, challenge):
        raise InvalidGrant("code_verifier does not fit the code_challenge.")
